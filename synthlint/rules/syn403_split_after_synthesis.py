from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import evaluation
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SplitAfterSynthesis(Rule):
    """page"""

    code = "SYN403"
    name = "split-after-synthesis"
    message = "{call} runs before the train/test split, so synthetic neighbours of test rows are in the training set."
    severity = Severity.ERROR
    confidence = "high"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in evaluation.splits_after_synthesis(project):
            yield self.finding(
                project, one.synthesis, Confidence.HIGH, related=[one.split], call=f"`{one.synthesis.call}`",
                message=one.message,
            )  # fmt: skip
