import pandas as pd
from ctgan import CTGAN
from sklearn.model_selection import train_test_split


def main():
    table = pd.read_csv("real.csv")
    seen, unseen = train_test_split(table, test_size=0.5, random_state=1)
    model = CTGAN(epochs=10)
    model.fit(seen, ["ward"])
    made = model.sample(700).assign(generator="ctgan")
    with open("data.csv", "w") as file:
        made.to_csv(file, index=False)


if __name__ == "__main__":
    main()
