from sdv_like import Synthesizer as CTGANSynthesizer
from sdv_like import Synthesizer as GaussianCopulaSynthesizer
