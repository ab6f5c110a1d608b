"""Edits of one text: which of them meet, what they make of it, and where a place is afterwards."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence

from synthlint.findings import Edit, Fix

Point = tuple[int, int]


def meet(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same text or point; an edit that two fixes share meets nothing."""
    if one == other or (one.path, one.cell) != (other.path, other.cell):
        return False
    return one.start <= other.end and other.start <= one.end


def compatible(fix: Fix, taken: Sequence[Edit]) -> bool:
    """Whether a fix can be applied in one go with edits that are taken."""
    return not any(meet(mine, other) for mine in fix.edits for other in taken)


def apply(text: str, edits: Iterable[Edit], newline: str = "\n") -> str:
    """`text`, with `\\n`, `\\r\\n` or `\\r` after each line, after the edits; new lines end in `newline`."""
    starts, ends = _lines(text)
    for one in sorted(set(edits), key=lambda edit: (edit.start, edit.end), reverse=True):
        start, end = _offset(one.start, starts, ends), _offset(one.end, starts, ends)
        text = text[:start] + one.text.replace("\n", newline) + text[end:]
    return text


def _lines(text: str) -> tuple[list[int], list[int]]:
    """Where each line starts, and where it ends before its newline."""
    starts, ends, at = [0], [], 0
    while at < len(text):
        if text[at] in "\r\n":
            ends.append(at)
            at += 2 if text.startswith("\r\n", at) else 1
            starts.append(at)
        else:
            following = [found for mark in "\r\n" if (found := text.find(mark, at)) >= 0]
            at = min(following, default=len(text))
    return starts, [*ends, len(text)]


def _offset(point: Point, starts: Sequence[int], ends: Sequence[int]) -> int:
    line, column = point
    if line > len(starts):
        return ends[-1]
    return min(starts[line - 1] + column - 1, ends[line - 1])


class Moved:
    """Where the points of a text are after edits: before and behind what is inserted there."""

    def __init__(self, text: str, edits: Iterable[Edit]) -> None:
        self._starts, self._ends = _lines(text)
        spans = ((self._offset(one.start), self._offset(one.end), one.text) for one in set(edits))
        self._shifts = [(start, end, len(new) - (end - start)) for start, end, new in spans]
        self._new, _ = _lines(apply(text, edits))

    def __call__(self, point: Point) -> tuple[Point, Point]:
        at = self._offset(point)
        behind = sum(shift for _, end, shift in self._shifts if end <= at)
        before = sum(shift for start, end, shift in self._shifts if end <= at and start < at)
        return self._point(at + before), self._point(at + behind)

    def _point(self, offset: int) -> Point:
        line = bisect.bisect_right(self._new, offset)
        return line, offset - self._new[line - 1] + 1

    def _offset(self, point: Point) -> int:
        return _offset(point, self._starts, self._ends)
