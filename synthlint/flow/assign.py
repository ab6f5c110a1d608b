"""Binding: what assignments, loop targets and `with ... as` do to names, items and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthlint.flow import containers, exprs, guarded, stored
from synthlint.flow.values import Loaded, Obj, Record, Seq, Value, collections_of, deep, element, join
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter


def bind(ip: Interpreter, target: ir.Expr, value: Value) -> None:
    """`target = value`."""
    if isinstance(target, ir.Name):
        ip.frame.env.set(target.id, value)
    elif isinstance(target, ir.Attr):
        containers.set_attr(ip, ip.eval(target.obj), target.name, value, target)
    elif isinstance(target, ir.Item):
        key = ip.eval(target.index)
        containers.set_item(ip, _opened(ip, target, key), key, guarded.passed(ip, value, target), target)
    elif isinstance(target, ir.Seq):
        _unpack(ip, target, value)
    elif isinstance(target, ir.Star):
        bind(ip, target.value, value)


def _opened(ip: Interpreter, target: ir.Item, key: Value) -> Value:
    """The receiver of `row["field"] = ...`; content of unknown kind under a name is found to be a record."""
    value = ip.eval(target.obj)
    if value.atoms or not value.lineage or not isinstance(target.obj, ir.Name) or not isinstance(key.const, str):
        return value
    record = containers.new_record(ip, target, {}, value)
    ip.opened |= collections_of(record)
    opened = value.with_atoms(*record.atoms)
    ip.frame.env.set(target.obj.id, opened)
    return opened


def keep_opened(ip: Interpreter, target: ir.Expr, source: Value) -> None:
    """The elements of a list that a loop found to be records, and wrote fields into, are these records."""
    value = ip.frame.env.get(target.id) if isinstance(target, ir.Name) else None
    records = [one for one in value.atoms if isinstance(one, Record) and one.oid in ip.opened] if value else []
    for atom in source.atoms if records else ():
        if isinstance(atom, Seq) and atom.items is None and not atom.elem.atoms:
            atom.elem = atom.elem.with_atoms(*records)


def _unpack(ip: Interpreter, target: ir.Seq, value: Value) -> None:
    columns: list[list[Value]] = [[] for _ in target.items]
    for atom in value.atoms:
        exact = atom.items if isinstance(atom, Seq) else None
        if exact is not None and len(exact) == len(target.items):
            for column, item in zip(columns, exact, strict=True):
                column.append(item)
        else:
            for at, column in enumerate(columns):
                column.append(_item(ip, value.with_atoms(atom), at, target))
    for each, column in zip(target.items, columns, strict=True):
        part = join(column) if column else element(value)
        extra = value.varies | part.varies
        bind(ip, each, part.but(varies=extra, reads=part.reads | value.reads))


def _item(ip: Interpreter, whole: Value, at: int, node: ir.Seq) -> Value:
    """What an unpacked collection gives at a position: an element, or one of the parts that are stored together."""
    (atom,) = whole.atoms
    found = stored.item(ip, whole, atom, at, node) if isinstance(atom, Loaded) else None
    return element(whole) if found is None else found


def augment(ip: Interpreter, node: ir.AugAssign) -> None:
    """`target op= value`: lists grow in place, everything else is rebound and changes with the loop."""
    value = ip.eval(node.value)
    old = ip.eval(node.target)
    if node.op in ("+", "|") and any(isinstance(atom, Seq) for atom in old.atoms):
        containers.extend(ip, old, value, node)
        return
    new = exprs.combine(ip, node.op, old, value, node)
    if node.op == "+" and any(isinstance(atom, Obj) for atom in old.atoms):
        new = join([old, new])
    loops = ip.loop_ids
    if loops:
        new = new.but(atoms=() if new.const is not None else new.atoms, varies=new.varies | {max(loops)})
    bind(ip, node.target, new)


def note_roles(ip: Interpreter, target: ir.Expr) -> None:
    """Rows that are given a name of evaluation data (`holdout = ...`, `test_loader = ...`) are a stage."""
    if isinstance(target, ir.Seq):
        for each in target.items:
            note_roles(ip, each)
    elif isinstance(target, ir.Name) and ip.models.has_word("eval-files", target.id):
        value = ip.frame.env.get(target.id)
        held = deep(value).lineage if value is not None and _is_many(value) else None
        if held:
            ip.stage("named", target.id, target, inputs=held)


def _is_many(value: Value) -> bool:
    """Whether a value holds rows: `val` and `test` are names of single values too."""
    return any(isinstance(atom, Seq | Loaded | Obj) for atom in value.atoms)
