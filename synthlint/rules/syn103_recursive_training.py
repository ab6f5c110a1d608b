from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import feedback
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


class RecursiveTraining(Rule):
    """page"""

    code = "SYN103"
    name = "recursive-training"
    message = "{model} is retrained on its own output with no real data kept, so its distribution narrows every round."
    severity = Severity.ERROR
    confidence = "graded"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in feedback.retrainings(project):
            level = Confidence.LOW if one.verifiers else Confidence.MEDIUM
            reasons = ["a verifier selects what is learned"] if one.verifiers else []
            yield self.finding(
                project, one.train, level, related=[one.generator, *one.verifiers], reasons=reasons,
                model=_model(one.train),
            )  # fmt: skip


def _model(train: Stage) -> str:
    """The class that is fitted, if the call names it."""
    parts = train.call.split(".")
    return f"`{parts[-2]}`" if train.kind == "fit" and len(parts) > 1 and parts[-2][:1].isupper() else "The model"
