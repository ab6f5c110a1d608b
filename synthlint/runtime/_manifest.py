"""A manifest beside the data: what made it, from what, and how it was checked.

The file is JSON-LD: Croissant 1.1 (https://docs.mlcommons.org/croissant/) with PROV-O and Croissant RAI 1.0
terms, so that dataset tools read it, and our own fields as one JSON literal, so that nothing is lost when
it is read back. It is named `<data>.provenance.yaml`, which no data glob matches (JSON is valid YAML).
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from synthlint.runtime._datafiles import SUFFIX, DataFile, columns_of, describe, fingerprint
from synthlint.runtime._errors import ProvenanceError
from synthlint.runtime._files import write_whole
from synthlint.runtime._generators import entries_of, listed, merged, plain, timestamp
from synthlint.runtime._runs import code_position, run_id

VERSION = 1


@dataclass(frozen=True)
class Manifest:
    """What a manifest says. `str()` is a short report, `to_dict()` is JSON, `card()` a dataset card."""

    name: str
    created: str
    generators: tuple[dict[str, Any], ...] = ()
    """Models: `id`, and of `provider`, `model`, `version`, `prompt_hash`, `parameters`, `seed` what is known."""
    runs: tuple[dict[str, Any], ...] = ()
    """Executions that wrote the data: `id`, `code` (file:line), `started`, `ended`, ids of their `generators`."""
    count: int | None = None
    target_count: int | None = None
    sources: tuple[Any, ...] = ()
    holdout: Any = None
    judge: Any = None
    audit: Any = None
    generator_terms: Any = None
    license: str | None = None
    description: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    files: tuple[DataFile, ...] = ()
    version: int = VERSION

    def __str__(self) -> str:
        from synthlint.runtime._croissant import summary

        return summary(self)

    def to_dict(self) -> dict[str, Any]:
        values = asdict(self)
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items() if v is not None}

    def to_croissant(self) -> dict[str, Any]:
        """The manifest as a Croissant 1.1 JSON-LD document."""
        from synthlint.runtime._croissant import croissant

        return croissant(self)

    def card(self) -> str:
        """A Hugging Face dataset card: YAML front matter and a text. It is returned, not written."""
        from synthlint.runtime._croissant import card

        return card(self)


def manifest_path(path: str | os.PathLike[str]) -> Path:
    """Where the manifest of `path` (a data file, a folder, or the manifest itself) is."""
    given = Path(path)
    return given if given.name.endswith(SUFFIX) else given.with_name(given.name + SUFFIX)


def write_manifest(
    path: str | os.PathLike[str],
    *,
    generator: str | Mapping[str, Any] | Iterable[str | Mapping[str, Any]] | None = None,
    version: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int | None = None,
    prompt: str | None = None,
    prompt_hash: str | None = None,
    records: Any = None,
    count: int | None = None,
    target_count: int | None = None,
    sources: Iterable[Any] = (),
    holdout: Any = None,
    judge: Any = None,
    audit: Any = None,
    generator_terms: Any = None,
    license: str | None = None,
    description: str | None = None,
    run: str | None = None,
    code: str | None = None,
    started: datetime | str | None = None,
    created: datetime | str | None = None,
) -> Manifest:
    """Write `<path>.provenance.yaml` beside data that is already written, and return what it says.

    path: a data file or a folder of data files. Its bytes are read (sha256, row count of JSONL) and never
        changed. When nothing is there the manifest is written all the same, with a warning; for a remote path
        (`s3://…`) nothing is written, with a warning.
    generator: model name, or `{"provider": …, "model": …, "version": …, "parameters": …, "prompt_hash": …}`,
        or several of them. Values under keys that hold secrets (`api_key`, `headers`, …) are left out.
    version, parameters, seed, prompt_hash: of the one generator given. `prompt` is hashed, not kept.
    records: the records written, or their number; only the number is kept.
    count, target_count: rows written, rows asked for. count defaults to `records` or the lines of JSONL files.
    sources: what it was made from: paths (hashed when they exist), hub ids, or mappings that say more.
    holdout, judge, audit, generator_terms: anything JSON can hold; results of this library are converted.
    run: an id of this execution, such as that of a CI job; by default one per process, at random.
    code: the place in the code, `file:line`; by default the caller's, relative to the working directory.
    started, created: begin and end of the run, datetimes or ISO 8601; created is now by default.

    The file appears complete or not at all. When rows were appended to data that an earlier manifest
    describes, the generators and runs it names are kept.

    Raises: OSError when the manifest cannot be written; TypeError when a value cannot be told in JSON.
    Sources: Croissant 1.1, Croissant RAI 1.0 (https://docs.mlcommons.org/croissant/), PROV-O
        (https://www.w3.org/TR/prov-o/).
    """
    target, data = manifest_path(path), _data_path(path)
    earlier = _earlier(target)
    files, appended = describe(data, {f.name: f for f in earlier.files} if earlier else {})
    given = {"version": version, "parameters": parameters, "seed": seed}
    entries = entries_of(generator, given, prompt, prompt_hash)
    execution = _execution(run, code, started, created, entries)
    manifest = Manifest(
        name=data.name,
        created=execution["ended"],
        generators=merged(earlier.generators if earlier and appended else (), entries),
        runs=merged(earlier.runs if earlier and appended else (), [execution]),
        count=_count(records, count, files),
        target_count=target_count,
        sources=tuple(_source(s) for s in listed(sources)),
        holdout=plain(holdout, "holdout"),
        judge=plain(judge, "judge"),
        audit=plain(audit, "audit"),
        generator_terms=plain(generator_terms, "generator_terms"),
        license=license,
        description=description,
        columns=columns_of(data),
        files=files,
    )
    if "://" in os.fspath(path):
        message = f"{path}: not a local path, so no manifest was written; to_croissant() of the result is its text"
        warnings.warn(message, stacklevel=2)
        return manifest
    text = json.dumps(manifest.to_croissant(), indent=1, ensure_ascii=False) + "\n"
    write_whole(target, [text.encode("utf-8", "backslashreplace")])
    return manifest


def read_manifest(path: str | os.PathLike[str]) -> Manifest:
    """Read the manifest of a data file, of a folder, or the manifest file itself.

    Raises: FileNotFoundError when there is none; ProvenanceError when the file is not one of ours.
    """
    target = manifest_path(path)
    if not target.exists():
        raise FileNotFoundError(f"{target}: no manifest; write_manifest({str(path)!r}, generator=...) makes one")
    document = _parse(target)
    block = document.get("sl:manifest") if isinstance(document, dict) else None
    if not isinstance(block, dict) or "name" not in block or "created" not in block:
        raise ProvenanceError(f"{target}: not a synthlint manifest (it has no `sl:manifest` entry)")
    try:
        return _from_dict(block)
    except TypeError as error:
        raise ProvenanceError(f"{target}: its `sl:manifest` entry is malformed ({error}); write it anew") from error


def _execution(
    run: str | None,
    code: str | None,
    started: datetime | str | None,
    created: datetime | str | None,
    generators: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    values = {
        "id": run or run_id(),
        "code": code or code_position(),
        "started": None if started is None else timestamp(started),
        "ended": timestamp(created),
        "generators": [g["id"] for g in generators],
    }
    return {k: v for k, v in values.items() if v}


def _from_dict(block: Mapping[str, Any]) -> Manifest:
    known = {f.name for f in fields(Manifest)}
    values = {k: v for k, v in block.items() if k in known}
    for name in ("generators", "runs", "sources"):
        values[name] = tuple(values.get(name, ()))
    values["files"] = tuple(DataFile(**f) for f in values.get("files", ()))
    return Manifest(**values)


def _parse(target: Path) -> Any:
    text = target.read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except ValueError as error:
        try:
            import yaml  # type: ignore[import-untyped,unused-ignore]
        except ImportError:
            raise ProvenanceError(f"{target}: not JSON ({error}); if it was edited as YAML, install pyyaml") from error
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as problem:
            raise ProvenanceError(f"{target}: neither JSON nor YAML; write it anew with write_manifest") from problem


def _data_path(path: str | os.PathLike[str]) -> Path:
    given = Path(path)
    return given.with_name(given.name[: -len(SUFFIX)]) if given.name.endswith(SUFFIX) else given


def _earlier(target: Path) -> Manifest | None:
    try:
        return read_manifest(target)
    except (OSError, ProvenanceError, TypeError):
        return None


def _count(records: Any, count: int | None, files: tuple[DataFile, ...]) -> int | None:
    if count is None and records is not None:
        if not isinstance(records, int) and not hasattr(records, "__len__"):
            raise TypeError(f"records: a {type(records).__name__} has no length; give the number of records as count=")
        count = records if isinstance(records, int) else len(records)
    if count is not None:
        return count
    rows = [f.records for f in files]
    return sum(r for r in rows if r is not None) if rows and None not in rows else None


def _source(source: Any) -> Any:
    if isinstance(source, Mapping):
        return plain(source)
    name = os.fspath(source) if isinstance(source, os.PathLike) else source
    path = Path(name) if isinstance(name, str) else None
    try:
        if path is not None and path.is_file():
            return {"name": path.as_posix(), "sha256": fingerprint(path, path.name, None)[0].sha256}
    except (OSError, ValueError):
        pass
    return {"name": plain(name)}
