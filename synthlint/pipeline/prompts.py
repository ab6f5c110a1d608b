"""How prompts vary from call to call, and whether a record answers a given item."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from synthlint.flow.values import FRESH, NOTHING, RANDOM, UNKNOWN, Seq, Value

if TYPE_CHECKING:
    from synthlint.flow.stages import Loop, Stage

FEW = 20


def prompt_of(generator: Stage) -> Value:
    """Everything that makes up the prompt of a generator call."""
    return generator.args.get("prompt", NOTHING)


def driving_loops(generator: Stage) -> list[Loop]:
    """Loops that repeat a generator call (retries are none)."""
    return [loop for loop in generator.loops if not loop.retry]


def is_constant(generator: Stage) -> bool:
    """Whether every call gets the same prompt although it is called many times."""
    prompt = prompt_of(generator)
    if prompt is NOTHING or prompt.varies & {UNKNOWN, RANDOM}:
        return False
    loops = driving_loops(generator)
    moving = {one for one in prompt.varies if one > 0} - {loop.id for loop in loops if loop.counts}
    if not moving:
        times = repetitions(generator)
        return times is None or times >= FEW
    return (_repeated_inside(loops, moving) or 0) >= FEW


def _repeated_inside(loops: list[Loop], moving: set[int]) -> int | None:
    """How often the same prompt is sent inside loops over a few fixed items (labels, topics); None if that is open."""
    varying = [index for index, loop in enumerate(loops) if loop.id in moving]
    if len({loops[index].id for index in varying}) < len(moving) or any(
        loops[index].bound is None for index in varying
    ):
        return None
    bounds = [loop.bound for loop in loops[varying[-1] + 1 :]]
    return None if None in bounds else math.prod(one for one in bounds if one is not None)


def only_counts(generator: Stage) -> bool:
    """Whether nothing but a running number changes in the prompt."""
    return FRESH in prompt_of(generator).varies


def repetitions(generator: Stage) -> int | None:
    """How often the call is repeated, at most; None if that is open; 1 if it is not in a loop."""
    total = 1
    for loop in driving_loops(generator):
        if loop.bound is None:
            return None
        total *= max(loop.bound, 1)
    for atom in prompt_of(generator).atoms:
        if isinstance(atom, Seq) and atom.times and atom.times > 1:
            total *= atom.times
    count = generator.args.get("count", NOTHING).const
    return total * count if isinstance(count, int) and count > 0 else total


def draws(generator: Stage) -> int | None:
    """How many answers one call asks for."""
    count = generator.args.get("count", NOTHING).const
    return count if isinstance(count, int) else None


def answers_items(generator: Stage) -> bool:
    """Whether each record comes from its own given item (RULES.md decision 15).

    Several items per call, several answers per prompt, random draws and prompts that were generated make it
    authored text again.
    """
    prompt = prompt_of(generator)
    if generator.facts.get("iterated") or RANDOM in prompt.varies or is_constant(generator):
        return False
    if (draws(generator) or 1) > 1:
        return False
    loops = driving_loops(generator)
    if any(isinstance(atom, Seq) and atom.again for atom in prompt.atoms):
        return False
    if not loops:
        return bool(prompt.varies - {FRESH} or prompt.lineage)
    inner = loops[-1]
    if any(loop.again for loop in loops):
        return False
    if inner.id not in prompt.varies and (inner.bound or 0) > 1:
        return False
    return (inner.id in prompt.varies and not inner.counts) or (UNKNOWN in prompt.varies and not inner.counts)
