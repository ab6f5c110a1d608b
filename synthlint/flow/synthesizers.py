"""Synthesizers that a project defines itself: a class so named that learns from tables and gives rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthlint.flow import containers
from synthlint.flow.values import Cls, Func, Mod, Obj, Ref, Value, deep
from synthlint.models.schema import Summary

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter
    from synthlint.flow.modules import ModuleInfo


def used(ip: Interpreter, func: Func, args: Args, node: Any, result: Value) -> Value:
    """What a method of such a class gives to code outside of the class: rows, where it samples.

    What runs inside (tensors through a network) has no rows to follow, so the call itself is the generator;
    if a generator was seen inside, `result` stands.
    """
    cls = _class_of(ip, func)
    if cls is None or ip.frame.owner is cls or not _is_synthesizer(ip, cls):
        return result
    if not (_handles_tables(cls.module) or _handles_tables(ip.frame.module)):
        return result
    name = func.qualname.rpartition(".")[2]
    if ip.models.has_word("fit-methods", name):
        row = Summary(name, "fit", data=("*", "**", "self"), media="table")
        _apply(ip, cls, func, args, node, row)
    elif ip.models.has_word("sample-methods", name) and not _generated(ip, result):
        row = Summary(name, "generate", media="table", returns="pandas.DataFrame")
        return _apply(ip, cls, func, args, node, row)
    return result


def _class_of(ip: Interpreter, func: Func) -> Cls | None:
    """The class of the instance on which a method was called."""
    if func.owner is None or func.receiver is None:
        return None
    kinds = [atom.cls for atom in func.receiver.atoms if isinstance(atom, Obj)]
    return kinds[0] if kinds else None


def _is_synthesizer(ip: Interpreter, cls: Cls) -> bool:
    if not ip.models.has_word("synthesizer-classes", cls.qualname.rsplit(".", 1)[-1]):
        return False
    own = Value((cls,))
    return all(
        any(containers.member(own, one) is not None for one in ip.models.words(words).exact)
        for words in ("fit-methods", "sample-methods")
    )


def _handles_tables(module: ModuleInfo) -> bool:
    return any(
        isinstance(atom, Ref) and atom.name.partition(".")[0] in ("pandas", "polars")
        for value in module.env.names.values()
        for atom in value.atoms
        if not isinstance(atom, Mod)
    )


def _apply(ip: Interpreter, cls: Cls, func: Func, args: Args, node: Any, row: Summary) -> Value:
    from synthlint.flow.apicall import ApiCall
    from synthlint.flow.effects import apply

    name = f"{cls.qualname}.{row.name}"
    return apply(ApiCall(ip, name, row, func.receiver or Value(), args, node or func.node))


def _generated(ip: Interpreter, value: Value) -> bool:
    stages = [ip.stages[one - 1] for one in deep(value).lineage]
    return any(one.kind == "generate" and not one.facts.get("stored") for one in stages)
