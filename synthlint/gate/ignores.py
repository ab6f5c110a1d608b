"""`--add-ignores`: write a suppression comment for every finding, so that a project can start from zero."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from synthlint.findings import Edit, Finding, Place
from synthlint.sources.suppressions import Suppression, covers, scan
from synthlint.sources.text import Source, from_bytes

_CODES = re.compile(r"(#\s*synthlint:\s*ignore\s*)(?:\[[^\]]*\])?((?:\s*--.*)?)")
Change = Callable[[str, bytes, Iterable[Edit]], bytes]
"""Gives the bytes of a file after edits; `synthlint.fixes.documents.changed` is one."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The new bytes of a file, and the findings for which no comment could be written."""

    data: bytes
    left: tuple[Finding, ...]


def add_ignores(path: str, data: bytes, findings: Iterable[Finding], change: Change, reason: str = "") -> Ignored:
    """Put a comment on each statement with findings, from the bottom up; nothing else changes.

    A comment that is there is extended.  A new one goes to the end of the statement, or above it where the
    end cannot take one.  Each is read back: a comment that would not hide its findings, or that changes a
    command, is not written.
    """
    groups: dict[Place, list[Finding]] = {}
    for one in findings:
        groups.setdefault(one.statement, []).append(one)
    left: list[Finding] = []
    for statement, own in sorted(groups.items(), key=_position, reverse=True):
        before = from_bytes(path, data)
        for edit in _candidates(before, statement, own, " ".join(reason.split())):
            after = change(path, data, [edit])
            if _hides(before, from_bytes(path, after), own):
                data = after
                break
        else:
            left += own
    return Ignored(data, tuple(left))


def _position(group: tuple[Place, list[Finding]]) -> tuple[int, Place]:
    return group[0].cell or 0, replace(group[0], cell=None)


def _candidates(source: Source, statement: Place, findings: Sequence[Finding], reason: str) -> Iterator[Edit]:
    lines = source.lines(statement)
    codes = sorted({one.code for one in findings})
    comment = f"# synthlint: ignore[{', '.join(codes)}]" + (f" -- {reason}" if reason else "")
    present = _present(source, statement)
    if present is not None:
        every = sorted({*(present.codes or ()), *codes})
        line = lines[present.line - 1]
        new = _CODES.sub(lambda found: f"{found[1]}[{', '.join(every)}]{found[2]}", line, count=1)
        yield _edit(statement, present.line, 1, len(line) + 1, new)
    if statement.end_line > len(lines):
        return
    line = lines[statement.end_line - 1]
    if not line.endswith("\\"):
        yield _edit(statement, statement.end_line, len(line.rstrip()) + 1, len(line) + 1, f"  {comment}")
    first = lines[statement.line - 1]
    yield _edit(statement, statement.line, 1, 1, f"{first[: len(first) - len(first.lstrip())]}{comment}\n")


def _edit(statement: Place, line: int, start: int, end: int, text: str) -> Edit:
    return Edit(statement.path, (line, start), (line, end), text, statement.cell)


def _present(source: Source, statement: Place) -> Suppression | None:
    """A comment for single rules that speaks of the statement already."""
    lines = range(statement.line, statement.end_line + 1)
    near = (one for one in scan(source).suppressions if one.line in lines or one.target in lines)
    return next((one for one in near if one.place.cell == statement.cell and not one.file_level and one.codes), None)


def _hides(before: Source, after: Source, findings: Sequence[Finding]) -> bool:
    """Whether the comments now hide the findings; a comment above moves its statement down by a line."""
    if before.kind == "commands" and _commands(before) != _commands(after):
        return False
    comments = scan(after).suppressions
    return all(any(covers(one, _near(finding, one)) for one in comments) for finding in findings)


def _commands(source: Source) -> list[tuple[str, ...]]:
    """What a command file starts, word by word."""
    from synthlint.sources.commands.files import read  # few projects have findings there

    return [one.words for one in read([source.path], lambda _: source.text.encode())]


def _near(finding: Finding, comment: Suppression) -> Finding:
    place = finding.statement
    if not comment.own_line or comment.line != place.line:
        return finding
    moved = replace(place, line=place.line + 1, end_line=place.end_line + 1)
    return replace(finding, place=moved, statement=moved, covers=())
