"""Joint structure: can a classifier tell generated rows from real ones, and does a model trained on them work?

Classifier two-sample test: Lopez-Paz and Oquab 2017, https://arxiv.org/abs/1610.06545. An area under the
curve far *below* 0.5 means that held-out rows look like the other side: rows of one side are copies of rows
of the other. Train on synthetic, test on real: Esteban et al. 2017, https://arxiv.org/abs/1706.02633.
"""

from __future__ import annotations

import math
from typing import Any

from synthlint.runtime._columns import Frame, Loaded
from synthlint.runtime._errors import KindError
from synthlint.runtime._measure import Measure, measure
from synthlint.runtime._memo_table import label_codes
from synthlint.runtime._stats import need, normal_quantile, some

np: Any = need("numpy", "tables")
Array = Any
SAMPLE = 2_000  # rows a side
FOLDS = 5
COPY_MARGIN, COPY_ERRORS = 0.1, 4.0  # how far below 0.5, and by how many standard errors, is a copy alarm
AUC = "classifier AUC - 0.5"


def joint_measure(synthetic: Frame, real: Frame, limit: float, alpha: float, seed: int) -> Measure | None:
    """How well a random forest tells the two apart on rows that it was not trained on."""
    rng = np.random.default_rng(seed)
    sides = [_sample(rng, f.rows) for f in (synthetic, real)]
    if min(map(len, sides)) < 4 * FOLDS or not (real.numeric or real.category):
        return None
    table = matrix([synthetic, real])
    rows = np.concatenate([sides[0], sides[1] + synthetic.rows])
    labels = np.concatenate([np.ones(len(sides[0])), np.zeros(len(sides[1]))])
    forest = need("sklearn.ensemble", "tables").RandomForestClassifier(
        n_estimators=100, min_samples_leaf=3, random_state=seed
    )
    scores = _held_out(forest, table[rows], labels, "predict_proba", seed)
    return auc_measure("all columns", scores, labels, limit, alpha)


def auc_measure(column: str, scores: Array, labels: Array, limit: float, alpha: float) -> Measure:
    """The measure of a two-sample classifier from its held-out scores (label 1: synthetic)."""
    auc = area(scores, labels)
    n, m = int(labels.sum()), int((1 - labels).sum())
    null = math.sqrt((n + m + 1) / (12 * n * m))
    width = normal_quantile(1 - alpha / 2) * max(_auc_error(auc, n, m), null * (auc < 0.75))
    floor = math.sqrt(2 / math.pi) * null
    found = measure(column, AUC, auc - 0.5, floor, (n, m), limit, width, span=(-0.5, 0.5))
    note = f"AUC {auc:.3f}, {(auc - 0.5) / null:+.1f} standard errors"
    if auc < 0.5 - max(COPY_MARGIN, COPY_ERRORS * null):
        note += "; copy alarm: far below 0.5, synthetic rows repeat real ones"
    return Measure(**{**vars(found), "note": note})


def is_copy_alarm(found: Measure) -> bool:
    return found.statistic == AUC and "copy alarm" in found.note


def area(scores: Array, labels: Array) -> float:
    """Area under the ROC curve; ties count half."""
    order = np.sort(scores)
    low, high = (np.searchsorted(order, scores, side) for side in ("left", "right"))
    positive = labels == 1
    n, m = int(positive.sum()), int((~positive).sum())
    ranks = (low + high + 1) / 2
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


def _auc_error(auc: float, n: int, m: int) -> float:
    """Hanley and McNeil 1982."""
    a = min(max(auc, 1 - auc), 1 - 1e-9)
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    return math.sqrt((a * (1 - a) + (n - 1) * (q1 - a * a) + (m - 1) * (q2 - a * a)) / (n * m))


def _held_out(model: Any, table: Array, labels: Array, method: str, seed: int) -> Array:
    selection = need("sklearn.model_selection", "tables")
    folds = selection.StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    scores = selection.cross_val_predict(model, table, labels, cv=folds, method=method)
    return scores[:, 1] if scores.ndim == 2 else scores


def _sample(rng: Any, rows: int) -> Array:
    return np.sort(rng.choice(rows, SAMPLE, replace=False)) if rows > SAMPLE else np.arange(rows)


def matrix(frames: list[Frame]) -> Array:
    """All rows of all frames as numbers: ranks of numbers, codes of categories, -1 where missing."""
    columns = []
    for name in frames[0].numeric:
        values = np.concatenate([f.numeric[name] for f in frames])
        held = np.unique(values[~np.isnan(values)])
        columns.append(np.where(np.isnan(values), -1, np.searchsorted(held, values)))
    for name in frames[0].category:
        codes = label_codes([f.category[name] for f in frames])
        columns.append(codes)
    return np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((sum(f.rows for f in frames), 0))


# ------------------------------------------------------------------------------------------------ task
def task_measure(loaded: Loaded, target: str, limit: float, alpha: float, seed: int) -> Measure:
    """How much worse a model does on real rows when it is trained on synthetic rows instead of real ones.

    Effect: accuracy (for classes) or R² lost. Tested on `holdout` if that was given, else on half of `real`,
    which is then not trained on. Both models get the same number of rows. The interval is a paired bootstrap
    over test rows.
    """
    synthetic, real = loaded.frames["synthetic"], loaded.frames["real"]
    frames = [f for side, f in loaded.frames.items() if side in ("synthetic", "real", "holdout")]
    table, wanted, classes = _task_data(frames, target)
    starts = np.cumsum([0, *(f.rows for f in frames)])
    rng = np.random.default_rng(seed)
    order = rng.permutation(np.arange(starts[1], starts[2]))
    if len(frames) == 3:
        train, test = order, np.arange(starts[2], starts[3])
    else:
        train, test = order[: len(order) // 2], order[len(order) // 2 :]
    size = min(len(train), synthetic.rows)
    test = test[_known(wanted, test)]
    if min(size, len(test)) < 10:
        raise KindError(f"target {target!r}: {size} rows to train on and {len(test)} to test on are too few")
    made = rng.permutation(synthetic.rows)[:size]
    scores = [_predict(table, wanted, rows, test, classes, seed) for rows in (made, train[:size])]
    return _task_result(target, wanted[test], scores, classes, limit, alpha, (synthetic.rows, real.rows), rng)


def _task_data(frames: list[Frame], target: str) -> tuple[Array, Array, bool]:
    if target in frames[0].category:
        wanted = label_codes([f.category[target] for f in frames]).astype(float)
        gone = np.concatenate([[v is None for v in f.category[target]] for f in frames]).astype(bool)
        wanted[gone] = np.nan
    elif target in frames[0].numeric:
        wanted = np.concatenate([f.numeric[target] for f in frames])
    else:
        names = some((*frames[0].numeric, *frames[0].category)) or "none"
        raise KindError(f"target {target!r} is not a column of numbers or categories on every side; these are: {names}")
    distinct = np.unique(wanted[~np.isnan(wanted)])
    classes = target in frames[0].category or (len(distinct) <= 10 and bool((distinct % 1 == 0).all()))
    rest = [
        Frame(
            f.rows,
            {k: v for k, v in f.numeric.items() if k != target},
            {k: v for k, v in f.category.items() if k != target},
            {},
        )
        for f in frames
    ]
    return matrix(rest), wanted, classes


def _known(wanted: Array, rows: Array) -> Array:
    return ~np.isnan(wanted[rows])


def _predict(table: Array, wanted: Array, rows: Array, test: Array, classes: bool, seed: int) -> Array:
    rows = rows[_known(wanted, rows)]
    if classes and len(np.unique(wanted[rows])) < 2:
        return np.full(len(test), wanted[rows[0]] if len(rows) else np.nan)
    ensemble = need("sklearn.ensemble", "tables")
    kind = ensemble.RandomForestClassifier if classes else ensemble.RandomForestRegressor
    return (
        kind(n_estimators=100, min_samples_leaf=2, random_state=seed)
        .fit(table[rows], wanted[rows])
        .predict(table[test])
    )


def _task_result(
    target: str,
    truth: Array,
    predictions: list[Array],
    classes: bool,
    limit: float,
    alpha: float,
    sizes: tuple[int, int],
    rng: Any,
) -> Measure:
    draws = rng.integers(0, len(truth), (1_000, len(truth)))
    scores = [float(_score(truth, p, classes)) for p in predictions]
    again = [_score(truth[draws], p[draws], classes) for p in predictions]
    lost = again[1] - again[0]
    low, high = np.quantile(lost, [alpha / 2, 1 - alpha / 2])
    effect, spread = scores[1] - scores[0], float(np.std(lost))
    unit = "accuracy" if classes else "R²"
    note = f"trained on synthetic {scores[0]:.3f}, on real {scores[1]:.3f}, {len(truth):,} real test rows"
    found = measure(target, f"{unit} lost", effect, math.sqrt(2 / math.pi) * spread, sizes, limit, 2 * spread)
    return Measure(**{**vars(found), "low": float(low), "high": float(high), "rows": None, "note": note})


def _score(truth: Array, predicted: Array, classes: bool) -> Array:
    if classes:
        return (truth == predicted).mean(-1)
    spread = ((truth - truth.mean(-1, keepdims=True)) ** 2).mean(-1)
    return 1 - ((truth - predicted) ** 2).mean(-1) / np.maximum(spread, 1e-300)
