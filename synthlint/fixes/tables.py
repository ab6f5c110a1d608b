"""The tables that a check compares: what is written, what its generator was fitted on, and rows kept back from it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from synthlint.findings import Edit, Finding
from synthlint.fixes.base import Scene
from synthlint.fixes.code import LOOPS, Code, bound_names, own_nodes, used_names
from synthlint.fixes.paths import argument
from synthlint.flow.stages import Stage

_WRITES = ("pandas.DataFrame.to_", "pandas.core.frame.DataFrame.to_", "polars.DataFrame.write_")
_NAMES = ("synthetic", "generated_rows", "written")
Edits = list[Edit | None]


@dataclass(frozen=True, slots=True)
class Written:
    """A table just before it is written: its name, the statement before which a check stands, edits that name it."""

    code: Code
    name: str
    statement: ast.stmt
    named: str = ""
    edits: tuple[Edit | None, ...] = ()

    def checked(self, line: str) -> Edit | None:
        """The edit that puts a check before the write."""
        return self.code.before(self.statement, [*([self.named] if self.named else []), line])


def written(scene: Scene, stage: Stage) -> Written | None:
    """The table of a write outside loops, if the code shows it; one that is computed in the write gets a name."""
    found = scene.call(stage)
    if found is None or not stage.call.startswith(_WRITES) or scene.is_shared(stage):
        return None
    code, call = found
    if not isinstance(call.func, ast.Attribute) or code.enclosing(call, *LOOPS):
        return None
    receiver, statement = call.func.value, code.statement(call)
    if isinstance(receiver, ast.Name):
        return Written(code, receiver.id, _outside_files(code, statement, receiver.id))
    name = next((one for one in _NAMES if one not in code.names), None)
    plain = isinstance(statement, (ast.Expr, ast.Assign)) and not code.enclosing(receiver, ast.IfExp, ast.BoolOp)
    if name is None or not plain or receiver.lineno != receiver.end_lineno:
        return None
    return Written(code, name, statement, f"{name} = {code.text(receiver)}", (code.replace(receiver, name),))


def _outside_files(code: Code, statement: ast.stmt, name: str) -> ast.stmt:
    """The block that opens the file, so that a check that raises leaves no empty file."""
    parent = code.parents[statement]
    while isinstance(parent, ast.With) and name not in bound_names(parent):
        statement, parent = parent, code.parents[parent]
    return statement


def fitted(scene: Scene, finding: Finding, at: Written) -> str | None:
    """The name of the table that the generator was fitted on, if it means the same at the write."""
    generators = [one for one in scene.others(finding) if one.kind == "generate"]
    fits = [fit for one in generators for fit in scene.project.fits(one)]
    names = {_fitted(scene, one, at) for one in fits}
    return names.pop() if len(names) == 1 else None


def _fitted(scene: Scene, fit: Stage, at: Written) -> str | None:
    found = scene.call(fit)
    if found is None or found[0] is not at.code or at.code.scope(found[1]) is not at.code.scope(at.statement):
        return None
    node = argument(found[1], fit, fit.summary.data if fit.summary else ())
    if node is None and found[1].args:
        node = found[1].args[0]
    if not isinstance(node, ast.Name) or not _is_the_same(at.code, node.id, found[1], at.statement):
        return None
    return node.id


def _is_the_same(code: Code, name: str, first: ast.AST, last: ast.stmt) -> bool:
    """Whether a name has at a statement the value that it has at a node before it."""
    bindings = list(_bindings(code, name, last))
    between = [one for one in bindings if one.lineno >= code.statement(first).lineno]
    return bool(bindings) and not between and any(code.is_done(one, last) for one in bindings)


def _bindings(code: Code, name: str, before: ast.stmt) -> Iterator[ast.stmt]:
    """The statements that bind a name in the scope of a statement, up to it."""
    for node in code.bindings(name, code.scope(before)):
        statement = code.statement(node)
        if statement.lineno < before.lineno:
            yield statement


# -- rows kept back ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Given:
    """A name, the value that an assignment gives to it, and the assignment."""

    name: str
    value: ast.expr
    statement: ast.Assign


def control(real: str, at: Written) -> str | None:
    """The name of the other part of the table that `real` was cut from."""
    code, scope = at.code, at.code.scope(at.statement)
    given = [one for one in _given(scope) if one.statement.lineno < at.statement.lineno]
    own = next((one for one in reversed(given) if one.name == real), None)
    for other in given:
        once = other.name != real and len(code.bindings(other.name, scope)) == 1
        if own and once and code.is_done(other.statement, at.statement) and _are_parts(code, own, other):
            return other.name
    return None


def _given(scope: ast.AST) -> list[_Given]:
    """The names that plain assignments of a scope bind; of a call that cuts a table in two, both with the call."""
    out = []
    for node in own_nodes(scope):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        parts = value.elts if isinstance(value, ast.Tuple) else [value] * len(names)
        pairs = zip(names, parts, strict=False)
        out += [_Given(one.id, part, node) for one, part in pairs if isinstance(one, ast.Name)]
    return sorted(out, key=lambda one: one.statement.lineno)


def _are_parts(code: Code, own: _Given, other: _Given) -> bool:
    """Whether two assignments cut one table in two, with nothing else given to its name in between."""
    first, last = sorted((own.statement, other.statement), key=lambda one: one.lineno)
    scope = code.scope(first)
    for name in used_names(own.value) & used_names(other.value):
        bindings = [code.statement(one) for one in code.bindings(name, scope)]
        if first is not last and any(first.lineno <= one.lineno < last.lineno for one in bindings):
            return False
    return _is_rest(own.name, own.value, other.name, other.value)


def _is_rest(name: str, value: ast.expr, other: str, rest: ast.expr) -> bool:
    """Whether two values are the two parts of one table."""
    if value is rest:
        cut = isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] == "train_test_split"
        return cut and isinstance(value, ast.Call) and len(value.args) == 1
    if _are_slices(value, rest) or _are_slices(rest, value):
        return True
    return _is_dropped(name, value, rest) or _is_dropped(other, rest, value)


def _are_slices(head: ast.expr, tail: ast.expr) -> bool:
    """`table[:n]` and `table[n:]`."""
    if not (isinstance(head, ast.Subscript) and isinstance(tail, ast.Subscript)):
        return False
    a, b = head.slice, tail.slice
    if not (isinstance(a, ast.Slice) and isinstance(b, ast.Slice)) or a.lower or b.upper or a.step or b.step:
        return False
    same = ast.unparse(head.value) == ast.unparse(tail.value)
    return same and a.upper is not None and b.lower is not None and ast.unparse(a.upper) == ast.unparse(b.lower)


def _is_dropped(name: str, drawn: ast.expr, rest: ast.expr) -> bool:
    """`name = table.sample(...)` and `table.drop(name.index)`."""
    if not (isinstance(drawn, ast.Call) and isinstance(rest, ast.Call) and rest.args):
        return False
    a, b = drawn.func, rest.func
    if not (isinstance(a, ast.Attribute) and isinstance(b, ast.Attribute)) or (a.attr, b.attr) != ("sample", "drop"):
        return False
    return ast.unparse(a.value) == ast.unparse(b.value) and ast.unparse(rest.args[0]) == f"{name}.index"
