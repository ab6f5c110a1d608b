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

CHUNK = 1_000  # texts in one pass: 0.4 MB of text, so that the working set stays in the cache
_LETTERS = b"abcdefghijklmnopqrstuvwxyz_"
_DIGITS = b"0123456789"
_SIGNS = b"-+*/=<>^%"
_SPACES = b" \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f"
_M1, _M2, _M3 = (np.uint64(m) for m in (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD))
_S29, _S32 = np.uint64(29), np.uint64(32)
_MASKS = np.array([(1 << (8 * i)) - 1 for i in range(9)], dtype=np.uint64)


def _table(members: bytes, rest: int = 0) -> bytes:
    """A table for ``bytes.translate``: 1 for the members, ``rest`` for what is not ASCII, else 0."""
    return bytes(1 if c in members else rest if c >= 128 else 0 for c in range(256))


_IS_WORD, _IS_SIGN = _table(_LETTERS + _DIGITS, rest=1), _table(_SIGNS)
_IS_SPACE, _IS_DIGIT = _table(_SPACES), _table(_DIGITS)


class Shingled(NamedTuple):
    """Shingles of a chunk of texts: 64-bit hashes in text order (repeats included), and one row a text."""

    hashes: Array  # uint64, all texts one after the other
    counts: Array  # int64, shingles of each text
    sequences: Array  # uint64, equal for texts with the same words in the same order


def shingle_hashes(texts: Sequence[str], n: int) -> Shingled:
    """Shingles of ``n`` words of every text; a text with fewer words has one shingle, with none it has none."""
    raw, lengths = _encode(texts)
    starts, sizes = _word_spans(raw)
    hashes = _word_hashes(np.frombuffer(raw, np.uint8), starts, sizes)
    ends = np.searchsorted(starts, np.cumsum(lengths + 1) - 1)
    per_text = np.diff(ends, prepend=0)
    grams, counts = _combine(hashes, ends, per_text, n)
    return Shingled(grams, counts, _sequence_hashes(grams, counts, per_text))


def _encode(texts: Sequence[str]) -> tuple[bytes, Array]:
    """Lower-case bytes of all texts with a zero after each, and the length of each in bytes."""
    joined = "\0".join(texts)
    if joined.isascii():
        raw = joined.lower().encode()
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    else:
        parts = [(t.lower() if t.isascii() else " ".join(words(t))).encode("utf-8", "surrogatepass") for t in texts]
        raw = b"\0".join(parts)
        lengths = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
    return raw + bytes(41), lengths


def _flags(raw: bytes, table: bytes) -> Array:
    return np.frombuffer(bytearray(raw.translate(table)), np.bool_)


def _word_spans(raw: bytes) -> tuple[Array, Array]:
    """First byte and length of every word."""
    inside = _flags(raw, _IS_WORD)
    if any(sign in raw for sign in _SIGNS):
        inside[_before_number(raw)] = True
    edges: Array = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if inside[0]:
        edges = np.concatenate([np.zeros(1, edges.dtype), edges])
    return edges[0::2], edges[1::2] - edges[0::2]


def _before_number(raw: bytes) -> Array:
    """The signs whose next byte that is not white space is a digit."""
    signs = np.flatnonzero(_flags(raw, _IS_SIGN))
    space, digit = _flags(raw, _IS_SPACE), _flags(raw, _IS_DIGIT)
    following: Array = signs + 1
    while (blank := space[following]).any():
        following = following + blank
    return signs[digit[following]]


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
