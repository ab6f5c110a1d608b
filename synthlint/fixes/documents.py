"""A file as bytes that edits change: all other bytes stay as they are, in notebooks, too."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from synthlint.findings import Edit
from synthlint.fixes.edits import apply
from synthlint.sources import text as texts

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")


class Unchangeable(Exception):
    """The bytes of a file cannot be kept; the message says why."""


def changed(path: str, data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes of a file after the edits.  Raises Unchangeable and sources.text.Unreadable."""
    source = texts.from_bytes(path, data)
    mark = codecs.BOM_UTF8 if source.bom else b""
    body = data[len(mark) :]
    text = body.decode(source.encoding)
    if text.encode(source.encoding) != body:
        raise Unchangeable(f"its bytes cannot be written again as {source.encoding}")
    edits = list(edits)
    new = _notebook(text, edits) if source.kind == "notebook" else apply(text, edits, source.newline)
    try:
        return mark + new.encode(source.encoding)
    except UnicodeEncodeError:
        raise Unchangeable(f"the new text cannot be written as {source.encoding}") from None


# -- notebooks ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Text:
    """A string in the JSON of a notebook: where its token stands, and what leads to it."""

    start: int
    end: int
    item: int | None


def _notebook(raw: str, edits: Sequence[Edit]) -> str:
    cells: dict[int, list[Edit]] = {}
    for one in edits:
        cells.setdefault(one.cell or 0, []).append(one)
    spans = _sources(raw, cells)
    for number in sorted(cells, reverse=True):
        if not spans.get(number):
            raise Unchangeable(f"the source of cell {number} was not found")
        raw = _cell(raw, spans[number], cells[number])
    return raw


def _sources(raw: str, wanted: Iterable[int]) -> dict[int, list[_Text]]:
    """The strings that hold the source of each cell of a notebook of format 4."""
    found: dict[int, list[_Text]] = {one: [] for one in wanted}
    for path, start, end in _strings(raw):
        if len(path) in (3, 4) and path[0] == "cells" and path[2] == "source" and isinstance(path[1], int):
            item = path[3] if len(path) == 4 else None
            if path[1] + 1 in found and not isinstance(item, str):
                found[path[1] + 1].append(_Text(start, end, item))
    return found


def _strings(raw: str) -> Iterator[tuple[tuple[str | int, ...], int, int]]:
    """Every string value of a JSON text: the keys and numbers that lead to it, and where it stands."""
    path: list[str | int] = []
    value = True
    for match in _TOKEN.finditer(raw):
        token = match.group()
        if token in "{[":
            path.append("" if token == "{" else 0)
            value = token == "["
        elif token in "}]":
            del path[-1:]
        elif token == ",":
            value = bool(path) and isinstance(path[-1], int)
            if path and isinstance(path[-1], int):
                path[-1] += 1
        elif token == ":":
            value = True
        elif value:
            yield tuple(path), match.start(), match.end()
        elif path:
            path[-1] = json.loads(token)


def _cell(raw: str, spans: Sequence[_Text], edits: Sequence[Edit]) -> str:
    old = [json.loads(raw[one.start : one.end]) for one in spans]
    text = "".join(old)
    if "\r" in text:
        raise Unchangeable("a cell has carriage returns in its lines")
    new = apply(text, edits)
    ascii_only = raw.isascii() and not text.isascii()
    if spans[0].item is None:
        return raw[: spans[0].start] + _single(raw[spans[0].start : spans[0].end], text, new) + raw[spans[0].end :]
    return _listed(raw, spans, old, _LINE.findall(new), ascii_only)


def _single(token: str, old: str, new: str) -> str:
    """A source that is one string: the spelling of what stays is kept."""
    if json.dumps(old, ensure_ascii=False) == token:
        return json.dumps(new, ensure_ascii=False)
    return json.dumps(new, ensure_ascii=token.isascii())


def _listed(raw: str, spans: Sequence[_Text], old: Sequence[str], new: Sequence[str], ascii_only: bool) -> str:
    """A source that is a list of lines: tokens of lines that stay are kept."""
    head, tail = _same(old, new), 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    tokens = [raw[one.start : one.end] for one in spans]
    middle = [json.dumps(line, ensure_ascii=ascii_only) for line in new[head : len(new) - tail]]
    kept = [*tokens[:head], *middle, *tokens[len(tokens) - tail :]]
    return raw[: spans[0].start] + _separator(raw, spans).join(kept) + raw[spans[-1].end :]


def _same(old: Sequence[str], new: Sequence[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _separator(raw: str, spans: Sequence[_Text]) -> str:
    gaps = {raw[one.end : two.start] for one, two in pairwise(spans)}
    if len(gaps) > 1:
        raise Unchangeable("the lines of a cell are laid out unevenly")
    if gaps:
        return gaps.pop()
    before = raw[raw.rfind("[", 0, spans[0].start) + 1 : spans[0].start]
    return "," + (before or " ")
