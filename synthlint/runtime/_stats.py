"""Effect sizes, noise floors and intervals that the audits share.

Effect sizes need numpy; intervals of proportions need the standard library alone. Nothing here decides
anything: the verdict rules are in `_fidelity` and `_memorization`.

Sources: Dvoretzky, Kiefer and Wolfowitz 1956 with Massart's constant (band of D); McDiarmid 1989 (band of
total variation); Clopper and Pearson 1934; Fisher 1935; Holm 1979; Stephens 1970 (p of Kolmogorov's D).
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable, Sequence
from typing import Any

from synthlint.runtime._errors import MissingDependencyError

Array = Any
KS_NULL_MEAN = 0.8687  # mean of the Kolmogorov distribution: E[D] = 0.8687 * sqrt(1/n + 1/m)


def need(module: str, extra: str) -> Any:
    """Import `module` now, or raise a `MissingDependencyError` that names the extra that brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise MissingDependencyError(
            f'this check needs {name}, which is not installed: pip install "synthlint[{extra}]"'
        ) from error


def numpy() -> Any:
    return need("numpy", "tables")


# ---------------------------------------------------------------------------------------- effect sizes
def ks_w1(a: Array, b: Array) -> tuple[float, float]:
    """Kolmogorov-Smirnov D (0 to 1) and Wasserstein-1 distance (in the unit of the data), from one sort.

    `a`, `b`: one-dimensional arrays of finite numbers, not empty. Equal to scipy's `ks_2samp` and
    `wasserstein_distance` to 1e-9.
    """
    np = numpy()
    a, b = (np.sort(np.asarray(v, dtype=float)) for v in (a, b))
    values = np.sort(np.concatenate([a, b]))
    below = [np.searchsorted(v, values, "right") / len(v) for v in (a, b)]
    gap = np.abs(below[0] - below[1])
    with np.errstate(over="ignore", invalid="ignore"):
        areas = gap[:-1] * np.diff(values)
    return float(gap.max()), float(np.where(gap[:-1] == 0, 0.0, areas).sum())


def tvd(p: Array, q: Array) -> float:
    """Total variation distance between two count vectors over the same categories."""
    np = numpy()
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    return float(np.abs(p / p.sum() - q / q.sum()).sum() / 2)


def ks_floor(n: int, m: int) -> float:
    """Mean D between two samples of the same continuous distribution."""
    return min(1.0, KS_NULL_MEAN * math.sqrt(1 / n + 1 / m))


def tvd_floor(counts: Array, n: int, m: int) -> float:
    """Mean total variation distance between two samples (n, m) of the distribution behind `counts`."""
    np = numpy()
    p = np.asarray(counts, dtype=float) / np.sum(counts)
    spread = np.sqrt(p * (1 - p) * (1 / n + 1 / m)).sum()
    return min(1.0, float(spread / math.sqrt(2 * math.pi)))


def band(n: int, m: int, tests: int = 1, alpha: float = 0.05) -> float:
    """Half width of the interval that holds for `tests` distances together with probability 1 - alpha."""
    return math.sqrt(math.log(2 * max(1, tests) / alpha) / 2 * (1 / n + 1 / m))


def size_to_settle(width: float, n: int, m: int, effect: float, limit: float, cap: int = 10_000_000) -> int | None:
    """Rows per side at which a half width (now `width` at n, m) would leave `limit` outside the interval.

    None when the effect is so close to the limit that more than `cap` rows would be needed.
    """
    room = abs(effect - limit)
    rows = 2 / (1 / n + 1 / m)
    if not width < room * math.sqrt(cap / rows):
        return None
    return max(1, math.ceil(rows * (width / room) ** 2))


def ks_pvalue(d: float, n: int, m: int) -> float:
    """Asymptotic p of the two-sample D, with Stephens' correction. For display only."""
    root = math.sqrt(n * m / (n + m))
    x = (root + 0.12 + 0.11 / root) * d
    if x < 0.2:
        return 1.0
    total = math.fsum((-1.0) ** (k - 1) * math.exp(-2 * (k * x) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * total))


def holm(pvalues: Sequence[float | None]) -> list[float | None]:
    """Holm-adjusted p values in the order given; None stays None."""
    known = sorted((p, i) for i, p in enumerate(pvalues) if p is not None)
    adjusted: list[float | None] = [None] * len(pvalues)
    running = 0.0
    for rank, (p, i) in enumerate(known):
        running = max(running, min(1.0, p * (len(known) - rank)))
        adjusted[i] = running
    return adjusted


# ----------------------------------------------------------------------------------------- proportions
def clopper_pearson(k: int, n: int, alpha: float = 0.05) -> tuple[float, float]:
    """Exact two-sided interval of a proportion; (0, 1) when n is 0."""
    if n == 0:
        return 0.0, 1.0
    low = 0.0 if k == 0 else _beta_quantile(alpha / 2, k, n - k + 1)
    high = 1.0 if k == n else _beta_quantile(1 - alpha / 2, k + 1, n - k)
    return low, high


def detectable(n: int, baseline_k: int, baseline_n: int, alpha: float = 0.05, power: float = 0.95) -> float:
    """Smallest true rate that `n` records would have told from the baseline with probability `power`.

    With no baseline hits and a large baseline this is near the rule of three, 3 / n. 1.0 when no count of
    hits could have been significant.
    """
    return rate_for(hits_needed(n, baseline_k, baseline_n, alpha), n, power)


def rate_for(k: int | None, n: int, power: float = 0.95) -> float:
    """The true rate at which `n` records show `k` hits or more with probability `power`; 1.0 if none does."""
    return 1.0 if k is None or k >= n else _beta_quantile(power, k, n - k + 1)


def hits_needed(n: int, baseline_k: int, baseline_n: int, alpha: float) -> int | None:
    """Fewest hits among `n` that a one-sided Fisher test tells from `baseline_k` of `baseline_n`."""
    if n == 0 or (baseline_n and fisher(n, n, baseline_k, baseline_n) > alpha):
        return None
    low, high = 1, n
    while low < high:
        middle = (low + high) // 2
        if fisher(middle, n, baseline_k, baseline_n) <= alpha:
            high = middle
        else:
            low = middle + 1
    return low


def fisher(k: int, n: int, baseline_k: int, baseline_n: int) -> float:
    """One-sided exact p that the first rate is higher than the baseline by chance (hypergeometric tail)."""
    if k == 0 or n == 0:
        return 1.0
    total, hits = n + baseline_n, k + baseline_k
    norm = _log_choose(total, n)
    terms = [_log_choose(hits, i) + _log_choose(total - hits, n - i) - norm for i in range(k, min(n, hits) + 1)]
    return min(1.0, math.fsum(math.exp(t) for t in terms))


def _log_choose(n: int, k: int) -> float:
    if k < 0 or k > n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _beta_quantile(q: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _beta_cdf(middle, a, b) < q:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function by Lentz's continued fraction."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_cdf(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / a * _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    result = d
    for i in range(1, 10_000):
        for term in (
            i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i)),
            -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1)),
        ):
            d = 1 / _away_from_zero(1 + term * d, tiny)
            c = _away_from_zero(1 + term / c, tiny)
            result *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return result


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny


def normal_quantile(q: float) -> float:
    """Quantile of the standard normal distribution."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(q)


def percent(rate: float) -> str:
    """A rate as people write it: 0.03 %, 1.2 %, 35 %."""
    scaled = 100 * rate
    if scaled == 0:
        return "0 %"
    digits = 0 if scaled >= 10 else 1 if scaled >= 1 else 2 if scaled >= 0.01 else 4
    return f"{scaled:.{digits}f} %"


def some(items: Iterable[Any], limit: int = 5) -> str:
    """The first items and how many more there are, for messages."""
    listed = list(items)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(str(x) for x in listed[:limit]) + more
