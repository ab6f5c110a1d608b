"""Copying in texts: verbatim runs, edited copies, near-duplicates of source records.

A run of 13 words counts only if it is rare in the source and absent from the control, and two of them must
follow one another: templates and set phrases repeat without anyone having copied a record ("any 13-gram"
flags 53 % of clean templated records, this rule under 0.1 %). Common sequences are not memorisation:
https://arxiv.org/abs/2602.18733. Runs of 50 tokens: Carlini et al. 2023, https://arxiv.org/abs/2202.07646.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from synthlint.runtime._grams import (
    Corpus,
    Hits,
    Sieve,
    corpus,
    hits,
    keep,
    longest_runs,
    near_duplicates,
    partners,
    pick,
    postings,
    text_frequency,
)
from synthlint.runtime._memo_rates import Match, Rate, counted
from synthlint.runtime._stats import need

np: Any = need("numpy", "fast")
Array = Any
RUN, EDIT, NEAR = 13, 5, 3  # words in an n-gram of each rule
RARE = 10  # a rare n-gram is in at most so many source records (and in at most 2 % of them)
COVERAGE, MIN_GRAMS = 0.10, 4
BASELINE_ROWS = 20_000
CHECKS = ("verbatim", "edited", "near")


class Sides(NamedTuple):
    synthetic: Corpus
    real: Corpus
    others: Corpus  # what the baseline flags: the control, or some of the real records
    picked: Array | None  # their numbers in `real`; None when there is a control
    rare: int

    @property
    def baseline(self) -> str:
        return "control" if self.picked is None else "source records against one another"


def text_rates(
    synthetic: Sequence[str],
    real: Sequence[str],
    control: Sequence[str] | None,
    level: float,
    checks: Sequence[str] = CHECKS,
) -> list[Rate]:
    """The rates of the text rules that `checks` names. numpy only; texts may be empty."""
    sides = _sides(synthetic, real, control)
    rules = {"verbatim": _verbatim, "edited": _edited, "near": _near}
    return [rule(sides, level) for name, rule in rules.items() if name in checks]


def _sides(synthetic: Sequence[str], real: Sequence[str], control: Sequence[str] | None) -> Sides:
    source = corpus(real)
    rare = min(RARE, max(1, math.ceil(0.02 * len(real))))
    if control is not None:
        return Sides(corpus(synthetic), source, corpus(control), None, rare)
    few = min(len(real), BASELINE_ROWS)
    picked = np.sort(np.random.default_rng(0).choice(len(real), few, replace=False))
    return Sides(corpus(synthetic), source, pick(source, picked), picked, rare)


def _absent(sides: Sides) -> str:
    return " and absent from the control" if sides.picked is None else ""


def _verbatim(sides: Sides, level: float) -> Rate:
    def flag(found: Hits) -> tuple[Array, Callable[[int], str]]:
        runs = longest_runs(found)
        return np.flatnonzero(runs >= 2), lambda i: f"{runs[i] + RUN - 1} words running"

    meaning = f"runs of {RUN + 1} words or more that are rare in the source" + _absent(sides)
    return _gram_rule(sides, RUN, "verbatim", meaning, flag, level)


def _edited(sides: Sides, level: float) -> Rate:
    def flag(found: Hits) -> tuple[Array, Callable[[int], str]]:
        shared = np.bincount(found.texts, minlength=len(found.totals))
        share = shared / np.maximum(found.totals, 1)
        flagged = np.flatnonzero((shared >= MIN_GRAMS) & (share >= COVERAGE))
        return flagged, lambda i: f"{share[i]:.0%} of its runs of {EDIT} words"

    meaning = f"at least {COVERAGE:.0%} of a record's {EDIT}-word runs are rare in the source" + _absent(sides)
    return _gram_rule(sides, EDIT, "edited", meaning, flag, level)


def _gram_rule(
    sides: Sides,
    n: int,
    rule: str,
    meaning: str,
    flag: Callable[[Hits], tuple[Array, Callable[[int], str]]],
    level: float,
) -> Rate:
    index = postings(sides.real, n, Sieve([sides.synthetic, sides.others], n))
    sieve = Sieve([sides.real], n)
    mine, theirs = (hits(c, n, index, sieve) for c in (sides.synthetic, sides.others))
    in_source = index.frequency()
    if sides.picked is None:
        in_control = text_frequency(theirs, len(in_source))
        rare, rare_there = (in_source <= sides.rare) & (in_control == 0), (in_source <= sides.rare) & (in_control == 1)
    else:  # leave one out: every baseline record is itself in the source
        rare, rare_there = in_source <= sides.rare, (in_source >= 2) & (in_source <= sides.rare + 1)
    found = keep(mine, rare[mine.which])
    flagged, tell = flag(found)
    partner = partners(found, index, flagged)
    matches = [Match(i, partner[i], tell(i)) for i in flagged.tolist()]
    theirs = keep(theirs, rare_there[theirs.which])
    ordinary = partners(theirs, index, flag(theirs)[0])
    return counted(rule, meaning, matches, len(mine.totals), sides.baseline, ordinary, len(sides.others), level)


def _near(sides: Sides, level: float, threshold: float = 0.7) -> Rate:
    found = near_duplicates(sides.synthetic, sides.real, threshold, NEAR)
    ordinary = near_duplicates(sides.others, sides.real, threshold, NEAR, itself=sides.picked)
    triples = zip(found.texts.tolist(), found.others.tolist(), found.jaccard.tolist(), strict=True)
    matches = [Match(i, j, f"Jaccard {similarity:.2f}") for i, j, similarity in triples]
    meaning = f"whole records that share {threshold:.0%} of their {NEAR}-word runs with a source record"
    met = dict(zip(ordinary.texts.tolist(), ordinary.others.tolist(), strict=True))
    sizes = len(sides.synthetic), sides.baseline, met, len(sides.others)
    return counted("near", meaning, matches, *sizes, level)
