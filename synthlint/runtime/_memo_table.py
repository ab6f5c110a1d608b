"""Copying in tables: exact rows, near rows, and the share of rows that lie closer to the source.

The test for all three is a permutation of labels: pool source and control, and ask how often a random choice
of source rows among the pool would be matched as often as the real source rows are. That is exact for any
sizes of the two sets, any number of ties and any table, since under the null hypothesis a synthetic row has
no way to know which rows are the source. (Distance to the closest record compares two minima of unequal sets
and breaks on ties; and it does not track membership inference: Yao et al. 2025,
https://arxiv.org/abs/2505.01524. The control is that of Anonymeter, https://arxiv.org/abs/2211.10459.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from synthlint.runtime._columns import Frame
from synthlint.runtime._memo_rates import Match, Rate
from synthlint.runtime._stats import need
from synthlint.runtime._text import content_hash

np: Any = need("numpy", "tables")
Array = Any
CHECKS = ("exact", "close", "closer")
NEIGHBOURS = 8
CLOSE_QUANTILE = 0.01
DRAWS = 999
LEVELS = 64  # categories that keep a code of their own in the distance
LEAN = 0.05  # `closer` speaks of copying only from so many more points than expected
MIX, MIX2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


class Pool(NamedTuple):
    """Distinct rows of source and control together, in an order that does not depend on the labels."""

    real: Array  # how often each distinct row is in the source
    control: Array  # and in the control
    first_real: Array  # number of the first source row, -1 if there is none
    synthetic: Array  # for every synthetic row the distinct row that it equals, -1
    rows: Array  # for every distinct row a row of source + control that has it


def table_rates(
    synthetic: Frame,
    real: Frame,
    control: Frame | None,
    level: float,
    checks: Sequence[str] = CHECKS,
    max_rows: int = 20_000,
    seed: int = 0,
) -> list[Rate]:
    """The rates of the table rules that `checks` names. Without a control they have no p.

    max_rows: synthetic rows that `close` and `closer` look at, chosen at random.
    """
    pool = _pool(synthetic, real, control)
    rates = [_exact(pool, level, seed)] if "exact" in checks else []
    if not {"close", "closer"} & set(checks) or min(real.rows, synthetic.rows) < 2:
        return rates
    near = _neighbours(pool, synthetic, real, control, max_rows, seed)
    rates += [_close(pool, near, level, seed)] if "close" in checks else []
    if "closer" in checks and control is not None and control.rows:
        rates.append(_closer(pool, near, level, seed))
    return rates


# ------------------------------------------------------------------------------------------ exact rows
def _pool(synthetic: Frame, real: Frame, control: Frame | None) -> Pool:
    sides = [synthetic, real, *([control] if control is not None else [])]
    keys = row_keys(sides)
    n, r = synthetic.rows, real.rows
    distinct, rows, ids = np.unique(keys[n:], return_index=True, return_inverse=True)
    ids = ids.reshape(-1)
    at = np.searchsorted(distinct, keys[:n]) if len(distinct) else np.zeros(n, int)
    at = np.minimum(at, max(0, len(distinct) - 1))
    same = distinct[at] == keys[:n] if len(distinct) else np.zeros(n, bool)
    first = np.full(len(distinct), -1)
    first[ids[:r][::-1]] = np.arange(r)[::-1]
    in_real, in_control = (np.bincount(i, minlength=len(distinct)) for i in (ids[:r], ids[r:]))
    return Pool(in_real, in_control, first, np.where(same, at, -1), rows)


def row_keys(sides: Sequence[Frame]) -> Array:
    """A 64-bit key for every row of all sides, equal for rows that are equal in every column."""
    keys = np.zeros(sum(s.rows for s in sides), np.uint64)
    for codes in _codes(sides):
        keys = (keys ^ codes) * MIX
        keys ^= keys >> np.uint64(29)
        keys *= MIX2
        keys ^= keys >> np.uint64(32)
    return keys


def _codes(sides: Sequence[Frame]) -> Any:
    for name in sides[0].numeric:
        values = np.concatenate([s.numeric[name] for s in sides]) + 0.0
        values[np.isnan(values)] = np.nan
        yield values.view(np.uint64)
    for name in sides[0].category:
        yield label_codes([s.category[name] for s in sides]).astype(np.uint64)
    for name in sides[0].text:
        hashes = [content_hash(t)[:16] for s in sides for t in s.text[name]]
        yield np.array([int(h, 16) for h in hashes], dtype=np.uint64)


def label_codes(columns: Sequence[Array]) -> Array:
    """Whole numbers from 0, equal for equal labels; missing is a label of its own."""
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(v, len(numbers)) for c in columns for v in c], dtype=np.int64)


def _exact(pool: Pool, level: float, seed: int) -> Rate:
    copied = np.flatnonzero((pool.synthetic >= 0) & (pool.real[pool.synthetic] > 0))
    matches = [Match(int(i), int(pool.first_real[pool.synthetic[i]]), "equal in every column") for i in copied]
    made = np.bincount(pool.synthetic[pool.synthetic >= 0], minlength=len(pool.real))
    met = np.flatnonzero(made)
    p = _permute(pool, lambda real: np.minimum(real, made[met]).sum(-1), met, seed) if pool.control.sum() else None
    ordinary = int(pool.control[pool.real > 0].sum())
    meaning = "rows equal to a source row in every column (p counts each source row once)"
    there = int(np.minimum(pool.control[met], made[met]).sum())
    return _rate("exact", meaning, len(copied), len(pool.synthetic), pool, ordinary, p, level, matches, there)


# ------------------------------------------------------------------------------- rows that lie close by
class Neighbours(NamedTuple):
    """The nearest distinct rows of the pool: of the synthetic rows looked at, and of the pool's own rows."""

    looked_at: Array
    distance: Array  # (rows looked at, k), ascending
    which: Array
    own_distance: Array  # (distinct rows, k), the first is the row itself
    own_which: Array
    columns: int


def _neighbours(
    pool: Pool, synthetic: Frame, real: Frame, control: Frame | None, max_rows: int, seed: int
) -> Neighbours:
    sides = [real, *([control] if control is not None else [])]
    encode = _encoder(sides)
    base = np.concatenate([encode(s) for s in sides])[pool.rows]
    looked_at = np.arange(synthetic.rows)
    if synthetic.rows > max_rows:
        looked_at = np.sort(np.random.default_rng(seed).choice(synthetic.rows, max_rows, replace=False))
    k = min(NEIGHBOURS, len(base))
    neighbors = need("sklearn.neighbors", "tables")
    method = "kd_tree" if base.shape[1] <= 15 else "brute"
    index = neighbors.NearestNeighbors(n_neighbors=k, metric="manhattan", algorithm=method).fit(base)
    distance, which = index.kneighbors(encode(synthetic)[looked_at])
    own_distance, own_which = index.kneighbors(base)
    columns = len(real.numeric) + len(real.category)
    return Neighbours(looked_at, distance, which, own_distance, own_which, columns)


def _encoder(sides: Sequence[Frame]) -> Any:
    """Rows as points whose L1 distance adds 0 to 1 per column: rank of a number, equality of a category."""
    grids = {name: np.sort(np.concatenate([s.numeric[name] for s in sides])) for name in sides[0].numeric}
    kept = {name: _frequent([s.category[name] for s in sides]) for name in sides[0].category}

    def encode(frame: Frame) -> Array:
        parts = [_ranks(frame.numeric[name], grid[~np.isnan(grid)]) for name, grid in grids.items()]
        parts += [_one_hot(frame.category[name], levels) for name, levels in kept.items()]
        return np.concatenate(parts, axis=1) if parts else np.zeros((frame.rows, 1))

    return encode


def _ranks(values: Array, grid: Array) -> Array:
    missing = np.isnan(values)
    if not len(grid):
        return np.stack([missing, missing], axis=1) / 2.0
    low, high = (np.searchsorted(grid, values, side) / len(grid) for side in ("left", "right"))
    levels, at = np.unique(grid, return_index=True)
    middle = (at + np.append(at[1:], len(grid))) / 2 / len(grid)
    rank = np.where(high > low, (low + high) / 2, np.interp(values, levels, middle))
    columns = [np.where(missing, 0.5, rank)]
    if missing.any() or np.isnan(values).any():
        columns[0] = np.where(missing, 0.5, columns[0])
    return np.stack([*columns, missing * 1.0], axis=1)


def _frequent(columns: Sequence[Array]) -> dict[Any, int]:
    counts: dict[Any, int] = {}
    for value in (v for c in columns for v in c):
        counts[value] = counts.get(value, 0) + 1
    ordered = sorted(counts, key=lambda v: (-counts[v], str(v)))
    return {value: i for i, value in enumerate(ordered[: LEVELS - 1])}


def _one_hot(values: Array, levels: dict[Any, int]) -> Array:
    out = np.zeros((len(values), len(levels) + 1))
    codes = np.array([levels.get(v, len(levels)) for v in values], dtype=np.int64)
    out[np.arange(len(values)), codes] = 0.5
    return out


def _close(pool: Pool, near: Neighbours, level: float, seed: int) -> Rate:
    limit = _close_limit(pool, near)
    inside = near.distance <= limit + 1e-12
    from_source = inside & (pool.real[near.which] > 0)
    flagged = np.flatnonzero(from_source.any(1))
    place = from_source[flagged].argmax(1)
    matches = [
        Match(int(near.looked_at[i]), int(pool.first_real[near.which[i, j]]), _far(near, i, j))
        for i, j in zip(flagged, place, strict=True)
    ]
    p = _label_test(pool, near, inside[:, 0], seed) if pool.control.sum() else None
    ordinary = _ordinary_close(pool, near, limit)
    meaning = f"rows nearer to a source row than {1 - CLOSE_QUANTILE:.0%} of real rows are to any other"
    there = int((inside & (pool.control[near.which] > 0)).any(1).sum())
    sizes = len(flagged), len(near.looked_at)
    return _rate("close", meaning, *sizes, pool, ordinary, p, level, matches, min(there, int(pool.control.sum())))


def _far(near: Neighbours, i: int, j: int) -> str:
    return f"distance {near.distance[i, j] / max(1, near.columns):.2g} per column (ranks, 0 to 1)"


def _close_limit(pool: Pool, near: Neighbours) -> float:
    """The distance below which 1 % of the pool's rows have another row; it ignores the labels."""
    times = pool.real + pool.control
    other = near.own_distance[:, 1] if near.own_distance.shape[1] > 1 else np.zeros(len(times))
    return float(np.quantile(np.repeat(np.where(times > 1, 0.0, other), times), CLOSE_QUANTILE))


def _ordinary_close(pool: Pool, near: Neighbours, limit: float) -> int:
    inside = (near.own_distance <= limit + 1e-12) & (pool.real[near.own_which] > 0)
    return int(pool.control[inside.any(1)].sum())


def _closer(pool: Pool, near: Neighbours, level: float, seed: int) -> Rate:
    weights = _weights(pool, near, np.ones(len(near.looked_at), bool))
    toward = float((weights * pool.real).sum())
    total, n, r = len(near.looked_at), int(pool.control.sum()), int(pool.real.sum())
    expected = r / (r + n)
    p = _label_test(pool, near, np.ones(total, bool), seed)
    meaning = "rows whose nearest real row is a source row, ties shared"
    baseline = round(expected * total)
    return Rate("closer", meaning, round(toward), total, "chance", baseline, total, p, level, least=LEAN)


def _weights(pool: Pool, near: Neighbours, chosen: Array) -> Array:
    """How much of the chosen synthetic rows falls to one row of each distinct value; ties share."""
    tied = (near.distance <= near.distance[:, :1] + 1e-12)[chosen]
    which = near.which[chosen]
    rows = np.where(tied, (pool.real + pool.control)[which], 0)
    share = tied / np.maximum(rows.sum(1, keepdims=True), 1)
    return np.bincount(which.ravel(), weights=share.ravel(), minlength=len(pool.real))


def _label_test(pool: Pool, near: Neighbours, chosen: Array, seed: int) -> float:
    weights = _weights(pool, near, chosen)
    met = np.flatnonzero(weights)
    return _permute(pool, lambda real: real @ weights[met], met, seed)


def _permute(pool: Pool, statistic: Any, cells: Array, seed: int) -> float:
    """One-sided p of `statistic(source rows in each cell)` when labels are dealt anew, sizes kept."""
    times = (pool.real + pool.control)[cells]
    total, real = int((pool.real + pool.control).sum()), int(pool.real.sum())
    if not len(cells):
        return 1.0
    observed = statistic(pool.real[cells])
    rng = np.random.default_rng(seed)
    reached, drawn = 0, 0
    block = max(1, min(100, 20_000_000 // total))
    owner = np.repeat(np.arange(len(cells)), times)
    while drawn < DRAWS and not (drawn >= 99 and reached > 0.2 * drawn):
        for _ in range(min(block, DRAWS - drawn)):
            labels = _deal(rng, total, real, len(owner))
            reached += bool(statistic(np.bincount(owner, weights=labels, minlength=len(cells))) >= observed - 1e-9)
            drawn += 1
    return (reached + 1) / (drawn + 1)


def _deal(rng: Any, total: int, real: int, size: int) -> Array:
    """Labels of `size` of `total` rows, `real` of which are dealt the label 1."""
    ones = int(rng.hypergeometric(real, total - real, size)) if 0 < size < total else (real if size else 0)
    labels = np.zeros(size)
    labels[rng.permutation(size)[:ones]] = 1.0
    return labels


def _rate(
    rule: str,
    meaning: str,
    hits: int,
    n: int,
    pool: Pool,
    ordinary: int,
    p: float | None,
    level: float,
    matches: list[Match],
    there: int,
) -> Rate:
    size = int(pool.control.sum())
    dealt = (int(pool.real.sum()), there, size) if size else None
    note = "" if size else "give control= (real rows the generator never saw) to tell copying from chance"
    baseline = "control" if size else None
    return Rate(
        rule,
        meaning,
        hits,
        n,
        baseline,
        ordinary,
        size,
        p,
        level,
        tuple(matches),
        note,
        dealt=dealt,
        chance=rule == "close",
    )
