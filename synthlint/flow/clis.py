"""Functions as command lines: click and typer commands, `fire.Fire`, and functions that hydra configures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synthlint.flow import hydra
from synthlint.flow.commandline import OPEN, CommandLine, Option, kind_of, like, parse
from synthlint.flow.values import NOTHING, UNKNOWN_VALUE, Cls, Func, Obj, Record, Ref, Value, const
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter

_OPTIONS = frozenset({"click.option", "click.argument", "rich_click.option", "rich_click.argument"})
_COMMANDS = frozenset({"command", "group"})


@dataclass(slots=True)
class Declared:
    """What decorators say of one function: its options, its configuration, and whether click calls it."""

    options: list[Option] = field(default_factory=list)
    config: hydra.Place | None = None


def decorated(ip: Interpreter, decorator: ir.Expr, value: Value) -> None:
    """Take in what a decorator of a command-line function declares."""
    if not isinstance(decorator, ir.Call) or not isinstance(decorator.func, ir.Attr):
        return
    funcs = [atom for atom in value.atoms if isinstance(atom, Func)]
    callee = ip.eval(decorator.func)
    names = {atom.name for atom in callee.atoms if isinstance(atom, Ref)}
    if not names.isdisjoint(_OPTIONS):
        option = _click_option(ip, decorator, argument="click.argument" in names or "rich_click.argument" in names)
        for func in funcs:
            ip.clis.setdefault(func.oid, Declared()).options.insert(0, option)
    elif "hydra.main" in names:
        for func in funcs:
            ip.clis.setdefault(func.oid, Declared()).config = hydra.place(ip, _arguments(ip, decorator))
    elif decorator.func.name in _COMMANDS:
        _register(ip, ip.eval(decorator.func.obj), _arguments(ip, decorator), value, funcs)


def _arguments(ip: Interpreter, node: ir.Call) -> Args:
    from synthlint.flow import calls

    return calls.arguments(ip, node)


def _click_option(ip: Interpreter, node: ir.Call, argument: bool) -> Option:
    args = _arguments(ip, node)
    words = [one.const for one in args.pos if isinstance(one.const, str)]
    flags = tuple(part for word in words if word.startswith("-") for part in word.split("/"))
    bare = [word for word in words if not word.startswith("-")]
    long = next((one for one in flags if one.startswith("--")), flags[0] if flags else "")
    name = (bare[0] if bare else long.lstrip("-")).replace("-", "_").lower()
    is_flag = args.kw.get("is_flag", NOTHING).const is True or any("/" in word for word in words)
    default = args.kw.get("default")
    if default is None:
        default = const(False) if is_flag else UNKNOWN_VALUE if argument or "required" in args.kw else const(None)
    several = args.kw.get("multiple", NOTHING).const is True
    count = "*" if args.kw.get("nargs", NOTHING).const == -1 else ""
    kind = kind_of(args.kw.get("type")) or (like(default) if default.const is not None else "")
    action = "store_true" if is_flag else "append" if several else "store"
    return Option(name, () if argument else flags, default, kind.replace("NoneType", ""), action, count=count)


def _register(ip: Interpreter, owner: Value, args: Args, value: Value, funcs: list[Func]) -> None:
    """`@cli.command("name")`: the function is a subcommand of what it hangs on."""
    given = args.pos[0].const if args.pos else args.kw.get("name", NOTHING).const
    for atom in owner.atoms:
        if isinstance(atom, Func | Obj):
            for func in funcs:
                if func.node is not None and isinstance(func.node, ir.Function):
                    name = given if isinstance(given, str) else func.node.name.replace("_", "-")
                    ip.subcommands.setdefault(atom.oid, {})[name] = value
                    if isinstance(atom, Obj):
                        ip.clis.setdefault(func.oid, Declared())


# -- calling -------------------------------------------------------------------------------------------
def filled(ip: Interpreter, func: Func, args: Args) -> Args:
    """The arguments of a command-line function that its caller leaves to the command line."""
    from synthlint.flow import calls

    declared = ip.clis.get(func.oid)
    if declared is None or args.pos or args.rest is not None:
        return args
    if declared.config is not None and isinstance(func.node, ir.Function) and func.node.params and not args.kw:
        return calls.Args([hydra.configuration(ip, declared.config, func.node)], {})
    line = ip.line
    found = {one.name: one.default for one in declared.options}
    if line is None or line.is_open:
        found = {name: value.but(varies=value.varies | OPEN) for name, value in found.items()}
    if line is not None and declared.options:
        children = ip.subcommands.get(func.oid, {})
        at = next((at for at, word in enumerate(line.words) if word in children), len(line.words))
        found |= parse(line.first(at), declared.options).values
    return calls.Args([], {**found, **args.kw})


def finished(ip: Interpreter, func: Func, node: Any) -> None:
    """After a click group: the subcommand that the command line names."""
    if ip.line is not None and func.oid in ip.subcommands:
        _run_named(ip, ip.subcommands[func.oid], ip.line, node)


def _run_named(ip: Interpreter, commands: dict[str, Value], line: CommandLine, node: Any) -> None:
    for at, word in enumerate(line.words):
        if word in commands:
            _with_line(ip, commands[word], line.rest(at + 1), node)
            return
    if len(commands) == 1:
        _with_line(ip, next(iter(commands.values())), line, node)


def _with_line(ip: Interpreter, target: Value, line: CommandLine, node: Any) -> None:
    """Call a function with the rest of a command line."""
    held, ip.line = ip.line, line
    try:
        _called(ip, target, line, node)
    finally:
        ip.line = held


def _called(ip: Interpreter, target: Value, line: CommandLine, node: Any, positional: bool = False) -> None:
    from synthlint.flow import calls

    for atom in target.atoms:
        if isinstance(atom, Obj) and atom.oid in ip.subcommands:
            _run_named(ip, ip.subcommands[atom.oid], line, node)
        elif isinstance(atom, Func):
            declared = ip.clis.get(atom.oid)
            given = {} if declared is not None and declared.options else _by_parameters(ip, atom, line, positional)
            calls.invoke(ip, target.with_atoms(atom), calls.Args([], given), node)


def _by_parameters(ip: Interpreter, func: Func, line: CommandLine, positional: bool) -> dict[str, Value]:
    """What a command line gives to a function whose parameters are its options."""
    if not isinstance(func.node, ir.Function):
        return {}
    return parse(line, list(_parameters(ip, func.node, func.receiver is not None, positional))).values


def _parameters(ip: Interpreter, node: ir.Function, bound: bool, positional: bool) -> Iterator[Option]:
    for index, one in enumerate(node.params):
        if one.kind in ("vararg", "kwarg") or (bound and index == 0):
            continue
        kind = getattr(one.annotation, "id", "") if one.annotation is not None else ""
        default = one.default.value if isinstance(one.default, ir.Const) else None
        kind = (
            kind if kind in ("int", "float", "str", "bool") else type(default).__name__ if default is not None else ""
        )
        is_flag = kind == "bool"
        flags = (f"--{one.name}", f"--{one.name.replace('_', '-')}", f"--{one.name.lower()}")
        is_argument = one.default is None or _is_typer_argument(one.default)
        action = "store_true" if is_flag and not positional else "store"
        yield Option(one.name, () if is_argument and not positional else flags, const(default), kind or "auto", action)


def _is_typer_argument(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and getattr(node.func, "name", getattr(node.func, "id", "")) == "Argument"


# -- typer and fire ------------------------------------------------------------------------------------
def _typer_app(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls

    return calls.new_object(ip, "typer.Typer", node, {}, NOTHING)


def _run_app(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if ip.line is not None:
        for atom in receiver.atoms:
            if isinstance(atom, Obj) and atom.oid in ip.subcommands:
                _run_named(ip, ip.subcommands[atom.oid], ip.line, node)
    return const(None)


def _add_app(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    """`app.add_typer(other, name="x")` and click's `group.add_command(command)`."""
    name = args.kw.get("name", args.pos[1] if len(args.pos) > 1 else NOTHING).const
    for owner in receiver.atoms:
        for atom in args.pos[0].atoms if args.pos else ():
            known = atom.node.name if isinstance(atom, Func) and isinstance(atom.node, ir.Function) else ""
            if isinstance(owner, Obj | Func) and isinstance(atom, Obj | Func) and (name or known):
                commands = ip.subcommands.setdefault(owner.oid, {})
                commands[str(name or known.replace("_", "-"))] = args.pos[0].with_atoms(atom)
    return const(None)


def _run_function(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    """`typer.run(main)`."""
    if ip.line is not None and args.pos:
        _called(ip, args.pos[0], ip.line, node)
    return const(None)


def _fire(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    """`fire.Fire(main)`, `fire.Fire({"draw": draw})`, `fire.Fire(Class)` or `fire.Fire()`."""
    if ip.line is None:
        return const(None)
    target = args.pos[0] if args.pos else args.kw.get("component", NOTHING)
    words = [word.replace("-", "_") for word in ip.line.words[:1]]
    if not target.atoms:
        target = ip.frame.env.top().get(words[0]) or NOTHING if words else NOTHING
        _called(ip, target, ip.line.rest(1), node, positional=True)
        return const(None)
    for atom in target.atoms:
        if isinstance(atom, Func):
            _called(ip, target.with_atoms(atom), ip.line, node, positional=True)
        elif words:
            _called(
                ip, _member(ip, target.with_atoms(atom), atom, words[0], node), ip.line.rest(1), node, positional=True
            )
    return const(None)


def _member(ip: Interpreter, target: Value, atom: Any, name: str, node: Any) -> Value:
    from synthlint.flow import calls, containers

    if isinstance(atom, Record):
        return atom.fields.get(name, NOTHING)
    owner = calls.invoke(ip, target, calls.Args([], {}), node) if isinstance(atom, Cls) else target
    return containers.get_attr(ip, owner, name, node)


INTRINSICS: dict[str, Any] = {
    "typer.Typer": _typer_app,
    "typer.Typer.__call__": _run_app,
    "typer.Typer.add_typer": _add_app,
    "func.add_command": _add_app,
    "typer.run": _run_function,
    "fire.Fire": _fire,
    **hydra.INTRINSICS,
}
