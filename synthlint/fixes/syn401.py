"""SYN401: the unused test part of the same split is evaluated instead of the training rows."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from synthlint.findings import Edit, Finding, Fix
from synthlint.fixes.base import Scene, advice, made
from synthlint.fixes.code import Code, own_nodes
from synthlint.fixes.twins import twins
from synthlint.flow.stages import Stage
from synthlint.pipeline.trained import trained_by

TITLE = "Evaluate on the test part of the same split"
BY_HAND = "Evaluate on rows that the model was not trained on: real rows that were kept back"
Edits = list[Edit | None]


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """Name the test rows where the model is scored, and where it predicts what is scored."""
    stage = scene.stage(finding)
    found = scene.call(stage) if stage is not None else None
    if stage is None or found is None or not _has_real_rows(scene, stage):
        return advice(BY_HAND)
    code, call = found
    edits = _validation(code, call, stage) if stage.kind == "train" else _scores(scene, finding, code, call)
    return (made(TITLE, "unsafe", edits, "numbers-changed") if edits else None) or advice(BY_HAND)


def _has_real_rows(scene: Scene, stage: Stage) -> bool:
    """Whether the test part holds real rows: a score on generated ones alone would be the next hazard."""
    project = scene.project
    data = project.inputs_of(stage, "eval") if stage.kind == "train" else stage.inputs | stage.context
    return bool(project.real_sources(data))


# -- validation data of a training call ---------------------------------------------------------------
def _validation(code: Code, call: ast.Call, stage: Stage) -> Edits:
    names = {one.split(".")[-1] for one in (stage.summary.eval_data if stage.summary else ())}
    for holder in _holders(code, call):
        for argument in holder.keywords:
            if argument.arg in names:
                return _swapped(code, [argument.value], twins(code, holder)) or _named_part(code, argument.value)
    return []


def _holders(code: Code, call: ast.Call) -> Iterator[ast.Call]:
    """The call, and the one that made the object whose method it is."""
    yield call
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(receiver, ast.Name):
        values = code.assigned(receiver.id, code.scope(call))
        if len(values) == 1 and isinstance(values[0], ast.Call):
            yield values[0]


def _named_part(code: Code, node: ast.expr) -> Edits:
    """`parts["train"]` of `parts = dataset.train_test_split(...)`."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)):
        return []
    values = code.assigned(node.value.id, code.scope(node))
    split = len(values) == 1 and isinstance(values[0], ast.Call) and _is_split(values[0])
    if not split or not isinstance(node.slice, ast.Constant) or node.slice.value != "train":
        return []
    quote = code.text(node.slice)[0]
    return [code.replace(node.slice, f"{quote}test{quote}")]


def _is_split(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "train_test_split"


# -- scores ---------------------------------------------------------------------------------------------
def _scores(scene: Scene, finding: Finding, code: Code, call: ast.Call) -> Edits:
    """Edits of all calls that score or ask the model; none if its training rows are used in another way then."""
    train = next((one for one in scene.others(finding) if one.kind == "train"), None)
    trained = scene.call(train) if train is not None else None
    if train is None or trained is None or trained[0] is not code or code.scope(trained[1]) is not code.scope(call):
        return []
    known = twins(code, call)
    asking = _calls(scene, code, ("evaluate", "predict"), train)
    others = _calls(scene, code, ("train", "fit", "resample", "split"), None) - asking
    if not _is_all_scores(code, trained[1], asking | others, set(known)):
        return []
    return _swapped(code, asking, known)


def _calls(scene: Scene, code: Code, kinds: tuple[str, ...], train: Stage | None) -> set[ast.expr]:
    """The calls of some kinds in a file, of one model if given."""
    out: set[ast.expr] = set()
    for one in scene.project.of(*kinds):
        if train is None or trained_by(scene.project, one) == train.id:
            found = scene.call(one)
            if found is not None and found[0] is code:
                out.add(found[1])
    return out


def _is_all_scores(code: Code, trained: ast.Call, calls: set[ast.expr], names: set[str]) -> bool:
    """Whether, once the model is trained, its rows are read nowhere but in some calls."""
    end = code.pos(trained)[2:]
    reads = [one for one in own_nodes(code.scope(trained)) if isinstance(one, ast.Name) and one.id in names]
    late = [one for one in reads if isinstance(one.ctx, ast.Load) and code.pos(one)[:2] > end]
    return all(_is_no_row(code, one) or not calls.isdisjoint(code.around(one)) for one in late)


def _is_no_row(code: Code, node: ast.Name) -> bool:
    """`rows.shape` and `rows.columns`, which say the same of both parts, or nearly so."""
    parent = code.parents[node]
    return isinstance(parent, ast.Attribute) and parent.attr in ("shape", "columns", "dtypes")


def _swapped(code: Code, nodes: Iterable[ast.expr], known: dict[str, str]) -> Edits:
    """Edits that give the names of training rows in some expressions those of the test rows."""
    found = {
        one
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and one.id in known and isinstance(one.ctx, ast.Load)
    }
    return [code.replace(one, known[one.id]) for one in sorted(found, key=code.pos)]
