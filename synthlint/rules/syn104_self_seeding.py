from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import feedback
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SelfSeeding(Rule):
    """page"""

    code = "SYN104"
    name = "self-seeding"
    message = "Few-shot examples are drawn from previously generated records with no novelty or quality filter."
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in feedback.self_seedings(project):
            level = min(Confidence.MEDIUM, one.write.confidence)
            yield self.finding(project, one.generator, level, related=[one.draw, one.write.stage])
