from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Finding, Severity
from synthlint.pipeline import seeds
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class EvalSeeded(Rule):
    """page"""

    code = "SYN105"
    name = "eval-seeded"
    message = (
        "Prompts are built from the {split} split of {dataset}, so the generated data contaminates that evaluation."
    )
    severity = Severity.ERROR
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in seeds.eval_seedings(project):
            yield self.finding(
                project, one.generator, one.confidence, related=[one.load, one.write.stage], split=one.split,
                dataset=one.dataset,
            )  # fmt: skip
