from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthlint.runtime import DiversityError, KindError, measure_diversity


def only(report: Any) -> Any:
    (found,) = report.generations
    return found


def test_the_measures_are_what_they_say() -> None:
    found = only(measure_diversity(["a b c d", "a b c e", "A b C, d!", "x"]))
    assert found.distinct == pytest.approx((6 / 13, 4 / 9, 3 / 6, 2 / 3))
    assert found.repeats == 0.25
    assert (found.opening, found.opening_share) == ("a b c", 0.75)
    assert found.words == 13 / 4
    assert found.entropy == pytest.approx(
        -sum(p * math.log2(p) for p in (3 / 13, 3 / 13, 3 / 13, 2 / 13, 1 / 13, 1 / 13))
    )


def test_collapse_over_generations_is_told() -> None:
    first = [f"word{i} word{i + 1} word{i * 7 % 100} word{i * 3 % 50}" for i in range(200)]
    second = first[:100] * 2
    third = first[:10] * 20
    report = measure_diversity({"seed": first, "round 1": second, "round 2": third})
    values = [g.distinct[1] for g in report.generations]
    assert values[0] > values[1] > values[2]
    assert report.generations[0].nearest < report.generations[2].nearest
    assert "distinct-2 fell by" in str(report) and "from seed to round 2" in str(report)
    assert measure_diversity(first, second, third).generations[2].distinct == report.generations[2].distinct


def test_generations_are_compared_at_equal_size() -> None:
    texts = [f"a{i} b{i % 50} c{i % 20}" for i in range(1_000)]
    report = measure_diversity(texts, texts[:100])
    assert report.counted == 100 and [g.counted for g in report.generations] == [100, 100]
    assert not report.warnings


def test_a_common_opening_is_told() -> None:
    texts = [f"Sure, here is number {i}" for i in range(30)] + [f"{i} is another" for i in range(30)]
    assert "50 % of texts begin 'sure here is'" in str(measure_diversity(texts))


def test_a_check_can_raise() -> None:
    varied = [f"{i} is another one" for i in range(30)]
    report = measure_diversity(varied, strict=True)
    assert report.raise_for_status() is report
    with pytest.raises(DiversityError, match=r"begin 'sure here is' \(over 20%\)\. Vary the prompts") as error:
        measure_diversity([f"Sure, here is number {i}" for i in range(30)], strict=True)
    assert "\n" not in str(error.value) and error.value.result


def test_records_and_frames_are_read_without_their_provenance() -> None:
    rows = [{"q": f"ask {i}", "a": f"say {i}", "_provenance": {"origin": "synthetic"}} for i in range(20)]
    wanted = measure_diversity([f"say {i}" for i in range(20)]).to_dict()
    assert measure_diversity(rows, text="a").to_dict() == wanted
    assert measure_diversity(pd.DataFrame(rows), text="a").to_dict() == wanted
    assert measure_diversity(iter(rows), text=["a"]).to_dict() == wanted
    assert only(measure_diversity(rows)).words == 4
    with pytest.raises(KindError, match="has no field 'z'; it has q, a"):
        measure_diversity(rows, text="z")


@given(st.lists(st.none() | st.text(max_size=80) | st.floats() | st.lists(st.integers()), max_size=12))
@settings(deadline=None)
def test_any_list_gives_a_result(texts: list[Any]) -> None:
    report = measure_diversity(texts, seed=3)
    json.dumps(report.to_dict())
    assert measure_diversity(texts, seed=3) == report
    assert all(0 <= d <= 1 for d in only(report).distinct)


@pytest.mark.parametrize("data", ["text", 5, None])
def test_what_is_not_a_list_is_refused(data: Any) -> None:
    with pytest.raises(KindError):
        measure_diversity(data)


def test_it_needs_the_standard_library_alone() -> None:
    code = "import sys; from synthlint.runtime import *; measure_diversity(['a b', 'c d']); tag({'a': 1}); "
    code += "assert not {'numpy', 'scipy', 'sklearn', 'pandas'} & set(sys.modules), 'loaded'"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_library_is_named_with_its_extra() -> None:
    code = "import sys; sys.modules['numpy'] = None\nfrom synthlint.runtime import check_fidelity\n"
    code += "try: check_fidelity([1.0], [2.0])\nexcept ImportError as e: print(e)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert 'pip install "synthlint[' in done.stdout
