"""Records that pass a test on their way into a collection, and what is unique by construction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthlint.flow import loops
from synthlint.flow.values import FRESH, NO_IDS, PENDING, UNKNOWN_ONLY, Record, Seq, Value, collections_of, deep, join

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter

_UNEQUAL = frozenset({FRESH, PENDING})


def passed(ip: Interpreter, value: Value, node: Any) -> Value:
    """`value` as it enters a collection under the tests in force: a `filter` stage if any looks at data."""
    guards = [one for one in ip.guards if one.depends]
    if not guards:
        return value
    whole = deep(value)
    if not whole.lineage:
        return value
    stage = ip.stage("filter", "test", node, inputs=whole.lineage)
    return value.but(lineage=value.lineage | {stage.id})


def make_set(ip: Interpreter, items: list[Value], node: Any) -> Value:
    """A set: its elements are distinct, which removes repeated records unless they hold a fresh value."""
    elem = distinct(ip, join(items), node, "set")
    made, new = ip.once(node, "set", lambda: Seq("set", None, elem, ip.loop_ids))
    if not new:
        made.elem = join([made.elem, elem])
    return Value((made,), lineage=elem.lineage, depends=elem.depends, varies=elem.varies)


def distinct(ip: Interpreter, value: Value, node: Any, how: str) -> Value:
    """`value` after repeated ones were dropped."""
    whole = deep(value)
    if not whole.lineage or whole.varies & _UNEQUAL:
        return value
    from synthlint.flow import containers

    stage = ip.stage("dedup", how, node, inputs=whole.lineage, drops=True)
    return containers.relineaged(value, frozenset({stage.id}))


def keyed_record(ip: Interpreter, node: Any, key: Value, value: Value) -> Value:
    """A dict built under computed keys; keys made of the content keep one record of each."""
    key, held = keyed(ip, key, value, node)
    made, new = ip.once(node, "record", lambda: Record({}, held, key, ip.loop_ids))
    if not new:
        made.rest = join([made.rest, held])
        made.key = join([made.key, key])
    return Value((made,), reads=key.reads)


def keyed(ip: Interpreter, key: Value, value: Value, node: Any) -> tuple[Value, Value]:
    """A key and the record stored under it: one per key, so a key that is generated content removes repeats."""
    whole = deep(key)
    behind = {ip.stages[one - 1].kind for one in ancestors(ip, whole.lineage)}
    if whole.varies & _UNEQUAL or not ("generate" in behind or ("load" in behind and _is_content(ip, node))):
        return key, value
    from synthlint.flow import containers

    stage = ip.stage("dedup", "dict key", node, inputs=deep(value).lineage | whole.lineage, drops=True)
    own = frozenset({stage.id})
    held = containers.relineaged(value, own)
    return containers.relineaged(key, own), held.but(lineage=held.lineage | own)


def _is_content(ip: Interpreter, node: Any) -> bool:
    """Whether a key is a field of the record that is no number of it: `{row["text"]: row for row in rows}`."""
    key = getattr(node, "key", None) or getattr(node, "index", None)
    name = getattr(getattr(key, "index", None), "value", None)
    return isinstance(name, str) and not ip.models.has_word("fresh-keys", name)


def ancestors(ip: Interpreter, ids: frozenset[int]) -> set[int]:
    """The stages whose content `ids` carry, transitively."""
    seen: set[int] = set()
    todo = list(ids)
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += ip.stages[one - 1].inputs
    return seen


def note_comparison(ip: Interpreter, node: Any, left: Value, rights: list[Value]) -> None:
    """Remember that generated content was compared with something: a score, a gold answer, a check."""
    for right in rights:
        a, b = deep(left), deep(right)
        if node.ops[0] not in ("==", "!="):
            continue
        if (a.lineage or b.lineage) and loops.scores(ip, a, b):
            rows = a.lineage | b.lineage
            ip.stage("evaluate", "==", node, inputs=rows, context=a.depends | b.depends,
                     args={"data": Value(lineage=rows, varies=UNKNOWN_ONLY)})  # fmt: skip
        elif a.lineage and b.lineage:
            ip.stage("compare", "==", node, inputs=a.lineage | b.lineage, context=NO_IDS, sides=(a.lineage, b.lineage))


def touched(ip: Interpreter, collection: Any) -> None:
    """A collection was added to: in a loop it was not made in, it now differs from pass to pass."""
    collection.varies |= ip.loop_ids - collection.loops


__all__ = ["ancestors", "collections_of", "distinct", "keyed", "keyed_record", "make_set", "passed", "touched"]
