"""Which record repeats an earlier one, asked one record at a time, on the standard library alone.

The same exact join as :mod:`synthlint.runtime._join` (prefix filter, full verification, earliest match), with
lists that grow. What is boilerplate is not known in advance: it is learned from the rows so far after 16, 64,
256, 1,024 and 4,096 different rows, and fixed from then on.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from heapq import merge
from typing import NamedTuple

from synthlint.runtime._text import words

EPSILON = 1e-9
CAP = 20_000
MIN_COMMON = 10
"""A shingle in this many rows or fewer is never boilerplate, whatever share of a small set that is."""

_LEARN_AT = (16, 64, 256, 1_024, 4_096)
_SAMPLE = 20_000
_MAX_WORDS = 2_000_000


class Shingles(NamedTuple):
    """A text as the join sees it."""

    grams: set[int]  # 64-bit hashes of its runs of n words; empty for a text without words
    sequence: int  # equal for texts with the same words in the same order


class Match(NamedTuple):
    """The earliest record that a record repeats."""

    row: int  # number in the join, counting records that were not word for word copies
    similarity: float  # Jaccard
    same_words: bool


class Wordless:
    """The answer for a text without words, which only equality can compare."""


WORDLESS = Wordless()


class Shingler:
    """Text to shingle hashes, with a memory of the words met so far.

    Hashes of tuples of integers do not depend on PYTHONHASHSEED; :data:`FINGERPRINT` tells whether another
    interpreter computes the same ones.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._ids: dict[str, int] = {}

    def __call__(self, text: str) -> Shingles:
        ids = self._ids
        try:
            listed = [ids[w] for w in words(text)]
        except KeyError:
            listed = self._learn(words(text))
        n = self._n
        if len(listed) < n:
            return Shingles({hash(tuple(listed))} if listed else set(), hash(tuple(listed)))
        if n == 1:
            return Shingles(set(listed), hash(tuple(listed)))
        runs = zip(*(listed[i:] for i in range(n)), strict=False)
        return Shingles(set(map(hash, runs)), hash(tuple(listed)))

    def _learn(self, listed: list[str]) -> list[int]:
        ids = self._ids
        if len(ids) > _MAX_WORDS:
            ids.clear()
        for word in listed:
            if word not in ids:
                digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                ids[word] = int.from_bytes(digest, "little") >> 4
        return [ids[w] for w in listed]


FINGERPRINT = hash((1, 2**59 + 3, 4)) ^ sys.hash_info.width


class StreamJoin:
    """Growing set of records that answers which earlier record a new one repeats.

    Every record counts as earlier, also one that is itself a repeat, so the answer does not depend on what the
    caller keeps. ``share`` is the share of rows above which a shingle is boilerplate, None to count them all.
    """

    def __init__(self, threshold: float, share: float | None, cap: int = CAP) -> None:
        self.threshold, self.share, self.cap = threshold, share, cap
        self.rows: list[array[int]] = []
        self.first_with: dict[int, int] = {}
        self.boilerplate: frozenset[int] = frozenset()
        self.capped = 0
        self.mostly_boilerplate = 0
        self.learning = True
        self._common: dict[int, int] = {}
        self._lists: dict[int, int | array[int]] = {}
        self._counts: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, record: Shingles) -> Match | None:
        """Remember a record that has words; the earliest record that it repeats, or None."""
        row = len(self.rows)
        first = self.first_with.setdefault(record.sequence, row)
        if first != row:
            return Match(first, 1.0, True)
        counted = record.grams - self.boilerplate if self.boilerplate else record.grams
        self.mostly_boilerplate += len(counted) <= 0.1 * len(record.grams)
        match = self._enter(row, counted)
        self.rows.append(array("q", record.grams if self.learning else counted))
        if self.learning:
            self._counts.update(record.grams)
            if row + 1 in _LEARN_AT:
                self._learn_from_rows()
        return match

    def prepare(self, boilerplate: Iterable[int], common: dict[int, int]) -> None:
        """Set what is otherwise learned, before the first record."""
        self.boilerplate = frozenset(boilerplate)
        self._common = common
        self._stop_learning()

    def restore(self, rows: list[array[int]], boilerplate: Iterable[int], common: dict[int, int]) -> None:
        """Continue from saved rows: the lists are built again from them."""
        self.rows, self.boilerplate, self._common = rows, frozenset(boilerplate), common
        if self.learning:
            for row in rows:
                self._counts.update(row)
        self._build_lists()

    @property
    def common(self) -> dict[int, int]:
        """Row counts of frequent shingles, which only decide in which order lists are searched."""
        return self._common

    def _learn_from_rows(self) -> None:
        counts, seen = self._counts, len(self.rows)
        self._common = {gram: n for gram, n in counts.items() if n > 2}
        if self.share is not None:
            limit = boilerplate_limit(self.share, seen)
            self.boilerplate = frozenset(gram for gram, n in self._common.items() if n > limit)
        if seen >= _LEARN_AT[-1]:
            self._stop_learning()
        self._build_lists()

    def _stop_learning(self) -> None:
        self.learning = False
        self._counts = Counter()
        if self.boilerplate:
            self.rows = [array("q", set(row) - self.boilerplate) for row in self.rows]

    def _build_lists(self) -> None:
        self._lists = {}
        for number, row in enumerate(self.rows):
            self._list(number, self._prefix(set(row) - self.boilerplate))

    def _enter(self, row: int, grams: set[int]) -> Match | None:
        prefix = self._prefix(grams)
        match = self._find(grams, prefix)
        self._list(row, prefix)
        return match

    def _prefix(self, grams: set[int]) -> list[int]:
        """As many shingles as two matching records cannot both avoid to share, rare ones first."""
        size = len(grams)
        length = size - _ceil(self.threshold * size) + 1 if size else 0
        common = self._common
        if not common or common.keys().isdisjoint(grams):
            return sorted(grams)[:length]
        rare = sorted(grams.difference(common))
        if len(rare) < length:
            rare += sorted(grams.intersection(common), key=lambda gram: (common[gram], gram))
        return rare[:length]

    def _list(self, row: int, prefix: list[int]) -> None:
        lists = self._lists
        for gram in prefix:
            there = lists.setdefault(gram, row)
            if there is not row:
                if isinstance(there, int):
                    lists[gram] = array("q", (there, row))
                else:
                    there.append(row)

    def _find(self, grams: set[int], prefix: list[int]) -> Match | None:
        size, threshold, rows = len(grams), self.threshold, self.rows
        low, high = threshold * size - EPSILON, size / threshold + EPSILON
        hidden = self.boilerplate if self.learning and self.boilerplate else None
        for tried, row in enumerate(self._candidates(prefix)):
            if tried == self.cap:
                self.capped += 1
                return None
            other: Sequence[int] | set[int] = rows[row]
            if hidden:
                other = set(other) - hidden
            if not low <= len(other) <= high:
                continue
            overlap = len(grams.intersection(other))
            union = size + len(other) - overlap
            if overlap >= threshold * union - EPSILON:
                return Match(row, overlap / union, False)
        return None

    def _candidates(self, prefix: list[int]) -> Iterator[int]:
        """Earlier records that share a shingle of the prefix, ascending, long lists read only as needed."""
        single: set[int] = set()
        long: list[array[int]] = []
        for gram in prefix:
            there = self._lists.get(gram)
            if there is None:
                continue
            if isinstance(there, int):
                single.add(there)
            elif len(there) <= 16:
                single.update(there)
            else:
                long.append(there)
        if not long:
            return iter(sorted(single))
        return _distinct(merge(sorted(single), *long))


def _distinct(ascending: Iterable[int]) -> Iterator[int]:
    last = -1
    for row in ascending:
        if row != last:
            yield row
            last = row


def _ceil(value: float) -> int:
    return -int(-(value - EPSILON) // 1)


def boilerplate_limit(share: float, rows: int) -> int:
    """A shingle in more rows than this is boilerplate."""
    return max(int(share * rows), MIN_COMMON)


def join_batch(texts: Sequence[str], shingle: Shingler, join: StreamJoin) -> Iterator[Match | Wordless | None]:
    """Match every text with an earlier one; boilerplate is counted over all of them. One answer a text."""
    if join.share is None:
        join.prepare((), _frequent(Counter(_grams(_spread(texts, 4_096), shingle))))
        for text in texts:
            record = shingle(text)
            yield join.add(record) if record.grams else WORDLESS
        return
    compact = [(array("q", s.grams), s.sequence) for s in map(shingle, texts)]
    distinct = list({sequence: grams for grams, sequence in reversed(compact) if grams}.values())
    join.prepare(*_count_boilerplate(distinct, join.share))
    for grams, sequence in compact:
        yield join.add(Shingles(set(grams), sequence)) if grams else WORDLESS


def _grams(texts: Iterable[str], shingle: Shingler) -> Iterator[int]:
    for text in texts:
        yield from shingle(text).grams


def _spread(items: Sequence[str], most: int) -> Sequence[str]:
    """Up to ``most`` items, evenly spaced."""
    return items[:: max(1, -(-len(items) // most))]


def _frequent(counts: Counter[int]) -> dict[int, int]:
    return {gram: n for gram, n in counts.items() if n > 2}


def _count_boilerplate(rows: list[array[int]], share: float) -> tuple[list[int], dict[int, int]]:
    """Shingles in too many rows, counted exactly among those that are frequent in an even sample of rows."""
    sample = rows[:: max(1, -(-len(rows) // _SAMPLE))]
    counts: Counter[int] = Counter()
    for row in sample:
        counts.update(row)
    limit = boilerplate_limit(share, len(rows))
    frequent = _frequent(counts)
    if len(sample) < len(rows):
        suspects = {gram for gram, n in frequent.items() if n > share * len(sample) / 2}
        counts = Counter()
        for row in rows:
            counts.update(suspects.intersection(row))
    else:
        suspects = set(counts)
    return [gram for gram in suspects if counts[gram] > limit], frequent
