"""The rules, one module each, found by their file names."""

from __future__ import annotations

import functools
import importlib
import re
from pathlib import Path

from synthlint.rules.base import Rule

_MODULE = re.compile(r"syn\d{3}_\w+\.py")


@functools.lru_cache(maxsize=1)
def registry() -> dict[str, Rule]:
    """All rules by code, in the order of their codes."""
    rules: dict[str, Rule] = {}
    for file in sorted(Path(__file__).parent.iterdir()):
        if _MODULE.fullmatch(file.name):
            module = importlib.import_module(f"synthlint.rules.{file.stem}")
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, Rule) and value is not Rule and "code" in vars(value):
                    rules[value.code] = value()
    return dict(sorted(rules.items()))


__all__ = ["Rule", "registry"]
