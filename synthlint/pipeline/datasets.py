"""Dataset writes: the places where generated records become data, in files or in a training call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from synthlint.findings import Confidence
from synthlint.pipeline import prompts, remedies
from synthlint.pipeline.purpose import Purpose, purpose_of

if TYPE_CHECKING:
    from synthlint.flow.shapes import Shape
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


@dataclass(slots=True, eq=False)
class DatasetWrite:
    """A write behind the purpose gate, with the generator calls whose content it persists.

    Training on records that were never written is one too: `stage` is the training call then.  `also` are the
    same write on other call paths (a helper that several callers use).
    """

    project: Project
    stage: Stage
    generators: list[Stage]
    purpose: Purpose
    also: list[Stage] = field(default_factory=list)

    @property
    def shape(self) -> Shape:
        shape: Shape = self.stage.facts["shape"]
        return shape

    @property
    def persists(self) -> bool:
        """Whether the records outlive the program; those of a training call do not."""
        return self.stage.kind == "write"

    @property
    def path(self) -> str:
        """The path as code names it, for messages; empty if it is computed or there is none."""
        paths = self.project.paths(self.stage)
        return f"'{paths[0]}'" if paths else ""

    def said(self, message: str) -> str:
        """The message of a rule about what is `written` (`to {path}`) in words that fit this write."""
        if not self.persists:
            return re.sub(r"\bwritten( to \{path\})?", "handed to training", message, count=1)
        return message if self.path else message.replace("written to {path}", "written here")

    @property
    def media(self) -> set[str]:
        return {str(one.facts.get("media", "text")) for one in self.generators}

    @property
    def confidence(self) -> Confidence:
        return self.purpose.confidence

    @property
    def authored(self) -> list[Stage]:
        """Generator calls that author text, as against answering given items one by one."""
        return [one for one in self.generators if not prompts.answers_items(one)]

    def dedup(self, generator: Stage) -> Stage | None:
        return remedies.dedup(self.project, self.stage, generator)


def dataset_writes(project: Project) -> list[DatasetWrite]:
    """All dataset writes of a project, in call order; those at one place on several call paths of a run are one."""
    found: dict[tuple[str, object, int], DatasetWrite] = {}
    for stage, generators in [*_persisted(project), *_only_trained_on(project)]:
        purpose = purpose_of(project, stage, generators)
        if not purpose.passes:
            continue
        key = (stage.site.path, stage.site.pos, stage.run)
        made, old = DatasetWrite(project, stage, generators, purpose), found.get(key)
        found[key] = made if old is None else _merged(old, made)
    return sorted(found.values(), key=lambda one: one.stage.id)


def _persisted(project: Project) -> Iterator[tuple[Stage, list[Stage]]]:
    for stage in project.of("write"):
        generators = project.generators([stage.id])
        if generators and not _is_model_file(project, stage) and not stage.facts.get("copy"):
            yield stage, generators


def _only_trained_on(project: Project) -> Iterator[tuple[Stage, list[Stage]]]:
    """Training calls that get generated records in memory which nothing writes; arms of a comparison only measure."""
    written = project.upstream(one.id for one in project.of("write"))
    for stage in project.of("train"):
        if project.is_arm(stage):
            continue
        held = project.in_memory(stage.inputs)
        generators = [one for one in project.generators(held) if one.id in held and one.id not in written]
        if generators:
            yield stage, generators


def _merged(one: DatasetWrite, other: DatasetWrite) -> DatasetWrite:
    """The surer of two call paths through one write, which remembers the other."""
    kept, left = (other, one) if one.confidence < other.confidence else (one, other)
    kept.also += [left.stage, *left.also]
    return kept


def _is_model_file(project: Project, write: Stage) -> bool:
    """Whether what is written is a fitted model, not records."""
    kind = write.facts.get("format")
    return kind == "model" or (kind == "pickle" and not write.inputs)
