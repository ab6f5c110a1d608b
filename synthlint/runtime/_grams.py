"""Word n-grams of a corpus as arrays: sieves, postings, runs, and an exact near-duplicate join of two corpora.

Texts are cut and hashed once (`Corpus`); n-grams of any length are made from the word hashes when needed,
a block of records at a time. Nothing here knows what a copy is: see `_memo_text`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from synthlint.runtime._kernels import CHUNK, _combine, shingle_hashes
from synthlint.runtime._stats import need

np: Any = need("numpy", "fast")
Array = Any
_HIGH, _LOW = np.uint64(44), np.uint64(20)
MAX_POSTINGS = 5_000  # a gram in more records than this cannot start a candidate


class Corpus(NamedTuple):
    """Word hashes of all texts one after the other, and the number of words of each text."""

    words: Array  # uint64
    counts: Array  # int64
    starts: Array  # int64, first word of each text

    def __len__(self) -> int:
        return len(self.counts)


class Grams(NamedTuple):
    """n-grams of a block of texts, in text order, with repeats; texts shorter than n have one or none."""

    hashes: Array
    counts: Array
    first: int  # number of the block's first text

    def texts(self) -> Array:
        """For every gram the number of its text."""
        return np.repeat(np.arange(self.first, self.first + len(self.counts)), self.counts)


class Postings(NamedTuple):
    """Distinct grams in order, and for each the texts that hold it."""

    hashes: Array
    offsets: Array  # one more than hashes
    texts: Array

    def frequency(self) -> Array:
        return np.diff(self.offsets)


def corpus(texts: Sequence[str]) -> Corpus:
    parts = [shingle_hashes(texts[i : i + CHUNK], 1) for i in range(0, len(texts), CHUNK)]
    counts = np.concatenate([p.counts for p in parts]) if parts else np.zeros(0, np.int64)
    words = np.concatenate([p.hashes for p in parts]) if parts else np.zeros(0, np.uint64)
    return Corpus(words, counts, np.cumsum(counts) - counts)


def pick(source: Corpus, rows: Array) -> Corpus:
    """Some texts of a corpus."""
    counts = source.counts[rows]
    return Corpus(source.words[ragged(source.starts[rows], counts)], counts, np.cumsum(counts) - counts)


def ragged(starts: Array, counts: Array) -> Array:
    """The indices start, start + 1, … of every piece, one after the other."""
    total = int(counts.sum())
    return np.arange(total) + np.repeat(starts - (np.cumsum(counts) - counts), counts)


def grams(source: Corpus, n: int, block: int = CHUNK) -> Iterator[Grams]:
    for i in range(0, len(source), block):
        counts = source.counts[i : i + block]
        start = source.starts[i]
        hashes, per_text = _combine(source.words[start : start + counts.sum()], np.cumsum(counts), counts, n)
        yield Grams(hashes, per_text, i)


class Sieve:
    """A set of hashes with false positives (about one in four at most) and no false negatives."""

    def __init__(self, sources: Sequence[Corpus], n: int) -> None:
        total = sum(len(s.words) for s in sources)
        self.shift = np.uint64(64 - min(26, max(12, math.ceil(math.log2(total + 2)) + 2)))
        self.bits = np.zeros(1 << (64 - int(self.shift)), bool)
        for source in sources:
            for part in grams(source, n):
                self.bits[(part.hashes >> self.shift).view(np.int64)] = True

    def has(self, hashes: Array) -> Array:
        return self.bits[(hashes >> self.shift).view(np.int64)]


def postings(source: Corpus, n: int, sieve: Sieve) -> Postings:
    """Postings of the grams that pass the sieve."""
    found, texts = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for part in grams(source, n):
        kept = np.flatnonzero(sieve.has(part.hashes))
        found.append(part.hashes[kept])
        texts.append(part.texts()[kept])
    hashes, owners = np.concatenate(found), np.concatenate(texts)
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    fresh = np.ones(len(hashes), bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    hashes, owners = hashes[fresh], owners[fresh]
    heads = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])) if len(hashes) else np.zeros(0, int)
    return Postings(hashes[heads], np.append(heads, len(hashes)), owners)


class Hits(NamedTuple):
    """Where a corpus meets postings: `texts[i]` has, as its gram number `places[i]`, gram `which[i]`."""

    texts: Array
    places: Array  # position among all grams of the corpus
    which: Array  # index into the postings
    totals: Array  # grams of each text


def hits(source: Corpus, n: int, index: Postings, sieve: Sieve) -> Hits:
    """All grams of `source` in `index`; `sieve` must hold the grams of the indexed corpus."""
    texts, places, which, totals = [], [], [], []
    before = 0
    for part in grams(source, n):
        maybe = np.flatnonzero(sieve.has(part.hashes))
        at = _find(index.hashes, part.hashes[maybe])
        kept = maybe[at >= 0]
        texts.append(part.texts()[kept])
        places.append(kept + before)
        which.append(at[at >= 0])
        totals.append(part.counts)
        before += len(part.hashes)
    empty = [np.zeros(0, np.int64)]
    return Hits(*(np.concatenate(x or empty) for x in (texts, places, which, totals)))


def _find(ordered: Array, wanted: Array) -> Array:
    """Index of each wanted hash in the ordered ones, -1 where it is not there."""
    if not len(ordered):
        return np.full(len(wanted), -1)
    order = np.argsort(wanted)
    at = np.searchsorted(ordered, wanted[order])
    at[at == len(ordered)] = 0
    at[ordered[at] != wanted[order]] = -1
    out = np.empty_like(at)
    out[order] = at
    return out


def keep(found: Hits, mask: Array) -> Hits:
    return Hits(found.texts[mask], found.places[mask], found.which[mask], found.totals)


def text_frequency(found: Hits, size: int) -> Array:
    """In how many texts of the corpus that was looked up each of `size` indexed grams is."""
    pairs = found.which.astype(np.int64) * (len(found.totals) + 1) + found.texts
    pairs.sort()
    fresh = np.append(True, pairs[1:] != pairs[:-1]) if len(pairs) else np.zeros(0, bool)
    return np.bincount(pairs[fresh] // (len(found.totals) + 1), minlength=size)


def longest_runs(found: Hits) -> Array:
    """Per text the longest row of hits on consecutive grams."""
    longest = np.zeros(len(found.totals), np.int64)
    if not len(found.places):
        return longest
    key = found.places + found.texts  # a gap between texts
    heads = np.flatnonzero(np.append(True, np.diff(key) != 1))
    np.maximum.at(longest, found.texts[heads], np.diff(np.append(heads, len(key))))
    return longest


def partners(found: Hits, index: Postings, wanted: Array) -> dict[int, int]:
    """For each wanted text the indexed text that it shares most hits with."""
    mask = np.zeros(len(found.totals), bool)
    mask[wanted] = True
    chosen = keep(found, mask[found.texts])
    counts = index.frequency()[chosen.which]
    other = index.texts[ragged(index.offsets[chosen.which], counts)]
    width = int(other.max()) + 1 if len(other) else 1
    pairs, times = _count(np.repeat(chosen.texts, counts) * width + other)
    order = np.lexsort((pairs % width, -times, pairs // width))
    texts = (pairs // width)[order]
    first = np.append(True, texts[1:] != texts[:-1]) if len(texts) else np.zeros(0, bool)
    return dict(zip(texts[first].tolist(), (pairs % width)[order][first].tolist(), strict=True))


def _count(values: Array) -> tuple[Array, Array]:
    """Distinct values in order and how often each is there. (numpy's `unique` is slow on large arrays.)"""
    values = np.sort(values)
    heads = np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else np.zeros(0, int)
    return values[heads], np.diff(np.append(heads, len(values)))


# --------------------------------------------------------------------- near-duplicates across corpora
class Near(NamedTuple):
    """The best partner of each text that has one."""

    texts: Array
    others: Array
    jaccard: Array


def near_duplicates(
    source: Corpus, other: Corpus, threshold: float = 0.7, n: int = 3, *, itself: Array | None = None
) -> Near:
    """Texts whose n-gram sets have Jaccard similarity >= threshold with some text of `other`, exactly.

    `itself[i]`: the number that text i has in `other`, where it is to be passed over.
    Raises nothing; grams in more than `MAX_POSTINGS` texts of `other` do not start a candidate.
    """
    rows = _possible(source, other, threshold, n)
    few = pick(source, rows)
    left, right = _candidates(few, other, threshold, n)
    if itself is not None:
        apart = itself[rows[left]] != right
        left, right = left[apart], right[apart]
    similarity = _jaccard(few, other, left, right, n)
    good = similarity >= threshold - 1e-9
    left, right, similarity = left[good], right[good], similarity[good]
    order = np.lexsort((right, -similarity, left))
    left, right, similarity = left[order], right[order], similarity[order]
    first = np.append(True, left[1:] != left[:-1]) if len(left) else np.zeros(0, bool)
    return Near(rows[left[first]], right[first], similarity[first])


def _possible(source: Corpus, other: Corpus, threshold: float, n: int) -> Array:
    """Texts enough of whose grams occur in the other corpus at all."""
    sieve = Sieve([other], n)
    rows = [np.zeros(0, np.int64)]
    for part in grams(source, n):
        seen = np.bincount(part.texts() - part.first, weights=sieve.has(part.hashes), minlength=len(part.counts))
        rough = np.flatnonzero((seen >= 0.6 * threshold * part.counts) & (part.counts > 0))
        mask = np.zeros(len(part.counts), bool)
        mask[rough] = True
        keys, owners = _sets(part.hashes[np.repeat(mask, part.counts)], part.counts[rough])
        size = np.bincount(owners, minlength=len(rough))
        found = np.bincount(owners, weights=sieve.has(keys), minlength=len(rough))
        rows.append(part.first + rough[found >= threshold * size - 1e-9])
    return np.concatenate(rows)


def _sets(hashes: Array, counts: Array) -> tuple[Array, Array]:
    """The distinct grams of each text (hashes cut to 44 bits, in the high bits), and the text of each."""
    owner = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
    step = 1 << 19
    keys, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    ends = np.append(0, np.cumsum(counts))
    for a in range(0, len(counts), step):
        b = min(len(counts), a + step)
        piece = slice(ends[a], ends[b])
        key = ((owner[piece] - np.uint64(a)) << _HIGH) | (hashes[piece] >> _LOW)
        key.sort()
        key = key[np.append(True, key[1:] != key[:-1])] if len(key) else key
        keys.append(key << _LOW)
        owners.append((key >> _HIGH).astype(np.int64) + a)
    return np.concatenate(keys), np.concatenate(owners)


def _all(source: Corpus, n: int) -> tuple[Array, Array]:
    parts = list(grams(source, n))
    if not parts:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return np.concatenate([p.hashes for p in parts]), np.concatenate([p.counts for p in parts])


def _candidates(few: Corpus, other: Corpus, threshold: float, n: int) -> tuple[Array, Array]:
    """Pairs that share a gram of the prefix: the rarest |A| - ceil(t |A|) + 1 grams (Chaudhuri et al. 2006)."""
    index = postings(other, n, Sieve([few], n))
    cut = Postings(index.hashes >> _LOW << _LOW, index.offsets, index.texts)
    hashes, counts = _all(few, n)
    keys, owners = _sets(hashes, counts)
    at = _find(cut.hashes, keys)
    frequency = np.where(at >= 0, cut.frequency()[at] if len(cut.hashes) else 0, 0)
    order = np.lexsort((frequency, owners))
    size = np.bincount(owners, minlength=len(few))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(size) - size, size)
    prefix = size - np.ceil(threshold * size - 1e-9).astype(np.int64) + 1
    chosen = order[rank < np.repeat(prefix, size)]
    chosen = chosen[(at[chosen] >= 0) & (frequency[chosen] <= MAX_POSTINGS)]
    return _expand(owners[chosen], at[chosen], cut, len(other))


def _expand(owners: Array, at: Array, index: Postings, width: int, step: int = 20_000_000) -> tuple[Array, Array]:
    """The distinct (text, indexed text) pairs behind postings, some millions at a time."""
    counts = index.frequency()[at]
    pieces, start = [np.zeros(0, np.int64)], 0
    ends = np.cumsum(counts)
    while start < len(at):
        base = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, base + step, "right")))
        piece = slice(start, stop)
        right = index.texts[ragged(index.offsets[at[piece]], counts[piece])]
        pieces.append(_count(np.repeat(owners[piece], counts[piece]) * width + right)[0])
        start = stop
    pairs = _count(np.concatenate(pieces))[0]
    return pairs // max(1, width), pairs % max(1, width)


def _jaccard(a: Corpus, b: Corpus, left: Array, right: Array, n: int, step: int = 50_000) -> Array:
    """Exact Jaccard similarity of pairs of texts."""
    out = np.zeros(len(left))
    for i in range(0, len(left), step):
        piece = slice(i, i + step)
        sides = [_all(pick(c, rows[piece]), n) for c, rows in ((a, left), (b, right))]
        (keys_a, in_a), (keys_b, in_b) = (_sets(*s) for s in sides)
        pairs = len(left[piece])
        both = np.concatenate([_pair_keys(keys_a, in_a), _pair_keys(keys_b, in_b)])
        both.sort()
        shared = np.bincount((both[1:][both[1:] == both[:-1]] >> _HIGH).astype(np.int64), minlength=pairs)
        size = np.bincount(in_a, minlength=pairs) + np.bincount(in_b, minlength=pairs)
        out[piece] = shared / np.maximum(size - shared, 1)
    return out


def _pair_keys(keys: Array, owners: Array) -> Array:
    return (owners.astype(np.uint64) << _HIGH) | (keys >> _LOW)
