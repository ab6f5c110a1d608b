from __future__ import annotations

import dataclasses
import json
from typing import Any

import datasets
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthlint.runtime import KindError, ProvenanceError, separate, tag, write_manifest

ROWS = [{"text": "Ein Satz über Öl", "n": 1}, {"text": "second", "n": 2}, {"text": "", "n": 3}]
VALUES = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=30)
RECORDS = st.dictionaries(st.text(min_size=1, max_size=8).filter(lambda k: k != "is_synthetic"), VALUES, max_size=4)


def as_rows(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, pd.DataFrame):
        return data.to_dict("records")
    if isinstance(data, pl.DataFrame):
        return data.to_dicts()
    if isinstance(data, pa.Table):
        return data.to_pylist()
    return [dict(r) for r in data]


KINDS = {
    "list": list,
    "tuple": tuple,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "arrow": pa.Table.from_pylist,
    "dataset": datasets.Dataset.from_list,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_back_as_it_was_with_the_tag_beside_the_content(kind: str) -> None:
    data = KINDS[kind](ROWS)
    tagged = tag(data, gen="m#1", parents=["seed-1"])
    assert type(tagged) is type(data)
    rows = as_rows(tagged)
    assert [{k: v for k, v in r.items() if k != "_provenance"} for r in rows] == ROWS
    assert all(r["_provenance"]["origin"] == "synthetic" and r["_provenance"]["gen"] == "m#1" for r in rows)
    assert [list(r["_provenance"]["parents"]) for r in rows] == [["seed-1"]] * 3
    assert "_provenance" not in as_rows(data)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_separate_gives_the_same_kind_and_a_missing_tag_is_unknown(kind: str) -> None:
    rows = [
        {**r, "_provenance": tag({"x": 1}, origin=o)["_provenance"]}
        for r, o in zip(ROWS, ("real", "synthetic", "mixed"), strict=True)
    ]
    rows.append({"text": "untagged", "n": 4, "_provenance": None})
    parts = separate(KINDS[kind](rows))
    assert all(type(p) is type(KINDS[kind](rows)) for p in parts)
    assert [[r["n"] for r in as_rows(p)] for p in parts] == [[1], [2, 3], [4]]
    untagged = separate(KINDS[kind](ROWS))
    assert (len(untagged.real), len(untagged.synthetic), len(untagged.unknown)) == (0, 0, 3)


def test_the_tag_is_lean_and_the_same_content_has_the_same_hash() -> None:
    one, two = tag([{"text": "Hello  World"}, {"text": "hello world", "_provenance": None}])
    assert set(one["_provenance"]) == {"v", "origin", "hash"}
    assert one["_provenance"]["hash"] == two["_provenance"]["hash"]
    assert tag({"text": "Hello World!"})["_provenance"]["hash"] != one["_provenance"]["hash"]


def test_iterators_are_read_as_they_are_consumed() -> None:
    seen = []

    def source() -> Any:
        for i in range(3):
            seen.append(i)
            yield {"text": str(i)}

    stream = tag(source())
    assert seen == []
    assert next(stream)["_provenance"]["origin"] == "synthetic"
    assert seen == [0]
    assert [len(p) for p in separate(tag(iter([{"a": 1}])))] == [0, 1, 0]


def test_tags_that_are_there_stay_and_edits_are_added() -> None:
    real = tag({"text": "a"}, origin="real")
    assert tag(real) == real
    edited = tag({**real, "text": "b"}, edits="pii-masked")["_provenance"]
    assert edited["origin"] == "real" and edited["edits"] == ["pii-masked"]
    assert edited["hash"] != real["_provenance"]["hash"]
    assert tag(real, overwrite=True)["_provenance"]["origin"] == "synthetic"


def test_augmented_records_name_their_parents() -> None:
    with pytest.raises(ProvenanceError, match="record 0: an augmented record needs parents"):
        tag([{"text": "a"}], origin="augmented")
    parent = tag({"text": "original"}, origin="real")
    child = tag({"text": "augmented", "of": "r7"}, origin="augmented", parents=[parent])
    assert child["_provenance"]["parents"] == [parent["_provenance"]["hash"]]
    by_field = tag({"text": "augmented", "of": "r7"}, origin="augmented", parents=lambda r: r["of"])
    assert by_field["_provenance"]["parents"] == ["r7"]


def test_gen_is_the_id_of_the_manifest_entry(tmp_path: Any) -> None:
    generator = {"provider": "openai", "model": "gpt-4o", "prompt": "Write one.", "api_key": "never kept"}
    path = tmp_path / "train.jsonl"
    record = tag({"text": "a"}, gen=generator)
    path.write_text(json.dumps(record) + "\n")
    assert record["_provenance"]["gen"] == write_manifest(path, generator=generator).generators[0]["id"]


@pytest.mark.parametrize("value", ["synthetic", '{"origin": "synthetic"}', "{'v': 1, 'origin': 'synthetic'}"])
def test_tags_that_went_through_csv_are_understood(value: str) -> None:
    frame = pd.DataFrame({"a": [1, 2], "_provenance": [value, None]})
    assert [len(p) for p in separate(frame)] == [0, 1, 1]


def test_is_synthetic_counts_where_there_is_no_tag() -> None:
    rows = [{"is_synthetic": True}, {"is_synthetic": False}, {"is_synthetic": "maybe"}]
    assert [len(p) for p in separate(rows)] == [1, 1, 1]


@pytest.mark.parametrize("data", ["text", 5, None, {1, 2}])
def test_data_without_fields_is_refused(data: Any) -> None:
    with pytest.raises(KindError, match="tag"):
        tag(data)
    with pytest.raises(KindError, match="record 0 is str"):
        tag(["a text"])


def test_unknown_origins_are_refused() -> None:
    with pytest.raises(ProvenanceError, match="one of real, synthetic, augmented, mixed"):
        tag({}, origin="fake")


@given(st.lists(st.tuples(RECORDS, st.sampled_from(["real", "synthetic", "mixed", None]))))
@settings(max_examples=150, deadline=None)
def test_separate_undoes_tag(pairs: list[tuple[dict[str, Any], str | None]]) -> None:
    rows = [{k: v for k, v in r.items() if k != "_provenance"} for r, _ in pairs]
    tagged = [tag(r, origin=o) if o else r for r, (_, o) in zip(rows, pairs, strict=True)]
    parts = separate(tagged)
    wanted = {"real": parts.real, "synthetic": parts.synthetic, "mixed": parts.synthetic, None: parts.unknown}
    for row, (_, origin) in zip(tagged, pairs, strict=True):
        assert any(row is kept for kept in wanted[origin])
    assert sum(map(len, parts)) == len(rows)
    assert all(
        repr({k: v for k, v in t.items() if k != "_provenance"}) == repr(r) for t, r in zip(tagged, rows, strict=True)
    )
    assert repr(tag(tagged)) == repr([t if "_provenance" in t else tag(t) for t in tagged])


@dataclasses.dataclass
class Item:
    text: str


def test_objects_become_mappings_with_a_tag() -> None:
    (tagged,) = tag([Item("a")])
    assert tagged["text"] == "a" and tagged["_provenance"] == tag({"text": "a"})["_provenance"]
    assert tag(Item("a")) == tagged
    assert separate([Item("a"), tagged]).unknown == [Item("a")]
    with pytest.raises(KindError, match=r"record 0 is str, which has no fields for a tag: make it"):
        separate(["plain"])
