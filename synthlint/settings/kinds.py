"""How a value of each kind of setting is checked, turned into Python, and described in JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from synthlint.findings import Confidence
from synthlint.settings.errors import did_you_mean
from synthlint.settings.options import ARTIFACT_KINDS, EDITIONS

MODEL_TABLES = ("call", "suffix", "telling", "words", "files")


class Unfit(Exception):
    """A value that does not suit its key: what is wrong, what to write instead, and the part at fault."""

    def __init__(self, problem: str, remedy: str, part: str = "") -> None:
        super().__init__(problem)
        self.problem, self.remedy, self.part = problem, remedy, part


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value."""

    read: Callable[[Any], Any]
    schema: Mapping[str, Any]


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f"takes true or false, not {value!r}", "write true or false without quotes")
    return value


def _strings(value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        raise Unfit(f"takes a list of strings, not {value!r}", 'write it as ["…", "…"]')
    for one in values:
        if not isinstance(one, str):
            raise Unfit(f"takes strings, but holds {one!r}", "put it in quotes")
    return tuple(values)


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Unfit(f"takes a table, not {value!r}", 'write it as {"…" = […]}')
    return value


def _table_of_strings(value: Any) -> dict[str, tuple[str, ...]]:
    return {name: _strings(one) for name, one in _table(value).items()}


def _datasets(value: Any) -> dict[str, tuple[str, ...]]:
    table = _table_of_strings(value)
    for kinds in table.values():
        for one in kinds:
            _choice(one, ARTIFACT_KINDS)
    return table


def _address(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(f"takes an address, not {value!r}", "put it in quotes")
    if not re.fullmatch(r"https?://[^\s/]\S*", value):
        raise Unfit(f"{value!r} is no address", "write it as https://…", value)
    return value


def _choice(value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Unfit(f"{value!r} is not known", did_you_mean(str(value), known), str(value))
    return str(value)


def _rule_options(value: Any) -> dict[str, dict[str, Any]]:
    for code, options in _table(value).items():
        if not isinstance(options, dict):
            raise Unfit(f"takes a table for {code}, not {options!r}", f"write it as {code} = {{…}}", code)
    return dict(value)


def _models(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {"files": _strings(value)}
    for name in value:
        _choice(name, MODEL_TABLES)
    return {**value, "files": _strings(value.get("files", []))}


_LIST = {"type": "array", "items": {"type": "string"}}
_STRINGS = {"oneOf": [{"type": "string"}, _LIST]}
_ROWS: dict[str, object] = {name: {"type": "array", "items": {"type": "object"}} for name in MODEL_TABLES[:3]}
_ROWS["words"] = {"type": "object", "additionalProperties": {"type": "object"}}
_CONFIDENCES = tuple(str(one) for one in Confidence)
_ONE_KIND = {"enum": list(ARTIFACT_KINDS)}

KINDS: Mapping[str, Kind] = {
    "flag": Kind(_flag, {"type": "boolean"}),
    "codes": Kind(_strings, _STRINGS),
    "globs": Kind(_strings, _STRINGS),
    "models": Kind(
        _models,
        {
            "oneOf": [
                *_STRINGS["oneOf"],
                {"type": "object", "properties": {**_ROWS, "files": _STRINGS}, "additionalProperties": False},
            ]
        },
    ),
    "address": Kind(_address, {"type": "string", "format": "uri", "pattern": "^https?://"}),
    "edition": Kind(lambda value: _choice(value, EDITIONS), {"enum": list(EDITIONS)}),
    "confidence": Kind(lambda value: Confidence.parse(_choice(value, _CONFIDENCES)), {"enum": list(_CONFIDENCES)}),
    "table of codes": Kind(_table_of_strings, {"type": "object", "additionalProperties": _STRINGS}),
    "datasets": Kind(
        _datasets,
        {
            "type": "object",
            "additionalProperties": {"oneOf": [_ONE_KIND, {"type": "array", "items": _ONE_KIND}]},
        },
    ),
    "rule options": Kind(_rule_options, {"type": "object", "additionalProperties": {"type": "object"}}),
}
