"""What a fix of synthlint inserts, and what people import by hand.

Importing it needs the standard library alone and loads nothing until a name is used; arrays, tables and
other kinds of data bring their own libraries (``pip install synthlint[fast]``, ``[tables]``, ``[pii]``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthlint.runtime._datafiles import DataFile
    from synthlint.runtime._dedup import Deduplicator, DedupReport, Repeat, dedup
    from synthlint.runtime._diversity import Diversity, DiversityReport, measure_diversity
    from synthlint.runtime._errors import (
        DiversityError,
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
    from synthlint.runtime._fidelity import FidelityReport, check_fidelity
    from synthlint.runtime._generators import generator_id, hash_prompt
    from synthlint.runtime._holdout import Holdout, HoldoutReport, Reserved
    from synthlint.runtime._manifest import Manifest, read_manifest, write_manifest
    from synthlint.runtime._measure import Measure
    from synthlint.runtime._memo_rates import Match, Rate
    from synthlint.runtime._memorization import MemorizationReport, audit_memorization
    from synthlint.runtime._overlap import Copy
    from synthlint.runtime._pii import Pii, find_pii
    from synthlint.runtime._provenance import Separated, separate, tag
    from synthlint.runtime._text import content_hash
    from synthlint.runtime._usable import Usability, usable
    from synthlint.runtime._writer import DatasetWriter, WriterReport

_HOME = {
    "Copy": "_overlap",
    "DataFile": "_datafiles",
    "DatasetWriter": "_writer",
    "DedupReport": "_dedup",
    "Deduplicator": "_dedup",
    "Diversity": "_diversity",
    "DiversityError": "_errors",
    "DiversityReport": "_diversity",
    "DuplicateError": "_errors",
    "FidelityError": "_errors",
    "FidelityReport": "_fidelity",
    "Holdout": "_holdout",
    "HoldoutError": "_errors",
    "HoldoutReport": "_holdout",
    "KindError": "_errors",
    "Manifest": "_manifest",
    "Match": "_memo_rates",
    "Measure": "_measure",
    "MemorizationError": "_errors",
    "MemorizationReport": "_memorization",
    "MissingDependencyError": "_errors",
    "Pii": "_pii",
    "ProvenanceError": "_errors",
    "Rate": "_memo_rates",
    "Repeat": "_dedup",
    "Reserved": "_holdout",
    "RuntimeCheckError": "_errors",
    "Separated": "_provenance",
    "StateError": "_errors",
    "UnusableResponseError": "_errors",
    "Usability": "_usable",
    "WriterError": "_errors",
    "WriterReport": "_writer",
    "audit_memorization": "_memorization",
    "check_fidelity": "_fidelity",
    "content_hash": "_text",
    "dedup": "_dedup",
    "find_pii": "_pii",
    "generator_id": "_generators",
    "hash_prompt": "_generators",
    "measure_diversity": "_diversity",
    "read_manifest": "_manifest",
    "separate": "_provenance",
    "tag": "_provenance",
    "usable": "_usable",
    "write_manifest": "_manifest",
}

__all__ = [
    "Copy",
    "DataFile",
    "DatasetWriter",
    "DedupReport",
    "Deduplicator",
    "Diversity",
    "DiversityError",
    "DiversityReport",
    "DuplicateError",
    "FidelityError",
    "FidelityReport",
    "Holdout",
    "HoldoutError",
    "HoldoutReport",
    "KindError",
    "Manifest",
    "Match",
    "Measure",
    "MemorizationError",
    "MemorizationReport",
    "MissingDependencyError",
    "Pii",
    "ProvenanceError",
    "Rate",
    "Repeat",
    "Reserved",
    "RuntimeCheckError",
    "Separated",
    "StateError",
    "UnusableResponseError",
    "Usability",
    "WriterError",
    "WriterReport",
    "audit_memorization",
    "check_fidelity",
    "content_hash",
    "dedup",
    "find_pii",
    "generator_id",
    "hash_prompt",
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
