"""Objects that are stored whole (pickles, archives of arrays): each of their items is other data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthlint.flow.values import Loaded, Obj, Record, Seq, Value, deep

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter

Slot = tuple[int | str, ...]


def item(ip: Interpreter, whole: Value, loaded: Loaded, key: int | str, node: Any) -> Value | None:
    """What lies under a key or at a position of a stored object; None if the load gives rows, not an object.

    The stage of the item remembers in `slot` where in the stored object it lies: the way from its top.
    """
    from synthlint.flow import containers  # `synthlint rule` needs no interpreter

    holder = ip.stages[loaded.stage - 1]
    way = holder.facts.get("slot", () if holder.summary is not None and holder.summary.result == "object" else None)
    if way is None:
        return None
    stage = ip.stage("part", "item", node, inputs=deep(whole).lineage, part=f"item {key!r}", role="item",
                     slot=(*way, key))  # fmt: skip
    made = containers.relabel(ip, whole, stage.id, node, f"item {key!r}:")
    for atom in made.atoms:
        if isinstance(atom, Loaded):
            atom.stage = stage.id
    return made


def found_at(value: Value, slot: Slot) -> Value | None:
    """What a written value holds at a slot; None if that is not known."""
    for key in slot:
        if len(value.atoms) != 1:
            return None
        found = _inside(value.atoms[0], key)
        if found is None:
            return None
        value = found
    return value


def _inside(atom: Any, key: int | str) -> Value | None:
    if isinstance(atom, Seq) and atom.items is not None and isinstance(key, int) and key < len(atom.items):
        return atom.items[key]
    if isinstance(atom, Record) and atom.rest is None:
        return atom.fields.get(str(key))
    return atom.attrs.get(str(key)) if isinstance(atom, Obj) and atom.is_data else None
