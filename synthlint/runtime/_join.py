"""Which rows repeat an earlier row: an exact set-similarity join on numpy arrays, without a sketch.

Three facts make it cheap (Bayardo, Ma, Srikant, "Scaling up all pairs similarity search", WWW 2007; Xiao,
Wang, Lin, Yu, "Efficient similarity joins for near duplicate detection", WWW 2008):

* Jaccard(a, b) >= t needs ``|a & b| >= t * |a|``. So a row can only match if that share of its shingles occurs
  in another row at all, and one sort of all shingles tells. On text most rows are out after this step, and
  dropping them takes shingles away from others, so the step is repeated.
* Two rows that match share a shingle among the first ``|a| - ceil(t * |a|) + 1`` of each, in any fixed order
  of the shingles; with the rare ones first those lists of rows stay short.
* Only the earliest match of a row is asked for. Candidates are taken in row order, and when one is found only
  earlier ones are still of interest; a file in which everything repeats row 0 costs one comparison a row.

Every candidate is verified on the full sets, so neither side of the verdict is an estimate, with two exceptions
that are counted. When the lists give too many candidates (single words, on which all texts are somewhat alike),
the rows still open are compared with candidates from MinHash bands instead (``sketched``). And a row that finds
no match among ``cap`` candidates of one list is left alone there (``capped``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

Array = Any  # numpy.ndarray

EPSILON = 1e-9
CAP = 20_000
_BUDGET = 8  # candidates a row, on average, before MinHash takes over; texts on word 3-grams have one or fewer
_BUDGET_FLOOR = 100_000
_BLOCK = 1 << 22  # array elements in one pass over long arrays, about 32 MB


class Matches(NamedTuple):
    """The earliest match of each row."""

    of: Array  # int64, the earlier row, -1 for none
    similarity: Array  # float64, Jaccard, 0 where there is no match
    sizes: Array  # int64, shingles that count
    ignored: Array  # int64, shingles left out as boilerplate
    boilerplate: int  # number of different shingles left out
    capped: int  # rows whose search was cut short
    sketched: int  # rows whose candidates came from MinHash


@dataclass
class _Index:
    """Shingles that occur in two rows or more, as ``hash << bits | row``, sorted, without repeats."""

    bits: int
    shared: Array
    sizes: Array
    ignored: Array
    boilerplate: int


def earliest_matches(packed: Array, rows: int, threshold: float, limit: int, cap: int = CAP) -> Matches:
    """Match every row with the earliest earlier row of Jaccard ``>= threshold``.

    ``packed`` holds ``hash << bits | row`` for every shingle of every row, in any order, with ``bits`` from
    :func:`row_bits`; it is sorted in place. Shingles that occur in more than ``limit`` rows do not count.
    """
    index = _index(packed, rows, limit)
    _drop_hopeless(index, threshold)
    search = _Search(index, threshold, cap)
    search.run()
    of = np.where(search.best < rows, search.best, -1)
    return Matches(of, search.similarity, index.sizes, index.ignored, index.boilerplate, search.capped, search.sketched)


def row_bits(rows: int) -> int:
    """Bits that a row number takes in a packed shingle."""
    return max(1, (rows - 1).bit_length())


def pack(parts: Iterable[tuple[Array, Array]], total: int, rows: int) -> Array:
    """``hash << bits | row`` for parts of (hashes, row of each hash); parts are consumed one by one."""
    bits = np.uint64(row_bits(rows))
    low = np.uint64((1 << int(bits)) - 1)
    out: Array = np.empty(total, np.uint64)
    place = 0
    for hashes, owners in parts:
        target = out[place : place + len(hashes)]
        np.bitwise_and(hashes, ~low, out=target)
        target |= owners.astype(np.uint64)
        place += len(hashes)
    return out[:place]


def _index(packed: Array, rows: int, limit: int) -> _Index:
    """Sort once, then read off set sizes, boilerplate and the shingles that two rows share."""
    bits = row_bits(rows)
    low = np.uint64((1 << bits) - 1)
    packed.sort()
    whole: Array = np.zeros(rows, np.int64)
    ignored: Array = np.zeros(rows, np.int64)
    shared, boilerplate, start = [], 0, 0
    while start < len(packed):
        stop = min(start + _BLOCK, len(packed))
        stop = int(np.searchsorted(packed, packed[stop - 1] | low, side="right"))
        block = packed[start:stop]
        block = block[_changes(block)]
        runs = _run_lengths(block >> np.uint64(bits))
        whole += np.bincount((block & low).astype(np.int64), minlength=rows)
        if (common := runs > limit).any():
            boilerplate += int(common.sum())
            owners = block[np.repeat(common, runs)] & low
            ignored += np.bincount(owners.astype(np.int64), minlength=rows)
        shared.append(block[np.repeat((runs > 1) & ~common, runs)])
        start = stop
    joined = np.concatenate(shared) if shared else packed
    return _Index(bits, joined, whole - ignored, ignored, boilerplate)


def _changes(values: Array) -> Array:
    """True at the first of each run of equal values."""
    first: Array = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first


def _run_lengths(values: Array) -> Array:
    starts = np.flatnonzero(_changes(values))
    return np.diff(starts, append=len(values))


def _needed(sizes: Array, threshold: float) -> Array:
    """The overlap without which a row of this size has no match."""
    return np.ceil(threshold * sizes - EPSILON).astype(np.int64)


def _drop_hopeless(index: _Index, threshold: float) -> None:
    """Remove rows that share too little with all others together, until hardly any goes."""
    low = np.uint64((1 << index.bits) - 1)
    needed = np.maximum(_needed(index.sizes, threshold), 1)
    while len(index.shared):
        owners = (index.shared & low).astype(np.int64)
        keep = (np.bincount(owners, minlength=len(needed)) >= needed)[owners]
        before = len(index.shared)
        index.shared = index.shared[keep]
        runs = _run_lengths(index.shared >> np.uint64(index.bits))
        index.shared = index.shared[np.repeat(runs > 1, runs)]
        if len(index.shared) > 0.98 * before:
            return


class _Search:
    """Candidates from the prefix lists, in row order, each verified on the full sets."""

    def __init__(self, index: _Index, threshold: float, cap: int) -> None:
        self.sizes, self.threshold, self.cap = index.sizes, threshold, cap
        rows = len(index.sizes)
        self.row_bits = np.uint64(index.bits)
        self.best: Array = np.full(rows, rows, np.int64)
        self.similarity: Array = np.zeros(rows, np.float64)
        self._cut: Array = np.zeros(rows, bool)
        self._verified = self.sketched = 0
        self._budget = _BUDGET * rows + _BUDGET_FLOOR
        self._by_row(index)
        self._prefix_lists()

    @property
    def capped(self) -> int:
        return int(self._cut.sum())

    def _by_row(self, index: _Index) -> None:
        """The shared shingles of each row, rare ones first, as numbers in ``shingle``."""
        low = np.uint64((1 << index.bits) - 1)
        runs = _run_lengths(index.shared >> self.row_bits)
        self.shingle_bits = np.uint64(row_bits(len(runs)))
        rarity = np.minimum(np.log2(np.maximum(runs, 1)), 15).astype(np.uint64)
        number = (rarity << self.shingle_bits) | np.arange(len(runs), dtype=np.uint64)
        keys = (index.shared & low) << (self.shingle_bits + np.uint64(4))
        keys |= np.repeat(number, runs)
        index.shared = index.shared[:0]
        keys.sort()
        self.owner = (keys >> (self.shingle_bits + np.uint64(4))).astype(np.int64)
        keys &= np.uint64((1 << int(self.shingle_bits)) - 1)
        self.shingle = keys
        self.lengths = np.bincount(self.owner, minlength=len(self.sizes))
        self.starts = np.cumsum(self.lengths) - self.lengths

    def _prefix_lists(self) -> None:
        """For each shingle the rows that have it in their prefix, as ``shingle << bits | row``, sorted.

        A shingle that no other row has is rarer than all that are left, so it fills a place of the prefix.
        """
        place = np.arange(len(self.owner)) - self.starts[self.owner]
        unshared = self.sizes - self.lengths
        prefix = self.sizes - _needed(self.sizes, self.threshold) + 1 - unshared
        mask = place < prefix[self.owner]
        lists = (self.shingle[mask] << self.row_bits) | self.owner[mask].astype(np.uint64)
        lists.sort()
        runs = _run_lengths(lists >> self.row_bits)
        self._set_lists(lists[np.repeat(runs > 1, runs)])

    def _set_lists(self, lists: Array) -> None:
        """Lists of two rows or more, as ``name of the list << bits | row``, sorted."""
        runs = _run_lengths(lists >> self.row_bits)
        self.lists = lists
        self.list_start: Array = np.repeat(np.cumsum(runs) - runs, runs)
        self.member = (lists & np.uint64((1 << int(self.row_bits)) - 1)).astype(np.int64)

    def run(self) -> None:
        """Search the prefix lists, and if they are too long the MinHash bands."""
        self._search()
        if self._verified <= self._budget:
            return
        from synthlint.runtime._minhash import bucket_lists

        opened = (self.best == len(self.best)) & (self.lengths > 0)
        self.sketched, self._budget = int(opened.sum()), np.iinfo(np.int64).max
        self._set_lists(bucket_lists(self.shingle, self.lengths, int(self.row_bits)))
        self._search()

    def _search(self) -> None:
        """Look at the 1st candidate of every list, the next 7, the next 56, and so on."""
        entries = np.flatnonzero(np.arange(len(self.lists)) > self.list_start)
        done, block = 0, 1
        while len(entries := self._open(entries, done)):
            if done >= self.cap:
                self._cut[self.member[entries]] = True
                break
            block = min(block, self.cap - done)
            counts = np.minimum(self._end(entries) - done, block)
            for piece in _slices(counts):
                self._look(entries[piece], done, counts[piece])
                if self._verified > self._budget:
                    return
            done, block = done + block, block * 7
        self._cut &= self.best == len(self.best)

    def _end(self, entries: Array) -> Array:
        """How many candidates of an entry's list come before the row and before the match it has so far."""
        bound = np.minimum(self.member[entries], self.best[self.member[entries]])
        keys = (self.lists[entries] >> self.row_bits << self.row_bits) | bound.astype(np.uint64)
        return np.searchsorted(self.lists, keys) - self.list_start[entries]

    def _open(self, entries: Array, done: int) -> Array:
        return entries[self._end(entries) > done] if len(entries) else entries

    def _look(self, entries: Array, done: int, counts: Array) -> None:
        inner = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        candidate = self.member[np.repeat(self.list_start[entries] + done, counts) + inner]
        row: Array = np.repeat(self.member[entries], counts)
        small = np.minimum(self.sizes[row], self.sizes[candidate])
        large = np.maximum(self.sizes[row], self.sizes[candidate])
        possible = (small >= self.threshold * large - EPSILON) & (candidate < self.best[row])
        pairs = row[possible].astype(np.uint64) << self.row_bits | candidate[possible].astype(np.uint64)
        pairs.sort()
        pairs = pairs[_changes(pairs)]
        self._verified += len(pairs)
        self._verify(pairs)

    def _verify(self, pairs: Array) -> None:
        low = np.uint64((1 << int(self.row_bits)) - 1)
        row, candidate = (pairs >> self.row_bits).astype(np.int64), (pairs & low).astype(np.int64)
        for piece in _slices(self.lengths[row] + self.lengths[candidate]):
            self._settle(row[piece], candidate[piece])

    def _settle(self, row: Array, candidate: Array) -> None:
        overlap = self._overlap(row, candidate)
        union = self.sizes[row] + self.sizes[candidate] - overlap
        hit = np.flatnonzero(overlap >= self.threshold * union - EPSILON)
        hit = hit[_changes(row[hit])]  # pairs are sorted, so this is the earliest candidate of its row
        hit = hit[candidate[hit] < self.best[row[hit]]]
        self.best[row[hit]] = candidate[hit]
        self.similarity[row[hit]] = overlap[hit] / union[hit]

    def _overlap(self, row: Array, candidate: Array) -> Array:
        """Shingles in common: number the pairs, sort (pair, shingle), count equal neighbours."""
        keys = np.concatenate([self._labelled(row), self._labelled(candidate)])
        keys.sort()
        twice = keys[1:][keys[1:] == keys[:-1]] >> self.shingle_bits
        return np.bincount(twice.astype(np.int64), minlength=len(row))

    def _labelled(self, rows: Array) -> Array:
        lengths = self.lengths[rows]
        ends = np.cumsum(lengths)
        inner = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)
        label: Array = np.repeat(np.arange(len(rows), dtype=np.uint64) << self.shingle_bits, lengths)
        return label | self.shingle[np.repeat(self.starts[rows], lengths) + inner]


def _slices(weights: Array) -> list[slice]:
    """Consecutive slices whose weights sum to about one block."""
    if not len(weights):
        return []
    ends = np.cumsum(weights)
    cuts: Array = np.searchsorted(ends, np.arange(_BLOCK, int(ends[-1]) + _BLOCK, _BLOCK), side="right")
    edges = sorted({0, len(weights), *(c for c in cuts.tolist() if c < len(weights))})
    return [slice(a, b) for a, b in pairwise(edges)]
