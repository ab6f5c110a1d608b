"""One measure of copying: a rate beside the same rate for real records that the generator never saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from synthlint.runtime._stats import clopper_pearson, fisher, hits_needed, percent, rate_for

COPIED, NONE, UNDECIDED = "copying found", "no copying found at this size", "undecided"


@dataclass(frozen=True)
class Match:
    """A synthetic record and the source record that it repeats (numbers from 0, in the order given)."""

    synthetic: int
    real: int
    detail: str


@dataclass(frozen=True)
class Rate:
    """How many synthetic records a rule flags, beside the same for the baseline.

    hits, n: synthetic records flagged, and looked at; `interval` is the exact 95 % interval of the rate.
    baseline_hits, baseline_n: the same for the baseline, which `baseline` names. None: there is none.
    p: probability of so many hits, or more, if synthetic records were further draws like the baseline; each
    source record counts once, however often it is met.
    level: the p at which the rule says that copying was found. detectable: the smallest rate that this many
    records would have shown with probability 0.95 (None where the rule measures a lean, not hits).
    chance: the rule flags a few rows of any real data, so that an ordinary p ends the matter.
    least: the excess over the baseline below which nothing is said. dealt: for a test by permuted labels,
    the source rows, the control rows that synthetic rows met, and the control rows.
    """

    rule: str
    meaning: str
    hits: int
    n: int
    baseline: str | None
    baseline_hits: int
    baseline_n: int
    p: float | None
    level: float
    matches: tuple[Match, ...] = ()
    note: str = ""
    least: float = 0.0
    chance: bool = False
    dealt: tuple[int, int, int] | None = None

    @property
    def rate(self) -> float:
        return self.hits / self.n if self.n else 0.0

    @property
    def baseline_rate(self) -> float | None:
        return self.baseline_hits / self.baseline_n if self.baseline_n else None

    @property
    def interval(self) -> tuple[float, float]:
        return clopper_pearson(self.hits, self.n)

    @property
    def detectable(self) -> float | None:
        if self.least or not self.baseline_n:
            return None
        trial = self.dealt or (self.n, self.baseline_hits, self.baseline_n)
        return rate_for(hits_needed(*trial, self.level), self.n)

    @property
    def outcome(self) -> str:
        if self.hits == 0:
            return NONE
        if self.p is None:
            return UNDECIDED
        if self.p <= self.level and self.rate - (self.baseline_rate or 0.0) >= self.least:
            return COPIED
        ordinary = bool(self.least) or (self.p > 0.05 and (self.chance or self.baseline_hits > 0))
        return NONE if ordinary else UNDECIDED

    def __str__(self) -> str:
        low, high = self.interval
        beside = "no baseline"
        if self.baseline_n:
            rate = percent(self.baseline_rate or 0.0)
            beside = f"{self.baseline}: {self.baseline_hits:,} of {self.baseline_n:,} ({rate})"
        p = "" if self.p is None else f", p {max(self.p, 1e-300):.2g}"
        smallest = "" if self.detectable is None else f"; could have found {percent(self.detectable)}"
        return (
            f"{self.rule:<9} {self.outcome}: {self.hits:,} of {self.n:,} ({percent(self.rate)}, "
            f"95 % {percent(low)} to {percent(high)}); {beside}{p}{smallest}"
            f"{self.note and '; '}{self.note}"
        )

    def to_dict(self) -> dict[str, Any]:
        low, high = self.interval
        return {
            **asdict(self),
            "matches": [asdict(m) for m in self.matches],
            "rate": self.rate,
            "interval": [low, high],
            "baseline_rate": self.baseline_rate,
            "detectable": self.detectable,
            "outcome": self.outcome,
        }


def counted(
    rule: str,
    meaning: str,
    matches: Iterable[Match],
    n: int,
    baseline: str | None,
    ordinary: Mapping[int, int],
    baseline_n: int,
    level: float,
    note: str = "",
) -> Rate:
    """A rate whose p is Fisher's exact test on source records that were met, each counted once.

    ordinary: for every baseline record that the rule flags the source record that it meets. Records that
    meet the same source record (one template, one quotation) are not independent; counting them one by one
    made false alarms of templated texts twice as frequent as stated.
    """
    found = tuple(matches)
    hits, sources = len({m.synthetic for m in found}), len({m.real for m in found})
    p = fisher(min(sources, n), n, len(set(ordinary.values())), baseline_n) if baseline_n else None
    return Rate(rule, meaning, hits, n, baseline, len(ordinary), baseline_n, p, level, found, note)
