"""Lower libcst trees to the same IR: the way in for syntax that is newer than the running Python.

A typed walk over the fields that carry meaning; ten times slower than `from_ast`, so used only when that fails.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from synthlint.syntax import ir

_OPS: dict[type, str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%",
    cst.Power: "**", cst.MatrixMultiply: "@", cst.LeftShift: "<<", cst.RightShift: ">>", cst.BitOr: "|",
    cst.BitAnd: "&", cst.BitXor: "^", cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*",
    cst.DivideAssign: "/", cst.FloorDivideAssign: "//", cst.ModuloAssign: "%", cst.PowerAssign: "**",
    cst.MatrixMultiplyAssign: "@", cst.LeftShiftAssign: "<<", cst.RightShiftAssign: ">>", cst.BitOrAssign: "|",
    cst.BitAndAssign: "&", cst.BitXorAssign: "^", cst.Equal: "==", cst.NotEqual: "!=", cst.LessThan: "<",
    cst.LessThanEqual: "<=", cst.GreaterThan: ">", cst.GreaterThanEqual: ">=", cst.Is: "is", cst.IsNot: "is not",
    cst.In: "in", cst.NotIn: "not in", cst.Not: "not", cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~",
    cst.And: "and", cst.Or: "or",
}  # fmt: skip
_SINGLETONS: dict[str, Any] = {"True": True, "False": False, "None": None}
_COMP_KINDS: dict[type, str] = {
    cst.ListComp: "list", cst.SetComp: "set", cst.GeneratorExp: "generator", cst.DictComp: "dict",
}  # fmt: skip
_ESCAPED = re.compile(r"\\.|[\"']", re.DOTALL)
_Point = tuple[int, int]


def lower(text: str) -> ir.Module:
    """Parse `text` and lower it.  Raises libcst.ParserSyntaxError, ValueError or RecursionError when it cannot.

    Deep nesting kills libcst's parser: ask `sources.nesting.too_deep` first, and call this on a deep stack.
    """
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    return _Lowerer(wrapper.resolve(PositionProvider)).module(wrapper.module)


class _Lowerer:
    def __init__(self, ranges: Any) -> None:
        self.ranges = ranges
        self.yields = False
        self.ends: dict[Any, _Point] = {}

    # -- positions -----------------------------------------------------------------------------------
    def start(self, node: Any) -> _Point:
        """Where a node starts, 1-based, its own parentheses included."""
        point = self.ranges[node.lpar[0] if getattr(node, "lpar", ()) else node].start
        return (point.line, point.column + 1)

    def end(self, node: Any) -> _Point:
        point = self.ranges[node.rpar[-1] if getattr(node, "rpar", ()) else node].end
        return (point.line, point.column + 1)

    def pos(self, node: Any) -> ir.Pos:
        """The stretch of a node without the parentheses around it."""
        found = self.ranges[node]
        return (found.start.line, found.start.column + 1, found.end.line, found.end.column + 1)

    def enclosed(self, node: Any) -> ir.Pos:
        """The stretch of a tuple or generator, which owns its innermost parentheses."""
        if not node.lpar:
            return self.pos(node)
        first, last = self.ranges[node.lpar[-1]].start, self.ranges[node.rpar[0]].end
        return (first.line, first.column + 1, last.line, last.column + 1)

    # -- module, blocks ------------------------------------------------------------------------------
    def module(self, tree: cst.Module) -> ir.Module:
        body = self.block(tree)
        return ir.Module(body, self.doc(tree))

    def block(self, suite: Any) -> tuple[ir.Stmt, ...]:
        out: list[ir.Stmt] = []
        for node in _simple(suite):
            method = _STMTS.get(type(node))
            if method is not None:
                out.append(method(self, node))
                self.ends[node] = out[-1].pos[2:]
        return tuple(out)

    def doc(self, suite: Any) -> str | None:
        """The string that a block starts with."""
        first = next(_simple(suite), None)
        if not isinstance(first, cst.Expr) or not isinstance(first.value, cst.SimpleString | cst.ConcatenatedString):
            return None
        value = self.expr(first.value)
        return value.value if isinstance(value, ir.Const) and isinstance(value.value, str) else None

    # -- expressions ---------------------------------------------------------------------------------
    def expr(self, node: Any) -> ir.Expr:
        method = _EXPRS.get(type(node))
        if method is None:
            return ir.Const(None, self.pos(node))
        result: ir.Expr = method(self, node)
        return result

    def maybe(self, node: Any) -> ir.Expr | None:
        return None if node is None else self.expr(node)

    def exprs(self, nodes: Iterable[Any]) -> tuple[ir.Expr, ...]:
        return tuple([self.expr(node) for node in nodes])

    def name(self, node: cst.Name) -> ir.Expr:
        if node.value in _SINGLETONS:
            return ir.Const(_SINGLETONS[node.value], self.pos(node))
        return ir.Name(_name(node), self.pos(node))

    def number(self, node: cst.Integer | cst.Float | cst.Imaginary) -> ir.Expr:
        return ir.Const(ast.literal_eval(node.value), self.pos(node))

    def ellipsis(self, node: cst.Ellipsis) -> ir.Expr:
        return ir.Const(..., self.pos(node))

    def attribute(self, node: cst.Attribute) -> ir.Expr:
        return ir.Attr(self.expr(node.value), _name(node.attr), self.pos(node))

    def subscript(self, node: cst.Subscript) -> ir.Expr:
        return ir.Item(self.expr(node.value), self.index(node.slice), self.pos(node))

    def index(self, elements: Sequence[cst.SubscriptElement]) -> ir.Expr:
        """One index, or a tuple of them as long as a comma makes it one."""
        items = tuple([self.element(one.slice) for one in elements])
        comma = elements[-1].comma
        starred = isinstance(elements[0].slice, cst.Index) and elements[0].slice.star is not None
        if len(items) == 1 and not isinstance(comma, cst.Comma) and not starred:
            return items[0]
        first, last = elements[0].slice, elements[-1].slice
        end = self.before(comma.whitespace_after) if isinstance(comma, cst.Comma) else self.slice_end(last)
        return ir.Seq("tuple", items, (*self.slice_start(first), *end))

    def element(self, node: cst.Index | cst.Slice | Any) -> ir.Expr:
        if isinstance(node, cst.Index):
            value = self.expr(node.value)
            return ir.Star(value, (*self.slice_start(node), *self.end(node.value))) if node.star else value
        parts = (self.maybe(node.lower), self.maybe(node.upper), self.maybe(node.step))
        return ir.Slice(*parts, (*self.slice_start(node), *self.slice_end(node)))

    def slice_start(self, node: Any) -> _Point:
        if isinstance(node, cst.Slice):
            return self.start(node.lower or node.first_colon)
        return self.start(node) if node.star else self.start(node.value)

    def slice_end(self, node: Any) -> _Point:
        if isinstance(node, cst.Index):
            return self.end(node.value)
        if node.step is not None:
            return self.end(node.step)
        if isinstance(node.second_colon, cst.Colon):
            return self.before(node.second_colon.whitespace_after)
        return self.end(node.upper) if node.upper is not None else self.before(node.first_colon.whitespace_after)

    def before(self, whitespace: Any) -> _Point:
        """Where white space starts: the end of the mark that it follows."""
        point = self.ranges[whitespace].start
        return (point.line, point.column + 1)

    def call(self, node: cst.Call) -> ir.Expr:
        args = tuple([self.argument(one, node) for one in node.args if one.keyword is None and one.star != "**"])
        return ir.Call(self.expr(node.func), args, self.keywords(node.args), self.pos(node))

    def argument(self, node: cst.Arg, call: cst.Call | None = None) -> ir.Expr:
        value = self.expr(node.value)
        if node.star:
            return ir.Star(value, (*self.start(node), *self.end(node.value)))
        if call is not None and isinstance(value, ir.Comp) and value.kind == "generator" and not _parens(node.value):
            line, column = self.before(call.whitespace_before_args)
            value.pos = (line, column - 1, *self.end_of_call(call))
        return value

    def end_of_call(self, call: cst.Call) -> _Point:
        point = self.ranges[call].end
        return (point.line, point.column + 1)

    def keywords(self, args: Iterable[cst.Arg]) -> tuple[tuple[str | None, ir.Expr], ...]:
        named = [one for one in args if one.keyword is not None or one.star == "**"]
        return tuple([(_name(one.keyword) if one.keyword else None, self.expr(one.value)) for one in named])

    # -- strings -------------------------------------------------------------------------------------
    def string(self, node: Any) -> ir.Expr:
        """A literal, or literals side by side; one template among them makes all of them a template."""
        leaves = list(_leaves(node))
        if all(isinstance(one, cst.SimpleString) for one in leaves):
            values = [ast.literal_eval(one.value) for one in leaves]
            return ir.Const(type(values[0])().join(values), self.pos(node))
        parts: list[str | ir.Expr] = []
        for one in leaves:
            for part in [ast.literal_eval(one.value)] if isinstance(one, cst.SimpleString) else self.template(one):
                if isinstance(part, str) and parts and isinstance(parts[-1], str):
                    parts[-1] += part
                elif part != "":
                    parts.append(part)
        return ir.FString(tuple(parts), self.pos(node))

    def template(self, node: Any) -> Iterator[str | ir.Expr]:
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText | cst.TemplatedStringText):
                yield _literal(node.start, part.value, node.end)
                continue
            if part.equal is not None:
                yield _shown(part)
            yield self.expr(part.expression)

    # -- operators, displays -------------------------------------------------------------------------
    def binop(self, node: cst.BinaryOperation) -> ir.Expr:
        return ir.BinOp(_OPS[type(node.operator)], self.expr(node.left), self.expr(node.right), self.pos(node))

    def unary(self, node: cst.UnaryOperation) -> ir.Expr:
        operand = self.expr(node.expression)
        minus = isinstance(node.operator, cst.Minus)
        if minus and isinstance(operand, ir.Const) and type(operand.value) in (int, float):
            return ir.Const(-operand.value, self.pos(node))
        return ir.Unary(_OPS[type(node.operator)], operand, self.pos(node))

    def boolop(self, node: cst.BooleanOperation) -> ir.Expr:
        values = [node.right]
        left: Any = node.left
        while isinstance(left, cst.BooleanOperation) and not left.lpar and type(left.operator) is type(node.operator):
            values.append(left.right)
            left = left.left
        return ir.BoolOp(_OPS[type(node.operator)], self.exprs([left, *reversed(values)]), self.pos(node))

    def compare(self, node: cst.Comparison) -> ir.Expr:
        ops = tuple([_OPS[type(one.operator)] for one in node.comparisons])
        rights = self.exprs(one.comparator for one in node.comparisons)
        return ir.Compare(self.expr(node.left), ops, rights, self.pos(node))

    def ifexp(self, node: cst.IfExp) -> ir.Expr:
        return ir.IfExp(self.expr(node.test), self.expr(node.body), self.expr(node.orelse), self.pos(node))

    def list_(self, node: cst.List) -> ir.Expr:
        return ir.Seq("list", self.items(node.elements), self.pos(node))

    def set_(self, node: cst.Set) -> ir.Expr:
        return ir.Seq("set", self.items(node.elements), self.pos(node))

    def tuple_(self, node: cst.Tuple) -> ir.Expr:
        items = self.items(node.elements)
        if node.lpar or not node.elements:
            return ir.Seq("tuple", items, self.enclosed(node))
        last = node.elements[-1]
        comma = last.comma
        end = self.before(comma.whitespace_after) if isinstance(comma, cst.Comma) else self.element_end(last)
        return ir.Seq("tuple", items, (*self.element_start(node.elements[0]), *end))

    def items(self, elements: Iterable[Any]) -> tuple[ir.Expr, ...]:
        return tuple(
            [self.starred(one) if isinstance(one, cst.StarredElement) else self.expr(one.value) for one in elements]
        )

    def element_start(self, node: Any) -> _Point:
        return self.start(node) if isinstance(node, cst.StarredElement) else self.start(node.value)

    def element_end(self, node: Any) -> _Point:
        return self.end(node.value)

    def starred(self, node: cst.StarredElement) -> ir.Expr:
        return ir.Star(self.expr(node.value), (*self.start(node), *self.end(node.value)))

    def dict_(self, node: cst.Dict) -> ir.Expr:
        pairs = [(self.maybe(getattr(one, "key", None)), self.expr(one.value)) for one in node.elements]
        return ir.Dict(tuple(pairs), self.pos(node))

    def comprehension(self, node: Any) -> ir.Expr:
        is_dict = isinstance(node, cst.DictComp)
        pos = self.enclosed(node) if isinstance(node, cst.GeneratorExp) else self.pos(node)
        key, elt = (self.expr(node.key), node.value) if is_dict else (None, node.elt)
        return ir.Comp(_COMP_KINDS[type(node)], key, self.expr(elt), tuple(self.clauses(node.for_in)), pos)

    def clauses(self, node: cst.CompFor | None) -> Iterator[ir.Clause]:
        while node is not None:
            ifs = self.exprs(one.test for one in node.ifs)
            yield ir.Clause(self.expr(node.target), self.expr(node.iter), ifs, node.asynchronous is not None)
            node = node.inner_for_in

    def lambda_(self, node: cst.Lambda) -> ir.Expr:
        return ir.Lambda(self.params(node.params), self.expr(node.body), self.pos(node))

    def await_(self, node: cst.Await) -> ir.Expr:
        return ir.Await(self.expr(node.expression), self.pos(node))

    def yield_(self, node: cst.Yield) -> ir.Expr:
        self.yields = True
        if isinstance(node.value, cst.From):
            return ir.Yield(self.expr(node.value.item), True, self.pos(node))
        return ir.Yield(self.maybe(node.value), False, self.pos(node))

    def named(self, node: cst.NamedExpr) -> ir.Expr:
        return ir.Named(self.expr(node.target), self.expr(node.value), self.pos(node))

    # -- simple statements ---------------------------------------------------------------------------
    def exprstmt(self, node: cst.Expr) -> ir.Stmt:
        value = self.expr(node.value)
        return ir.ExprStmt(value, self.around(node.value, value))

    def around(self, node: Any, value: ir.Expr) -> ir.Pos:
        """The stretch of an expression with all its parentheses."""
        if getattr(node, "lpar", ()):
            return (*self.start(node), *self.end(node))
        return value.pos

    def assign(self, node: cst.Assign) -> ir.Stmt:
        targets = self.exprs(one.target for one in node.targets)
        value = self.expr(node.value)
        start, end = self.around(node.targets[0].target, targets[0])[:2], self.around(node.value, value)[2:]
        return ir.Assign(targets, value, None, (*start, *end))

    def annassign(self, node: cst.AnnAssign) -> ir.Stmt:
        value, annotation = self.maybe(node.value), self.expr(node.annotation.annotation)
        return ir.Assign((self.expr(node.target),), value, annotation, self.pos(node))

    def augassign(self, node: cst.AugAssign) -> ir.Stmt:
        value = self.expr(node.value)
        pos = (*self.start(node.target), *self.around(node.value, value)[2:])
        return ir.AugAssign(self.expr(node.target), _OPS[type(node.operator)], value, pos)

    def to(self, node: Any, part: Any, value: ir.Expr | None) -> ir.Pos:
        """From the start of a statement to the end of its last part."""
        return self.pos(node) if value is None else (*self.pos(node)[:2], *self.around(part, value)[2:])

    def return_(self, node: cst.Return) -> ir.Stmt:
        value = self.maybe(node.value)
        return ir.Return(value, self.to(node, node.value, value))

    def raise_(self, node: cst.Raise) -> ir.Stmt:
        return ir.Raise(self.maybe(node.exc), self.pos(node))

    def break_(self, node: cst.Break) -> ir.Stmt:
        return ir.Jump("break", self.pos(node))

    def continue_(self, node: cst.Continue) -> ir.Stmt:
        return ir.Jump("continue", self.pos(node))

    def assert_(self, node: cst.Assert) -> ir.Stmt:
        return ir.Assert(self.expr(node.test), self.pos(node))

    def delete(self, node: cst.Del) -> ir.Stmt:
        target = node.target
        if isinstance(target, cst.Tuple) and not target.lpar:
            last = self.tuple_(target)
            return ir.Delete(self.items(target.elements), (*self.pos(node)[:2], *last.pos[2:]))
        value = self.expr(target)
        return ir.Delete((value,), self.to(node, target, value))

    def scope(self, node: cst.Global | cst.Nonlocal) -> ir.Stmt:
        kind = "global" if isinstance(node, cst.Global) else "nonlocal"
        return ir.Scope(kind, tuple([_name(one.name) for one in node.names]), self.pos(node))

    def import_(self, node: cst.Import) -> ir.Stmt:
        return ir.Import(tuple([_alias(one) for one in node.names]), self.pos(node))

    def import_from(self, node: cst.ImportFrom) -> ir.Stmt:
        star = isinstance(node.names, cst.ImportStar)
        names = (("*", None),) if star else tuple([_alias(one) for one in node.names])  # type: ignore[union-attr]
        module = "" if node.module is None else _dotted(node.module)
        return ir.ImportFrom(module, len(node.relative), names, self.pos(node))

    # -- compound statements -------------------------------------------------------------------------
    def span(self, node: Any, *suites: Any) -> ir.Pos:
        """From the first word of a compound statement to the end of the last of its (lowered) blocks."""
        last = next(one for one in reversed(suites) if one is not None)
        return (*self.pos(node)[:2], *self.suite_end(last))

    def suite_end(self, node: Any) -> _Point:
        """The end of the last statement of a lowered block, also of one in an `else` or `except`."""
        while isinstance(node, cst.Else | cst.Finally | cst.ExceptHandler | cst.ExceptStarHandler):
            node = node.body
        *_, last = _simple(node)
        semicolon = getattr(last, "semicolon", None)
        if isinstance(semicolon, cst.Semicolon):
            return self.before(semicolon.whitespace_after)
        return self.ends.get(last) or self.pos(last)[2:]

    def if_(self, node: cst.If) -> ir.Stmt:
        test, body = self.expr(node.test), self.block(node.body)
        if isinstance(node.orelse, cst.If):
            orelse: tuple[ir.Stmt, ...] = (self.if_(node.orelse),)
            return ir.If(test, body, orelse, (*self.pos(node)[:2], *orelse[0].pos[2:]))
        return ir.If(test, body, self.orelse(node.orelse), self.span(node, node.body, node.orelse))

    def orelse(self, node: cst.Else | cst.Finally | None) -> tuple[ir.Stmt, ...]:
        return () if node is None else self.block(node.body)

    def for_(self, node: cst.For) -> ir.Stmt:
        return ir.For(
            self.expr(node.target), self.expr(node.iter), self.block(node.body), self.orelse(node.orelse),
            node.asynchronous is not None, self.span(node, node.body, node.orelse),
        )  # fmt: skip

    def while_(self, node: cst.While) -> ir.Stmt:
        test, body, orelse = self.expr(node.test), self.block(node.body), self.orelse(node.orelse)
        return ir.While(test, body, orelse, self.span(node, node.body, node.orelse))

    def with_(self, node: cst.With) -> ir.Stmt:
        items = [(self.expr(one.item), self.maybe(one.asname.name if one.asname else None)) for one in node.items]
        body = self.block(node.body)
        return ir.With(tuple(items), body, node.asynchronous is not None, self.span(node, node.body))

    def try_(self, node: cst.Try | cst.TryStar) -> ir.Stmt:
        body, handlers = self.block(node.body), tuple([self.handler(one) for one in node.handlers])
        orelse, final = self.orelse(node.orelse), self.orelse(node.finalbody)
        pos = self.span(node, node.body, *node.handlers, node.orelse, node.finalbody)
        return ir.Try(body, handlers, orelse, final, pos)

    def handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ir.Handler:
        name = _name(node.name.name) if node.name and isinstance(node.name.name, cst.Name) else None
        return ir.Handler(self.maybe(node.type), name, self.block(node.body), self.span(node, node.body))

    def match(self, node: cst.Match) -> ir.Stmt:
        cases = [ir.Case(_captures(one.pattern), self.maybe(one.guard), self.block(one.body)) for one in node.cases]
        return ir.Match(self.expr(node.subject), tuple(cases), self.span(node, node.cases[-1].body))

    # -- definitions ---------------------------------------------------------------------------------
    def params(self, node: cst.Parameters) -> tuple[ir.Param, ...]:
        star = node.star_arg if isinstance(node.star_arg, cst.Param) else None
        return tuple(
            [self.param(one, "positional") for one in node.posonly_params]
            + [self.param(one, "any") for one in node.params]
            + [self.param(one, "vararg") for one in (star,) if one is not None]
            + [self.param(one, "keyword") for one in node.kwonly_params]
            + [self.param(one, "kwarg") for one in (node.star_kwarg,) if one is not None]
        )

    def param(self, node: cst.Param, kind: str) -> ir.Param:
        annotation = None if node.annotation is None else self.expr(node.annotation.annotation)
        return ir.Param(_name(node.name), kind, self.maybe(node.default), annotation)

    def function(self, node: cst.FunctionDef) -> ir.Stmt:
        params = self.params(node.params)
        decorators = self.exprs(one.decorator for one in node.decorators)
        outer, self.yields = self.yields, False
        body = self.block(node.body)
        is_generator, self.yields = self.yields, outer
        returns = None if node.returns is None else self.expr(node.returns.annotation)
        return ir.Function(
            _name(node.name), params, body, decorators, returns, node.asynchronous is not None, is_generator,
            self.doc(node.body), self.span(node, node.body),
        )  # fmt: skip

    def class_(self, node: cst.ClassDef) -> ir.Stmt:
        bases = tuple([self.argument(one) for one in node.bases])
        decorators = self.exprs(one.decorator for one in node.decorators)
        return ir.Class(
            _name(node.name), bases, self.keywords(node.keywords), self.block(node.body), decorators,
            self.doc(node.body), self.span(node, node.body),
        )  # fmt: skip


def _name(node: Any) -> str:
    """The identifier as Python compares it."""
    text: str = node.value
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _simple(suite: Any) -> Iterator[Any]:
    """The statements of a block; those that share a line one by one."""
    for node in suite.body:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        else:
            yield node


def _parens(node: Any) -> bool:
    return bool(node.lpar)


def _leaves(node: Any) -> Iterator[Any]:
    while isinstance(node, cst.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def _literal(start: str, text: str, end: str) -> str:
    """The value of the text between the fields of an f-string."""
    plain = text.replace("{{", "{").replace("}}", "}")
    if "r" in start.rstrip("\"'").lower():
        return plain
    quoted = _ESCAPED.sub(lambda match: "\\" + match[0] if match[0] in "\"'" else match[0], plain)
    value: str = ast.literal_eval(f"{end}{quoted}{end}")
    return value


def _shown(part: Any) -> str:
    """What `f"{value = }"` prints before the value."""
    pieces = (part.whitespace_before_expression, part.expression, part.whitespace_after_expression, part.equal)
    module = cst.Module([])
    return "".join(module.code_for_node(one) for one in pieces)


def _alias(node: cst.ImportAlias) -> tuple[str, str | None]:
    name = node.asname.name if node.asname else None
    return _dotted(node.name), _name(name) if isinstance(name, cst.Name) else None


def _dotted(node: Any) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(_name(node.attr))
        node = node.value
    return ".".join([_name(node), *reversed(parts)])


def _captures(pattern: cst.CSTNode) -> tuple[str, ...]:
    """The names that a `case` pattern binds, sorted."""
    names: list[str] = []
    pending = [pattern]
    while pending:
        node = pending.pop()
        name = node.rest if isinstance(node, cst.MatchMapping) else getattr(node, "name", None)
        if isinstance(node, cst.MatchAs | cst.MatchStar | cst.MatchMapping) and name is not None:
            names.append(_name(name))
        pending.extend(node.children)
    return tuple(sorted(names))


_L = _Lowerer
_EXPRS: dict[type, Callable[..., Any]] = {
    cst.Name: _L.name, cst.Integer: _L.number, cst.Float: _L.number, cst.Imaginary: _L.number,
    cst.Ellipsis: _L.ellipsis, cst.Attribute: _L.attribute, cst.Subscript: _L.subscript, cst.Call: _L.call,
    cst.SimpleString: _L.string, cst.ConcatenatedString: _L.string, cst.FormattedString: _L.string,
    cst.TemplatedString: _L.string, cst.BinaryOperation: _L.binop, cst.UnaryOperation: _L.unary,
    cst.BooleanOperation: _L.boolop, cst.Comparison: _L.compare, cst.IfExp: _L.ifexp, cst.List: _L.list_,
    cst.Set: _L.set_, cst.Tuple: _L.tuple_, cst.StarredElement: _L.starred, cst.Dict: _L.dict_,
    cst.ListComp: _L.comprehension, cst.SetComp: _L.comprehension, cst.GeneratorExp: _L.comprehension,
    cst.DictComp: _L.comprehension, cst.Lambda: _L.lambda_, cst.Await: _L.await_, cst.Yield: _L.yield_,
    cst.NamedExpr: _L.named,
}  # fmt: skip
_STMTS: dict[type, Callable[..., Any]] = {
    cst.Expr: _L.exprstmt, cst.Assign: _L.assign, cst.AnnAssign: _L.annassign, cst.AugAssign: _L.augassign,
    cst.Return: _L.return_, cst.Raise: _L.raise_, cst.Break: _L.break_, cst.Continue: _L.continue_,
    cst.Assert: _L.assert_, cst.Del: _L.delete, cst.Global: _L.scope, cst.Nonlocal: _L.scope,
    cst.Import: _L.import_, cst.ImportFrom: _L.import_from, cst.If: _L.if_, cst.For: _L.for_,
    cst.While: _L.while_, cst.With: _L.with_, cst.Try: _L.try_, cst.TryStar: _L.try_, cst.Match: _L.match,
    cst.FunctionDef: _L.function, cst.ClassDef: _L.class_,
}  # fmt: skip
