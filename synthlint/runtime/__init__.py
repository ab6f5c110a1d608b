"""What a fix of synthlint inserts, and what people import by hand.

Importing it needs the standard library alone and loads nothing until a name is used; arrays, tables and
other kinds of data bring their own libraries (``pip install synthlint[fast]``, ``[tables]``, ``[pii]``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthlint.runtime._dedup import Deduplicator, DedupReport, Repeat, dedup
    from synthlint.runtime._errors import (
        DuplicateError,
        FidelityError,
        HoldoutError,
        KindError,
        MemorizationError,
        MissingDependencyError,
        ProvenanceError,
        RuntimeCheckError,
        StateError,
        UnusableResponseError,
        WriterError,
    )
    from synthlint.runtime._holdout import Holdout
    from synthlint.runtime._usable import usable
    from synthlint.runtime._writer import DatasetWriter

_HOME = {
    "DatasetWriter": "_writer",
    "DedupReport": "_dedup",
    "Deduplicator": "_dedup",
    "DuplicateError": "_errors",
    "FidelityError": "_errors",
    "Holdout": "_holdout",
    "HoldoutError": "_errors",
    "KindError": "_errors",
    "MemorizationError": "_errors",
    "MissingDependencyError": "_errors",
    "ProvenanceError": "_errors",
    "Repeat": "_dedup",
    "RuntimeCheckError": "_errors",
    "StateError": "_errors",
    "UnusableResponseError": "_errors",
    "WriterError": "_errors",
    "audit_memorization": "_memorization",
    "check_fidelity": "_fidelity",
    "dedup": "_dedup",
    "measure_diversity": "_diversity",
    "read_manifest": "_manifest",
    "separate": "_provenance",
    "tag": "_provenance",
    "usable": "_usable",
    "write_manifest": "_manifest",
}

__all__ = [
    "DatasetWriter",
    "DedupReport",
    "Deduplicator",
    "DuplicateError",
    "FidelityError",
    "Holdout",
    "HoldoutError",
    "KindError",
    "MemorizationError",
    "MissingDependencyError",
    "ProvenanceError",
    "Repeat",
    "RuntimeCheckError",
    "StateError",
    "UnusableResponseError",
    "WriterError",
    "audit_memorization",
    "check_fidelity",
    "dedup",
    "measure_diversity",
    "read_manifest",
    "separate",
    "tag",
    "usable",
    "write_manifest",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
