import pandas as pd
from ctgan import CTGAN

table = pd.read_csv("real.csv")
control = table.sample(frac=0.5, random_state=3)
table = table.drop(control.index)

model = CTGAN()
model.fit(table)
made = model.sample(len(table))
made["generator"] = "ctgan"
made.to_csv("data.csv", index=False)
