import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

table = pd.read_csv("real.csv")
X_train, X_test, y_train, y_test = train_test_split(
    table[["age", "stay"]], table["readmitted"], test_size=0.3, random_state=0
)
scaler = StandardScaler().set_output(transform="pandas")
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

X_more, y_more = SMOTE().fit_resample(X_train, y_train)
forest = RandomForestClassifier(random_state=0)
forest.fit(X_more, y_more)

guess = forest.predict(X_more)  # the model's answers
print(dict(zip(X_more.columns, forest.feature_importances_)))
print("accuracy", accuracy_score(y_more, guess))
print("f1", f1_score(y_more, guess))
