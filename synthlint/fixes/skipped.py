"""Whether one round of a loop can be left out from a point on, so that all that is kept stays in step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from synthlint.fixes.code import LOOPS, Code, own_nodes, used_names

_ADDS = ("append", "extend", "add", "insert", "put", "appendleft")
_JOINS = ("zip", "itertools.zip_longest", "zip_longest")
_COLUMNS = ("assign", "insert", "with_columns", "add_column")
Nodes = list[ast.expr | ast.stmt]


def can_be_skipped(code: Code, call: ast.Call, *, whole: bool) -> bool:
    """Whether `continue` after a call leaves out one record and nothing else; `whole` counts the rest of its statement.

    Not in a `while`, which may never end then; not in a loop that tries again; not where something was kept for the
    record before, where the record has further pieces, or where what is kept is paired with what is not left out.
    """
    statement = code.statement(call)
    loops = code.enclosing(statement, *LOOPS)
    loop = loops[0] if loops else None
    if not isinstance(loop, (ast.For, ast.AsyncFor)) or loop.orelse or _tries_again(code, loop):
        return False
    before = [one for one in _nodes(loop) if one.lineno < statement.lineno]
    after = [one for one in _nodes(loop) if one.lineno > (statement.end_lineno or statement.lineno)]
    if whole:
        after += [one for one in ast.walk(statement) if isinstance(one, (ast.expr, ast.stmt))]
    grown = set(_grown(after))
    if not after or set(_grown(before)) or _is_piece(code, loop, after, grown) or grown & used_names(call):
        return False
    return not _fills_in(code, after) and not _is_paired(code, loop, grown)


def _nodes(loop: ast.For | ast.AsyncFor) -> Nodes:
    body = (node for one in loop.body for node in [one, *own_nodes(one)])
    return [one for one in body if isinstance(one, (ast.expr, ast.stmt))]


def _tries_again(code: Code, loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop ends as soon as something succeeded."""
    for node in own_nodes(loop):
        leaves = isinstance(node, ast.Return) or (
            isinstance(node, ast.Break) and code.enclosing(node, *LOOPS)[0] is loop
        )
        tests = [one for one in code.enclosing(node, ast.If) if loop in code.around(one)] if leaves else []
        if leaves and not tests:
            return True
    return False


def _grown(nodes: Nodes) -> Iterator[str]:
    """The collections that something is added to."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ADDS:
            yield ast.unparse(node.func.value)


def _is_piece(code: Code, loop: ast.For | ast.AsyncFor, nodes: Nodes, grown: set[str]) -> bool:
    """Whether a loop puts together what another around it keeps, so that a round is no record."""
    outer = code.enclosing(loop, *LOOPS)
    joined = {_root(one.target) for one in nodes if isinstance(one, ast.AugAssign)}
    names = {one.split(".")[0].split("[")[0] for one in grown} | joined
    return any(one in code.bound(each) for each in outer for one in names)


def _fills_in(code: Code, nodes: Nodes) -> bool:
    """Whether the loop writes into what is there already: a record that it walks, a place that is kept free."""
    kept = {name for one in nodes if _keeps(one) for name in used_names(one)}
    stored = [one for one in nodes if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store)]
    return any(_root(one) not in kept and not _is_new_dict(code, _root(one), one) for one in stored)


def _keeps(node: ast.expr | ast.stmt) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return node.func.attr in _ADDS or node.func.attr.startswith(("write", "dump"))


def _is_new_dict(code: Code, name: str, at: ast.AST) -> bool:
    values = code.assigned(name, code.scope(at))
    calls = ("dict()", "OrderedDict()", "collections.OrderedDict()")
    return bool(values) and all(
        (isinstance(one, ast.Dict) and not one.keys) or ast.unparse(one) in calls for one in values
    )


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_paired(code: Code, loop: ast.For | ast.AsyncFor, grown: set[str]) -> bool:
    """Whether a collection meets, outside the loop, another that does not grow with it."""
    inside = set(ast.walk(loop))
    names = [one for one in own_nodes(code.scope(loop)) if isinstance(one, ast.Name) and one.id in grown]
    return any(_meets(code, one, loop, grown) for one in names if one not in inside)


def _meets(code: Code, node: ast.Name, loop: ast.For | ast.AsyncFor, grown: set[str]) -> bool:
    for around in code.around(node):
        if isinstance(around, ast.Call) and ast.unparse(around.func) in _JOINS:
            return any(_root(one) not in grown for one in around.args)
        if isinstance(around, ast.Call) and isinstance(around.func, ast.Attribute) and around.func.attr in _COLUMNS:
            return True
        if isinstance(around, ast.Dict):
            return any(isinstance(one, (ast.Name, ast.Subscript)) and _root(one) not in grown for one in around.values)
        if isinstance(around, ast.stmt):
            return _is_kept_in_step(around, loop)
    return False


def _is_kept_in_step(statement: ast.stmt, loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a statement gives a collection to where the items of the loop are: a column, an assertion, the caller."""
    if isinstance(statement, ast.Assign):
        return any(isinstance(one, ast.Subscript) for one in statement.targets)
    if isinstance(statement, ast.Return):
        counts = isinstance(loop.iter, ast.Call) and ast.unparse(loop.iter.func) == "range"
        return not counts or "len(" in ast.unparse(loop.iter)
    return isinstance(statement, ast.Assert)
