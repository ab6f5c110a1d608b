"""Binding: what assignments, loop targets and `with ... as` do to names, items and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthlint.flow import containers, exprs, guarded, stored
from synthlint.flow.values import Const, Loaded, Obj, Record, Seq, Text, Value, deep, element, join
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter
    from synthlint.flow.scope import Env

_ROW_ACCESS = frozenset({"loc", "at", "iloc", "iat"})


def bind(ip: Interpreter, target: ir.Expr, value: Value) -> None:
    """`target = value`."""
    if isinstance(target, ir.Name):
        ip.frame.env.set(target.id, value)
    elif isinstance(target, ir.Attr):
        containers.set_attr(ip, ip.eval(target.obj), target.name, value, target)
    elif isinstance(target, ir.Item):
        _set_item(ip, target, value)
    elif isinstance(target, ir.Seq):
        _unpack(ip, target, value)
    elif isinstance(target, ir.Star):
        bind(ip, target.value, value)


def _set_item(ip: Interpreter, target: ir.Item, value: Value) -> None:
    """`owner[key] = value`; `table.loc[row, column] = value` sets a part of a column."""
    owner, index = target.obj, target.index
    kind = ""
    if isinstance(owner, ir.Attr) and owner.name in _ROW_ACCESS:
        kind, owner = "pandas.DataFrame", owner.obj
        index = index.items[-1] if isinstance(index, ir.Seq) and index.items else index
    key = ip.eval(index)
    held = guarded.passed(ip, value, target)
    containers.set_item(ip, _holder(ip, owner, key, held, kind), key, held, target)


def _holder(ip: Interpreter, node: ir.Expr, key: Value, new: Value, kind: str) -> Value:
    """What holds an item that is set; something unknown becomes a record, list or table when data is put into it."""
    owner = ip.eval(node)
    is_row = bool(owner.lineage) and isinstance(node, ir.Name) and isinstance(key.const, str)
    if owner.atoms or not (is_row or deep(new).lineage) or not isinstance(node, ir.Name | ir.Attr | ir.Item):
        return owner
    made, _ = ip.once(node, "holder", lambda: _new_holder(ip, owner, key, kind))
    ip.holders.add(made.oid)
    ip.collections[made.oid] = made
    whole = owner.with_atoms(made)
    _rebind(ip, node, whole)
    return whole


def _new_holder(ip: Interpreter, owner: Value, key: Value, kind: str) -> Obj | Record | Seq:
    if kind:
        return Obj(kind, content=owner, loops=ip.loop_ids)
    if any(isinstance(atom, Text) or (isinstance(atom, Const) and isinstance(atom.value, str)) for atom in key.atoms):
        return Record({}, owner, None, ip.loop_ids)
    return Seq("list", None, owner, ip.loop_ids)


def _rebind(ip: Interpreter, node: ir.Expr, value: Value) -> None:
    """Give what an expression names another value, where the name was bound."""
    if not isinstance(node, ir.Name):
        bind(ip, node, value)
        return
    env: Env | None = ip.frame.env
    while env is not None and node.id not in env.names:
        env = env.parent
    (env or ip.frame.env).names[node.id] = value


def hand_back(ip: Interpreter, name: ir.Expr, value: Value | None) -> None:
    """Let the name that was passed to a function, or walked, hold what data was put into there."""
    if value is None or not isinstance(name, ir.Name) or not _is_holder(ip, value):
        return
    old = ip.frame.env.get(name.id)
    if old is not None and not old.atoms:
        _rebind(ip, name, value)


def _is_holder(ip: Interpreter, value: Value) -> bool:
    return any(isinstance(atom, Obj | Record | Seq) and atom.oid in ip.holders for atom in value.atoms)


def hand_back_items(ip: Interpreter, node: ir.For, walked: Value) -> None:
    """Let the collection that a loop walked hold the items that data was put into."""
    source = node.iter
    while isinstance(source, ir.Call) and source.args:  # `enumerate(rows)`, `tqdm(rows)`
        source = source.args[0]
    names = node.target.items if isinstance(node.target, ir.Seq) else (node.target,)
    for one in names:
        item = ip.frame.env.get(one.id) if isinstance(one, ir.Name) else None
        if item is None or not _is_holder(ip, item):
            continue
        for atom in walked.atoms:
            if isinstance(atom, Seq) and atom.items is None and not atom.elem.atoms:
                atom.elem = atom.elem.with_atoms(*item.atoms)
        if isinstance(source, ir.Name):
            made, _ = ip.once(node, "holder", lambda item=item: Seq("list", None, item, ip.loop_ids))
            ip.holders.add(made.oid)
            hand_back(ip, source, Value((made,)))


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
