"""Which training made the model that a call scores or asks: in memory, or stored and loaded again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.flow.values import Obj, Value
from synthlint.pipeline.artifacts import Pattern, patterns_of, same

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project

_NAMES = ("model", "pretrained_model_name_or_path", "model_name_or_path", "model_name", "model_path", "base_model")
_DEPTH = 4


def trained_by(project: Project, evaluate: Stage) -> int | None:
    """The last training call of the model that an evaluation scores."""
    found: set[int] = set()
    for one in _asked(project, evaluate):
        found |= {each for each in one.context if project.stage(each).kind == "train"}
        found |= _stored(project, one)
    return max(found, default=None)


def _asked(project: Project, evaluate: Stage) -> Iterator[Stage]:
    """The evaluation itself, and the calls whose answers it scores."""
    yield evaluate
    for one in sorted(evaluate.inputs | evaluate.context):
        stage = project.stage(one)
        if stage.kind in ("predict", "generate", "judge"):
            yield stage


def _stored(project: Project, stage: Stage) -> set[int]:
    """The trainings whose model was written to the file or folder that a call loads its model from."""
    found: set[int] = set()
    for one in stage.context:
        if project.stage(one).kind == "load":
            for source in project.links(project.stage(one)):
                found |= _trainings(project, project.stage(source))
    names = model_paths(stage)
    for write in project.of("write") if names else ():
        if write.facts.get("format") == "model" and any(_is_same(a, b) for a in names for b in project.paths(write)):
            found |= _trainings(project, write)
    return found


def _trainings(project: Project, write: Stage) -> set[int]:
    return {one for one in write.context if project.stage(one).kind == "train"}


def _is_same(left: Pattern, right: Pattern) -> bool:
    return same(left, right) == "exact"


def model_paths(stage: Stage) -> tuple[Pattern, ...]:
    """The paths that the model of a call was loaded from."""
    value = stage.args.get("model")
    return tuple(dict.fromkeys(_paths(value, _DEPTH))) if value is not None else ()


def _paths(value: Value, depth: int) -> Iterator[Pattern]:
    yield from patterns_of(value)
    for atom in value.atoms if depth else ():
        if isinstance(atom, Obj):
            for name in _NAMES:
                if name in atom.attrs:
                    yield from _paths(atom.attrs[name], depth - 1)
