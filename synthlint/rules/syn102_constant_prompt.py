from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import prompts
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class ConstantPrompt(Rule):
    """page"""

    code = "SYN102"
    name = "constant-prompt"
    message = "The prompt is the same on every iteration, so the generator can only repeat its most typical answer."
    confidence = "high"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            for generator in write.generators:
                if generator.facts.get("media") != "text" or not prompts.is_constant(generator):
                    continue
                level = Confidence.MEDIUM if prompts.only_counts(generator) else Confidence.HIGH
                yield self.finding(project, generator, min(level, write.confidence), related=[write.stage])
