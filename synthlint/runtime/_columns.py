"""Several data sets as columns of the same kinds: numbers, categories and texts.

What is compared has to be read the same way on every side, so the kind of a column is decided from all
sides together. Fields that say where a record comes from, and row ids, are left out and named in the notes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from synthlint.runtime._errors import KindError
from synthlint.runtime._stats import numpy, some
from synthlint.runtime._text import IDENTITY_KEYS, content_text, is_provenance_key

Array = Any
TEXT = "text"  # name of the column that plain strings become
TEXT_WORDS = 6  # strings of at least so many words on average, mostly distinct, are texts
EPOCH = dt.datetime(1970, 1, 1)


class Frame(NamedTuple):
    """One data set. Every array has `rows` entries."""

    rows: int
    numeric: dict[str, Array]  # float64; NaN where missing or not finite
    category: dict[str, Array]  # str objects; None where missing
    text: dict[str, list[str]]


class Loaded(NamedTuple):
    frames: dict[str, Frame]
    notes: list[str]


def load(
    named: Mapping[str, Any], columns: Sequence[str] | None = None, text: str | Sequence[str] | None = None
) -> Loaded:
    """Read data sets (None is skipped) into frames with the same columns.

    columns: the only columns to read; text: columns to read as texts whatever they look like.
    Raises: KindError when a side has no columns, or the sides have none in common.
    """
    raw = {side: _raw(data, side) for side, data in named.items() if data is not None}
    texts = [text] if isinstance(text, str) else list(text or ())
    names, notes = _common(raw, [*columns, *(t for t in texts if t not in columns)] if columns else None)
    frames = {side: Frame(len_of(sides), {}, {}, {}) for side, sides in raw.items()}
    for name in names:
        values = {side: sides[name] for side, sides in raw.items()}
        plain = all(type(s) is _Plain for s in raw.values())
        _place(frames, name, values, "text" if plain or name in texts else None)
    return Loaded(frames, notes)


class _Raw(dict[str, Any]):
    """Columns by name, and the number of rows (there may be no columns)."""

    rows = 0


class _Plain(_Raw):
    """The one column that a list of strings becomes."""


def len_of(raw: _Raw) -> int:
    return raw.rows


# ------------------------------------------------------------------------------------- kinds of data
def _raw(data: Any, side: str) -> _Raw:
    package = type(data).__module__.partition(".")[0]
    if package == "numpy" and hasattr(data, "ndim"):
        return _from_array(data, side)
    if hasattr(data, "column_names"):  # Arrow, datasets
        return _filled(_Raw, {str(c): _arrow_values(data[c]) for c in data.column_names}, len(data))
    if hasattr(data, "columns") and hasattr(data, "shape"):  # pandas, Polars
        return _filled(_Raw, {str(c): data[c].to_numpy() for c in data.columns}, len(data))
    if isinstance(data, str | bytes) or not hasattr(data, "__iter__"):
        raise KindError(f"{side}: {type(data).__name__} is not a data set; give a list, a frame or a Dataset")
    if isinstance(data, Mapping):
        return _from_mapping(data, side)
    return _from_rows(list(data), side)


def _filled(kind: type[_Raw], columns: Mapping[str, Any], rows: int) -> _Raw:
    raw = kind(columns)
    raw.rows = rows
    return raw


def _arrow_values(column: Any) -> Any:
    return column.to_pylist() if hasattr(column, "to_pylist") else list(column)


def _from_array(data: Any, side: str) -> _Raw:
    if data.ndim == 1:
        return _from_rows(data.tolist(), side)
    if data.ndim != 2:
        raise KindError(f"{side}: an array of {data.ndim} dimensions; give rows by columns")
    return _filled(_Raw, {f"column {i}": data[:, i] for i in range(data.shape[1])}, len(data))


def _from_mapping(data: Mapping[Any, Any], side: str) -> _Raw:
    lengths = {len(v) for v in data.values() if isinstance(v, list | tuple) or hasattr(v, "shape")}
    if len(lengths) != 1 or any(isinstance(v, str) or not hasattr(v, "__len__") for v in data.values()):
        raise KindError(f"{side}: a mapping is read as columns of equal length; put one record in a list")
    return _filled(_Raw, {str(k): v for k, v in data.items()}, lengths.pop())


def _from_rows(rows: list[Any], side: str) -> _Raw:
    kinds = {_row_kind(r) for r in rows}
    if kinds <= {"str", "missing"}:
        return _filled(_Plain, {TEXT: rows}, len(rows))
    if kinds == {"mapping"}:
        names = dict.fromkeys(str(k) for r in rows for k in r)
        return _filled(_Raw, {n: [r.get(n) for r in rows] for n in names}, len(rows))
    if kinds <= {"number", "missing"}:
        return _filled(_Raw, {"value": rows}, len(rows))
    if kinds == {"sequence"} and len({len(r) for r in rows}) == 1:
        return _filled(_Raw, {f"column {i}": list(c) for i, c in enumerate(zip(*rows, strict=True))}, len(rows))
    raise KindError(f"{side}: rows of different kinds ({', '.join(sorted(kinds))}); give strings or mappings")


def _row_kind(row: Any) -> str:
    if isinstance(row, str):
        return "str"
    if isinstance(row, Mapping):
        return "mapping"
    if _missing(row):
        return "missing"
    if isinstance(row, list | tuple) or hasattr(row, "shape"):
        return "number" if getattr(row, "ndim", 1) == 0 else "sequence"
    return "number" if isinstance(row, int | float | Decimal | Fraction) else type(row).__name__


def _common(raw: Mapping[str, _Raw], columns: Sequence[str] | None) -> tuple[list[str], list[str]]:
    filled = {side: r for side, r in raw.items() if r.rows or r}
    everywhere = [n for n in next(iter(filled.values()), _Raw()) if all(n in r for r in filled.values())]
    if columns:
        absent = [c for c in columns if any(c not in r for r in filled.values())]
        if absent:
            raise KindError(f"no column {some(map(repr, absent))} on every side")
        return list(columns), []
    left_out = [n for n in everywhere if is_provenance_key(n) or n.lower() in IDENTITY_KEYS]
    notes = [f"left out: {', '.join(left_out)} (ids and provenance)"] if left_out else []
    for side, r in filled.items():
        alone = [n for n in r if n not in everywhere and not is_provenance_key(n)]
        notes += [f"only some sides have: {some(alone)} ({side})"] if alone else []
    names = [n for n in everywhere if n not in left_out]
    if not names and any(r.rows for r in raw.values()):
        have = "; ".join(f"{side}: {some(r) or 'none'}" for side, r in raw.items())
        raise KindError(f"no columns in common to compare ({have})")
    return names, notes


# ----------------------------------------------------------------------------------- kinds of columns
def _place(frames: Mapping[str, Frame], name: str, values: Mapping[str, Any], kind: str | None) -> None:
    kind = kind or _column_kind(values.values())
    for side, column in values.items():
        if kind == "numeric":
            frames[side].numeric[name] = _numbers(column)
        elif kind == "text":
            frames[side].text[name] = ["" if _missing(v) else content_text(v) for v in column]
        else:
            frames[side].category[name] = _labels(column)


def _column_kind(columns: Iterable[Any]) -> str:
    columns = list(columns)
    if all(getattr(getattr(c, "dtype", None), "kind", "O") in "iufmM" for c in columns):
        return "numeric"
    present = [v for c in columns for v in c if not _missing(v)]
    if any(isinstance(v, Mapping | list | tuple) for v in present[:1000]):
        return "text"
    if present and all(_is_number(v) for v in present):
        return "numeric"
    strings = [v for v in present if isinstance(v, str)]
    if strings and len(strings) == len(present) and _reads_as_text(strings):
        return "text"
    return "category"


def _reads_as_text(strings: list[str]) -> bool:
    sample = strings[:: max(1, len(strings) // 2000)]
    long = sum(len(s.split()) for s in sample) >= TEXT_WORDS * len(sample)
    return long and len(set(sample)) > len(sample) / 2


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return False
    return isinstance(value, int | float | Decimal | Fraction | dt.date | dt.timedelta) or (
        hasattr(value, "dtype") and getattr(value.dtype, "kind", "O") in "iufmM"
    )


def _missing(value: Any) -> bool:
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ in ("NAType", "NaTType")


def _numbers(column: Any) -> Array:
    np = numpy()
    kind = getattr(getattr(column, "dtype", None), "kind", "O")
    if kind in "mM":
        array = np.asarray(column)
        floats = array.astype("M8[us]" if kind == "M" else "m8[us]").astype("i8") / 1e6
        floats[np.isnat(array)] = np.nan
    elif kind in "iuf":
        floats = np.array(column, dtype=float)
    else:
        floats = np.array([_number(v) for v in column], dtype=float)
    floats[~np.isfinite(floats)] = np.nan
    return floats


def _number(value: Any) -> float:
    if _missing(value):
        return math.nan
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
        return (moment.replace(tzinfo=None) - (moment.utcoffset() or dt.timedelta()) - EPOCH).total_seconds()
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _labels(column: Any) -> Array:
    np = numpy()
    out = np.empty(len(column), dtype=object)
    out[:] = [None if _missing(v) else _label(v) for v in column]
    return out


def _label(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
