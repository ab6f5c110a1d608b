"""Which given records the prompts of a generator quote, and whether they belong to an evaluation."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.findings import Confidence
from synthlint.flow.values import draws_in
from synthlint.pipeline import prompts, testrows
from synthlint.pipeline.purpose import IS_BENCHMARK

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project


@dataclass(frozen=True, slots=True)
class EvalSeeding:
    """A generator call of training data that quotes records of an evaluation split."""

    generator: Stage
    load: Stage
    write: DatasetWrite
    split: str
    dataset: str
    confidence: Confidence


def eval_seedings(project: Project) -> Iterator[EvalSeeding]:
    """Generator calls whose prompts quote evaluation records and whose output is training data."""
    for write in project.writes:
        if _makes_a_test_set(project, write):
            continue
        for generator in write.generators:
            for load in testrows.quoted(project, generator):
                found = testrows.evaluation_part(project, generator, load)
                if found is None or _is_decontaminated(project, generator, write.stage, load):
                    continue
                split, level = found
                if any("cut short" in one for one in generator.crumbs | load.crumbs | write.stage.crumbs):
                    level = Confidence.LOW
                if _looks_like_predictions(project, write, load):
                    level = Confidence.LOW
                yield EvalSeeding(generator, load, write, split, _name(project, load), min(level, write.confidence))
                break


def _looks_like_predictions(project: Project, write: DatasetWrite, load: Stage) -> bool:
    """Whether test rows are answered; that they are those of a benchmark says so only if they stand in the record."""
    tells = write.purpose.tells
    if load.id in project.in_memory(write.stage.inputs):
        return bool(tells)
    return any(not one.endswith(IS_BENCHMARK) for one in tells)


def _makes_a_test_set(project: Project, write: DatasetWrite) -> bool:
    """Whether the output is itself a file of evaluation records."""
    if write.stage.facts.get("format") == "hub":
        return False
    return any(testrows.split_in(project, path) is not None for path in project.paths(write.stage))


def _is_decontaminated(project: Project, generator: Stage, write: Stage, load: Stage) -> bool:
    """Whether records that overlap with the evaluation are dropped on the way, or the project decontaminates."""
    if any(one.kind == "decontaminate" for one in project.scope(write)):
        return True
    return is_told_apart(project, generator, write, load)


def is_told_apart(project: Project, generator: Stage, write: Stage, load: Stage) -> bool:
    """Whether records enter a write only after a look at the given ones."""
    guards = [guard for one in project.passed(generator, write, "filter") for guard in one.guards]
    return any(
        generator.id in project.upstream(guard.depends) and any(load.id in project.held_in(oid) for oid in guard.reads)
        for guard in (*guards, *write.guards)
    )


# -- SYN205, SYN206 -----------------------------------------------------------------------------------
def shown_records(project: Project, generator: Stage) -> list[Stage]:
    """Files of real records from which the examples in the prompts are drawn anew for each call.

    Tasks, topics or templates that somebody wrote as seeds are no records of that kind, and neither are documents.
    """
    loops = {loop.id for loop in prompts.driving_loops(generator)}
    prompt = prompts.prompt_of(generator)
    behind = [project.stage(one) for one in sorted(project.in_memory(prompt.lineage))]
    draws = [project.stage(one) for one in sorted(draws_in(prompt))]
    draws += [one for one in behind if one.kind == "part" and one.facts.get("role") == "sample"]
    inside = {one.id for draw in draws if loops & {loop.id for loop in draw.loops} for one in _loads(project, draw)}
    return [project.stage(one) for one in sorted(inside) if _holds_records(project, project.stage(one))]


def _loads(project: Project, draw: Stage) -> list[Stage]:
    return [one for one in project.real_sources(draw.inputs) if one.kind == "load"]


def _holds_records(project: Project, load: Stage) -> bool:
    if "sensitive" in project.declared(load):
        return True
    paths = project.paths(load)
    return any(posixpath.splitext(one.name)[1].lower() in testrows.RECORD_SUFFIXES for one in paths) and not any(
        project.has_word("seed-files", part) for one in paths for part in one.text.rsplit(".", 1)[0].split("/")[-2:]
    )


def _name(project: Project, load: Stage) -> str:
    paths = project.paths(load)
    return str(paths[0]) if paths else "the data loaded here"
