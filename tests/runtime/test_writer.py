"""What ``DatasetWriter`` leaves on disk: after a good end, after an error, after kill -9 at any moment."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthlint.runtime import DatasetWriter, Deduplicator, KindError, WriterError

ROUNDS = int(os.environ.get("SYNTHLINT_CRASH_ROUNDS", "10"))
FORK = multiprocessing.get_context("fork")
STORY = "the old lighthouse keeper counted twelve grey ships before the storm took the light away"


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "train.jsonl"


class TestEnd:
    def test_a_good_end_gives_the_file_its_name(self, path: Path) -> None:
        with DatasetWriter(path) as out:
            assert out.write({"text": "a"})
            assert not path.exists()
        assert rows(path) == [{"text": "a"}]
        assert sorted(p.name for p in path.parent.iterdir()) == ["train.jsonl", "train.jsonl.provenance.yaml"]
        assert out.report.finished
        assert "1 records (0 resumed, 1 written now), finished" in str(out.report)
        out.report.raise_for_status()

    def test_an_error_keeps_what_was_written_for_the_next_run(self, path: Path) -> None:
        with pytest.raises(ZeroDivisionError), DatasetWriter(path, key="id") as out:
            out.write({"id": 1})
            raise ZeroDivisionError
        assert not path.exists()
        with pytest.raises(WriterError, match="continues there"):
            out.report.raise_for_status()
        with DatasetWriter(path, key="id") as out:
            assert 1 in out
            assert 2 not in out
            assert not out.write({"id": 1})
            assert out.write({"id": 2})
        assert rows(path) == [{"id": 1}, {"id": 2}]
        assert (out.report.resumed, out.report.already_there) == (1, 1)

    def test_a_finished_file_is_continued_and_untouched_until_then(self, path: Path) -> None:
        with DatasetWriter(path, key="id") as out:
            out.write({"id": 1})
        with DatasetWriter(path, key="id") as out:
            assert out.write_many([{"id": 1}, {"id": 2}]) == 1
            assert rows(path) == [{"id": 1}]
        assert rows(path) == [{"id": 1}, {"id": 2}]

    def test_start_anew(self, path: Path) -> None:
        with DatasetWriter(path) as out:
            out.write({"id": 1})
        with DatasetWriter(path, resume=False) as out:
            out.write({"id": 2})
            assert rows(path) == [{"id": 1}]
        assert rows(path) == [{"id": 2}]

    def test_closed_means_closed(self, path: Path) -> None:
        out = DatasetWriter(path)
        out.close()
        out.close()
        with pytest.raises(WriterError, match="closed"):
            out.write({})

    def test_keys_need_a_key(self, path: Path) -> None:
        with DatasetWriter(path) as out, pytest.raises(WriterError, match="key="):
            assert 1 in out

    def test_keys_are_compared_as_they_are(self, path: Path) -> None:
        with DatasetWriter(path, key=["a", "b"]) as out:
            for a, b in [("x", 1), ("X", 1), ("x", "1"), ("x", 1)]:
                out.write({"a": a, "b": b})
            assert ("x", 1) in out
        assert len(rows(path)) == 3

    def test_a_record_without_the_key(self, path: Path) -> None:
        with DatasetWriter(path, key="id") as out, pytest.raises(KindError, match="no field 'id'"):
            out.write({"text": "a"})


class TestContent:
    def test_what_json_has_no_form_for(self, path: Path) -> None:
        @dataclasses.dataclass
        class Row:
            day: datetime.date
            score: Any

        record = Row(datetime.date(2026, 1, 2), np.float64(0.5))
        with DatasetWriter(path) as out:
            out.write({"row": record, "list": np.arange(2), "set": {"b", "a"}, "path": Path("x")})
            out.write("line\nbreak \u2028 é \ud800")
        assert rows(path) == [
            {"row": {"day": "2026-01-02", "score": 0.5}, "list": [0, 1], "set": ["a", "b"], "path": "x"},
            "line\nbreak \u2028 é \ud800",
        ]

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1j}])
    def test_a_record_that_cannot_be_written_leaves_no_trace(self, path: Path, value: Any) -> None:
        with DatasetWriter(path, key="id", dedup=True) as out:
            with pytest.raises(WriterError, match="cannot be written as JSON"):
                out.write({"id": 1, "text": STORY, "value": value})
            assert out.write({"id": 1, "text": STORY})
        assert len(rows(path)) == 1

    def test_duplicates_are_left_out_also_of_earlier_runs(self, path: Path) -> None:
        with DatasetWriter(path, dedup=True) as out:
            assert out.write({"text": STORY, "id": 1})
            assert not out.write({"text": STORY.upper(), "id": 2})
        with DatasetWriter(path, dedup=Deduplicator(threshold=0.6)) as out:
            assert not out.write({"text": STORY.replace("twelve", "nine"), "id": 3})
            assert out.report.duplicates == 1
            assert "Jaccard >= 0.6" in str(out.report)
        assert [r["id"] for r in rows(path)] == [1]

    def test_tags_and_manifest(self, path: Path) -> None:
        model = {"model": "m-1", "version": "2026-01"}
        with DatasetWriter(path, tag=True, generator=model, dedup=True, manifest={"target_count": 3}) as out:
            out.write({"text": STORY})
            out.write({"text": STORY})
        [record] = rows(path)
        assert record["_provenance"]["origin"] == "synthetic"
        manifest = path.with_name("train.jsonl.provenance.yaml").read_text()
        assert record["_provenance"]["gen"] in manifest
        assert "m-1" in manifest
        assert "Jaccard" in manifest

    def test_no_manifest(self, path: Path) -> None:
        with DatasetWriter(path, manifest=False) as out:
            out.write({})
        assert [p.name for p in path.parent.iterdir()] == ["train.jsonl"]


class TestDamage:
    def test_a_torn_line_is_cut_off(self, path: Path) -> None:
        path.parent.mkdir()
        path.with_name("train.jsonl.partial").write_bytes(b'{"id": 1}\n{"id": 2, "te')
        with DatasetWriter(path, key="id") as out:
            assert out.write({"id": 2})
        assert rows(path) == [{"id": 1}, {"id": 2}]
        assert out.report.repaired_bytes == 13
        assert "cut off 13 bytes" in str(out.report)

    def test_a_line_torn_by_another_process_meanwhile(self, path: Path) -> None:
        with DatasetWriter(path, key="id") as out:
            out.write({"id": 1})
            with path.with_name("train.jsonl.partial").open("ab") as other:
                other.write(b'{"id": 5}\n{"id": 6')
            assert not out.write({"id": 5})
            assert out.write({"id": 6})
        assert rows(path) == [{"id": 1}, {"id": 5}, {"id": 6}]

    def test_a_damaged_line_is_named(self, path: Path) -> None:
        path.parent.mkdir()
        partial = path.with_name("train.jsonl.partial")
        partial.write_bytes(b'{"id": 1}\n\0\0\0\n')
        with pytest.raises(WriterError, match=r"line 2 of .*resume=False"):
            DatasetWriter(path, key="id")
        assert partial.read_bytes() == b'{"id": 1}\n\0\0\0\n'

    def test_a_failed_write_closes_the_writer(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        out = DatasetWriter(path, key="id")
        out.write({"id": 1})
        real = os.write

        def full(descriptor: int, data: bytes) -> int:
            if len(data) < 12:
                raise OSError(28, "No space left on device")
            return real(descriptor, data[:3])

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            out.write({"id": 2, "text": "abc"})
        monkeypatch.undo()
        with pytest.raises(WriterError, match="earlier write"):
            out.write({"id": 3})
        out.close()
        with DatasetWriter(path, key="id") as out:
            assert 2 not in out
            out.write({"id": 2})
        assert rows(path) == [{"id": 1}, {"id": 2}]


class TestTogether:
    @pytest.mark.parametrize("fsync", [False, True])
    def test_threads(self, path: Path, fsync: bool) -> None:
        with DatasetWriter(path, key="id", fsync=fsync) as out:
            workers = [
                threading.Thread(target=lambda: [out.write({"id": i, "text": "x" * 50}) for i in range(60)])
                for _ in range(8)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        assert sorted(r["id"] for r in rows(path)) == list(range(60))

    def test_processes_that_open_it_themselves(self, path: Path) -> None:
        workers = [FORK.Process(target=write_range, args=(path, 200)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [w.exitcode for w in workers] == [0] * 4
        assert sorted(r["id"] for r in rows(path)) == list(range(200))
        assert sorted(p.name for p in path.parent.iterdir()) == ["train.jsonl", "train.jsonl.provenance.yaml"]

    def test_forked_children_of_an_open_writer(self, path: Path) -> None:
        with DatasetWriter(path, key="id", dedup=True) as out:
            out.write({"id": 0})
            children = [FORK.Process(target=out.write_many, args=([{"id": i} for i in range(40)],)) for _ in range(3)]
            for child in children:
                child.start()
            for child in children:
                child.join()
            assert [c.exitcode for c in children] == [0] * 3
            assert not out.write({"id": 39})
        assert sorted(r["id"] for r in rows(path)) == list(range(40))

    def test_async(self, path: Path) -> None:
        async def main() -> None:
            async with DatasetWriter(path, key="id") as out:
                await asyncio.gather(*(out.awrite({"id": i % 30}) for i in range(90)))

        asyncio.run(main())
        assert sorted(r["id"] for r in rows(path)) == list(range(30))

    def test_an_error_in_async_keeps_the_rows(self, path: Path) -> None:
        async def main() -> None:
            async with DatasetWriter(path) as out:
                await out.awrite({"id": 1})
                raise TimeoutError

        with pytest.raises(TimeoutError):
            asyncio.run(main())
        assert rows(path.with_name("train.jsonl.partial")) == [{"id": 1}]


def write_range(path: Path, count: int) -> None:
    with DatasetWriter(path, key="id") as out:
        for i in range(count):
            out.write({"id": i, "text": "y" * 40})


CRASHING = """
import os, sys, threading
from synthlint.runtime import DatasetWriter
out = DatasetWriter(sys.argv[1], key="id", manifest=False)
acknowledged = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
first, count = int(sys.argv[3]), int(sys.argv[4])
def work(worker):
    for i in range(first + worker, first + count, 8):
        if out.write({"id": i, "text": chr(97 + i % 26) * (i * 37 % 3000)}):
            os.write(acknowledged, b"%d\\n" % i)
workers = [threading.Thread(target=work, args=(w,)) for w in range(8)]
print("go", flush=True)
[w.start() for w in workers]
[w.join() for w in workers]
out.close(finish=len(sys.argv) > 5)
"""


def test_kill_nine_at_random_moments(path: Path, tmp_path: Path) -> None:
    """No record is lost that ``write`` returned for, none is doubled, no line is torn."""
    rng = random.Random(11)
    partial, acknowledged, first = path.with_name("train.jsonl.partial"), tmp_path / "acknowledged", 0
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", CRASHING, str(path), str(acknowledged), str(first), "9999999"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.random() * 0.12)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert process.returncode == -signal.SIGKILL
        promised = {int(line) for line in acknowledged.read_text().split()}
        whole = partial.read_bytes().rpartition(b"\n")[0].split(b"\n")
        there = [json.loads(line)["id"] for line in whole if line]
        assert promised <= set(there)
        assert len(there) == len(set(there))
        first = max(0, max(there, default=0) - 2_000)
    last = [sys.executable, "-c", CRASHING, str(path), str(acknowledged), "0", str(first + 4_000), "finish"]
    subprocess.run(last, check=True, stdout=subprocess.DEVNULL)
    final = rows(path)
    assert sorted(r["id"] for r in final) == list(range(max(first + 4_000, len(final))))
    assert all(len(r["text"]) == r["id"] * 37 % 3000 for r in final)


@dataclasses.dataclass
class Item:
    id: int
    text: str


def test_objects_can_be_keyed_compared_and_tagged(path: Path) -> None:
    with DatasetWriter(path, key="id", dedup=True, tag=True) as out:
        assert [out.write(Item(i, text)) for i, text in [(1, STORY), (1, "x"), (2, STORY.upper()), (3, "y")]] == [
            *(True, False, False, True)
        ]
    assert [(r["id"], r["_provenance"]["origin"]) for r in rows(path)] == [(1, "synthetic"), (3, "synthetic")]


@pytest.mark.parametrize("name", ["train.csv", "train.parquet", "train.jsonl.gz"])
def test_only_json_lines_are_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(WriterError, match=r"writes JSON Lines: give a path like train.*\.jsonl"):
        DatasetWriter(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(WriterError, match="is a folder; give the path of a file"):
        DatasetWriter(tmp_path / "data")
    assert [p.name for p in tmp_path.iterdir()] == ["data"]
