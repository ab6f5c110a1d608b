"""What models are trained and scored on: shared rows, generated test sets, splits that come too late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.pipeline.artifacts import same

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


@dataclass(frozen=True, slots=True)
class SelfEvaluation:
    """An evaluation on the rows that the model was trained on."""

    evaluate: Stage
    train: Stage
    data: str


@dataclass(frozen=True, slots=True)
class LateSplit:
    """A split or cross-validation of rows that were synthesised before."""

    synthesis: Stage
    split: Stage
    message: str | None = None


# -- SYN401 -------------------------------------------------------------------------------------------
def self_evaluations(project: Project) -> Iterator[SelfEvaluation]:
    """Evaluations on training rows, when nothing else is evaluated for the same model."""
    for train in project.of("train"):
        if "eval" in train.args:
            shared = _shared(project, train, project.inputs_of(train, "eval"), project.eval_files(train))
            if shared and project.inputs_of(train, "data") | set(project.named_files(train)):
                yield SelfEvaluation(train, train, shared)
    by_train: dict[int, list[Stage]] = {}
    for one in project.of("evaluate"):
        train_id = trained_by(project, one)
        if train_id is not None:
            by_train.setdefault(train_id, []).append(one)
    for train in project.of("train"):
        scored = by_train.get(train.id, [])
        on_training = [(one, _shared(project, train, one.inputs, project.named_files(one))) for one in scored]
        bad = [(one, data) for one, data in on_training if data]
        if bad and len(bad) == len(scored) and "eval" not in train.args and not _debug(project, bad[0][0]):
            yield SelfEvaluation(bad[0][0], train, bad[0][1])


def _debug(project: Project, stage: Stage) -> bool:
    return any(project.has_word("debug-names", name) for name in stage.site.scope.split("."))


def trained_by(project: Project, evaluate: Stage) -> int | None:
    """The last training call of the model that an evaluation scores."""
    context = set(evaluate.context)
    for one in evaluate.inputs:
        stage = project.stage(one)
        if stage.kind == "predict":
            context |= set(stage.context)
    return max((one for one in context if project.stage(one).kind == "train"), default=None)


def _shared(project: Project, train: Stage, data: frozenset[int], files: tuple[object, ...]) -> str:
    """A name for rows that training and evaluation share; empty if none are known to be shared."""
    for a in project.named_files(train):
        for b in files:
            if same(a, b) == "exact":  # type: ignore[arg-type]
                return f"'{a}'"
    own = project.inputs_of(train, "data")
    ends = {one for each in data for one in _rows(project, each)}
    shared = own & ends
    if shared and ends <= own | {one for one in ends if project.stage(one).kind in ("predict", "train")}:
        stage = project.stage(min(shared))
        if stage.kind == "part" and stage.facts.get("role") == "test":
            return ""
        return "the same rows"
    return ""


def _rows(project: Project, id_: int) -> set[int]:
    """The rows behind predictions: a prediction stands for the rows it was made on."""
    stage = project.stage(id_)
    return set(stage.inputs) if stage.kind == "predict" else {id_}


# -- SYN402 -------------------------------------------------------------------------------------------
def synthetic_evaluations(project: Project) -> Iterator[tuple[Stage, list[Stage]]]:
    """Evaluations whose data is all generated, with no real evaluation beside them."""
    own = {(one.evaluate.site.path, one.evaluate.site.pos) for one in self_evaluations(project)}
    for stage in project.of("train", "evaluate"):
        if (stage.site.path, stage.site.pos) in own:
            continue
        data = project.inputs_of(stage, "eval") if stage.kind == "train" else frozenset(stage.inputs)
        if stage.kind == "train" and "eval" not in stage.args:
            continue
        generated, real = _split_sources(project, data)
        if generated and not real and not _real_beside(project, stage) and _is_trained(project, stage):
            yield stage, generated


def _is_trained(project: Project, stage: Stage) -> bool:
    return stage.kind == "train" or any(project.stage(one).kind in ("train", "predict") for one in stage.context)


def _split_sources(project: Project, data: frozenset[int]) -> tuple[list[Stage], list[Stage]]:
    rows = {one for each in data for one in _rows(project, each)}
    sources = project.sources(rows)
    generated = [one for one in sources if one.kind == "generate"]
    return generated, [one for one in sources if one.kind == "load"]


def _real_beside(project: Project, stage: Stage) -> bool:
    for other in project.scope(stage):
        if other.kind == "evaluate" and other is not stage:
            _, real = _split_sources(project, other.inputs)
            if real:
                return True
    return False


# -- SYN403 -------------------------------------------------------------------------------------------
def splits_after_synthesis(project: Project) -> Iterator[LateSplit]:
    """Resampled, synthesised or augmented rows that are split into training and test afterwards."""
    for split in project.of("split", "train", "evaluate"):
        if split.kind != "split" and not split.facts.get("cross_validation"):
            continue
        for one in sorted(project.upstream(split.inputs)):
            stage = project.stage(one)
            if stage.kind != "resample" or not _leaks(project, stage, split):
                continue
            yield LateSplit(stage, split, _message(stage, split))


def _leaks(project: Project, synthesis: Stage, split: Stage) -> bool:
    """Whether the split can put relatives on both sides: no untouched test part was cut before."""
    before = {
        one for one in project.upstream(synthesis.inputs)
        if project.stage(one).kind == "part" and project.stage(one).facts.get("role") in ("train", "head", "tail")
    }  # fmt: skip
    if split.kind == "split" and not split.facts.get("cross_validation"):
        return not before
    return True


def _message(synthesis: Stage, split: Stage) -> str | None:
    if split.facts.get("cross_validation"):
        return (
            "{call} runs before the folds of `" + split.call.replace("{", "").replace("}", "") + "` are cut, so "
            "synthetic neighbours of held-out rows are in every training fold."
        )
    return None
