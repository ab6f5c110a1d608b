"""Attributes, items and the growth of containers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from synthlint.flow import entry, guarded
from synthlint.flow.values import (
    CONFIGURED,
    DRAWN,
    FRESH,
    MAX_ITEMS,
    NO_IDS,
    NOTHING,
    RANDOM,
    UNKNOWN,
    UNKNOWN_ONLY,
    Chain,
    Cls,
    Const,
    Dumped,
    Func,
    Handle,
    Loaded,
    Mod,
    Obj,
    Partial,
    Record,
    Ref,
    Seq,
    Text,
    Value,
    blend,
    collections_of,
    const,
    consulted,
    deep,
    element,
    join,
    make_text,
    measure,
    taken_from,
    text_parts,
)
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter
    from synthlint.flow.stages import Loop

_TYPE_NAMES: dict[type, str] = {
    Seq: "list", Record: "dict", Loaded: "data", Text: "str", Dumped: "str", Handle: "file", Chain: "chain",
    Func: "func", Partial: "func",
}  # fmt: skip


# attributes of tables and arrays that give the same rows in another dress
_SAME_ROWS = frozenset({"values", "iloc", "loc", "T", "array"})
_LABELS = frozenset({"columns", "column_names", "index"})
# what decorators of task libraries add to a function: `f.remote(x)` runs `f(x)` elsewhere
_STARTERS = frozenset({"remote", "delay", "submit", "local", "spawn"})

TABLES = ("pandas.DataFrame", "pandas.Series", "polars.DataFrame", "datasets.Dataset", "numpy.ndarray", "column")

_FRAMES = ("pandas.DataFrame", "polars.DataFrame", "datasets.Dataset")


def is_table(obj: Obj) -> bool:
    """Whether an object is a table, a column or an array of an external type."""
    return obj.cls is None and obj.type in TABLES


# -- making -------------------------------------------------------------------------------------------
def new_seq(ip: Interpreter, node: Any, kind: str, items: list[Value] | None, elem: Value = NOTHING) -> Value:
    """A list or tuple made at this place; a later pass adds to it."""
    if items is not None and len(items) > MAX_ITEMS:
        elem, items = join([*items, elem]), None
    made, new = ip.once(node, kind, lambda: Seq(kind, items, elem, ip.loop_ids))
    if not new:
        _refill(made, items, elem)
    return Value((made,))


def _refill(seq: Seq, items: list[Value] | None, elem: Value) -> None:
    if seq.items is not None and items is not None and len(seq.items) == len(items):
        seq.items = [join([old, new]) for old, new in zip(seq.items, items, strict=True)]
        return
    seq.elem = join([seq.elem, *(seq.items or []), *(items or []), elem])
    seq.items = None


def new_record(
    ip: Interpreter, node: Any, fields: dict[str, Value], rest: Value | None = None, key: Value | None = None
) -> Value:
    """A dict made at this place; a later pass adds to it."""
    made, new = ip.once(node, "record", lambda: Record(dict(fields), rest, key, ip.loop_ids))
    if not new:
        for name, value in fields.items():
            made.fields[name] = join([made.fields[name], value]) if name in made.fields else value
        made.rest = _either(made.rest, rest)
        made.key = _either(made.key, key)
    return Value((made,))


def _either(left: Value | None, right: Value | None) -> Value | None:
    if left is None or right is None:
        return right if left is None else left
    return join([left, right])


def spread_record(ip: Interpreter, value: Value, fields: dict[str, Value], rest: list[Value]) -> None:
    """`**value` inside a dict display or a call."""
    for atom in value.atoms:
        if isinstance(atom, Record):
            fields.update({name: _tested(ip, value, one) for name, one in atom.fields.items()})
            if atom.rest is not None:
                rest.append(_tested(ip, value, atom.rest))
        elif isinstance(atom, Obj):
            fields.update(atom.attrs if atom.cls or not atom.columns else atom.columns)
            rest.append(deep(atom.content))
        else:
            rest.append(element(value.with_atoms(atom)) if isinstance(atom, Loaded) else deep(value).with_atoms())
    if not value.atoms:
        rest.append(deep(value).but(varies=value.varies | UNKNOWN_ONLY))


def merge_records(ip: Interpreter, records: list[Record], node: Any) -> Value:
    """One dict made of several; the last wins."""
    fields: dict[str, Value] = {}
    rest: list[Value] = []
    for one in records:
        fields.update(one.fields)
        if one.rest is not None:
            rest.append(one.rest)
    return new_record(ip, node, fields, join(rest) if rest else None)


def exact_items(value: Value) -> list[Value] | None:
    """The elements of a list or tuple when all are known."""
    if len(value.atoms) == 1 and isinstance(value.atoms[0], Seq) and value.atoms[0].items is not None:
        return list(value.atoms[0].items)
    return None


# -- reading ------------------------------------------------------------------------------------------
def get_attr(ip: Interpreter, value: Value, name: str, node: Any) -> Value:
    """`value.name`."""
    if not value.atoms:
        return _attr_of_unknown(ip, value, name)
    return _moving_with(ip, value, join([_attr_of(ip, value, atom, name, node) for atom in value.atoms]))


def _moving_with(ip: Interpreter, whole: Value, part: Value) -> Value:
    """A field of what changes by loop or by chance changes with it, unless it is the same constant each time.

    It passed the tests that the whole has passed, and is an element of what that is one of.
    """
    part = _tested(ip, whole, part)
    if any(one < 0 for one in (*whole.reads, *part.reads)):
        part = part.but(reads=consulted(part.reads) | (whole.reads - consulted(whole.reads)))
    loops = {one for one in whole.varies if one > 0 or one < DRAWN or one == RANDOM} - part.varies
    if not loops or (len(part.atoms) == 1 and isinstance(part.atoms[0], Const | Text | Func | Ref)):
        return part
    return part.but(varies=part.varies | loops)


def _tested(ip: Interpreter, whole: Value, part: Value) -> Value:
    """A field of a record that passed tests on its way."""
    if not part.lineage or not whole.lineage:
        return part
    tests = [one for one in whole.lineage - part.lineage if ip.stages[one - 1].kind == "filter"]
    return part.but(lineage=part.lineage.union(tests)) if tests else part


def _attr_of_unknown(ip: Interpreter, value: Value, name: str) -> Value:
    if name in ip.metadata:
        return measure([value])
    return value.with_atoms(Ref(f"?.{name}", value))


def _attr_of(ip: Interpreter, value: Value, atom: Any, name: str, node: Any) -> Value:
    if isinstance(atom, Mod):
        return _attr_of_module(ip, atom, name)
    if isinstance(atom, Ref):
        if atom.receiver is not None and name in ip.metadata:
            return measure([value])
        if atom.name == "super":
            return _attr_of_super(ip, atom, name, node)
        found = entry.process_value(ip, f"sys.{name}") if atom.name == "sys" else None
        if found is not None:
            return found
        return value.with_atoms(Ref(f"{atom.name}.{name}", atom.receiver))
    if isinstance(atom, Obj):
        return _attr_of_object(ip, value, atom, name, node)
    if isinstance(atom, Func) and name in _STARTERS:
        return value.with_atoms(atom)
    if isinstance(atom, Cls):
        return _attr_of_class(ip, atom, name, node)
    if isinstance(atom, Const):
        kind = type(atom.value).__name__ if atom.value is not None else "?"
        return value.with_atoms(Ref(f"{kind}.{name}", value.with_atoms(atom)))
    if isinstance(atom, Record) and name in atom.fields:
        return atom.fields[name]
    if isinstance(atom, Seq | Record | Loaded | Dumped) and name in ip.metadata:
        return measure([value])
    return value.with_atoms(Ref(f"{_TYPE_NAMES[type(atom)]}.{name}", value.with_atoms(atom)))


def _attr_of_module(ip: Interpreter, atom: Mod, name: str) -> Value:
    ip.run_module(atom.module)
    found = ip.described(atom.module, name) or atom.module.env.names.get(name)
    if found is not None:
        return found
    inner = ip.modules.find(name, atom.module, 1)
    if inner is not None:
        ip.run_module(inner)
        return Value((Mod(inner),))
    return Value((Ref(f"?.{name}", NOTHING),), varies=UNKNOWN_ONLY)


def _attr_of_super(ip: Interpreter, atom: Ref, name: str, node: Any) -> Value:
    owner, receiver = ip.frame.owner, atom.receiver or NOTHING
    for base in owner.bases if owner is not None else ():
        found = member(base, name)
        if found is not None:
            return bound(ip, found, receiver, node)
    return Value((Ref(f"?.{name}", receiver),))


def _attr_of_object(ip: Interpreter, value: Value, obj: Obj, name: str, node: Any) -> Value:
    own = value.with_atoms(obj)
    if name in obj.attrs:
        return obj.attrs[name]
    if obj.cls is not None:
        found = member(Value((obj.cls,)), name)
        if found is not None:
            return bound(ip, found, own, node)
        if name == "__dict__":
            return Value((Record(dict(obj.attrs)),))
        return own.with_atoms(Ref(f"?.{name}", own)).but(varies=value.varies | UNKNOWN_ONLY)
    if name in obj.columns:
        return obj.columns[name]
    if name in _SAME_ROWS and is_table(obj):
        return own
    if name in _LABELS and is_table(obj):
        return measure([value])
    if obj.type == "response" and ip.models.has_word("response-parts", name):
        return own
    held = _data_attribute(ip, own, obj, name, node)
    if held is not None:
        return held
    if name in ip.metadata:
        return measure([value])
    if obj.type == "response":
        return own.with_atoms(Ref(f"?.{name}", own))
    if name == "__dict__":
        return Value((Record(dict(obj.attrs)),))
    varies = frozenset({CONFIGURED}) if obj.type.endswith("Namespace") else NO_IDS
    kind, receiver = _acting_as(ip, own, obj, name)
    return own.with_atoms(Ref(f"{kind}.{name}", receiver)).but(varies=value.varies | varies)


def _acting_as(ip: Interpreter, own: Value, obj: Obj, name: str) -> tuple[str, Value]:
    """The type whose method is meant, and the receiver as one of that type: some types have another's methods too."""
    like = next((row.like for row in ip.models.find(obj.type) if row.like), "")
    if not like or ip.models.find(f"{obj.type}.{name}"):
        return obj.type, own
    as_other = Obj(like, None, False, obj.attrs, obj.columns, obj.content, obj.loops, obj.varies, obj.oid)
    return like, own.with_atoms(as_other)


def _data_attribute(ip: Interpreter, own: Value, obj: Obj, name: str, node: Any) -> Value | None:
    """An attribute that holds the data of an external object (`response.dataset`)."""
    from synthlint.flow import calls, effects

    if not any(row.attribute for row in ip.models.find(f"{obj.type}.{name}")):
        return None
    found = effects.find_row(ip, f"{obj.type}.{name}", own, calls.Args([], {}), node)
    return effects.apply(found) if found is not None else None


def _attr_of_class(ip: Interpreter, cls: Cls, name: str, node: Any) -> Value:
    found = member(Value((cls,)), name)
    if found is None:
        return Value((Ref(f"?.{name}", NOTHING),), varies=UNKNOWN_ONLY)
    if any(_decorated(atom, "classmethod") for atom in found.atoms):
        return bound(ip, found, Value((cls,)), node)
    return found


def member(cls: Value, name: str, depth: int = 0) -> Value | None:
    """A name of a class or the classes it derives from; an external base gives a reference to its method."""
    for atom in cls.atoms:
        if isinstance(atom, Cls):
            found = atom.members.get(name)
            if found is not None:
                return found
            for base in atom.bases if depth < 12 else ():
                found = member(base, name, depth + 1)
                if found is not None:
                    return found
        elif isinstance(atom, Ref) and not atom.name.startswith(("builtins.", "?.", "abc.", "typing.", "enum.")):
            return Value((Ref(f"{atom.name}.{name}"),))
    return None


def bound(ip: Interpreter, found: Value, receiver: Value, node: Any) -> Value:
    """A class member looked up on an instance: methods bound, properties called."""
    from synthlint.flow import calls

    out = []
    for atom in found.atoms:
        if isinstance(atom, Func) and isinstance(atom.node, ir.Function) and atom.owner is not None:
            if _decorated(atom, "staticmethod"):
                out.append(Value((atom,)))
                continue
            method = Func(
                atom.node, atom.env, atom.module, atom.qualname, receiver, atom.owner, atom.cached, atom.oid
            )  # fmt: skip
            held = Value((method,))
            is_property = _decorated(atom, "property") or _decorated(atom, "cached_property")
            out.append(calls.invoke(ip, held, calls.Args([], {}), node) if is_property else held)
        elif isinstance(atom, Ref) and atom.receiver is None:
            out.append(Value((Ref(_of_kind(ip, atom.name), receiver),)))
        else:
            out.append(found.with_atoms(atom))
    return join(out)


def _of_kind(ip: Interpreter, name: str) -> str:
    """A method inherited from a class outside the project, under the type that an instance of that class has."""
    base, _, method = name.rpartition(".")
    kinds = [row.returns for row in ip.models.find(base) if row.returns]
    return f"{kinds[0]}.{method}" if kinds and method != "__init__" and not ip.models.find(name) else name


def _decorated(atom: Any, name: str) -> bool:
    if not isinstance(atom, Func) or not isinstance(atom.node, ir.Function):
        return False
    for one in atom.node.decorators:
        last = one.name if isinstance(one, ir.Attr) else one.id if isinstance(one, ir.Name) else ""
        if last == name:
            return True
    return False


def get_item(ip: Interpreter, value: Value, key: Value, node: Any) -> Value:
    """`value[key]`."""
    if not value.atoms:
        return drawn(ip, value, key, node) if folds_of(ip, key) else _item_of_unknown(ip, value, key)
    return _moving_with(ip, value, join([_item_of(ip, value, atom, key, node) for atom in value.atoms]))


def _item_of_unknown(ip: Interpreter, value: Value, key: Value) -> Value:
    if isinstance(key.const, str) and key.const in ip.metadata:
        return measure([value])
    return value.but(varies=value.varies | moving(key), depends=value.depends | key.depends)


def _item_of(ip: Interpreter, value: Value, atom: Any, key: Value, node: Any) -> Value:
    own = value.with_atoms(atom)
    if isinstance(atom, Record):
        return _item_of_record(own, atom, key)
    if isinstance(atom, Seq):
        index = key.const
        if atom.items is not None and isinstance(index, int) and -len(atom.items) <= index < len(atom.items):
            return atom.items[index]
        return _looked_up(_at(own, key), key)
    if isinstance(atom, Loaded):
        return _item_of_loaded(ip, own, atom, key, node)
    if isinstance(atom, Obj) and atom.cls is None:
        return _item_of_object(ip, own, atom, key, node)
    if isinstance(atom, Ref) and atom.name in ("os.environ",):
        return Value(varies=frozenset({CONFIGURED}))
    if isinstance(atom, Const) and isinstance(atom.value, str | list | tuple | dict):
        return measure([own]) if isinstance(key.const, int) else own.with_atoms()
    return deep(own).but(atoms=(), varies=value.varies | moving(key))


def moving(key: Value) -> frozenset[int]:
    """What an item changes with as its key does; that no key comes twice says nothing of the items."""
    return key.varies - {FRESH}


def _at(rows: Value, index: Value) -> Value:
    """`rows[index]`: an element, of each loop that the index changes with."""
    item, held = element(rows), collections_of(rows)
    loops = [one for one in index.varies if one > 0] or [0]
    return item.but(reads=frozenset().union(*[taken_from(one, item.reads, held) for one in loops]))


def _looked_up(item: Value, key: Value) -> Value:
    return item.but(
        varies=item.varies | moving(key), depends=item.depends | key.depends | key.lineage, reads=item.reads | key.reads
    )


def _item_of_record(own: Value, record: Record, key: Value) -> Value:
    name = key.const
    if isinstance(name, str | int):
        found = record.fields.get(str(name))
        if found is not None:
            return found if found.varies >= own.varies else found.but(varies=found.varies | own.varies)
        if record.rest is not None:
            return record.rest.but(varies=record.rest.varies | own.varies)
        return Value(lineage=own.lineage, varies=UNKNOWN_ONLY | own.varies)
    held = join([*record.fields.values(), *([record.rest] if record.rest is not None else [])])
    asked = frozenset({record.oid}) if has_content(key) else NO_IDS
    return _looked_up(held, key).but(reads=held.reads | key.reads | asked)


def has_content(key: Value) -> bool:
    """Whether a key was made of data; names of fields that the code lists were not."""
    whole = deep(key)
    return bool(whole.lineage or whole.depends)


def _item_of_loaded(ip: Interpreter, own: Value, loaded: Loaded, key: Value, node: Any) -> Value:
    from synthlint.flow import stored

    if isinstance(key.const, str | int):
        held = stored.item(ip, own, loaded, key.const, node)
        if held is not None:
            return held
    if not isinstance(key.const, str):
        return drawn(ip, own, key, node) if folds_of(ip, key) else _looked_up(loaded.elem, key)
    load = ip.stages[loaded.stage - 1]
    if load.facts.get("splits"):
        return part(ip, own, node, key.const, loaded.elem)
    for atom in loaded.elem.atoms:
        if isinstance(atom, Record) and key.const in atom.fields:
            return atom.fields[key.const]
    return own


def part(ip: Interpreter, whole: Value, node: Any, role: str, elem: Value | None = None) -> Value:
    """A named or positional part of a dataset: its rows are some of the rows of the whole."""
    base = deep(whole)
    stage = ip.stage("part", role, node, inputs=base.lineage, part=role, role=role)
    return relabel(ip, whole if elem is None else elem, stage.id, node, f"{role}:", whole)


def relabel(ip: Interpreter, value: Value, stage: int, node: Any, tag: str, whole: Value | None = None) -> Value:
    """A copy of a dataset whose content comes from `stage`."""
    lineage = frozenset({stage})
    source = whole if whole is not None else value
    atoms: list[Any] = []
    for atom in source.atoms:
        copy = _relabelled(ip, atom, lineage, node, tag)
        if copy is not None:
            atoms.append(copy)
    history = deep(source)
    return Value(
        tuple(atoms), lineage, history.depends, history.varies, history.reads, history.crumbs
    )  # fmt: skip


def _relabelled(ip: Interpreter, atom: Any, lineage: frozenset[int], node: Any, tag: str) -> Any:
    if isinstance(atom, Obj):
        made, _ = ip.once(node, f"{tag}{atom.oid}", lambda: Obj(atom.type, loops=atom.loops, varies=atom.varies))
        made.cls, made.is_data, made.attrs = atom.cls, atom.is_data, dict(atom.attrs)
        made.columns = {name: relineaged(one, lineage) for name, one in atom.columns.items()}
        made.content = relineaged(atom.content, lineage)
        return made
    if isinstance(atom, Seq):
        elem = join(atom.items) if atom.items else atom.elem
        made, _ = ip.once(node, f"{tag}{atom.oid}", lambda: Seq("list", None, NOTHING, atom.loops, atom.varies))
        made.elem = relineaged(elem, lineage)
        return made
    if isinstance(atom, Loaded):
        made, _ = ip.once(node, f"{tag}{atom.oid}", lambda: Loaded(NOTHING, atom.stage, atom.loops, atom.varies))
        made.elem = relineaged(atom.elem, lineage)
        return made
    return atom if isinstance(atom, Record) else None


def relineaged(value: Value, lineage: frozenset[int], depth: int = 0) -> Value:
    """A copy of `value` in which all content comes from `lineage`."""
    had = bool(deep(value).lineage)
    atoms: list[Any] = []
    for atom in value.atoms:
        if isinstance(atom, Record) and depth < 3:
            fields = {name: relineaged(one, lineage, depth + 1) for name, one in atom.fields.items()}
            rest = relineaged(atom.rest, lineage, depth + 1) if atom.rest is not None else None
            atoms.append(Record(fields, rest, atom.key, atom.loops, atom.varies, atom.oid))
        elif isinstance(atom, Const | Text | Dumped):
            atoms.append(atom)
        elif isinstance(atom, Seq) and depth < 3:
            items = [relineaged(one, lineage, depth + 1) for one in atom.items] if atom.items is not None else None
            elem = relineaged(atom.elem, lineage, depth + 1)
            atoms.append(
                Seq(atom.kind, items, elem, atom.loops, atom.varies, atom.times, atom.repeated, atom.again, atom.oid)
            )
        elif isinstance(atom, Obj) and depth < 2:
            columns = {name: relineaged(one, lineage, depth + 1) for name, one in atom.columns.items()}
            content = relineaged(atom.content, lineage, depth + 1)
            atoms.append(
                Obj(atom.type, atom.cls, atom.is_data, atom.attrs, columns, content, atom.loops, atom.varies, atom.oid)
            )  # fmt: skip
    return value.but(atoms=tuple(atoms), lineage=lineage if had or value.lineage else NO_IDS)


def _item_of_object(ip: Interpreter, own: Value, obj: Obj, key: Value, node: Any) -> Value:
    name = key.const
    if obj.type == "response" and not (isinstance(name, str) and not ip.models.has_word("response-parts", name)):
        return own
    if obj.type == "response":
        return _item_of_unknown(ip, own.with_atoms(), key)
    if isinstance(name, str):
        if ip.models.has_word("train-splits", name) or ip.models.has_word("eval-splits", name):
            lineage = deep(own).lineage
            if any(ip.stages[one - 1].facts.get("splits") for one in lineage):
                return part(ip, own, node, name)
        named = _data_attribute(ip, own, obj, "[]", node)
        if named is not None:
            return named
        if name in obj.columns:
            return _column(obj.columns[name])
        if name in obj.attrs:
            return obj.attrs[name]
        held = deep(own)
        return held.with_atoms(Obj("column", content=obj.content, varies=obj.varies))
    pair = exact_items(key)
    if pair is not None and len(pair) == 2 and any(isinstance(one, Seq) and one.kind == "tuple" for one in key.atoms):
        rows = get_item(ip, own, pair[0], node) if _picks_rows(pair[0]) else own
        return get_item(ip, rows, pair[1], node) if _names_of(pair[1]) or isinstance(pair[1].const, str) else rows
    names = _names_of(key)
    if names is not None:
        kept = {one: obj.columns[one] for one in names if one in obj.columns}
        made, _ = ip.once(node, f"select:{obj.oid}", lambda: Obj(obj.type, content=obj.content, loops=obj.loops))
        made.columns = kept or {one: deep(obj.content).with_atoms() for one in names}
        made.attrs = {"__columns__": const(",".join(names))}
        return own.with_atoms(made)
    if key.depends and folds_of(ip, key):
        return drawn(ip, own, key, node)
    if (key.depends and not key.lineage) or key.reads:
        return masked(ip, own, key, node)
    if any(ip.stages[one - 1].facts.get("splits") for one in own.lineage):
        return own.but(varies=own.varies | UNKNOWN_ONLY)  # some split, nobody knows which
    return own


def folds_of(ip: Interpreter, key: Value) -> frozenset[int]:
    """The splits whose fold indices a key is, or was made of."""
    return frozenset(one for one in deep(key).depends if ip.stages[one - 1].facts.get("indices"))


def drawn(ip: Interpreter, whole: Value, key: Value, node: Any) -> Value:
    """`rows[index]` with the indices of a fold: another part of the rows at every place."""
    base = deep(whole)
    if not base.lineage:
        return whole
    role = next((str(a.attrs["role"].const) for a in key.atoms if isinstance(a, Obj) and "role" in a.attrs), "fold")
    stage = ip.stage("part", role, node, inputs=base.lineage, part=role, role=role, folds=folds_of(ip, key))
    made = relabel(ip, whole, stage.id, node, "fold:")
    return made.but(depends=made.depends - folds_of(ip, key))


def _column(value: Value) -> Value:
    return value


def _picks_rows(key: Value) -> bool:
    return bool(key.depends or key.reads or key.lineage) and not isinstance(key.const, str)


def _names_of(key: Value) -> list[str] | None:
    items = exact_items(key)
    if items is None or not items or not all(isinstance(one.const, str) for one in items):
        return None
    return [one.const for one in items]


def without_columns(ip: Interpreter, value: Value, names: Value, node: Any) -> Value | None:
    """A table without some of its columns; None if what is left cannot be said."""
    gone = _names_of(names) or ([names.const] if isinstance(names.const, str) else None)
    tables = [atom for atom in value.atoms if isinstance(atom, Obj) and atom.columns]
    if gone is None or len(tables) != 1:
        return None
    (table,) = tables
    if any(isinstance(row, Record) and row.rest is not None for row in table.content.atoms):
        return None
    made, _ = ip.once(node, f"without:{table.oid}", lambda: Obj(table.type, content=table.content, loops=table.loops))
    made.columns = {name: one for name, one in table.columns.items() if name not in gone}
    made.attrs = {"__columns__": const(",".join(made.columns))}
    return value.with_atoms(made)


def remove_columns(mapped: Value, before: Value, names: Value) -> Value:
    """A mapped dataset without some columns of the one before, or without all of them if `names` is not known."""
    gone = _names_of(names) or ([names.const] if isinstance(names.const, str) else None)
    for atom in mapped.atoms:
        if isinstance(atom, Obj):
            old = {name: one for table in before.atoms if isinstance(table, Obj) for name, one in table.columns.items()}
            kept = (name for name, one in atom.columns.items() if old.get(name) is not one)
            left = [*kept] if gone is None else [name for name in atom.columns if name not in gone]
            atom.columns = {name: atom.columns[name] for name in left}
            if left:
                atom.attrs["__columns__"] = const(",".join(left))
    return mapped


def masked(ip: Interpreter, value: Value, mask: Value, node: Any) -> Value:
    """Rows of a table that pass a test."""
    whole = deep(value)
    if not whole.lineage:
        return value
    ip.guards.append(ip.guard(mask, node, "test"))
    stage = ip.stage("filter", "mask", node, inputs=whole.lineage)
    ip.guards.pop()
    flags = [one for one in ancestors_of(ip, mask) if ip.stages[one - 1].facts.get("flags")]
    if flags:
        stage = ip.stage("dedup", "mask", node, inputs=whole.lineage, drops=True)
    return relabel(ip, value, stage.id, node, "masked:")


def ancestors_of(ip: Interpreter, value: Value) -> set[int]:
    """The stages that a value carries or depends on, transitively by content."""
    whole = deep(value)
    return guarded.ancestors(ip, whole.lineage | whole.depends)


def get_slice(ip: Interpreter, value: Value, node: ir.Item, index: ir.Slice) -> Value:
    """`value[a:b]`: an open end makes a part (`rows[:n]`, `rows[n:]`), as in a split by hand."""
    bounds = [ip.eval(one) if one is not None else None for one in (index.lower, index.upper)]
    if text_parts(value) is not None or any(isinstance(atom, Dumped) for atom in value.atoms):
        return blend([value], Text((None,)))
    is_data = any(isinstance(atom, Seq | Loaded | Obj) for atom in value.atoms)
    open_ends = (index.lower is None) != (index.upper is None)
    if index.lower is not None and index.upper is not None and any(
        isinstance(atom, Obj) and is_table(atom) for atom in value.atoms
    ):  # fmt: skip
        base = deep(value)
        stage = ip.stage("part", "slice", node, inputs=base.lineage, part="slice", role="slice")
        return relabel(ip, value, stage.id, node, "slice:") if base.lineage else value
    if not is_data or index.step is not None or not open_ends or not deep(value).lineage:
        return value if is_data else deep(value).but(atoms=())
    role = "head" if index.lower is None else "tail"
    bound_value = bounds[1] if role == "head" else bounds[0]
    limit = bound_value.const if bound_value is not None else None
    base = deep(value)
    stage = ip.stage("part", role, node, inputs=base.lineage, part=role, role=role, bound=limit)
    return relabel(ip, value, stage.id, node, f"{role}:")


# -- writing ------------------------------------------------------------------------------------------
def set_attr(ip: Interpreter, value: Value, name: str, new: Value, node: Any) -> None:
    """`value.name = new`."""
    for atom in value.atoms:
        if isinstance(atom, Obj):
            old = atom.attrs.get(name)
            fresh = old is None or (atom.loops >= ip.loop_ids and not ip.guards)
            atom.attrs[name] = new if fresh or old is None else join([old, new])
        elif isinstance(atom, Mod):
            atom.module.env.names[name] = new
        elif isinstance(atom, Cls):
            atom.members[name] = new


def set_item(ip: Interpreter, value: Value, key: Value, new: Value, node: Any) -> None:
    """`value[key] = new`."""
    for atom in value.atoms:
        if isinstance(atom, Record):
            _set_in_record(ip, atom, key, new, node)
        elif isinstance(atom, Seq):
            atom.elem = join([atom.elem, *(atom.items or []), new])
            atom.items = None
            guarded.touched(ip, atom)
        elif isinstance(atom, Loaded):
            if isinstance(key.const, str):
                for inner in atom.elem.atoms:
                    if isinstance(inner, Record):
                        inner.fields[key.const] = new
            else:
                atom.elem = join([atom.elem, new])
        elif isinstance(atom, Obj):
            _set_in_object(ip, atom, key, new)


def fill(ip: Interpreter, value: Value, new: Value) -> None:
    """What a library writes into a list or table that it is given."""
    for atom in value.atoms:
        if isinstance(atom, Seq):
            atom.elem, atom.items = join([atom.elem, *(atom.items or []), new]), None
            guarded.touched(ip, atom)
        elif isinstance(atom, Obj):
            atom.content = join([atom.content, new])
            guarded.touched(ip, atom)


def _set_in_record(ip: Interpreter, record: Record, key: Value, new: Value, node: Any) -> None:
    if isinstance(key.const, str | int):
        name = str(key.const)
        old = record.fields.get(name)
        record.fields[name] = new if old is None or not ip.loops or record.loops >= ip.loop_ids else join([old, new])
    else:
        key, held = guarded.keyed(ip, key, new, node)
        record.rest = held if record.rest is None else join([record.rest, held])
        record.key = key if record.key is None else join([record.key, key])
    guarded.touched(ip, record)


def _set_in_object(ip: Interpreter, obj: Obj, key: Value, new: Value) -> None:
    if isinstance(key.const, str):
        held = _elements_of_column(new)
        obj.columns[key.const] = held
        if obj.cls is None and obj.type.endswith(("Namespace", "Config")):
            obj.attrs[key.const] = new
        return
    obj.content = join([obj.content, deep(new).with_atoms(*[a for a in new.atoms if isinstance(a, Record)])])
    guarded.touched(ip, obj)


def _elements_of_column(new: Value) -> Value:
    if any(isinstance(atom, Seq | Loaded) for atom in new.atoms):
        return element(new)
    return new


def extend(ip: Interpreter, value: Value, new: Value, node: Any) -> None:
    """`value += new` or `value.extend(new)`: a mix when both sides hold data of their own."""
    held = guarded.passed(ip, element(new), node)
    for atom in value.atoms:
        if isinstance(atom, Seq):
            old = join(atom.items) if atom.items else atom.elem
            before = deep(Value((atom,))).lineage
            exact = exact_items(new)
            if atom.items is not None and exact is not None and not ip.loops and len(atom.items) < MAX_ITEMS:
                atom.items = [*atom.items, *exact]
            else:
                atom.elem, atom.items = join([old, held]), None
            guarded.touched(ip, atom)
            if not (_are_tables(old) and _are_tables(held)):
                _note_mix(ip, before, deep(held).lineage, node)
        elif isinstance(atom, Loaded):
            _note_mix(ip, deep(atom.elem).lineage, deep(held).lineage, node)
            atom.elem = join([atom.elem, held])
            guarded.touched(ip, atom)
        elif isinstance(atom, Obj):
            atom.content = join([atom.content, held])


def comes_again(ip: Interpreter, loops: Iterable[Loop], value: Value) -> bool:
    """Whether loops make the same given value more than once: `for _ in range(5)` around one that does not change."""
    whole = deep(value)
    if whole.varies & {RANDOM, UNKNOWN, FRESH}:
        return False
    if any(ip.stages[one - 1].kind == "generate" for one in guarded.ancestors(ip, whole.lineage)):
        return False
    counting = (one for one in loops if one.counts and not one.retry and one.bound != 1)
    return any(one.id not in whole.varies for one in counting)


def append(ip: Interpreter, value: Value, new: Value, node: Any) -> None:
    """`value.append(new)` or `value.add(new)`."""
    held = guarded.passed(ip, new, node)
    for atom in value.atoms:
        if isinstance(atom, Seq):
            if atom.kind == "set":
                held = guarded.distinct(ip, held, node, "set")
            if atom.items is not None and not ip.loops and len(atom.items) < MAX_ITEMS:
                atom.items = [*atom.items, held]
            else:
                atom.elem = _gathered(ip, atom, held, node)
                atom.items = None
            guarded.touched(ip, atom)
        elif isinstance(atom, Loaded):
            _note_mix(ip, deep(atom.elem).lineage, deep(held).lineage, node)
            atom.elem = join([atom.elem, held])
            guarded.touched(ip, atom)
        elif isinstance(atom, Obj):
            atom.content = join([atom.content, held])
            guarded.touched(ip, atom)


def _gathered(ip: Interpreter, rows: Seq, new: Value, node: Any) -> Value:
    """The elements of a list that a loop adds rows to: a mix when the list held rows with another origin."""
    old = join([rows.elem, *(rows.items or [])])
    before, added = deep(old).lineage, deep(new).lineage
    both = join([old, new])
    if not before or not added or before & added or rows.loops >= ip.loop_ids or _is_turn(new):
        return both
    if _are_tables(old) and _are_tables(new):
        return both  # a list of tables joins no rows
    if any(ip.stages[one - 1].kind == "mix" and ip.stages[one - 1].site.pos == node.pos for one in before):
        return relineaged(both, before)  # the next pass of the same loop
    stage = ip.stage("mix", "append", node, inputs=before | added, operands=(before, added))
    stage.facts["shapes"] = tuple(_row_keys(one) for one in (old, new))
    return relineaged(both, frozenset({stage.id}))


def _row_keys(row: Value) -> frozenset[str]:
    """The constant keys of a row; the places of a tuple are keys too."""
    keys = shape_keys(Value((Seq("list", None, row),)))
    places = {str(at) for atom in row.atoms if isinstance(atom, Seq) for at in range(len(atom.items or ()))}
    return keys | places


def _is_turn(row: Value) -> bool:
    """Whether a row is one turn of a conversation, whose roles tell who speaks."""
    return any(isinstance(atom, Record) and not {"role", "from"}.isdisjoint(atom.fields) for atom in row.atoms)


def _are_tables(value: Value) -> bool:
    tables = (isinstance(atom, Obj) and is_table(atom) and atom.type in _FRAMES for atom in value.atoms)
    return bool(value.atoms) and all(tables)


def operands_of(value: Value) -> list[Value]:
    """What a join of `value` joins: the items of a list, or the tables that a list may hold."""
    exact = exact_items(value)
    if exact is not None:
        return exact
    held = element(value)
    if len(held.atoms) < 2 or not _are_tables(held):
        return [value]
    return [Value((atom,), deep(Value((atom,))).lineage, varies=held.varies) for atom in held.atoms]


def _note_mix(ip: Interpreter, left: frozenset[int], right: frozenset[int], node: Any) -> None:
    if left and right and left != right:
        ip.stage("mix", "extend", node, inputs=left | right, operands=(left, right))


def mix(ip: Interpreter, operands: list[Value], node: Any, call: str = "+", summary: Any = None) -> Value:
    """Datasets joined to one."""
    parts = [one for one in operands if deep(one).lineage]
    sides = tuple(deep(one).lineage for one in parts)
    elem = join([element(one) for one in operands])
    kinds = [atom for one in operands for atom in one.atoms if isinstance(atom, Obj)]
    inputs = frozenset().union(*sides) if sides else NO_IDS
    lineage = NO_IDS
    if len(sides) > 1:
        stage = ip.stage("mix", call, node, inputs=inputs, operands=sides, summary=summary)
        stage.args["operands"] = join([*operands])
        stage.facts["shapes"] = tuple(shape_keys(one) for one in parts)
        stage.facts["marks"] = tuple(_marks(one) for one in parts)
        lineage = frozenset({stage.id})
        elem = relineaged(elem, lineage)
    if kinds:
        made, _ = ip.once(node, "mixed", lambda: Obj(kinds[0].type, loops=ip.loop_ids))
        made.content = join([made.content, elem])
        for one in kinds:
            for name, column in one.columns.items():
                held = relineaged(column, lineage) if lineage else column
                made.columns[name] = join([made.columns[name], held]) if name in made.columns else held
        if len(kinds) == len(operands) and all("__columns__" in one.attrs for one in kinds):
            made.attrs["__columns__"] = const(",".join(made.columns))
        return blend(operands, made).but(lineage=lineage or inputs)
    made = new_seq(ip, node, "list", None, elem)
    return made.but(lineage=lineage)


def shape_keys(value: Value) -> frozenset[str]:
    """The constant keys of the records in a dataset."""
    keys: set[str] = set()
    for atom in (*value.atoms, *element(value).atoms):
        if isinstance(atom, Record):
            keys |= set(atom.fields)
        elif isinstance(atom, Obj):
            keys |= set(atom.columns)
    return frozenset(keys)


def _marks(value: Value) -> dict[str, object]:
    """The columns of a dataset that hold one constant in all rows."""
    marks: dict[str, object] = {}
    for atom in (*value.atoms, *element(value).atoms):
        held = atom.fields if isinstance(atom, Record) else atom.columns if isinstance(atom, Obj) else {}
        marks |= {name: one.const for name, one in held.items() if one.const is not None}
    return marks


# -- text and chains ----------------------------------------------------------------------------------
def percent(left: Value, right: Value) -> Value:
    """`text % values`: the template with its holes."""
    import re

    parts = text_parts(left)
    if parts is None:
        return blend([left, right])
    items = exact_items(right)
    queue = list(items) if items is not None else [right]
    out: list[str | None] = []
    for part_ in parts:
        if part_ is None:
            out.append(None)
            continue
        for piece in re.split(r"(%(?:\(\w+\))?[-+ #0-9.]*[a-zA-Z])", part_):
            if piece.startswith("%") and len(piece) > 1:
                known = text_parts(queue.pop(0)) if queue else None
                out += known or (None,)
            else:
                out.append(piece)
    return blend([left, right], make_text(out))


def is_chainable(ip: Interpreter, value: Value) -> bool:
    """Whether `|` on this object builds a chain of runnables."""
    for atom in value.atoms:
        if isinstance(atom, Chain):
            return True
        if isinstance(atom, Obj) and atom.cls is None and any(row.chain for row in ip.models.find(atom.type)):
            return True
    return False


def connect(ip: Interpreter, left: Value, right: Value, node: Any) -> Value:
    """`left >> right`: steps of a declared pipeline; the right one takes the content of the left."""
    from synthlint.flow import dag

    linked = dag.follow(ip, left, right, node)
    return linked if linked is not None else blend([left, right])
