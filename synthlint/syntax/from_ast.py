"""Lower the standard library's `ast` to the IR: the fast way in, ten times cheaper than a CST parse."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from synthlint.syntax import ir

_OPS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.Not: "not", ast.USub: "-", ast.UAdd: "+",
    ast.Invert: "~", ast.And: "and", ast.Or: "or",
}  # fmt: skip
_SEQ_KINDS = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}
_COMP_KINDS = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator", ast.DictComp: "dict"}


def lower(text: str) -> ir.Module:
    """Parse `text` and lower it.  Raises SyntaxError, ValueError or RecursionError when it cannot."""
    tree = ast.parse(text)
    return _Lowerer(text).module(tree)


class _Lowerer:
    def __init__(self, text: str) -> None:
        self.wide = None if text.isascii() else text.encode().split(b"\n")
        self.yields = False

    # -- positions -----------------------------------------------------------------------------------
    def pos(self, node: Any) -> ir.Pos:
        end_line, end_col = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        if self.wide is None:
            return (node.lineno, node.col_offset + 1, end_line, end_col + 1)
        return (node.lineno, self._column(node.lineno, node.col_offset), end_line, self._column(end_line, end_col))

    def _column(self, line: int, offset: int) -> int:
        assert self.wide is not None
        if line > len(self.wide):
            return offset + 1
        return len(self.wide[line - 1][:offset].decode(errors="replace")) + 1

    # -- module, blocks ------------------------------------------------------------------------------
    def module(self, tree: ast.Module) -> ir.Module:
        return ir.Module(self.block(tree.body), ast.get_docstring(tree, clean=False))

    def block(self, body: Iterable[ast.stmt]) -> tuple[ir.Stmt, ...]:
        out: list[ir.Stmt] = []
        for node in body:
            method = _STMTS.get(type(node))
            if method is not None:
                out.append(method(self, node))
        return tuple(out)

    # -- expressions ---------------------------------------------------------------------------------
    def expr(self, node: ast.expr) -> ir.Expr:
        method = _EXPRS.get(type(node))
        if method is None:
            return ir.Const(None, self.pos(node))
        result: ir.Expr = method(self, node)
        return result

    def maybe(self, node: ast.expr | None) -> ir.Expr | None:
        return None if node is None else self.expr(node)

    def exprs(self, nodes: Iterable[ast.expr]) -> tuple[ir.Expr, ...]:
        return tuple([self.expr(node) for node in nodes])

    def constant(self, node: ast.Constant) -> ir.Expr:
        return ir.Const(node.value, self.pos(node))

    def name(self, node: ast.Name) -> ir.Expr:
        return ir.Name(node.id, self.pos(node))

    def attribute(self, node: ast.Attribute) -> ir.Expr:
        return ir.Attr(self.expr(node.value), node.attr, self.pos(node))

    def subscript(self, node: ast.Subscript) -> ir.Expr:
        return ir.Item(self.expr(node.value), self.expr(node.slice), self.pos(node))

    def slice(self, node: ast.Slice) -> ir.Expr:
        return ir.Slice(self.maybe(node.lower), self.maybe(node.upper), self.maybe(node.step), self.pos(node))

    def call(self, node: ast.Call) -> ir.Expr:
        keywords = tuple([(word.arg, self.expr(word.value)) for word in node.keywords])
        return ir.Call(self.expr(node.func), self.exprs(node.args), keywords, self.pos(node))

    def fstring(self, node: ast.JoinedStr) -> ir.Expr:
        parts: list[str | ir.Expr] = []
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts.append(str(value.value))
            elif isinstance(value, ast.FormattedValue):
                parts.append(self.expr(value.value))
        return ir.FString(tuple(parts), self.pos(node))

    def formatted(self, node: ast.FormattedValue) -> ir.Expr:
        return ir.FString((self.expr(node.value),), self.pos(node))

    def binop(self, node: ast.BinOp) -> ir.Expr:
        return ir.BinOp(_OPS[type(node.op)], self.expr(node.left), self.expr(node.right), self.pos(node))

    def unary(self, node: ast.UnaryOp) -> ir.Expr:
        operand = self.expr(node.operand)
        if isinstance(operand, ir.Const) and isinstance(node.op, ast.USub) and type(operand.value) in (int, float):
            return ir.Const(-operand.value, self.pos(node))
        return ir.Unary(_OPS[type(node.op)], operand, self.pos(node))

    def boolop(self, node: ast.BoolOp) -> ir.Expr:
        return ir.BoolOp(_OPS[type(node.op)], self.exprs(node.values), self.pos(node))

    def compare(self, node: ast.Compare) -> ir.Expr:
        ops = tuple([_OPS[type(op)] for op in node.ops])
        return ir.Compare(self.expr(node.left), ops, self.exprs(node.comparators), self.pos(node))

    def ifexp(self, node: ast.IfExp) -> ir.Expr:
        return ir.IfExp(self.expr(node.test), self.expr(node.body), self.expr(node.orelse), self.pos(node))

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> ir.Expr:
        return ir.Seq(_SEQ_KINDS[type(node)], self.exprs(node.elts), self.pos(node))

    def dict(self, node: ast.Dict) -> ir.Expr:
        pairs = zip(node.keys, node.values, strict=True)
        return ir.Dict(tuple([(self.maybe(key), self.expr(value)) for key, value in pairs]), self.pos(node))

    def comprehension(self, node: Any) -> ir.Expr:
        clauses = tuple(
            [
                ir.Clause(self.expr(one.target), self.expr(one.iter), self.exprs(one.ifs), bool(one.is_async))
                for one in node.generators
            ]
        )
        is_dict = isinstance(node, ast.DictComp)
        key, elt = (self.expr(node.key), node.value) if is_dict else (None, node.elt)
        return ir.Comp(_COMP_KINDS[type(node)], key, self.expr(elt), clauses, self.pos(node))

    def lambda_(self, node: ast.Lambda) -> ir.Expr:
        return ir.Lambda(self.params(node.args), self.expr(node.body), self.pos(node))

    def await_(self, node: ast.Await) -> ir.Expr:
        return ir.Await(self.expr(node.value), self.pos(node))

    def yield_(self, node: ast.Yield) -> ir.Expr:
        self.yields = True
        return ir.Yield(self.maybe(node.value), False, self.pos(node))

    def yield_from(self, node: ast.YieldFrom) -> ir.Expr:
        self.yields = True
        return ir.Yield(self.expr(node.value), True, self.pos(node))

    def starred(self, node: ast.Starred) -> ir.Expr:
        return ir.Star(self.expr(node.value), self.pos(node))

    def named(self, node: ast.NamedExpr) -> ir.Expr:
        return ir.Named(self.expr(node.target), self.expr(node.value), self.pos(node))

    # -- statements ----------------------------------------------------------------------------------
    def params(self, args: ast.arguments) -> tuple[ir.Param, ...]:
        out: list[ir.Param] = []
        plain = [*[(arg, "positional") for arg in args.posonlyargs], *[(arg, "any") for arg in args.args]]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
        for (arg, kind), default in zip(plain, defaults, strict=True):
            out.append(ir.Param(arg.arg, kind, self.maybe(default), self.maybe(arg.annotation)))
        if args.vararg:
            out.append(ir.Param(args.vararg.arg, "vararg", None, self.maybe(args.vararg.annotation)))
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            out.append(ir.Param(arg.arg, "keyword", self.maybe(default), self.maybe(arg.annotation)))
        if args.kwarg:
            out.append(ir.Param(args.kwarg.arg, "kwarg", None, self.maybe(args.kwarg.annotation)))
        return tuple(out)

    def assign(self, node: ast.Assign) -> ir.Stmt:
        return ir.Assign(self.exprs(node.targets), self.expr(node.value), None, self.pos(node))

    def annassign(self, node: ast.AnnAssign) -> ir.Stmt:
        return ir.Assign((self.expr(node.target),), self.maybe(node.value), self.expr(node.annotation), self.pos(node))

    def augassign(self, node: ast.AugAssign) -> ir.Stmt:
        return ir.AugAssign(self.expr(node.target), _OPS[type(node.op)], self.expr(node.value), self.pos(node))

    def exprstmt(self, node: ast.Expr) -> ir.Stmt:
        return ir.ExprStmt(self.expr(node.value), self.pos(node))

    def if_(self, node: ast.If) -> ir.Stmt:
        return ir.If(self.expr(node.test), self.block(node.body), self.block(node.orelse), self.pos(node))

    def for_(self, node: ast.For | ast.AsyncFor) -> ir.Stmt:
        return ir.For(
            self.expr(node.target), self.expr(node.iter), self.block(node.body), self.block(node.orelse),
            isinstance(node, ast.AsyncFor), self.pos(node),
        )  # fmt: skip

    def while_(self, node: ast.While) -> ir.Stmt:
        return ir.While(self.expr(node.test), self.block(node.body), self.block(node.orelse), self.pos(node))

    def with_(self, node: ast.With | ast.AsyncWith) -> ir.Stmt:
        items = tuple([(self.expr(item.context_expr), self.maybe(item.optional_vars)) for item in node.items])
        return ir.With(items, self.block(node.body), isinstance(node, ast.AsyncWith), self.pos(node))

    def try_(self, node: Any) -> ir.Stmt:
        handlers = tuple(
            [ir.Handler(self.maybe(one.type), one.name, self.block(one.body), self.pos(one)) for one in node.handlers]
        )
        return ir.Try(
            self.block(node.body), handlers, self.block(node.orelse), self.block(node.finalbody), self.pos(node)
        )

    def match(self, node: ast.Match) -> ir.Stmt:
        cases = tuple(
            [ir.Case(tuple(_captures(one.pattern)), self.maybe(one.guard), self.block(one.body)) for one in node.cases]
        )
        return ir.Match(self.expr(node.subject), cases, self.pos(node))

    def return_(self, node: ast.Return) -> ir.Stmt:
        return ir.Return(self.maybe(node.value), self.pos(node))

    def raise_(self, node: ast.Raise) -> ir.Stmt:
        return ir.Raise(self.maybe(node.exc), self.pos(node))

    def break_(self, node: ast.Break) -> ir.Stmt:
        return ir.Jump("break", self.pos(node))

    def continue_(self, node: ast.Continue) -> ir.Stmt:
        return ir.Jump("continue", self.pos(node))

    def assert_(self, node: ast.Assert) -> ir.Stmt:
        return ir.Assert(self.expr(node.test), self.pos(node))

    def delete(self, node: ast.Delete) -> ir.Stmt:
        return ir.Delete(self.exprs(node.targets), self.pos(node))

    def global_(self, node: ast.Global) -> ir.Stmt:
        return ir.Scope("global", tuple(node.names), self.pos(node))

    def nonlocal_(self, node: ast.Nonlocal) -> ir.Stmt:
        return ir.Scope("nonlocal", tuple(node.names), self.pos(node))

    def import_(self, node: ast.Import) -> ir.Stmt:
        return ir.Import(tuple([(one.name, one.asname) for one in node.names]), self.pos(node))

    def import_from(self, node: ast.ImportFrom) -> ir.Stmt:
        names = tuple([(one.name, one.asname) for one in node.names])
        return ir.ImportFrom(node.module or "", node.level, names, self.pos(node))

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ir.Stmt:
        params = self.params(node.args)
        decorators = self.exprs(node.decorator_list)
        outer, self.yields = self.yields, False
        body = self.block(node.body)
        is_generator, self.yields = self.yields, outer
        return ir.Function(
            node.name, params, body, decorators, self.maybe(node.returns),
            isinstance(node, ast.AsyncFunctionDef), is_generator, ast.get_docstring(node, clean=False), self.pos(node),
        )  # fmt: skip

    def class_(self, node: ast.ClassDef) -> ir.Stmt:
        keywords = tuple([(word.arg, self.expr(word.value)) for word in node.keywords])
        return ir.Class(
            node.name, self.exprs(node.bases), keywords, self.block(node.body), self.exprs(node.decorator_list),
            ast.get_docstring(node, clean=False), self.pos(node),
        )  # fmt: skip


def _captures(pattern: ast.AST) -> list[str]:
    """The names that a `case` pattern binds, in source order."""
    names: list[str] = []
    for node in ast.walk(pattern):
        name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
        if isinstance(name, str):
            names.append(name)
    return sorted(names)


_L = _Lowerer
_EXPRS: dict[type, Callable[..., Any]] = {
    ast.Constant: _L.constant, ast.Name: _L.name, ast.Attribute: _L.attribute, ast.Subscript: _L.subscript,
    ast.Slice: _L.slice, ast.Call: _L.call, ast.JoinedStr: _L.fstring, ast.FormattedValue: _L.formatted,
    ast.BinOp: _L.binop, ast.UnaryOp: _L.unary, ast.BoolOp: _L.boolop, ast.Compare: _L.compare,
    ast.IfExp: _L.ifexp, ast.List: _L.sequence, ast.Tuple: _L.sequence, ast.Set: _L.sequence,
    ast.Dict: _L.dict, ast.ListComp: _L.comprehension, ast.SetComp: _L.comprehension,
    ast.GeneratorExp: _L.comprehension, ast.DictComp: _L.comprehension, ast.Lambda: _L.lambda_,
    ast.Await: _L.await_, ast.Yield: _L.yield_, ast.YieldFrom: _L.yield_from, ast.Starred: _L.starred,
    ast.NamedExpr: _L.named,
}  # fmt: skip
_STMTS: dict[type, Callable[..., Any]] = {
    ast.Assign: _L.assign, ast.AnnAssign: _L.annassign, ast.AugAssign: _L.augassign, ast.Expr: _L.exprstmt,
    ast.If: _L.if_, ast.For: _L.for_, ast.AsyncFor: _L.for_, ast.While: _L.while_, ast.With: _L.with_,
    ast.AsyncWith: _L.with_, ast.Try: _L.try_, ast.Match: _L.match, ast.Return: _L.return_, ast.Raise: _L.raise_,
    ast.Break: _L.break_, ast.Continue: _L.continue_, ast.Assert: _L.assert_, ast.Delete: _L.delete,
    ast.Global: _L.global_, ast.Nonlocal: _L.nonlocal_, ast.Import: _L.import_, ast.ImportFrom: _L.import_from,
    ast.FunctionDef: _L.function, ast.AsyncFunctionDef: _L.function, ast.ClassDef: _L.class_,
}  # fmt: skip
if hasattr(ast, "TryStar"):
    _STMTS[ast.TryStar] = _L.try_
