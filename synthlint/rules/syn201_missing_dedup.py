from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import prompts
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project


class MissingDedup(Rule):
    """page"""

    code = "SYN201"
    name = "missing-dedup"
    message = "Generated records are written to {path} with no duplicate removal."
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            open_ones = [one for one in write.generators if one.kind == "generate" and write.dedup(one) is None]
            if not open_ones or len(open_ones) < len(write.generators):
                continue
            level = min(max(_confidence(one) for one in open_ones), _write_level(write))
            yield self.finding(project, write.stage, level, related=[*open_ones, *write.also], path=write.path,
                               reasons=_reasons(open_ones))  # fmt: skip


def _confidence(generator: Stage) -> Confidence:
    if generator.facts.get("media") != "text" or prompts.answers_items(generator):
        return Confidence.LOW
    return Confidence.HIGH


def _write_level(write: DatasetWrite) -> Confidence:
    return write.confidence


def _reasons(generators: list[Stage]) -> list[str]:
    if all(prompts.answers_items(one) for one in generators):
        return ["each record answers an item of its own"]
    return []
