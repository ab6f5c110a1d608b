"""Dataset writes: the places where generated records become data."""

from __future__ import annotations

from dataclasses import dataclass
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
    """A write behind the purpose gate, with the generator calls whose content it persists."""

    project: Project
    stage: Stage
    generators: list[Stage]
    purpose: Purpose

    @property
    def shape(self) -> Shape:
        shape: Shape = self.stage.facts["shape"]
        return shape

    @property
    def path(self) -> str:
        """The path as code names it, for messages."""
        paths = self.project.paths(self.stage)
        return f"'{paths[0]}'" if paths else "a file whose path is computed"

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
    """All dataset writes of a project, in call order; writes to the same place on several call paths are one."""
    found: dict[tuple[str, object], DatasetWrite] = {}
    for stage in project.of("write"):
        generators = project.generators([stage.id])
        if not generators or _is_model_file(project, stage):
            continue
        purpose = purpose_of(project, stage, generators)
        if not purpose.passes:
            continue
        key = (stage.site.path, stage.site.pos)
        if key not in found or found[key].confidence < purpose.confidence:
            found[key] = DatasetWrite(project, stage, generators, purpose)
    return sorted(found.values(), key=lambda one: one.stage.id)


def _is_model_file(project: Project, write: Stage) -> bool:
    """Whether what is written is a fitted model, not records."""
    return write.facts.get("format") == "pickle" and not write.inputs
