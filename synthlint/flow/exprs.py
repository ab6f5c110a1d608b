"""Expressions to values."""

from __future__ import annotations

import builtins as python
import operator
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from synthlint.flow import checks, containers, guarded
from synthlint.flow.scope import Env
from synthlint.flow.values import (
    MAX_ITEMS,
    NO_IDS,
    NOTHING,
    UNKNOWN,
    UNKNOWN_VALUE,
    Chain,
    Const,
    Dumped,
    Func,
    Loaded,
    Obj,
    Record,
    Ref,
    Seq,
    Text,
    Value,
    arrived,
    blend,
    collections_of,
    concat,
    configured,
    const,
    deep,
    element,
    join,
    measure,
)
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter

NEVER = Value()


class OverBudget(Exception):
    """A program has used up the expressions it may evaluate."""


_BUILTINS = frozenset(dir(python))
_ARITHMETIC = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod,
}  # fmt: skip
_RELATIONS: dict[str, Any] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "is": lambda a, b: a is b, "is not": lambda a, b: a is not b,
}  # fmt: skip


def evaluate(ip: Interpreter, node: ir.Expr) -> Value:
    """The abstract value of an expression; its effects are recorded."""
    ip.spent += 1
    if ip.spent > ip.limit:
        raise OverBudget
    result: Value = _EXPRESSIONS[type(node)](ip, node)
    return result


def names_in(node: Any) -> Iterator[ir.Name]:
    """The plain names that an expression uses."""
    from synthlint.flow.modules import walk_nodes

    return (one for one in walk_nodes(node) if isinstance(one, ir.Name))


def length_of(value: Value) -> int | None:
    """How many elements an iterable has, if that is known."""
    if len(value.atoms) != 1:
        return None
    atom = value.atoms[0]
    if isinstance(atom, Seq) and atom.times is not None:
        return atom.times
    if isinstance(atom, Seq) and atom.items is not None and not atom.varies:
        return len(atom.items)
    return len(atom.value) if isinstance(atom, Const) and isinstance(atom.value, str | list | tuple) else None


def _const(ip: Interpreter, node: ir.Const) -> Value:
    return const(node.value)


def _name(ip: Interpreter, node: ir.Name) -> Value:
    value = ip.frame.env.get(node.id)
    if value is not None:
        return value
    if node.id in _BUILTINS:
        return Value((Ref(f"builtins.{node.id}"),))
    return Value((Ref(f"?.{node.id}", NOTHING),), varies=UNKNOWN_VALUE.varies)


def _attr(ip: Interpreter, node: ir.Attr) -> Value:
    return containers.get_attr(ip, ip.eval(node.obj), node.name, node)


def _item(ip: Interpreter, node: ir.Item) -> Value:
    value = ip.eval(node.obj)
    if isinstance(node.index, ir.Slice):
        return containers.get_slice(ip, value, node, node.index)
    if isinstance(node.index, ir.Seq) and node.index.items and isinstance(node.index.items[0], ir.Slice):
        rows, *columns = node.index.items
        assert isinstance(rows, ir.Slice)
        held = containers.get_slice(ip, value, node, rows)
        return _columns(ip, held, columns, node)
    return containers.get_item(ip, value, ip.eval(node.index), node)


def _columns(ip: Interpreter, value: Value, columns: list[ir.Expr], node: ir.Item) -> Value:
    """`rows[:n, "name"]`: the columns of a part."""
    keys = [ip.eval(one) for one in columns if not isinstance(one, ir.Slice)]
    named = [key for key in keys if key.atoms and (isinstance(key.const, str) or containers.exact_items(key))]
    return containers.get_item(ip, value, named[0], node) if named else value


def _slice(ip: Interpreter, node: ir.Slice) -> Value:
    return measure([ip.eval(one) for one in (node.lower, node.upper, node.step) if one is not None])


def _call(ip: Interpreter, node: ir.Call) -> Value:
    from synthlint.flow import calls

    return calls.call(ip, node)


def _fstring(ip: Interpreter, node: ir.FString) -> Value:
    values = [const(part) if isinstance(part, str) else ip.eval(part) for part in node.parts]
    dumped = [atom for one in values for atom in one.atoms if isinstance(atom, Dumped)]
    whole = configured(values) if _names_a_file(node) else concat(values)
    return whole.with_atoms(dumped[0]) if len(dumped) == 1 else whole


def _names_a_file(node: ir.FString) -> bool:
    """Whether an f-string ends like the name of a file."""
    last = node.parts[-1] if node.parts else None
    return isinstance(last, str) and re.search(r"\.\w{2,8}$", last) is not None


def _binop(ip: Interpreter, node: ir.BinOp) -> Value:
    left, right = ip.eval(node.left), ip.eval(node.right)
    return combine(ip, node.op, left, right, node)


def combine(ip: Interpreter, op: str, left: Value, right: Value, node: Any) -> Value:
    """`left op right`."""
    if op == "|":
        return _pipe(ip, left, right, node)
    if op == ">>":
        return containers.connect(ip, left, right, node)
    folded = _fold(op, left, right)
    if folded is not None:
        return folded
    if op == "+":
        return _plus(ip, left, right, node)
    if op == "/" and (_is_text(left) or _is_text(right)):
        return concat([left, const("/"), right])
    if op == "%" and _is_text(left):
        return containers.percent(left, right)
    if op == "*":
        return _times(ip, left, right, node)
    if op == "-" and any(isinstance(atom, Seq) for atom in left.atoms):
        return left.but(reads=left.reads | collections_of(right))
    if op == "&":
        return _shared(left, right)
    return blend([left, right])


def _shared(left: Value, right: Value) -> Value:
    """What two sets share: a look into both."""
    whole = blend([left, right])
    sides = [one for one in (left, right) if any(isinstance(atom, Seq) for atom in one.atoms)]
    return whole.but(reads=whole.reads.union(*map(collections_of, sides))) if sides else whole


def _fold(op: str, left: Value, right: Value) -> Value | None:
    if op not in _ARITHMETIC or len(left.atoms) != 1 or len(right.atoms) != 1:
        return None
    a, b = left.atoms[0], right.atoms[0]
    if not (isinstance(a, Const) and isinstance(b, Const)):
        return None
    numbers = isinstance(a.value, int | float) and isinstance(b.value, int | float)
    if not numbers and not (op == "+" and isinstance(a.value, str) and isinstance(b.value, str)):
        return None
    try:
        return blend([left, right], Const(_ARITHMETIC[op](a.value, b.value)))
    except (ArithmeticError, ValueError, TypeError, MemoryError):
        return None


def _is_text(value: Value) -> bool:
    return bool(value.atoms) and all(
        isinstance(atom, Text) or (isinstance(atom, Const) and isinstance(atom.value, str)) for atom in value.atoms
    )


def _plus(ip: Interpreter, left: Value, right: Value, node: Any) -> Value:
    dumped = [atom for one in (left, right) for atom in one.atoms if isinstance(atom, Dumped)]
    if dumped:
        return blend([left, right], dumped[0])
    if _is_text(left) or _is_text(right):
        return concat([left, right])
    seqs = [atom for one in (left, right) for atom in one.atoms if isinstance(atom, Seq | Loaded | Obj)]
    if len(seqs) >= 2:
        return containers.mix(ip, [left, right], node)
    return blend([left, right], *[atom for atom in seqs if isinstance(atom, Seq)])


def _times(ip: Interpreter, left: Value, right: Value, node: Any) -> Value:
    seq, count = (left, right) if any(isinstance(atom, Seq) for atom in left.atoms) else (right, left)
    for atom in seq.atoms:
        if isinstance(atom, Seq):
            times = count.const if isinstance(count.const, int) else None
            made, _ = ip.once(node, "times", lambda kind=atom.kind: Seq(kind, None, element(seq), ip.loop_ids))
            made.repeated = len(atom.items or []) == 1
            made.again = times is None or times > 1
            made.times = None if times is None else times * (len(atom.items) if atom.items else 1)
            return deep(seq).with_atoms(made)
    return blend([left, right])


def _pipe(ip: Interpreter, left: Value, right: Value, node: Any) -> Value:
    if containers.is_chainable(ip, left) or containers.is_chainable(ip, right):
        parts: list[Value] = []
        for side in (left, right):
            chain = next((atom for atom in side.atoms if isinstance(atom, Chain)), None)
            parts += chain.parts if chain is not None else [side]
        made, _ = ip.once(node, "chain", lambda: Chain(parts))
        made.parts = parts
        return Value((made,))
    records = [atom for one in (left, right) for atom in one.atoms if isinstance(atom, Record)]
    if len(records) == 2:
        return containers.merge_records(ip, records, node)
    return join([left, right]) if left.atoms and right.atoms else blend([left, right])


def _unary(ip: Interpreter, node: ir.Unary) -> Value:
    value = ip.eval(node.operand)
    if node.op == "not":
        truth = ip.truth(value)
        return measure([value], *([Const(not truth)] if truth is not None else []))
    return value.with_atoms() if node.op == "~" else blend([value])


def _boolop(ip: Interpreter, node: ir.BoolOp) -> Value:
    values: list[Value] = []
    for one in node.values:
        value = ip.eval(one)
        known = len(value.atoms) == 1 and isinstance(value.atoms[0], Const)
        truth = bool(value.const) if known else None
        if truth is not None and truth is (node.op == "and") and one is not node.values[-1]:
            if value.varies or value.depends:
                values.append(value.with_atoms())
            continue
        values.append(value)
        if truth is not None and truth is (node.op == "or"):
            break
    values = [one for one in values if one.atoms or one.lineage or one.depends or one.varies] or values[-1:]
    if len(values) > 1 and not values[0].atoms and node.op == "or" and not values[0].lineage:
        history = measure(values[:-1])
        last = values[-1]
        return last.but(
            depends=last.depends | history.depends, varies=last.varies | history.varies,
            reads=last.reads | history.reads,
        )  # fmt: skip
    return join(values) if values else const(node.op == "and")


def _compare(ip: Interpreter, node: ir.Compare) -> Value:
    left = ip.eval(node.left)
    rights = [ip.eval(one) for one in node.rights]
    if len(rights) == 1:
        truth = _related(node.ops[0], left, rights[0])
        if truth is not None:
            return measure([left, rights[0]], Const(truth))
    values = [left]
    reads = NO_IDS
    for op, right in zip(node.ops, rights, strict=True):
        if op in ("in", "not in") and collections_of(right) and not _is_answer(right):
            reads |= collections_of(right) | right.reads if containers.has_content(left) else NO_IDS
            values.append(right.but(atoms=(), lineage=NO_IDS))
        else:
            values.append(right)
    result = measure(values)
    guarded.note_comparison(ip, node, left, rights)
    return result.but(reads=result.reads | reads)


def _is_answer(value: Value) -> bool:
    """Whether a value is the text that a model gave: to look for words in it is to look at its content."""
    return all(isinstance(atom, Obj) and atom.type == "response" for atom in value.atoms)


def _related(op: str, left: Value, right: Value) -> bool | None:
    if op not in _RELATIONS or len(left.atoms) != 1 or len(right.atoms) != 1:
        return None
    a, b = left.atoms[0], right.atoms[0]
    if isinstance(a, Const) and isinstance(b, Const):
        try:
            return bool(_RELATIONS[op](a.value, b.value))
        except TypeError:
            return None
    if op in ("is", "is not") and isinstance(b, Const) and b.value is None:
        return op == "is not"
    return None


def _ifexp(ip: Interpreter, node: ir.IfExp) -> Value:
    test = ip.eval(node.test)
    known = len(test.atoms) == 1 and isinstance(test.atoms[0], Const) and UNKNOWN not in test.varies
    if known:
        return ip.eval(node.body if test.const else node.orelse)
    checks.note(ip, test, node.test)
    return join([ip.eval(node.body), ip.eval(node.orelse)])


def _seq(ip: Interpreter, node: ir.Seq) -> Value:
    items: list[Value] | None = []
    nodes = node.items if len(node.items) <= MAX_ITEMS else node.items[:MAX_ITEMS]
    spread: list[Value] = []
    for one in nodes:
        if isinstance(one, ir.Star):
            inside = ip.eval(one.value)
            known = containers.exact_items(inside)
            if known is None:
                items, spread = None, [*spread, *(items or []), element(inside)]
            elif items is not None:
                items += known
            else:
                spread += known
        else:
            value = ip.eval(one)
            if items is not None:
                items.append(value)
            else:
                spread.append(value)
    if node.kind == "set":
        return guarded.make_set(ip, items if items is not None else spread, node)
    return containers.new_seq(ip, node, node.kind, items, join(spread))


def _dict(ip: Interpreter, node: ir.Dict) -> Value:
    fields: dict[str, Value] = {}
    rest: list[Value] = []
    keys: list[Value] = []
    for key, value in node.items[:400]:
        if key is None:
            containers.spread_record(ip, ip.eval(value), fields, rest)
            continue
        name, held = ip.eval(key), ip.eval(value)
        if isinstance(name.const, str | int):
            fields[str(name.const)] = held
        else:
            keys.append(name)
            rest.append(held)
    return containers.new_record(ip, node, fields, join(rest) if rest else None, join(keys) if keys else None)


def _comp(ip: Interpreter, node: ir.Comp) -> Value:
    frame = ip.frame
    outer = frame.env
    frame.env = Env(outer)
    base_loops, base_guards = len(ip.loops), len(ip.guards)
    length: int | None = 1
    from synthlint.flow import assign

    for clause in node.clauses:
        source = ip.iterable(ip.eval(clause.iter), clause.iter)
        size = length_of(source)
        length = None if size is None or length is None else size * length
        loop = ip.new_loop(clause.iter, "comp", size, source=source)
        item = ip.walked(source, loop)
        ip.loops.append(loop)
        assign.bind(ip, clause.target, item)
        for test in clause.ifs:
            length = None
            ip.guards.append(ip.guard(ip.eval(test), test, "test"))
    key = ip.eval(node.key) if node.key is not None else None
    elt = guarded.passed(ip, ip.eval(node.elt), node.elt)
    again = containers.comes_again(ip, ip.loops[base_loops:], elt)
    del ip.loops[base_loops:], ip.guards[base_guards:]
    frame.env = outer
    if node.kind == "dict":
        return guarded.keyed_record(ip, node, key or NOTHING, elt)
    if node.kind == "set":
        return guarded.make_set(ip, [elt], node)
    made = containers.new_seq(ip, node, node.kind, None, elt)
    for atom in made.atoms:
        if isinstance(atom, Seq):
            atom.times, atom.again = length, again
    return made


def _lambda(ip: Interpreter, node: ir.Lambda) -> Value:
    frame = ip.frame
    func, _ = ip.once(node, "lambda", lambda: Func(node, frame.env, frame.module, f"{frame.scope}.<lambda>".strip(".")))
    func.env = frame.env
    return Value((func,))


def _await(ip: Interpreter, node: ir.Await) -> Value:
    return arrived(ip.eval(node.value))


def _yield(ip: Interpreter, node: ir.Yield) -> Value:
    value = ip.eval(node.value) if node.value is not None else const(None)
    held = element(value) if node.is_from else value
    ip.frame.yields.append(guarded.passed(ip, held, node))
    return UNKNOWN_VALUE


def _star(ip: Interpreter, node: ir.Star) -> Value:
    return ip.eval(node.value)


def _named(ip: Interpreter, node: ir.Named) -> Value:
    from synthlint.flow import assign

    value = ip.eval(node.value)
    assign.bind(ip, node.target, value)
    return value


_EXPRESSIONS: dict[type, Any] = {
    ir.Const: _const, ir.Name: _name, ir.Attr: _attr, ir.Item: _item, ir.Slice: _slice, ir.Call: _call,
    ir.FString: _fstring, ir.BinOp: _binop, ir.Unary: _unary, ir.BoolOp: _boolop, ir.Compare: _compare,
    ir.IfExp: _ifexp, ir.Seq: _seq, ir.Dict: _dict, ir.Comp: _comp, ir.Lambda: _lambda, ir.Await: _await,
    ir.Yield: _yield, ir.Star: _star, ir.Named: _named,
}  # fmt: skip
