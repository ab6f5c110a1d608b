"""Commands as program runs: a script that a command starts is run once more, with the words that it gets there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from synthlint.flow.commandline import CommandLine
from synthlint.flow.tools import run_tool
from synthlint.flow.values import Const
from synthlint.sources.commands import Command, Commands
from synthlint.sources.commands.expand import Scope
from synthlint.sources.commands.launch import Launch, Scripts, launched
from synthlint.sources.commands.shell import Shell

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter
    from synthlint.flow.modules import ModuleInfo
    from synthlint.flow.stages import Stage

MAX_RUNS = 40
MAX_EXPRESSIONS = 120_000
MAX_PER_RUN = 40_000
MAX_PER_SCRIPT = 8
MAX_ALIKE = 2
MAX_TOOLS = 80
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_BRACED = re.compile(r"(?<!\$)\{(\w+)\}")
_DATA = re.compile(r"\.(?:jsonl?|csv|tsv|parquet|arrow|txt|pkl|pickle|npy|npz|xlsx?|ya?ml|toml)$")
_OVERRIDE = re.compile(r"\+{0,2}[A-Za-z_][\w./]*=")
_SINKS = frozenset({"write", "train", "evaluate"})
_SOURCES = frozenset({"generate", "augment", "resample", "load"})
Guarded = Callable[["Interpreter", "ModuleInfo", Callable[[], None]], None]


def run_commands(ip: Interpreter, commands: Iterable[Command], guarded: Guarded) -> None:
    """Run what the commands start; then steps that only repeat what a command shows are stale."""
    runs = _Runs(ip, guarded)
    found = [*_all(ip, commands), *ip.commands]
    while found:
        at = len(ip.commands)
        for launch in runs.in_turn(found):
            runs.start(launch)
        found = ip.commands[at:]  # what these start in turn
    if ip.run:
        _mark_stale(ip.stages)


def _all(ip: Interpreter, commands: Iterable[Command]) -> Iterator[Command]:
    """The commands of command files and notebooks."""
    yield from commands
    for info in ip.modules:
        yield from _of_notebook(info)


def _of_notebook(info: ModuleInfo) -> Iterator[Command]:
    names = {
        name: (str(atom.value),)
        for name, value in info.env.names.items()
        for atom in value.atoms[:1]
        if info.source.shell and isinstance(atom, Const) and isinstance(atom.value, str | int | float)
    }
    for line, text in info.source.shell:
        out = Commands()
        shell = Shell(out, lambda path, origin: None, info.path)
        shell.written = dict(info.source.written)
        shell.run(_BRACED.sub(r"${\1}", text), Scope(info.path, dict(names)), line - 1)
        yield from out.found


class _Runs:
    """The runs so far: how often each script was started, and how."""

    def __init__(self, ip: Interpreter, guarded: Guarded) -> None:
        self.ip, self.guarded = ip, guarded
        self.scripts = Scripts(info.path for info in ip.modules)
        self.active = {stage.program for stage in ip.stages} | {stage.site.path for stage in ip.stages}
        self.count: Counter[Any] = Counter()
        self.tools = 0
        self.start_at = ip.spent

    def in_turn(self, commands: Iterable[Command]) -> list[Launch]:
        """What the commands start: each script once, then each a second time, and so on."""
        found = [one for one in map(launched, commands) if one is not None]
        turns: Counter[str] = Counter()
        order: list[tuple[int, int, Launch]] = []
        for at, launch in enumerate(found):
            path = self.scripts.of(launch)
            order.append((turns[path] if path is not None else -1, at, launch))
            turns[path or ""] += 1
        return [launch for _, _, launch in sorted(order, key=lambda one: one[:2])]

    def start(self, launch: Launch) -> None:
        path = self.scripts.of(launch)
        if path is not None:
            if path in self.active and self._names_data(launch) and self._affords() and not self._known(path, launch):
                self._run(self.ip.modules.by_path[path], launch)
        elif not launch.command.shown and self.count[launch] == 0 and self.tools < MAX_TOOLS:
            self.count[launch] += 1
            self.tools += run_tool(self.ip, launch)

    def _names_data(self, launch: Launch) -> bool:
        """Whether the command says where data comes from or goes to, or sets how it is drawn."""
        command, models = launch.command, self.ip.models
        if command.stdin or command.stdout:
            return True
        flags = (word.partition("=")[0].lstrip("-") for word in launch.args if word.startswith("-"))
        named = any(models.has_word("data-options", one) for one in flags)
        return named or any(_DATA.search(word) or _OVERRIDE.match(word) for word in launch.args)

    def _affords(self) -> bool:
        return self.ip.run < MAX_RUNS and self.ip.spent < self.start_at + MAX_EXPRESSIONS

    def _known(self, path: str, launch: Launch) -> bool:
        """Whether the script was started like this before; words that differ in numbers only are alike."""
        command = launch.command
        how = (path, command.stdin, command.stdout)
        alike = (*how, tuple(_NUMBER.sub("#", word) for word in launch.args))
        keys = ((path, MAX_PER_SCRIPT), ((*how, launch.args), 1), (alike, MAX_ALIKE))
        if any(self.count[key] >= most for key, most in keys):
            return True
        self.count.update({key for key, _ in keys})
        return False

    def _run(self, info: ModuleInfo, launch: Launch) -> None:
        ip, command = self.ip, launch.command
        held = ip.ran, ip.over_budget, ip.per_program
        ip.ran, ip.over_budget, ip.per_program = {}, set(), MAX_PER_RUN
        ip.run += 1
        ip.line, ip.stdin, ip.stdout = CommandLine(launch.args, command.shown), command.stdin, command.stdout
        ip.read_config.virtual = command.files
        self.guarded(ip, info, partial(ip.run_program, info))
        ip.line, ip.stdin, ip.stdout = None, "", ""
        ip.read_config.virtual = {}
        ip.ran, ip.over_budget, ip.per_program = held


# -- steps that a command shows better -------------------------------------------------------------------
def _mark_stale(stages: list[Stage]) -> None:
    """A step is stale when commands show it, reached as it was, with all the sources that it has on its own."""
    shown: dict[Any, list[Stage]] = {}
    for stage in stages:
        if stage.run:
            shown.setdefault(stage.step[:3], []).append(stage)
    for stage in stages:
        again = [one for one in shown.get(stage.step[:3], ()) if not stage.run and _reaches(one, stage)]
        if again and (stage.kind not in _SINKS or _origins(stages, [stage]) <= _origins(stages, again)):
            stage.stale = True


def _reaches(shown: Stage, own: Stage) -> bool:
    """Whether the calls that lead to a step end like those of a function that was run on its own."""
    count = len(own.callers)
    return not count or shown.callers[-count:] == own.callers


def _origins(stages: list[Stage], ends: Iterable[Stage]) -> frozenset[Any]:
    """Where in the code the content of some steps comes from."""
    seen: set[int] = set()
    todo = [one for end in ends for one in end.inputs]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += stages[one - 1].inputs
    found = (stages[one - 1] for one in seen)
    return frozenset((one.kind, one.site.path, one.site.pos) for one in found if one.kind in _SOURCES)
