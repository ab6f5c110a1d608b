import pandas as pd
from sdv.single_table import CTGANSynthesizer
real = pd.read_csv("patients.csv")
s = CTGANSynthesizer(None)
s.fit(real)
synth = s.sample(1000)
both = pd.concat([real, synth.assign(_provenance="synthetic")], ignore_index=True)
both.to_csv("both.csv")
