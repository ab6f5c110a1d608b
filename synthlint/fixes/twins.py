"""Which test rows belong to which training rows: the two parts of one split, through the same steps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from synthlint.fixes.code import Code, own_nodes

_STEPS = {"fit_transform": "transform"}


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """What an assignment gives to names."""

    names: list[str]
    value: ast.expr
    line: int

    @property
    def call(self) -> str:
        """The last part of the name of what is called."""
        return ast.unparse(self.value.func).split(".")[-1] if isinstance(self.value, ast.Call) else ""


def twins(code: Code, at: ast.AST) -> dict[str, str]:
    """Names of training rows → names of the test rows of the same split, as both are when `at` is reached."""
    scope = code.scope(at)
    before = [one for one in own_nodes(scope) if isinstance(one, ast.Assign) and code.is_done(one, at)]
    pairs = _Pairs([step for one in sorted(before, key=lambda one: one.lineno) for step in _steps(one)])
    return pairs.find()


def _steps(node: ast.Assign) -> Iterator[_Step]:
    """The steps of an assignment: `a, b = f(x), f(y)` are two."""
    target = node.targets[0]
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    names = [one.id for one in parts if isinstance(one, ast.Name)] if len(node.targets) == 1 else []
    values = node.value.elts if isinstance(node.value, ast.Tuple) else []
    if len(values) == len(names) == len(parts):
        yield from (_Step([name], value, node.lineno) for name, value in zip(names, values, strict=True))
    else:
        yield _Step(names, node.value, node.lineno)


class _Pairs:
    """Follows the steps of a scope in order; what only one of two parts goes through ends their being a pair."""

    def __init__(self, steps: list[_Step]) -> None:
        self._steps = steps
        self._found: dict[str, str] = {}
        self._matched: set[_Step] = set()

    def find(self) -> dict[str, str]:
        for one in self._steps:
            if one.call == "train_test_split":
                self._split(one)
            elif one.call == "fit_resample":
                self._resample(one)
            elif one not in self._matched:
                self._follow(one)
        return self._found

    def _split(self, step: _Step) -> None:
        self._forget(step.names)
        if isinstance(step.value, ast.Call) and step.value.args and len(step.names) == 2 * len(step.value.args):
            self._found |= dict(zip(step.names[::2], step.names[1::2], strict=True))

    def _resample(self, step: _Step) -> None:
        given = step.value.args if isinstance(step.value, ast.Call) else []
        known = [self._found.get(one.id) if isinstance(one, ast.Name) else None for one in given]
        self._forget(step.names)
        self._found |= {name: twin for name, twin in zip(step.names, known, strict=False) if twin is not None}

    def _follow(self, step: _Step) -> None:
        """`a = f(train)` beside `b = f(test)`."""
        known, other = dict(self._found), self._same_for_test(step)
        self._forget(step.names)
        if other is not None:
            self._matched.add(other)
            if known.get(step.names[0]) != other.names[0]:
                self._forget(other.names)
            self._found[step.names[0]] = other.names[0]

    def _same_for_test(self, step: _Step) -> _Step | None:
        wanted = _for_test(step.value, self._found)
        if wanted is None or len(step.names) != 1:
            return None
        after = self._steps[self._steps.index(step) + 1 :]
        return next((one for one in after if len(one.names) == 1 and ast.unparse(one.value) == wanted), None)

    def _forget(self, names: list[str]) -> None:
        gone = set(names)
        self._found = {name: twin for name, twin in self._found.items() if not {name, twin} & gone}


def _for_test(value: ast.expr, known: dict[str, str]) -> str | None:
    """The text of an expression when it takes the test part; None if it takes no training part."""
    changed = _Renamed(known)
    text = ast.unparse(changed.visit(ast.parse(ast.unparse(value), mode="eval")))
    return text if changed.hits else None


class _Renamed(ast.NodeTransformer):
    def __init__(self, known: dict[str, str]) -> None:
        self._known, self.hits = known, 0

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id in self._known:
            self.hits += 1
            return ast.Name(self._known[node.id], node.ctx)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.slice, ast.Constant) and node.slice.value == "train" and isinstance(node.value, ast.Name):
            self.hits += 1
            return ast.Subscript(node.value, ast.Constant("test"), node.ctx)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _STEPS:
            node.func = ast.Attribute(node.func.value, _STEPS[node.func.attr], ast.Load())
        return node
