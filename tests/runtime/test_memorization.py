from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact
from sklearn.datasets import load_breast_cancer

from synthlint.runtime import KindError, MemorizationError, RuntimeCheckError, audit_memorization
from synthlint.runtime._grams import corpus, near_duplicates
from synthlint.runtime._stats import clopper_pearson, detectable, fisher
from synthlint.runtime._text import jaccard, shingles, words

FOUND, NONE, OPEN = "copying found", "no copying found at this size", "undecided"
VOCABULARY = [f"{a}{b}{i}" for a in "bdfgklmnprst" for b in "aeiou" for i in range(20)]


def texts(n: int, seed: int) -> list[str]:
    """Templated texts: 20 words of one of five frames around 30 words of their own."""
    rng = np.random.default_rng(seed)
    frames = [np.random.default_rng(1000 + f).choice(VOCABULARY, 20).tolist() for f in range(5)]
    out = []
    for _ in range(n):
        frame, own = frames[rng.integers(5)], rng.choice(VOCABULARY, 30).tolist()
        out.append(" ".join([*frame[:10], *own, *frame[10:]]))
    return out


@pytest.fixture(scope="module")
def corpora() -> tuple[list[str], list[str], list[str]]:
    return texts(600, 1), texts(600, 2), texts(600, 3)


def edited(text: str) -> str:
    return " ".join(w if i % 10 else f"changed{i}" for i, w in enumerate(text.split()))


def spliced(own: str, source: str) -> str:
    return " ".join([*own.split()[:12], *source.split()[12:32], *own.split()[12:]])


@pytest.mark.parametrize("with_control", [True, False])
def test_planted_copies_are_named_with_their_source(corpora: Any, with_control: bool) -> None:
    real, control, synthetic = corpora
    made = list(synthetic)
    for i in range(12):
        made[i], made[20 + i], made[40 + i] = real[i], edited(real[20 + i]), spliced(made[40 + i], real[40 + i])
    report = audit_memorization(made, real, control if with_control else None)
    assert report.verdict == FOUND
    pairs = {
        rule: {(m.synthetic, m.real) for m in report.rate(rule).matches} for rule in ("verbatim", "edited", "near")
    }
    copies, edits, spans = ({(i, i) for i in range(a, a + 12)} for a in (0, 20, 40))
    assert copies | spans <= pairs["verbatim"] <= copies | spans | edits
    assert copies | edits <= pairs["edited"] <= copies | edits | spans
    assert copies == pairs["near"]
    assert "0 repeats 0" in str(report)


def test_templates_are_not_copying(corpora: Any) -> None:
    real, control, synthetic = corpora
    report = audit_memorization(synthetic, real, control)
    assert report.verdict == NONE and report.ok and not report.matches
    assert "private" not in str(report).replace("no promise of privacy", "")
    assert all(r.detectable < 0.05 for r in report.rates)


def test_a_passage_that_the_control_has_too_is_common_property(corpora: Any) -> None:
    real, control, synthetic = corpora
    creed = " ".join(f"amendment{i}" for i in range(25))
    quoting = [[f"{t} {creed}" if i < 6 else t for i, t in enumerate(side)] for side in (synthetic, real, control)]
    assert audit_memorization(*quoting, checks=["verbatim"]).rate("verbatim").hits == 0


def test_one_copy_is_shown_but_not_called_copying(corpora: Any) -> None:
    real, control, synthetic = corpora
    report = audit_memorization([real[5], *synthetic[1:]], real, control)
    assert report.verdict == OPEN
    assert {(m.synthetic, m.real) for m in report.matches} == {(0, 5)}
    report.raise_for_status()
    with pytest.raises(MemorizationError, match="0 repeats 5"):
        report.raise_for_status(undecided=True)


def test_copying_raises_an_error_that_names_the_rows(corpora: Any) -> None:
    real, control, _ = corpora
    with pytest.raises(MemorizationError, match=r"copying found.*drop or regenerate") as error:
        audit_memorization(real, real, control, strict=True)
    assert "0 repeats 0" in str(error.value)
    assert error.value.result.verdict == FOUND  # type: ignore[attr-defined]


def test_short_texts_are_caught_by_whole_records() -> None:
    rng = np.random.default_rng(0)
    lines = [" ".join(rng.choice(VOCABULARY, 6)) for _ in range(600)]
    report = audit_memorization(lines[:100] + lines[400:500], lines[:200], lines[200:400], text="text")
    assert {m.synthetic for m in report.rate("near").matches} == set(range(100))
    assert report.verdict == FOUND


def test_the_near_duplicate_join_is_exact() -> None:
    rng = np.random.default_rng(0)
    a = [" ".join(rng.choice(VOCABULARY[:30], rng.integers(0, 12))) for _ in range(150)]
    b = [" ".join(t.split()[: rng.integers(1, 14)]) for t in a] + a[:20]
    found = near_duplicates(corpus(a), corpus(b), 0.5, 2)
    sets = [[shingles(words(t), 2) for t in side] for side in (a, b)]
    best = [max(jaccard(x, y) for y in sets[1]) for x in sets[0]]
    assert found.texts.tolist() == [i for i, j in enumerate(best) if j >= 0.5]
    assert found.jaccard.tolist() == pytest.approx([j for j in best if j >= 0.5])


# --------------------------------------------------------------------------------------------- tables
@pytest.fixture(scope="module")
def cancer() -> pd.DataFrame:
    return load_breast_cancer(as_frame=True).data.sample(frac=1, random_state=0).reset_index(drop=True)


def part(rows: pd.DataFrame, a: int, b: int) -> pd.DataFrame:
    return rows.iloc[a:b].reset_index(drop=True)


def test_copied_rows_are_found_and_named(cancer: pd.DataFrame) -> None:
    real, control, fresh = part(cancer, 0, 189), part(cancer, 189, 378), part(cancer, 378, 567)
    made = pd.concat([fresh[:140], real[:49]])
    report = audit_memorization(made, real, control)
    assert report.verdict == FOUND
    assert [(m.synthetic, m.real) for m in report.rate("exact").matches] == [(140 + i, i) for i in range(49)]
    assert report.rate("exact").baseline_hits == 0
    noisy = made * (1 + 0.005 * np.random.default_rng(0).standard_normal(made.shape))
    noisy = audit_memorization(noisy, real, control)
    assert noisy.rate("exact").hits == 0 and noisy.rate("close").outcome == FOUND


def test_columns_are_matched_by_name_and_permuted_values_are_not_copies(cancer: pd.DataFrame) -> None:
    real, control = part(cancer, 0, 234), part(cancer, 234, 468)
    assert audit_memorization(real[real.columns[::-1]], real, control).rate("exact").hits == 234
    rng = np.random.default_rng(0)
    permuted = pd.DataFrame({c: rng.permutation(real[c]) for c in real})
    assert audit_memorization(permuted, real, control).verdict == NONE


@pytest.mark.parametrize("sizes", [(234, 234), (375, 94)])
def test_real_rows_raise_no_alarm_whatever_the_sizes(cancer: pd.DataFrame, sizes: tuple[int, int]) -> None:
    n, m = sizes
    for seed in range(5):
        rows = cancer.sample(frac=1, random_state=seed).reset_index(drop=True)
        report = audit_memorization(part(rows, n + m, n + m + 100), part(rows, 0, n), part(rows, n, n + m))
        assert report.verdict != FOUND


def test_categorical_ties_neither_hide_nor_feign_copying() -> None:
    rng = np.random.default_rng(0)
    cells = pd.DataFrame({f"c{i}": rng.integers(0, 3, 900).astype(str) for i in range(4)})
    real, control, fresh = part(cells, 0, 300), part(cells, 300, 600), part(cells, 600, 900)
    ordinary = audit_memorization(fresh, real, control)
    assert ordinary.verdict == NONE and ordinary.rate("exact").rate > 0.9
    assert audit_memorization(real, real, control).rate("exact").outcome == FOUND


def test_a_unit_of_measure_changes_nothing(cancer: pd.DataFrame) -> None:
    real, control = part(cancer, 0, 200), part(cancer, 200, 400)
    made = pd.concat([real[:60], part(cancer, 400, 500)])
    scaled = [d.assign(**{"mean area": d["mean area"] * 1000}) for d in (made, real, control)]
    assert str(audit_memorization(*scaled)) == str(audit_memorization(made, real, control))


def test_a_table_without_a_control_stays_undecided(cancer: pd.DataFrame) -> None:
    report = audit_memorization(cancer[:100], cancer[:100])
    assert report.verdict == OPEN and "give control=" in str(report)


def test_every_kind_of_data_gives_the_same_answer() -> None:
    rng = np.random.default_rng(0)
    rows = [
        {"id": i, "a": float(rng.normal()), "b": str(rng.choice(["x", "y"])), "c": int(rng.integers(50))}
        for i in range(300)
    ]
    sides = rows[:60] + rows[200:240], rows[:100], rows[100:200]
    wanted = audit_memorization(*sides).to_dict()
    assert wanted["verdict"] == FOUND and "left out: id" in wanted["notes"][0]
    for kind in (pd.DataFrame, pl.DataFrame, pa.Table.from_pylist, iter):
        assert audit_memorization(*(kind(s) for s in sides)).to_dict() == wanted
    json.dumps(wanted)


def test_personal_identifiers_of_the_source_are_reported_masked(corpora: Any) -> None:
    real, control, synthetic = (list(c[:200]) for c in corpora)
    for i in range(8):
        real[i] += f" write to maria.lopez{i}@example.org"
        synthetic[50 + i] += f" contact maria.lopez{i}@EXAMPLE.org today"
        for side in (real, control, synthetic):
            side[100 + i] += " see help@example.org"
    report = audit_memorization(synthetic, real, control, checks=["pii"])
    assert report.verdict == FOUND
    assert [(m.synthetic, m.real) for m in report.matches] == [(50 + i, i) for i in range(8)]
    assert "lopez" not in json.dumps(report.to_dict()) and "email m***@***.org" in str(report)


# ---------------------------------------------------------------------------------- intervals and edges
@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 300), st.integers(1, 300))
@settings(max_examples=150, deadline=None)
def test_intervals_and_tests_agree_with_scipy(k: int, n: int, j: int, m: int) -> None:
    k, j = min(k, n), min(j, m)
    interval = binomtest(k, n).proportion_ci()
    assert clopper_pearson(k, n) == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert fisher(k, n, j, m) == pytest.approx(fisher_exact([[k, n - k], [j, m - j]], "greater")[1], abs=1e-9)


def test_the_detectable_rate_is_what_it_says() -> None:
    rate = detectable(1_000, 0, 1_000, alpha=0.01)
    hits = np.random.default_rng(0).binomial(1_000, rate, 2_000)
    assert np.mean([fisher(int(k), 1_000, 0, 1_000) <= 0.01 for k in hits]) == pytest.approx(0.95, abs=0.02)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.dates()
ROWS = st.lists(st.fixed_dictionaries({"a": VALUES, "b": VALUES}), max_size=8)
SETS = (
    st.lists(st.text(max_size=60), max_size=8) | ROWS | st.lists(st.floats(), max_size=5) | st.lists(VALUES, max_size=4)
)


@given(SETS, SETS, st.none() | SETS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_input_gives_a_result_or_a_clear_error(synthetic: Any, real: Any, control: Any) -> None:
    try:
        report = audit_memorization(synthetic, real, control)
    except RuntimeCheckError as error:
        assert str(error)
    else:
        json.dumps(report.to_dict())
        assert report.verdict in str(report)


@pytest.mark.parametrize("one", ["", "a", "é\u200b" * 3, "word " * 200_000, "\ud800", "中文" * 500])
def test_odd_texts_are_fine(one: str) -> None:
    report = audit_memorization([one] * 3, [one, "x y z"], ["another text"])
    assert report.sizes == {"synthetic": 3, "real": 2, "control": 1}


def test_odd_tables_are_fine() -> None:
    odd = pd.DataFrame({"a": [np.inf, -np.inf, np.nan, 1e308, -0.0], "b": [None, "x", 1, True, "x"], "c": [1] * 5})
    assert audit_memorization(odd, odd, odd[:2]).rate("exact").hits == 5
    assert audit_memorization(odd[:1], odd[:1], odd[:0]).verdict == OPEN
    assert audit_memorization(odd[:0], odd).verdict == OPEN


def test_mistakes_are_told() -> None:
    with pytest.raises(KindError, match="no columns in common"):
        audit_memorization([{"a": 1}], [{"b": 1}])
    with pytest.raises(KindError, match="is not a data set"):
        audit_memorization("one text", ["one"])
    with pytest.raises(ValueError, match="no check near-rows: one of"):
        audit_memorization(["a"], ["b"], checks=["near-rows"])
    with pytest.raises(KindError, match="no column 'z' on every side"):
        audit_memorization([{"a": 1}], [{"a": 1}], columns=["z"])


def test_an_error_is_one_line_that_names_rules_and_records(corpora: Any) -> None:
    synthetic, real, control = corpora
    copied = [*real[:30], *synthetic[30:]]
    with pytest.raises(MemorizationError, match=r"verbatim 30 of 600.*record 0 repeats 0 \(50 words") as error:
        audit_memorization(copied, real, control, strict=True)
    assert "\n" not in str(error.value)


def test_nothing_compared_is_undecided() -> None:
    report = audit_memorization([], ["a text of some words"])
    assert (report.verdict, report.ok) == (OPEN, False)
    with pytest.raises(MemorizationError, match="no rule found a match"):
        report.raise_for_status(undecided=True)
    assert audit_memorization([], ["a text of some words"], strict=True).verdict == OPEN
