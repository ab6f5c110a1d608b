"""One record, whatever type it has: its fields, what of it is compared, and the form that JSON gives it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, TypeAlias

from synthlint.runtime._errors import KindError
from synthlint.runtime._text import IDENTITY_KEYS, content_text, is_provenance_key

Key: TypeAlias = "str | Sequence[str] | Callable[[Any], Any] | None"
"""What to compare: a field, several fields, a function of the record, or None for all content fields."""

_TEXT_WORDS = 4


def fields_of(record: Any) -> Any:
    """A dataclass, pydantic model or named tuple as the mapping of its fields; anything else as it is."""
    if isinstance(record, (str, Mapping)):
        return record
    if is_dataclass(record) and not isinstance(record, type):
        return asdict(record)
    for method in ("model_dump", "_asdict"):
        if callable(found := getattr(record, method, None)):
            return found()
    return record


def with_fields(records: Sequence[Any]) -> Sequence[Any]:
    """Records as :func:`fields_of` gives them; the same list where they are texts, mappings or numbers already."""
    kinds = {kind for kind in set(map(type, records)) if not issubclass(kind, (str, Mapping, int, float))}
    return list(map(fields_of, records)) if kinds else records


def chooser(key: Key) -> Callable[[Any], Any]:
    """The function that picks what to compare out of a record."""
    if key is None:
        return fields_of
    if callable(key):
        return key
    if isinstance(key, str):
        return lambda record: _field(record, key)
    names = list(key)
    return lambda record: [_field(record, name) for name in names]


def _field(record: Any, name: str) -> Any:
    record = fields_of(record)
    try:
        return record[name]
    except (KeyError, IndexError, TypeError):
        pass
    if isinstance(record, Mapping):
        fields = ", ".join(sorted(map(str, record))) or "none"
        raise KindError(f"a record has no field {name!r}; its fields are: {fields}")
    raise KindError(
        f"key={name!r} names a field, but a record is a {type(record).__name__}; leave key out or pass a function"
    )


def comparable_text(content: Any) -> str | None:
    """The text to compare for near-duplicates; None if there is none and only equality makes sense.

    A string is text. A row of a table is text only if one of its values is (four words or more), since
    numbers and categories that agree in most columns are no sign of copying.
    """
    if isinstance(content, str):
        return content
    if _has_text(content):
        return content_text(content, identity_fields(content))
    return None


def identity_fields(content: Any) -> frozenset[str]:
    """Fields to leave out of the comparison; none if the record would be empty without them."""
    if isinstance(content, Mapping) and all(k in IDENTITY_KEYS or is_provenance_key(k) for k in content):
        return frozenset()
    return IDENTITY_KEYS


def _has_text(value: Any) -> bool:
    if isinstance(value, str):
        return len(value.split(None, _TEXT_WORDS)) >= _TEXT_WORDS or (not value.isascii() and len(value) > 12)
    if isinstance(value, Mapping):
        return any(_has_text(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_has_text(item) for item in value)
    return False


def json_form(value: Any) -> Any:
    """What JSON has no form for, as something it has; TypeError if there is nothing. For ``json.dumps(default=)``."""
    if (fields := fields_of(value)) is not value:
        return fields
    for method in ("tolist", "isoformat"):
        if hasattr(value, method):
            return getattr(value, method)()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
