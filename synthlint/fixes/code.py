"""One file as fixers see it: the syntax tree, text and positions, and edits in the file's own places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from synthlint.findings import Edit, Place
from synthlint.sources.text import Source
from synthlint.syntax.ir import Pos

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module
LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Code:
    """The program of a file.  Raises SyntaxError where this Python cannot parse it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lines = source.program.split("\n")
        self.tree = ast.parse(source.program)

    # -- positions and text ---------------------------------------------------------------------------
    def pos(self, node: ast.AST) -> Pos:
        """Start and end of a node, 1-based, in code points, the end exclusive."""
        line, end = node.lineno, node.end_lineno or node.lineno  # type: ignore[attr-defined]
        return line, self._column(line, node.col_offset), end, self._column(end, node.end_col_offset)  # type: ignore[attr-defined]

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1]
        return (offset if text.isascii() else len(text.encode()[:offset].decode())) + 1

    def text(self, node: ast.AST) -> str:
        """The source of a node."""
        line, column, end, end_column = self.pos(node)
        if line == end:
            return self.lines[line - 1][column - 1 : end_column - 1]
        first, last = self.lines[line - 1][column - 1 :], self.lines[end - 1][: end_column - 1]
        return "\n".join([first, *self.lines[line : end - 1], last])

    # -- the tree ---------------------------------------------------------------------------------------
    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the innermost."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def call_at(self, pos: Pos) -> ast.Call | None:
        """The call that stands at a position of the program."""
        return self._calls.get(pos)

    @cached_property
    def _calls(self) -> dict[Pos, ast.Call]:
        return {self.pos(node): node for node in ast.walk(self.tree) if isinstance(node, ast.Call)}

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that holds a node."""
        return next(one for one in (node, *self.around(node)) if isinstance(one, ast.stmt))

    def scope(self, node: ast.AST) -> Scope:
        """The function or module that a node is run in."""
        return next(one for one in self.around(node) if isinstance(one, Scope))

    def enclosing(self, node: ast.AST, *kinds: type[ast.AST]) -> list[ast.AST]:
        """Nodes of some kinds around a node within its scope, from the innermost."""
        out = []
        for one in self.around(node):
            if isinstance(one, Scope):
                break
            if isinstance(one, kinds):
                out.append(one)
        return out

    def body_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """The block of statements that a statement stands in."""
        parent = self.parents[statement]
        for name in ("body", "orelse", "finalbody", "handlers"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and statement in block:
                return block
        return []

    def bindings(self, name: str, scope: ast.AST) -> list[ast.AST]:
        """The nodes that bind a name in a scope, parameters included."""
        return [node for node in own_nodes(scope) if name in _binds(node)]

    def is_done(self, statement: ast.stmt, at: ast.AST) -> bool:
        """Whether a statement has been carried out whenever a later one of its scope is reached."""
        parent = self.parents[statement]
        while isinstance(parent, (ast.With, ast.AsyncWith)) and parent not in self.around(at):
            statement, parent = parent, self.parents[parent]
        inside = next((one for one in (at, *self.around(at)) if self.parents.get(one) is parent), None)
        block = self.body_of(statement)
        return isinstance(inside, ast.stmt) and inside in block and block.index(statement) < block.index(inside)

    def bound(self, node: ast.AST) -> frozenset[str]:
        """The names that are bound in a part of a scope."""
        return frozenset(name for one in (node, *own_nodes(node)) for name in _binds(one))

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that the file binds, at any place."""
        return frozenset(bound_names(self.tree))

    def assigned(self, name: str, scope: ast.AST) -> list[ast.expr]:
        """What plain assignments give to a name in a scope; empty when it is also bound in another way."""
        values: list[ast.expr] = []
        plain: set[ast.AST] = set()
        nodes = list(own_nodes(scope))
        for node in nodes:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                targets = [node.target]
            own = [one for one in targets if isinstance(one, ast.Name) and one.id == name]
            plain.update(own)
            if own:
                values.append(node.value)  # type: ignore[attr-defined]
        other = any(node not in plain and name in _binds(node) for node in nodes)
        return [] if other else values

    # -- edits ------------------------------------------------------------------------------------------
    def replace(self, node: ast.AST, text: str) -> Edit | None:
        """Replace a node."""
        return self.edit(self.pos(node), text)

    def insert(self, point: tuple[int, int], text: str) -> Edit | None:
        """Insert text at a point of the program."""
        return self.edit((*point, *point), text)

    def edit(self, pos: Pos, text: str) -> Edit | None:
        """Replace a stretch of the program; None where the file does not hold it as it stands there."""
        place = self.source.place(pos)
        if place.cell is not None and not self._plain(pos, place):
            return None
        return Edit(place.path, (place.line, place.column), (place.end_line, place.end_column), text, place.cell)

    def _plain(self, pos: Pos, place: Place) -> bool:
        """Whether the lines of a stretch are the same in the cell of a notebook and in the program."""
        own = self.source.lines(place)[place.line - 1 : place.end_line]
        return own == self.lines[pos[0] - 1 : pos[2]]

    def wrap(self, node: ast.AST, name: str) -> list[Edit | None]:
        """`name(node)`."""
        line, column, end, end_column = self.pos(node)
        if isinstance(node, ast.GeneratorExp) and self._is_only_argument(node):
            return [None]
        return [self.insert((line, column), f"{name}("), self.insert((end, end_column), ")")]

    def _is_only_argument(self, node: ast.GeneratorExp) -> bool:
        parent = self.parents[node]
        return isinstance(parent, ast.Call) and self.pos(parent)[2:] == self.pos(node)[2:]

    def indent(self, statement: ast.stmt) -> str:
        """The white space before a statement that is the first on its line."""
        line = self.lines[statement.lineno - 1]
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def unit(self, statement: ast.stmt) -> str:
        """One step of indentation, as it is around a statement, or else in the file."""
        outer = next((one for one in self.around(statement) if isinstance(one, ast.stmt)), None)
        own, base = self.indent(statement), self.indent(outer) if outer is not None else ""
        if len(own) > len(base) and own.startswith(base):
            return own[len(base) :]
        for line in self.lines:
            if line.startswith("\t"):
                return "\t"
            if match := re.match(r" {2,8}(?=\S)", line):
                return match.group()
        return "    "

    def moved(self, statement: ast.stmt, node: ast.expr) -> str:
        """The text of an expression as it looks at the indentation of a statement."""
        first, *rest = self.text(node).split("\n")
        held = {line - node.lineno for one in ast.walk(node) for line in string_lines(one)}
        line = self.lines[node.lineno - 1]
        surplus = line[: len(line) - len(line.lstrip())].removeprefix(self.indent(statement))
        return "\n".join([first, *(_without(one, surplus, at + 1 in held) for at, one in enumerate(rest))])

    def starts_line(self, statement: ast.stmt) -> bool:
        """Whether nothing but white space stands before a statement."""
        return self.pos(statement)[1] - 1 == len(self.indent(statement))

    def ends_line(self, statement: ast.stmt) -> bool:
        """Whether nothing but a comment stands after a statement."""
        _, _, line, column = self.pos(statement)
        rest = self.lines[line - 1][column - 1 :].strip()
        return not rest or rest.startswith("#")

    def after(self, statement: ast.stmt, lines: Sequence[str]) -> Edit | None:
        """Insert lines after a statement, indented as it is; comments that belong to its block stay before."""
        if not (self.starts_line(statement) and self.ends_line(statement)):
            return None
        at, indent = statement.end_lineno or statement.lineno, self.indent(statement)
        while at < len(self.lines) and self._is_inner_comment(self.lines[at], indent):
            at += 1
        text = "".join(f"\n{indent}{line}" for line in lines)
        return self.insert((at, len(self.lines[at - 1]) + 1), text)

    def _is_inner_comment(self, line: str, indent: str) -> bool:
        body = line.lstrip(" \t")
        return body.startswith("#") and len(line) - len(body) > len(indent)

    def before(self, statement: ast.stmt, lines: Sequence[str]) -> Edit | None:
        """Insert lines before a statement, indented as it is."""
        if not self.starts_line(statement):
            return None
        line, column, _, _ = self.pos(statement)
        return self.insert((line, column), "".join(f"{one}\n{self.indent(statement)}" for one in lines))


def _without(line: str, surplus: str, held: bool) -> str:
    body = line.lstrip(" \t")
    indent = line[: len(line) - len(body)]
    return line if held or not indent.endswith(surplus) else indent[: len(indent) - len(surplus)] + body


def string_lines(node: ast.AST) -> range:
    """The lines of a string after its first."""
    if not isinstance(node, (ast.JoinedStr, ast.Constant)):
        return range(0)
    return range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of functions and classes in it."""
    todo = list(ast.iter_child_nodes(scope))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)


def _binds(node: ast.AST) -> set[str]:
    """The names that one node binds."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return {node.id}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.alias):
        return {node.asname or node.name.split(".")[0]}
    if isinstance(node, ast.arg):
        return {node.arg}
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return set(node.names)
    if isinstance(node, ast.ExceptHandler):
        return {node.name} if node.name else set()
    return set()


def bound_names(node: ast.AST) -> set[str]:
    """All names that are bound anywhere in a tree."""
    return set().union(*(_binds(one) for one in ast.walk(node)))


def used_names(node: ast.AST) -> set[str]:
    """All names that an expression reads."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
