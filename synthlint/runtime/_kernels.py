"""The tokeniser of :mod:`synthlint.runtime._text` for many texts at once, on numpy arrays.

``shingle_hashes`` cuts the same words as :func:`synthlint.runtime._text.words` (a test compares the two) and
gives every run of ``n`` words a 64-bit hash. About 2 microseconds for a text of 60 words, one thread.
Kernels take texts and arrays and know no engine; hashes are for one process and must not be stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from synthlint.runtime._text import words

Array = Any  # numpy.ndarray; numpy is not needed to check the types of this package

CHUNK = 5_000  # texts in one pass: 2 MB of text, so that the working set stays in the cache
_WORD, _SIGN, _SPACE, _DIGIT = 1, 2, 4, 8
_M1, _M2, _M3 = (np.uint64(m) for m in (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD))
_S29, _S32 = np.uint64(29), np.uint64(32)
_MASKS = np.array([(1 << (8 * i)) - 1 for i in range(9)], dtype=np.uint64)


def _classes() -> Array:
    table: Array = np.zeros(256, np.uint8)
    table[list(b"abcdefghijklmnopqrstuvwxyz0123456789_")] = _WORD
    table[128:] = _WORD
    table[list(b"0123456789")] |= _DIGIT
    table[list(b"-+*/=<>^%")] = _SIGN
    table[list(b" \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f")] = _SPACE
    return table


_CLASS = _classes()


class Shingled(NamedTuple):
    """Shingles of a chunk of texts: 64-bit hashes in text order (repeats included), and one row a text."""

    hashes: Array  # uint64, all texts one after the other
    counts: Array  # int64, shingles of each text
    sequences: Array  # uint64, equal for texts with the same words in the same order


def shingle_hashes(texts: Sequence[str], n: int) -> Shingled:
    """Shingles of ``n`` words of every text; a text with fewer words has one shingle, with none it has none."""
    buffer, lengths = _encode(texts)
    starts, sizes = _word_spans(buffer)
    hashes = _word_hashes(buffer, starts, sizes)
    ends = np.searchsorted(starts, np.cumsum(lengths + 1) - 1)
    per_text = np.diff(ends, prepend=0)
    grams, counts = _combine(hashes, ends, per_text, n)
    return Shingled(grams, counts, _sequence_hashes(grams, counts, per_text))


def _encode(texts: Sequence[str]) -> tuple[Array, Array]:
    """Lower-case bytes of all texts with a zero after each, and the length of each in bytes."""
    joined = "\0".join(texts)
    if joined.isascii():
        raw = joined.lower().encode()
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    else:
        parts = [(t.lower() if t.isascii() else " ".join(words(t))).encode("utf-8", "surrogatepass") for t in texts]
        raw = b"\0".join(parts)
        lengths = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
    return np.frombuffer(raw + bytes(41), dtype=np.uint8), lengths


def _word_spans(buffer: Array) -> tuple[Array, Array]:
    """First byte and length of every word."""
    kind = _CLASS[buffer]
    inside = (kind & _WORD).astype(bool)
    signs = np.flatnonzero(kind & _SIGN)
    if len(signs):
        inside[_before_number(kind, signs)] = True
    edges: Array = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if inside[0]:
        edges = np.concatenate([np.zeros(1, edges.dtype), edges])
    return edges[0::2], edges[1::2] - edges[0::2]


def _before_number(kind: Array, signs: Array) -> Array:
    """The signs whose next byte that is not white space is a digit."""
    following = signs + 1
    blank = (kind[following] & _SPACE).astype(bool)
    while blank.any():
        following = following + blank
        blank = (kind[following] & _SPACE).astype(bool)
    return signs[(kind[following] & _DIGIT).astype(bool)]


def _word_hashes(buffer: Array, starts: Array, sizes: Array) -> Array:
    """A 64-bit hash of every word, eight bytes at a time."""
    eight = np.lib.stride_tricks.as_strided(buffer[:8].view("<u8"), shape=(len(buffer) - 8,), strides=(1,))
    hashes = (eight[starts] & _MASKS[np.minimum(sizes, 8)]) * _M1
    hashes ^= hashes >> _S32
    done, left = 8, np.flatnonzero(sizes > 8)
    while len(left):
        piece = eight[starts[left] + done] & _MASKS[np.minimum(sizes[left] - done, 8)]
        mixed = (hashes[left] ^ piece) * _M2
        hashes[left] = mixed ^ (mixed >> _S29)
        done += 8
        left = left[sizes[left] > done]
    return hashes


def _combine(hashes: Array, ends: Array, per_text: Array, n: int) -> tuple[Array, Array]:
    """Hashes of the runs of ``n`` words that stay within one text, and how many each text has."""
    grams, total = hashes.copy(), len(hashes)
    for j in range(1, min(n, total)):
        head = grams[: total - j]
        grams[: total - j] = (head ^ (head >> _S29)) * _M1 + hashes[j:]
    grams *= _M2
    grams ^= grams >> _S32
    keep: Array = np.ones(total, bool)
    for j in range(1, n):
        keep[ends[per_text >= j] - j] = False
    for size in range(1, n):
        _one_shingle(grams, keep, hashes, (ends - size)[per_text == size], size)
    counts = np.where(per_text < n, np.minimum(per_text, 1), per_text - (n - 1))
    return grams[keep], counts


def _one_shingle(grams: Array, keep: Array, hashes: Array, first: Array, size: int) -> None:
    """Texts of ``size`` words, too short for a run: all their words are one shingle."""
    mixed = hashes[first]
    for j in range(1, size):
        mixed = (mixed ^ (mixed >> _S29)) * _M3 + hashes[first + j]
    mixed = (mixed + np.uint64(size)) * _M3
    grams[first] = mixed ^ (mixed >> _S32)
    keep[first] = True


def _sequence_hashes(grams: Array, counts: Array, per_text: Array) -> Array:
    """A hash of all shingles of a text in their order; 0 for a text without words."""
    out: Array = np.zeros(len(counts), np.uint64)
    filled = np.flatnonzero(counts)
    if not len(filled):
        return out
    starts = (np.cumsum(counts) - counts)[filled]
    place: Array = np.arange(len(grams), dtype=np.uint64)
    place -= np.repeat(starts.astype(np.uint64), counts[filled])
    place += place
    place += np.uint64(1)
    place *= grams
    place ^= place >> _S29
    place *= _M3
    out[filled] = np.add.reduceat(place, starts) ^ per_text[filled].astype(np.uint64)
    return out
