"""Source lines of places, read again for the report: the analysis keeps no text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthlint.findings import Place
from synthlint.sources.text import Source, Unreadable, from_text, read


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

    def span(self, place: Place) -> str:
        """The text that a place spans."""
        lines = self.around(place)[place.line - 1 : place.end_line]
        if lines and len(lines) == place.end_line - place.line + 1:
            lines[-1] = lines[-1][: place.end_column - 1]
        if lines:
            lines[0] = lines[0][place.column - 1 :]
        return "\n".join(lines)

    def _source(self, path: str) -> Source | None:
        if path not in self._sources:
            try:
                text = self._texts.get(path)
                self._sources[path] = read(path, self._root) if text is None else from_text(path, text)
            except Unreadable:
                self._sources[path] = None
        return self._sources[path]
