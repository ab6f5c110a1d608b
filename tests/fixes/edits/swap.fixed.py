import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2,
                                                    stratify=y)
X_train, y_train = SMOTE(random_state=1).fit_resample(X_train, y_train)
m = RandomForestClassifier().fit(X_train, y_train)
print(m.score(X_test, y_test))
