from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import evaluation
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SelfEvaluation(Rule):
    """page"""

    code = "SYN401"
    name = "self-evaluation"
    message = "{model} is evaluated on {data}, which it was trained on, so the score is meaningless."
    severity = Severity.ERROR
    confidence = "high"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in evaluation.self_evaluations(project):
            yield self.finding(
                project, one.evaluate, Confidence.HIGH, related=[one.train], model=f"The model of `{one.train.call}`",
                data=one.data,
            )  # fmt: skip
