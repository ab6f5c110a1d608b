from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project


class MissingFidelityCheck(Rule):
    """page"""

    code = "SYN204"
    name = "missing-fidelity-check"
    message = "Synthetic data is used with no comparison of its distribution with real data."
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            checked = remedies.check(project, write.stage, "fidelity") or remedies.tstr(project, write.stage)
            if checked is not None:
                continue
            level, reason = _confidence(project, write)
            level = min(level, write.confidence)
            yield self.finding(project, write.stage, level, related=[*write.generators, *write.also], reasons=[reason])


def _confidence(project: Project, write: DatasetWrite) -> tuple[Confidence, str]:
    if any(project.fits(one) for one in write.generators):
        return Confidence.HIGH, "a real table is in scope: the generator was fitted on it"
    if project.trainings_on(write.stage):
        return Confidence.MEDIUM, "the data is trained on in this project"
    return Confidence.LOW, "this project only generates"
