"""Does generated data repeat the records that its generator saw?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from synthlint.runtime._columns import Frame, load
from synthlint.runtime._errors import MemorizationError
from synthlint.runtime._memo_rates import COPIED, NONE, UNDECIDED, Match, Rate
from synthlint.runtime._pii import Analyzer, pii_rate
from synthlint.runtime._stats import some

TEXT_CHECKS = ("verbatim", "edited", "near")
TABLE_CHECKS = ("exact", "close", "closer")
CHECKS = (*TEXT_CHECKS, *TABLE_CHECKS, "pii")
MEANS = {
    COPIED: "drop or regenerate the records listed under `matches`, and look for the cause: "
    "a generator trained too long, few-shot examples copied into the output",
    UNDECIDED: "too few records, or no control to tell matches from chance; "
    "look at the matches, or give more records and a control of equal size",
    NONE: "this says nothing about smaller rates or about other ways to attack the data, and is no promise of privacy",
}


@dataclass(frozen=True)
class MemorizationReport:
    """What `audit_memorization` found. `str()` is a short report, `to_dict()` is JSON.

    verdict: `copying found`, `no copying found at this size`, or `undecided` (also when nothing was compared).
    rates: one per rule, each beside its baseline. alpha: the probability of a false `copying found`, all
    rules together, when synthetic records are independent of the source given the control.
    """

    rates: tuple[Rate, ...]
    alpha: float
    sizes: dict[str, int]
    notes: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> str:
        outcomes = [r.outcome for r in self.rates] or [UNDECIDED]
        return next((o for o in (COPIED, UNDECIDED) if o in outcomes), NONE)

    @property
    def ok(self) -> bool:
        """True when no copying was found at this size."""
        return self.verdict == NONE

    @property
    def matches(self) -> tuple[Match, ...]:
        """All pairs of a synthetic record and the source record that it repeats, rule by rule."""
        return tuple(m for r in self.rates if r.outcome != NONE for m in r.matches)

    def rate(self, rule: str) -> Rate:
        """The rate of one rule. Raises KeyError when it was not measured."""
        found = next((r for r in self.rates if r.rule == rule), None)
        if found is None:
            raise KeyError(f"{rule} was not measured; there are {', '.join(r.rule for r in self.rates)}")
        return found

    def __str__(self) -> str:
        sizes = ", ".join(f"{n:,} {side}" for side, n in self.sizes.items())
        lines = [f"{self.verdict} ({sizes} records): {MEANS[self.verdict]}", *(f"  {r}" for r in self.rates)]
        for rate in (r for r in self.rates if r.outcome != NONE and r.matches):
            pairs = some(f"{m.synthetic} repeats {m.real} ({m.detail})" for m in rate.matches)
            lines.append(f"  {rate.rule} records: {pairs}")
        return "\n".join([*lines, *(f"  note: {n}" for n in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        rates = [r.to_dict() for r in self.rates]
        known = {"verdict": self.verdict, "alpha": self.alpha, "sizes": dict(self.sizes)}
        return {**known, "rates": rates, "notes": list(self.notes)}

    def raise_for_status(self, *, undecided: bool = False) -> MemorizationReport:
        """This report; raises `MemorizationError` when copying was found (with `undecided`, also when that is open)."""
        if self.verdict == COPIED or (undecided and self.verdict == UNDECIDED):
            raise MemorizationError(self._complaint(), self)
        return self

    def _complaint(self) -> str:
        """The verdict, the rules and the first records behind it, and what to do, in one line."""
        rates = [r for r in self.rates if r.outcome == self.verdict and r.matches]
        counts = ", ".join(f"{r.rule} {r.hits:,} of {r.n:,}" for r in rates) or "no rule found a match"
        pairs = some(f"{m.synthetic} repeats {m.real} ({m.detail})" for m in (rates[0].matches if rates else ()))
        named = f"; synthetic record {pairs}" if pairs else ""
        return f"{self.verdict}: {counts}{named}; {MEANS[self.verdict]}"


def audit_memorization(
    synthetic: Any,
    real: Any,
    control: Any = None,
    *,
    columns: Sequence[str] | None = None,
    text: str | Sequence[str] | None = None,
    checks: Sequence[str] | None = None,
    alpha: float = 0.01,
    analyzer: Analyzer | None = None,
    max_rows: int = 20_000,
    seed: int = 0,
    strict: bool = False,
) -> MemorizationReport:
    """Look for copies of source records in generated ones, beside real records the generator never saw.

    synthetic: the generated records. real: the records the generator saw (training data, few-shot examples).
    control: further real records that it did not see; equal in size to `real` is best. Without it texts are
        compared with source records against one another, and a table cannot be decided.
    All take lists of strings or mappings, pandas, Polars, Arrow, `datasets.Dataset` or 2-d arrays.
    columns: the columns to read; text: columns to read as texts. Ids and provenance are left out otherwise.
    checks: of `verbatim`, `edited`, `near` (texts), `exact`, `close`, `closer` (tables), `pii`. By default
        all that suit the data.
    alpha: probability, over all rules, of a false "copying found".
    analyzer: a presidio `AnalyzerEngine`, to look for names as well as structured identifiers.
    max_rows: synthetic rows whose neighbours are searched in a table (a random choice).
    strict: raise at once when copying was found.

    Units: rates are shares of synthetic records, 0 to 1; record numbers count from 0 in the order given.
    Raises: MemorizationError with `strict`; KindError for data that cannot be read or has no common columns;
        MissingDependencyError without numpy (and scikit-learn, for `close` and `closer`); ValueError for an
        unknown check. Sources: see `_memo_text`, `_memo_table` and `_pii`.
    """
    unknown = sorted(set(checks or ()) - set(CHECKS))
    if unknown:
        raise ValueError(f"no check {some(unknown)}: one of {', '.join(CHECKS)}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is a probability in (0, 1), not {alpha!r}")
    loaded = load({"synthetic": synthetic, "real": real, "control": control}, columns, text)
    frames = loaded.frames
    chosen = _suited(frames["real"]) if checks is None else list(checks)
    sides = frames["synthetic"], frames["real"], frames.get("control")
    sizes = {side: f.rows for side, f in frames.items()}
    notes = loaded.notes + _warnings(sizes)
    level = alpha / max(1, len(chosen))
    filled = sizes["synthetic"] and sizes["real"]
    rates = _measure(*sides, chosen, level, analyzer, max_rows, seed) if filled else []
    report = MemorizationReport(tuple(rates), alpha, sizes, tuple(notes))
    return report.raise_for_status() if strict else report


def _suited(real: Frame) -> list[str]:
    """Text rules where there is text; table rules where there are columns enough to tell rows apart."""
    cells = len(real.numeric) + len(real.category)
    texts = list(TEXT_CHECKS) if real.text else []
    tables = list(TABLE_CHECKS) if cells and (not real.text or cells >= 3) else []
    return texts + tables + (["pii"] if real.text or real.category else [])


def _warnings(sizes: dict[str, int]) -> list[str]:
    empty = [side for side, n in sizes.items() if n == 0]
    notes = [f"nothing to compare: no records on the side {some(empty)}"] if empty else []
    if "control" not in sizes:
        notes.append("no control: a rate beside real records that the generator never saw is stronger")
    elif 0 < sizes["control"] < sizes["real"] / 2:
        notes.append(f"the control is small: {sizes['control']:,} records beside {sizes['real']:,}")
    return notes


def _measure(
    synthetic: Frame,
    real: Frame,
    control: Frame | None,
    checks: Sequence[str],
    level: float,
    analyzer: Analyzer | None,
    max_rows: int,
    seed: int,
) -> list[Rate]:
    rates: list[Rate] = []
    control = control if control is not None and control.rows else None
    if set(checks) & set(TEXT_CHECKS):
        from synthlint.runtime._memo_text import text_rates

        unseen = None if control is None else _texts(control)
        rates += text_rates(_texts(synthetic), _texts(real), unseen, level, checks)
    if set(checks) & set(TABLE_CHECKS):
        from synthlint.runtime._memo_table import table_rates

        rates += table_rates(synthetic, real, control, level, checks, max_rows, seed)
    if "pii" in checks:
        unseen = None if control is None else _texts(control, labels=True)
        rates.append(pii_rate(_texts(synthetic, True), _texts(real, True), unseen, level, analyzer))
    return rates


def _texts(frame: Frame, labels: bool = False) -> list[str]:
    """Every row as one text: its text columns, and its categories where asked for."""
    columns = list(frame.text.values())
    if labels:
        columns += [["" if v is None else v for v in column] for column in frame.category.values()]
    if len(columns) == 1:
        return columns[0]
    return ["\n".join(parts) for parts in zip(*columns, strict=True)] if columns else [""] * frame.rows
