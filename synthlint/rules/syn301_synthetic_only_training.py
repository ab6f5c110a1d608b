from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import evaluation, remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SyntheticOnlyTraining(Rule):
    """page"""

    code = "SYN301"
    name = "synthetic-only-training"
    message = "{call} trains only on generated data."
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for train in project.of("train"):
            generated, real = evaluation.origins(project, project.trained_on(train))
            if not generated or real or project.has_word("test-paths", train.site.path):
                continue
            if project.is_arm(train):
                continue
            yield self.finding(project, train, Confidence.MEDIUM, related=generated[:4], call=f"`{train.call}`",
                               severity=self._severity(project, train))  # fmt: skip

    def _severity(self, project: Project, train: object) -> Severity:
        if project.facts.high_stakes:
            return Severity.ERROR
        from synthlint.flow.stages import Stage

        assert isinstance(train, Stage)
        return Severity.INFO if remedies.holdout(project, train) is not None else Severity.WARNING
