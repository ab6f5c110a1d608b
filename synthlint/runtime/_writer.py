"""Records to a JSONL file, one paid call at a time, so that no crash loses or doubles one."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

from synthlint.runtime import _filelock
from synthlint.runtime._dedup import Deduplicator, DedupReport
from synthlint.runtime._errors import WriterError
from synthlint.runtime._files import sync_folder
from synthlint.runtime._records import Key, chooser, fields_of, json_form
from synthlint.runtime._runs import code_position

_READ = 1 << 20
_OTHER_FORMATS = (
    *(".csv", ".tsv", ".parquet", ".arrow", ".feather", ".xlsx", ".pkl"),
    *(".gz", ".bz2", ".xz", ".zst", ".zip"),
)
_BINARY = getattr(os, "O_BINARY", 0)  # Windows only


@dataclass(frozen=True)
class WriterReport:
    """What a :class:`DatasetWriter` did so far."""

    path: str
    rows: int
    """Records in the file, of all processes and earlier runs."""
    written: int
    """Records that this writer added."""
    resumed: int
    """Records that were there when it opened."""
    already_there: int
    """Calls of ``write`` whose key was in the file."""
    duplicates: int
    """Calls of ``write`` whose record repeats another."""
    repaired_bytes: int
    """Length of a last line that an earlier process did not finish, which was cut off."""
    finished: bool
    """Whether the file has its final name."""
    dedup: DedupReport | None = None

    def __str__(self) -> str:
        state = "finished" if self.finished else f"unfinished, continues in {self.path}.partial"
        lines = [f"{self.path}: {self.rows} records ({self.resumed} resumed, {self.written} written now), {state}"]
        if self.already_there or self.duplicates:
            lines.append(f"  not written: {self.already_there} already there, {self.duplicates} duplicates")
        if self.repaired_bytes:
            lines.append(f"  cut off {self.repaired_bytes} bytes of a line that a crash left unfinished")
        if self.dedup is not None:
            lines.append(f"  duplicates by: {self.dedup.definition}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "dedup"}
        return {**plain, "dedup": self.dedup.to_dict() if self.dedup else None}

    def raise_for_status(self) -> WriterReport:
        """This report; raises :class:`WriterError` if the file does not have its final name yet."""
        if not self.finished:
            raise WriterError(
                f"{self.path} is not finished: {self.rows} records are in {self.path}.partial. Run the program again; "
                "DatasetWriter continues there and gives the file its name at the end",
                self,
            )
        return self


class DatasetWriter:
    """A JSONL file that grows by one whole line a record and gets its name when the block ends well.

    >>> with DatasetWriter("train.jsonl", key="prompt_id", dedup=True) as out:      # doctest: +SKIP
    ...     for prompt in prompts:
    ...         if prompt.id not in out:            # paid for in an earlier run
    ...             out.write({"prompt_id": prompt.id, "text": ask(prompt)})

    Records go to ``<path>.partial``. When ``write`` returns, its line is with the operating system, so that a
    crash or ``kill -9`` of the process cannot lose it (with ``fsync=True``, nor can a power failure). A line that
    was cut off in the middle is removed when the next writer opens or writes. When the block ends without an
    error the file is renamed to ``path``; after an error it stays, and the next run continues there.

    Threads share one writer; processes open one each on the same path, and the last to leave finishes the
    file. Keys and duplicates are checked across all of them. In ``async`` code use ``async with`` and ``awrite``.

    Parameters
    ----------
    path
        The final file.
    key
        Field, fields or function of a record that identifies it: a record whose key is there is not written.
    dedup
        True, or a :class:`Deduplicator`, to leave out records that repeat another one.
    tag
        True, or keyword arguments of :func:`synthlint.runtime.tag`, to add ``_provenance`` to each record.
    generator
        Model name or generator entry for the tags and the manifest.
    manifest
        Write ``<path>.provenance.yaml`` at the end; keyword arguments of :func:`write_manifest` add to it.
    resume
        False starts anew: an unfinished file is discarded, and a finished one replaced at the end. By default
        both are continued; a finished one stays as it is until the new one is complete.
    fsync
        Wait for the disk in every ``write``; threads share the wait.

    Raises
    ------
    WriterError
        The path is a folder or has the ending of another format, the unfinished file is damaged, a record is not
        JSON, or the writer is closed.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        key: Key = None,
        dedup: bool | Deduplicator = False,
        tag: bool | Mapping[str, Any] = False,
        generator: Any = None,
        manifest: bool | Mapping[str, Any] = True,
        resume: bool = True,
        fsync: bool = False,
    ) -> None:
        self.path = Path(path)
        self._check_path()
        self._partial = self.path.with_name(self.path.name + ".partial")
        self._lock_path = self.path.with_name(self.path.name + ".lock")
        self._choose = chooser(key) if key is not None else None
        self._dedup = dedup if isinstance(dedup, Deduplicator) else Deduplicator() if dedup else None
        self._tag = {} if tag is True else tag or None
        self._generator, self._manifest, self._fsync = generator, manifest, fsync
        self._keys: set[str] = set()
        self._rows = self._written = self._resumed = self._already_there = self._duplicates = self._repaired = 0
        self._end = self._synced = 0
        self._finished = self._broken = False
        self._open(resume)
        self._resumed = self._rows
        self._code, self._started = code_position(), datetime.now(timezone.utc)

    def _check_path(self) -> None:
        if self.path.is_dir():
            raise WriterError(f"{self.path} is a folder; give the path of a file in it, such as train.jsonl")
        if self.path.suffix.lower() in _OTHER_FORMATS:
            fitting = self.path.name.partition(".")[0] + ".jsonl"
            raise WriterError(f"DatasetWriter writes JSON Lines: give a path like {fitting}, not {self.path.name}")

    # -- writing

    def write(self, record: Any) -> bool:
        """Append a record; False if its key is there already or it repeats another.

        record: anything JSON can hold; also numpy scalars, dates, dataclasses, pydantic models.
        """
        self._after_fork()
        with self._threads:
            self._check_open()
            with _filelock.alone(self._file):
                self._catch_up()
                line = self._new_line(record)
                if line is None:
                    return False
                end = self._append(line)
        if self._fsync:
            self._sync(end)
        return True

    def write_many(self, records: Iterable[Any]) -> int:
        """Append records one by one as they come; how many were written."""
        return sum(self.write(record) for record in records)

    async def awrite(self, record: Any) -> bool:
        """:meth:`write` in a thread, so that the event loop goes on."""
        return await asyncio.to_thread(self.write, record)

    def __contains__(self, key: Any) -> bool:
        """Whether a record with this key is in the file."""
        self._after_fork()
        with self._threads:
            if self._choose is None:
                raise WriterError("the writer has no key; open it with DatasetWriter(path, key=...)")
            if self._file >= 0 and os.fstat(self._file).st_size != self._end:
                with _filelock.alone(self._file):
                    self._catch_up()
            return _identity(key) in self._keys

    def __len__(self) -> int:
        """Records in the file."""
        return self._rows

    @property
    def report(self) -> WriterReport:
        """What was done so far."""
        return WriterReport(
            str(self.path),
            self._rows,
            self._written,
            self._resumed,
            self._already_there,
            self._duplicates,
            self._repaired,
            self._finished,
            self._dedup.report if self._dedup else None,
        )

    def _new_line(self, record: Any) -> bytes | None:
        """The line of a record that is new, and then its key and content are remembered."""
        key = None if self._choose is None else _identity(self._choose(record))
        if key in self._keys:
            self._already_there += 1
            return None
        line = self._line(record)  # before it is remembered: a record that has no line must not be
        if self._dedup is not None and not self._dedup.is_new(record):
            self._duplicates += 1
            return None
        if key is not None:
            self._keys.add(key)
        return line

    def _line(self, record: Any) -> bytes:
        if self._tag is not None:
            from synthlint.runtime._provenance import tag

            record = tag(fields_of(record), **{"gen": self._generator, **self._tag})
        try:
            text = json.dumps(record, ensure_ascii=False, allow_nan=False, default=json_form)
        except (TypeError, ValueError, RecursionError) as error:
            raise WriterError(
                f"a record cannot be written as JSON: {error}. Use None for missing numbers, and plain types",
                record,
            ) from error
        try:
            return text.encode() + b"\n"
        except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form; JSON can escape it
            return json.dumps(record, allow_nan=False, default=json_form).encode() + b"\n"

    def _append(self, line: bytes) -> int:
        try:
            done = 0
            while done < len(line):
                done += os.write(self._file, line[done:])
        except BaseException:
            self._broken = True
            raise
        self._end += len(line)
        self._rows += 1
        self._written += 1
        return self._end

    def _sync(self, end: int) -> None:
        with self._disk:
            if self._synced >= end or self._file < 0:
                return
            reached = self._end
            os.fsync(self._file)
            self._synced = reached

    def _check_open(self) -> None:
        if self._broken:
            raise WriterError(f"an earlier write to {self._partial} failed; open a new DatasetWriter to continue")
        if self._file < 0:
            raise WriterError(f"the writer of {self.path} is closed; open a new one to add records")

    # -- what others wrote

    def _catch_up(self) -> None:
        """Take in what other processes appended, and cut off a line that one of them did not finish."""
        size = os.fstat(self._file).st_size
        if size == self._end:
            return
        rest = b""
        place = self._end
        while place < size:
            os.lseek(self._file, place, os.SEEK_SET)
            data = os.read(self._file, min(_READ, size - place))
            place += len(data)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._take_in(line)
        if rest:
            os.ftruncate(self._file, size - len(rest))
            self._repaired += len(rest)
        self._end = size - len(rest)

    def _take_in(self, line: bytes) -> None:
        self._rows += 1
        if self._choose is None and self._dedup is None:
            return
        try:
            record = json.loads(line)
        except ValueError as error:
            raise WriterError(
                f"line {self._rows} of {self._partial} is not JSON ({error}); repair it, or start anew with "
                "resume=False"
            ) from error
        if self._choose is not None:
            self._keys.add(_identity(self._choose(record)))
        if self._dedup is not None:
            self._dedup.is_new(record)

    # -- opening and finishing

    def _open(self, resume: bool) -> None:
        self._process = os.getpid()
        self._threads = threading.RLock()
        self._disk = threading.Lock()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._hold, self._file = self._join(resume)
        try:
            with _filelock.alone(self._file):
                self._catch_up()
        except BaseException:
            self._leave()
            raise

    def _join(self, resume: bool) -> tuple[int, int]:
        """Hold the lock file together with the other processes that write now, and open the unfinished file.

        The last writer removes the lock file when it finishes, so after each wait look whether it still counts.
        """
        while True:
            hold = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o666)
            if _filelock.take_alone(hold) and _filelock.is_at(hold, self._lock_path):
                self._prepare(resume)
                resume = True
            _filelock.share(hold)
            if _filelock.is_at(hold, self._lock_path) and self._partial.exists():
                return hold, os.open(self._partial, os.O_RDWR | os.O_APPEND | _BINARY)
            os.close(hold)

    def _prepare(self, resume: bool) -> None:
        """As the only process: the unfinished file, new, left by a crash, or a copy of the finished one."""
        if not resume:
            self._partial.unlink(missing_ok=True)
        elif self.path.exists() and not self._partial.exists():
            copy = self._partial.with_name(self._partial.name + ".copy")
            shutil.copyfile(self.path, copy)
            copy.replace(self._partial)
        self._partial.touch()

    def _after_fork(self) -> None:
        """A forked child takes its own locks; what it knows of the file stays valid."""
        if os.getpid() == self._process:
            return
        if self._dedup is not None:
            self._dedup.renew_lock()
        if self._file >= 0:
            os.close(self._file)
            os.close(self._hold)
            self._open(resume=True)

    def close(self, *, finish: bool = True) -> WriterReport:
        """Give the file its name and write the manifest; with ``finish=False`` leave it to be continued.

        While other processes still write, the last of them finishes. Closing twice does nothing.
        """
        with self._threads:
            if self._file >= 0:
                with _filelock.alone(self._file):
                    if not self._broken:
                        self._catch_up()
                    os.fsync(self._file)
                self._leave(finish and not self._broken)
        return self.report

    def _leave(self, finish: bool = False) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if finish and _filelock.take_alone(self._hold) and self._partial.exists():
            self._partial.replace(self.path)
            sync_folder(self.path.parent)
            self._finished = True
            self._write_manifest()
            self._lock_path.unlink(missing_ok=True)
        os.close(self._hold)

    def _write_manifest(self) -> None:
        if self._manifest is False:
            return
        from synthlint.runtime._manifest import write_manifest

        given = {} if self._manifest is True else dict(self._manifest)
        if self._dedup is not None and "audit" not in given:
            report = self._dedup.report
            given["audit"] = {"dedup": {"definition": report.definition, "exact": report.exact, "near": report.near}}
        known = {"generator": self._generator, "count": self._rows, "code": self._code, "started": self._started}
        write_manifest(self.path, **{**known, **given})

    def __enter__(self) -> DatasetWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(finish=kind is None)

    async def __aenter__(self) -> DatasetWriter:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.close, finish=kind is None)


def _identity(key: Any) -> str:
    """A key as it will be after a round trip through the file."""
    return json.dumps(key, sort_keys=True, default=json_form)
