"""Code frames: source lines with numbers, and carets under what matters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from click import style

from synthlint.findings import Place
from synthlint.reports.context import Context, printable

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to point at, and what is said about it."""

    place: Place
    label: str
    colour: str = "red"


def frames(marks: Sequence[Mark], context: Context) -> list[str]:
    """The lines of one frame for each file (or cell), in the order in which the marks name them."""
    blocks: dict[tuple[str, int | None], list[Mark]] = {}
    for mark in marks:
        blocks.setdefault((mark.place.path, mark.place.cell), []).append(mark)
    digits = max((len(str(mark.place.line)) for mark in marks), default=1)
    out: list[str] = []
    for block in blocks.values():
        ordered = sorted(block, key=lambda mark: (mark.place.line, mark.place.column))
        lines = _block(ordered, digits, context)
        if lines:
            out += [f"{' ' * digits} {_dim('-->')} {printable(context.where(ordered[0].place))}", *lines]
    return out


def _block(marks: list[Mark], digits: int, context: Context) -> list[str]:
    bar = _dim("|")
    lines = context.lines(marks[0].place)
    out = [f"{' ' * digits} {bar}"]
    last = 0
    for mark in marks:
        number = mark.place.line
        if number > len(lines):
            continue
        if last and number > last + 1:
            out.append(_dim("." * digits))
        text, start, length = _cropped(lines[number - 1], mark.place)
        if number != last:
            out.append(f"{_dim(str(number).rjust(digits))} {bar} {text}".rstrip())
        caret = style("^" * length + (f" {printable(mark.label)}" if mark.label else ""), fg=mark.colour, bold=True)
        out.append(f"{' ' * digits} {bar} {' ' * start}{caret}")
        last = number
    return out if last else []


def _cropped(line: str, place: Place) -> tuple[str, int, int]:
    """The line as it is shown, where its mark starts there, and how long that is; in screen columns."""
    begin = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
    before, marked, after = printable(line[:begin]), printable(line[begin:end]), printable(line[end:])
    if len(before) > WIDTH // 2:
        before = "..." + before[3 - WIDTH // 2 :]
    room = max(WIDTH - len(before), 20)
    text = before + marked + after
    if len(text) > WIDTH:
        text = text[: len(before) + room - 3] + "..."
    shown = text[len(before) : len(before) + len(marked)]
    return text, _columns(before), max(_columns(shown), 1)


def _columns(text: str) -> int:
    """Screen columns: wide East Asian characters take two, combining ones none."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def _dim(text: str) -> str:
    return style(text, dim=True)
