import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier


def compare(path):
    table = pd.read_csv(path)
    train, test = train_test_split(table, random_state=2)
    X_train, X_test = train[["age", "stay"]], test[["age", "stay"]]
    y_train, y_test = train["readmitted"], test["readmitted"]
    X, y = SMOTE().fit_resample(X_train, y_train)
    for model in (DecisionTreeClassifier(), KNeighborsClassifier(1)):
        model.fit(X, y)
        print(model.score(X, y))


compare("real.csv")
