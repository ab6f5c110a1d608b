"""Model calls that only decide which generated records are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.flow.values import Const, Text, Value, deep, walk
from synthlint.pipeline import identity
from synthlint.pipeline.feedback import judged_by

if TYPE_CHECKING:
    from synthlint.flow.shapes import Shape
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project


@dataclass(frozen=True, slots=True)
class SelfJudging:
    """A judge call whose verdict keeps or drops records, and the generator call of the same model."""

    judge: Stage
    generator: Stage
    write: DatasetWrite
    model: identity.SameModel


def self_judgings(project: Project) -> Iterator[SelfJudging]:
    """Judges of generated records that are the model which made them."""
    for write in project.writes:
        for generator in write.generators:
            for judge in judges_of(project, write.stage, generator):
                if _is_quoted(project, judge, write):
                    continue
                model = identity.same_model(project, generator, judge)
                if model is not None:
                    yield SelfJudging(judge, generator, write, model)


def judges_of(project: Project, write: Stage, generator: Stage) -> list[Stage]:
    """Model calls that read what a generator made and decide whether it reaches a write."""
    found: dict[int, Stage] = {}
    for stage in (*project.passed(generator, write, "filter"), write):
        for guard in stage.guards:
            for judge in judged_by(project, guard.depends, generator):
                found.setdefault(judge.id, judge)
    return [one for one in found.values() if _only_judges(project, one, write)]


def _only_judges(project: Project, judge: Stage, write: Stage) -> bool:
    if judge.kind not in ("generate", "judge") or judge.facts.get("media", "text") != "text":
        return False
    ends = {write.id: write, **{one.stage.id: one.stage for one in project.writes}}.values()
    return not any(_is_content(project, judge, one) for one in ends) and not _has_reference(project, judge)


def _is_content(project: Project, judge: Stage, write: Stage) -> bool:
    """Whether what a call gave is written as data, not only as a verdict."""
    shape: Shape = write.facts["shape"]
    held = [(key, value) for key, value in [*shape.keys.items(), *shape.nested.items()]]
    if not held:
        return judge.id in project.in_memory(write.inputs)
    return any(
        judge.id in project.in_memory(deep(value).lineage) for key, value in held if not _is_verdict(project, key)
    )


def _is_quoted(project: Project, judge: Stage, write: DatasetWrite) -> bool:
    """Whether what a call gave is a step on the way: a draft, or a critique by which the record is revised."""
    prompts = (deep(one.args["prompt"]).lineage for one in write.generators if "prompt" in one.args)
    return any(judge.id in project.in_memory(one) for one in prompts)


def _is_verdict(project: Project, key: str) -> bool:
    return project.has_word("judge-keys", key) or project.has_word("judge-keys", key.removesuffix("s"))


def _has_reference(project: Project, judge: Stage) -> bool:
    """Whether a prompt shows a given answer to compare with: a check of correctness, not of quality."""
    prompt = judge.args.get("prompt")
    return prompt is not None and any(project.has_word("reference-phrases", text) for text in texts_in(prompt))


def texts_in(value: Value) -> Iterator[str]:
    """The known texts anywhere in a value."""
    for one in walk(value):
        for atom in one.atoms:
            if isinstance(atom, Const) and isinstance(atom.value, str):
                yield atom.value
            elif isinstance(atom, Text):
                yield from (part for part in atom.parts if part)
