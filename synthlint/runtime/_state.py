"""Saved states: a format of our own, so that a file of last year is read, or refused with the reason.

A file is a line ``synthlint-state <version>``, a line of JSON (the header), the arrays that the header lists
(little-endian 64-bit integers or bytes), and a blake2b-128 digest of everything before it. Nothing in it is
executed on reading.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from synthlint.runtime._errors import StateError
from synthlint.runtime._files import write_whole

VERSION = 1
_MAGIC = b"synthlint-state "
_DIGEST = 16


def write_state(path: str | os.PathLike[str], header: Mapping[str, Any], sections: Mapping[str, bytes]) -> None:
    """Write a state so that ``path`` holds either the old content or all of the new one."""
    listed = {name: len(data) for name, data in sections.items()}
    head = json.dumps({**header, "sections": listed}).encode() + b"\n"
    pieces = [_MAGIC + str(VERSION).encode() + b"\n", head, *sections.values()]
    write_whole(Path(path), _with_digest(pieces))


def _with_digest(pieces: Iterable[bytes]) -> Iterator[bytes]:
    digest = blake2b(digest_size=_DIGEST)
    for piece in pieces:
        digest.update(piece)
        yield piece
    yield digest.digest()


def read_state(path: str | os.PathLike[str], kind: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Header and sections of a state of the given kind; :class:`StateError` says why one cannot be used."""
    data = Path(path).read_bytes()
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    if not data.startswith(_MAGIC):
        raise StateError(f"{path} is not a state saved by synthlint; it was not read")
    if blake2b(body, digest_size=_DIGEST).digest() != digest:
        raise StateError(f"{path} is damaged (its checksum does not match); use an older copy or build it anew")
    first, head, rest = body.split(b"\n", 2)
    version = int(first[len(_MAGIC) :])
    if version > VERSION:
        raise StateError(f"{path} has version {version}, this synthlint reads up to {VERSION}; upgrade synthlint")
    header = json.loads(head)
    if header.get("kind") != kind:
        raise StateError(f"{path} holds the state of a {header.get('kind')}, not of a {kind}")
    return header, _cut(header["sections"], rest)


def _cut(lengths: Mapping[str, int], data: bytes) -> dict[str, bytes]:
    sections, start = {}, 0
    for name, length in lengths.items():
        sections[name] = data[start : start + length]
        start += length
    return sections


def to_bytes(numbers: Iterable[int]) -> bytes:
    """Signed 64-bit integers as little-endian bytes."""
    packed = numbers if isinstance(numbers, array) else array("q", numbers)
    if sys.byteorder == "big":
        packed = array("q", packed)
        packed.byteswap()
    return packed.tobytes()


def from_bytes(data: bytes) -> array[int]:
    """The inverse of :func:`to_bytes`."""
    numbers = array("q")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
