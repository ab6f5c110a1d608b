"""Data files as a manifest describes them: size, hash, rows, columns, and whether rows were appended since."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUFFIX = ".provenance.yaml"
TAG = "sl:Tag"  # a column that holds the tag of each record


@dataclass(frozen=True)
class DataFile:
    """One data file as it was when the manifest was written; `records` is None where lines are not rows."""

    name: str
    size: int
    sha256: str
    records: int | None = None


def describe(data: Path, known: Mapping[str, DataFile]) -> tuple[tuple[DataFile, ...], bool]:
    """The files as they are now, and whether they still begin with the known ones (by name)."""
    if not data.exists():
        if ":/" in str(data):
            return (), False
        warnings.warn(f"{data}: no such file; the manifest describes data that is not there", stacklevel=4)
        return (), False
    found = [fingerprint(p, n, known.get(n)) for p, n in _parts(data)]
    kept = {f.name for f, same in found if same}
    return tuple(f for f, _ in found), bool(known) and kept == set(known)


def _parts(data: Path) -> Iterator[tuple[Path, str]]:
    if data.is_file():
        yield data, data.name
        return
    for path in sorted(data.rglob("*")):
        inside = path.relative_to(data)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_file() and not hidden and not path.name.endswith(SUFFIX):
            yield path, f"{data.name}/{inside.as_posix()}"


def fingerprint(path: Path, name: str, earlier: DataFile | None) -> tuple[DataFile, bool]:
    digest, size, lines, last = hashlib.sha256(), 0, 0, b"\n"
    rows = path.suffix in (".jsonl", ".ndjson")
    same = False
    with path.open("rb") as stream:
        for block in _blocks(stream, earlier.size if earlier else 0):
            digest.update(block)
            size += len(block)
            lines += block.count(b"\n") if rows else 0
            last = block[-1:]
            same = same or (earlier is not None and size == earlier.size and digest.hexdigest() == earlier.sha256)
    lines += last != b"\n"
    return DataFile(name, size, digest.hexdigest(), lines if rows else None), same


def _blocks(stream: Any, boundary: int) -> Iterator[bytes]:
    while boundary > 0:
        block = stream.read(min(1 << 20, boundary))
        if not block:
            return
        boundary -= len(block)
        yield block
    while block := stream.read(1 << 20):
        yield block


def columns_of(data: Path, sample: int = 64) -> dict[str, str]:
    """Names and Croissant types of the plain columns of a JSONL file, from its first rows."""
    if data.suffix not in (".jsonl", ".ndjson") or not data.is_file():
        return {}
    found: dict[str, str] = {}
    with data.open("rb") as stream:
        for _, line in zip(range(sample), stream, strict=False):
            try:
                row = json.loads(line)
            except ValueError:
                return {}
            for name, value in row.items() if isinstance(row, dict) else ():
                kind = TAG if name == "_provenance" and _names_generator(value) else _column_type(value)
                if kind:
                    found[name] = kind if found.get(name, kind) == kind else "sc:Text"
    return found


def _names_generator(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("gen"), str)


def _column_type(value: Any) -> str | None:
    if isinstance(value, bool):
        return "sc:Boolean"
    return {str: "sc:Text", int: "sc:Integer", float: "sc:Float"}.get(type(value))
