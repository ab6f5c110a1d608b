"""`--add-ignores`: write a suppression comment for every finding, so that a project can start from zero."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from synthlint.findings import Finding, Place
from synthlint.sources.suppressions import Suppression, covers, scan
from synthlint.sources.text import from_text

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_CODES = re.compile(r"(#\s*synthlint:\s*ignore\s*)(?:\[[^\]]*\])?((?:\s*--.*)?)")


@dataclass(frozen=True, slots=True)
class Ignored:
    """The new text of a file, and the findings for which no comment could be written."""

    text: str
    left: tuple[Finding, ...]


def add_ignores(path: str, text: str, findings: Iterable[Finding], reason: str = "") -> Ignored:
    """Put a comment on each statement with findings, from the bottom up; nothing else changes.

    A comment that is there is extended.  A new one goes to the end of the statement, or above it where the
    end cannot take one.  Each is read back: a comment that would not hide its findings is not written.
    """
    groups: dict[Place, list[Finding]] = {}
    for one in findings:
        groups.setdefault(one.statement, []).append(one)
    left: list[Finding] = []
    for statement, own in sorted(groups.items(), key=lambda group: group[0], reverse=True):
        for candidate in _candidates(path, text, statement, own, " ".join(reason.split())):
            if _hides(path, candidate, own):
                text = candidate
                break
        else:
            left += own
    return Ignored(text, tuple(left))


def _candidates(path: str, text: str, statement: Place, findings: Sequence[Finding], reason: str) -> Iterable[str]:
    lines = _LINE.findall(text)
    codes = sorted({one.code for one in findings})
    comment = f"# synthlint: ignore[{', '.join(codes)}]" + (f" -- {reason}" if reason else "")
    present = _present(path, text, statement)
    if present is not None:
        every = sorted({*(present.codes or ()), *codes})
        line = _CODES.sub(rf"\1[{', '.join(every)}]\2", lines[present.line - 1], count=1)
        yield "".join([*lines[: present.line - 1], line, *lines[present.line :]])
    if statement.end_line <= len(lines):
        body, end = _cut(lines[statement.end_line - 1])
        if not body.endswith("\\"):
            line = f"{body.rstrip()}  {comment}{end}"
            yield "".join([*lines[: statement.end_line - 1], line, *lines[statement.end_line :]])
        body, end = _cut(lines[statement.line - 1])
        indent = body[: len(body) - len(body.lstrip())]
        above = f"{indent}{comment}{end or chr(10)}"
        yield "".join([*lines[: statement.line - 1], above, *lines[statement.line - 1 :]])


def _present(path: str, text: str, statement: Place) -> Suppression | None:
    """A comment for single rules that speaks of the statement already."""
    lines = range(statement.line, statement.end_line + 1)
    for one in scan(from_text(path, text)).suppressions:
        if not one.file_level and one.codes and (one.line in lines or one.target in lines):
            return one
    return None


def _hides(path: str, text: str, findings: Sequence[Finding]) -> bool:
    """Whether the comments of `text` hide the findings; a comment above moves its statement down by a line."""
    comments = scan(from_text(path, text)).suppressions
    return all(any(covers(one, _near(finding, one)) for one in comments) for finding in findings)


def _near(finding: Finding, comment: Suppression) -> Finding:
    place = finding.statement
    if not comment.own_line or comment.line != place.line:
        return finding
    moved = Place(place.path, place.line + 1, place.column, place.end_line + 1, place.end_column, place.cell)
    return Finding(
        finding.code, finding.name, finding.message, finding.severity, finding.confidence, moved, moved
    )  # fmt: skip


def _cut(line: str) -> tuple[str, str]:
    body = line.rstrip("\r\n")
    return body, line[len(body) :]
