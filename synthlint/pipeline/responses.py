"""What a program does with paid responses: whether it checks them, and whether it keeps them as they come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.flow.values import CONFIGURED, deep
from synthlint.pipeline import identity, prompts

if TYPE_CHECKING:
    from synthlint.flow.stages import Loop, Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project

FEW = 50


def is_hosted(project: Project, generator: Stage) -> bool:
    """Whether a call asks a chat or completion service, not a local model or a framework with checks of its own."""
    if generator.facts.get("media", "text") != "text":
        return False
    if project.has_word("hosted-calls", generator.call):
        return True
    over_http = generator.call.split(".")[0] in ("requests", "httpx", "aiohttp", "urllib")
    names = {identity.normal(one) for one in identity.names_of(generator)}
    return over_http and any(project.has_word("model-aliases", one) for one in names)


# -- SYN107 -------------------------------------------------------------------------------------------
def unchecked(project: Project) -> Iterator[tuple[Stage, DatasetWrite]]:
    """Service calls whose responses reach a dataset although nothing ever looks at them."""
    looked_at = project.upstream(one.id for one in project.stages if _looks(one))
    for write in project.writes:
        for generator in write.generators:
            if is_hosted(project, generator) and generator.id not in looked_at:
                yield generator, write


def _looks(stage: Stage) -> bool:
    if stage.facts.get("tested"):
        return True
    return stage.kind in ("judge", "evaluate", "compare") or (stage.kind == "filter" and stage.summary is not None)


# -- SYN108 -------------------------------------------------------------------------------------------
def volatile(project: Project) -> Iterator[tuple[DatasetWrite, Stage]]:
    """Writes after a loop of service calls in which nothing is kept."""
    for write in project.writes:
        for generator in write.generators:
            if is_hosted(project, generator) and _is_volatile(project, generator, write.stage):
                yield write, generator
                break


def _is_volatile(project: Project, generator: Stage, write: Stage) -> bool:
    if generator.facts.get("cached") or generator.facts.get("survives"):
        return False
    inside = {loop.id for loop in write.loops}
    open_loops = [loop for loop in prompts.driving_loops(generator) if loop.id not in inside]
    shared = [loop for loop in prompts.driving_loops(generator) if loop.id in inside]
    if _is_few(open_loops) or not _is_few(shared) or generator.id not in project.in_memory(write.inputs):
        return False
    if any(loop.streams and generator.id in project.in_memory(loop.over) for loop in write.loops):
        return False
    return not any(_keeps(project, one, generator, open_loops) for one in project.of("write"))


def _is_few(loops: list[Loop]) -> bool:
    """Whether loops make less than `FEW` passes for sure."""
    bounds = [loop.bound for loop in loops]
    return None not in bounds and math.prod(one for one in bounds if one is not None) < FEW


def _keeps(project: Project, write: Stage, generator: Stage, loops: list[Loop]) -> bool:
    """Whether a write inside one of the loops keeps what the call gives."""
    own = {loop.id for loop in write.loops}
    return any(loop.id in own for loop in loops) and generator.id in project.in_memory((*write.inputs, *write.context))


# -- SYN109 -------------------------------------------------------------------------------------------
def unpinned(project: Project) -> Iterator[tuple[Stage, DatasetWrite, str]]:
    """Generator calls of a model alias whose served version is recorded nowhere."""
    for write in project.writes:
        for generator in write.generators:
            name = _alias(project, generator)
            if name is not None and not _is_recorded(project, generator):
                yield generator, write, name


def _alias(project: Project, generator: Stage) -> str | None:
    value = generator.args.get("model")
    names = identity.names_of(generator)
    if value is None or CONFIGURED in value.varies or not names:
        return None
    moving = sorted(one for one in names if project.has_word("model-aliases", identity.normal(one)))
    return moving[0] if len(moving) == len(names) else None


def _is_recorded(project: Project, generator: Stage) -> bool:
    """Whether `response.model` or the like is stored, with the records or in a manifest."""
    for write in project.of("write"):
        if generator.id not in project.in_memory((*write.inputs, *write.context)):
            continue
        shape = write.facts["shape"]
        for key, value in [*shape.keys.items(), *shape.nested.items()]:
            whole = deep(value)
            if generator.id in whole.depends and not whole.lineage and project.has_word("provenance-keys", key):
                return True
    return False
