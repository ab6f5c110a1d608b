"""Source lines of places, read again when they are needed: the analysis keeps no text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from synthlint.findings import Place
from synthlint.gate.cells import file_line
from synthlint.sources.text import Source, Unreadable, from_text, read

LinesOf = Callable[[Place], Sequence[str]]
"""Gives all lines of the file, or of the notebook cell, that a place lies in."""


class Lines:
    """Reads each file once; a file that cannot be read has no lines, since a report must not fail for it.

    `texts` holds what is not on disk (standard input), by path.
    """

    def __init__(self, root: Path | None = None, texts: Mapping[str, str] | None = None) -> None:
        self._root = root or Path.cwd()
        self._texts = dict(texts or {})
        self._sources: dict[str, Source | None] = {}

    def around(self, place: Place) -> list[str]:
        """All lines of the file, or of the notebook cell, that a place lies in."""
        source = self._source(place.path)
        return source.lines(place) if source else []

    def in_file(self, place: Place) -> int:
        """The line of the file on which a place starts; only for a notebook it is not the place's own line."""
        source = self._source(place.path) if place.cell is not None else None
        return place.line if source is None else file_line(source.text, place.cell or 1, place.line)

    def _source(self, path: str) -> Source | None:
        if path not in self._sources:
            try:
                text = self._texts.get(path)
                self._sources[path] = read(path, self._root) if text is None else from_text(path, text)
            except Unreadable:
                self._sources[path] = None
        return self._sources[path]


def span(lines: Sequence[str], place: Place) -> str:
    """The text that a place spans, given the lines that it counts in."""
    inside = list(lines[place.line - 1 : place.end_line])
    if inside and len(inside) == place.end_line - place.line + 1:
        inside[-1] = inside[-1][: place.end_column - 1]
    if inside:
        inside[0] = inside[0][place.column - 1 :]
    return "\n".join(inside)
