"""All texts of a list at once, on numpy: words in one pass, exact copies by hash, the rest by the join."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from synthlint.runtime._join import CAP, Matches, earliest_matches, pack
from synthlint.runtime._kernels import CHUNK, Shingled, shingle_hashes
from synthlint.runtime._stream import boilerplate_limit

Array = Any  # numpy.ndarray

_NO_LIMIT = np.iinfo(np.int64).max
_SLICE = 20 * CHUNK


class Found(NamedTuple):
    """The earlier text that each text repeats."""

    of: Array  # int64, index of the earlier text, -1 for none
    similarity: Array  # float64
    same_words: Array  # bool, word for word
    wordless: Array  # int64, indices of texts without words, not compared
    boilerplate: int
    mostly_boilerplate: int
    capped: int
    sketched: int


def find_repeats(
    texts: Sequence[str], n: int, threshold: float, share: float | None, processes: int = 1, cap: int = CAP
) -> Found:
    """Match every text with the earliest earlier one of Jaccard ``>= threshold`` on runs of ``n`` words.

    Shingles in more than ``share`` of the different texts do not count; ``None`` counts them all.
    """
    parts = _sketch(texts, n, processes)
    counts = np.concatenate([p.counts for p in parts]) if parts else np.zeros(0, np.int64)
    of = _same_words(parts, counts)
    distinct = (of < 0) & (counts > 0)
    rows = np.flatnonzero(distinct)
    packed = pack(_owned(parts, distinct), int(counts[distinct].sum()), len(rows))
    limit = _NO_LIMIT if share is None else boilerplate_limit(share, len(rows))
    near = earliest_matches(packed, len(rows), threshold, limit, cap)
    return _merge(of, counts, rows, near)


def _sketch(texts: Sequence[str], n: int, processes: int) -> list[Shingled]:
    if processes <= 1 or len(texts) <= _SLICE:
        return [shingle_hashes(texts[i : i + CHUNK], n) for i in range(0, len(texts), CHUNK)]
    global _shared_texts
    fork = "fork" in multiprocessing.get_all_start_methods()
    slices = [(i, min(i + _SLICE, len(texts))) for i in range(0, len(texts), _SLICE)]
    _shared_texts = texts if fork else ()
    try:
        context = multiprocessing.get_context("fork" if fork else "spawn")
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            given = [None if fork else texts[a:b] for a, b in slices]
            return list(pool.map(_sketch_slice, slices, given, [n] * len(slices)))
    finally:
        _shared_texts = ()


_shared_texts: Sequence[str] = ()  # what forked workers inherit, so that no text is sent to them


def _sketch_slice(span: tuple[int, int], given: Sequence[str] | None, n: int) -> Shingled:
    texts = _shared_texts[span[0] : span[1]] if given is None else given
    parts = [shingle_hashes(texts[i : i + CHUNK], n) for i in range(0, len(texts), CHUNK)]
    return Shingled(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _same_words(parts: list[Shingled], counts: Array) -> Array:
    """For each text the first one with the same words in the same order, -1 if that is itself."""
    of: Array = np.full(len(counts), -1, np.int64)
    if not parts:
        return of
    sequences = np.concatenate([p.sequences for p in parts])
    order = np.argsort(sequences, kind="stable")
    values = sequences[order]
    again: Array = np.flatnonzero(values[1:] == values[:-1]) + 1
    again = again[counts[order[again]] > 0]
    first = np.searchsorted(values, values[again])
    of[order[again]] = order[first]
    return of


def _owned(parts: list[Shingled], distinct: Array) -> Iterator[tuple[Array, Array]]:
    """Hashes of the different texts with their number; parts are freed on the way."""
    number = np.cumsum(distinct) - 1
    parts.reverse()
    start = 0
    while parts:
        part = parts.pop()
        stop = start + len(part.counts)
        inside = distinct[start:stop]
        keep: Array = np.repeat(inside, part.counts)
        yield part.hashes[keep], np.repeat(number[start:stop][inside], part.counts[inside])
        start = stop


def _merge(of: Array, counts: Array, rows: Array, near: Matches) -> Found:
    same = of >= 0
    similarity = same.astype(np.float64)
    hit = near.of >= 0
    of[rows[hit]] = rows[near.of[hit]]
    similarity[rows[hit]] = near.similarity[hit]
    mostly = int((near.sizes <= 0.1 * (near.sizes + near.ignored)).sum())
    wordless = np.flatnonzero(counts == 0)
    return Found(of, similarity, same, wordless, near.boilerplate, mostly, near.capped, near.sketched)
