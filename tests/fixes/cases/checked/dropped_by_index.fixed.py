import pandas as pd
from ctgan import CTGAN
from synthlint.runtime import audit_memorization, check_fidelity

table = pd.read_csv("real.csv")
control = table.sample(frac=0.5, random_state=3)
table = table.drop(control.index)

model = CTGAN()
model.fit(table)
made = model.sample(len(table))
made["generator"] = "ctgan"
check_fidelity(made, table, strict=True)
audit_memorization(synthetic=made, real=table, control=control, strict=True)
made.to_csv("data.csv", index=False)
