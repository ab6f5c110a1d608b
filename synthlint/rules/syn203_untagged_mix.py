from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class UntaggedMix(Rule):
    """page"""

    code = "SYN203"
    name = "untagged-mix"
    message = "Synthetic and real rows are joined in {name} with nothing to tell them apart afterwards."
    confidence = "high"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for mix in project.of("mix"):
            sides = {_origin(project, side) for side in mix.facts["operands"]}
            if "real" not in sides or not sides & {"generated", "partly"} or mix.facts.get("columns"):
                continue
            if not remedies.ends_of(project, mix) or remedies.tagged(project, mix):
                continue
            generated = project.generators(mix.inputs)
            real = project.real_sources(mix.inputs)
            level = Confidence.HIGH if "generated" in sides else Confidence.MEDIUM
            yield self.finding(
                project, mix, level, related=[*generated[:3], *real[:3]], name=f"`{mix.call}`",
            )  # fmt: skip


def _origin(project: Project, side: frozenset[int]) -> str:
    generated, real = project.generators(side), project.real_sources(side)
    if generated:
        return "partly" if real else "generated"
    return "real" if real else ""
