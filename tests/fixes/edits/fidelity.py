import pandas as pd
from sdv.single_table import CTGANSynthesizer
real = pd.read_csv("patients.csv")
s = CTGANSynthesizer(None)
s.fit(real)
synth = s.sample(1000)


synth.to_csv("synth.csv")
