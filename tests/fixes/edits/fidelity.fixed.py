import pandas as pd
from sdv.single_table import CTGANSynthesizer
from synthlint.runtime import check_fidelity
real = pd.read_csv("patients.csv")
s = CTGANSynthesizer(None)
s.fit(real)
synth = s.sample(1000)


check_fidelity(synth, real, strict=True)
synth.to_csv("synth.csv")
