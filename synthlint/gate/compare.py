"""What is new: findings compared, one to one, with those that were there before."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from synthlint.findings import Confidence, Finding, Severity
from synthlint.gate.fingerprint import Identity, identity
from synthlint.gate.lines import LinesOf

Key = Callable[[Identity], Hashable]
_KEYS: tuple[Key, ...] = (lambda one: one, lambda one: one.moved, lambda one: one.renamed)
_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(frozen=True, slots=True)
class Known:
    """One finding that was there before; `line` is for people only."""

    who: Identity
    severity: Severity
    confidence: Confidence
    line: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings of now, told apart, and the known ones that are gone.

    A finding got worse when it is known, but with a lower severity or confidence.
    """

    new: list[Finding] = field(default_factory=list)
    worse: list[tuple[Finding, Known]] = field(default_factory=list)
    old: list[Finding] = field(default_factory=list)
    fixed: list[Known] = field(default_factory=list)


def known(findings: Iterable[Finding], lines: LinesOf) -> list[Known]:
    """What a later run is compared with: every finding that no comment suppresses."""
    return [
        Known(identity(one, lines), one.severity, one.confidence, one.place.line)
        for one in findings
        if one.suppressed is None
    ]


def compare(findings: Sequence[Finding], before: Iterable[Known], lines: LinesOf) -> Comparison:
    """Match each finding with one known finding at most: same place in the code, then moved, then renamed file."""
    who = [identity(one, lines) for one in findings]
    waiting, left = list(range(len(who))), list(before)
    matched: dict[int, Known] = {}
    for key in _KEYS:
        waiting, left = _match(waiting, left, who, key, matched)
    out = Comparison(fixed=left)
    for number, one in enumerate(findings):
        previous = matched.get(number)
        if previous is None:
            out.new.append(one)
        elif _worse(one, previous):
            out.worse.append((one, previous))
        else:
            out.old.append(one)
    return out


def _match(
    numbers: list[int], before: list[Known], who: list[Identity], key: Key, matched: dict[int, Known]
) -> tuple[list[int], list[Known]]:
    """Pair what has equal keys, in order; gives the numbers and the known findings that stay alone."""
    waiting: dict[Hashable, list[Known]] = {}
    for one in before:
        waiting.setdefault(key(one.who), []).append(one)
    alone = []
    for number in numbers:
        same = waiting.get(key(who[number]))
        if same:
            matched[number] = same.pop(0)
        else:
            alone.append(number)
    return alone, [one for same in waiting.values() for one in same]


def _worse(now: Finding, before: Known) -> bool:
    return _RANK[now.severity] > _RANK[before.severity] or now.confidence > before.confidence
