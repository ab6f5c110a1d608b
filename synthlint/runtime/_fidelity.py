"""Is generated data distributed like real data, as far as these samples can tell?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from synthlint.runtime._columns import Frame, load
from synthlint.runtime._errors import FidelityError, KindError
from synthlint.runtime._measure import DRIFT, OK, UNDECIDED, Measure
from synthlint.runtime._stats import percent, some

TASK_LIMIT = 0.05
SHOWN = 12
COPY_MARGIN, MIN_COPIES = 0.1, 10  # share of copies beyond the ordinary that is an alarm, and their number
MEANS = {
    DRIFT: "the difference is larger than the limit beyond doubt; look at the columns named, "
    "and change the prompt, the model or the mix before the data is used",
    OK: "every difference is below the limit",
    UNDECIDED: "nothing is beyond the limit for certain, and not everything is below it for certain; "
    "more rows would tell",
}
COPIES = "synthetic rows repeat real ones (a good score then means nothing): run audit_memorization with a control"


@dataclass(frozen=True)
class FidelityReport:
    """What `check_fidelity` found. `str()` is a short report, `to_dict()` is JSON.

    verdict: `drift`, `ok` or `undecided` over all measures. copy_alarm: a classifier finds held-out synthetic
    rows among the real ones, or many more synthetic rows are equal to real ones than real rows are to one
    another (`copies` says how many). rows: rows per side that would settle what is undecided, if that is known.
    """

    measures: tuple[Measure, ...]
    sizes: dict[str, int]
    limit: float
    alpha: float
    notes: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        outcomes = {m.outcome for m in self.measures}
        return DRIFT if DRIFT in outcomes else OK if outcomes == {OK} else UNDECIDED

    @property
    def copy_alarm(self) -> bool:
        return bool(self.copies) or any("copy alarm" in m.note for m in self.measures)

    @property
    def ok(self) -> bool:
        return self.verdict == OK and not self.copy_alarm

    @property
    def rows(self) -> int | None:
        needed = [m.rows for m in self.measures if m.outcome == UNDECIDED]
        known = [n for n in needed if n is not None]
        return max(known) if known and len(known) == len(needed) else None

    @property
    def columns(self) -> dict[str, str]:
        """The outcome of every column: the worst of its measures."""
        worst: dict[str, str] = {}
        for m in self.measures:
            order = (OK, UNDECIDED, DRIFT)
            worst[m.column] = max(worst.get(m.column, OK), m.outcome, key=order.index)
        return worst

    def __str__(self) -> str:
        sizes = ", ".join(f"{n:,} {side}" for side, n in self.sizes.items())
        rows = f" ({self.rows:,} a side for all of them)" if self.verdict == UNDECIDED and self.rows else ""
        lines = [f"{self.verdict} (limit {self.limit:g}; {sizes} rows): {MEANS[self.verdict]}{rows}"]
        if self.copy_alarm:
            lines = [f"copy alarm: {COPIES}", f"apart from that {lines[0]}"]
        ordered = self._ordered()
        lines += [f"  {m}" for m in ordered[:SHOWN]]
        hidden = len(ordered) - SHOWN
        lines += [f"  and {hidden} more, none worse"] if hidden > 0 else []
        return "\n".join([*lines, *(f"  note: {n}" for n in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        known = {"verdict": self.verdict, "copy_alarm": self.copy_alarm, "copies": list(self.copies)}
        known |= {"rows": self.rows, "limit": self.limit}
        measures = [m.to_dict() for m in self.measures]
        more = {"alpha": self.alpha, "sizes": dict(self.sizes), "columns": self.columns, "notes": list(self.notes)}
        return {**known, **more, "measures": measures}

    def raise_for_status(self, *, undecided: bool = False) -> FidelityReport:
        """This report; raises `FidelityError` on drift or a copy alarm (with `undecided`, also when that is open)."""
        if self.verdict == DRIFT or self.copy_alarm or (undecided and self.verdict == UNDECIDED):
            raise FidelityError(self._complaint(), self)
        return self

    def _ordered(self) -> list[Measure]:
        """The measures, worst first."""
        return sorted(self.measures, key=lambda m: ((DRIFT, UNDECIDED, OK).index(m.outcome), -m.low, -m.effect))

    def _complaint(self) -> str:
        """The verdict, the worst measures or the rows behind it, and what to do, in one line."""
        if self.copy_alarm:
            told = self.copies or tuple(f"{m.column}: {m.note}" for m in self.measures if "copy alarm" in m.note)
            return f"copy alarm: {COPIES}; {'; '.join(told)}"
        worst = [m for m in self._ordered() if m.outcome == self.verdict]
        named = some((f"{m.column}: {m.statistic} {m.effect:.3f} ({m.low:.3f} to {m.high:.3f})" for m in worst), 3)
        count = f"{len(worst)} of {len(self.measures)} measures"
        return f"{self.verdict} at limit {self.limit:g}, {count}: {named or 'no rows'}; {MEANS[self.verdict]}"


def check_fidelity(
    synthetic: Any,
    real: Any,
    *,
    columns: Sequence[str] | None = None,
    text: str | Sequence[str] | None = None,
    target: str | None = None,
    holdout: Any = None,
    limit: float = 0.1,
    task_limit: float = TASK_LIMIT,
    alpha: float = 0.05,
    joint: bool = True,
    seed: int = 0,
    strict: bool = False,
) -> FidelityReport:
    """Compare generated data with real data, column by column and as a whole.

    synthetic, real: lists of strings or mappings, pandas, Polars, Arrow, `datasets.Dataset`, 2-d arrays.
    columns: the columns to read; text: columns to read as texts. Ids and provenance are left out otherwise.
    target: a column to predict; then a model trained on synthetic rows is compared, on real rows (`holdout`,
        or half of `real`), with one trained on as many real rows.
    limit: the largest acceptable difference. It has no unit: D, Wasserstein distance by the standard deviation
        of the real column, total variation, rates, rank correlations, classifier AUC above 0.5.
    task_limit: the largest acceptable loss of accuracy or R².
    alpha: probability of an interval that misses, over the measures of one kind.
    joint: train the classifiers (needs scikit-learn).
    strict: raise at once on drift or a copy alarm.

    A measure is `drift` when its whole interval lies beyond the limit, `ok` when all of it lies below, and
    otherwise `undecided`, with the rows that would settle it. p values are shown and decide nothing.
    Raises: FidelityError with `strict`; KindError for data that cannot be read or has no common columns;
        MissingDependencyError without numpy or scikit-learn; ValueError for a limit or alpha out of range.
    Sources: see `_fidelity_columns`, `_fidelity_joint` and `_fidelity_text`.
    """
    _check_range(limit, task_limit, alpha)
    wanted = [*columns, target] if columns and target and target not in columns else columns
    loaded = load({"synthetic": synthetic, "real": real, "holdout": holdout}, wanted, text)
    made, source = loaded.frames["synthetic"], loaded.frames["real"]
    notes = list(loaded.notes)
    measures: list[Measure] = []
    alarms: list[str] = []
    if made.rows and source.rows:
        measures = _measures(made, source, limit, alpha, joint, seed)
        more, alarms = _copies(made, source)
        notes += more
    else:
        notes.append("nothing to compare: a side has no rows")
    if target is not None:
        from synthlint.runtime._fidelity_joint import task_measure

        if not measures:
            raise KindError(f"target {target!r}: there are no rows to train on")
        measures.append(task_measure(loaded, target, task_limit, alpha, seed))
    sizes = {side: f.rows for side, f in loaded.frames.items()}
    report = FidelityReport(tuple(measures), sizes, limit, alpha, tuple(notes), tuple(alarms))
    return report.raise_for_status() if strict else report


def _check_range(limit: float, task_limit: float, alpha: float) -> None:
    for name, value in (("limit", limit), ("task_limit", task_limit)):
        if not value > 0:
            raise ValueError(f"{name} is the largest acceptable difference and above 0, not {value!r}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is a probability in (0, 1), not {alpha!r}")


def _measures(made: Frame, real: Frame, limit: float, alpha: float, joint: bool, seed: int) -> list[Measure]:
    from synthlint.runtime._fidelity_columns import column_measures, correlation_measure
    from synthlint.runtime._fidelity_joint import joint_measure

    found: list[Measure | None] = [*column_measures(made, real, limit, alpha, seed)]
    found.append(correlation_measure(made, real, limit, alpha))
    if joint and len(real.numeric) + len(real.category) > 1:
        found.append(joint_measure(made, real, limit, alpha, seed))
    for name in real.text:
        from synthlint.runtime._fidelity_text import text_measures

        found += text_measures(name, made.text[name], real.text[name], limit, alpha, joint, seed)
    return [m for m in found if m is not None]


def _copies(made: Frame, real: Frame) -> tuple[list[str], list[str]]:
    """A note if synthetic rows are equal to real ones, and an alarm if real rows repeat one another far less.

    The classifiers see a sample, in which a copy seldom meets its original; this sees every row.
    """
    from synthlint.runtime._memo_table import row_keys

    if len(real.numeric) + len(real.category) < 2 and not real.text:
        return [], []
    keys = row_keys([made, real]).tolist()
    known = Counter(keys[made.rows :])
    copied = [i for i, k in enumerate(keys[: made.rows]) if k in known]
    if not copied:
        return [], []
    ordinary = sum(n for n in known.values() if n > 1) / real.rows
    told = f"{len(copied):,} of {made.rows:,} synthetic rows are equal to a real row ({some(copied)})"
    note = f"{told}; {percent(ordinary)} of real rows are equal to another; audit_memorization tells more"
    alarm = len(copied) / made.rows > ordinary + COPY_MARGIN and len(copied) >= MIN_COPIES
    return [note], [told] if alarm else []
