"""Real rows that are reserved or evaluated on, anywhere in the scope of a pipeline."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from synthlint.pipeline.evaluation import origins

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


def holdout(project: Project, stage: Stage) -> Stage | None:
    """The first stage in the scope of a pipeline that reserves real rows or scores a model on them."""
    return next((one for one in project.scope(stage) if _holds_out(project, one)), None)


def _holds_out(project: Project, stage: Stage) -> bool:
    test = _TESTS.get(stage.kind)
    return test is not None and test(project, stage)


def _split(project: Project, stage: Stage) -> bool:
    """A split leaves rows out; a draw (`rows.select(...)`, `table.sample(...)`) alone does not."""
    draws = stage.summary is not None and stage.summary.result == "same"
    return not draws and bool(project.real_sources([stage.id]))


def _part(project: Project, part: Stage) -> bool:
    role = str(part.facts.get("role"))
    named = project.has_word("eval-splits", role)
    leaves = role == "rest" or (role == "tail" and not part.loops and _has_head(project, part))
    return (named or leaves or _is_drawn_twice(project, part)) and bool(project.real_sources([part.id]))


def _has_head(project: Project, tail: Stage) -> bool:
    """Whether rows were split by hand: `rows[:n]` beside `rows[n:]`."""
    heads = (one for one in project.of("part") if one.facts.get("role") == "head" and not one.loops)
    return any(one.inputs == tail.inputs for one in heads)


_PICKS = ("select", "take", "skip")


def _is_drawn_twice(project: Project, part: Stage) -> bool:
    """Whether two places pick rows of one table by their numbers, as in `select(range(n))` beside `select(rest)`."""
    if part.facts.get("role") != "sample" or part.loops:
        return False
    draw = _draw(project, part)
    if draw is None:
        return False
    others = (_draw(project, one) for one in project.of("part") if one.facts.get("role") == "sample" and not one.loops)
    return any(
        one is not None and one.site.pos != draw.site.pos and one.inputs == draw.inputs and one.program == draw.program
        for one in others
    )


def _draw(project: Project, part: Stage) -> Stage | None:
    draws = (project.stage(one) for one in part.inputs)
    return next((one for one in draws if one.call.rsplit(".", 1)[-1] in _PICKS), None)


def _named(project: Project, stage: Stage) -> bool:
    """Real rows under a name that says what they are for: `holdout = ...`, `test_loader = ...`."""
    return _only_real(project, stage) and stage.id not in project.seeds


def _evaluation(project: Project, stage: Stage) -> bool:
    if not project.real_sources([stage.id]) or _decides_what_is_kept(project, stage):
        return False
    behind = {project.stage(one).kind for one in (*stage.context, *stage.inputs)}
    return bool(behind & {"train", "predict", "generate", "fit"})


def _decides_what_is_kept(project: Project, score: Stage) -> bool:
    """Whether a score drops generated records (a novelty test), which says nothing about a model."""
    return any(
        score.id in guard.depends and project.generators([one.id])
        for one in project.of("write", "filter")
        for guard in one.guards
    )


def _training(project: Project, train: Stage) -> bool:
    return "eval" in train.args and bool(origins(project, project.inputs_of(train, "eval"))[1])


def _load(project: Project, load: Stage) -> bool:
    if "holdout" in project.declared(load):
        return True
    if not project.is_real(load) or load.facts.get("tool"):
        return False
    split = load.args.get("split")
    splits = [str(one) for one in split.constants] if split is not None else []
    # rows that prompts quote too are SYN105: there is a test set, and it is spoilt
    if any(project.has_word("eval-splits", one) for one in splits):
        return True
    return _in_eval_file(project, load) and not (splits and load.id in project.seeds)


def _in_eval_file(project: Project, stage: Stage) -> bool:
    """Whether a path says that it holds evaluation data: by the name of the file, or of its folder."""
    for path in project.paths(stage):
        folder = posixpath.basename(path.folder)
        if project.has_word("eval-files", path.name.rsplit(".", 1)[0]) or project.has_word("eval-splits", folder):
            return True
    return False


def _write(project: Project, write: Stage) -> bool:
    return _in_eval_file(project, write) and _only_real(project, write)


def _answers(project: Project, stage: Stage) -> bool:
    """Answers to real questions in an evaluation script: `eval_math.py` that loads them and compares by hand."""
    script = stage.program or stage.site.path
    name = posixpath.basename(script).rsplit(".", 1)[0]
    if not project.has_word("eval-scripts", name) or not project.real_sources(stage.context | stage.inputs):
        return False
    compares = any(one.program == stage.program for one in project.of("compare"))
    return compares or not any(stage is each for one in project.writes for each in one.generators)


def _only_real(project: Project, stage: Stage) -> bool:
    return bool(project.real_sources([stage.id])) and not project.generators([stage.id])


_TESTS = {
    "split": _split, "part": _part, "named": _named, "evaluate": _evaluation, "train": _training, "load": _load,
    "write": _write, "generate": _answers, "predict": _answers,
}  # fmt: skip
