"""Pipelines as reports show them: stages, edges and what remedies were found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import PipelineView, RemedyView, StageView
from synthlint.pipeline import remedies
from synthlint.pipeline.holdout import holdout

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project

_SHOWN = frozenset(
    ("load", "fit", "generate", "dedup", "tag", "memorization", "fidelity", "mix", "split", "part", "write", "train",
     "evaluate", "judge", "resample", "augment", "filter")
)  # fmt: skip


def views(project: Project, wanted: set[str | None]) -> tuple[PipelineView, ...]:
    """The pipelines with these ids, in the order of their first stage."""
    groups: dict[int, list[Stage]] = {}
    for stage in project.stages:
        number = project.component(stage)
        if f"p{number}" in wanted and stage.kind in _SHOWN and not stage.stale:
            groups.setdefault(number, []).append(stage)
    return tuple(_view(project, number, stages) for number, stages in sorted(groups.items()))


def _view(project: Project, number: int, stages: list[Stage]) -> PipelineView:
    shown = {stage.id for stage in stages}
    stages = _in_data_order(project, stages, shown)
    return PipelineView(
        f"p{number}", tuple(_stage(project, one) for one in stages), tuple(_edges(project, stages, shown)),
        tuple(_remedies(project, stages)),
    )  # fmt: skip


def _in_data_order(project: Project, stages: list[Stage], shown: set[int]) -> list[Stage]:
    """Sources before what uses them; call order where nothing else decides (a loop is cut where it closes)."""
    done: dict[int, Stage] = {}
    open_: set[int] = set()

    def visit(stage: Stage) -> None:
        if stage.id in done or stage.id in open_:
            return
        open_.add(stage.id)
        for one in sorted({*stage.inputs, *stage.context, *project.links(stage)} & shown):
            visit(project.stage(one))
        done[stage.id] = stage

    for stage in stages:
        visit(stage)
    return list(done.values())


def _stage(project: Project, stage: Stage) -> StageView:
    paths = project.paths(stage)
    detail = str(paths[0]) if paths else str(stage.facts.get("role", ""))
    return StageView(f"s{stage.id}", stage.kind, stage.call, project.place(stage.site, stage.site.pos), detail)


def _edges(project: Project, stages: list[Stage], shown: set[int]) -> Iterator[tuple[str, str]]:
    for stage in stages:
        for one in sorted({*stage.inputs, *stage.context, *project.links(stage)}):
            if one in shown:
                yield (f"s{one}", f"s{stage.id}")


def _remedies(project: Project, stages: list[Stage]) -> Iterator[RemedyView]:
    own = {stage.id for stage in stages}
    writes = [one for one in project.writes if one.stage.id in own]
    if not writes:
        return
    first = writes[0]
    found = {
        "dedup": next((one for each in first.generators if (one := first.dedup(each)) is not None), None),
        "fidelity": remedies.check(project, first.stage, "fidelity"),
        "memorization audit": remedies.check(project, first.stage, "memorization"),
        "holdout": holdout(project, first.stage),
    }
    yield _remedy(project, "dedup", found["dedup"])
    yield RemedyView("provenance", remedies.provenance(project, first.stage) is not None)
    for name in ("fidelity", "memorization audit", "holdout"):
        yield _remedy(project, name, found[name])


def _remedy(project: Project, name: str, stage: Stage | None) -> RemedyView:
    place = project.place(stage.site, stage.site.pos) if stage is not None else None
    return RemedyView(name, stage is not None, place)
