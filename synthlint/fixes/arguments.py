"""Edits of the arguments of a call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from synthlint.findings import Edit
from synthlint.fixes.code import Code

_LINE_END = re.compile(r"\s*,?\s*(#.*)?")


def keyword(call: ast.Call, names: Iterable[str]) -> ast.keyword | None:
    """The keyword argument of one of these names."""
    wanted = set(names)
    return next((one for one in call.keywords if one.arg in wanted), None)


def entry(call: ast.Call, name: str) -> ast.expr | None:
    """The value under a key of a dict that is written in the call."""
    return next((value for key, value in _entries(call) if key == name), None)


def _entries(call: ast.Call) -> Iterator[tuple[object, ast.expr]]:
    for one in call.keywords:
        if isinstance(one.value, ast.Dict):
            for key, value in zip(one.value.keys, one.value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield key.value, value


def removed(code: Code, call: ast.Call, argument: ast.keyword) -> Edit | None:
    """Delete an argument: its line when it has one, else with one comma.  None where comments stand between."""
    line, column, end, end_column = code.pos(argument)
    alone = not code.lines[line - 1][: column - 1].strip()
    if alone and _LINE_END.fullmatch(code.lines[end - 1][end_column - 1 :]):
        return code.edit((line, 1, end + 1, 1), "")
    everything = sorted([*call.args, *call.keywords], key=code.pos)
    at = everything.index(argument)
    if at:
        start = code.pos(everything[at - 1])[2:]
        return code.edit((*start, end, end_column), "") if _is_comma(code, start, (line, column)) else None
    if len(everything) > 1:
        stop = code.pos(everything[1])[:2]
        return code.edit((line, column, *stop), "") if _is_comma(code, (end, end_column), stop) else None
    return code.edit((line, column, end, end_column), "")


def _is_comma(code: Code, start: tuple[int, int], stop: tuple[int, int]) -> bool:
    if start[0] == stop[0]:
        return code.lines[start[0] - 1][start[1] - 1 : stop[1] - 1].strip() == ","
    first, last = code.lines[start[0] - 1][start[1] - 1 :], code.lines[stop[0] - 1][: stop[1] - 1]
    return "".join([first, *code.lines[start[0] : stop[0] - 1], last]).strip() == ","
