"""What models are trained and scored on: shared rows, generated test sets, splits that come too late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.findings import Confidence
from synthlint.flow.values import UNKNOWN, Ids
from synthlint.pipeline import remedies
from synthlint.pipeline.artifacts import Pattern, same
from synthlint.pipeline.graph import SYNTHETIC_SOURCES
from synthlint.pipeline.trained import trained_by

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


# parts of a table that leave other rows untouched
_CUT = frozenset({"train", "head", "tail", "sample", "rest", "slice", "fold"})


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
    confidence: Confidence = Confidence.HIGH
    message: str | None = None


# -- SYN401 -------------------------------------------------------------------------------------------
def self_evaluations(project: Project) -> Iterator[SelfEvaluation]:
    """Evaluations on training rows of a synthetic pipeline, when the model is scored on nothing else."""
    scored = _scored(project)
    for train in project.of("train"):
        if not _is_synthetic(project, train):
            continue
        if "eval" in train.args:
            shared = _shared(project, train, project.inputs_of(train, "eval"), project.eval_files(train), "eval")
            if shared:
                yield SelfEvaluation(train, train, shared)
            continue
        uses = scored.get(train.id, [])
        on_training = [(one, _shared(project, train, frozenset(one.inputs), project.named_files(one))) for one in uses]
        bad = [(one, data) for one, data in on_training if data and one.kind == "evaluate"]
        if bad and all(data for _, data in on_training) and not _debug(project, bad[0][0]):
            yield SelfEvaluation(bad[0][0], train, bad[0][1])


def _is_synthetic(project: Project, train: Stage) -> bool:
    """Whether generated, resampled or augmented rows are among what a model learns from."""
    behind = [project.stage(one) for one in project.trained_on(train)]
    return any(one.kind in SYNTHETIC_SOURCES or project.is_known_synthetic(one) for one in behind)


def _scored(project: Project) -> dict[int, list[Stage]]:
    """Training call → the evaluations and predictions of its model, cross-validations beside it included."""
    found: dict[int, list[Stage]] = {}
    for one in project.of("evaluate", "predict"):
        train = trained_by(project, one)
        if train is not None:
            found.setdefault(train, []).append(one)
    return found


def _debug(project: Project, stage: Stage) -> bool:
    return any(project.has_word("debug-names", name) for name in stage.site.scope.split("."))


def _shared(
    project: Project, train: Stage, data: frozenset[int], files: tuple[Pattern, ...], arg: str = ""
) -> str:  # fmt: skip
    """A name for rows that training and evaluation share; empty if none are known to be shared."""
    for a in project.named_files(train):
        for b in files:
            if same(a, b) == "exact":
                return f"'{a}'"
    if _is_vague(train, "data") or (arg and _is_vague(train, arg)):
        return ""
    own = project.inputs_of(train, "data")
    ends = {one for each in data for one in _rows(project, each)}
    return "the same rows" if ends and own and all(_within(project, one, own) for one in ends) else ""


def _is_vague(stage: Stage, arg: str) -> bool:
    """Whether something unknown may have picked the rows of an argument."""
    value = stage.args.get(arg)
    return value is None or UNKNOWN in value.varies


def _within(project: Project, id_: int, rows: frozenset[int], depth: int = 0) -> bool:
    """Whether the rows of a stage are among `rows`: the same, or a part of them."""
    stage = project.stage(id_)
    if id_ in rows or any(_reads_the_same(project, stage, project.stage(one)) for one in rows):
        return True
    stored = project.stored_in(stage)
    behind = _stored_from(project, stage) if stage.kind == "load" else stage.inputs if stored is None else stored
    narrows = stage.kind in ("part", "split", "filter", "dedup", "load") and bool(behind) and depth < 12
    return narrows and all(_within(project, one, rows, depth + 1) for one in behind)


def _stored_from(project: Project, load: Stage) -> frozenset[int]:
    """The rows that the project wrote to the file that a load reads."""
    links = project.links(load)
    if any(how != "exact" for how in links.values()) or len(project.paths(load)) != 1:
        return frozenset()
    return frozenset(one for write in links for one in project.stage(write).inputs)


def _reads_the_same(project: Project, left: Stage, right: Stage) -> bool:
    """Whether two loads read the same file and the same split of it."""
    if left.kind != "load" or right.kind != "load":
        return False
    a, b = project.paths(left), project.paths(right)
    one, other = left.args.get("split"), right.args.get("split")
    splits = (one.const if one is not None else None), (other.const if other is not None else None)
    return len(a) == len(b) == 1 and same(a[0], b[0]) == "exact" and splits[0] == splits[1]


def _rows(project: Project, id_: int) -> set[int]:
    """The rows behind predictions: a prediction stands for the rows it was made on."""
    stage = project.stage(id_)
    return set(stage.inputs) if stage.kind == "predict" else {id_}


# -- SYN402 -------------------------------------------------------------------------------------------
def synthetic_evaluations(project: Project) -> Iterator[tuple[Stage, list[Stage]]]:
    """Evaluations whose data is all generated, with no real evaluation beside them."""
    found = list(self_evaluations(project))
    own = {(one.evaluate.site.path, one.evaluate.site.pos) for one in found}
    models = {one.train.id for one in found if one.evaluate is not one.train}
    for stage in project.of("train", "evaluate"):
        if stage.kind == "evaluate" and trained_by(project, stage) in models:
            continue
        if (stage.site.path, stage.site.pos) in own or project.has_word("test-paths", stage.site.path):
            continue
        data = project.inputs_of(stage, "eval") if stage.kind == "train" else frozenset(stage.inputs)
        if stage.kind == "train" and "eval" not in stage.args:
            continue
        generated, real = _split_sources(project, data)
        if not generated or real or _real_beside(project, stage) or _measures_the_data(project, stage):
            continue
        if _is_trained(project, stage):
            yield stage, generated


def _measures_the_data(project: Project, stage: Stage) -> bool:
    """Whether a model of real rows is asked about generated ones beside the other way round (TRTS beside TSTR)."""
    own = trained_by(project, stage)
    if stage.kind != "evaluate" or own is None or project.generators(project.trained_on(project.stage(own))):
        return False
    return remedies.tstr(project, stage) is not None


def _is_trained(project: Project, stage: Stage) -> bool:
    return stage.kind == "train" or any(project.stage(one).kind in ("train", "predict") for one in stage.context)


def _split_sources(project: Project, data: frozenset[int]) -> tuple[list[Stage], list[Stage]]:
    return origins(project, {one for each in data for one in _rows(project, each)})


def origins(project: Project, rows: Iterable[int]) -> tuple[list[Stage], list[Stage]]:
    """The generator calls (or known synthetic datasets) and the real loads that rows come from.

    A document that a stored record quotes beside its generated text is no real row of its own.
    """
    rows = frozenset(rows)
    sources = project.sources(rows)
    generated = [one for one in sources if one.kind == "generate" or project.is_known_synthetic(one)]
    loads = [one for one in sources if one.kind == "load" and one not in generated]
    if generated:
        loads += [one for one in map(project.stage, sorted(project.upstream(rows))) if _reads_more(project, one)]
    if not generated or not loads:
        return generated, loads
    quoted = _quoted(project, rows, generated)
    return generated, [one for one in loads if one.id not in quoted]


def _reads_more(project: Project, load: Stage) -> bool:
    """Whether a load of several files reads one that the project did not write."""
    paths = project.paths(load)
    written = [path for one in project.links(load) for path in project.paths(project.stage(one))]
    if load.kind != "load" or len(paths) < 2 or not written:
        return False
    left = (one for one in paths if one.exact and not any(same(one, path) for path in written))
    return any(not project.has_word("generated-tokens", one.name) for one in left)


def _quoted(project: Project, rows: frozenset[int], generated: list[Stage]) -> frozenset[int]:
    """The loads whose content arrives only inside records that hold generated text too.

    These were stored with it, or they are what its prompts quote; rows of their own come in by a join.
    """
    behind = project.upstream(rows)
    stages = [project.stage(one) for one in behind]
    if any(one.kind == "mix" and _has_real_side(project, one) for one in stages):
        return frozenset()
    writes = [one for one in stages if one.kind == "write" and project.generators([one.id])]
    stored = project.upstream([one.id for one in writes]) - project.in_memory(rows)
    steering = {each for one in generated for each in one.context}  # the prompt, and the model with its training
    return stored | project.upstream(one for one in steering if project.stage(one).kind not in ("train", "fit"))


def _has_real_side(project: Project, mix: Stage) -> bool:
    sides = mix.facts.get("operands", ())
    return any(project.real_sources(side) and not project.generators(side) for side in sides)


def _real_beside(project: Project, stage: Stage) -> bool:
    own = stage.id if stage.kind == "train" else trained_by(project, stage)
    others = (one for one in project.scope(stage) if one.kind == "evaluate" and one is not stage)
    real = (one for one in others if _split_sources(project, one.inputs)[1])
    return any(own is None or trained_by(project, one) in (None, own) for one in real)


# -- SYN403 -------------------------------------------------------------------------------------------
def splits_after_synthesis(project: Project) -> Iterator[LateSplit]:
    """Resampled, synthesised or augmented rows that are split into training and test afterwards."""
    trained = [(one, project.trained_on(one)) for one in project.of("train")]
    scored = _scored(project)
    late = list(_late_splits(project, trained, scored))
    yield from late
    told = {one.synthesis.id for one in late}
    yield from (one for one in _late_holdouts(project, trained, scored) if one.synthesis.id not in told)


def _late_splits(
    project: Project, trained: list[tuple[Stage, Ids]], scored: dict[int, list[Stage]]
) -> Iterator[LateSplit]:
    for split in project.of("split", "train", "evaluate"):
        if split.kind != "split" and not split.facts.get("cross_validation"):
            continue
        for stage, seen in _made_before(project, split):
            if not _leaks(project, seen, split):
                continue
            models = [one for one, rows in trained if split.id in rows]
            if any(_learns_origin(project, one) for one in (split, *models)):
                continue
            if any(_is_untouched(project, each, stage) for one in models for each in scored.get(one.id, ())):
                continue
            yield LateSplit(stage, split, message=_message(stage, split))


def _late_holdouts(
    project: Project, trained: list[tuple[Stage, Ids]], scored: dict[int, list[Stage]]
) -> Iterator[LateSplit]:
    """Generators that were fitted on the table from which the test rows of a model of their rows were cut later."""
    for train, rows in trained:
        for made in project.generators(rows):
            fitted = frozenset(each for fit in project.fits(made) for each in fit.inputs)
            for test in scored.get(train.id, ()) if fitted else ():
                split = _cut_later(project, test, fitted)
                if split is not None and made.id not in project.upstream(test.inputs):
                    yield LateSplit(made, split, Confidence.MEDIUM)


def _cut_later(project: Project, test: Stage, fitted: Ids) -> Stage | None:
    """The split that cut the scored rows from a table that a generator has learned as a whole."""
    asked = project.upstream({one for each in test.inputs for one in _rows(project, each)})
    learned = project.upstream(fitted)
    if not _real_ids(project, asked) & _real_ids(project, learned):
        return None
    if any(_is_cut(project.stage(one)) for one in learned - asked):
        return None
    splits = (project.stage(one) for one in sorted(asked - learned))
    return next((one for one in splits if one.kind == "split"), None)


def _real_ids(project: Project, ids: Ids) -> set[int]:
    return {one.id for one in project.real_sources(ids)}


def _made_before(project: Project, split: Stage) -> Iterator[tuple[Stage, Ids]]:
    """The stages whose synthetic rows a split divides, with what they were made from.

    Folds divide the rows that their indices pick.  Generated rows are divided together with the rows that the
    generator has learned.
    """
    divided = project.upstream(split.inputs)
    if split.facts.get("indices"):
        parts = [one for one in project.of("part") if split.id in one.facts.get("folds", ())]
        divided &= project.upstream([one.id for one in parts])
    for stage in map(project.stage, sorted(divided)):
        if stage.kind in ("resample", "augment"):
            yield stage, stage.inputs
        elif stage.kind == "generate":
            fitted = frozenset(each for fit in project.fits(stage) for each in fit.inputs)
            if fitted and any(_joins(project, project.stage(one), stage, fitted) for one in divided):
                yield stage, fitted


def _joins(project: Project, mix: Stage, made: Stage, fitted: Ids) -> bool:
    """Whether a join brings generated rows together with rows of the files that their generator has learned."""
    if mix.kind != "mix" or mix.facts.get("columns"):
        return False
    learned = _real_ids(project, fitted)
    sides = [project.upstream(side) for side in mix.facts["operands"]]
    real = (side for side in sides if made.id not in side)
    return any(made.id in side for side in sides) and any(learned & _real_ids(project, side) for side in real)


def _leaks(project: Project, seen: Ids, split: Stage) -> bool:
    """Whether the split can put relatives on both sides: no untouched test part was cut before."""
    if split.facts.get("cross_validation"):
        return True
    before = (project.stage(one) for one in project.upstream(seen))
    return not any(_is_cut(one) and _has_rest(project, one) for one in before)


def _learns_origin(project: Project, stage: Stage) -> bool:
    """Whether the label is the column that tells real from generated rows: a test of how well they are told apart.

    A column whose name does not speak of origin was made to be that label.
    """
    data = stage.args.get("data")
    labels = set(data.constants) if data is not None else set()
    mixes = (project.stage(one) for one in project.upstream(stage.inputs))
    marks = (one for mix in mixes if mix.kind == "mix" for one in remedies.marks_apart(project, mix).items())
    return any(values <= labels or not project.has_word("provenance-keys", name) for name, values in marks)


def _is_cut(stage: Stage) -> bool:
    return stage.kind == "part" and stage.facts.get("role") in _CUT


def _has_rest(project: Project, part: Stage) -> bool:
    """Whether a model is asked about other rows of the table that a part was cut from."""
    asked = project.upstream(each for one in project.of("evaluate", "predict") for each in one.inputs)
    base = _base(project, part)
    rest = (one for one in project.of("part") if one.facts.get("role") != part.facts.get("role"))
    return any(one.id in asked and base & _base(project, one) for one in rest)


def _base(project: Project, part: Stage) -> Ids:
    """The stages of the table that a part was cut from, by a call that splits or by hand."""
    splits = [project.stage(one) for one in part.inputs if project.stage(one).kind == "split"]
    return part.inputs | {each for one in splits for each in one.inputs}


def _is_untouched(project: Project, evaluate: Stage, synthesis: Stage) -> bool:
    """Whether a model is scored on rows that the synthesis did not make."""
    if evaluate.kind != "evaluate":
        return False
    rows = {one for each in evaluate.inputs for one in _rows(project, each)}
    reached = project.upstream(rows)
    return bool(rows) and synthesis.id not in reached and bool(project.sources(rows))


def _message(synthesis: Stage, split: Stage) -> str | None:
    if split.facts.get("cross_validation"):
        return (
            "{call} runs before the folds of `" + split.call.replace("{", "").replace("}", "") + "` are cut, so "
            "synthetic neighbours of held-out rows are in every training fold."
        )
    return None
