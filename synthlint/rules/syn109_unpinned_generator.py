from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import responses
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class UnpinnedGenerator(Rule):
    """page"""

    code = "SYN109"
    name = "unpinned-generator"
    message = "Generator '{model}' is a moving alias and no version is recorded, so this dataset cannot be reproduced."
    severity = Severity.INFO
    confidence = "medium"
    status = "preview"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for generator, write, model in responses.unpinned(project):
            level = min(Confidence.MEDIUM, write.confidence)
            yield self.finding(project, generator, level, related=[write.stage], model=model)
