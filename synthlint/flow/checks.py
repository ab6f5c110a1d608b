"""Tests that look at what a model gave: content that is checked before the program goes on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthlint.flow.values import Obj, Record, Seq, Value, deep
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter

STRUCTURED = frozenset((
    "response_format", "response_model", "output_type", "output_schema", "response_schema", "text_format",
    "guided_json", "json_schema",
))  # fmt: skip


def note(ip: Interpreter, test: Value, node: Any) -> None:
    """Remember which content a test looks at; how many records there are, or which were seen, says nothing of it."""
    if isinstance(node, ir.Compare) and _only_counts(ip, node):
        return
    mark(ip, test)


def mark(ip: Interpreter, value: Value) -> None:
    """Remember that content was checked."""
    whole = deep(value)
    for one in whole.depends | whole.lineage:
        ip.stages[one - 1].facts["tested"] = True


def parsed(ip: Interpreter, text: Value, node: Any) -> None:
    """Remember that text was parsed; to parse what a file holds is to read it, and no test of what it says."""
    whole = deep(text)
    for one in whole.depends | whole.lineage:
        facts = ip.stages[one - 1].facts
        if ip.stages[one - 1].kind != "load" or facts.setdefault("decoded", node.pos) != node.pos:
            facts["tested"] = True


def survives(ip: Interpreter, value: Value) -> None:
    """Remember that a failed call leaves the results of the others alone."""
    for one in deep(value).lineage:
        ip.stages[one - 1].facts["survives"] = True


def asks_a_model(ip: Interpreter, test: Value, node: Any) -> bool:
    """Whether a test looks at what a model said, and not at how many records there are."""
    if isinstance(node, ir.Compare) and _only_counts(ip, node):
        return False
    whole = deep(test)
    kinds = {ip.stages[one - 1].kind for one in whole.depends | whole.lineage}
    return bool(kinds & {"generate", "judge"}) and not any(isinstance(atom, Seq | Record) for atom in test.atoms)


def _only_counts(ip: Interpreter, node: ir.Compare) -> bool:
    sides = (node.left, *node.rights)
    if any(_is_length(ip, one) for one in sides):
        return True
    return node.ops[0] in ("in", "not in") and _is_collection(ip, node.rights[0])


def _is_length(ip: Interpreter, node: ir.Expr) -> bool:
    if isinstance(node, ir.BinOp):
        return _is_length(ip, node.left)
    if not (isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id == "len" and node.args):
        return False
    return _is_collection(ip, node.args[0])


def _is_collection(ip: Interpreter, node: ir.Expr) -> bool:
    value = ip.frame.env.get(node.id) if isinstance(node, ir.Name) else None
    if isinstance(node, ir.Attr) and isinstance(node.obj, ir.Name):
        owner = ip.frame.env.get(node.obj.id)
        held = [atom.attrs.get(node.name) for atom in owner.atoms if isinstance(atom, Obj)] if owner is not None else []
        value = next((one for one in held if one is not None), None)
    return value is not None and any(isinstance(atom, Seq | Record) for atom in value.atoms)
