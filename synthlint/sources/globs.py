"""Patterns of paths, the same wherever a setting takes one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath


def matches(path: str, pattern: str) -> bool:
    """Whether a `/`-separated path fits a pattern: `*` stays in a folder, `**` does not.

    A pattern without `/` fits the file's name, or any folder above it; a folder fits all that it holds.
    """
    parts = PurePosixPath(path).parts
    if "/" not in pattern.rstrip("/"):
        return any(_glob(pattern.rstrip("/")).fullmatch(part) for part in parts)
    regex = _glob(pattern.strip("/").removeprefix("./"))
    return any(regex.fullmatch("/".join(parts[:count])) for count in range(1, len(parts) + 1))


class Globs:
    """Says whether a path fits any of some patterns; what is known of a folder is not asked again."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(one for one in patterns if one.strip("./"))
        self._known: dict[str, bool] = {"": False}

    def __call__(self, path: str) -> bool:
        if not self._patterns:
            return False
        known = self._known.get(path)
        if known is None:
            hit = self(path.rpartition("/")[0]) or any(matches(path, one) for one in self._patterns)
            known = self._known[path] = hit
        return known


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    steps = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(steps.get(part, re.escape(part)) for part in parts))
