"""Generator entries: what a manifest says of the models that made the data, and nothing that is secret."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

SECRETS = ("key", "token", "secret", "password", "authorization", "credential", "headers", "cookie")
NOT_SECRET = ("max_tokens", "tokens", "keyword", "key_", "token_count", "tokenizer", "tokeniser")


def generator_id(generator: Mapping[str, Any]) -> str:
    """Short stable id of a generator entry: its model name and a hash of everything it says."""
    known = {k: v for k, v in generator.items() if k not in ("id", "created", "prompt")}
    text = json.dumps(plain(known), sort_keys=True, ensure_ascii=False)
    name = str(generator.get("model") or generator.get("provider") or "generator")
    return f"{name}#{hashlib.blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


def entry_id(generator: Mapping[str, Any]) -> str:
    """The id that `write_manifest` will give to a generator described by this mapping."""
    entry = _entry(generator)
    return str(entry.get("id") or generator_id(entry))


def entries_of(
    generator: Any, more: Mapping[str, Any], prompt: str | None, prompt_hash: str | None
) -> tuple[dict[str, Any], ...]:
    """Entries with ids for one generator or several; `more` and the prompt belong to the only one."""
    entries = [_entry(g) for g in listed(generator)] or [{}]
    digest = prompt_hash or (hash_prompt(prompt) if prompt is not None else None)
    given = {k: plain(v, k) for k, v in {**more, "prompt_hash": digest}.items() if v is not None}
    if given and len(entries) > 1:
        raise TypeError(f"{', '.join(given)} given beside several generators: put them in each generator")
    entries[0].update(given)
    return tuple({"id": e.pop("id", None) or generator_id(e), **e} for e in entries if e)


def _entry(generator: Any) -> dict[str, Any]:
    if isinstance(generator, str):
        provider, _, model = generator.rpartition("/")
        return {"provider": provider, "model": model} if provider else {"model": generator}
    if not isinstance(generator, Mapping):
        raise TypeError(f"generator: give a model name or a mapping, not a {type(generator).__name__}")
    entry = dict(plain(generator, "generator"))
    if isinstance(entry.get("prompt"), str):
        entry.setdefault("prompt_hash", hash_prompt(entry["prompt"]))
    entry.pop("prompt", None)
    return entry


def hash_prompt(prompt: str) -> str:
    """blake2b-128 of a prompt; the prompt itself is not kept."""
    return "blake2b:" + hashlib.blake2b(prompt.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def merged(earlier: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Entries of both, the new one where both have an id."""
    return tuple({e.get("id"): e for e in (*earlier, *new)}.values())


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str | bytes | os.PathLike | Mapping) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def timestamp(created: datetime | str | None) -> str:
    if isinstance(created, str):
        return created
    moment = created or datetime.now(timezone.utc)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def plain(value: Any, name: str = "value") -> Any:
    """`value` as JSON has it, without what looks like a secret; TypeError names the argument that has no such form."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v, name) for k, v in value.items() if not _secret(str(k))}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v, name) for v in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, os.PathLike):
        return Path(value).as_posix()
    for method in ("to_dict", "model_dump", "item"):
        if callable(getattr(value, method, None)):
            return plain(getattr(value, method)(), name)
    kind = type(value).__name__
    raise TypeError(f"{name}: a {kind} has no JSON form; give numbers, strings, lists or mappings")


def _secret(name: str) -> bool:
    lower = name.lower()
    return any(s in lower for s in SECRETS) and not any(s in lower for s in NOT_SECRET)
