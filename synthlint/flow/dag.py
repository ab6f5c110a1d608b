"""Declared pipelines: steps that a with-block or `>>` collects, carried out when the pipeline is run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthlint.flow import containers
from synthlint.flow.scope import Frame
from synthlint.flow.values import NOTHING, Func, Obj, Record, Seq, Value, element, join

if TYPE_CHECKING:
    from synthlint.flow.apicall import ApiCall
    from synthlint.flow.interp import Interpreter


@dataclass(slots=True, eq=False)
class Step:
    """A step of a declared pipeline, with the place where it was made."""

    value: Value
    obj: Obj
    node: Any
    frame: Frame


# -- collecting ---------------------------------------------------------------------------------------
def enter(ip: Interpreter, value: Value) -> None:
    """The with-block of a pipeline begins: steps made in it belong to it."""
    ip.blocks += [atom.oid for atom in value.atoms if isinstance(atom, Obj) and _gathers(ip, atom)]


def _gathers(ip: Interpreter, obj: Obj) -> bool:
    return any(row.gathers for row in ip.models.find(obj.type))


def note(ip: Interpreter, value: Value, node: Any) -> None:
    """A step that was just made belongs to the pipeline whose block is open."""
    for obj in steps_in(ip, value):
        _collect(ip, ip.blocks[-1], value.with_atoms(obj), obj, node)


def _collect(ip: Interpreter, block: int, value: Value, obj: Obj, node: Any) -> None:
    held = ip.declared.setdefault(block, [])
    if all(one.obj is not obj for one in held):
        frame = ip.frame
        at = Frame(frame.module, frame.env, frame.scope, frame.scope_pos, statement=frame.statement)
        held.append(Step(value, obj, node, at))


def steps_in(ip: Interpreter, value: Value) -> list[Obj]:
    """The steps that a value is or lists."""
    out: list[Obj] = []
    for atom in value.atoms:
        if isinstance(atom, Obj) and kind_of(ip, atom):
            out.append(atom)
        elif isinstance(atom, Seq):
            for one in atom.items if atom.items is not None else (atom.elem,):
                out += steps_in(ip, one)
    return out


def kind_of(ip: Interpreter, obj: Obj) -> str:
    """The type by which a step is known: its own, or that of the library class it derives from; empty if it is none."""
    from synthlint.flow.calls import external_base

    name = obj.type if obj.cls is None else external_base(obj.cls)
    row = next((one for one in ip.models.find(name or "") if one.chain), None)
    return "" if row is None else row.returns or str(name)


def follow(ip: Interpreter, left: Value, right: Value, node: Any) -> Value | None:
    """`left >> right`: the steps on the right work on what those on the left give; None if there are no steps."""
    blocks = [atom.oid for atom in left.atoms if isinstance(atom, Obj) and _gathers(ip, atom)]
    before, after = steps_in(ip, left), steps_in(ip, right)
    for block in blocks:
        for one in after:
            _collect(ip, block, right.with_atoms(one), one, node)
    if not blocks:
        for one in after:
            ip.edges.setdefault(one.oid, []).extend(each.oid for each in before)
    return right if after else left if before else None


# -- carrying out -------------------------------------------------------------------------------------
def run(call: ApiCall) -> Value | None:
    """What the last steps of the pipeline give; None if its steps are not known."""
    ip = call.ip
    steps = [one for atom in call.receiver.atoms if isinstance(atom, Obj) for one in ip.declared.get(atom.oid, ())]
    if not steps:
        return None
    _configure(steps, call.get("parameters"))
    given = call.first(call.summary.data)
    done: dict[int, Value] = {}
    linked = any(ip.edges.get(one.obj.oid) for one in steps)
    for index, one in enumerate(steps):
        before = None if linked or index == 0 else steps[index - 1]
        _finish(ip, one, steps, done, given, before)
    left = {each for one in steps for each in ip.edges.get(one.obj.oid, ())}
    ends = [one for one in steps if one.obj.oid not in left] if linked else steps[-1:]
    row = join([done[one.obj.oid] for one in ends])
    from synthlint.flow import rows

    return rows.as_object(ip, call.summary.returns, call.node, row) if call.summary.returns else row


def _finish(
    ip: Interpreter, step: Step, steps: list[Step], done: dict[int, Value], given: Value | None, before: Step | None
) -> None:
    """Carry out a step after those that it follows."""
    if step.obj.oid in done:
        return
    done[step.obj.oid] = NOTHING  # a circle ends here
    wanted = ip.edges.get(step.obj.oid, [before.obj.oid] if before is not None else [])
    sources = [one for one in steps if one.obj.oid in wanted]
    for one in sources:
        _finish(ip, one, steps, done, given, None)
    held = join([done[one.obj.oid] for one in sources]) if sources else None
    done[step.obj.oid] = _carry_out(ip, step, held, given)


def _carry_out(ip: Interpreter, step: Step, row: Value | None, given: Value | None) -> Value:
    from synthlint.flow import calls, effects

    data = _listed(ip, step, row) if row is not None else given
    args = calls.Args([data] if data is not None else [], {})
    ip.frames.append(step.frame)
    try:
        own = containers.member(Value((step.obj.cls,)), "process") if step.obj.cls is not None else None
        if own is not None and any(isinstance(atom, Func) for atom in own.atoms):
            return _one(calls.invoke(ip, containers.bound(ip, own, step.value, step.node), args, step.node))
        found = effects.find_row(ip, f"{kind_of(ip, step.obj)}.process", step.value, args, step.node)
        if found is not None:
            return _one(effects.apply(found))
    finally:
        ip.frames.pop()
    return element(step.value) if data is None else element(data)


def _listed(ip: Interpreter, step: Step, row: Value) -> Value:
    made, _ = ip.once(step.node, "given rows", lambda: Seq("list", None, row, ip.loop_ids))
    made.elem = row
    return Value((made,))


def _one(value: Value) -> Value:
    """One row of what a step gave: a list of rows, or a generator of lists."""
    for _ in range(2):
        if not any(isinstance(atom, Seq) for atom in value.atoms):
            break
        value = element(value)
    return value


def _configure(steps: list[Step], parameters: Value | None) -> None:
    """Settings that are given when the pipeline runs, by the names of its steps."""
    for atom in parameters.atoms if parameters is not None else ():
        for name, settings in atom.fields.items() if isinstance(atom, Record) else ():
            for step in steps:
                if name in _names_of(step):
                    _set(step.obj, settings)


def _names_of(step: Step) -> set[str]:
    given = step.obj.attrs.get("name")
    func = getattr(step.node, "func", None)
    last = str(getattr(func, "name", getattr(func, "id", "")))
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last).lower()
    return {str(given.const) if given is not None else f"{snake}_0"}


def _set(obj: Obj | Record, settings: Value) -> None:
    held = obj.attrs if isinstance(obj, Obj) else obj.fields
    for atom in settings.atoms:
        for name, value in atom.fields.items() if isinstance(atom, Record) else ():
            inner = [one for one in held.get(name, NOTHING).atoms if isinstance(one, Obj | Record)]
            for one in inner:
                _set(one, value)
            if not inner:
                held[name] = value


__all__ = ["Step", "enter", "follow", "note", "run", "steps_in"]
