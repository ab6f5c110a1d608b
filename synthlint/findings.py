"""What a rule reports: places, findings and the builder that refuses an incomplete one."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Severity(str, enum.Enum):
    """How much damage the hazard does; severity never hides a finding."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(enum.IntEnum):
    """Expected precision of a finding: high >= 0.85, medium 0.6 to 0.85, low below 0.6."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, text: str) -> Confidence:
        """Read `low`, `medium` or `high`.  Raises ValueError on anything else."""
        try:
            return cls[text.upper()]
        except KeyError:
            raise ValueError(f"confidence must be low, medium or high, not {text!r}") from None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of source text.

    `path` is relative to the project root and `/`-separated.  Lines and columns are 1-based, columns
    count code points, the end is exclusive.  In a notebook `cell` is the 1-based number of the cell as
    the editor counts it (Markdown cells included) and the lines count within that cell.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None

    def __str__(self) -> str:
        cell = f"cell {self.cell}:" if self.cell is not None else ""
        return f"{self.path}:{cell}{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Related:
    """Another end of the flow: its role (`generated`, `written`, `loaded`, `trained`...) and a note."""

    role: str
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text between two positions (1-based line and column, end exclusive) by `text`."""

    path: str
    start: tuple[int, int]
    end: tuple[int, int]
    text: str
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A remedy: `safe`, `unsafe` (with the tags of what it changes) or `advice` (text only)."""

    title: str
    applicability: str
    effects: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why a finding is not reported: the comment that hides it and the reason it gives."""

    place: Place
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One hazard at one place."""

    code: str
    name: str
    message: str
    severity: Severity
    confidence: Confidence
    place: Place
    statement: Place
    reasons: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    suppressed: Suppressed | None = None
    fingerprint: str = ""
    origin: str = "code"
    pipeline: str | None = None
    scope: str = ""
    covers: tuple[Place, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Order of a report: by place, then code, then message."""
        return (self.place.path, self.place.cell or 0, self.place.line, self.place.column, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Unanalysed:
    """A file that was not checked, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage of a pipeline as reports show it; `label` is the call as written, shortened."""

    id: str
    kind: str
    label: str
    place: Place
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RemedyView:
    """Whether a remedy was found for a pipeline, and where."""

    name: str
    found: bool
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PipelineView:
    """A connected graph of stages, ready to be printed: edges are pairs of stage ids."""

    id: str
    stages: tuple[StageView, ...]
    edges: tuple[tuple[str, str], ...]
    remedies: tuple[RemedyView, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one run, in the order of the output: findings sorted by place and code.

    `findings` holds the suppressed ones too (marked); `hidden` counts those below the confidence
    threshold; `files` all files under the paths that findings can lie in (Python files, notebooks, shell scripts
    and the like), `analysed` those that were followed.
    """

    root: str
    findings: tuple[Finding, ...]
    pipelines: tuple[PipelineView, ...]
    unanalysed: tuple[Unanalysed, ...]
    files: int
    analysed: int
    hidden: int = 0
    internal_errors: tuple[str, ...] = ()
