"""What a user sees of ``dedup`` and ``Deduplicator``: what goes, what stays, and what is said about it."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import datasets
import hypothesis.strategies as st
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from synthlint.runtime import Deduplicator, DedupReport, DuplicateError, KindError, Repeat, StateError, dedup
from synthlint.runtime import _dedup as dedup_module
from synthlint.runtime._join import row_bits
from synthlint.runtime._kernels import shingle_hashes
from synthlint.runtime._text import content_hash, content_text, jaccard, normalise, shingles, words

SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STORY = "the old lighthouse keeper counted twelve grey ships before the storm took the light away from him"
STREAM_OPTIONS = ({}, {"boilerplate": None}, {"preset": "loose"}, {"preset": "exact"}, {"key": "t"})
ODD = "ab _-+*/=<>^%01 \n\t\x1c\0—’日ไ.हि\u00e9\u00a0\u200b×"
ANYTHING = st.text(max_size=40) | st.none() | st.floats() | st.dictionaries(st.text(), st.text())
OTHER = "please list three healthy breakfasts that a busy student can prepare in less than ten minutes flat"


def report_of(records: object, **options: object) -> DedupReport:
    got: list[DedupReport] = []
    dedup(records, report=got.append, **options)  # type: ignore[call-overload]
    return got[0]


def corpus(size: int, seed: int = 0) -> list[str]:
    """Texts of 20 to 40 words; a third are copies of earlier ones with none to three words changed."""
    rng = random.Random(seed)
    vocabulary = [f"w{i}" for i in range(3_000)]
    texts: list[str] = []
    for _ in range(size):
        if texts and rng.random() < 0.35:
            listed = rng.choice(texts).split()
            for _ in range(rng.randrange(4)):
                listed[rng.randrange(len(listed))] = rng.choice(vocabulary)
        else:
            listed = rng.choices(vocabulary, k=rng.randrange(20, 40))
        texts.append(" ".join(listed))
    return texts


def similarity(a: str, b: str) -> float:
    return jaccard(shingles(words(a), 3), shingles(words(b), 3))


def truth(texts: list[str], threshold: float, n: int = 3, share: float | None = None) -> dict[int, int]:
    """For each text that repeats an earlier one the first such, by comparing all pairs."""
    hidden = boilerplate(texts, n, share)
    sets = [shingles(words(text), n) - hidden for text in texts]
    found: dict[int, int] = {}
    first: dict[tuple[str, ...], int] = {}
    for row, text in enumerate(texts):
        same = first.setdefault(tuple(words(text)), row)
        if same != row:
            found[row] = same
            continue
        earliest = next((j for j in range(row) if jaccard(sets[row], sets[j]) >= threshold - 1e-9), None)
        if earliest is not None:
            found[row] = earliest
    return found


def boilerplate(texts: list[str], n: int, share: float | None) -> frozenset[tuple[str, ...]]:
    if share is None:
        return frozenset()
    different = {tuple(words(t)) for t in texts}
    counts: dict[tuple[str, ...], int] = {}
    for listed in different:
        for gram in shingles(listed, n):
            counts[gram] = counts.get(gram, 0) + 1
    return frozenset(g for g, c in counts.items() if c > max(share * len(different), 10))


@pytest.fixture(params=["numpy", "standard library"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(dedup_module, "_NUMPY_FROM", 0 if request.param == "numpy" else 10**9)
    return str(request.param)


class TestWhatGoes:
    def test_copies_that_differ_in_form_only(self, engine: str) -> None:
        forms = [STORY, STORY.upper(), STORY.replace(" ", "\u00a0"), STORY + "\u200b", STORY + "!", f"\ufeff {STORY}"]
        assert dedup([*forms, OTHER]) == [STORY, OTHER]

    def test_one_changed_word(self, engine: str) -> None:
        changed = STORY.replace("twelve", "seven")
        report = report_of([STORY, OTHER, changed], threshold=0.6)
        assert list(report.repeats) == [Repeat(2, 0, 0, pytest.approx(12 / 18), "near")]
        assert dedup([STORY, changed], threshold=0.7) == [STORY, changed]

    def test_loose_finds_reordered_words(self, engine: str) -> None:
        shuffled = " ".join(sorted(STORY.split()))
        assert dedup([STORY, shuffled]) == [STORY, shuffled]
        assert dedup([STORY, shuffled], preset="loose") == [STORY]

    def test_exact_keeps_near_duplicates_and_other_punctuation(self) -> None:
        texts = [STORY, STORY + " again", STORY + ".", STORY.upper()]
        assert dedup(texts, preset="exact") == texts[:3]

    @pytest.mark.parametrize(
        "pair",
        [("What is 3 + 4?", "What is 3 - 4?"), ("It was -5 here", "It was 5 here"), ("Is 2<3?", "Is 2>3?")],
    )
    def test_signs_before_numbers_are_content(self, pair: tuple[str, str], engine: str) -> None:
        assert dedup(list(pair)) == list(pair)

    def test_texts_without_words_are_compared_whole(self, engine: str) -> None:
        assert dedup(["😀", "😢", "😀", "", " ", "?!"]) == ["😀", "😢", "", "?!"]

    @pytest.mark.parametrize(("a", "b"), [("今日は天気がいいですね散歩", "今日は天気がいいですね勉強"), ("Ѐ", "ѐ")])
    def test_scripts_without_spaces(self, a: str, b: str, engine: str) -> None:
        assert dedup([a, b], threshold=0.6) == [a]

    def test_every_threshold_engine_and_shingle_agrees_with_all_pairs(self, engine: str) -> None:
        texts = corpus(180)
        for threshold in (0.3, 0.7, 0.8, 1.0):
            for preset, n in (("edits", 3), ("loose", 1)):
                report = report_of(texts, threshold=threshold, preset=preset, boilerplate=None)
                assert {r.row: r.of for r in report.repeats} == truth(texts, threshold, n)

    def test_both_engines_say_the_same_of_five_thousand(self, monkeypatch: pytest.MonkeyPatch) -> None:
        texts = corpus(5_000, seed=5)
        answers = []
        for limit in (0, 10**9):
            monkeypatch.setattr(dedup_module, "_NUMPY_FROM", limit)
            answers.append([list(report_of(texts, boilerplate=b).repeats) for b in (None, 0.02, 0.001)])
        assert answers[0] == answers[1]

    def test_when_minhash_gives_the_candidates(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from synthlint.runtime import _join

        texts = corpus(3_000, seed=8)
        exact = {r.row for r in report_of(texts, boilerplate=None).repeats}
        monkeypatch.setattr(_join, "_BUDGET", 0)
        monkeypatch.setattr(_join, "_BUDGET_FLOOR", -1)
        report = report_of(texts, boilerplate=None)
        assert {r.row for r in report.repeats} <= exact
        assert len(report.repeats) > 0.97 * len(exact)
        for repeat in report.repeats:
            assert repeat.similarity == pytest.approx(similarity(texts[repeat.row], texts[repeat.of]))
        assert f"{report.sketched} records were compared with candidates from MinHash" in str(report)

    def test_processes_change_nothing(self) -> None:
        texts = corpus(30_000, seed=6)
        alone, together = report_of(texts), report_of(texts, processes=2)
        assert list(alone.repeats) == list(together.repeats)


class TestBoilerplate:
    def templated(self) -> list[str]:
        rng = random.Random(2)
        frame = "You are given a task and an input and must answer with care and in full sentences about"
        return [f"{frame} {' '.join(rng.choices([f'v{i}' for i in range(900)], k=2))}" for _ in range(400)]

    def test_a_template_does_not_make_copies(self, engine: str) -> None:
        texts = self.templated()
        assert dedup(texts) == texts
        assert len(dedup(texts, boilerplate=None)) < 10

    def test_copies_inside_a_template_are_found_as_counted_over_all_pairs(self, engine: str) -> None:
        texts = self.templated()
        texts[50], texts[390] = texts[300] + " indeed", texts[50]
        report = report_of(texts)
        assert {r.row: r.of for r in report.repeats} == truth(texts, 0.7, share=0.02)
        assert report.boilerplate_shingles == len(boilerplate(texts, 3, 0.02))

    def test_a_collapsed_generator_is_named(self, engine: str) -> None:
        texts = [" ".join([STORY.replace("twelve", f"n{i}"), STORY, OTHER]) for i in range(300)] + corpus(50)
        report = report_of(texts)
        assert report.mostly_boilerplate >= 290
        assert "boilerplate=None" in str(report)

    def test_streams_learn_it(self) -> None:
        texts = self.templated()
        assert len(list(dedup(iter(texts)))) >= len(texts) - 16


class TestOrderAndClasses:
    @pytest.mark.parametrize(("keep", "expected"), [("first", "a"), ("last", "c"), ("longest", "b")])
    def test_keep(self, keep: str, expected: str, engine: str) -> None:
        rows = [("a", STORY), ("x", OTHER), ("b", STORY + " tonight"), ("c", STORY + "!")]
        kept = dedup(rows, key=lambda row: row[1], threshold=0.6, keep=keep)  # type: ignore[arg-type]
        assert sorted(name for name, _ in kept) == sorted(["x", expected])
        assert [row for row in rows if row in kept] == kept

    def test_a_chain_leads_to_the_record_that_stays(self, engine: str) -> None:
        base = [f"w{i}" for i in range(60)]
        chain = [" ".join([*(f"n{j}" for j in range(4 * i)), *base[4 * i :]]) for i in range(6)]
        report = report_of(chain, threshold=0.8, boilerplate=None)
        assert [r.kept for r in report.repeats] == [0] * 5
        assert report.repeats[4].of == 4

    @SETTINGS
    @given(st.lists(st.lists(st.sampled_from("abcde"), max_size=9).map(" ".join), max_size=30), st.data())
    def test_properties(self, texts: list[str], data: st.DataObject) -> None:
        options = {
            "threshold": data.draw(st.sampled_from([0.3, 0.5, 0.7, 1.0])),
            "preset": data.draw(st.sampled_from(["edits", "loose", "exact"])),
            "keep": data.draw(st.sampled_from(["first", "last", "longest"])),
            "boilerplate": None,
        }
        rows = list(enumerate(texts))
        got: list[DedupReport] = []
        kept = dedup(rows, key=lambda row: row[1], report=got.append, **options)  # type: ignore[arg-type]
        assert dedup(kept, key=lambda row: row[1], **options) == kept  # type: ignore[arg-type]
        assert [row for row in rows if row in kept] == kept
        classes: dict[int, set[int]] = {row: {row} for row, _ in kept}
        for repeat in got[0].repeats:
            classes[repeat.kept].add(repeat.row)
        assert sorted(row for members in classes.values() for row in members) == list(range(len(texts)))

    @SETTINGS
    @given(st.lists(ANYTHING, max_size=12))
    def test_anything_is_compared_or_kept(self, records: list[object]) -> None:
        kept = dedup(records)
        assert dedup(kept) == kept or any(r != r for r in kept)
        assert {content_hash(r) for r in kept} >= {content_hash(r) for r in records if isinstance(r, float)}


class TestKinds:
    ROWS = (
        {"id": 1, "text": STORY, "label": 1},
        {"id": 2, "text": OTHER, "label": 0},
        {"id": 3, "text": STORY.title(), "label": 1},
    )

    def test_list_tuple_iterator(self) -> None:
        rows = list(self.ROWS)
        assert dedup(rows) == rows[:2]
        assert dedup(tuple(rows)) == tuple(rows[:2])
        stream = dedup(iter(rows))
        assert next(stream) == rows[0]
        assert list(stream) == [rows[1]]

    def test_pandas(self) -> None:
        frame = pd.DataFrame(self.ROWS, index=["p", "q", "r"])
        pd.testing.assert_frame_equal(dedup(frame), frame.iloc[:2])
        pd.testing.assert_series_equal(dedup(frame["text"]), frame["text"].iloc[:2])

    def test_polars(self) -> None:
        frame = pl.DataFrame(self.ROWS)
        assert dedup(frame, key="text").equals(frame[:2])
        assert dedup(frame["text"]).to_list() == [STORY, OTHER]

    def test_arrow(self) -> None:
        table = pa.Table.from_pylist(list(self.ROWS))
        assert dedup(table).equals(table.slice(0, 2))
        assert dedup(table["text"]).to_pylist() == [STORY, OTHER]

    def test_datasets(self) -> None:
        data = datasets.Dataset.from_list(list(self.ROWS))
        kept = dedup(data)
        assert isinstance(kept, datasets.Dataset)
        assert kept["id"] == [1, 2]
        streamed = dedup(data.to_iterable_dataset())
        assert isinstance(streamed, datasets.IterableDataset)
        assert [row["id"] for row in streamed] == [1, 2] == [row["id"] for row in streamed]

    def test_numpy(self) -> None:
        kept = dedup(np.array([STORY, OTHER, STORY], dtype=object))
        assert isinstance(kept, np.ndarray)
        assert kept.tolist() == [STORY, OTHER]

    @pytest.mark.parametrize(
        "empty", [[], (), pd.DataFrame({"text": []}), pl.DataFrame({"text": []}), pa.table({"t": []})]
    )
    def test_empty_stays_empty(self, empty: object) -> None:
        assert len(dedup(empty)) == 0 and type(dedup(empty)) is type(empty)  # type: ignore[arg-type]

    def test_rows_of_numbers_must_be_equal(self) -> None:
        rows = [{"a": 1.5, "b": i, "c": "male", "d": 3.0, "e": 4.0, "f": 5.0} for i in (1, 2, 1)]
        assert dedup(rows) == rows[:2]
        assert [str(r["a"]) for r in dedup([{"a": v} for v in (float("nan"), float("inf"), None)])] == ["nan", "inf"]

    def test_provenance_and_identity_do_not_make_records_new(self) -> None:
        rows = [{"text": STORY, "_provenance": {"gen": i}, "uuid": str(i)} for i in range(3)]
        report = report_of(rows)
        assert report.kept == 1
        assert report.ignored_fields == ("_provenance", "uuid")
        assert "_provenance, uuid" in str(report)

    def test_records_of_identity_fields_only_are_told_apart_by_them(self) -> None:
        rows = [{"id": 1}, {"id": 2}, {"id": 1}]
        assert dedup(rows) == rows[:2]
        assert [Deduplicator().is_new(r) for r in rows] == [True] * 3

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ("one text", r"pass a list: \[text\]"),
            ({"train": []}, "for each split"),
            ({"a", "b"}, "no order"),
            (pl.LazyFrame({"a": [1]}), "collect"),
            (datasets.DatasetDict(), "several splits"),
            (7, "not a collection"),
        ],
    )
    def test_other_kinds_are_refused_with_advice(self, data: object, said: str) -> None:
        with pytest.raises(KindError, match=said):
            dedup(data)

    def test_a_missing_field_is_named(self) -> None:
        with pytest.raises(KindError, match="no field 'txt'; its fields are: id, label, text"):
            dedup(list(self.ROWS), key="txt")

    @pytest.mark.parametrize(
        "option", [{"threshold": 0}, {"threshold": 7}, {"preset": "fuzzy"}, {"boilerplate": -1}, {"keep": "best"}]
    )
    def test_parameters_out_of_range(self, option: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=next(iter(option))):
            dedup([STORY], **option)  # type: ignore[call-overload]

    def test_keep_needs_all_records(self) -> None:
        with pytest.raises(KindError, match=r"list\(records\)"):
            dedup(iter([STORY]), keep="last")


class TestReport:
    def test_says_the_definition_and_names_rows(self) -> None:
        text = str(report_of([STORY, OTHER, STORY]))
        assert "2 of 3 records kept" in text
        assert "Jaccard >= 0.7 of word 3-grams, about 3 of 60 words changed" in text
        assert "over 2 % of the rows" in text
        assert "row 2 repeats row 0 (exact, 1.00)" in text

    def test_is_json_and_goes_to_a_file(self, tmp_path: Path) -> None:
        dedup([STORY, STORY], report=tmp_path / "r.json")
        saved = json.loads((tmp_path / "r.json").read_text())
        assert saved["repeats"] == [[1, 0, 0, 1.0, "exact"]]

    def test_raises_when_asked(self) -> None:
        report = report_of([STORY] * 9 + [OTHER])
        with pytest.raises(DuplicateError, match=r"80.0% of 10 records .*rows 1 \(of 0\)"):
            report.raise_for_status()
        report.raise_for_status(max_share=0.8)

    def test_a_search_cut_short_is_reported(self) -> None:
        from synthlint.runtime._batch import find_repeats
        from synthlint.runtime._stream import Shingler, StreamJoin

        texts = [" ".join([f"c{i}" for i in range(9)] + [f"u{j}{i}" for i in range(6)]) for j in range(60)]
        join, shingle = StreamJoin(0.6, None, cap=5), Shingler(3)
        assert [join.add(shingle(t)) for t in texts] == [None] * 60
        assert join.capped > 0
        report = DedupReport("d", 60, 0, 0, (), capped=join.capped)
        assert "incomplete" in str(report)
        assert find_repeats(texts * 2, 3, 0.6, None, cap=5).capped >= 0


class TestStream:
    def test_gives_what_a_list_gives(self) -> None:
        texts = corpus(3_000, seed=1)
        stream = Deduplicator(boilerplate=None)
        kept = list(stream.filter(iter(texts)))
        assert kept == dedup(texts, boilerplate=None)
        assert list(stream.report.repeats) == list(report_of(texts, boilerplate=None).repeats)

    @pytest.mark.parametrize(
        ("options", "cut"),
        [
            *((options, cut) for options in STREAM_OPTIONS for cut in (0, 1, 40, 300)),
            ({}, 4_400),  # past the last point where boilerplate is learned
        ],
    )
    def test_a_saved_state_continues(self, options: dict[str, object], cut: int, tmp_path: Path) -> None:
        texts: list[object] = [*corpus(cut + 100, seed=2), "?!", "?!"]
        if "key" in options:
            texts = [{"t": t} for t in texts]
        whole = Deduplicator(**options)  # type: ignore[arg-type]
        expected = [whole.add(t) for t in texts]
        part = Deduplicator(**options)  # type: ignore[arg-type]
        before = [part.add(t) for t in texts[:cut]]
        part.save(tmp_path / "state")
        after = Deduplicator.load(tmp_path / "state")
        assert before + [after.add(t) for t in texts[cut:]] == expected

    def test_state_survives_another_hash_seed(self, tmp_path: Path) -> None:
        code = (
            "import sys; from synthlint.runtime import Deduplicator as D; import os\n"
            "p=sys.argv[1]; d=D.load(p) if os.path.exists(p) else D(); print(d.is_new(sys.argv[2])); d.save(p)"
        )
        answers = [
            subprocess.run(
                [sys.executable, "-c", code, str(tmp_path / "s"), text],
                env={"PYTHONHASHSEED": str(seed)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            for seed, text in enumerate([STORY, OTHER, STORY + "?"])
        ]
        assert answers == ["True", "True", "False"]

    def test_a_damaged_or_foreign_state_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "state"
        Deduplicator().save(path)
        data = bytearray(path.read_bytes())
        data[-20] ^= 1
        path.write_bytes(data)
        with pytest.raises(StateError, match="damaged"):
            Deduplicator.load(path)
        path.write_bytes(b"\x80\x04pickle")
        with pytest.raises(StateError, match="not a state saved by synthlint"):
            Deduplicator.load(path)

    def test_a_state_with_a_function_key_asks_for_it(self, tmp_path: Path) -> None:
        Deduplicator(key=str.upper).save(tmp_path / "s")
        with pytest.raises(StateError, match="same function"):
            Deduplicator.load(tmp_path / "s")
        assert Deduplicator.load(tmp_path / "s", key=str.upper).is_new("x")

    def test_threads_keep_exactly_one_of_each(self) -> None:
        texts = [f"{STORY} {i}" for i in range(200)]
        shared = Deduplicator(preset="exact")
        kept: list[str] = []
        workers = [threading.Thread(target=lambda: kept.extend(shared.filter(texts))) for _ in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(kept) == sorted(texts)


class TestText:
    @SETTINGS
    @given(st.text())
    def test_normalising_twice_changes_nothing(self, text: str) -> None:
        once = normalise(text)
        assert normalise(once) == once
        assert words(once) == words(text)

    @SETTINGS
    @given(
        st.lists(
            st.text(st.sampled_from(ODD) | st.characters(), max_size=50),
            min_size=1,
            max_size=8,
        ),
        st.integers(1, 4),
    )
    def test_arrays_cut_the_same_words(self, texts: list[str], n: int) -> None:
        result = shingle_hashes(texts, n)
        known: dict[tuple[str, ...], int] = {}
        start = 0
        for text, count in zip(texts, result.counts.tolist(), strict=True):
            listed = words(text)
            runs = [tuple(listed)] if 0 < len(listed) < n else list(zip(*(listed[i:] for i in range(n)), strict=False))
            assert len(runs) == count
            for run, value in zip(runs, result.hashes[start : start + count].tolist(), strict=True):
                assert known.setdefault(run, value) == value
            start += count
        assert len(set(known.values())) == len(known)
        for (a, x), (b, y) in pairwise(zip(texts, result.sequences.tolist(), strict=True)):
            assert (x == y) == (words(a) == words(b))

    def test_hash_ignores_form_order_and_provenance(self) -> None:
        assert content_hash({"a": 1, "b": "X  y"}) == content_hash({"b": "x y", "a": 1.0, "_provenance": {"v": 1}})
        assert content_hash("a b") == content_hash({"text": "A\u00a0b"})
        assert content_hash({"a": "1", "b": "2"}) != content_hash({"a": "2", "b": "1"})
        assert content_hash([["a"], ["b"]]) != content_hash([["a", "b"]])
        assert len(content_hash("")) == 32

    def test_text_of_a_record_is_its_values(self) -> None:
        record = {"messages": [{"role": "user", "content": "Hi"}], "_provenance": "x"}
        assert content_text(record).split() == ["Hi", "user"]

    def test_row_bits_hold_every_row(self) -> None:
        assert all((n - 1) < 1 << row_bits(n) for n in range(1, 1_100))


@dataclasses.dataclass
class Item:
    text: str
    id: int


class Row(NamedTuple):
    text: str
    id: int


@pytest.mark.parametrize("kind", [Item, Row])
def test_objects_are_compared_by_their_fields(kind: Any) -> None:
    story = "the old lighthouse keeper counted twelve grey ships before the storm took the light away"
    items = [kind(story, 1), kind(story.upper(), 2), kind(f"{story} again", 3), kind("another", 4)]
    assert dedup(items) == [items[0], items[3]]
    assert dedup(items, key="text", preset="exact") == [items[0], items[2], items[3]]
    assert list(dedup(iter(items))) == [items[0], items[3]]
    with pytest.raises(KindError, match="no field 'txt'; its fields are: id, text"):
        dedup(items, key="txt")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"report": []}, "report is a function to call with the report, or a path, not a list"),
        ({"processes": 0}, "processes is a number of processes from 1 on, not 0"),
        ({"keep": "best"}, "keep must be 'first', 'last' or 'longest', not 'best'"),
    ],
)
def test_a_wrong_option_is_told_before_the_work(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises((TypeError, ValueError), match=told):
        dedup(["a"], **wrong)


def test_a_report_may_go_to_a_new_folder(tmp_path: Path) -> None:
    dedup(["a", "A"], report=tmp_path / "reports" / "dedup.json")
    assert json.loads((tmp_path / "reports" / "dedup.json").read_text())["exact"] == 1
