from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import judging
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SelfJudging(Rule):
    """page"""

    code = "SYN404"
    name = "self-judging"
    message = "{model} judges records that it generated itself, and models favour their own output."
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in judging.self_judgings(project):
            level = Confidence.LOW if one.model.configured else min(Confidence.MEDIUM, one.write.confidence)
            reasons = ["one setting chooses the model of both calls"] if one.model.configured else []
            yield self.finding(
                project, one.judge, level, related=[one.generator, one.write.stage], reasons=reasons,
                model=one.model.name,
            )  # fmt: skip
