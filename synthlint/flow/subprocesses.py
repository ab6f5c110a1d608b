"""Programs that Python code starts itself: `subprocess.run([...])`, `os.system("…")`, a notebook's `system`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthlint.flow.values import NOTHING, Const, Ref, Text, Value, text_parts
from synthlint.sources.commands import HOLE, Command, Commands
from synthlint.sources.commands.expand import Scope
from synthlint.sources.commands.shell import Shell

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter

MAX_COMMANDS = 100


def _started(ip: Interpreter, receiver: Value, args: Args, node: Any) -> None:
    """Keep the command; what the call gives is up to the models."""
    from synthlint.flow import containers

    given = args.pos[0] if args.pos else args.kw.get("args", args.kw.get("cmd", NOTHING))
    items = containers.exact_items(given)
    path, line = ip.frame.module.path, node.pos[0] if node is not None else 1
    if len(ip.commands) >= MAX_COMMANDS:
        return
    if items is not None:
        words = tuple(_word(one) for one in items)
        folder = _word(args.kw["cwd"]) if "cwd" in args.kw else ""
        if words:
            ip.commands.append(Command(words, path, line, "" if HOLE in folder else folder))
        return
    text = _word(given)
    if text != HOLE:
        out = Commands()
        Shell(out, lambda path, origin: None, path).run(text, Scope(path), line - 1)
        ip.commands += out.found


def _each_word(ip: Interpreter, receiver: Value, args: Args, node: Any) -> None:
    """`create_subprocess_exec(program, *words)`."""
    words = tuple(_word(one) for one in args.pos)
    if words and node is not None:
        ip.commands.append(Command(words, ip.frame.module.path, node.pos[0]))


def _word(value: Value) -> str:
    """A value as a word of a command, with holes for what is not known."""
    for atom in value.atoms:
        if isinstance(atom, Ref) and atom.name == "sys.executable":
            return "python"
        if isinstance(atom, Const | Text):
            parts = text_parts(value.with_atoms(atom))
            return "".join(HOLE if part is None else part for part in parts) if parts is not None else HOLE
    return HOLE


INTRINSICS: dict[str, Any] = {
    **dict.fromkeys([f"subprocess.{one}" for one in ("run", "call", "check_call", "check_output", "Popen")], _started),
    **dict.fromkeys(["os.system", "os.popen", "ipython.system", "asyncio.create_subprocess_shell"], _started),
    "asyncio.create_subprocess_exec": _each_word,
}
