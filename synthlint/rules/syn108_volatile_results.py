from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import responses
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class VolatileResults(Rule):
    """page"""

    code = "SYN108"
    name = "volatile-results"
    message = "All generated records stay in memory until {sink}; one failure loses everything paid for so far."
    confidence = "medium"
    status = "preview"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write, generator in responses.volatile(project):
            level = min(Confidence.MEDIUM, write.confidence)
            sink = f"{write.path} is written"
            yield self.finding(project, write.stage, level, related=[generator], sink=sink)
