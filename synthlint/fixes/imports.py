"""Adding `from synthlint.runtime import ...` where imports live."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence

from synthlint.findings import Edit
from synthlint.fixes.code import Code

MODULE = "synthlint.runtime"


def runtime(code: Code, name: str) -> tuple[str, list[Edit | None]]:
    """The name by which a file calls a function of the runtime, and the edits that import it."""
    for node in _imports(code.tree.body):
        if isinstance(node, ast.ImportFrom) and node.module == MODULE and not node.level:
            for one in node.names:
                if one.name == name:
                    return one.asname or name, []
    local = name if name not in code.names else f"synthlint_{name}"
    wanted = name if local == name else f"{name} as {local}"
    return local, [_merged(code, name, wanted) or _new(code, f"from {MODULE} import {wanted}")]


def _imports(body: Sequence[ast.stmt]) -> list[ast.Import | ast.ImportFrom]:
    return [one for one in body if isinstance(one, (ast.Import, ast.ImportFrom))]


def _merged(code: Code, name: str, wanted: str) -> Edit | None:
    """Add the name to an import that is there, in the order of the alphabet."""
    for node in _imports(code.tree.body):
        if isinstance(node, ast.ImportFrom) and node.module == MODULE and not node.level and node.names[0].name != "*":
            later = next((one for one in node.names if _order(one.name) > _order(name)), None)
            if later is not None:
                return code.insert(code.pos(later)[:2], f"{wanted}, ")
            return code.insert(code.pos(node.names[-1])[2:], f", {wanted}")
    return None


def _order(name: str) -> tuple[int, str]:
    """As isort has it: constants, classes, functions."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def _new(code: Code, line: str) -> Edit | None:
    """A line of its own among the first imports; before the first statement when there is none."""
    block = _first_block(code)
    if not block:
        return _at_top(code, line)
    third = [one for one in block if not _is_standard(one) and not _is_relative(one)]
    before = [one for one in third if isinstance(one, ast.Import) or (one.module or "") < MODULE]
    if before:
        return code.after(before[-1], [line])
    if third:
        return code.before(third[0], [line])
    standard = [one for one in block if _is_standard(one)]
    if not standard:
        return code.before(block[0], [line, ""])
    return code.after(standard[-1], ["", line])


def _first_block(code: Code) -> list[ast.Import | ast.ImportFrom]:
    """The first run of imports at the top level, without those from `__future__`."""
    block: list[ast.Import | ast.ImportFrom] = []
    for one in code.tree.body:
        if isinstance(one, (ast.Import, ast.ImportFrom)):
            if not (isinstance(one, ast.ImportFrom) and one.module == "__future__"):
                block.append(one)
        elif block:
            break
    return block


def _at_top(code: Code, line: str) -> Edit | None:
    body = code.tree.body
    heads = [one for one in body[:2] if _is_head(one)]
    if heads:
        return code.after(heads[-1], ["", line])
    return code.before(body[0], [line, ""]) if body else None


def _is_head(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_relative(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and bool(node.level)


def _is_standard(node: ast.Import | ast.ImportFrom) -> bool:
    name = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
    return not _is_relative(node) and name.split(".")[0] in sys.stdlib_module_names
