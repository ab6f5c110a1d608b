"""Runs shell scripts on paper: which commands they start, with which words, in which folder."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from synthlint.sources.commands import expand, grammar
from synthlint.sources.commands.expand import HOLE, Scope, joined
from synthlint.sources.commands.grammar import Case, For, Function, Group, If, Node, Pipe, Simple, While

MAX_COMMANDS = 300
MAX_TURNS = 12
MAX_DEPTH = 6
_ASSIGN = re.compile(r"([A-Za-z_]\w*)(\[[^]]*\])?(\+?)=(.*)", re.DOTALL)
_DECLARE = frozenset({"export", "local", "declare", "readonly", "typeset"})
_SHELLS = frozenset({"bash", "sh", "zsh", "ksh", "dash", "source", ".", "sbatch", "qsub", "bsub"})
_BEFORE = frozenset({"nohup", "time", "exec", "command", "builtin", "sudo", "nice", "then", "do", "!", "stdbuf"})
_NUMBERS: Mapping[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b, "-ne": lambda a, b: a != b, "-lt": lambda a, b: a < b, "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b, "-ge": lambda a, b: a >= b,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it is run.

    `words` hold HOLE for what is not known; `cwd` is the folder that the script changed to, seen from where
    it was started; `stdin` and `stdout` name the file or pipe that is read or written instead; `files` are
    those that here-documents wrote before; `root` is the command file that was started.
    """

    words: tuple[str, ...]
    path: str
    line: int
    cwd: str = ""
    stdin: str = ""
    stdout: str = ""
    files: Mapping[str, str] = field(default_factory=dict, compare=False)
    root: str = ""

    @property
    def shown(self) -> bool:
        """Whether a document shows the command to its readers."""
        return self.path.endswith(".md")


@dataclass(slots=True)
class Commands:
    """What command files start; `called` are the scripts among them that others run."""

    found: list[Command] = field(default_factory=list)
    called: set[str] = field(default_factory=set)


class _Exit(Exception):
    """The script ends here."""


class Shell:
    """One script on its way; `scripts` gives the text of another script by its path."""

    def __init__(self, out: Commands, scripts: Callable[[str, str], tuple[str, str] | None], root: str = "") -> None:
        self.out, self.scripts, self.root = out, scripts, root
        self.functions: dict[str, list[Node]] = {}
        self.written: Mapping[str, str] = {}
        self.depth = 0
        self.pipe_in = self.pipe_out = ""
        self.line_offset = 0

    def run(self, text: str, scope: Scope, offset: int = 0) -> None:
        """Run a text; `offset` is added to its line numbers."""
        held, self.line_offset = self.line_offset, offset
        try:
            self.block(grammar.parse(text), scope)
        except _Exit:
            pass
        finally:
            self.line_offset = held

    def block(self, nodes: Iterable[Node], scope: Scope) -> bool | None:
        """Run commands; gives the truth of the last."""
        truth: bool | None = None
        for node in nodes:
            truth = _RUN[type(node)](self, node, scope)
        return truth

    # -- commands --------------------------------------------------------------------------------------
    def simple(self, node: Simple, scope: Scope) -> bool | None:
        rest = list(node.words)
        while rest:
            match = _ASSIGN.fullmatch(rest[0])
            if match is None:
                break
            if len(rest) == 1 or all(_ASSIGN.fullmatch(one) for one in rest):
                self.assign(match, scope)
            rest.pop(0)
        if rest and rest[0] in _DECLARE:
            for one in rest[1:]:
                match = _ASSIGN.fullmatch(one)
                if match is not None:
                    self.assign(match, scope)
            return None
        words = [one for raw in rest for one in expand.words(raw, scope)]
        while words and words[0] in _BEFORE:
            words.pop(0)
        return self.command(words, node, scope) if words else None

    def assign(self, match: re.Match[str], scope: Scope) -> None:
        name, index, more, raw = match.groups()
        if index:
            return
        if raw.startswith("(") and raw.endswith(")"):
            value = tuple(expand.words_of(raw[1:-1].replace("\n", " "), scope))
        else:
            value = (expand.text(raw, scope),)
        old = scope.names.get(name, ())
        if more:
            value = (*old, *value) if raw.startswith("(") else ("".join(old) + value[0],)
        scope.names[name] = value

    def command(self, words: list[str], node: Simple, scope: Scope) -> bool | None:
        name = words[0]
        if name in ("[", "[[", "test"):
            return _tested([one for one in words[1:] if one not in ("]", "]]")])
        builtin = _BUILTINS.get(name)
        if builtin is not None:
            return builtin(self, words[1:], scope)
        if name in self.functions:
            self.call(name, words[1:], scope)
            return None
        target, source = self.redirections(node, scope)
        if node.document is not None:
            self.document(words, node, target, scope)
            return None
        if self.script(words, scope):
            return None
        if len(self.out.found) < MAX_COMMANDS and name != "echo":
            line = node.line + self.line_offset
            source, target = source or self.pipe_in, target or self.pipe_out
            made = Command(tuple(words), scope.script, line, scope.cwd, source, target, self.written, self.root)
            self.out.found.append(made)
        return None

    def redirections(self, node: Simple, scope: Scope) -> tuple[str, str]:
        target = source = ""
        for operator, raw in node.redirects:
            path = " ".join(expand.words(raw, scope)) if raw else ""
            if path.startswith(("&", "/dev/")) or not path:
                continue
            if operator in (">", ">>", ">|", "&>", "&>>"):
                target = path
            elif operator == "<":
                source = path
        return target, source

    def document(self, words: list[str], node: Simple, target: str, scope: Scope) -> None:
        """`cat <<EOF > file`: the file is known."""
        if words[0] == "tee" and len(words) > 1:
            target = words[-1]
        if words[0] in ("cat", "tee") and target and HOLE not in target:
            literal = any(operator.endswith("'") for operator, _ in node.redirects)
            body = node.document or ""
            content = body if literal else expand.document(body, scope)
            self.written = {**self.written, joined(scope.cwd, target): content}

    def call(self, name: str, args: Sequence[str], scope: Scope) -> None:
        if self.depth >= MAX_DEPTH:
            return
        self.depth += 1
        held, scope.positional = scope.positional, tuple(args)
        try:
            self.block(self.functions[name], scope)
        except _Exit:
            pass
        finally:
            scope.positional = held
            self.depth -= 1

    def script(self, words: list[str], scope: Scope) -> bool:
        """Run a script that is started by its path or through a shell; whether it was one."""
        rest = list(words)
        name = rest[0].rpartition("/")[2]
        shell = name in _SHELLS
        if shell:
            rest.pop(0)
            while rest and rest[0].startswith("-") and rest[0] != "-c":
                rest.pop(0)
            if len(rest) > 1 and rest[0] == "-c":
                self.run(rest[1], replace(scope, names=dict(scope.names)), self.line_offset)
                return True
        if not rest or HOLE in rest[0] or not (shell or rest[0].endswith((".sh", ".bash"))):
            return False
        found = self.scripts(joined(scope.cwd, rest[0]), scope.script)
        if found is None or self.depth >= MAX_DEPTH:
            return found is not None
        path, text = found
        self.out.called.add(path)
        self.depth += 1
        if name in ("source", "."):
            self.run(text, scope)
        else:
            functions, self.functions = self.functions, {}
            self.run(text, Scope(path, dict(scope.names), tuple(rest[1:]), scope.cwd))
            self.functions = functions
        self.depth -= 1
        return True

    # -- control ---------------------------------------------------------------------------------------
    def pipe(self, node: Pipe, scope: Scope) -> bool | None:
        held_in, held_out = self.pipe_in, self.pipe_out
        source = held_in
        for index, part in enumerate(node.parts):
            last = index == len(node.parts) - 1
            mark = f"pipe {index + 1} on line {_line(node) + self.line_offset} of {scope.script}"
            self.pipe_in, self.pipe_out = source, held_out if last else mark
            _RUN[type(part)](self, part, scope)
            source = mark
        self.pipe_in, self.pipe_out = held_in, held_out
        return None

    def for_(self, node: For, scope: Scope) -> bool | None:
        items = [one for raw in node.words for one in expand.words(raw, scope)]
        for item in items[:MAX_TURNS]:
            scope.names[node.name] = (item,)
            self.block(node.body, scope)
        return None

    def if_(self, node: If, scope: Scope) -> bool | None:
        ends: list[dict[str, tuple[str, ...]]] = []
        certain = False
        for test, body in node.branches:
            truth = self.block(test, scope) if test else True
            if truth is False:
                continue
            branch = replace(scope, names=dict(scope.names))
            try:
                self.block(body, branch)
                ends.append(branch.names)
            except _Exit:
                if truth is True and not ends:
                    raise
            if truth is True:
                certain = True
                break
        if not certain:
            ends.append(scope.names)
        if ends:
            scope.names = _merged(ends)
        return None

    def while_(self, node: While, scope: Scope) -> bool | None:
        self.block(node.test, scope)
        branch = replace(scope, names=dict(scope.names))
        try:
            self.block(node.body, branch)
        except _Exit:
            return None
        scope.names = _merged([branch.names, scope.names])
        return None

    def case(self, node: Case, scope: Scope) -> bool | None:
        value = expand.text(node.word, scope)
        ends: list[dict[str, tuple[str, ...]]] = []
        for patterns, body in node.branches:
            fits = any(fnmatch.fnmatchcase(value, one.strip("\"'")) for one in patterns)
            if HOLE not in value and not fits:
                continue
            branch = replace(scope, names=dict(scope.names))
            try:
                self.block(body, branch)
                ends.append(branch.names)
            except _Exit:
                pass
            if HOLE not in value:
                break
        scope.names = _merged([*ends, scope.names]) if HOLE in value or not ends else ends[0]
        return None

    def group(self, node: Group, scope: Scope) -> bool | None:
        if not node.subshell:
            return self.block(node.body, scope)
        try:
            return self.block(node.body, replace(scope, names=dict(scope.names)))
        except _Exit:
            return None

    def function(self, node: Function, scope: Scope) -> bool | None:
        self.functions[node.name] = node.body
        return None

    # -- builtins --------------------------------------------------------------------------------------
    def cd(self, args: Sequence[str], scope: Scope) -> bool | None:
        target = args[-1] if args else ""
        known = target and HOLE not in target and target != "-"
        scope.cwd = joined(scope.cwd, target) if known else ""
        return None

    def leave(self, args: Sequence[str], scope: Scope) -> bool | None:
        raise _Exit

    def evaluate(self, args: Sequence[str], scope: Scope) -> bool | None:
        if self.depth < MAX_DEPTH:
            self.depth += 1
            self.block(grammar.parse(" ".join(args)), scope)
            self.depth -= 1
        return None

    def set_(self, args: Sequence[str], scope: Scope) -> bool | None:
        if args[:1] == ["--"]:
            scope.positional = tuple(args[1:])
        return None

    def shift(self, args: Sequence[str], scope: Scope) -> bool | None:
        count = int(args[0]) if args and args[0].isdigit() else 1
        scope.positional = None if scope.positional is None else scope.positional[count:]
        return None

    def read(self, args: Sequence[str], scope: Scope) -> bool | None:
        for one in args:
            if one.isidentifier():
                scope.names[one] = (HOLE,)
        return None

    def nothing(self, args: Sequence[str], scope: Scope) -> bool | None:
        return None


def _line(node: Node) -> int:
    if isinstance(node, Simple):
        return node.line
    return _line(node.parts[0]) if isinstance(node, Pipe) else 0


def _merged(ends: Sequence[dict[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Variables after branches: what one of them knows, with a hole where two differ."""
    out: dict[str, tuple[str, ...]] = {}
    for one in ends:
        for name, value in one.items():
            old = out.get(name)
            out[name] = value if old is None or old == value else _either(old, value)
    return out


def _either(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    for one, other in ((left, right), (right, left)):
        if not any(one) or HOLE in one:
            return other
    return (HOLE,)


def _tested(words: list[str]) -> bool | None:
    """The truth of `[ … ]` where everything in it is known."""
    if words[:1] == ["!"]:
        inner = _tested(words[1:])
        return None if inner is None else not inner
    if any(HOLE in one for one in words):
        return None
    if len(words) == 2 and words[0] in ("-z", "-n"):
        return (words[1] == "") is (words[0] == "-z")
    if len(words) == 3 and words[1] in ("=", "==", "!="):
        return fnmatch.fnmatchcase(words[0], words[2]) is not (words[1] == "!=")
    if len(words) == 3 and words[1] in _NUMBERS:
        try:
            return _NUMBERS[words[1]](int(words[0]), int(words[2]))
        except ValueError:
            return None
    return None


_RUN: dict[type, Callable[..., bool | None]] = {
    Simple: Shell.simple, Pipe: Shell.pipe, For: Shell.for_, If: Shell.if_, While: Shell.while_, Case: Shell.case,
    Group: Shell.group, Function: Shell.function,
}  # fmt: skip
_BUILTINS: dict[str, Callable[..., bool | None]] = {
    "cd": Shell.cd, "pushd": Shell.cd, "popd": Shell.cd, "exit": Shell.leave, "return": Shell.leave,
    "eval": Shell.evaluate, "set": Shell.set_, "shift": Shell.shift, "read": Shell.read, "break": Shell.nothing,
    "continue": Shell.nothing, "true": Shell.nothing, "false": Shell.nothing, ":": Shell.nothing, "trap": Shell.nothing,
    "mkdir": Shell.nothing, "rm": Shell.nothing, "wait": Shell.nothing, "sleep": Shell.nothing,
    "unset": Shell.nothing, "printf": Shell.nothing, "chmod": Shell.nothing, "module": Shell.nothing,
    "conda": Shell.nothing, "pip": Shell.nothing, "pip3": Shell.nothing,
}  # fmt: skip
