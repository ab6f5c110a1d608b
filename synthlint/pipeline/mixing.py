"""Where generated and real rows come together: joins in memory, and one file that both are written to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.findings import Confidence
from synthlint.pipeline import remedies

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project


@dataclass(frozen=True, slots=True)
class Mixture:
    """A place where rows of both kinds are joined, what they come from, and how sure that is."""

    stage: Stage
    related: list[Stage]
    confidence: Confidence


def untagged(project: Project) -> Iterator[Mixture]:
    """Joins of generated and real rows that nothing tells apart afterwards."""
    yield from _joins(project)
    yield from _shared_files(project)


def _joins(project: Project) -> Iterator[Mixture]:
    for mix in project.of("mix"):
        sides = {_origin(project, side) for side in mix.facts["operands"]}
        if "real" not in sides or not sides & {"generated", "partly"} or mix.facts.get("columns"):
            continue
        if not remedies.ends_of(project, mix) or remedies.tagged(project, mix):
            continue
        related = [*project.generators(mix.inputs)[:3], *project.real_sources(mix.inputs)[:3]]
        yield Mixture(mix, related, Confidence.HIGH if "generated" in sides else Confidence.MEDIUM)


def _origin(project: Project, side: frozenset[int]) -> str:
    generated, real = project.generators(side), project.real_sources(side)
    if generated:
        return "partly" if real else "generated"
    return "real" if real else ""


def _shared_files(project: Project) -> Iterator[Mixture]:
    """Loops that write real rows and generated rows to one file."""
    real = [one for one in project.of("write") if _writes_real_rows(project, one)]
    for write in project.writes:
        made = write.stage
        beside = [one for one in real if _is_same_file(project, one, made)]
        if not beside or write.confidence < Confidence.MEDIUM or remedies.provenance(project, made) is not None:
            continue
        if any(_differ(one, made) or remedies.provenance(project, one) is not None for one in beside):
            continue
        level = min(write.confidence, Confidence.HIGH if _is_all_generated(project, write) else Confidence.MEDIUM)
        yield Mixture(made, [*write.generators[:3], *beside[:3]], level)


def _writes_real_rows(project: Project, write: Stage) -> bool:
    """Whether a loop writes rows that were read; a header written once is none."""
    return bool(write.loops) and bool(project.real_sources([write.id])) and not project.generators([write.id])


def _is_same_file(project: Project, left: Stage, right: Stage) -> bool:
    """Whether two writes go to one open file: the same path, in the same function."""
    if left.site.path != right.site.path or left.site.scope != right.site.scope:
        return False
    return bool(project.paths(left)) and project.paths(left) == project.paths(right)


def _differ(left: Stage, right: Stage) -> bool:
    """Whether the keys of two kinds of records tell them apart."""
    a, b = left.facts["shape"].all_keys, right.facts["shape"].all_keys
    return bool(a) and bool(b) and a != b


def _is_all_generated(project: Project, write: DatasetWrite) -> bool:
    return not project.real_sources([write.stage.id])
