from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Finding
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class MissingProvenance(Rule):
    """page"""

    code = "SYN202"
    name = "missing-provenance"
    message = (
        "Records written to {path} carry no provenance field, and no manifest or card names the model that made them."
    )
    confidence = "high"
    fix = "safe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            if remedies.provenance(project, write.stage) is None:
                yield self.finding(
                    project, write.stage, write.confidence, related=[*write.generators, *write.also], path=write.path
                )
