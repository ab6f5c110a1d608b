"""Texts: lengths, vocabulary, openings, diversity, repeats, and a classifier on hashed word 1- and 2-grams."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from synthlint.runtime._fidelity_joint import FOLDS, _held_out, auc_measure
from synthlint.runtime._measure import Measure, measure
from synthlint.runtime._stats import band, ks_floor, ks_pvalue, ks_w1, need, normal_quantile, tvd, tvd_floor
from synthlint.runtime._text import normalise, words

np: Any = need("numpy", "tables")
Array = Any
Tokens = list[list[str]]
SAMPLE = 5_000  # texts a side
VOCABULARY = 1 << 12  # buckets of words
SPLITS = 40


def text_measures(
    column: str,
    synthetic: Sequence[str],
    real: Sequence[str],
    limit: float,
    alpha: float,
    joint: bool,
    seed: int,
) -> list[Measure]:
    """Every measure of one text column. Texts beyond `SAMPLE` a side are left out at random."""
    rng = np.random.default_rng(seed)
    synthetic, real = (_some(rng, t) for t in (synthetic, real))
    a, b = ([words(t) for t in side] for side in (synthetic, real))
    asked = _Asked(column, limit, alpha, band(len(a), len(b), 3, alpha))
    found = [
        _lengths(asked, a, b),
        _openings(asked, a, b),
        _repeats(asked, synthetic, real),
        _distinct(asked, a, b, rng),
        _vocabulary(asked, a, b, rng),
    ]
    if joint and min(len(synthetic), len(real)) >= 4 * FOLDS:
        found.append(_classifier(asked, synthetic, real, seed))
    return found


class _Asked(NamedTuple):
    """What every measure of a text column needs to know; `width` is the band of the simple ones."""

    column: str
    limit: float
    alpha: float
    width: float


def _some(rng: Any, texts: Sequence[str]) -> list[str]:
    if len(texts) <= SAMPLE:
        return list(texts)
    return [texts[i] for i in np.sort(rng.choice(len(texts), SAMPLE, replace=False))]


def _lengths(asked: _Asked, a: Tokens, b: Tokens) -> Measure:
    n, m = len(a), len(b)
    d, _ = ks_w1(*(np.array([len(t) for t in side], dtype=float) for side in (a, b)))
    means = [sum(map(len, side)) / len(side) for side in (a, b)]
    note = f"mean {means[0]:.1f} words, real {means[1]:.1f}"
    return measure(
        asked.column,
        "D of lengths",
        d,
        ks_floor(n, m),
        (n, m),
        asked.limit,
        asked.width,
        p=ks_pvalue(d, n, m),
        note=note,
    )


def _openings(asked: _Asked, a: Tokens, b: Tokens) -> Measure:
    first = [Counter(t[0] if t else "" for t in side) for side in (a, b)]
    names = sorted(first[0] | first[1])
    n, m = len(a), len(b)
    counts = [np.array([f[w] for w in names], dtype=float) for f in first]
    floor = tvd_floor(counts[0] / n + counts[1] / m, n, m)
    top, times = first[0].most_common(1)[0]
    note = f"most often {top!r}, {times / n:.1%} (real {first[1][top] / m:.1%})"
    return measure(
        asked.column, "first word", tvd(*counts), floor, (n, m), asked.limit, asked.width, bias=floor, note=note
    )


def _repeats(asked: _Asked, a: list[str], b: list[str]) -> Measure:
    """Texts that repeat an earlier one of their own side, at equal sizes."""
    size = min(len(a), len(b))
    shares = [1 - len({normalise(t) for t in side[:size]}) / size for side in (_mixed(a), _mixed(b))]
    both = sum(shares) / 2
    floor = math.sqrt(2 / math.pi * both * (1 - both) * 2 / size)
    note = f"{shares[0]:.1%} repeat another, real {shares[1]:.1%}"
    width = band(size, size, 3, asked.alpha)
    return measure(
        asked.column,
        "repeats inside",
        abs(shares[0] - shares[1]),
        floor,
        (size, size),
        asked.limit,
        width,
        note=note,
    )


def _mixed(texts: list[str]) -> list[str]:
    return [texts[i] for i in np.random.default_rng(0).permutation(len(texts))]


def _distinct(asked: _Asked, a: Tokens, b: Tokens, rng: Any) -> Measure:
    """Relative difference of distinct-2 at equal numbers of words; its error from random halves."""
    pairs = [[list(itertools.pairwise(t)) for t in side] for side in (a, b)]
    size = min(len(a), len(b))
    drawn = np.array([[_distinct_share(rng, side, size // 2) for side in pairs] for _ in range(SPLITS)])
    made, real = (_distinct_share(rng, side, size) for side in pairs)
    scale = max(real, 1e-12)
    effect = abs(made - real) / scale
    error = float(np.sqrt((drawn.std(0) ** 2).sum())) / scale
    width = normal_quantile(1 - asked.alpha / 2) * error
    note = f"distinct-2 {made:.3f}, real {real:.3f}"
    floor = math.sqrt(2 / math.pi) * error
    sizes, span = (size, size), (0.0, math.inf)
    return measure(asked.column, "distinct-2 changed", effect, floor, sizes, asked.limit, width, span=span, note=note)


def _distinct_share(rng: Any, side: list[list[tuple[str, str]]], size: int) -> float:
    chosen = rng.permutation(len(side))[: max(1, size)]
    seen, total = set(), 0
    for i in chosen:
        seen.update(side[i])
        total += len(side[i])
    return len(seen) / total if total else 0.0


def _vocabulary(asked: _Asked, a: Tokens, b: Tokens, rng: Any) -> Measure:
    """Total variation between word frequencies; whole texts are permuted, since words of a text go together."""
    n, m = len(a), len(b)
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(w, len(numbers)) for t in (*a, *b) for w in t], dtype=np.int64)
    owner = np.repeat(np.arange(n + m), [len(t) for t in (*a, *b)])
    if not len(codes):
        return measure(asked.column, "word frequencies", 0.0, 0.0, (n, m), asked.limit, 0.0, note="no words")
    common = np.argsort(-np.bincount(codes), kind="stable")[: VOCABULARY - 1]
    bucket = np.full(len(numbers), VOCABULARY - 1)
    bucket[common] = np.arange(len(common))
    codes = bucket[codes]
    effect = _word_distance(codes, owner < n)
    nulls = [_word_distance(codes, (rng.permutation(n + m) < n)[owner]) for _ in range(SPLITS)]
    floor, spread = float(np.mean(nulls)), float(np.std(nulls))
    width = normal_quantile(1 - asked.alpha / 2) * spread
    return measure(asked.column, "word frequencies", effect, floor, (n, m), asked.limit, width, bias=floor)


def _word_distance(codes: Array, mine: Array) -> float:
    counts = [np.bincount(codes[side], minlength=VOCABULARY) for side in (mine, ~mine)]
    return tvd(*counts) if all(c.any() for c in counts) else 1.0


def _classifier(asked: _Asked, synthetic: list[str], real: list[str], seed: int) -> Measure:
    hashing = need("sklearn.feature_extraction.text", "tables").HashingVectorizer(
        ngram_range=(1, 2), n_features=1 << 18, alternate_sign=False
    )
    model = need("sklearn.linear_model", "tables").SGDClassifier(
        loss="log_loss", alpha=1e-5, max_iter=20, tol=None, random_state=seed
    )
    labels = np.concatenate([np.ones(len(synthetic)), np.zeros(len(real))])
    scores = _held_out(model, hashing.transform([*synthetic, *real]), labels, "decision_function", seed)
    return auc_measure(asked.column, scores, labels, asked.limit, asked.alpha)
