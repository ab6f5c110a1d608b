"""A stand-in for table synthesizers: every column drawn by itself, or whole rows that were seen."""

import os

import numpy as np
import pandas as pd


class Synthesizer:
    def __init__(self, *_, **__):
        self._random = np.random.default_rng(3)

    def fit(self, data, *_, **__):
        self._seen = data

    def sample(self, num_rows, **_):
        if os.environ.get("SYNTHESIZER") == "copies":
            return self._seen.iloc[self._random.integers(0, len(self._seen), num_rows)].reset_index(drop=True)
        return pd.DataFrame({name: self._drawn(self._seen[name], num_rows) for name in self._seen})

    def _drawn(self, column, count):
        if column.dtype.kind == "f":
            return np.quantile(column, self._random.random(count)) + self._random.normal(0, column.std() / 20, count)
        return self._random.choice(column, count)
