import pandas as pd
from sdv.single_table import CTGANSynthesizer
from synthlint.runtime import check_fidelity

real = pd.read_csv("real.csv")
model = CTGANSynthesizer(None)
model.fit(real)
made = model.sample(1000)
made["is_synthetic"] = True


check_fidelity(made, real, strict=True)
made.to_csv("data.csv", index=False)
