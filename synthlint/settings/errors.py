"""The one error of this package: where, what is wrong, what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SettingsError(Exception):
    """A configuration or an option that cannot be used; `str()` is one line: `place: problem: remedy`."""

    def __init__(self, problem: str, remedy: str, place: str = "") -> None:
        self.problem, self.remedy, self.place = problem, remedy, place
        super().__init__(": ".join(part for part in (place, problem, remedy) if part))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'ignore'?`, or the list of all that is known when nothing is close."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, 1, 0.6)
    return f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(names)}"
