"""The intermediate representation: Python reduced to what flow analysis reads.

Nodes are plain, picklable and carry positions `(line, column, end line, end column)`, 1-based, columns
in code points, the end exclusive.  Nothing above this package knows which parser made them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Pos = tuple[int, int, int, int]
NOWHERE: Pos = (0, 0, 0, 0)


@dataclass(slots=True)
class Const:
    value: Any
    pos: Pos


@dataclass(slots=True)
class Name:
    id: str
    pos: Pos


@dataclass(slots=True)
class Attr:
    obj: Expr
    name: str
    pos: Pos


@dataclass(slots=True)
class Item:
    obj: Expr
    index: Expr
    pos: Pos


@dataclass(slots=True)
class Slice:
    lower: Expr | None
    upper: Expr | None
    step: Expr | None
    pos: Pos


@dataclass(slots=True)
class Call:
    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str | None, Expr], ...]
    pos: Pos


@dataclass(slots=True)
class FString:
    parts: tuple[str | Expr, ...]
    pos: Pos


@dataclass(slots=True)
class BinOp:
    op: str
    left: Expr
    right: Expr
    pos: Pos


@dataclass(slots=True)
class Unary:
    op: str
    operand: Expr
    pos: Pos


@dataclass(slots=True)
class BoolOp:
    op: str
    values: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True)
class Compare:
    left: Expr
    ops: tuple[str, ...]
    rights: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True)
class IfExp:
    test: Expr
    body: Expr
    orelse: Expr
    pos: Pos


@dataclass(slots=True)
class Seq:
    """A list, tuple or set display."""

    kind: str
    items: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True)
class Dict:
    """A dict display; a pair whose key is None is a `**` spread."""

    items: tuple[tuple[Expr | None, Expr], ...]
    pos: Pos


@dataclass(slots=True)
class Clause:
    target: Expr
    iter: Expr
    ifs: tuple[Expr, ...]
    is_async: bool


@dataclass(slots=True)
class Comp:
    """A comprehension: kind is list, set, dict or generator; `key` only for a dict."""

    kind: str
    key: Expr | None
    elt: Expr
    clauses: tuple[Clause, ...]
    pos: Pos


@dataclass(slots=True)
class Lambda:
    params: tuple[Param, ...]
    body: Expr
    pos: Pos


@dataclass(slots=True)
class Await:
    value: Expr
    pos: Pos


@dataclass(slots=True)
class Yield:
    value: Expr | None
    is_from: bool
    pos: Pos


@dataclass(slots=True)
class Star:
    value: Expr
    pos: Pos


@dataclass(slots=True)
class Named:
    """`target := value`."""

    target: Expr
    value: Expr
    pos: Pos


@dataclass(slots=True)
class Param:
    """kind is `positional`, `any`, `vararg`, `keyword` or `kwarg`."""

    name: str
    kind: str
    default: Expr | None
    annotation: Expr | None


@dataclass(slots=True)
class Assign:
    """`targets = value`; an annotated assignment has one target and may have no value."""

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None
    pos: Pos


@dataclass(slots=True)
class AugAssign:
    target: Expr
    op: str
    value: Expr
    pos: Pos


@dataclass(slots=True)
class ExprStmt:
    value: Expr
    pos: Pos


@dataclass(slots=True)
class If:
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    pos: Pos


@dataclass(slots=True)
class For:
    target: Expr
    iter: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool
    pos: Pos


@dataclass(slots=True)
class While:
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    pos: Pos


@dataclass(slots=True)
class With:
    items: tuple[tuple[Expr, Expr | None], ...]
    body: tuple[Stmt, ...]
    is_async: bool
    pos: Pos


@dataclass(slots=True)
class Handler:
    type: Expr | None
    name: str | None
    body: tuple[Stmt, ...]
    pos: Pos


@dataclass(slots=True)
class Try:
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    pos: Pos


@dataclass(slots=True)
class Case:
    """One `case`: the names its pattern binds, the classes and constants it mentions are dropped."""

    names: tuple[str, ...]
    guard: Expr | None
    body: tuple[Stmt, ...]


@dataclass(slots=True)
class Match:
    subject: Expr
    cases: tuple[Case, ...]
    pos: Pos


@dataclass(slots=True)
class Return:
    value: Expr | None
    pos: Pos


@dataclass(slots=True)
class Raise:
    exc: Expr | None
    pos: Pos


@dataclass(slots=True)
class Jump:
    """kind is `break` or `continue`."""

    kind: str
    pos: Pos


@dataclass(slots=True)
class Assert:
    test: Expr
    pos: Pos


@dataclass(slots=True)
class Delete:
    targets: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True)
class Scope:
    """`global` or `nonlocal` names."""

    kind: str
    names: tuple[str, ...]
    pos: Pos


@dataclass(slots=True)
class Import:
    """`import a.b as c`: pairs of dotted name and the alias or None."""

    names: tuple[tuple[str, str | None], ...]
    pos: Pos


@dataclass(slots=True)
class ImportFrom:
    """`from ..module import name as alias`; `names` holds `("*", None)` for a star import."""

    module: str
    level: int
    names: tuple[tuple[str, str | None], ...]
    pos: Pos


@dataclass(slots=True)
class Function:
    name: str
    params: tuple[Param, ...]
    body: tuple[Stmt, ...]
    decorators: tuple[Expr, ...]
    returns: Expr | None
    is_async: bool
    is_generator: bool
    doc: str | None
    pos: Pos


@dataclass(slots=True)
class Class:
    name: str
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str | None, Expr], ...]
    body: tuple[Stmt, ...]
    decorators: tuple[Expr, ...]
    doc: str | None
    pos: Pos


@dataclass(slots=True)
class Module:
    body: tuple[Stmt, ...]
    doc: str | None


Expr: TypeAlias = (
    Const | Name | Attr | Item | Slice | Call | FString | BinOp | Unary | BoolOp | Compare | IfExp | Seq | Dict
    | Comp | Lambda | Await | Yield | Star | Named
)  # fmt: skip
Stmt: TypeAlias = (
    Assign | AugAssign | ExprStmt | If | For | While | With | Try | Match | Return | Raise | Jump | Assert | Delete
    | Scope | Import | ImportFrom | Function | Class
)  # fmt: skip
