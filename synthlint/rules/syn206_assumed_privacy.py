from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Related
from synthlint.pipeline import claims
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class AssumedPrivacy(Rule):
    """page"""

    code = "SYN206"
    name = "assumed-privacy"
    message = "'{claim}' presents synthetic output as private, but this path has no differential privacy or memorisation audit."  # noqa: E501
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for write, claim in claims.unaudited_claims(project):
            level = min(Confidence.MEDIUM, write.confidence)
            found = self.finding(project, write.stage, level, related=write.generators, claim=_quotable(claim.text))
            if claim.site is not None:
                said = Related("claimed", project.place(claim.site, claim.site.pos), "said to be private here")
                found = replace(found, related=(said, *found.related))
            yield found


def _quotable(text: str) -> str:
    return text.replace("{", "").replace("}", "").replace("'", "")
