"""Text as every part of the runtime compares it: one normaliser, one tokeniser, one content hash.

Two records are *the same content* when :func:`content_hash` gives them the same digest. That ignores case,
Unicode compatibility forms, invisible characters, white space, the order of dict keys, and every field that
says where a record comes from rather than what it is. It does not ignore punctuation; :func:`words` does.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

PROVENANCE_KEYS = frozenset({"_provenance", "is_synthetic", "distilabel_metadata", "model_name", "generation_model"})
"""Fields that say where a record comes from. Keys that start with ``_`` count as such too."""

IDENTITY_KEYS = frozenset(
    {"id", "uuid", "guid", "idx", "index", "row_id", "record_id", "timestamp", "created_at", "generated_at"}
)
"""Fields that differ between copies of the same content; deduplication leaves them out of the comparison."""

# Default_Ignorable_Code_Point of Unicode 15 without the unassigned ones: soft hyphen, joiners, zero-width
# spaces, bidirectional marks, Hangul fillers, variation selectors (C2PA text wrappers use them), tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
# Scripts written without spaces: every character is a word of its own.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# A sign before a number is part of what is said: "3 + 4" and "3 - 4" are different questions.
_SIGN = r"[-+*/=<>^%](?=\s*[0-9])"
_ASCII_SIGN = re.compile(_SIGN)
_ASCII_WORD = re.compile(r"[a-z0-9_]+")
_ASCII_WORD_OR_SIGN = re.compile(rf"(?:[a-z0-9_]|{_SIGN})+")
# \w leaves out combining vowels, which would cut Hindi, Arabic or Hebrew words in pieces.
_LETTERS = "\\w\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(rf"(?:[{_LETTERS}\u2212\u00d7\u00f7\u2260\u2264\u2265\u00b1]|{_SIGN})+")
_MARKS = {"\x1c": "\n", "\x1d": "\n", "\x1e": "\n"}
_OPEN, _CLOSE, _NEXT = "\x1c", "\x1d", "\x1e"


def normalise(text: str) -> str:
    """The text without what readers do not see: NFKC, casefold, no invisible characters, single spaces.

    Idempotent. 0.4 to 4 microseconds for 400 characters of ASCII.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(_fold(text).split())


def _fold(text: str) -> str:
    """Casefolded NFKC. One round is not a fixed point (U+0345, U+1E9B), so go on until nothing changes."""
    while True:
        folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
        if folded == text:
            return text
        text = folded


def words(text: str) -> list[str]:
    """The words of a text in order, normalised, without punctuation.

    A word is a run of letters, digits and underscores, with the signs ``-+*/=<>^%`` where a number follows
    ("3 + 4" has three words, "-5" one). In scripts that are written without spaces (Han, kana, Thai, Lao,
    Khmer, Burmese) every character is a word.
    """
    if text.isascii():
        lowered = text.lower()
        pattern = _ASCII_WORD_OR_SIGN if _ASCII_SIGN.search(lowered) else _ASCII_WORD
        return pattern.findall(lowered)
    return _WORD.findall(_SPACELESS.sub(r" \g<0> ", _fold(text)))


def shingles(tokens: Iterable[str], n: int = 3) -> set[tuple[str, ...]]:
    """The set of runs of ``n`` words; a text with fewer than ``n`` words has one shingle, all of it.

    >>> sorted(shingles(["a", "b", "c", "d"], 3))
    [('a', 'b', 'c'), ('b', 'c', 'd')]
    """
    listed = list(tokens)
    if len(listed) < n:
        return {tuple(listed)} if listed else set()
    return set(zip(*(listed[i:] for i in range(n)), strict=False))


def jaccard(a: Collection[object], b: Collection[object]) -> float:
    """Size of the intersection by size of the union, 0 to 1; two empty sets have similarity 0."""
    left, right = set(a), set(b)
    union = len(left | right)
    return len(left & right) / union if union else 0.0


def is_provenance_key(key: object) -> bool:
    """True for a field that says where a record comes from rather than what it is."""
    return isinstance(key, str) and (key.startswith("_") or key in PROVENANCE_KEYS)


def content_text(record: Any, ignore: Collection[str] = ()) -> str:
    """What a record says, as one text: the values of its fields, by key, one a line, not normalised.

    ``record`` is a string, a mapping, a sequence, a number, or anything with ``str()``. Provenance fields are
    left out, and so are the fields named in ``ignore``. ``None`` and NaN are empty.
    """
    if isinstance(record, str):
        return record
    return _flatten(record, frozenset(ignore)).translate(_TO_LINES).strip("\n")


_TO_LINES = str.maketrans(_MARKS)


def content_hash(record: Any, ignore: Collection[str] = ()) -> str:
    """32 hex digits (blake2b, 128 bits) of the normalised content of a record.

    Equal for records that differ only in case, white space, Unicode form, invisible characters, key order,
    provenance fields, or the fields in ``ignore``; a record with one field hashes like its value.
    """
    return content_digest(record, ignore).hex()


def content_digest(record: Any, ignore: Collection[str] = ()) -> bytes:
    """The 16 bytes that :func:`content_hash` prints."""
    text = normalise(record) if isinstance(record, str) else _canonical(record, frozenset(ignore))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _canonical(record: Any, ignore: frozenset[str]) -> str:
    pieces = re.split("([\x1c-\x1e])", _flatten(record, ignore))
    return "".join(p if p in _MARKS else normalise(p) for p in pieces)


def _flatten(value: Any, ignore: frozenset[str]) -> str:
    """The leaves of a value in a fixed order, nested values between marks that no leaf contains."""
    if isinstance(value, Mapping):
        return _NEXT.join(_nested(value[k], ignore) for k in _content_keys(value, ignore))
    if isinstance(value, (list, tuple)):
        return _NEXT.join(_nested(item, ignore) for item in value)
    return _leaf(value)


def _nested(value: Any, ignore: frozenset[str]) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        return f"{_OPEN}{_flatten(value, ignore)}{_CLOSE}"
    return _leaf(value)


def _content_keys(record: Mapping[Any, Any], ignore: frozenset[str]) -> Iterator[Any]:
    kept = (k for k in record if k not in ignore and not is_provenance_key(k))
    return iter(sorted(kept, key=str))


def _leaf(value: Any) -> str:
    if isinstance(value, str):
        return value.translate(_TO_SPACE)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return _number(value)


_TO_SPACE = str.maketrans(dict.fromkeys(_MARKS, " "))


def _number(value: Any) -> str:
    """Numbers by value, so that an integer column which pandas turned into floats still compares equal."""
    if hasattr(value, "tolist") and not isinstance(value, (int, float)):
        value = value.tolist()  # numpy scalars and arrays
        if isinstance(value, (str, list, bool)) or value is None:
            return _nested(value, frozenset())
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (set, frozenset)):
        return _nested(sorted(map(_leaf, value)), frozenset())
    return str(value).translate(_TO_SPACE)
