import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
df = pd.read_csv("real.csv")
X, y = df[["age", "stay"]], df["readmitted"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2,
                                                    stratify=y, random_state=1)
X_train, y_train = SMOTE(random_state=1).fit_resample(X_train, y_train)
m = RandomForestClassifier(random_state=1).fit(X_train, y_train)
print(f1_score(y_test, m.predict(X_test)))
