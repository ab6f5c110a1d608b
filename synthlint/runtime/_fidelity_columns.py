"""Single columns and pairs of columns: D, Wasserstein by spread, total variation, missing values, ranks.

Bands: for D the Dvoretzky-Kiefer-Wolfowitz inequality with Massart's constant; for total variation and rates
McDiarmid's inequality, after the bias of an empirical total variation, which is its floor; both simultaneous
over all columns by Bonferroni. For Wasserstein the largest studentised value under permuted labels
(Westfall and Young 1993). For rank correlations Bonett and Wright 2000, Bonferroni over pairs.
"""

from __future__ import annotations

import math
from typing import Any

from synthlint.runtime._columns import Frame
from synthlint.runtime._measure import Measure, measure
from synthlint.runtime._memo_table import label_codes
from synthlint.runtime._stats import (
    band,
    holm,
    ks_floor,
    ks_pvalue,
    ks_w1,
    need,
    normal_quantile,
    tvd,
    tvd_floor,
)

np: Any = need("numpy", "tables")
Array = Any
PERMUTATIONS = 200
SAMPLE = 2_000  # rows a side that the permutations use; their width is scaled to the full size
HUGE = 1e100  # where standard deviations differ by more, more does not matter
MAX_PAIRED = 100  # numeric columns whose correlations are compared


def column_measures(synthetic: Frame, real: Frame, limit: float, alpha: float, seed: int) -> list[Measure]:
    """Every measure of single columns, p adjusted by Holm over all of them."""
    numeric = {c: (present(synthetic.numeric[c]), present(real.numeric[c])) for c in real.numeric}
    numeric = {c: pair for c, pair in numeric.items() if min(map(len, pair))}
    gaps = [c for c in (*real.numeric, *real.category) if _missing(synthetic, c).any() or _missing(real, c).any()]
    tests = max(1, len(numeric) + len(real.category) + len(gaps))
    found = [_ks(c, *pair, limit, tests, alpha) for c, pair in numeric.items()]
    found += _wasserstein(numeric, limit, alpha, seed)
    found += [m for c in real.category if (m := _total_variation(c, synthetic, real, limit, tests, alpha))]
    found += [_missing_rate(c, synthetic, real, limit, tests, alpha) for c in gaps]
    adjusted = holm([m.p for m in found])
    return [Measure(**{**vars(m), "p": p}) for m, p in zip(found, adjusted, strict=True)]


def present(values: Array) -> Array:
    return values[~np.isnan(values)]


def _ks(column: str, a: Array, b: Array, limit: float, tests: int, alpha: float) -> Measure:
    n, m = len(a), len(b)
    d, _ = ks_w1(a, b)
    width = band(n, m, tests, alpha)
    return measure(column, "D", d, ks_floor(n, m), (n, m), limit, width, p=ks_pvalue(d, n, m))


def _wasserstein(numeric: dict[str, tuple[Array, Array]], limit: float, alpha: float, seed: int) -> list[Measure]:
    """Wasserstein-1 distance by the standard deviation of the real column.

    The true distance is at least the measured one less the distance of each sample from its distribution
    (triangle inequality); permuted labels give the distance of two samples, `triangle` the sum of the two.
    """
    if not numeric:
        return []
    scaled = {c: _by_spread(*pair) for c, pair in numeric.items()}
    nulls = np.array([_null_wasserstein(*pair, seed) for pair in scaled.values()])
    center, scale = nulls.mean(1), np.maximum(nulls.std(1), 1e-12)
    extreme = ((nulls - center[:, None]) / scale[:, None]).max(0)
    widths = center + np.quantile(extreme, 1 - alpha) * scale
    found = []
    for (column, (a, b)), floor, width in zip(scaled.items(), center, widths, strict=True):
        effect = ks_w1(a, b)[1]
        sizes = len(a), len(b)
        triangle = sum(map(_root_inverse, sizes)) / math.hypot(*map(_root_inverse, sizes))
        width = float(width) * triangle
        found.append(measure(column, "Wasserstein/sd", effect, float(floor), sizes, limit, width, span=(0.0, math.inf)))
    return found


def _root_inverse(n: int) -> float:
    return 1 / math.sqrt(n)


def _by_spread(synthetic: Array, real: Array) -> tuple[Array, Array]:
    """Both in units of the real standard deviation; of that of both together if the real one is 0."""
    largest = max(float(np.abs(synthetic).max()), float(np.abs(real).max())) or 1.0
    a, b = synthetic / largest, real / largest
    spread = next((s for s in (np.std(b), np.std(np.concatenate([a, b]))) if s > 1e-12 * np.abs(b).max()), 1.0)
    return np.clip(a / spread, -HUGE, HUGE), np.clip(b / spread, -HUGE, HUGE)


def _null_wasserstein(a: Array, b: Array, seed: int) -> Array:
    """The distance between random halves of both together, scaled to the sizes of a and b."""
    rng = np.random.default_rng(seed)
    few, others = (rng.permutation(v)[:SAMPLE] for v in (a, b))
    both = np.sort(np.concatenate([few, others]))
    steps = np.diff(both)
    k, m = len(few), len(others)
    shrink = math.sqrt((1 / len(a) + 1 / len(b)) / (1 / k + 1 / m))
    labels = rng.permuted(np.broadcast_to(np.arange(k + m) < k, (PERMUTATIONS, k + m)), axis=1)
    gaps = np.cumsum(np.where(labels, 1 / k, -1 / m), axis=1)
    return np.abs(gaps[:, :-1]) @ steps * shrink


def _total_variation(
    column: str, synthetic: Frame, real: Frame, limit: float, tests: int, alpha: float
) -> Measure | None:
    a, b = synthetic.category[column], real.category[column]
    a, b = (np.array([v for v in side if v is not None], dtype=object) for side in (a, b))
    n, m = len(a), len(b)
    if not n or not m:
        return None
    codes = label_codes([a, b])
    counts = [np.bincount(c, minlength=int(codes.max()) + 1) for c in (codes[:n], codes[n:])]
    effect, floor = tvd(*counts), tvd_floor(counts[0] / n + counts[1] / m, n, m)
    note = "nearly every value occurs once: an identifier?" if len(counts[0]) > 0.9 * (n + m) > 18 else ""
    width, p = band(n, m, tests, alpha), _chi2_pvalue(*counts)
    return measure(column, "total variation", effect, floor, (n, m), limit, width, bias=floor, p=p, note=note)


def _chi2_pvalue(a: Array, b: Array) -> float:
    """Chi-squared test of two count vectors, by the Wilson-Hilferty approximation. For display only."""
    n, m, k = a.sum(), b.sum(), len(a) - 1
    if k < 1:
        return 1.0
    statistic = float(((a * math.sqrt(m / n) - b * math.sqrt(n / m)) ** 2 / (a + b)).sum())
    z = ((statistic / k) ** (1 / 3) - (1 - 2 / (9 * k))) / math.sqrt(2 / (9 * k))
    return 0.5 * math.erfc(z / math.sqrt(2))


def _missing(frame: Frame, column: str) -> Array:
    if column in frame.numeric:
        return np.isnan(frame.numeric[column])
    return np.array([v is None for v in frame.category[column]], dtype=bool)


def _missing_rate(column: str, synthetic: Frame, real: Frame, limit: float, tests: int, alpha: float) -> Measure:
    gone = [_missing(f, column) for f in (synthetic, real)]
    n, m = map(len, gone)
    rates = [float(g.mean()) for g in gone]
    both = (rates[0] * n + rates[1] * m) / (n + m)
    floor = math.sqrt(2 / math.pi * both * (1 - both) * (1 / n + 1 / m))
    effect = abs(rates[0] - rates[1])
    note = f"missing {rates[0]:.1%}, real {rates[1]:.1%}"
    return measure(column, "missing rate", effect, floor, (n, m), limit, band(n, m, tests, alpha), note=note)


# ----------------------------------------------------------------------------------------- correlations
def correlation_measure(synthetic: Frame, real: Frame, limit: float, alpha: float) -> Measure | None:
    """The largest difference of a rank correlation between two numeric columns; it stands for all pairs."""
    columns = [c for c in real.numeric if _varies(synthetic.numeric[c]) and _varies(real.numeric[c])][:MAX_PAIRED]
    n, m = synthetic.rows, real.rows
    if len(columns) < 2 or min(n, m) < 10:
        return None
    a, b = (_rank_correlation(f, columns) for f in (synthetic, real))
    left, right = np.triu_indices(len(columns), 1)
    a, b = a[left, right], b[left, right]
    error = np.sqrt(_variance(a, n) + _variance(b, m))
    z = normal_quantile(1 - alpha / 2 / len(left))
    effects, widths = np.abs(a - b), z * error
    worst = int(np.argmax(effects - widths))
    name = f"{columns[left[worst]]} ~ {columns[right[worst]]}"
    floor = float(math.sqrt(2 / math.pi) * error[worst])
    effect, width = float(effects[worst]), float(widths[worst])
    found = measure(name, "rank correlation", effect, floor, (n, m), limit, width, span=(0.0, 2.0))
    note = f"worst of {len(left):,} pairs"
    return Measure(**{**vars(found), "high": min(2.0, float((effects + widths).max())), "note": note})


def _varies(values: Array) -> bool:
    held = present(values)
    return len(held) > 1 and bool((held != held[0]).any())


def _rank_correlation(frame: Frame, columns: list[str]) -> Array:
    ranks = np.stack([_ranks(frame.numeric[c]) for c in columns])
    return np.corrcoef(ranks)


def _ranks(values: Array) -> Array:
    """Mid-ranks; missing values get the mean rank."""
    held = np.sort(present(values))
    low, high = (np.searchsorted(held, values, side) for side in ("left", "right"))
    return np.where(np.isnan(values), (len(held) - 1) / 2, (low + high - 1) / 2)


def _variance(r: Array, n: int) -> Array:
    return (1 - r**2) ** 2 * (1 + r**2 / 2) / max(1, n - 3)
