"""SYN107: answers that cannot be used are left out where they arrive."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from synthlint.findings import Edit, Finding, Fix
from synthlint.fixes import imports
from synthlint.fixes.base import Scene, advice, made
from synthlint.fixes.code import COMPREHENSIONS, Code, own_nodes
from synthlint.fixes.skipped import can_be_skipped
from synthlint.flow.stages import Stage
from synthlint.pipeline.responses import unchecked

TITLE = "Leave out answers that are truncated, refused, empty or malformed"
BY_HAND = (
    "Leave out what cannot be used: `if not synthlint.runtime.usable(response): continue`; in a `while` loop that "
    "counts records, filter where they are written"
)
_NAMES = ("response", "reply", "answer", "completion")
_TEXTS = ("content", "text", "output_text")
_UNREAD = ("requests", "httpx", "aiohttp", "urllib", "boto3", "replicate")  # what they return is no answer yet
Edits = list[Edit | None]


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """`if not usable(response): continue` after the call, or after the call of the helper that returns its text."""
    stage = scene.stage(finding)
    if stage is None or stage.call.split(".")[0] in _UNREAD or stage.call.endswith("stream"):
        return advice(BY_HAND)
    edits: Edits = []
    for place in dict.fromkeys(_places(scene, stage)):
        edits += _guarded(*place) if place is not None else [None]
    return made(TITLE, "unsafe", dict.fromkeys(edits), "rows-dropped") or advice(BY_HAND)


def _places(scene: Scene, stage: Stage) -> Iterator[tuple[Code, ast.Call] | None]:
    """Where the answers of a call arrive in a loop; None for a place that no fix is known for."""
    same = {one.id: one for one, _ in unchecked(scene.project) if one.site == stage.site}
    for one in same.values():
        found = scene.call(one)
        if found is None or _is_streamed(found[1]):
            yield None
        elif not (one.callers and _returns_text(*found)):
            yield found
        else:
            yield scene.call_at(one.callers[-1])


def _is_streamed(call: ast.Call) -> bool:
    return any(one.arg == "stream" and ast.unparse(one.value) != "False" for one in call.keywords)


# -- helpers --------------------------------------------------------------------------------------------
def _returns_text(code: Code, call: ast.Call) -> bool:
    """Whether the function around a call returns the text of the answer, or nothing."""
    scope = code.scope(call)
    if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    given = [one.value for one in own_nodes(scope) if isinstance(one, ast.Return) and one.value is not None]
    texts = [one for one in given if not isinstance(one, ast.Constant)]
    return bool(texts) and all(_is_text(code, one) for one in texts)


def _is_text(code: Code, node: ast.expr) -> bool:
    """`response.choices[0].message.content.strip()`, by its last steps."""
    if isinstance(node, ast.Name):
        values = code.assigned(node.id, code.scope(node))
        return len(values) == 1 and not isinstance(values[0], ast.Name) and _is_text(code, values[0])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("strip", "rstrip", "lstrip") and _is_text(code, node.func.value)
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value in _TEXTS
    return isinstance(node, ast.Attribute) and node.attr in _TEXTS


# -- guards ---------------------------------------------------------------------------------------------
def _guarded(code: Code, call: ast.Call) -> Edits:
    statement, value = code.statement(call), _awaited(code, call)
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    is_named = isinstance(target, ast.Name) and isinstance(statement, ast.Assign) and statement.value is value
    if not can_be_skipped(code, call, whole=not is_named):
        return [None]
    name, needed = imports.runtime(code, "usable")
    guard = [f"if not {name}({{}}):", f"{code.unit(statement)}continue"]
    if isinstance(target, ast.Name) and is_named:
        return [code.after(statement, [one.format(target.id) for one in guard]), *needed]
    return [*_named(code, statement, value, guard), *needed]


def _awaited(code: Code, call: ast.Call) -> ast.expr:
    parent = code.parents[call]
    return parent if isinstance(parent, ast.Await) else call


def _named(code: Code, statement: ast.stmt, value: ast.expr, guard: list[str]) -> Edits:
    """The answer gets a name before the statement that uses it."""
    name = next((one for one in _NAMES if one not in code.names), None)
    inner = code.enclosing(value, *COMPREHENSIONS, ast.IfExp, ast.BoolOp)
    if name is None or not isinstance(statement, (ast.Expr, ast.Assign)) or inner:
        return [None]
    lines = [f"{name} = {code.moved(statement, value)}", *(one.format(name) for one in guard)]
    return [code.before(statement, lines), code.replace(value, name)]
