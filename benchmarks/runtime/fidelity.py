"""Fidelity verdicts on known cases, beside sdmetrics and evidently; false alarms; agreement with scipy.

  python benchmarks/runtime/fidelity.py table|alarms|scipy|power|speed

The data is breast_cancer, which scikit-learn ships: 284 rows of reference, 30 correlated columns. Peers are
used when they are installed. `alarms` compares random halves of the real data 300 times.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_wine

from synthlint.runtime import check_fidelity
from synthlint.runtime._stats import ks_w1

warnings.filterwarnings("ignore")
HALF = 284


def data() -> pd.DataFrame:
    return load_breast_cancer(as_frame=True).data.sample(frac=1, random_state=0).reset_index(drop=True)


def cases() -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    rng = np.random.default_rng(0)
    rows = data()
    real, holdout = rows.iloc[:HALF], rows.iloc[HALF : 2 * HALF]

    def frame(values: Any) -> pd.DataFrame:
        return pd.DataFrame(values, columns=real.columns)

    copies = real.sample(HALF, replace=True, random_state=1).reset_index(drop=True)
    noisy = real.sample(HALF, replace=True, random_state=2).to_numpy() * (1 + 0.01 * rng.standard_normal(real.shape))
    few = real.sample(30, random_state=3).sample(HALF, replace=True, random_state=3).reset_index(drop=True)
    return real, {
        "real holdout (null)": holdout.reset_index(drop=True),
        "training rows resampled": copies,
        "copies + 1 % noise": frame(noisy),
        "columns shuffled": frame(np.column_stack([rng.permutation(real[c].to_numpy()) for c in real])),
        "multivariate Gaussian": frame(rng.multivariate_normal(real.mean(), real.cov(), HALF)),
        "holdout + 0.2 sd": (holdout + 0.2 * real.std()).reset_index(drop=True),
        "holdout + 0.5 sd": (holdout + 0.5 * real.std()).reset_index(drop=True),
        "30 rows repeated": few,
    }


def table() -> None:
    real, sets = cases()
    print(f"{'case':26}{'verdict':12}{'copies':8}{'drift':>6}{'AUC':>8}{'x1000':>7}   sdmetrics  evidently")
    for name, made in sets.items():
        report = check_fidelity(made, real)
        scaled = check_fidelity(made * 1000, real * 1000)
        same = [m.outcome for m in scaled.measures] == [m.outcome for m in report.measures]
        drift = sum(m.outcome == "drift" for m in report.measures)
        auc = next(m.effect + 0.5 for m in report.measures if "AUC" in m.statistic)
        alarm = "alarm" if report.copy_alarm else "-"
        peers = f"{sdmetrics_score(real, made):>9}  {evidently_answer(real, made)}"
        print(f"{name:26}{report.verdict:12}{alarm:8}{drift:>6}{auc:8.3f}{'same' if same else 'NO':>7}   {peers}")


def sdmetrics_score(real: pd.DataFrame, made: pd.DataFrame) -> str:
    try:
        from sdmetrics.reports.single_table import QualityReport
    except ImportError:
        return "-"
    metadata = {"columns": {c: {"sdtype": "numerical"} for c in real}, "METADATA_SPEC_VERSION": "SINGLE_TABLE_V1"}
    report = QualityReport()
    report.generate(real, made, metadata, verbose=False)
    return f"{report.get_score():.3f}"


def evidently_answer(real: pd.DataFrame, made: pd.DataFrame) -> str:
    try:
        from evidently import Report
        from evidently.presets import DataDriftPreset
    except ImportError:
        return "-"
    snapshot = Report([DataDriftPreset()]).run(made, real).dict()
    count = next(m["value"] for m in snapshot["metrics"] if "DriftedColumnsCount" in m["metric_name"])
    verdict = "drift" if count["share"] >= 0.5 else "no drift"
    return f"{verdict} ({count['count']:.0f} of {real.shape[1]} columns)"


def alarms(draws: int = 300) -> None:
    rows = data()
    drift = copies = ok = 0
    start = time.perf_counter()
    for seed in range(draws):
        drawn = rows.sample(2 * HALF, random_state=seed).reset_index(drop=True)
        report = check_fidelity(drawn.iloc[:HALF], drawn.iloc[HALF:], seed=seed)
        drift += report.verdict == "drift"
        copies += report.copy_alarm
        ok += report.verdict == "ok"
    took = time.perf_counter() - start
    print(f"{draws} halves: drift {drift}, copy alarm {copies}, ok {ok}, undecided {draws - drift - ok}; {took:.0f} s")


def against_scipy() -> None:
    from scipy.stats import ks_2samp, wasserstein_distance

    worst = 0.0
    rng = np.random.default_rng(0)
    pairs = [(load_wine().data[:59, i], load_wine().data[59:130, i]) for i in range(13)]
    pairs += [(rng.standard_normal(rng.integers(1, 500)), rng.integers(0, 5, 300) * 1.0) for _ in range(500)]
    for a, b in pairs:
        d, w = ks_w1(a, b)
        scale = max(1.0, abs(w))
        worst = max(worst, abs(d - ks_2samp(a, b).statistic), abs(w - wasserstein_distance(a, b)) / scale)
    print(f"largest difference from scipy over {len(pairs)} pairs: {worst:.1e}")


def power() -> None:
    rng = np.random.default_rng(0)
    for shift in (0.0, 0.1, 0.25, 0.5):
        line = []
        for n in (100, 1_000, 10_000):
            found = [_one_column(rng, n, shift) for _ in range(50)]
            line.append(f"n={n}: drift {found.count('drift') / 50:.2f} ok {found.count('ok') / 50:.2f}")
        print(f"N(0,1) against N({shift},1)  " + "   ".join(line))


def _one_column(rng: np.random.Generator, n: int, shift: float) -> str:
    report = check_fidelity(rng.standard_normal((n, 1)) + shift, rng.standard_normal((n, 1)), joint=False)
    return next(m.outcome for m in report.measures if m.statistic == "D")


def speed() -> None:
    from scipy.stats import ks_2samp, wasserstein_distance

    a, b = np.random.default_rng(0).standard_normal((2, 1_000_000))
    for name, run in (
        ("ours, D and W1", lambda: ks_w1(a, b)),
        ("scipy ks_2samp", lambda: ks_2samp(a, b, method="asymp")),
        ("scipy wasserstein_distance", lambda: wasserstein_distance(a, b)),
    ):
        start = time.process_time()
        run()
        print(f"1M against 1M, {name}: {time.process_time() - start:.2f} s cpu")


if __name__ == "__main__":
    steps = {"table": table, "alarms": alarms, "scipy": against_scipy, "power": power, "speed": speed}
    for name in sys.argv[1:] or steps:
        print(f"# {name}")
        steps[name]()
