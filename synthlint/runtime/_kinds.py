"""The kinds of data that people have, as records and back.

Lists, tuples, iterators, numpy arrays, pandas, Polars, Arrow and Hugging Face ``Dataset`` are recognised by
the module of their type, so that none of these libraries is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthlint.runtime._errors import KindError

_TABULAR = "a pandas or Polars frame or series, an Arrow table, or a datasets.Dataset"


@dataclass(frozen=True)
class Opened:
    """Data of some kind as a list of records, and the way back."""

    records: Sequence[Any]
    take: Callable[[Sequence[int]], Any]  # rows (ascending numbers) -> the same kind


def is_stream(data: Any) -> bool:
    """True for what can be read once: iterators, generators, streaming datasets."""
    return isinstance(data, Iterator) or type(data).__name__ == "IterableDataset"


def open_kind(data: Any) -> Opened:
    """Records of any supported kind, or :class:`KindError` that says what to pass instead."""
    if isinstance(data, list):
        return Opened(data, lambda rows: [data[i] for i in rows])
    if isinstance(data, tuple):
        return Opened(data, lambda rows: tuple(data[i] for i in rows))
    library = type(data).__module__.partition(".")[0]
    opener = _OPENERS.get(library)
    if opener is not None:
        return opener(data)
    return _open_other(data)


def _open_other(data: Any) -> Opened:
    if isinstance(data, (str, bytes)):
        raise KindError("a single text was given where records are expected; pass a list: [text]")
    if isinstance(data, Mapping):
        raise KindError(
            f"a {type(data).__name__} was given where records are expected; pass a list of records, or call "
            "the function for each split or column on its own"
        )
    if isinstance(data, (set, frozenset)):
        raise KindError("a set has no order; pass a list, so that the first of each group is well defined")
    if isinstance(data, Iterable):
        records = list(data)
        return Opened(records, lambda rows: [records[i] for i in rows])
    raise KindError(f"{type(data).__name__} is not a collection of records; pass a list, an iterator, {_TABULAR}")


def _open_pandas(data: Any) -> Opened:
    name = type(data).__name__
    if name == "DataFrame":
        return Opened(data.to_dict("records"), lambda rows: data.iloc[list(rows)])
    if name in ("Series", "Index"):
        return Opened(data.tolist(), lambda rows: data.iloc[list(rows)] if name == "Series" else data[list(rows)])
    raise _unsupported(data)


def _open_polars(data: Any) -> Opened:
    name = type(data).__name__
    if name == "DataFrame":
        return Opened(data.to_dicts(), lambda rows: data[list(rows)])
    if name == "Series":
        return Opened(data.to_list(), lambda rows: data.gather(list(rows)))
    if name == "LazyFrame":
        raise KindError("a Polars LazyFrame has no rows yet; call .collect() first")
    raise _unsupported(data)


def _open_arrow(data: Any) -> Opened:
    if not hasattr(data, "to_pylist") or not hasattr(data, "take"):
        raise _unsupported(data)
    return Opened(data.to_pylist(), lambda rows: data.take(list(rows)) if rows else data.slice(0, 0))


def _open_dataset(data: Any) -> Opened:
    name = type(data).__name__
    if name == "Dataset":
        return Opened(_dataset_records(data), lambda rows: data.select(list(rows)))
    if name in ("DatasetDict", "IterableDatasetDict"):
        raise KindError(f"a {name} holds several splits; call the function for each of them, or concatenate them")
    if name in ("Column", "IterableColumn"):
        records = list(data)
        return Opened(records, lambda rows: [records[i] for i in rows])
    raise _unsupported(data)


def _dataset_records(data: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in data]


def _open_numpy(data: Any) -> Opened:
    if getattr(data, "ndim", 0) not in (1, 2):
        raise KindError("a numpy array of records must have one dimension (records) or two (rows and columns)")
    return Opened(data.tolist(), lambda rows: data[list(rows)])


def _unsupported(data: Any) -> KindError:
    kind = f"{type(data).__module__.partition('.')[0]}.{type(data).__name__}"
    return KindError(f"{kind} is not a kind of data that can be taken and given back; pass {_TABULAR}, or a list")


_OPENERS: dict[str, Callable[[Any], Opened]] = {
    "pandas": _open_pandas,
    "polars": _open_polars,
    "pyarrow": _open_arrow,
    "datasets": _open_dataset,
    "numpy": _open_numpy,
}
