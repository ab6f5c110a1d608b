"""Values that the command line gives: argparse and dataclass parsers, with the words of the command that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthlint.flow.commandline import OPEN, CommandLine, Option, kind_of, like, listed, parse, text_of
from synthlint.flow.values import (
    NOTHING,
    UNKNOWN_VALUE,
    Cls,
    Handle,
    Obj,
    Seq,
    Value,
    const,
    join,
)

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter

_FLAGS = {"store_true": False, "store_false": True}
_ARGUMENT = Option("argument")


class Parsers:
    """What each parser of a program declares: its options, its subcommands, and defaults without an option."""

    def __init__(self) -> None:
        self.options: dict[int, dict[str, Option]] = {}
        self.children: dict[int, dict[str, Obj]] = {}
        self.defaults: dict[int, dict[str, Value]] = {}

    def declare(self, parser: Obj, option: Option) -> None:
        self.options.setdefault(parser.oid, {})[option.name] = option

    def chosen(self, parser: Obj, line: CommandLine | None) -> list[tuple[Obj, CommandLine | None]]:
        """The parsers that a command line goes through; without one, all."""
        found: list[tuple[Obj, CommandLine | None]] = [(parser, line)]
        children = self.children.get(parser.oid, {})
        at = next((at for at, word in enumerate(line.words) if word in children), None) if line is not None else None
        if line is not None and at is not None:
            found[0] = (parser, line.first(at))
            return found + self.chosen(children[line.words[at]], line.rest(at + 1))
        for child in {id(one): one for one in children.values()}.values():
            found += self.chosen(child, line)
        return found


# -- argparse ------------------------------------------------------------------------------------------
def _parser(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls

    made = calls.new_object(ip, "argparse.ArgumentParser", node, {}, NOTHING)
    parents = args.kw.get("parents", NOTHING)
    for parent in (one for atom in parents.atoms if isinstance(atom, Seq) for one in atom.items or ()):
        for old, new in ((old, new) for old in _parsers(parent) for new in _parsers(made)):
            ip.parsers.options.setdefault(new.oid, {}).update(ip.parsers.options.get(old.oid, {}))
    return made


def _parsers(value: Value) -> list[Obj]:
    return [atom for atom in value.atoms if isinstance(atom, Obj)]


def _subparser(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return receiver


def _subparsers(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    dest = args.kw.get("dest", NOTHING).const
    for parser in _parsers(receiver):
        if isinstance(dest, str):
            ip.parsers.defaults.setdefault(parser.oid, {})[dest] = UNKNOWN_VALUE.but(varies=UNKNOWN_VALUE.varies | OPEN)
            parser.attrs["__dest__"] = const(dest)
    return receiver


def _add_parser(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    child = _parser(ip, receiver, args, node)
    name = args.pos[0].const if args.pos else None
    for parser in _parsers(receiver):
        for one in _parsers(child):
            ip.parsers.children.setdefault(parser.oid, {})[str(name or one.oid)] = one
    return child


def _add_argument(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    flags = tuple(one.const for one in args.pos if isinstance(one.const, str))
    if not flags:
        return UNKNOWN_VALUE
    dest = args.kw.get("dest", NOTHING).const
    long = next((one for one in flags if one.startswith("--")), flags[0])
    name = dest if isinstance(dest, str) else long.lstrip("-").replace("-", "_")
    action = str(args.kw.get("action", NOTHING).const or "store")
    default = args.kw.get("default")
    if default is None and action in _FLAGS:
        default = const(_FLAGS[action])
    if default is None:
        default = UNKNOWN_VALUE if not long.startswith("-") or "required" in args.kw else const(None)
    count = args.kw.get("nargs", NOTHING).const
    option = Option(
        name, flags if long.startswith("-") else (), default, kind_of(args.kw.get("type")), action,
        args.kw.get("const", NOTHING), str(count) if count is not None else "",
    )  # fmt: skip
    for parser in _parsers(receiver):
        ip.parsers.declare(parser, option)
    return UNKNOWN_VALUE


def _set_defaults(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    for parser in _parsers(receiver):
        ip.parsers.defaults.setdefault(parser.oid, {}).update(args.kw)
    return const(None)


def _parse_args(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls

    attrs: dict[str, Value] = {}
    for parser in _parsers(receiver):
        for one, line in ip.parsers.chosen(parser, _line(ip, args)):
            held = _values(ip, one, line)
            attrs.update({name: join([attrs[name], value]) if name in attrs else value for name, value in held.items()})
    return calls.new_object(ip, "argparse.Namespace", node, attrs, NOTHING)


def _line(ip: Interpreter, args: Args) -> CommandLine | None:
    """The words that are parsed: the list that was passed, else those of the command that runs."""
    given = args.pos[0] if args.pos else args.kw.get("args", NOTHING)
    for atom in given.atoms:
        if isinstance(atom, Seq) and atom.items is not None and all(isinstance(one.const, str) for one in atom.items):
            return CommandLine(tuple(one.const for one in atom.items))
    return ip.line


def _values(ip: Interpreter, parser: Obj, line: CommandLine | None) -> dict[str, Value]:
    options = ip.parsers.options.get(parser.oid, {})
    defaults = ip.parsers.defaults.get(parser.oid, {})
    is_open = line is None or line.is_open
    found = {name: one.default for name, one in options.items()} | defaults
    found = {name: value.but(varies=value.varies | OPEN) if is_open else value for name, value in found.items()}
    if line is not None:
        found |= parse(line, list(options.values())).values
        dest = parser.attrs.get("__dest__", NOTHING).const
        if isinstance(dest, str) and ip.line is not None:
            names = [word for word in ip.line.words if word in ip.parsers.children.get(parser.oid, {})]
            found |= {dest: const(names[0])} if names else {}
    return found


def _parse_known(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return Value((Seq("tuple", [_parse_args(ip, receiver, args, node), UNKNOWN_VALUE], NOTHING),))


# -- dataclasses ---------------------------------------------------------------------------------------
def _dataclass_parser(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls

    kinds = args.pos[0] if args.pos else args.kw.get("dataclass_types", NOTHING)
    attrs = {"__kinds__": kinds, "dataclass_types": kinds}
    return calls.new_object(ip, "transformers.HfArgumentParser", node, attrs, NOTHING)


def _into_dataclasses(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return _instances(ip, receiver, node, {})


def _from_file(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    """`parse_yaml_file(path)`: the fields come from a file."""
    path = args.pos[0] if args.pos else next(iter(args.kw.values()), NOTHING)
    return _instances(ip, receiver, node, config_fields(ip, path, node))


def _instances(ip: Interpreter, receiver: Value, node: Any, fields: dict[str, Value]) -> Value:
    from synthlint.flow import calls, containers

    made: list[Value] = []
    line = ip.line
    if line is not None:
        fields = {**_config_of(ip, line, node), **fields}
    for atom in _parsers(receiver):
        kinds = atom.attrs.get("__kinds__", NOTHING)
        for kind in containers.exact_items(kinds) or [kinds]:
            made.append(_filled(ip, calls.invoke(ip, kind, calls.Args([], {}), node), line, fields))
    return Value((Seq("tuple", made, NOTHING),)) if made else UNKNOWN_VALUE


def _config_of(ip: Interpreter, line: CommandLine, node: Any) -> dict[str, Value]:
    """The fields of the configuration files that a command names."""
    fields: dict[str, Value] = {}
    for word in line.words:
        if word.endswith((".yaml", ".yml", ".json")):
            fields |= config_fields(ip, text_of(word.partition("=")[2] or word), node)
    return fields


def config_fields(ip: Interpreter, path: Value, node: Any) -> dict[str, Value]:
    """The top-level entries of a configuration file; empty if it cannot be read."""
    from synthlint.flow.configs import to_value

    data = ip.read_config(ip.frame.module, path)
    return {str(key): to_value(ip, one, node) for key, one in data.items()} if isinstance(data, dict) else {}


def _filled(ip: Interpreter, value: Value, line: CommandLine | None, fields: dict[str, Value]) -> Value:
    """A dataclass with what the command line and its files give over the declared defaults."""
    for atom in value.atoms:
        if not isinstance(atom, Obj) or not isinstance(atom.cls, Cls):
            continue
        options = [_option(name, held) for name, held in atom.attrs.items()]
        given = parse(line, options).values if line is not None else {}
        for name, held in atom.attrs.items():
            known = given.get(name, fields.get(name))
            is_open = line is None or line.is_open
            atom.attrs[name] = known if known is not None else held.but(varies=held.varies | OPEN) if is_open else held
        declared = _declared(atom.cls)
        atom.attrs |= {name: one for name, one in fields.items() if name in declared and name not in atom.attrs}
        if line is not None:
            missing = [_option(name, NOTHING) for name in declared if name not in atom.attrs]
            atom.attrs |= parse(line, missing).values
    return value


def _declared(cls: Cls) -> list[str]:
    from synthlint.flow import calls

    return calls.declared_names(cls)


def _option(name: str, default: Value) -> Option:
    flags = (f"--{name}", f"--{name.replace('_', '-')}")
    count = "*" if any(isinstance(atom, Seq) for atom in default.atoms) else ""
    return Option(name, flags, default, like(default), const=const(True), count=count)


# -- the process ---------------------------------------------------------------------------------------
def process_value(ip: Interpreter, name: str) -> Value | None:
    """`sys.argv`, `sys.stdin` and `sys.stdout` of the command that runs."""
    if name == "sys.argv" and ip.line is not None:
        program = const(ip.program)
        words = [_word(one) for one in ip.line.words]
        if ip.line.shown:
            words = [one.but(varies=one.varies | OPEN) for one in words]
        return Value((Seq("list", [program, *words], NOTHING),))
    if name == "sys.stdin" and ip.stdin:
        return Value((Handle(text_of(ip.stdin), "r"),))
    if name == "sys.stdout" and ip.stdout:
        return Value((Handle(text_of(ip.stdout), "w"),))
    return None


def _word(word: str) -> Value:
    for atom in listed([word], _ARGUMENT).atoms:
        if isinstance(atom, Seq) and atom.items:
            return atom.items[0]
    return UNKNOWN_VALUE


INTRINSICS: dict[str, Any] = {
    "argparse.ArgumentParser": _parser,
    "argparse.ArgumentParser.add_argument": _add_argument,
    "argparse.ArgumentParser.add_argument_group": _subparser,
    "argparse.ArgumentParser.add_mutually_exclusive_group": _subparser,
    "argparse.ArgumentParser.add_subparsers": _subparsers,
    "argparse.ArgumentParser.add_parser": _add_parser,
    "argparse.ArgumentParser.set_defaults": _set_defaults,
    "argparse.ArgumentParser.parse_args": _parse_args,
    "argparse.ArgumentParser.parse_known_args": _parse_known,
    "transformers.HfArgumentParser": _dataclass_parser,
    "transformers.HfArgumentParser.parse_args_into_dataclasses": _into_dataclasses,
    "transformers.HfArgumentParser.parse_yaml_file": _from_file,
    "transformers.HfArgumentParser.parse_json_file": _from_file,
    **dict.fromkeys(
        (
            "trl.TrlParser",
            "trl.commands.cli_utils.TrlParser",
            "trl.scripts.utils.TrlParser",
            "alignment.H4ArgumentParser",
            "alignment.configs.H4ArgumentParser",
        ),
        _dataclass_parser,
    ),
    "transformers.HfArgumentParser.parse": _into_dataclasses,
    "transformers.HfArgumentParser.parse_args_and_config": _into_dataclasses,
}
