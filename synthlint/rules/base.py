"""What a rule is: metadata, a docstring that is its published page, and one query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from synthlint.findings import Confidence, Finding, Related, Severity

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project

ROLES = {
    "generate": ("generated", "generated here"),
    "write": ("written", "written here"),
    "load": ("loaded", "loaded here"),
    "train": ("trained", "trained here"),
    "evaluate": ("evaluated", "evaluated here"),
    "resample": ("resampled", "rows are synthesised here"),
    "augment": ("augmented", "variants are made here"),
    "split": ("split", "split here"),
    "part": ("split", "split here"),
    "fit": ("fitted", "the generator sees real rows here"),
    "mix": ("joined", "joined here"),
    "judge": ("judged", "judged here"),
    "draw": ("drawn", "examples are drawn here"),
}


class Rule:
    """Base of all rules.  Subclasses set the metadata and answer `check`.

    `severity` and `confidence` are the defaults shown in tables; `confidence` is `high`, `medium`, `low` or
    `graded`.  `status` is `on`, `preview` or `audit`; `fix` is `safe`, `unsafe`, `advice` or `none`.  `options` are
    what the settings may change, with their defaults.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    message: ClassVar[str]
    severity: ClassVar[Severity] = Severity.WARNING
    confidence: ClassVar[str] = "medium"
    status: ClassVar[str] = "on"
    fix: ClassVar[str] = "advice"
    since: ClassVar[str] = "0.1.0"
    options: ClassVar[Mapping[str, Any]] = {}

    def check(self, project: Project) -> Iterator[Finding]:
        """The findings of this rule in a project."""
        return iter(())

    def finding(
        self,
        project: Project,
        stage: Stage,
        confidence: Confidence,
        *,
        related: Iterable[Stage] = (),
        reasons: Iterable[str] = (),
        severity: Severity | None = None,
        message: str | None = None,
        **words: Any,
    ) -> Finding:
        """A finding at a stage; approximations made on the way lower its confidence and are its reasons."""
        others = [one for one in related if one is not stage]
        crumbs = sorted({crumb for one in (stage, *others) for crumb in one.crumbs if crumb != "default"})
        # what is known by name alone is medium at best; each further approximation costs nothing more
        level = min(confidence, Confidence.MEDIUM) if crumbs else confidence
        text = (message or self.message).format(**words)
        return Finding(
            code=self.code,
            name=self.name,
            message=text,
            severity=severity or self.severity,
            confidence=level,
            place=project.place(stage.site, stage.site.pos),
            statement=project.place(stage.site, stage.site.statement),
            reasons=tuple(dict.fromkeys([*reasons, *crumbs])),
            related=tuple(_related(project, stage, others)),
            pipeline=f"p{project.component(stage)}",
            scope=project.scope_text(stage.site),
            facts={"stage": stage.id, "stages": tuple(one.id for one in others)},
        )


def _related(project: Project, stage: Stage, others: list[Stage]) -> Iterator[Related]:
    seen = set()
    for one in others:
        role, message = ROLES.get(one.kind, (one.kind, "here"))
        place = project.place(one.site, one.site.pos)
        if (role, place) not in seen:
            seen.add((role, place))
            yield Related(role, place, message)
    for one in (stage, *others):
        for site in reversed(one.callers):
            place = project.place(site, site.pos)
            if ("called", place) not in seen and len(seen) < 12:
                seen.add(("called", place))
                yield Related("called", place, "called from here")


def lower(confidence: Confidence) -> Confidence:
    """One step less sure."""
    return Confidence(max(confidence - 1, Confidence.LOW))
