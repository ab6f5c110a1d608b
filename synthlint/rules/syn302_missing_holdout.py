from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


class MissingHoldout(Rule):
    """page"""

    code = "SYN302"
    name = "missing-holdout"
    message = "Nothing in this project reserves or evaluates real held-out data, so results on this synthetic data prove nothing."  # noqa: E501
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        if project.facts.holdout:
            return
        severity = Severity.ERROR if project.facts.high_stakes else Severity.WARNING
        for stage, generators, level in _pipelines(project):
            if remedies.holdout(project, stage) is None:
                yield self.finding(project, stage, min(level, Confidence.MEDIUM), related=generators, severity=severity)


def _pipelines(project: Project) -> Iterator[tuple[Stage, list[Stage], Confidence]]:
    """One place per pipeline: its first dataset write, else its first training on generated data."""
    seen: set[object] = set()
    for write in project.writes:
        key = project.component(write.stage)
        area = project.area(write.stage.site.path)
        if key in seen or area in seen:
            continue
        seen |= {key, area}
        yield write.stage, write.generators, write.confidence
    for train in project.of("train"):
        generated = project.generators(project.trained_on(train))
        if generated and not {project.component(train), project.area(train.site.path)} & seen:
            seen |= {project.component(train), project.area(train.site.path)}
            yield train, generated, Confidence.MEDIUM
