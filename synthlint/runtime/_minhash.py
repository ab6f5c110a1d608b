"""Candidate pairs from MinHash bands, for sets so alike that lists of shared shingles grow too long.

Broder, "On the resemblance and containment of documents", 1997. With 20 bands of 5 values a pair of Jaccard
similarity 0.7 becomes a candidate with probability 0.975, one of 0.8 with 0.9996, one of 0.3 with 0.05. What a
candidate is worth is always decided on the full sets.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any  # numpy.ndarray

BANDS, VALUES = 20, 5
_CHUNK = 4_096
_MIX = np.uint64(0x9E3779B97F4A7C15)


def bucket_lists(shingles: Array, lengths: Array, row_bits: int) -> Array:
    """Rows that agree on a band, as ``hash of band << row_bits | row``, sorted, lists of one row left out.

    ``shingles`` holds the sets of all rows one after the other, ``lengths`` the size of each.
    """
    bits = np.uint64(row_bits)
    rows = np.flatnonzero(lengths)
    signatures = _signatures(shingles, lengths[rows])
    lists = []
    for band in range(BANDS):
        key: Array = np.full(len(rows), band + 1, np.uint64)
        for value in signatures[band * VALUES : (band + 1) * VALUES]:
            key = (key ^ value) * _MIX
            key ^= key >> np.uint64(29)
        entries = np.sort((key >> bits << bits) | rows.astype(np.uint64))
        same: Array = np.zeros(len(entries), bool)
        same[1:] = entries[1:] >> bits == entries[:-1] >> bits
        same[:-1] |= same[1:].copy()
        lists.append(entries[same])
    joined = np.concatenate(lists)
    joined.sort()
    return joined


def _signatures(shingles: Array, lengths: Array) -> Array:
    """``BANDS * VALUES`` minima of every set, one row of the result a hash function."""
    rng = np.random.default_rng(20_260_101)
    count = BANDS * VALUES
    factors = rng.integers(1, 2**32, count, np.uint64).astype(np.uint32) | np.uint32(1)
    terms = rng.integers(0, 2**32, count, np.uint64).astype(np.uint32)
    hashes = ((shingles * _MIX) >> np.uint64(32)).astype(np.uint32)
    ends = np.cumsum(lengths)
    out: Array = np.empty((count, len(lengths)), np.uint32)
    for start in range(0, len(lengths), _CHUNK):
        stop = min(start + _CHUNK, len(lengths))
        first = ends[start] - lengths[start]
        part = hashes[first : ends[stop - 1]]
        starts = ends[start:stop] - lengths[start:stop] - first
        for i in range(count):
            out[i, start:stop] = np.minimum.reduceat(part * factors[i] + terms[i], starts)
    return out
