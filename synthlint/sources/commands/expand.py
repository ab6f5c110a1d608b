"""Shell words with their variables filled in; what is not known becomes a hole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from synthlint.sources.commands.grammar import closing

HOLE = "\0"
MAX_WORDS = 64
_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
_PARAMETER = re.compile(r"!?([A-Za-z_]\w*|[0-9@*#])(\[[^]]*\])?(.*)", re.DOTALL)
_RANGE = re.compile(r"\{(-?\d+)\.\.(-?\d+)(?:\.\.(\d+))?\}")
_CHOICE = re.compile(r"\{([^{}\s]*,[^{}\s]*)\}")
_SUM = re.compile(r"[\d\s+*()-]+")


@dataclass(slots=True)
class Scope:
    """The variables of a script that is run, with its place and its positional parameters."""

    script: str
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    positional: tuple[str, ...] | None = None
    cwd: str = ""

    def get(self, name: str) -> tuple[str, ...] | None:
        """The value of a variable (several words for an array); None if it is not set here."""
        if name.isdigit() or name in "@*#":
            return self._parameter(name)
        if name in ("BASH_SOURCE", "PWD"):
            return (self.script,) if name == "BASH_SOURCE" else (self.cwd or ".",)
        return self.names.get(name)

    def _parameter(self, name: str) -> tuple[str, ...] | None:
        if name == "0":
            return (self.script,)
        if self.positional is None:
            return None
        if name == "#":
            return (str(len(self.positional)),)
        if name in "@*":
            return self.positional
        index = int(name) - 1
        return self.positional[index : index + 1] or ("",)


def words(raw: str, scope: Scope) -> list[str]:
    """The words that a raw word gives."""
    found: list[str] = []
    for one in _braces(raw):
        found += _Expansion(scope).run(one)
    return found[:MAX_WORDS]


def text(raw: str, scope: Scope) -> str:
    """A raw word as one text, as an assignment takes it."""
    return " ".join(_Expansion(scope, split=False).run(raw))


def document(body: str, scope: Scope) -> str:
    """A here-document with its variables filled in."""
    return "".join(_Expansion(scope, split=False).run('"' + body.replace('"', '\\"') + '"'))


def _braces(raw: str) -> list[str]:
    """`{1..3}` and `{a,b}` outside of quotes."""
    if "'" in raw or '"' in raw or "{" not in raw:
        return [raw]
    match = _RANGE.search(raw)
    if match:
        first, last, step = int(match[1]), int(match[2]), int(match[3] or 1)
        numbers = list(range(first, last + 1, step) if first <= last else range(first, last - 1, -step))
        return [raw[: match.start()] + str(one) + raw[match.end() :] for one in numbers[:MAX_WORDS]]
    match = _CHOICE.search(raw)
    if match and raw[match.start() - 1 : match.start()] != "$":
        return [raw[: match.start()] + one + raw[match.end() :] for one in match[1].split(",")]
    return [raw]


class _Expansion:
    """One raw word on its way to words."""

    def __init__(self, scope: Scope, split: bool = True) -> None:
        self.scope, self.split = scope, split
        self.done: list[str] = []
        self.word: str | None = None

    def run(self, raw: str) -> list[str]:
        at = 0
        while at < len(raw):
            at = self.step(raw, at)
        if self.word is not None:
            self.done.append(self.word)
        return self.done

    def step(self, raw: str, at: int) -> int:
        one = raw[at]
        if one == "\\":
            self.add(raw[at + 1 : at + 2].replace("\n", ""))
            return at + 2
        if one == "'":
            end = raw.find("'", at + 1)
            end = len(raw) if end < 0 else end
            self.add(raw[at + 1 : end])
            return end + 1
        if one == '"':
            return self.quoted(raw, at + 1)
        if one in "$`":
            values, at = self.variable(raw, at)
            self.spread(values)
            return at
        self.add(one)
        return at + 1

    def quoted(self, raw: str, at: int) -> int:
        self.add("")
        while at < len(raw) and raw[at] != '"':
            if raw[at] == "\\" and raw[at + 1 : at + 2] in ('"', "\\", "$", "`", "\n"):
                self.add(raw[at + 1].replace("\n", ""))
                at += 2
            elif raw[at] in "$`":
                start = at
                values, at = self.variable(raw, at)
                if "@" in raw[start:at] and len(values) != 1:
                    self.fields(values)
                else:
                    self.add(" ".join(values))
            else:
                self.add(raw[at])
                at += 1
        return at + 1

    def add(self, piece: str) -> None:
        self.word = (self.word or "") + piece

    def spread(self, values: tuple[str, ...]) -> None:
        """An unquoted value falls apart at white space."""
        if not self.split:
            self.add(" ".join(values))
            return
        joined = " ".join(values)
        parts = joined.split()
        if joined[:1].isspace():
            self.end()
        self.fields(tuple(parts))
        if parts and joined[-1:].isspace():
            self.end()

    def fields(self, values: tuple[str, ...]) -> None:
        for index, one in enumerate(values):
            if index:
                self.end()
            self.add(one)

    def end(self) -> None:
        if self.word is not None:
            self.done.append(self.word)
        self.word = None

    # -- $name, ${name…}, $(command), $((sum)) ---------------------------------------------------------
    def variable(self, raw: str, at: int) -> tuple[tuple[str, ...], int]:
        if raw[at] == "`":
            end = raw.find("`", at + 1)
            end = len(raw) if end < 0 else end
            return (self.command(raw[at + 1 : end]),), end + 1
        if raw.startswith("$((", at):
            end = closing(raw, at + 1)
            return (self.sum(raw[at + 3 : end - 2]),), end
        if raw.startswith("$(", at):
            end = closing(raw, at + 1)
            return (self.command(raw[at + 2 : end - 1]),), end
        if raw.startswith("${", at):
            end = closing(raw, at + 1)
            return self.parameter(raw[at + 2 : end - 1]), end
        match = _NAME.match(raw, at + 1)
        if match is None:
            return ("$",), at + 1
        return self.value(match.group()), match.end()

    def value(self, name: str) -> tuple[str, ...]:
        found = self.scope.get(name)
        return (HOLE,) if found is None else found

    def parameter(self, inside: str) -> tuple[str, ...]:
        match = _PARAMETER.fullmatch(inside)
        if match is None:
            return (HOLE,)
        name, index, rest = match.groups()
        value = self.scope.get(name)
        if value is not None and index and index.strip("[]").isdigit():
            value = value[int(index.strip("[]")) :][:1]
        known = value is not None and HOLE not in "".join(value)
        if rest[:1] in (":", "-", "=") and rest.lstrip(":")[:1] in ("-", "=", "?"):
            default = text('"' + rest.lstrip(":")[1:].strip("\"'") + '"', self.scope)
            return value if value is not None and known and any(value) else (default or HOLE,)
        if value is None or not known:
            return (HOLE,)
        return tuple(_edited(one, rest) for one in value)

    def sum(self, inside: str) -> str:
        filled = re.sub(r"\$?\{?([A-Za-z_]\w*|\d+(?=\}))\}?", lambda match: self.value(match[1])[0], inside)
        return calculated(filled)

    def command(self, inside: str) -> str:
        """What a command prints, for the few that name folders, paths and numbers."""
        parts = [one for one in re.split(r"&&|;|\n", inside) if one.strip()]
        if not parts:
            return ""
        if len(parts) == 2 and parts[1].split() == ["pwd"]:
            moved = [word for word in words_of(parts[0], self.scope) if word not in (">", "/dev/null")]
            return joined(self.scope.cwd, moved[-1]) if len(moved) > 1 and moved[0] == "cd" else HOLE
        got = words_of(parts[0], self.scope) if len(parts) == 1 else []
        return _PRINTS[got[0]](got[1:], self.scope) if got and got[0] in _PRINTS else HOLE


def words_of(raw: str, scope: Scope) -> list[str]:
    """The words of a plain command line."""
    from synthlint.sources.commands.grammar import Simple, parse

    tree = parse(raw)
    if len(tree) != 1 or not isinstance(tree[0], Simple):
        return []
    return [one for raw_word in tree[0].words for one in words(raw_word, scope)]


def calculated(formula: str) -> str:
    """The value of a sum of whole numbers."""
    if not _SUM.fullmatch(formula) or "**" in formula or len(formula) > 60:
        return HOLE
    try:
        return str(eval(compile(formula.strip(), "", "eval"), {"__builtins__": {}}))
    except (SyntaxError, ArithmeticError, ValueError, TypeError, MemoryError):
        return HOLE


def joined(folder: str, path: str) -> str:
    """`path` as seen from where `folder` is seen."""
    if path in ("", "."):
        return folder
    return path if path.startswith("/") or not folder else f"{folder}/{path}"


def _edited(value: str, rest: str) -> str:
    """`${name%.sh}`, `${name##*/}` and `${name/a/b}` of a known text."""
    if not rest:
        return value
    if rest.startswith("/"):
        old, _, new = rest.lstrip("/").partition("/")
        return value.replace(old, new) if old and "*" not in old else HOLE
    mark, pattern = rest[:1], rest.lstrip("#%")
    if mark == "%" and pattern.startswith(".") and "*" in pattern:
        return value.rpartition(".")[0] or value
    if mark == "#" and pattern == "*/":
        return value.rpartition("/")[2]
    if mark == "%" and "*" not in pattern:
        return value.removesuffix(pattern)
    if mark == "#" and "*" not in pattern:
        return value.removeprefix(pattern)
    return HOLE


def _dirname(args: list[str], scope: Scope) -> str:
    return (args[-1].rpartition("/")[0] or ".") if args else HOLE


def _basename(args: list[str], scope: Scope) -> str:
    if not args:
        return HOLE
    name = args[0].rstrip("/").rpartition("/")[2]
    return name.removesuffix(args[1]) if len(args) > 1 else name


def _sequence(args: list[str], scope: Scope) -> str:
    numbers = [one for one in args if re.fullmatch(r"-?\d+", one)]
    if len(numbers) != len(args) or not numbers:
        return HOLE
    first, step, last = 1, 1, int(numbers[-1])
    if len(numbers) > 1:
        first = int(numbers[0])
    if len(numbers) > 2:
        step = int(numbers[1]) or 1
    return " ".join(str(one) for one in list(range(first, last + 1, step))[:MAX_WORDS])


_PRINTS: dict[str, Callable[[list[str], Scope], str]] = {
    "pwd": lambda args, scope: scope.cwd or ".",
    "dirname": _dirname,
    "basename": _basename,
    "realpath": lambda args, scope: args[-1] if args else HOLE,
    "readlink": lambda args, scope: args[-1] if args else HOLE,
    "echo": lambda args, scope: " ".join(args),
    "seq": _sequence,
}
