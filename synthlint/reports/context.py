"""What a format needs besides the report: rules, source lines, and how paths and symbols are shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from synthlint._version import __version__
from synthlint.findings import Confidence, Finding, Place, Report, Severity
from synthlint.reports.links import page, published


class RuleInfo(Protocol):
    """What the formats show of a rule."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def severity(self) -> Severity: ...


def _no_lines(_: Place) -> Sequence[str]:
    return ()


def _own_line(place: Place) -> int:
    return place.line if place.cell is None else 1


@dataclass(frozen=True)
class Context:
    """The surroundings of a report.

    `root` is the project's folder, which the paths of findings count from; they are shown from `folder`,
    the working directory.  `lines` gives all lines of the file or cell that a place lies in, `line_in_file`
    the line of the file where it starts, also for the cell of a notebook.  `symbols` is false where the
    output cannot print `✗`.  After a comparison `states` says for each fingerprint whether it is `new` or
    `updated` (got worse), and `compared` what the summary has to say about the rest.
    """

    root: Path
    folder: Path = field(default_factory=Path.cwd)
    lines: Callable[[Place], Sequence[str]] = _no_lines
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    min_confidence: Confidence = Confidence.MEDIUM
    symbols: bool = True
    links: bool = False
    states: Mapping[str, str] = field(default_factory=dict)
    compared: tuple[str, ...] = ()
    version: str = __version__
    line_in_file: Callable[[Place], int] = _own_line
    documentation: str = ""

    @property
    def site(self) -> str | None:
        """Where the documentation is published: what the settings say, else the package."""
        return self.documentation or published()

    def rule_url(self, code: str) -> str | None:
        """The address of a rule's page, if it is published."""
        return page(self.site, code) if self.site else None

    def path(self, path: str) -> str:
        """A path of the report as the user sees it: from the working directory, `/`-separated."""
        full = self.root / path
        try:
            return Path(os.path.relpath(full, self.folder)).as_posix()
        except ValueError:  # another drive
            return full.as_posix()

    def where(self, place: Place) -> str:
        """`path:line:column`, in notebooks `path:cell 3:line:column`."""
        return str(replace(place, path=self.path(place.path)))


def shown(report: Report) -> list[Finding]:
    """The findings that count: all that no comment suppresses."""
    return [one for one in report.findings if one.suppressed is None]


def fixable(findings: Iterable[Finding], applicability: str = "") -> int:
    """How many findings have a fix that edits something (of one applicability, if given)."""
    wanted = {applicability} if applicability else {"safe", "unsafe"}
    return sum(one.fix is not None and one.fix.applicability in wanted for one in findings)


def printable(text: str) -> str:
    """The text with control characters spelt out: source code must not steer the reader's terminal."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return "    " if char == "\t" else char.encode("unicode_escape").decode("ascii")
