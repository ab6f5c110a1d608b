from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import evaluation
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SyntheticEvaluation(Rule):
    """page"""

    code = "SYN402"
    name = "synthetic-evaluation"
    message = "{model} is evaluated on generated data; synthetic-on-synthetic scores do not predict real behaviour."
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        severity = Severity.ERROR if project.facts.high_stakes else Severity.WARNING
        for stage, generated in evaluation.synthetic_evaluations(project):
            yield self.finding(
                project, stage, Confidence.MEDIUM, related=generated[:3], severity=severity,
                model=f"The model of `{stage.call}`",
            )  # fmt: skip
