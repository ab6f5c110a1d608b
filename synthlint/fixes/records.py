"""The records in a write, as the code names them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from synthlint.fixes.code import COMPREHENSIONS, LOOPS, Code, used_names
from synthlint.flow.stages import Stage
from synthlint.flow.values import Dumped, Seq, Value

DUMPS = ("json.dumps", "simplejson.dumps", "ujson.dumps", "orjson.dumps")
_LISTS = ("list", "sorted")
_PASSED = ("enumerate", "tqdm", "tqdm.tqdm", "list", "iter", "track", "sorted")


def written(code: Code, call: ast.Call) -> ast.expr | None:
    """The expression whose value a call writes: what `json.dumps` is given, or else the text or row."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    if not call.args:
        return None
    for node in _inside(code, call.args[0]):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in DUMPS and node.args:
            return node.args[0]
    if name in ("write", "print", "write_text", "writerow", "writerows", "write_all", "dump", "writelines"):
        return _without_newline(call.args[0])
    return None


def _inside(code: Code, node: ast.expr) -> Iterator[ast.AST]:
    """An expression, and the one value of a name that stands for it."""
    if isinstance(node, ast.Name):
        values = code.assigned(node.id, code.scope(node))
        if len(values) == 1:
            node = values[0]
    return ast.walk(node)


def _without_newline(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.right, ast.Constant):
        return node.left
    return node


def is_list(code: Code, node: ast.expr, stage: Stage | None = None) -> bool:
    """Whether an expression is a list for certain; `stage` writes it as a whole."""
    if isinstance(node, (ast.List, ast.ListComp)):
        return True
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in _LISTS
    if isinstance(node, ast.Name):
        values = code.assigned(node.id, code.scope(node)) or code.assigned(node.id, code.tree)
        if values and all(
            isinstance(one, ast.expr) and not isinstance(one, ast.Name) and is_list(code, one) for one in values
        ):
            return True
    return stage is not None and _holds_list(stage.args.get("data"))


def _holds_list(value: Value | None) -> bool:
    atoms = value.atoms if value is not None else ()
    inner = [one.value.atoms if isinstance(one, Dumped) else (one,) for one in atoms]
    flat = [one for each in inner for one in each]
    return bool(flat) and all(isinstance(one, Seq) and one.kind == "list" for one in flat)


def walked(code: Code, node: ast.expr) -> ast.expr | None:
    """The list that the loop or comprehension around a record walks, without `enumerate` and the like."""
    names = used_names(node)
    for around in code.enclosing(node, *LOOPS, *COMPREHENSIONS):
        if isinstance(around, ast.While):
            continue
        parts = around.generators if isinstance(around, COMPREHENSIONS) else [around]
        for part in parts:
            if isinstance(part, (ast.comprehension, ast.For, ast.AsyncFor)) and names & used_names(part.target):
                return _plain(part.iter)
    return None


def _plain(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Call) and ast.unparse(node.func) in _PASSED and node.args:
        node = node.args[0]
    return node
