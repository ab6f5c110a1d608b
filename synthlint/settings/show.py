"""Settings as TOML: what is in force and where it comes from, and a file to start with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from synthlint.settings.options import Options, keys


def in_force(options: Options) -> Iterator[str]:
    """One line for each key: `select = ["SYN2"]  # pyproject.toml:3`."""
    for key, field in keys():
        value = getattr(options, field.name)
        yield f"{key} = {toml(value)}  # {options.origins.get(key, 'default')}"


def toml(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, Enum):
        return json.dumps(str(value))
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(name)} = {toml(one)}" for name, one in value.items())
        return f"{{{inside}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else json.dumps(name)


def reference() -> Iterator[str]:
    """Every key as a commented line of TOML, below the sentence that documents it."""
    for key, field in keys():
        yield f"# {field.metadata['doc']}"
        yield f"# {key} = {field.metadata['example']}"
        yield ""
