"""Loops in which what a generator made comes back to it: example pools and training on its own output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.flow.values import draws_in
from synthlint.pipeline import prompts, remedies

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
        and generator.id in project.in_memory((*one.context, *one.inputs))
    ]  # fmt: skip
