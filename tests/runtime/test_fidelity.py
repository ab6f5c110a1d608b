from __future__ import annotations

import json
from typing import Any

import datasets
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp, wasserstein_distance
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score

from synthlint.runtime import FidelityError, KindError, RuntimeCheckError, check_fidelity
from synthlint.runtime._fidelity_joint import area
from synthlint.runtime._stats import ks_floor, ks_pvalue, ks_w1, tvd, tvd_floor

HALF = 284


@pytest.fixture(scope="module")
def halves() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = load_breast_cancer(as_frame=True).data.sample(frac=1, random_state=0).reset_index(drop=True)
    return rows.iloc[:HALF], rows.iloc[HALF : 2 * HALF].reset_index(drop=True)


def test_real_data_is_not_drift(halves: Any) -> None:
    report = check_fidelity(halves[1], halves[0])
    assert report.verdict == "undecided" and not report.copy_alarm
    assert report.raise_for_status() is report
    assert "rows a side would settle it" in str(report)


def test_copies_of_the_real_rows_are_alarmed(halves: Any) -> None:
    copies = halves[0].sample(HALF, replace=True, random_state=1)
    report = check_fidelity(copies, halves[0])
    assert report.copy_alarm and not report.ok
    with pytest.raises(FidelityError, match="audit_memorization"):
        report.raise_for_status()
    assert "equal to a real row (0, 1, 2, 3, 4 and" in report.notes[0]


def test_copies_are_alarmed_at_any_size() -> None:
    rng = np.random.default_rng(0)
    real = pd.DataFrame(rng.normal(size=(20_000, 3)), columns=list("xyz"))
    made = pd.DataFrame(rng.normal(size=(20_000, 3)), columns=list("xyz"))
    made[:5_000] = real[:5_000]
    assert check_fidelity(made, real, joint=False).copy_alarm
    assert not check_fidelity(real.round(0), real.round(0)[::-1], joint=False).copy_alarm


def test_columns_shuffled_apart_are_drift_in_the_joint_only(halves: Any) -> None:
    rng = np.random.default_rng(0)
    shuffled = pd.DataFrame({c: rng.permutation(halves[0][c]) for c in halves[0]})
    report = check_fidelity(shuffled, halves[0])
    drifted = {m.statistic for m in report.measures if m.outcome == "drift"}
    assert report.verdict == "drift" and drifted == {"rank correlation", "classifier AUC - 0.5"}


def test_shifts_are_drift_and_the_error_names_the_columns(halves: Any) -> None:
    assert check_fidelity(halves[1] + 0.5 * halves[0].std(), halves[0], joint=False).verdict == "drift"
    moved = halves[1] + 0.2 * halves[0].std()
    with pytest.raises(FidelityError, match=r"drift.*all columns: classifier AUC") as error:
        check_fidelity(moved, halves[0], strict=True)
    assert error.value.result.verdict == "drift"  # type: ignore[attr-defined]


def test_a_few_rows_repeated_are_drift(halves: Any) -> None:
    few = halves[0].sample(30, random_state=3).sample(HALF, replace=True, random_state=3)
    assert check_fidelity(few, halves[0]).verdict == "drift"


def test_enough_rows_of_the_same_distribution_are_ok() -> None:
    rng = np.random.default_rng(0)
    made, real = (
        pd.DataFrame(
            {"x": rng.normal(size=8_000), "y": rng.exponential(size=8_000), "c": rng.choice(list("abc"), 8_000)}
        )
        for _ in range(2)
    )
    report = check_fidelity(made, real)
    assert report.verdict == "ok" and report.ok and set(report.columns.values()) == {"ok"}


def test_the_rows_asked_for_settle_the_question() -> None:
    rng = np.random.default_rng(1)

    def distance(n: int) -> Any:
        report = check_fidelity(rng.normal(size=(n, 1)), rng.normal(size=(n, 1)), joint=False)
        return next(m for m in report.measures if m.statistic == "D")

    asked = distance(300)
    assert asked.outcome == "undecided" and 300 < asked.rows < 100_000
    assert distance(2 * asked.rows).outcome == "ok"


def test_a_unit_of_measure_changes_no_verdict(halves: Any) -> None:
    for made in (halves[1], halves[1] + 0.5 * halves[0].std()):
        scaled = [d.assign(**{"mean area": d["mean area"] * 1000}) for d in (made, halves[0])]
        joint = made is halves[1]
        reports = [check_fidelity(*sides, joint=joint) for sides in ((made, halves[0]), scaled)]
        outcomes = [[m.outcome for m in r.measures] for r in reports]
        assert outcomes[0] == outcomes[1]


def test_many_categories_at_few_rows_are_noise_not_drift() -> None:
    rng = np.random.default_rng(0)
    weights = 1 / np.arange(1, 101)
    made, real = (rng.choice(100, 100, p=weights / weights.sum()).astype(str) for _ in range(2))
    report = check_fidelity({"c": made}, {"c": real})
    found = report.measures[0]
    assert found.effect > 0.25 and found.floor > 0.25 and found.outcome == "undecided"


def test_missing_values_are_a_measure_of_their_own() -> None:
    rng = np.random.default_rng(0)
    real = pd.DataFrame({"x": rng.normal(size=3_000), "c": rng.choice(["a", "b"], 3_000)})
    made = real.sample(frac=1, random_state=0).reset_index(drop=True)
    made.loc[:1_200, "x"] = np.nan
    report = check_fidelity(made, real, joint=False)
    found = next(m for m in report.measures if m.statistic == "missing rate")
    assert found.outcome == "drift" and found.effect == pytest.approx(1_201 / 3_000)


def test_p_values_are_shown_and_do_not_decide() -> None:
    rng = np.random.default_rng(0)
    made, real = rng.normal(size=(200_000, 1)) + 0.03, rng.normal(size=(200_000, 1))
    found = next(m for m in check_fidelity(made, real, joint=False).measures if m.statistic == "D")
    assert found.p is not None and found.p < 1e-4 and found.outcome == "ok"


def test_a_task_is_judged_on_real_rows() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1_800, 3))
    rows = pd.DataFrame(x, columns=list("xyz")).assign(label=np.where(x[:, 0] + x[:, 1] > 0, "yes", "no"))
    made, real, holdout = (rows[i : i + 600].reset_index(drop=True) for i in (0, 600, 1_200))
    good = check_fidelity(made, real, target="label", holdout=holdout).measures[-1]
    noise = made.assign(label=rng.permutation(made["label"]))
    bad = check_fidelity(noise, real, target="label", holdout=holdout).measures[-1]
    assert (good.statistic, good.outcome) == ("accuracy lost", "ok")
    assert bad.outcome == "drift" and bad.effect > 0.3 and "600 real test rows" in bad.note
    regression = check_fidelity(made, real, target="x", columns=["y", "z", "label"]).measures[-1]
    assert regression.statistic == "R² lost" and "300 real test rows" in regression.note


def test_every_kind_of_data_gives_the_same_answer() -> None:
    rng = np.random.default_rng(0)
    rows = [{"id": i, "a": float(rng.normal()), "c": str(rng.choice(["x", "y"]))} for i in range(200)]
    sides = rows[:100], rows[100:]
    wanted = check_fidelity(*sides).to_dict()
    json.dumps(wanted)
    for kind in (pd.DataFrame, pl.DataFrame, datasets.Dataset.from_list, iter):
        assert check_fidelity(*(kind(s) for s in sides)).to_dict() == wanted


# ----------------------------------------------------------------------------------------------- texts
@pytest.fixture(scope="module")
def corpora() -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(0)
    vocabulary = [f"{a}{b}{i}" for a in "bdfglmnprst" for b in "aeiou" for i in range(20)]
    weights = 1 / np.arange(1, len(vocabulary) + 1) ** 0.7
    weights /= weights.sum()
    texts = [" ".join(rng.choice(vocabulary, rng.integers(20, 40), p=weights)) for _ in range(4_000)]
    return texts[:2_000], texts[2_000:]


def outcomes(made: list[str], real: list[str]) -> tuple[str, bool, set[str]]:
    report = check_fidelity(made, real)
    return report.verdict, report.copy_alarm, {m.statistic for m in report.measures if m.outcome == "drift"}


def test_texts(corpora: Any) -> None:
    real, held = corpora
    verdict, alarm, drifted = outcomes(held, real)
    assert verdict != "drift" and not alarm and not drifted
    assert outcomes(real, real)[1]
    few = (held[:100] * 20)[:2_000]
    assert {"repeats inside", "distinct-2 changed"} <= outcomes(few, real)[2]
    shorter = [" ".join(t.split()[: len(t.split()) * 6 // 10]) for t in held]
    assert "D of lengths" in outcomes(shorter, real)[2]
    others = [t.replace("ba", "xo").replace("da", "xu") for t in held]
    assert {"word frequencies", "classifier AUC - 0.5"} <= outcomes(others, real)[2]


# ---------------------------------------------------------------------------------- numbers and edges
FLOATS = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=60)


@given(FLOATS, FLOATS)
@settings(max_examples=200, deadline=None)
def test_distances_agree_with_scipy(a: list[float], b: list[float]) -> None:
    d, w = ks_w1(a, b)
    assert d == pytest.approx(ks_2samp(a, b, method="asymp").statistic, abs=1e-9)
    assert w == pytest.approx(wasserstein_distance(a, b), rel=1e-9, abs=1e-9)


def test_floors_are_what_chance_gives() -> None:
    rng = np.random.default_rng(0)
    d = np.mean([ks_w1(rng.normal(size=284), rng.normal(size=284))[0] for _ in range(300)])
    assert d == pytest.approx(ks_floor(284, 284), rel=0.05)
    p = 1 / np.arange(1, 101)
    p /= p.sum()
    t = np.mean([tvd(rng.multinomial(1_000, p), rng.multinomial(1_000, p)) for _ in range(200)])
    assert t == pytest.approx(tvd_floor(p, 1_000, 1_000), rel=0.05)
    assert ks_pvalue(0.1, 300, 300) == pytest.approx(ks_2samp(range(300), np.arange(300) + 30).pvalue, rel=0.1)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=50))
def test_the_area_under_the_curve_agrees_with_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    scores, labels = (np.array(v, dtype=float) for v in zip(*pairs, strict=True))
    if 0 < labels.sum() < len(labels):
        assert area(scores, labels) == pytest.approx(roc_auc_score(labels, scores), abs=1e-9)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.datetimes()
ROWS = st.lists(st.fixed_dictionaries({"a": VALUES, "b": VALUES}), max_size=8)
SETS = (
    st.lists(st.text(max_size=60), max_size=8) | ROWS | st.lists(st.floats(), max_size=6) | st.lists(VALUES, max_size=4)
)


@given(SETS, SETS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_input_gives_a_result_or_a_clear_error(made: Any, real: Any) -> None:
    try:
        report = check_fidelity(made, real)
    except RuntimeCheckError as error:
        assert str(error)
    else:
        json.dumps(report.to_dict())
        assert report.verdict in str(report)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "column",
    [
        *([1.0] * 30, [np.nan] * 30, [np.inf, -np.inf] * 15, [1e308, -1e308] * 15, [0.0, -0.0] * 15),
        *([True, False] * 15, ["x"] * 30, [None] * 30, ["é\u200b", "中文"] * 15, [1, "a", None] * 10),
        *([{"a": 1}] * 30, ["long " * 5_000] * 30),
    ],
)
def test_odd_columns_are_fine(column: list[Any]) -> None:
    rows = [{"odd": v, "n": i % 7, "m": float(i)} for i, v in enumerate(column)]
    report = check_fidelity(rows, rows)
    assert report.verdict in ("ok", "undecided")
    json.dumps(report.to_dict(), allow_nan=False)
    json.dumps(check_fidelity(rows[:1], rows).to_dict(), allow_nan=False)


def test_constants_that_differ_are_drift() -> None:
    assert check_fidelity({"x": [2.0] * 2_000}, {"x": [1.0] * 2_000}).verdict == "drift"


def test_empty_sides_are_undecided_and_mistakes_are_told() -> None:
    assert check_fidelity([], []).verdict == "undecided"
    assert check_fidelity([], ["a"]).notes == ("nothing to compare: a side has no rows",)
    with pytest.raises(KindError, match="no columns in common"):
        check_fidelity([{"a": 1}], [{"b": 1}])
    with pytest.raises(KindError, match="target 'q'"):
        check_fidelity([{"a": 1}] * 50, [{"a": 1}] * 50, target="q")
    with pytest.raises(KindError, match="too few"):
        check_fidelity([{"a": 1, "q": 1}] * 5, [{"a": 1, "q": 2}] * 5, target="q")
    with pytest.raises(ValueError, match="limit"):
        check_fidelity(["a"], ["b"], limit=0)


def test_an_error_is_one_line_that_names_columns() -> None:
    rows = np.random.default_rng(0).standard_normal((400, 3))
    moved = rows + np.array([3.0, 0.0, 0.0])
    with pytest.raises(
        FidelityError, match=r"drift at limit 0\.1, \d of \d+ measures: column 0: .* change the prompt"
    ) as e:
        check_fidelity(moved, np.roll(rows, 1, 0) + 1e-9, strict=True)
    assert "\n" not in str(e.value)


def test_no_interval_leaves_the_values_that_a_measure_can_have() -> None:
    rng = np.random.default_rng(0)
    for made, real in ((rng.random((30, 2)) + 9, rng.random((30, 2))), (rng.random((30, 2)), rng.random((30, 2)))):
        for m in check_fidelity(made, real).measures:
            assert m.low <= m.effect <= m.high or m.statistic == "total variation"
            assert m.high <= (0.5 if "AUC" in m.statistic else 1.0 if m.statistic == "D" else np.inf)


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"task_limit": -1}, {"alpha": 5}])
def test_numbers_out_of_range_are_told(wrong: dict[str, float]) -> None:
    (name, value) = next(iter(wrong.items()))
    with pytest.raises(ValueError, match=f"{name} is .*not {value}"):
        check_fidelity([[1.0, 2.0]], [[1.0, 2.0]], **wrong)  # type: ignore[arg-type]
