"""Where a write ends: the path as the code names it, and the statement after which the file is complete."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from synthlint.fixes.code import LOOPS, Code, bound_names, own_nodes, used_names
from synthlint.flow.stages import Stage

_OPENERS = ("open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "aiofiles.open", "jsonlines.open")
_PURE_CALLS = ("Path", "pathlib.Path", "str", "os.path.join", "os.path.abspath", "os.path.expanduser", "os.fspath")
_PURE_METHODS = ("format", "strip", "joinpath", "with_suffix", "with_name", "absolute", "resolve", "expanduser")
_FILE_CALLS = ("to_", "write_", "save", "dump", "writerow")
_NO_FILES = ("to_sql", "to_gbq", "to_dict", "to_records", "to_clipboard")


@dataclass(frozen=True, slots=True)
class Target:
    """The path of a written file and the statement that completes it."""

    path: ast.expr
    closing: ast.stmt


def target(code: Code, call: ast.Call, stage: Stage) -> Target | None:
    """Where a write goes; None where the code does not show it with certainty."""
    found = _direct(code, call, stage) or _through_handle(code, call, stage)
    if found is None or not _pure(found.path) or _leaves(found.closing):
        return None
    scope, names = code.scope(call), used_names(found.path)
    first, last = code.statement(found.path).lineno, found.closing.end_lineno or 0
    if names & _rebound(scope, first, last):
        return None
    return Target(found.path, _outside(code, found.closing, names))


def _direct(code: Code, call: ast.Call, stage: Stage) -> Target | None:
    """`frame.to_csv(path)`, `np.save(path, rows)`, `path.write_text(text)`."""
    statement = code.statement(call)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in ("write_text", "write_bytes") and isinstance(call.func, ast.Attribute):
        return Target(call.func.value, statement)
    if not name.startswith(_FILE_CALLS) or name in _NO_FILES:
        return None
    path = argument(call, stage, stage.summary.path if stage.summary else ())
    if path is None or _is_handle(code, path):
        return None
    return Target(path, statement)


def argument(call: ast.Call, stage: Stage, references: Iterable[str]) -> ast.expr | None:
    """The argument of a call that a row of its API model names."""
    params = stage.summary.params if stage.summary else ()
    for one in references:
        for keyword in call.keywords:
            if keyword.arg == one:
                return keyword.value
        at = params.index(one) if one in params else len(call.args)
        if at < len(call.args) and not any(isinstance(arg, ast.Starred) for arg in call.args[: at + 1]):
            return call.args[at]
    return None


def _is_handle(code: Code, node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return opened(node) is not None
    return isinstance(node, ast.Name) and _handle(code, node, node.id) is not None


# -- handles -----------------------------------------------------------------------------------------
def _through_handle(code: Code, call: ast.Call, stage: Stage) -> Target | None:
    """`file.write(text)`, `json.dump(rows, file)`, `writer.writerow(row)`, `print(text, file=file)`."""
    for name in _handles(code, call):
        found = _handle(code, call, name)
        if found is not None:
            return found
    return None


def _handles(code: Code, call: ast.Call) -> Iterator[str]:
    """Names that may be the open file of a write."""
    nodes = [*reversed(call.args), *(one.value for one in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        nodes = [call.func.value, *nodes]
    for node in nodes:
        if isinstance(node, ast.Name):
            yield node.id
            for value in code.assigned(node.id, code.scope(call)):
                if isinstance(value, ast.Call):
                    yield from (one.id for one in value.args if isinstance(one, ast.Name))


def _handle(code: Code, node: ast.AST, name: str) -> Target | None:
    for around in code.enclosing(node, ast.With, ast.AsyncWith):
        for item in around.items:  # type: ignore[attr-defined]
            named = isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name
            path = opened(item.context_expr) if named else None
            if path is not None and isinstance(around, ast.stmt):
                return Target(path, around)
    values = code.assigned(name, code.scope(node))
    path = opened(values[0]) if len(values) == 1 else None
    closing = _close(code, node, name) if path is not None else None
    return Target(path, closing) if path is not None and closing is not None else None


def opened(node: ast.expr) -> ast.expr | None:
    """The path that an expression opens."""
    if isinstance(node, ast.Await):
        node = node.value
    if not isinstance(node, ast.Call):
        return None
    name = ast.unparse(node.func)
    if name in _OPENERS:
        return next((one.value for one in node.keywords if one.arg == "file"), node.args[0] if node.args else None)
    if isinstance(node.func, ast.Attribute) and node.func.attr == "open" and name not in ("os.open", "Image.open"):
        return node.func.value
    return None


def _close(code: Code, node: ast.AST, name: str) -> ast.stmt | None:
    """The one statement that closes a file, after the write."""
    found = [
        one
        for one in own_nodes(code.scope(node))
        if isinstance(one, ast.Expr) and ast.unparse(one.value) in (f"{name}.close()", f"await {name}.close()")
    ]
    return found[0] if len(found) == 1 and found[0].lineno > getattr(node, "lineno", 0) else None


# -- what may be said once more, and where ------------------------------------------------------------------
def _pure(node: ast.expr) -> bool:
    """Whether an expression can be evaluated again with the same result."""
    return all(_pure_node(one) for one in ast.walk(node))


def _pure_node(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        return name in _PURE_CALLS or (isinstance(node.func, ast.Attribute) and node.func.attr in _PURE_METHODS)
    return not isinstance(node, (ast.NamedExpr, ast.Await, ast.Yield, ast.Lambda, ast.Starred))


def _rebound(scope: ast.AST, first: int, last: int) -> set[str]:
    """Names that are bound in a scope between two lines."""
    out: set[str] = set()
    for node in own_nodes(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and first < node.lineno <= last:
            out.add(node.id)
    return out


def _outside(code: Code, statement: ast.stmt, names: set[str]) -> ast.stmt:
    """The outermost loop that adds to the same file, so that one manifest describes all of it."""
    for loop in code.enclosing(statement, *LOOPS):
        if not isinstance(loop, ast.stmt) or names & bound_names(loop) or _leaves(loop):
            break
        statement = loop
    return statement


def _leaves(node: ast.stmt) -> bool:
    """Whether what follows a statement is never reached from it."""
    if isinstance(node, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
        return True
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return _leaves(node.body[-1])
    if isinstance(node, ast.If):
        return bool(node.orelse) and _leaves(node.body[-1]) and _leaves(node.orelse[-1])
    if isinstance(node, ast.Try):
        return _leaves((node.orelse or node.body)[-1]) and all(_leaves(one.body[-1]) for one in node.handlers)
    if isinstance(node, ast.While):
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        return endless and not any(isinstance(one, ast.Break) for one in own_nodes(node))
    return False
