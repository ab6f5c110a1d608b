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
    seen: set[int] = set()
    for write in project.writes:
        if project.component(write.stage) not in seen:
            seen.add(project.component(write.stage))
            yield write.stage, [*write.generators, *write.also], write.confidence
    for train in project.of("train"):
        if project.has_word("test-paths", train.site.path):
            continue
        generated = project.generators(project.trained_on(train))
        if generated and project.component(train) not in seen:
            seen.add(project.component(train))
            yield train, generated, Confidence.MEDIUM
