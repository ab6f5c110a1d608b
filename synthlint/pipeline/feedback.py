"""Loops in which what a generator made comes back to it: example pools and training on its own output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.flow.values import draws_in
from synthlint.pipeline import prompts, remedies
from synthlint.pipeline.artifacts import patterns_of, same

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project


# -- SYN104 -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SelfSeeding:
    """A generator call whose examples are drawn from records that it made before."""

    generator: Stage
    draw: Stage
    write: DatasetWrite


def self_seedings(project: Project) -> Iterator[SelfSeeding]:
    """Generator calls of a dataset whose own unfiltered records are drawn into their prompts."""
    for write in project.writes:
        for generator in write.generators:
            for draw in _own_draws(project, generator):
                if not _is_filtered(project, generator, draw):
                    yield SelfSeeding(generator, draw, write)
                    break


def _own_draws(project: Project, generator: Stage) -> list[Stage]:
    """Draws in the prompt of a call from a collection that receives what the call makes."""
    drawn = [project.stage(one) for one in sorted(draws_in(prompts.prompt_of(generator)))]
    return [one for one in drawn if generator.id in project.upstream(one.inputs)]


def _is_filtered(project: Project, generator: Stage, draw: Stage) -> bool:
    """Whether records must be new, or pass a model's judgement, to enter the pool."""
    if remedies.novel_between(project, generator, draw) is not None:
        return True
    entries = project.passed(generator, draw, "filter")
    return any(judged_by(project, guard.depends, generator) for one in entries for guard in one.guards)


def judged_by(project: Project, depends: frozenset[int], generator: Stage) -> list[Stage]:
    """The model calls that a test looks at and that saw what a generator made."""
    asked = (project.stage(one) for one in sorted(project.in_memory(depends)))
    return [
        one for one in asked
        if one.kind in ("generate", "judge", "predict", "evaluate") and one.id != generator.id
        and generator.id in project.upstream((*one.context, *one.inputs))
    ]  # fmt: skip


# -- SYN103 -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Retraining:
    """A model that learns from what it generated before, and the models that select what it learns from."""

    train: Stage
    generator: Stage
    verifiers: list[Stage]


def retrainings(project: Project) -> Iterator[Retraining]:
    """Training calls on the output of the model they train, round after round, with no real data kept."""
    for train in project.of("train", "fit"):
        for generator in project.generators(train.inputs):
            if train.id in _taught_by(project, generator) and not _keeps_real(project, train, generator):
                yield Retraining(train, generator, _verifiers(project, generator, train))
                break


def _taught_by(project: Project, generator: Stage) -> set[int]:
    """The training calls behind the model that a call samples from, in memory or through its checkpoint."""
    found = {one for one in generator.context if project.stage(one).kind in ("train", "fit")}
    checkpoint = patterns_of(generator.args.get("model"))
    for write in project.of("write") if checkpoint else ():
        if any(same(a, b) in ("exact", "pattern") for a in checkpoint for b in project.paths(write)):
            found |= {one for one in write.context if project.stage(one).kind in ("train", "fit")}
    return found


def _keeps_real(project: Project, train: Stage, generator: Stage) -> bool:
    """Whether real data stays in the training set: joined to the output, or for text in any way but at first."""
    replaced = {one for loop in train.loops for one in loop.replaced}
    if all(one.id in replaced for one in project.real_sources(train.inputs)):
        return False
    if generator.facts.get("media") != "table":
        return True
    joins = (project.stage(one) for one in project.upstream(train.inputs))
    return any(one.kind == "mix" and project.real_sources(one.inputs) for one in joins)


def _verifiers(project: Project, generator: Stage, train: Stage) -> list[Stage]:
    filters = project.passed(generator, train, "filter")
    return [found for one in filters for guard in one.guards for found in judged_by(project, guard.depends, generator)]
