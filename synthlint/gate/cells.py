"""Where a line of a notebook cell stands in the file, for services that know lines of files only."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
Path = tuple[str | int, ...]


def file_line(text: str, cell: int, line: int) -> int:
    """The line of the notebook `text` that holds line `line` of the `cell`-th cell (both from 1); 1 if unknown."""
    source = ("cells", cell - 1, "source")
    found = 0
    for path, offset in _strings(text):
        if path[:3] == source and len(path) <= 4:
            found = offset
            if path[3:] in ((), (line - 1,)):
                break
        elif found:
            break
    return text.count("\n", 0, found) + 1


def _strings(text: str) -> Iterator[tuple[Path, int]]:
    """Every string value of a JSON text: the keys and numbers that lead to it, and its offset."""
    path: list[str | int] = []
    value = True
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in "{[":
            path.append("" if token == "{" else 0)
            value = token == "["
        elif token in "}]":
            del path[-1:]
        elif token == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
            else:
                value = False
        elif token == ":":
            value = True
        elif value:
            yield tuple(path), match.start()
        elif path:
            path[-1] = token[1:-1]
