"""The words of a command against the options that a program declares: call site over default, unknown stays open."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from synthlint.flow.values import (
    CONFIGURED,
    NOTHING,
    UNKNOWN_ONLY,
    UNKNOWN_VALUE,
    Ref,
    Seq,
    Value,
    const,
    join,
    make_text,
)
from synthlint.sources.commands import HOLE

OPEN = frozenset({CONFIGURED})
_PATH = re.compile(r"^[^\s:]*(?:/|\.[A-Za-z]{2,8}$)[^\s:]*$")
_TRUE, _FALSE = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off"})


@dataclass(slots=True)
class Option:
    """One declared option or, without flags, positional argument."""

    name: str
    flags: tuple[str, ...] = ()
    default: Value = NOTHING
    kind: str = ""
    action: str = "store"
    const: Value = NOTHING
    count: str = ""

    @property
    def takes_value(self) -> bool:
        return self.action in ("store", "append", "extend") and self.count != "0"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The words after the program's name; HOLE stands for what is not known.

    `shown` says that they only show how the program can be used, so that its files are known and nothing is fixed.
    """

    words: tuple[str, ...]
    shown: bool = False

    @property
    def is_open(self) -> bool:
        """Whether options that are not seen here may be given."""
        if self.shown:
            return True
        before = ""
        for word in self.words:
            if word == HOLE and not before.startswith("-"):
                return True
            before = word
        return False

    def rest(self, count: int) -> CommandLine:
        """The words after the first `count`."""
        return CommandLine(self.words[count:], self.shown)

    def first(self, count: int) -> CommandLine:
        """The first `count` words."""
        return CommandLine(self.words[:count], self.shown)


@dataclass(slots=True)
class Given:
    """What a command line gives: values by name, and the words that no option took."""

    values: dict[str, Value] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def parse(line: CommandLine, options: Sequence[Option], short: bool = True) -> Given:
    """Read a command line as argparse, click and their like do."""
    flags = {flag: one for one in options for flag in one.flags}
    positional = [one for one in options if not one.flags]
    given = Given()
    words = list(line.words)
    while words:
        word = words.pop(0)
        if word == "--" or not _is_flag(word):
            _take_positional(given, positional, word, words)
            continue
        name, equals, value = word.partition("=")
        option = flags.get(name) or _abbreviated(name, flags)
        if option is None:
            if not equals and words and not _is_flag(words[0]):
                given.left += [word, words.pop(0)]
            else:
                given.left.append(word)
            continue
        _give(given, option, value if equals else None, words)
    if line.shown:
        paths = {name: value for name, value in given.values.items() if _is_path(value)}
        given.values = {name: value.but(varies=value.varies | OPEN) for name, value in paths.items()}
    return given


def _is_path(value: Value) -> bool:
    texts = [one.const for atom in value.atoms if isinstance(atom, Seq) for one in atom.items or ()] or [value.const]
    return any(isinstance(one, str) and _PATH.search(one) for one in texts)


def _is_flag(word: str) -> bool:
    return word.startswith("-") and len(word) > 1 and not word[1:2].isdigit() and word[1:2] != "."


def _abbreviated(name: str, flags: Mapping[str, Option]) -> Option | None:
    if not name.startswith("--"):
        return flags.get(name[:2]) if len(name) > 2 else None
    found = {id(one): one for flag, one in flags.items() if flag.startswith(name)}
    other = name.replace("_", "-") if "_" in name else name.replace("-", "_")
    exact = flags.get("--" + other.lstrip("-_"))
    if exact is not None:
        return exact
    return next(iter(found.values())) if len(found) == 1 else None


def _take_positional(given: Given, positional: list[Option], word: str, words: list[str]) -> None:
    if not positional:
        given.left.append(word)
        return
    option = positional[0]
    if option.count in ("*", "+", "-1"):
        several = [word]
        while words and not _is_flag(words[0]):
            several.append(words.pop(0))
        given.values[option.name] = listed(several, option)
    else:
        given.values[option.name] = valued(word, option)
    positional.pop(0)


def _give(given: Given, option: Option, value: str | None, words: list[str]) -> None:
    if not option.takes_value:
        given.values[option.name] = _flagged(option)
        return
    if option.count in ("*", "+") or (option.count.isdigit() and value is None):
        several = [value] if value is not None else []
        limit = int(option.count) if option.count.isdigit() else len(words)
        while words and len(several) < limit and not _is_flag(words[0]):
            several.append(words.pop(0))
        given.values[option.name] = listed(several, option)
        return
    if value is None and words and not (_is_flag(words[0]) and option.kind != "int"):
        value = words.pop(0)
    if value is None:
        given.values[option.name] = option.const if option.const is not NOTHING else const(True)
        return
    one = valued(value, option)
    if option.action in ("append", "extend"):
        before = given.values.get(option.name)
        items = [item for atom in before.atoms if isinstance(atom, Seq) for item in atom.items or ()] if before else []
        one = Value((Seq("list", [*items, one], NOTHING),))
    given.values[option.name] = one


def _flagged(option: Option) -> Value:
    if option.action == "store_const":
        return option.const
    return const(option.action not in ("store_false",))


def listed(words: Iterable[str], option: Option) -> Value:
    """Several words for one option."""
    return Value((Seq("list", [valued(one, option) for one in words], NOTHING),))


def valued(word: str, option: Option) -> Value:
    """One word as the option's type makes it; a word with a hole may also be the default."""
    if word == HOLE:
        default = option.default
        if default is NOTHING or default.const is None:
            return UNKNOWN_VALUE.but(varies=UNKNOWN_ONLY | OPEN)
        return join([default, UNKNOWN_VALUE]).but(varies=default.varies | UNKNOWN_ONLY | OPEN)
    if HOLE in word:
        return text_of(word)
    return const(typed(word, option.kind))


def text_of(word: str) -> Value:
    """A word as a text with holes."""
    parts: list[str | None] = []
    for index, piece in enumerate(word.split(HOLE)):
        parts += [None] if index else []
        parts += [piece] if piece else []
    return Value((make_text(parts),), varies=UNKNOWN_ONLY if HOLE in word else frozenset())


def typed(word: str, kind: str) -> object:
    """A word as a value of the named type; `auto` reads numbers, truth and lists as Python would."""
    try:
        if kind == "int":
            return int(word)
        if kind == "float":
            return float(word)
    except ValueError:
        return word
    if kind == "bool" and word.lower() in _TRUE | _FALSE:
        return word.lower() in _TRUE
    if kind == "auto":
        if word.lower() in ("true", "false"):
            return word.lower() == "true"
        if word in ("null", "None"):
            return None
        try:
            value = ast.literal_eval(word)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return word
        return value if isinstance(value, int | float) else word
    return word


def kind_of(value: Value | None) -> str:
    """The name of the type that a declaration gives: `type=float`, `bool`, a project's `str2bool`."""
    for atom in value.atoms if value is not None else ():
        name = atom.name if isinstance(atom, Ref) else getattr(atom, "qualname", "")
        last = str(name).rsplit(".", 1)[-1].lower()
        if "bool" in last:
            return "bool"
        if last in ("int", "float", "str"):
            return last
    return ""


def like(default: Value) -> str:
    """The type that a default suggests."""
    value = default.const
    return type(value).__name__ if isinstance(value, bool | int | float | str) else "auto"
