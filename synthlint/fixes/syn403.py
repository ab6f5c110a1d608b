"""SYN403: the split comes first, and only the training part is resampled."""

from __future__ import annotations

import ast

from synthlint.findings import Finding, Fix
from synthlint.fixes.base import Scene, advice, made
from synthlint.fixes.code import Code

TITLE = "Split first, then resample the training part only"
BY_HAND = (
    "Split first and resample the training part only; in cross-validation put the sampler into an imblearn pipeline"
)


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """Swap a `fit_resample` and the `train_test_split` on the next line when nothing else uses its result."""
    stage = scene.stage(finding)
    found = scene.call(stage) if stage is not None else None
    swapped = _swapped(*found) if found is not None else None
    if found is None or swapped is None:
        return advice(BY_HAND)
    code, call = found
    statement = code.statement(call)
    block = code.body_of(statement)
    following = block[block.index(statement) + 1]
    edits = [code.replace(statement, swapped[0]), code.replace(following, swapped[1])]
    return made(TITLE, "unsafe", edits, "numbers-changed") or advice(BY_HAND)


def _swapped(code: Code, call: ast.Call) -> tuple[str, str] | None:
    """The text of the split on the given data, and of the resampling of its training part."""
    statement = code.statement(call)
    block = code.body_of(statement)
    at = block.index(statement) + 1
    following = block[at] if at < len(block) else None
    if not isinstance(statement, ast.Assign) or not isinstance(following, ast.Assign) or statement.value is not call:
        return None
    given, made_ = _names(call.args), _targets(statement)
    split = following.value
    parts = _targets(following)
    if not isinstance(split, ast.Call) or not ast.unparse(split.func).endswith("train_test_split"):
        return None
    if len(given) != 2 or len(made_) != 2 or call.keywords or _names(split.args) != made_ or len(parts) != 4:
        return None
    if _used_elsewhere(code, made_, given, statement, following):
        return None
    sampler = f"{parts[0]}, {parts[2]} = {code.text(call.func)}({parts[0]}, {parts[2]})"
    return _renamed(code, following, dict(zip(made_, given, strict=True))), sampler


def _names(nodes: list[ast.expr]) -> list[str]:
    return (
        [one.id for one in nodes if isinstance(one, ast.Name)]
        if all(isinstance(one, ast.Name) for one in nodes)
        else []
    )


def _targets(statement: ast.Assign) -> list[str]:
    target = statement.targets[0]
    return _names(target.elts) if len(statement.targets) == 1 and isinstance(target, ast.Tuple) else []


def _used_elsewhere(code: Code, names: list[str], given: list[str], first: ast.stmt, second: ast.stmt) -> bool:
    """Whether a resampled name is read outside the two statements; what it was before does not count."""
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load):
            inside = first.lineno <= node.lineno <= (second.end_lineno or 0)
            if not inside and not (node.id in given and node.lineno < first.lineno):
                return True
    return False


def _renamed(code: Code, statement: ast.stmt, names: dict[str, str]) -> str:
    """The text of a statement with some names read under others."""
    line, column, _, _ = code.pos(statement)
    rows = code.text(statement).split("\n")
    found = [one for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
    for one in sorted(found, key=code.pos, reverse=True):
        at, start, _, end = code.pos(one)
        shift = column - 1 if at == line else 0
        row = rows[at - line]
        rows[at - line] = row[: start - 1 - shift] + names.get(one.id, one.id) + row[end - 1 - shift :]
    return "\n".join(rows)
