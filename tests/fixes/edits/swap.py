import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
X, y = df.drop(columns="y"), df["y"]
X_res, y_res = SMOTE(random_state=1).fit_resample(X, y)
X_train, X_test, y_train, y_test = train_test_split(X_res, y_res, test_size=0.2,
                                                    stratify=y_res)
m = RandomForestClassifier().fit(X_train, y_train)
print(m.score(X_test, y_test))
