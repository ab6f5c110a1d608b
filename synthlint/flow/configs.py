"""Configuration files that the analysed code loads by a path we can resolve."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthlint.flow.apicall import known_texts
from synthlint.flow.values import CONFIGURED, NOTHING, Const, Record, Seq, Value

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter
    from synthlint.flow.modules import ModuleInfo

MAX_BYTES = 200_000
_OPEN = frozenset({CONFIGURED})


class ConfigReader:
    """Reads YAML, JSON and TOML files below a root, each once; a file that cannot be read gives None.

    `virtual` are files that the running command's script wrote before, by the path it gave them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.virtual: Mapping[str, str] = {}
        self._read: dict[str, Any] = {}

    def __call__(self, importer: ModuleInfo, path: Value) -> Any:
        for text in known_texts(path):
            if not text.endswith((".yaml", ".yml", ".json", ".toml")):
                continue
            written = self.virtual.get(text) or self.virtual.get(text.removeprefix("./"))
            if written is not None:
                return _parsed(text, written)
            for base in (importer.folder, "", posixpath.dirname(importer.folder)):
                found = self._file(posixpath.normpath(posixpath.join(base, text)))
                if isinstance(found, dict):
                    return found
        return None

    def _file(self, path: str) -> Any:
        if path not in self._read:
            self._read[path] = _parse(self.root / path) if not path.startswith("..") else None
        return self._read[path]


def _parse(path: Path) -> Any:
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        return _parsed(path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None


def _parsed(name: str, text: str) -> Any:
    """The data of a file by the suffix of its name; None if it is malformed."""
    try:
        if name.endswith(".json"):
            return json.loads(text)
        if name.endswith(".toml"):
            from synthlint.models.loader import parse_toml

            return parse_toml(text)
        import yaml  # comes with libcst

        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except Exception:
        return None


def to_value(ip: Interpreter, data: Any, node: Any, depth: int = 0) -> Value:
    """A parsed configuration as a value whose constants can be set from outside."""
    if isinstance(data, dict) and depth < 8:
        fields = {str(key): to_value(ip, one, node, depth + 1) for key, one in data.items()}
        return Value((Record(fields),), varies=_OPEN)
    if isinstance(data, list) and depth < 8:
        items = [to_value(ip, one, node, depth + 1) for one in data[:64]]
        return Value((Seq("list", items, NOTHING),), varies=_OPEN)
    if isinstance(data, str | int | float | bool) or data is None:
        return Value((Const(data),), varies=_OPEN)
    return Value(varies=_OPEN)
