from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import mlcroissant
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthlint.runtime import (
    DatasetWriter,
    ProvenanceError,
    audit_memorization,
    check_fidelity,
    read_manifest,
    tag,
    write_manifest,
)

GENERATOR = {"provider": "openai", "model": "gpt-4o"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    rows = tag([{"text": f"row {i}", "n": i, "score": 0.5} for i in range(3)], gen=GENERATOR)
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return path


def test_it_is_written_right_beside_a_sink_and_leaves_the_data_alone(data: Path) -> None:
    before = data.read_bytes(), data.stat().st_mtime_ns
    manifest = write_manifest(data, generator=GENERATOR)
    assert (data.read_bytes(), data.stat().st_mtime_ns) == before
    assert sorted(p.name for p in data.parent.iterdir()) == ["train.jsonl", "train.jsonl.provenance.yaml"]
    assert manifest.count == 3
    assert manifest.files[0].sha256 == hashlib.sha256(before[0]).hexdigest()
    assert read_manifest(data) == read_manifest(f"{data}.provenance.yaml") == manifest
    assert "3 records made by openai/gpt-4o" in str(manifest)


def test_it_is_valid_croissant_whose_records_load(data: Path) -> None:
    manifest = write_manifest(
        data, generator=GENERATOR, sources=["org/seeds"], audit={"verdict": "no copying found at this size"}
    )
    (data.parent / "c.json").write_text(json.dumps(manifest.to_croissant()))
    dataset = mlcroissant.Dataset(jsonld=str(data.parent / "c.json"))
    assert not dataset.metadata.issues.errors
    assert str(dataset.metadata.ctx.conforms_to.value).endswith("1.1")
    assert [r["records/n"] for r in dataset.records("records")] == [0, 1, 2]
    document = json.loads(Path(f"{data}.provenance.yaml").read_text())
    assert document["prov:wasGeneratedBy"]["prov:wasAssociatedWith"][0]["prov:label"] == "openai/gpt-4o"
    assert document["recordSet"][0]["field"][0]["annotation"]["equivalentProperty"] == "prov:wasAttributedTo"
    assert document["rai:dataManipulationProtocol"].endswith("no copying found at this size")


def test_all_fields_come_back(data: Path) -> None:
    seeds = data.parent / "seeds.txt"
    seeds.write_text("a\n")
    manifest = write_manifest(
        data,
        generator="anthropic/claude-x",
        version="2026-08-01",
        parameters={"temperature": 1.0, "max_tokens": 64},
        prompt="Write a row.",
        target_count=5,
        sources=[seeds, {"name": "org/real", "revision": "abc"}],
        holdout="holdout.json",
        judge={"model": "judge-1"},
        audit=[1, None],
        generator_terms={"provider": "Anthropic", "terms": "https://example.org/terms"},
        created=datetime(2026, 1, 2, tzinfo=timezone.utc),
    )
    again = read_manifest(data)
    assert again == manifest
    entry = again.generators[0]
    assert (entry["provider"], entry["version"], entry["parameters"]["max_tokens"]) == ("anthropic", "2026-08-01", 64)
    assert (
        entry["prompt_hash"].startswith("blake2b:") and "Write a row" not in Path(f"{data}.provenance.yaml").read_text()
    )
    assert again.sources[0]["sha256"] == hashlib.sha256(b"a\n").hexdigest()
    assert (again.created, again.target_count, again.count) == ("2026-01-02T00:00:00Z", 5, 3)


def test_secrets_do_not_reach_the_file(data: Path) -> None:
    secret = {"api_key": "sk-1", "extra_headers": {"Authorization": "Bearer sk-1"}, "max_tokens": 5}
    write_manifest(data, generator={**GENERATOR, **secret}, parameters={"auth_token": "sk-1"})
    assert "sk-1" not in Path(f"{data}.provenance.yaml").read_text()
    assert read_manifest(data).generators[0]["max_tokens"] == 5


def test_generators_of_appended_rows_are_all_named(data: Path) -> None:
    write_manifest(data, generator="a/one")
    with data.open("a") as stream:
        stream.write('{"text": "more"}\n')
    write_manifest(data, generator="b/two")
    assert [g["model"] for g in read_manifest(data).generators] == ["one", "two"]
    data.write_text('{"text": "anew"}\n')
    assert [g["model"] for g in write_manifest(data, generator="b/two").generators] == ["two"]


def test_a_folder_is_described_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    for i in range(2):
        (folder / f"{i}.jsonl").write_text('{"a": 1}\n' * (i + 1))
    manifest = write_manifest(folder, generator="m")
    assert [f.name for f in manifest.files] == ["shards/0.jsonl", "shards/1.jsonl"]
    assert manifest.count == 3
    assert (tmp_path / "shards.provenance.yaml").exists()


def test_data_that_is_not_there_warns_and_does_not_raise(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="no such file"):
        manifest = write_manifest(tmp_path / "gone.parquet", generator="m", records=[1, 2])
    assert manifest.count == 2 and manifest.files == ()


def test_remote_data_warns_and_is_left_alone() -> None:
    with pytest.warns(UserWarning, match="not a local path") as caught:
        manifest = write_manifest("s3://bucket/train.jsonl", generator="m", count=3)
    assert len(caught) == 1 and manifest.count == 3 and not Path("s3:").exists()


def test_a_failed_write_leaves_the_earlier_manifest(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_manifest(data, generator="one")

    def broken(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        write_manifest(data, generator="two")
    assert read_manifest(data) == first
    assert len(list(data.parent.iterdir())) == 2


def test_the_card_has_the_hub_tags_and_names_the_model(data: Path) -> None:
    card = write_manifest(data, generator=GENERATOR, license="mit", sources=["org/seeds"]).card()
    front, text = card.split("---\n")[1:]
    assert '- "synthetic"' in front and '- "machine-generated"' in front and '- "org/seeds"' in front
    assert "openai/gpt-4o" in text


def test_what_is_not_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="write_manifest"):
        read_manifest(tmp_path / "x.jsonl")
    (tmp_path / "x.jsonl.provenance.yaml").write_text("[]")
    with pytest.raises(ProvenanceError, match="not a synthlint manifest"):
        read_manifest(tmp_path / "x.jsonl")
    (tmp_path / "x.jsonl").touch()
    with pytest.raises(TypeError, match="has no JSON form"):
        write_manifest(tmp_path / "x.jsonl", audit=object())


@given(JSON, st.text(max_size=20), st.lists(JSON.filter(lambda v: isinstance(v, str | dict)), max_size=3))
@settings(max_examples=60, deadline=None)
def test_it_round_trips(tmp_path_factory: Any, value: Any, model: str, sources: list[Any]) -> None:
    path = tmp_path_factory.mktemp("m") / "data.txt"
    path.write_bytes(b"\xff\x00")
    manifest = write_manifest(path, generator={"model": model}, audit=value, holdout=value, sources=sources)
    assert read_manifest(path) == manifest


def test_the_run_and_the_place_in_the_code_are_told(data: Path) -> None:
    manifest = write_manifest(data, generator=GENERATOR, seed=7, started="2026-01-02T00:00:00Z", created="2026-01-02")
    (run,) = manifest.runs
    assert manifest.generators[0]["seed"] == 7
    assert run["code"].startswith(("tests/runtime/test_manifest.py:", "test_manifest.py:"))
    assert (run["started"], run["ended"]) == ("2026-01-02T00:00:00Z", "2026-01-02")
    assert run["generators"] == [manifest.generators[0]["id"]]
    activity = manifest.to_croissant()["prov:wasGeneratedBy"]
    assert (activity["prov:atLocation"], activity["prov:startedAtTime"]) == (run["code"], run["started"])
    assert run["code"] in str(manifest) and run["code"] in manifest.card()
    assert read_manifest(data) == manifest


def test_runs_that_append_add_up_and_one_that_writes_often_counts_once(data: Path) -> None:
    for run in ("nightly-1", "nightly-1", "nightly-2"):
        with data.open("a") as stream:
            stream.write('{"text": "more"}\n')
        manifest = write_manifest(data, generator=f"m/{run}", run=run, code="make.py:3")
    assert [r["id"] for r in manifest.runs] == ["nightly-1", "nightly-2"]
    activities = manifest.to_croissant()["prov:wasGeneratedBy"]
    assert [a["@id"] for a in activities] == ["urn:synthlint:run:nightly-1", "urn:synthlint:run:nightly-2"]
    assert [len(a["prov:wasAssociatedWith"]) for a in activities] == [1, 1]


def test_a_writer_tells_when_and_where_it_was_opened(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path / "train.jsonl", generator=GENERATOR) as out:
        out.write({"text": "a"})
    (run,) = read_manifest(out.path).runs
    assert "test_manifest.py:" in run["code"] and run["started"] <= run["ended"]


def test_audits_are_told_in_the_terms_of_croissant(data: Path) -> None:
    texts = [f"record {i} of somebody with number {i * 7} and so on" for i in range(30)]
    memorization = audit_memorization([*texts[:5], "write to ann@corp.example"], [*texts[9:], "ann@corp.example wrote"])
    audit = {"memorization": memorization, "fidelity": check_fidelity([[1.0]] * 9, [[1.0]] * 9)}
    document = write_manifest(data, generator="m", audit=audit).to_croissant()
    told = document["rai:dataManipulationProtocol"]
    assert told.startswith("checked with synthlint: memorization: undecided; fidelity: ")
    assert document["rai:personalSensitiveInformation"].endswith("occurs in the source: 1 of 6 (undecided).")


def test_what_cannot_be_told_names_the_argument(data: Path) -> None:
    with pytest.raises(TypeError, match="judge: a object has no JSON form; give numbers"):
        write_manifest(data, judge={"model": object()})
    with pytest.raises(TypeError, match="records: a generator has no length; give the number of records as count="):
        write_manifest(data, records=(x for x in "ab"))
    path = Path(f"{data}.provenance.yaml")
    path.write_text(json.dumps({"sl:manifest": {"name": "x", "created": "now", "files": [{"name": "x"}]}}))
    with pytest.raises(ProvenanceError, match="entry is malformed"):
        read_manifest(data)
