from sdv_like import Synthesizer as CTGAN
