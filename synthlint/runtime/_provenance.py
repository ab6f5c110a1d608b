"""Tags that say where a record comes from, and their use to tell real records from generated ones.

A tag is a small field beside the content, never inside the text:
`{"v": 1, "origin": "synthetic", "gen": "gpt-4o#1f0c2a9b", "parents": […], "hash": "…", "edits": […]}`, with
`gen`, `parents` and `edits` only where there is something to say. `gen` names an entry of the manifest.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from synthlint.runtime._errors import KindError, ProvenanceError
from synthlint.runtime._records import fields_of
from synthlint.runtime._text import content_hash

FIELD = "_provenance"
VERSION = 1
ORIGINS = ("real", "synthetic", "augmented", "mixed")
Parents = str | Iterable[Any] | Callable[[Mapping[str, Any]], Any]
T = TypeVar("T")


class Separated(NamedTuple):
    """What `separate` gives, each part of the kind that was put in."""

    real: Any
    synthetic: Any
    unknown: Any

    def __str__(self) -> str:
        return f"{len(self.real):,} real, {len(self.synthetic):,} synthetic, {len(self.unknown):,} of unknown origin"


def tag(
    records: T,
    *,
    origin: str = "synthetic",
    gen: str | Mapping[str, Any] | None = None,
    parents: Parents = (),
    edits: str | Sequence[str] = (),
    overwrite: bool = False,
) -> T:
    """Add the field `_provenance` to one record or to many, and give back the same kind.

    records: a mapping, a list or tuple of mappings, an iterator of them (read lazily), a pandas or Polars
        frame, an Arrow table, or a `datasets.Dataset`. What was given is not changed; dataclasses and
        pydantic models become mappings.
    origin: `real`, `synthetic`, `augmented` (made from one real record: needs parents) or `mixed`.
    gen: id of a generator entry in the manifest, or that entry itself, whose id is then computed as
        `write_manifest` does.
    parents: ids or hashes of what each record was made from; or records, whose hashes are taken; or a
        function from a record to these.
    edits: what was done to the content afterwards, e.g. `"pii-masked"`.
    overwrite: replace tags that are there. By default they stay, and only `edits` are added to them.

    Raises: ProvenanceError for an unknown origin, or an augmented record without parents; KindError for data
        that has no fields, such as plain strings.
    """
    if origin not in ORIGINS:
        raise ProvenanceError(f"origin {origin!r}: one of {', '.join(ORIGINS)}")
    label = _Label(origin, _generator(gen), parents, [edits] if isinstance(edits, str) else list(edits), overwrite)
    return _map_kind(records, label)  # type: ignore[no-any-return]


def separate(records: Any) -> Separated:
    """Split records by their tag into real, synthetic and unknown, in order.

    Takes what `tag` takes, and gives three of the same kind (lists for an iterator). A record without a tag
    is *unknown*, never real; augmented and mixed records count as synthetic. Tags may also be plain strings
    (`_provenance="synthetic"`) or JSON, as they come back from CSV; `is_synthetic` counts where there is no
    `_provenance`.

    Raises: KindError for data that has no fields.
    """
    kind = _kind(records)
    if kind == "mapping":
        return _separate_rows([records], list)
    if kind in ("list", "tuple", "iterator", "stream"):
        return _separate_rows(records, tuple if kind == "tuple" else list)
    names = _column_names(records, kind)
    columns = {name: _column(records, name, kind) for name in (FIELD, "is_synthetic") if name in names}
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    sides = [side_of(row) for row in rows] if columns else [2] * len(records)
    return Separated(*(_take(records, [i for i, s in enumerate(sides) if s == group], kind) for group in range(3)))


def origin_of(record: Mapping[str, Any]) -> str | None:
    """The origin that the tag of a record states; None where it states none."""
    value = _parse_tag(record.get(FIELD))
    origin = value.get("origin") if isinstance(value, Mapping) else value
    if isinstance(origin, str) and origin.lower() in ORIGINS:
        return origin.lower()
    flag = record.get("is_synthetic")
    if FIELD not in record and isinstance(flag, bool | int) and flag in (0, 1):
        return "synthetic" if flag else "real"
    return None


def side_of(record: Mapping[str, Any]) -> int:
    """0 real, 1 synthetic, 2 unknown."""
    origin = origin_of(record)
    return 2 if origin is None else int(origin != "real")


class _Label:
    def __init__(self, origin: str, gen: str | None, parents: Parents, edits: list[str], overwrite: bool) -> None:
        self.origin, self.gen, self.edits, self.overwrite = origin, gen, edits, overwrite
        self.find_parents = parents if callable(parents) else None
        self.parents = () if callable(parents) else _parent_ids(parents)

    def __call__(self, record: Mapping[str, Any], position: object) -> Any:
        present = record.get(FIELD)
        if present is not None and present == present and not self.overwrite:
            return self._edited(present, record)
        parents = _parent_ids(self.find_parents(record)) if self.find_parents else self.parents
        if self.origin == "augmented" and not parents:
            raise ProvenanceError(f"{position}: an augmented record needs parents: what was it made from?")
        return _lean(self.origin, self.gen, parents, content_hash(record), self.edits)

    def _edited(self, present: Any, record: Mapping[str, Any]) -> Any:
        value = _parse_tag(present)
        if not self.edits or not isinstance(value, Mapping):
            return present
        edits = [*(value.get("edits") or ()), *self.edits]
        known = str(value.get("origin")), value.get("gen"), tuple(value.get("parents") or ())
        return {**value, **_lean(*known, content_hash(record), edits)}


def _lean(origin: str, gen: str | None, parents: Sequence[str], digest: str, edits: Sequence[str]) -> dict[str, Any]:
    full = {"gen": gen, "parents": list(parents), "hash": digest, "edits": list(edits)}
    return {"v": VERSION, "origin": origin, **{k: v for k, v in full.items() if v}}


def _generator(gen: str | Mapping[str, Any] | None) -> str | None:
    if gen is None or isinstance(gen, str):
        return gen
    from synthlint.runtime._generators import entry_id

    return entry_id(gen)


def _parent_ids(parents: Any) -> tuple[str, ...]:
    if parents is None:
        return ()
    if isinstance(parents, str | int | Mapping) or fields_of(parents) is not parents:
        parents = (parents,)
    return tuple(_parent_id(p) for p in parents)


def _parent_id(parent: Any) -> str:
    parent = fields_of(parent)
    if not isinstance(parent, Mapping):
        return str(parent)
    value = _parse_tag(parent.get(FIELD))
    known = value.get("hash") if isinstance(value, Mapping) else None
    return str(known or content_hash(parent))


def _parse_tag(value: Any) -> Any:
    """A tag as it was written; CSV keeps it as JSON or as the text of a Python dict."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value


# --------------------------------------------------------------------------------------- kinds of data
def _kind(records: Any) -> str:
    if isinstance(fields_of(records), Mapping) and not hasattr(records, "column_names"):
        return "mapping"
    if isinstance(records, list | tuple):
        return "list" if isinstance(records, list) else "tuple"
    package = type(records).__module__.partition(".")[0]
    name = type(records).__name__
    if (package, name) in _FRAMES:
        return _FRAMES[package, name]
    if isinstance(records, Iterator):
        return "iterator"
    raise KindError(
        f"cannot tag {name}: give a mapping, a list or iterator of mappings, a pandas or Polars frame, "
        'an Arrow table or a datasets.Dataset (plain text: {"text": …} for each)'
    )


_FRAMES = {
    ("pandas", "DataFrame"): "pandas",
    ("polars", "DataFrame"): "polars",
    ("pyarrow", "Table"): "arrow",
    ("datasets", "Dataset"): "dataset",
    ("datasets", "IterableDataset"): "stream",
}


def _map_kind(records: Any, label: _Label) -> Any:
    kind = _kind(records)
    if kind == "mapping":
        return _tagged(records, label, "the record")
    if kind == "stream":
        return records.map(lambda row, i: _tagged(row, label, f"record {i}"), with_indices=True)
    if kind == "iterator":
        return (_tagged(r, label, f"record {i}") for i, r in enumerate(records))
    if kind in ("list", "tuple"):
        rows = [_tagged(r, label, f"record {i}") for i, r in enumerate(records)]
        return rows if kind == "list" else tuple(rows)
    tags = [label(row, f"row {i}") for i, row in enumerate(_rows(records, kind))]
    return _with_column(records, tags, kind)


def _tagged(record: Any, label: _Label, position: str) -> dict[str, Any]:
    fields = _mapping(record, position)
    return {**fields, FIELD: label(fields, position)}


def _mapping(record: Any, position: str) -> Mapping[str, Any]:
    fields = fields_of(record)
    if not isinstance(fields, Mapping):
        raise KindError(
            f'{position} is {type(record).__name__}, which has no fields for a tag: make it {{"text": …}} first'
        )
    return fields


def _separate_rows(records: Iterable[Any], make: Callable[[list[Any]], Any]) -> Separated:
    groups: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for position, record in enumerate(records):
        groups[side_of(_mapping(record, f"record {position}"))].append(record)
    return Separated(*(make(g) for g in groups))


def _rows(records: Any, kind: str) -> Iterable[Mapping[str, Any]]:
    if kind == "pandas":
        names = list(records.columns)
        return (dict(zip(names, row, strict=True)) for row in records.itertuples(index=False, name=None))
    if kind == "polars":
        return records.iter_rows(named=True)  # type: ignore[no-any-return]
    if kind == "arrow":
        return (row for batch in records.to_batches(max_chunksize=1000) for row in batch.to_pylist())
    return (dict(row) for row in records)


def _column_names(records: Any, kind: str) -> list[str]:
    return list(records.column_names if kind in ("arrow", "dataset") else records.columns)


def _column(records: Any, name: str, kind: str) -> list[Any]:
    column = records[name]
    if kind == "arrow":
        return column.to_pylist()  # type: ignore[no-any-return]
    return column.to_list() if kind == "polars" else list(column)


def _take(records: Any, rows: list[int], kind: str) -> Any:
    if kind == "pandas":
        return records.iloc[rows]
    if kind == "polars":
        return records[rows]
    if kind == "arrow":
        import pyarrow

        return records.take(pyarrow.array(rows, type=pyarrow.int64()))
    return records.select(rows)


def _with_column(records: Any, tags: list[Any], kind: str) -> Any:
    if kind == "pandas":
        import pandas

        return records.assign(**{FIELD: pandas.Series(tags, index=records.index, dtype=object)})
    tags = [_parse_tag(t) for t in tags]
    tags = [t if isinstance(t, Mapping) else {"v": VERSION, "origin": t} for t in tags]
    full = [{k: t.get(k, d) for k, d in _EMPTY.items()} for t in tags]
    if kind == "polars":
        import polars

        return records.with_columns(polars.Series(FIELD, full, dtype=_polars_type(polars)))
    if kind == "arrow":
        return _arrow_with(records, full)
    return _dataset_with(records, full)


_EMPTY: dict[str, Any] = {"v": VERSION, "origin": None, "gen": None, "parents": [], "hash": None, "edits": []}


def _polars_type(polars: Any) -> Any:
    texts = polars.List(polars.String)
    kinds = (polars.Int64, polars.String, polars.String, texts, polars.String, texts)
    return polars.Struct(dict(zip(_EMPTY, kinds, strict=True)))


def _arrow_type() -> Any:
    import pyarrow as pa

    kinds = (pa.int64(), pa.string(), pa.string(), pa.list_(pa.string()), pa.string(), pa.list_(pa.string()))
    return pa.struct(list(zip(_EMPTY, kinds, strict=True)))


def _arrow_with(table: Any, full: list[dict[str, Any]]) -> Any:
    import pyarrow

    column = pyarrow.array(full, type=_arrow_type())
    place = table.column_names.index(FIELD) if FIELD in table.column_names else None
    return table.append_column(FIELD, column) if place is None else table.set_column(place, FIELD, column)


def _dataset_with(dataset: Any, full: list[dict[str, Any]]) -> Any:
    import datasets

    kept = dataset.remove_columns(FIELD) if FIELD in dataset.column_names else dataset
    return kept.add_column(FIELD, full, feature=datasets.Features.from_arrow_schema(_schema())[FIELD])


def _schema() -> Any:
    import pyarrow

    return pyarrow.schema([(FIELD, _arrow_type())])
