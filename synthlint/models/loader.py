"""Read API models from TOML, check every field, and look calls up by name."""

from __future__ import annotations

import dataclasses
import functools
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from synthlint.models.schema import MEDIA, ROLES, Condition, ModelError, Setting, Summary, Telling, Words

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

_SETTINGS = {"model", "temperature", "count", "seed", "sampling", "beams"}
_FIELDS = {one.name: one for one in dataclasses.fields(Summary) if one.name not in {"name", "role", "origin"}}
_BOOLEANS = {name for name, one in _FIELDS.items() if one.type == "bool"}
_STRINGS = {name for name, one in _FIELDS.items() if one.type == "str"}
_TABLES = {"call", "telling", "words", "suffix"}
# First parts of row names that are no package, or that projects like to give to modules of their own.
_NO_PACKAGES = {
    "CTABGAN", "adapters", "agents", "alignment", "art", "box", "chain", "column", "ctab_gan", "ctabgan",
    "distributed", "eda", "factory", "interpret", "llm", "medgan", "model", "parrot", "phi", "pluto",
    "replay_buffer", "retry", "shell", "spaces", "streaming", "synthesized", "tab_ddpm", "table_gan", "tabsyn",
    "timegan",
}  # fmt: skip


class Registry:
    """All rows, ready for look-ups.

    `find(name)` returns the rows of a full call name, in the order of the files; `suffix(name)` the rows
    that hold for an unknown receiver; `words(name)` a word list; `used` counts the rows that matched.
    """

    def __init__(self) -> None:
        self._exact: dict[str, list[Summary]] = {}
        self._globs: dict[str, list[tuple[str, Summary]]] = {}
        self._suffixes: dict[str, list[Summary]] = {}
        self._cache: dict[str, tuple[Summary, ...]] = {}
        self._words: dict[str, Words] = {}
        self._modules: set[str] = set()
        self.tellings: list[Telling] = []
        self._told: dict[str, tuple[Telling, ...]] = {}
        self._asked: dict[tuple[str, str], bool] = {}
        self.rows: list[Summary] = []
        self.used: set[int] = set()

    def add(self, row: Summary, names: Iterable[str], suffix: bool = False) -> None:
        """Enter one row under its names (alternatives already expanded)."""
        self.rows.append(row)
        self._cache.clear()
        for name in names:
            if suffix:
                self._suffixes.setdefault(name, []).append(row)
                continue
            head, _, tail = name.partition(".")
            if tail and "*" not in head and head not in _NO_PACKAGES:
                self._modules.add(head)
            if "*" in name:
                last = name.rsplit(".", 1)[-1]
                self._globs.setdefault("*" if "*" in last else last, []).append((name, row))
            else:
                self._exact.setdefault(name, []).append(row)

    def add_words(self, words: Words) -> None:
        """Enter a word list; a second list of the same name adds to the first."""
        old = self._words.get(words.name)
        if old is not None:
            words = Words(words.name, old.exact | words.exact, old.patterns + words.patterns)
        self._words[words.name] = words

    def find(self, name: str) -> tuple[Summary, ...]:
        """The rows of a full call name: exact names first, then patterns, each in file order."""
        rows = self._cache.get(name)
        if rows is None:
            last = name.rsplit(".", 1)[-1]
            found = list(self._exact.get(name, ()))
            for key in (last, "*"):
                for pattern, row in self._globs.get(key, ()):
                    if name.startswith(pattern[: pattern.index("*")]) and _glob(pattern).fullmatch(name):
                        found.append(row)
            rows = self._cache[name] = tuple(found)
        return rows

    def suffix(self, name: str) -> tuple[Summary, ...]:
        """The rows that hold for `name` on a receiver nobody could resolve: the longest dotted tail wins."""
        parts = name.split(".")
        for start in range(len(parts)):
            rows = self._suffixes.get(".".join(parts[start:]))
            if rows:
                return tuple(rows)
        return ()

    def words(self, name: str) -> Words:
        """The word list called `name`.  Raises KeyError when no model file defines it."""
        return self._words[name]

    def has_word(self, name: str, text: str) -> bool:
        """Whether `text` (any case) is in the word list `name` or matches one of its patterns."""
        found = self._asked.get((name, text))
        if found is None:
            words, low = self._words[name], text.lower()
            found = low in words.exact or any(_pattern(one).search(low) for one in words.patterns)
            self._asked[name, text] = found
        return found

    def last_names(self, roles: frozenset[str]) -> frozenset[str]:
        """The last parts of all call names with one of these roles (a constructor for a call of its result)."""
        found: set[str] = set()
        for row in self.rows:
            if row.role in roles and not row.name.startswith("shell."):
                names = row.name.split(".")
                for option in expand(row.name):
                    last = option.rsplit(".", 1)[-1]
                    found.add(option.rsplit(".", 2)[-2] if last == "__call__" and len(names) > 1 else last)
        return frozenset(found - {"*", "**"})

    def told(self, name: str) -> tuple[Telling, ...]:
        """The tellings whose names include the last part of a call name."""
        found = self._told.get(name)
        if found is None:
            found = tuple(one for one in self.tellings if any(_pattern(each).fullmatch(name) for each in one.names))
            self._told[name] = found
        return found

    def suffix_names(self) -> frozenset[str]:
        """The names of calls that rows for an unknown receiver speak of."""
        return frozenset(name.rpartition(".")[2] for name in self._suffixes)

    def module_names(self) -> set[str]:
        """First parts of all row names: the packages that the models know."""
        return self._modules


@functools.lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


@functools.cache
def _glob(name: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", name)
    regex = "".join({"**": r".+", "*": r"[^.]+"}.get(part, re.escape(part)) for part in parts)
    return re.compile(regex)


def expand(name: str) -> Iterator[str]:
    """All names that `{a,b}` alternatives stand for: `x.{a,b}.c` gives `x.a.c` and `x.b.c`."""
    match = re.search(r"\{([^{}]*)\}", name)
    if match is None:
        yield name
        return
    for option in match.group(1).split(","):
        yield from expand(name[: match.start()] + option.strip() + name[match.end() :])


@functools.lru_cache(maxsize=1)
def shipped() -> Registry:
    """The models that come with synthlint, shared."""
    return fresh()


def fresh() -> Registry:
    """The models that come with synthlint, to be added to."""
    registry = Registry()
    folder = resources.files("synthlint.models")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            load_text(registry, file.read_text(encoding="utf-8"), file.name)
    return registry


def parse_toml(text: str) -> dict[str, Any]:
    """A parsed TOML document.  Raises ValueError when it is malformed."""
    document: dict[str, Any] = tomllib.loads(text)
    return document


def load_file(registry: Registry, path: Path) -> None:
    """Add the rows of a user's file.  Raises ModelError naming file, row and remedy."""
    load_text(registry, path.read_text(encoding="utf-8"), path.as_posix())


def load_text(registry: Registry, text: str, file: str) -> None:
    """Add the rows of one TOML text.  Raises ModelError naming file, row and remedy."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(file, "the file", f"is not valid TOML: {error}") from None
    load_tables(registry, document, file)


def load_tables(registry: Registry, document: Mapping[str, Any], file: str) -> None:
    """Add the rows of a parsed TOML document (also the `models` of a project's settings)."""
    unknown = sorted(set(document) - _TABLES)
    if unknown:
        raise ModelError(file, unknown[0], f"unknown table; use one of {', '.join(sorted(_TABLES))}")
    for kind in ("call", "suffix"):
        for raw in _array(document, kind, file):
            row, names = _row(raw, file)
            registry.add(row, names, suffix=kind == "suffix")
    for raw in _array(document, "telling", file):
        registry.tellings.append(_telling(raw, file))
    words = document.get("words", {})
    if not isinstance(words, dict):
        raise ModelError(file, "words", "write each word list as a table [words.NAME]")
    for name, raw in words.items():
        registry.add_words(_word_list(name, raw, file))


def _array(document: Mapping[str, Any], kind: str, file: str) -> list[Mapping[str, Any]]:
    rows = document.get(kind, [])
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise ModelError(file, kind, f"write each row as a table [[{kind}]] with double brackets")
    return rows


def _row(raw: Mapping[str, Any], file: str) -> tuple[Summary, list[str]]:
    names = raw.get("name", ())
    names = names if isinstance(names, list) else [names] if names else []
    label = str(names[0]) if names else "a row without a name"
    if not names or not all(isinstance(one, str) and one for one in names):
        raise ModelError(file, label, "needs `name`, a string or a list of strings")
    if any(one.count("{") != one.count("}") for one in names):
        raise ModelError(file, label, "has an open brace in its name")
    role = raw.get("role")
    if role not in ROLES:
        raise ModelError(file, label, f"role {role!r} is unknown; use one of {', '.join(ROLES)}")
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key in {"name", "role"}:
            continue
        values[key] = _field(key, value, file, label)
    if values.get("media", "text") not in MEDIA:
        raise ModelError(file, label, f"media must be one of {', '.join(MEDIA)}")
    expanded = dict.fromkeys(one for name in names for one in expand(name))
    return Summary(label, role, origin=file, **values), list(expanded)


def _field(key: str, value: Any, file: str, row: str) -> Any:
    if key not in _FIELDS:
        raise ModelError(file, row, f"unknown field {key!r}{_closest(key, _FIELDS)}")
    if key == "when":
        return _conditions(value, file, row)
    if key in _SETTINGS:
        return _setting(key, value, file, row)
    if key in _BOOLEANS or key in _STRINGS:
        wanted: type = bool if key in _BOOLEANS else str
        if not isinstance(value, wanted):
            raise ModelError(file, row, f"{key} must be a {wanted.__name__}, not {value!r}")
        return value
    return _strings(key, value, file, row)


def _strings(key: str, value: Any, file: str, row: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise ModelError(file, row, f"{key} must be a string or a list of strings, not {value!r}")
    return tuple(values)


def _setting(key: str, value: Any, file: str, row: str) -> Setting:
    if not isinstance(value, dict):
        return Setting(_strings(key, value, file, row))
    unknown = sorted(set(value) - {"arg", "args", "default"})
    if unknown:
        raise ModelError(file, row, f"{key} takes arg, args and default, not {unknown[0]!r}")
    args = value.get("args", value.get("arg", []))
    return Setting(_strings(key, args, file, row), value.get("default"))


def _conditions(value: Any, file: str, row: str) -> tuple[Condition, ...]:
    if not isinstance(value, dict):
        raise ModelError(file, row, "when must be a table of argument = value or argument = {test}")
    out = []
    for arg, test in value.items():
        if isinstance(test, list):
            raise ModelError(file, row, f"when.{arg} must be one value or a test")
        if not isinstance(test, dict):
            out.append(Condition(arg, equals=test))
            continue
        unknown = sorted(set(test) - {"present", "equals", "matches", "has", "function"})
        if unknown:
            raise ModelError(
                file, row, f"when.{arg} takes present, equals, matches, has and function, not {unknown[0]!r}"
            )
        has = _strings("has", test.get("has", []), file, row)
        if test.get("matches") is not None:
            _compiled(_strings("matches", test["matches"], file, row), file, row)
        out.append(
            Condition(arg, test.get("present"), test.get("equals"), test.get("matches"), has, test.get("function"))
        )
    return tuple(out)


def _telling(raw: Mapping[str, Any], file: str) -> Telling:
    role = raw.get("role")
    if role not in ROLES or not raw.get("names"):
        raise ModelError(file, "telling", "needs a role and a list of names")
    known = {one.name for one in dataclasses.fields(Telling)}
    for key in raw:
        if key not in known:
            raise ModelError(file, "telling", f"unknown field {key!r}{_closest(key, known)}")
    values = {key: _strings(key, value, file, "telling") for key, value in raw.items() if key != "role"}
    for key in ("names", "receivers", "not_receivers"):
        _compiled(values.get(key, ()), file, "telling")
    return Telling(role, **values)


def _word_list(name: str, raw: Any, file: str) -> Words:
    if not isinstance(raw, dict) or set(raw) - {"exact", "patterns"}:
        raise ModelError(file, f"words.{name}", "takes `exact` and `patterns`, lists of strings")
    exact = _strings("exact", raw.get("exact", []), file, f"words.{name}")
    patterns = _strings("patterns", raw.get("patterns", []), file, f"words.{name}")
    _compiled(patterns, file, f"words.{name}")
    return Words(name, frozenset(one.lower() for one in exact), patterns)


def _compiled(patterns: Iterable[str], file: str, row: str) -> None:
    """Refuse what is no regular expression."""
    for one in patterns:
        try:
            _pattern(one)
        except re.error as error:
            raise ModelError(file, row, f"{one!r} is not a regular expression: {error}") from None


def _closest(key: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(key, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
