from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import responses
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class UncheckedResponse(Rule):
    """page"""

    code = "SYN107"
    name = "unchecked-response"
    message = "Responses reach {sink} with no check for truncated, refused, empty or malformed output."
    confidence = "medium"
    status = "preview"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for generator, write in responses.unchecked(project):
            level = min(Confidence.MEDIUM, write.confidence)
            yield self.finding(project, generator, level, related=[write.stage], sink=write.path)
