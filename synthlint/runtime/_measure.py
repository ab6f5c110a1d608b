"""One difference between two data sets: an effect size, its interval, its floor, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from synthlint.runtime._stats import size_to_settle

DRIFT, OK, UNDECIDED = "drift", "ok", "undecided"


@dataclass(frozen=True)
class Measure:
    """How far generated data is from real data in one respect.

    effect: the size of the difference, without unit (0 is none); `low` to `high` is its interval, which
    holds for all measures of its kind together. floor: the mean effect between two samples of real data of
    these sizes. limit: the largest effect that is acceptable. rows: rows per side that would settle an
    undecided measure, if the effect is what it seems to be (None: not known, or too close to the limit).
    p: of a test of no difference, for the reader; it decides nothing.
    """

    column: str
    statistic: str
    effect: float
    floor: float
    low: float
    high: float
    limit: float
    rows: int | None = None
    p: float | None = None
    note: str = ""

    @property
    def outcome(self) -> str:
        """`drift` if the whole interval is beyond the limit, `ok` if all of it is below, else `undecided`."""
        if self.low > self.limit:
            return DRIFT
        return OK if self.high < self.limit else UNDECIDED

    def __str__(self) -> str:
        interval = f"{self.low:.3f} to {self.high:.3f}, real against real {self.floor:.3f}"
        p = "" if self.p is None else f", adjusted p {max(self.p, 1e-300):.2g}"
        rows = f"; {self.rows:,} rows a side would settle it" if self.outcome == UNDECIDED and self.rows else ""
        note = f"; {self.note}" if self.note else ""
        return f"{self.outcome:<9} {self.column}: {self.statistic} {self.effect:.3f} ({interval}{p}){rows}{note}"

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "outcome": self.outcome}


def measure(
    column: str,
    statistic: str,
    effect: float,
    floor: float,
    sizes: tuple[int, int],
    limit: float,
    width: float,
    *,
    bias: float = 0.0,
    span: tuple[float, float] = (0.0, 1.0),
    p: float | None = None,
    note: str = "",
) -> Measure:
    """A measure whose interval is effect ± width, as far as it lies in `span`, the values that it can have.

    bias: what chance adds to the effect at most.
    """
    low, high = max(span[0], effect - bias - width), min(span[1], effect + width)
    settled = low > limit or high < limit
    # what is left of the effect when the floor has gone
    left = math.sqrt(effect - floor) * math.sqrt(effect + floor) if effect > floor else 0.0
    rows = None if settled else size_to_settle(width + max(bias, floor), *sizes, left, limit)
    return Measure(column, statistic, effect, floor, low, high, limit, rows, p, note)
