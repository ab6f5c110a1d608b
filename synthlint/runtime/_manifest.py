"""A manifest beside the data: what made it, from what, and how it was checked.

The file is JSON-LD: Croissant 1.1 (https://docs.mlcommons.org/croissant/) with PROV-O and Croissant RAI 1.0
terms, so that dataset tools read it, and our own fields as one JSON literal, so that nothing is lost when
it is read back. It is named `<data>.provenance.yaml`, which no data glob matches (JSON is valid YAML).
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from synthlint.runtime._errors import ProvenanceError
from synthlint.runtime._files import write_whole

SUFFIX = ".provenance.yaml"
VERSION = 1
TAG = "sl:Tag"  # a column that holds the tag of each record
SECRETS = ("key", "token", "secret", "password", "authorization", "credential", "headers", "cookie")
NOT_SECRET = ("max_tokens", "tokens", "keyword", "key_", "token_count", "tokenizer", "tokeniser")


@dataclass(frozen=True)
class DataFile:
    """One data file as it was when the manifest was written; `records` is None where lines are not rows."""

    name: str
    size: int
    sha256: str
    records: int | None = None


@dataclass(frozen=True)
class Manifest:
    """What a manifest says. `str()` is a short report, `to_dict()` is JSON, `card()` a dataset card."""

    name: str
    created: str
    generators: tuple[dict[str, Any], ...] = ()
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


def generator_id(generator: Mapping[str, Any]) -> str:
    """Short stable id of a generator entry: its model name and a hash of everything it says."""
    known = {k: v for k, v in generator.items() if k not in ("id", "created", "prompt")}
    text = json.dumps(_plain(known), sort_keys=True, ensure_ascii=False)
    name = str(generator.get("model") or generator.get("provider") or "generator")
    return f"{name}#{hashlib.blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


def entry_id(generator: Mapping[str, Any]) -> str:
    """The id that `write_manifest` will give to a generator described by this mapping."""
    entry = _entry(generator)
    return str(entry.get("id") or generator_id(entry))


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
    created: datetime | str | None = None,
) -> Manifest:
    """Write `<path>.provenance.yaml` beside data that is already written, and return what it says.

    path: a data file or a folder of data files. Its bytes are read (sha256, row count of JSONL) and never
        changed. When nothing is there the manifest is written all the same, with a warning; for a remote path
        (`s3://…`) nothing is written, with a warning.
    generator: model name, or `{"provider": …, "model": …, "version": …, "parameters": …, "prompt_hash": …}`,
        or several of them. Values under keys that hold secrets (`api_key`, `headers`, …) are left out.
    version, parameters, prompt_hash: of the one generator given. `prompt` is hashed, not kept.
    records: the records written, or their number; only the number is kept.
    count, target_count: rows written, rows asked for. count defaults to `records` or the lines of JSONL files.
    sources: what it was made from: paths (hashed when they exist), hub ids, or mappings that say more.
    holdout, judge, audit, generator_terms: anything JSON can hold; results of this library are converted.

    The file appears complete or not at all. When rows were appended to data that an earlier manifest
    describes, the generators it names are kept.

    Raises: OSError when the manifest cannot be written; TypeError when a value cannot be told in JSON.
    """
    target, data = manifest_path(path), _data_path(path)
    earlier = _earlier(target)
    files, appended = _describe(data, earlier)
    entries = _generators(generator, version, parameters, prompt, prompt_hash)
    total = _count(records, count, files)
    manifest = Manifest(
        name=data.name,
        created=_timestamp(created),
        generators=_merge(earlier.generators if earlier and appended else (), entries),
        count=total,
        target_count=target_count,
        sources=tuple(_source(s) for s in _listed(sources)),
        holdout=_plain(holdout),
        judge=_plain(judge),
        audit=_plain(audit),
        generator_terms=_plain(generator_terms),
        license=license,
        description=description,
        columns=_columns(data),
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
        raise FileNotFoundError(f"{target}: no manifest; write_manifest({str(path)!r}, generator=…) makes one")
    document = _parse(target)
    block = document.get("sl:manifest") if isinstance(document, dict) else None
    if not isinstance(block, dict) or "name" not in block or "created" not in block:
        raise ProvenanceError(f"{target}: not a synthlint manifest (it has no `sl:manifest` entry)")
    return _from_dict(block)


def _from_dict(block: Mapping[str, Any]) -> Manifest:
    known = {f.name for f in fields(Manifest)}
    values = {k: v for k, v in block.items() if k in known}
    for name in ("generators", "sources"):
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
            raise ProvenanceError(f"{target}: neither JSON nor YAML") from problem


def _data_path(path: str | os.PathLike[str]) -> Path:
    given = Path(path)
    return given.with_name(given.name[: -len(SUFFIX)]) if given.name.endswith(SUFFIX) else given


def _earlier(target: Path) -> Manifest | None:
    try:
        return read_manifest(target)
    except (OSError, ProvenanceError, TypeError):
        return None


# --------------------------------------------------------------------------------------------- the data
def _describe(data: Path, earlier: Manifest | None) -> tuple[tuple[DataFile, ...], bool]:
    """The files as they are now, and whether they still begin with what the earlier manifest describes."""
    known = {f.name: f for f in earlier.files} if earlier else {}
    if not data.exists():
        if ":/" in str(data):
            return (), False
        warnings.warn(f"{data}: no such file; the manifest describes data that is not there", stacklevel=3)
        return (), False
    found = [_fingerprint(p, n, known.get(n)) for p, n in _parts(data)]
    kept = {f.name for f, same in found if same}
    return tuple(f for f, _ in found), bool(known) and kept == set(known)


def _parts(data: Path) -> Iterator[tuple[Path, str]]:
    if data.is_file():
        yield data, data.name
        return
    for path in sorted(data.rglob("*")):
        inside = path.relative_to(data)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_file() and not hidden and not path.name.endswith(SUFFIX):
            yield path, f"{data.name}/{inside.as_posix()}"


def _fingerprint(path: Path, name: str, earlier: DataFile | None) -> tuple[DataFile, bool]:
    digest, size, lines, last = hashlib.sha256(), 0, 0, b"\n"
    rows = path.suffix in (".jsonl", ".ndjson")
    same = False
    with path.open("rb") as stream:
        for block in _blocks(stream, earlier.size if earlier else 0):
            digest.update(block)
            size += len(block)
            lines += block.count(b"\n") if rows else 0
            last = block[-1:]
            same = same or (earlier is not None and size == earlier.size and digest.hexdigest() == earlier.sha256)
    lines += last != b"\n"
    return DataFile(name, size, digest.hexdigest(), lines if rows else None), same


def _blocks(stream: Any, boundary: int) -> Iterator[bytes]:
    while boundary > 0:
        block = stream.read(min(1 << 20, boundary))
        if not block:
            return
        boundary -= len(block)
        yield block
    while block := stream.read(1 << 20):
        yield block


def _columns(data: Path, sample: int = 64) -> dict[str, str]:
    """Names and Croissant types of the plain columns of a JSONL file, from its first rows."""
    if data.suffix not in (".jsonl", ".ndjson") or not data.is_file():
        return {}
    found: dict[str, str] = {}
    with data.open("rb") as stream:
        for _, line in zip(range(sample), stream, strict=False):
            try:
                row = json.loads(line)
            except ValueError:
                return {}
            for name, value in row.items() if isinstance(row, dict) else ():
                kind = TAG if name == "_provenance" and _names_generator(value) else _column_type(value)
                if kind:
                    found[name] = kind if found.get(name, kind) == kind else "sc:Text"
    return found


def _names_generator(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("gen"), str)


def _column_type(value: Any) -> str | None:
    if isinstance(value, bool):
        return "sc:Boolean"
    return {str: "sc:Text", int: "sc:Integer", float: "sc:Float"}.get(type(value))


def _count(records: Any, count: int | None, files: tuple[DataFile, ...]) -> int | None:
    if count is None and records is not None:
        count = records if isinstance(records, int) else len(records)
    if count is not None:
        return count
    rows = [f.records for f in files]
    return sum(r for r in rows if r is not None) if rows and None not in rows else None


# ----------------------------------------------------------------------------------------- the fields
def _generators(
    generator: Any,
    version: str | None,
    parameters: Mapping[str, Any] | None,
    prompt: str | None,
    prompt_hash: str | None,
) -> tuple[dict[str, Any], ...]:
    entries = [_entry(g) for g in _listed(generator)] or [{}]
    digest = prompt_hash or (hash_prompt(prompt) if prompt is not None else None)
    more = {"version": version, "parameters": _plain(parameters), "prompt_hash": digest}
    given = {k: v for k, v in more.items() if v is not None}
    if given and len(entries) > 1:
        raise TypeError(f"{', '.join(given)} given beside several generators: put them in each generator")
    entries[0].update(given)
    return tuple({"id": e.pop("id", None) or generator_id(e), **e} for e in entries if e)


def _entry(generator: Any) -> dict[str, Any]:
    if isinstance(generator, str):
        provider, _, model = generator.rpartition("/")
        return {"provider": provider, "model": model} if provider else {"model": generator}
    if not isinstance(generator, Mapping):
        raise TypeError(f"generator: a model name or a mapping, not {type(generator).__name__}")
    entry = dict(_plain(generator))
    if isinstance(entry.get("prompt"), str):
        entry.setdefault("prompt_hash", hash_prompt(entry["prompt"]))
    entry.pop("prompt", None)
    return entry


def hash_prompt(prompt: str) -> str:
    """blake2b-128 of a prompt; the prompt itself is not kept."""
    return "blake2b:" + hashlib.blake2b(prompt.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _merge(earlier: tuple[dict[str, Any], ...], new: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    by_id = {g.get("id"): g for g in (*earlier, *new)}
    return tuple(by_id.values())


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str | bytes | os.PathLike | Mapping) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def _source(source: Any) -> Any:
    if isinstance(source, Mapping):
        return _plain(source)
    name = os.fspath(source) if isinstance(source, os.PathLike) else source
    path = Path(name) if isinstance(name, str) else None
    try:
        if path is not None and path.is_file():
            return {"name": path.as_posix(), "sha256": _fingerprint(path, path.name, None)[0].sha256}
    except (OSError, ValueError):
        pass
    return {"name": _plain(name)}


def _timestamp(created: datetime | str | None) -> str:
    if isinstance(created, str):
        return created
    moment = created or datetime.now(timezone.utc)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    """`value` as JSON has it, without what looks like a secret."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items() if not _secret(str(k))}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, datetime):
        return _timestamp(value)
    if isinstance(value, os.PathLike):
        return Path(value).as_posix()
    for method in ("to_dict", "model_dump", "item"):
        if callable(getattr(value, method, None)):
            return _plain(getattr(value, method)())
    raise TypeError(f"{type(value).__name__} has no JSON form; give numbers, strings, lists or mappings")


def _secret(name: str) -> bool:
    lower = name.lower()
    return any(s in lower for s in SECRETS) and not any(s in lower for s in NOT_SECRET)
