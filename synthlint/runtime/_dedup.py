"""Removal of repeated records: exact copies and near-duplicates, in lists, tables and streams."""

from __future__ import annotations

import json
import logging
import os
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar, overload

from synthlint.runtime._digests import DigestTable
from synthlint.runtime._errors import DuplicateError, KindError, StateError
from synthlint.runtime._kinds import is_stream, open_kind
from synthlint.runtime._records import Key, chooser, comparable_text, identity_fields, with_fields
from synthlint.runtime._state import from_bytes, read_state, to_bytes, write_state
from synthlint.runtime._stream import FINGERPRINT, Shingler, StreamJoin, Wordless, join_batch
from synthlint.runtime._text import content_digest, is_provenance_key

Preset: TypeAlias = Literal["edits", "loose", "exact"]
Keep: TypeAlias = Literal["first", "last", "longest"]
Data = TypeVar("Data")

_SHINGLE = {"edits": 3, "loose": 1, "exact": 0}
_NUMPY_FROM = 1_000  # records; below, loading numpy takes longer than the work
_SHOWN = 5
_log = logging.getLogger("synthlint.runtime")


@dataclass(frozen=True)
class Rule:
    """What counts as a repeat. Checked on construction; ``str()`` is the definition that reports print."""

    threshold: float = 0.7
    preset: Preset = "edits"
    boilerplate: float | None = 0.02

    def __post_init__(self) -> None:
        if self.preset not in _SHINGLE:
            raise ValueError(f"preset must be 'edits', 'loose' or 'exact', not {self.preset!r}")
        if not 0.0 < self.threshold <= 1.0:
            raise ValueError(f"threshold is a Jaccard similarity in (0, 1], not {self.threshold!r}")
        if self.boilerplate is not None and not 0.0 < self.boilerplate <= 1.0:
            raise ValueError(f"boilerplate is a share of the rows in (0, 1], or None, not {self.boilerplate!r}")

    @property
    def n(self) -> int:
        """Words in a shingle; 0 when only exact copies count."""
        return _SHINGLE[self.preset]

    def __str__(self) -> str:
        if self.preset == "exact":
            return "same text after NFKC, casefold, removal of invisible characters and runs of white space"
        unit = "single words" if self.n == 1 else f"word {self.n}-grams"
        changed = int((60 - self.n + 1) * (1 - self.threshold) / (self.n * (1 + self.threshold)) + 1e-9)
        common = "all of them count"
        if self.boilerplate is not None:
            common = f"those in over {100 * self.boilerplate:g} % of the rows (and over 10 rows) do not count"
        return (
            "exact: same words in the same order (case, punctuation and Unicode form aside); near: Jaccard >= "
            f"{self.threshold:g} of {unit}, about {changed} of 60 words changed; {common}"
        )


class Repeat(NamedTuple):
    """A record that repeats an earlier one."""

    row: int
    """Number of the record, from 0."""
    of: int
    """The first record that it repeats by the definition; it may itself repeat an earlier one."""
    kept: int
    """The record that stays for the whole class."""
    similarity: float
    """Jaccard similarity of ``row`` and ``of``, 1.0 for exact copies."""
    how: Literal["exact", "near"]


class RepeatTable(Sequence[Repeat]):
    """Repeats in compact form: 33 bytes each, so that a stream can keep them all."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._similarity = array("d")
        self._near = bytearray()

    def append(self, repeat: Repeat) -> None:
        """Add a repeat at the end."""
        self._numbers.extend(repeat[:3])
        self._similarity.append(repeat.similarity)
        self._near.append(repeat.how == "near")

    def __len__(self) -> int:
        return len(self._near)

    @overload
    def __getitem__(self, index: int) -> Repeat: ...
    @overload
    def __getitem__(self, index: slice) -> list[Repeat]: ...
    def __getitem__(self, index: int | slice) -> Repeat | list[Repeat]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        i = range(len(self))[index]
        row, of, kept = self._numbers[3 * i : 3 * i + 3]
        return Repeat(row, of, kept, self._similarity[i], "near" if self._near[i] else "exact")

    @property
    def near(self) -> int:
        """How many are near-duplicates rather than exact copies."""
        return sum(self._near)


@dataclass(frozen=True)
class DedupReport:
    """What was removed, why, and by which definition."""

    definition: str
    rows: int
    exact: int
    near: int
    repeats: Sequence[Repeat] = field(repr=False)
    ignored_fields: tuple[str, ...] = ()
    boilerplate_shingles: int = 0
    mostly_boilerplate: int = 0
    """Different records of which at most a tenth counts; look at them with ``boilerplate=None``."""
    capped: int = 0
    """Records whose search was cut short, which may repeat something all the same."""
    sketched: int = 0
    """Records compared with MinHash candidates only: a repeat at similarity 0.7 is found 97.5 % of the time."""

    @property
    def kept(self) -> int:
        """Records that stay."""
        return self.rows - self.exact - self.near

    @property
    def share(self) -> float:
        """Share of the records that were removed, 0 to 1."""
        return (self.exact + self.near) / self.rows if self.rows else 0.0

    def __str__(self) -> str:
        lines = [
            f"{self.kept} of {self.rows} records kept; {self.exact} exact copies and {self.near} "
            f"near-duplicates removed ({self.share:.1%})",
            f"  definition: {self.definition}",
            *self._notes(),
        ]
        for repeat in self.repeats[:_SHOWN]:
            lines.append(f"  row {repeat.row} repeats row {repeat.of} ({repeat.how}, {repeat.similarity:.2f})")
        if len(self.repeats) > _SHOWN:
            lines.append(f"  ... and {len(self.repeats) - _SHOWN} more in .repeats")
        return "\n".join(lines)

    def _notes(self) -> Iterator[str]:
        if self.ignored_fields:
            yield f"  fields left out of the comparison: {', '.join(self.ignored_fields)}"
        if self.boilerplate_shingles:
            yield f"  {self.boilerplate_shingles} shingles are boilerplate"
        if self.mostly_boilerplate:
            yield (
                f"  {self.mostly_boilerplate} records are boilerplate to nine tenths: if they should differ, "
                "compare them whole with boilerplate=None"
            )
        if self.sketched:
            yield (
                f"  {self.sketched} records were compared with candidates from MinHash (20 x 5) only, which finds "
                "97.5 % of the pairs at 0.7 and all but 0.04 % at 0.8"
            )
        if self.capped:
            yield f"  incomplete: the search was cut short for {self.capped} records; raise threshold"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; ``repeats`` is a list of ``[row, of, kept, similarity, how]``."""
        return {
            "definition": self.definition,
            "rows": self.rows,
            "kept": self.kept,
            "exact": self.exact,
            "near": self.near,
            "ignored_fields": list(self.ignored_fields),
            "boilerplate_shingles": self.boilerplate_shingles,
            "mostly_boilerplate": self.mostly_boilerplate,
            "capped": self.capped,
            "sketched": self.sketched,
            "repeats": [list(r) for r in self.repeats],
        }

    def raise_for_status(self, max_share: float = 0.2) -> DedupReport:
        """This report; raises :class:`DuplicateError` if more than ``max_share`` of the records were repeats.

        The default is where the audit of synthlint reports an error for near-duplicates (SYN201).
        """
        if self.share > max_share:
            named = ", ".join(f"{r.row} (of {r.of})" for r in self.repeats[:_SHOWN])
            raise DuplicateError(
                f"{self.share:.1%} of {self.rows} records repeat others, more than the {max_share:.1%} allowed; "
                f"rows {named}{', ...' if len(self.repeats) > _SHOWN else ''}. Vary the prompts or raise the "
                "temperature of the generator, or allow more with max_share.",
                self,
            )
        return self


ReportTo: TypeAlias = "Callable[[DedupReport], object] | str | os.PathLike[str] | None"


def dedup(
    records: Data,
    *,
    key: Key = None,
    threshold: float = 0.7,
    preset: Preset = "edits",
    boilerplate: float | None = 0.02,
    keep: Keep = "first",
    report: ReportTo = None,
    processes: int | None = None,
) -> Data:
    """The records without those that repeat another, in the same order and of the same kind.

    Parameters
    ----------
    records
        List, tuple, iterator, numpy array, pandas or Polars frame or series, Arrow table, ``datasets.Dataset``.
        Of an iterator the result is an iterator that answers record by record (see :class:`Deduplicator`).
    key
        What to compare: a field, several, a function of the record; by default all fields but those that hold
        provenance (``_provenance`` ...) or identity (``id``, ``uuid``, ``timestamp`` ...).
    threshold
        Jaccard similarity from which on two texts are near-duplicates.
    preset
        ``"edits"`` compares runs of three words (0.7: about 3 of 60 words changed), ``"loose"`` single words
        (reordered and reworded texts too), ``"exact"`` whole normalised texts only.
    boilerplate
        Runs of words in more than this share of the different records (and in more than 10) do not count:
        records made from one template are not copies of each other. ``None`` counts them.
    keep
        Which of a class stays: ``"first"``, ``"last"`` or the ``"longest"`` text.
    report
        What to do with the :class:`DedupReport`: a function to call with it (``print``), or a path to write it
        to as JSON. It is logged in any case (logger ``synthlint.runtime``, level INFO).
    processes
        Processes that cut the texts into words; worth it from a few hundred thousand records on.

    A record is removed if an earlier one (in the order that ``keep`` says) is near it, be that one kept or not;
    what is kept is therefore pairwise different, deduplicating again changes nothing, and every class keeps
    exactly one. Rows without text (numbers, categories) are removed only when they are equal.
    With numpy about 100,000 texts of 60 words a second, without about 16,000; both give the same result.

    Raises
    ------
    KindError
        The data is of no supported kind, or has no field ``key``.
    ValueError
        A parameter is out of range.
    """
    rule = Rule(threshold, preset, boilerplate)
    _check_options(keep, report, processes)
    if is_stream(records):
        stream: Data = _dedup_stream(records, rule, key, keep, report)
        return stream
    opened = open_kind(records)
    repeats = _find(opened.records, rule, key, keep, processes or 1)
    _deliver(repeats, report)
    gone = {repeat.row for repeat in repeats.repeats}
    kept: Data = opened.take([i for i in range(len(opened.records)) if i not in gone])
    return kept


def _dedup_stream(records: Any, rule: Rule, key: Key, keep: Keep, report: ReportTo) -> Any:
    if keep != "first":
        raise KindError(f"keep={keep!r} needs all records at once; pass list(records), or keep='first'")

    def passed() -> Iterator[Any]:
        deduplicator = Deduplicator(key=key, threshold=rule.threshold, preset=rule.preset, boilerplate=rule.boilerplate)
        yield from deduplicator.filter(records)
        _deliver(deduplicator.report, report)

    if isinstance(records, Iterator):
        return passed()
    return type(records).from_generator(passed)


def _check_options(keep: Keep, report: ReportTo, processes: int | None) -> None:
    if keep not in ("first", "last", "longest"):
        raise ValueError(f"keep must be 'first', 'last' or 'longest', not {keep!r}")
    if not (report is None or callable(report) or isinstance(report, (str, os.PathLike))):
        raise TypeError(f"report is a function to call with the report, or a path, not a {type(report).__name__}")
    if processes is not None and processes < 1:
        raise ValueError(f"processes is a number of processes from 1 on, not {processes!r}")


def _deliver(result: DedupReport, report: ReportTo) -> None:
    level = logging.WARNING if result.capped else logging.INFO
    if _log.isEnabledFor(level):
        _log.log(level, "%s", result)
    if report is None:
        return
    if callable(report):
        report(result)
    else:
        Path(report).parent.mkdir(parents=True, exist_ok=True)
        Path(report).write_text(json.dumps(result.to_dict()), encoding="utf-8")


def _find(records: Sequence[Any], rule: Rule, key: Key, keep: Keep, processes: int) -> DedupReport:
    """All repeats of a list of records, by row number."""
    contents = with_fields(records) if key is None else list(map(chooser(key), records))
    order = _order(contents, keep)
    ordered = contents if order is None else [contents[i] for i in order]
    found = _Batch(ordered, rule, processes)
    table = RepeatTable()
    for repeat in sorted(found.repeats(order)):
        table.append(repeat)
    return DedupReport(
        str(rule),
        len(records),
        len(table) - table.near,
        table.near,
        table,
        _ignored(contents),
        found.boilerplate,
        found.mostly_boilerplate,
        found.capped,
        found.sketched,
    )


def _order(contents: Sequence[Any], keep: Keep) -> list[int] | None:
    """The order in which records count as earlier; None for the given one."""
    if keep == "first":
        return None
    if keep == "last":
        return list(range(len(contents)))[::-1]
    return sorted(range(len(contents)), key=lambda i: -len(comparable_text(contents[i]) or ""))


def _ignored(contents: Sequence[Any]) -> tuple[str, ...]:
    first = contents[0] if len(contents) else None
    if not isinstance(first, dict):
        return ()
    left_out = identity_fields(first)
    return tuple(sorted(str(k) for k in first if is_provenance_key(k) or k in left_out))


class _Batch:
    """Earliest matches of a list: texts by the join, everything without words by digest."""

    def __init__(self, contents: Sequence[Any], rule: Rule, processes: int) -> None:
        self.boilerplate = self.mostly_boilerplate = self.capped = self.sketched = 0
        self._of: dict[int, tuple[int, float, bool]] = {}
        texts = [None] * len(contents) if rule.n == 0 else [comparable_text(c) for c in contents]
        rows = [i for i, text in enumerate(texts) if text is not None]
        present = [text for text in texts if text is not None]
        use_numpy = len(present) >= _NUMPY_FROM and find_spec("numpy") is not None
        join = self._with_numpy if use_numpy else self._without_numpy
        wordless = join(present, rows, rule, processes) if present else []
        untexted = [i for i, text in enumerate(texts) if text is None]
        self._by_digest(contents, sorted(chain(wordless, untexted)))

    def _with_numpy(self, texts: list[str], rows: list[int], rule: Rule, processes: int) -> list[int]:
        from synthlint.runtime._batch import find_repeats

        found = find_repeats(texts, rule.n, rule.threshold, rule.boilerplate, processes)
        hits = (found.of >= 0).nonzero()[0]
        columns = (hits, found.of[hits], found.similarity[hits], found.same_words[hits])
        for i, of, similarity, same in zip(*(c.tolist() for c in columns), strict=True):
            self._of[rows[i]] = (rows[of], similarity, same)
        self.boilerplate, self.capped, self.sketched = found.boilerplate, found.capped, found.sketched
        self.mostly_boilerplate = found.mostly_boilerplate
        return [rows[i] for i in found.wordless.tolist()]

    def _without_numpy(self, texts: list[str], rows: list[int], rule: Rule, processes: int) -> list[int]:
        join = StreamJoin(rule.threshold, rule.boilerplate)
        numbers, wordless = array("q"), []
        for row, match in zip(rows, join_batch(texts, Shingler(rule.n), join), strict=True):
            if isinstance(match, Wordless):
                wordless.append(row)
                continue
            if match is not None:
                self._of[row] = (numbers[match.row], match.similarity, match.same_words)
            if match is None or not match.same_words:
                numbers.append(row)
        self.boilerplate, self.capped = len(join.boilerplate), join.capped
        self.mostly_boilerplate = join.mostly_boilerplate
        return wordless

    def _by_digest(self, contents: Sequence[Any], rows: list[int]) -> None:
        table = DigestTable()
        for row in rows:
            first = table.add(content_digest(contents[row], identity_fields(contents[row])), row)
            if first >= 0:
                self._of[row] = (first, 1.0, True)

    def repeats(self, order: list[int] | None) -> Iterator[Repeat]:
        """Repeats by original row number, each with the record that stays for its class."""
        root: dict[int, int] = {}
        for row, (of, similarity, same) in sorted(self._of.items()):
            root[row] = root.get(of, of)
            how: Literal["exact", "near"] = "exact" if same else "near"
            if order is None:
                yield Repeat(row, of, root[row], similarity, how)
            else:
                yield Repeat(order[row], order[of], order[root[row]], similarity, how)


class Deduplicator:
    """Answers for one record after another whether it repeats an earlier one. Threads may share it.

    Parameters are those of :func:`dedup`. What is boilerplate is learned from the records so far (after 16, 64,
    256, 1,024 and 4,096 different ones) and then fixed, so a stream can differ from a list in its first rows;
    with ``boilerplate=None`` both remove the same. Memory: about 2 kB a record of 60 words, and about 40 bytes
    a record with ``preset="exact"``.

    >>> seen = Deduplicator()
    >>> [seen.is_new(text) for text in ("One record.", "Another.", "one  RECORD")]
    [True, True, False]
    """

    def __init__(
        self,
        *,
        key: Key = None,
        threshold: float = 0.7,
        preset: Preset = "edits",
        boilerplate: float | None = 0.02,
    ) -> None:
        self.rule = Rule(threshold, preset, boilerplate)
        self._key = key
        self._choose = chooser(key)
        self._lock = threading.RLock()
        self._shingle = Shingler(self.rule.n or 1)
        self._join = StreamJoin(threshold, boilerplate)
        self._digests = DigestTable()
        self._numbers = array("q")  # row of each record in the join
        self._roots = array("q")  # the row that stays for it
        self._rows = 0
        self._repeats = RepeatTable()
        self._ignored: tuple[str, ...] = ()

    def add(self, record: Any) -> Repeat | None:
        """Remember a record; what it repeats, or None if it is new."""
        content = self._choose(record)
        text = comparable_text(content) if self.rule.n else None
        shingles = self._shingle(text) if text is not None else None
        with self._lock:
            if self._rows == 0:
                self._ignored = _ignored([content])
            if shingles is not None and shingles.grams:
                repeat = self._add_text(shingles)
            else:
                repeat = self._add_digest(content_digest(content, identity_fields(content)))
            self._rows += 1
            if repeat is not None:
                self._repeats.append(repeat)
        return repeat

    def _add_text(self, shingles: Any) -> Repeat | None:
        row = self._rows
        match = self._join.add(shingles)
        root = row if match is None else self._roots[match.row]
        if match is None or not match.same_words:
            self._numbers.append(row)
            self._roots.append(root)
        if match is None:
            return None
        how: Literal["exact", "near"] = "exact" if match.same_words else "near"
        return Repeat(row, self._numbers[match.row], root, match.similarity, how)

    def _add_digest(self, digest: bytes) -> Repeat | None:
        row = self._rows
        first = self._digests.add(digest, row)
        return None if first < 0 else Repeat(row, first, first, 1.0, "exact")

    def is_new(self, record: Any) -> bool:
        """Remember a record; True unless it repeats an earlier one."""
        return self.add(record) is None

    def filter(self, records: Iterable[Any]) -> Iterator[Any]:
        """The records that are new, as they come; none is held back."""
        return (record for record in records if self.add(record) is None)

    def renew_lock(self) -> None:
        """For a forked child, where a thread that does not exist any more may hold the lock."""
        self._lock = threading.RLock()

    def __len__(self) -> int:
        """Records seen so far."""
        return self._rows

    @property
    def report(self) -> DedupReport:
        """What was found so far."""
        with self._lock:
            near = self._repeats.near
            return DedupReport(
                str(self.rule),
                self._rows,
                len(self._repeats) - near,
                near,
                self._repeats,
                self._ignored,
                len(self._join.boilerplate),
                self._join.mostly_boilerplate,
                self._join.capped,
            )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything that later answers depend on; :meth:`load` continues from there.

        The list of repeats found so far is not part of it. The file is replaced as a whole.
        """
        with self._lock:
            join = self._join
            header = {
                "kind": "Deduplicator",
                "threshold": self.rule.threshold,
                "preset": self.rule.preset,
                "boilerplate": self.rule.boilerplate,
                "key": "function" if callable(self._key) else self._key,
                "rows": self._rows,
                "learning": join.learning,
                "fingerprint": FINGERPRINT,
            }
            write_state(path, header, self._sections())

    def _sections(self) -> dict[str, bytes]:
        join = self._join
        return {
            "numbers": to_bytes(self._numbers),
            "roots": to_bytes(self._roots),
            "sequences": to_bytes(join.first_with),
            "lengths": to_bytes(map(len, join.rows)),
            "grams": b"".join(map(to_bytes, join.rows)),
            "boilerplate": to_bytes(sorted(join.boilerplate)),
            "common": to_bytes(chain.from_iterable(sorted(join.common.items()))),
            "digests": b"".join(self._digests.entries()),
        }

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, key: Key = None) -> Deduplicator:
        """Continue from a saved state. ``key`` is needed only if it was a function.

        Raises
        ------
        StateError
            The file is damaged, from a newer version, or from an interpreter that hashes differently.
        """
        header, sections = read_state(path, "Deduplicator")
        if header["fingerprint"] != FINGERPRINT:
            raise StateError(f"{path} was saved by an interpreter that hashes differently; build it anew")
        if header["key"] == "function" and not callable(key):
            raise StateError(f"{path} was made with key=<function>; pass the same function to load(..., key=...)")
        loaded = cls(
            key=key if key is not None else header["key"],
            threshold=header["threshold"],
            preset=header["preset"],
            boilerplate=header["boilerplate"],
        )
        loaded._restore(header, sections)
        return loaded

    def _restore(self, header: dict[str, Any], sections: dict[str, bytes]) -> None:
        self._rows = header["rows"]
        self._numbers, self._roots = from_bytes(sections["numbers"]), from_bytes(sections["roots"])
        self._digests = DigestTable.from_entries(sections["digests"])
        join, grams, start = self._join, from_bytes(sections["grams"]), 0
        rows = []
        for length in from_bytes(sections["lengths"]):
            rows.append(grams[start : start + length])
            start += length
        common = from_bytes(sections["common"])
        join.learning = header["learning"]
        join.first_with = {sequence: row for row, sequence in enumerate(from_bytes(sections["sequences"]))}
        join.restore(rows, from_bytes(sections["boilerplate"]), dict(zip(common[::2], common[1::2], strict=True)))
