"""The shape of what is written: the keys of a record, what stands under them, how many records."""

from __future__ import annotations

from dataclasses import dataclass, field

from synthlint.flow.values import Dumped, Loaded, Obj, Record, Seq, Value, deep, element, join

MAX_NESTING = 4


@dataclass(slots=True, eq=False)
class Shape:
    """Keys of the written records with their values, keys of nested records, and whether it is a collection.

    `exact` is true while every key is known: a provenance key that is not among them is not there.
    """

    keys: dict[str, Value] = field(default_factory=dict)
    nested: dict[str, Value] = field(default_factory=dict)
    many: bool = False
    exact: bool = True
    text: bool = True

    def join(self, other: Shape) -> Shape:
        """The shape of either."""
        keys = dict(self.keys)
        for name, value in other.keys.items():
            keys[name] = join([keys[name], value]) if name in keys else value
        return Shape(
            keys, {**self.nested, **other.nested}, self.many or other.many, self.exact and other.exact,
            self.text and other.text,
        )  # fmt: skip

    @property
    def all_keys(self) -> frozenset[str]:
        """Keys of the records and of the records inside them."""
        return frozenset(self.keys) | frozenset(self.nested)


def record_shape(value: Value) -> Shape:
    """The shape of a written value."""
    shape = Shape()
    _visit(value, shape, 0, set())
    return shape


def _visit(value: Value, shape: Shape, depth: int, seen: set[int]) -> None:
    if depth > MAX_NESTING:
        return
    if not value.atoms and value.lineage:
        shape.exact = shape.exact and depth > 0
    for atom in value.atoms:
        if id(atom) in seen:
            continue
        seen.add(id(atom))
        if isinstance(atom, Dumped):
            _visit(atom.value, shape, depth, seen)
        elif isinstance(atom, Record):
            _record(atom, shape, depth, seen)
        elif isinstance(atom, Seq):
            if atom.kind in ("list", "set", "generator", "rows", "pieces") or depth == 0:
                shape.many = shape.many or _holds_many(atom)
            _visit(join(atom.items) if atom.items else atom.elem, shape, depth, seen)
        elif isinstance(atom, Obj):
            _object(atom, shape, depth, seen)
        elif isinstance(atom, Loaded):
            shape.many = True
            _visit(element(value.with_atoms(atom)), shape, depth, seen)


def _holds_many(seq: Seq) -> bool:
    if seq.items is not None:
        return len(seq.items) > 1 and any(deep(one).lineage for one in seq.items)
    return bool(deep(seq.elem).lineage)


def _record(record: Record, shape: Shape, depth: int, seen: set[int]) -> None:
    shape.text = False
    target = shape.keys if depth == 0 else shape.nested
    for name, value in record.fields.items():
        target[name] = join([target[name], value]) if name in target else value
        if any(isinstance(atom, Seq | Record | Dumped | Obj) for atom in value.atoms):
            inner = Shape()
            _visit(value, inner, 1, seen)
            shape.nested.update(inner.keys)
            shape.nested.update(inner.nested)
            shape.many = shape.many or inner.many
    if record.rest is not None and deep(record.rest).lineage:
        shape.exact = False
        if record.key is not None:
            shape.many = True
            _visit(record.rest, shape, depth, seen)


def _object(obj: Obj, shape: Shape, depth: int, seen: set[int]) -> None:
    shape.text = False
    if obj.cls is not None:
        _record(Record(dict(obj.attrs)), shape, depth, seen)
        return
    for name, value in obj.columns.items():
        target = shape.keys if depth == 0 else shape.nested
        target[name] = value
    if obj.type in ("pandas.DataFrame", "polars.DataFrame", "datasets.Dataset"):
        shape.many = True
    selected = obj.attrs.get("__columns__")
    if selected is None:
        _visit(obj.content, shape, depth, seen)
    if not obj.columns and deep(obj.content).lineage:
        shape.exact = shape.exact and bool(shape.keys)
