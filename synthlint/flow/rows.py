"""Rows that a library makes itself: it walks the given ones, asks a model for each, and adds what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthlint.flow import containers
from synthlint.flow.values import NO_IDS, NOTHING, Obj, Record, Seq, Value, element, join, text_parts

if TYPE_CHECKING:
    from synthlint.flow.apicall import ApiCall
    from synthlint.flow.interp import Interpreter
    from synthlint.flow.stages import Stage


def walk(call: ApiCall) -> bool:
    """Enter the loop of a library over the elements of `each`; whether there is one."""
    source = call.first(call.summary.each)
    if source is None:
        return False
    if text_parts(source) is not None:  # one prompt in place of many
        call.item = source
        return False
    from synthlint.flow.exprs import length_of

    loop = call.ip.new_loop(call.node, "map", length_of(source), source=source)
    call.item = call.ip.walked(source, loop)
    call.ip.loops.append(loop)
    return True


def made(call: ApiCall, stage: Stage, answer: Value) -> Value | None:
    """One row that the project's `parse` function, or the library itself, makes of an answer; None if neither does."""
    call.answer = answer
    parsed = call.first(call.summary.parse)
    if parsed is not None:
        is_list = any(isinstance(atom, Seq) and atom.kind != "tuple" for atom in parsed.atoms)
        return element(parsed) if is_list else parsed
    return extended(call, answer, stage) if call.summary.result == "rows" else None


def extended(call: ApiCall, new: Value, stage: Stage | None = None) -> Value:
    """The element of `each` with new content under the fields of the row, and the model under its tag."""
    fields: dict[str, Value] = {}
    rest: list[Value] = []
    item = call.item if call.item is not None else NOTHING
    containers.spread_record(call.ip, item, fields, rest)
    bare = new.with_atoms()
    fields |= dict.fromkeys(call.summary.fields, bare)
    if call.summary.tag:
        fields[call.summary.tag] = Value(depends=NO_IDS if stage is None else frozenset({stage.id}))
    if bare.lineage:
        rest.append(bare)
    record = containers.new_record(call.ip, call.node, fields, join(rest) if rest else None)
    return record.but(varies=item.varies | new.varies)


def only(ip: Interpreter, data: Value, names: Value | None, node: Any) -> Value:
    """The rows with no other columns than those named; all of them if the names are not known."""
    known = containers.exact_items(names) if names is not None else None
    if known is None or not all(isinstance(one.const, str) for one in known):
        return data
    row = element(data)
    records = [atom for atom in row.atoms if isinstance(atom, Record)]
    if not records:
        return data
    fields = {
        one.const: join([atom.fields.get(one.const) or atom.rest or NOTHING for atom in records]) for one in known
    }
    kept, _ = ip.once(node, "kept", lambda: Record({}, None, None, ip.loop_ids))
    kept.fields = fields
    return containers.new_seq(ip, node, "list", None, row.with_atoms(kept))


def as_object(ip: Interpreter, kind: str, node: Any, row: Value) -> Value:
    """A table or response of an external type that holds such rows."""
    from synthlint.flow import calls

    held = calls.new_object(ip, kind, node, {}, row)
    for atom in held.atoms:
        if isinstance(atom, Obj):
            for inner in row.atoms:
                atom.columns.update(inner.fields if isinstance(inner, Record) else {})
    return held.but(lineage=row.lineage, varies=row.varies)
