"""What ``Holdout`` reserves, remembers and raises."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from synthlint.runtime import Holdout, HoldoutError, tag
from synthlint.runtime import _overlap as overlap
from synthlint.runtime._overlap import Copy, Measure, find_copies
from synthlint.runtime._text import shingles, words


def real_rows(count: int, seed: int = 0) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    vocabulary = [f"w{i}" for i in range(2_000)]
    return [{"patient": i // 3, "text": " ".join(rng.choices(vocabulary, k=25))} for i in range(count)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keep" / "holdout.jsonl"


@pytest.fixture(params=["numpy", "standard library"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "_NUMPY_FROM", 0 if request.param == "numpy" else 10**9)


class TestReserve:
    def test_about_the_share_and_nothing_lost(self, path: Path) -> None:
        rows = real_rows(1_000)
        rest, held = Holdout(path, share=0.2).reserve(rows)
        assert 150 < len(held) < 250
        assert sorted(map(json.dumps, rest + held)) == sorted(map(json.dumps, rows))
        assert [r for r in rows if r in rest] == rest

    def test_rows_keep_their_side_when_others_are_added(self, tmp_path: Path) -> None:
        rows = real_rows(600)
        _, few = Holdout(tmp_path / "a").reserve(rows[:300])
        _, all_of_them = Holdout(tmp_path / "b").reserve(rows[::-1])
        assert [r for r in rows[:300] if r in all_of_them] == few
        _, salted = Holdout(tmp_path / "c", salt="x").reserve(rows)
        assert salted != all_of_them

    def test_groups_stay_together(self, path: Path) -> None:
        rest, held = Holdout(path, share=0.3).reserve(real_rows(300), group="patient")
        assert {r["patient"] for r in rest}.isdisjoint(r["patient"] for r in held)

    def test_near_copies_of_reserved_rows_are_reserved_too(self, path: Path, engine: None) -> None:
        rows = real_rows(200)
        copies = [{"patient": 900 + i, "text": row["text"] + " indeed"} for i, row in enumerate(rows)]
        holdout = Holdout(path, key="text")
        rest, held = holdout.reserve(rows + copies)
        assert len(held) % 2 == 0
        assert holdout.check_training(rest)

    def test_frames_come_back_as_frames(self, path: Path) -> None:
        frame = pd.DataFrame(real_rows(200))
        rest, held = Holdout(path).reserve(frame)
        assert isinstance(held, pd.DataFrame)
        assert len(rest) + len(held) == 200

    def test_too_few_rows(self, path: Path) -> None:
        with pytest.raises(HoldoutError, match="reserves none of them; give more rows"):
            Holdout(path, share=0.0001).reserve(real_rows(3))
        with pytest.raises(HoldoutError, match="reserves none"):
            Holdout(path).reserve([])
        assert not path.exists()

    @pytest.mark.parametrize("options", [{"share": 0}, {"share": 1}, {"threshold": 0}])
    def test_parameters_out_of_range(self, path: Path, options: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=next(iter(options))):
            Holdout(path, **options)


class TestMemory:
    def test_another_script_knows_the_rows(self, path: Path) -> None:
        rest, held = Holdout(path).reserve(real_rows(300))
        later = Holdout(path)
        assert later.rows == held
        assert later.check_training(rest)
        with pytest.raises(HoldoutError):
            later.check_training(rest + held[:1])

    def test_reserving_again_adds_only_what_is_new(self, path: Path) -> None:
        rows = real_rows(600)
        Holdout(path).reserve(rows[:300])
        again = Holdout(path)
        before = len(again)
        again.reserve(rows[:300])
        assert len(again) == before
        again.reserve(rows)
        assert len(again) > before
        assert len(path.read_text().splitlines()) == len(again) + 1

    def test_another_split_is_refused(self, path: Path) -> None:
        Holdout(path).reserve(real_rows(300))
        with pytest.raises(HoldoutError, match=r"made with share=0.1"):
            Holdout(path, share=0.2)

    @pytest.mark.parametrize("content", ["", "[]\n", '{"a": 1}\n', '{"synthlint_holdout": 1', "\0"])
    def test_a_damaged_file_is_refused(self, path: Path, content: str) -> None:
        path.parent.mkdir()
        path.write_text(content)
        with pytest.raises(HoldoutError, match="not a holdout file, or is damaged"):
            Holdout(path)

    def test_a_newer_file_is_refused(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text('{"synthlint_holdout": 99}\n')
        with pytest.raises(HoldoutError, match="upgrade"):
            Holdout(path)

    def test_a_manifest_can_name_it(self, path: Path) -> None:
        holdout = Holdout(path)
        holdout.reserve(real_rows(200))
        said = json.loads(json.dumps(holdout.to_dict()))
        assert said["rows"] == len(holdout)
        assert said["path"] == "holdout.jsonl"


class TestChecks:
    @pytest.fixture
    def split(self, path: Path) -> tuple[Holdout, list[Any], list[Any]]:
        holdout = Holdout(path, key="text")
        rest, held = holdout.reserve(real_rows(500))
        return holdout, rest, held

    def test_training_with_an_edited_copy(self, split: Any, engine: None) -> None:
        holdout, rest, held = split
        leaked = {"text": held[3]["text"].rsplit(" ", 1)[0] + " changed"}
        with pytest.raises(HoldoutError, match=r"1 of \d+ training records repeat reserved rows: 7 \(= reserved row 3"):
            holdout.check_training([*rest[:7], leaked, *rest[7:]])
        report = holdout.check_training([leaked, *rest], strict=False)
        assert not report
        assert report.leaking_rows == [0]
        assert "near" in str(report)
        assert json.loads(json.dumps(report.to_dict()))["ok"] is False

    def test_prompts_with_a_reserved_row_as_example(self, path: Path, engine: None) -> None:
        rows = [r["text"] for r in real_rows(400)]
        holdout = Holdout(path)
        rest, held = holdout.reserve(rows)
        prompt = "Write a record like these:\n1. {}\n2. {}\nUse other words."
        assert holdout.check_prompts([prompt.format(a, b) for a, b in zip(rest[::2], rest[1::2], strict=False)])
        with pytest.raises(HoldoutError, match=r"rest only"):
            holdout.check_prompts([prompt.format(rest[0], held[2])])

    def test_prompts_of_records_with_several_fields(self, split: Any) -> None:
        holdout, _, held = split
        with pytest.raises(HoldoutError, match="contained"):
            holdout.check_prompts([f"Rewrite this: {held[0]['text']}"])

    def test_a_shared_template_is_no_leak(self, path: Path, engine: None) -> None:
        frame = "You are given the report of a patient and must answer with one word from this closed list of words"
        rows = [f"{frame} {r['text'][:9]} {i}" for i, r in enumerate(real_rows(300))]
        holdout = Holdout(path)
        rest, _ = holdout.reserve(rows)
        assert holdout.check_training(rest)
        assert holdout.check_training([f"{frame} v{i} u{i}" for i in range(200)])

    def test_evaluation_must_be_real(self, split: Any) -> None:
        holdout, rest, held = split
        assert holdout.check_evaluation(held, training=rest)
        with pytest.raises(HoldoutError, match=r'not known to be real \(records 1\).*origin="real"'):
            holdout.check_evaluation([held[0], {"text": "no tag at all"}])
        assert holdout.check_evaluation(tag([{"text": "a real one of another source"}], origin="real"))
        with pytest.raises(HoldoutError, match="not known to be real"):
            holdout.check_evaluation(tag([dict(held[0])], origin="synthetic"))

    def test_evaluation_that_overlaps_training(self, split: Any, engine: None) -> None:
        holdout, rest, held = split
        with pytest.raises(HoldoutError, match=r"1 of \d+ evaluation .* training rows: 5 \(= training row 0"):
            holdout.check_evaluation(held, training=[held[5], *rest])

    def test_rows_of_numbers(self, path: Path) -> None:
        rows = [{"a": i, "b": i * 0.5} for i in range(300)]
        holdout = Holdout(path)
        rest, held = holdout.reserve(rows)
        assert holdout.check_training(rest)
        assert holdout.check_training([*rest, held[0]], strict=False).copies == (Copy(len(rest), 0, 1.0, "exact"),)

    def test_nothing_reserved_yet(self, path: Path) -> None:
        with pytest.raises(HoldoutError, match="before generating"):
            Holdout(path).check_training(["x"])

    def test_nothing_to_check(self, split: Any) -> None:
        holdout = split[0]
        assert holdout.check_training([])
        assert holdout.check_prompts([])
        assert holdout.check_evaluation([], training=[])


SHORT = st.lists(st.lists(st.sampled_from("abcdef"), max_size=10).map(" ".join), max_size=10)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SHORT, SHORT, st.sampled_from([0.3, 0.7, 1.0]), st.booleans())
def test_copies_are_those_of_all_pairs_in_both_engines(
    reference: list[str], records: list[str], threshold: float, contained: bool
) -> None:
    measure = Measure(threshold, contained, None)
    expected = {
        (row, of)
        for row, text in enumerate(records)
        for of, source in enumerate(reference)
        if copies(text, source, measure)
    }
    for limit in (0, 10**9):
        overlap._NUMPY_FROM, before = limit, overlap._NUMPY_FROM
        try:
            found = {(c.row, c.of) for c in find_copies(reference, records, measure)}
        finally:
            overlap._NUMPY_FROM = before
        assert found == expected | first_equals(reference, records)


def copies(text: str, source: str, measure: Measure) -> bool:
    left, right = shingles(words(text)), shingles(words(source))
    if not left or not right or (measure.contained and len(right) < 4):
        return False
    return bool(measure.value(len(left & right), len(left), len(right)) >= measure.threshold - 1e-9)


def first_equals(reference: list[str], records: list[str]) -> set[tuple[int, int]]:
    """Each record with the first reference that has the same words."""
    first = {tuple(words(source)): of for of, source in reversed(list(enumerate(reference)))}
    return {(row, first[key]) for row, key in enumerate(map(tuple, map(words, records))) if key in first}
