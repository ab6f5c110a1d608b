"""Values that the command line gives: argparse and dataclass parsers with their declared defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthlint.flow.values import (
    CONFIGURED,
    NOTHING,
    UNKNOWN_VALUE,
    Cls,
    Obj,
    Seq,
    Value,
    const,
)

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter

_OPEN = frozenset({CONFIGURED})
_FLAGS = {"store_true": False, "store_false": True}


def _parser(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls

    return calls.new_object(ip, "argparse.ArgumentParser", node, {}, NOTHING)


def _subparser(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return receiver


def _add_argument(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    flags = [one.const for one in args.pos if isinstance(one.const, str)]
    if not flags:
        return UNKNOWN_VALUE
    dest = args.kw.get("dest", NOTHING).const
    long = next((one for one in flags if one.startswith("--")), flags[0])
    name = dest if isinstance(dest, str) else long.lstrip("-").replace("-", "_")
    action = args.kw.get("action", NOTHING).const
    default = args.kw.get("default")
    if default is None and action in _FLAGS:
        default = const(_FLAGS[str(action)])
    if default is None:
        default = UNKNOWN_VALUE if not long.startswith("-") or "required" in args.kw else const(None)
    for atom in receiver.atoms:
        if isinstance(atom, Obj):
            atom.attrs[name] = default.but(varies=default.varies | _OPEN)
    return UNKNOWN_VALUE


def _set_defaults(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    for atom in receiver.atoms:
        if isinstance(atom, Obj):
            for name, value in args.kw.items():
                atom.attrs[name] = value.but(varies=value.varies | _OPEN)
    return const(None)


def _parse_args(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls

    attrs = {name: value for atom in receiver.atoms if isinstance(atom, Obj) for name, value in atom.attrs.items()}
    return calls.new_object(ip, "argparse.Namespace", node, attrs, NOTHING)


def _parse_known(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return Value((Seq("tuple", [_parse_args(ip, receiver, args, node), UNKNOWN_VALUE], NOTHING),))


def _dataclass_parser(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls

    kinds = args.pos[0] if args.pos else args.kw.get("dataclass_types", NOTHING)
    return calls.new_object(ip, "transformers.HfArgumentParser", node, {"__kinds__": kinds}, NOTHING)


def _into_dataclasses(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls, containers

    made: list[Value] = []
    for atom in receiver.atoms:
        if not isinstance(atom, Obj):
            continue
        kinds = atom.attrs.get("__kinds__", NOTHING)
        for kind in containers.exact_items(kinds) or [kinds]:
            made.append(_configured(calls.invoke(ip, kind, calls.Args([], {}), node)))
    return Value((Seq("tuple", made, NOTHING),)) if made else UNKNOWN_VALUE


def _configured(value: Value) -> Value:
    for atom in value.atoms:
        if isinstance(atom, Obj) and isinstance(atom.cls, Cls):
            for name, held in atom.attrs.items():
                atom.attrs[name] = held.but(varies=held.varies | _OPEN)
    return value


INTRINSICS: dict[str, Any] = {
    "argparse.ArgumentParser": _parser,
    "argparse.ArgumentParser.add_argument": _add_argument,
    "argparse.ArgumentParser.add_argument_group": _subparser,
    "argparse.ArgumentParser.add_mutually_exclusive_group": _subparser,
    "argparse.ArgumentParser.add_subparsers": _subparser,
    "argparse.ArgumentParser.add_parser": _subparser,
    "argparse.ArgumentParser.set_defaults": _set_defaults,
    "argparse.ArgumentParser.parse_args": _parse_args,
    "argparse.ArgumentParser.parse_known_args": _parse_known,
    "transformers.HfArgumentParser": _dataclass_parser,
    "transformers.HfArgumentParser.parse_args_into_dataclasses": _into_dataclasses,
    "trl.TrlParser": _dataclass_parser,
    "trl.TrlParser.parse_args_and_config": _into_dataclasses,
}
