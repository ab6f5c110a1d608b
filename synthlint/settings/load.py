"""Find the nearest configuration file and turn it into Options."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthlint.settings import toml
from synthlint.settings.errors import SettingsError, did_you_mean
from synthlint.settings.kinds import KINDS, Unfit
from synthlint.settings.options import Options, keys

OWN_FILE, SHARED_FILE = "synthlint.toml", "pyproject.toml"


def settings_for(paths: Sequence[Path], isolated: bool = False) -> Options:
    """The settings for a run over `paths`: those of the nearest file above all of them, or the defaults."""
    start = common_folder(paths)
    found = None if isolated else find_file(start)
    options = Options(folder=start) if found is None else read_file(found)
    return options if isolated else dataclasses.replace(options, nearest=True)


def common_folder(paths: Sequence[Path]) -> Path:
    """The deepest folder that holds all `paths` (a folder holds itself)."""
    folders = [one if one.is_dir() else one.parent for one in map(absolute, paths)]
    return Path(os.path.commonpath(folders)) if folders else Path.cwd()


def absolute(path: Path) -> Path:
    """The path from the root without `..`; symbolic links stay as they are."""
    return Path(os.path.normpath(path.absolute()))


def find_file(folder: Path) -> Path | None:
    """The nearest `synthlint.toml`, or `pyproject.toml` with a table for us, in `folder` or above it."""
    return next((found for one in (folder, *folder.parents) if (found := file_in(one))), None)


def file_in(folder: Path) -> Path | None:
    """The configuration file of a folder itself."""
    if (folder / OWN_FILE).is_file():
        return folder / OWN_FILE
    shared = folder / SHARED_FILE
    return shared if shared.is_file() and _has_our_table(shared) else None


def _has_our_table(path: Path) -> bool:
    """Whether a pyproject.toml configures us; one that does not mention us may be as broken as it likes."""
    with contextlib.suppress(OSError):
        if b"synthlint" not in path.read_bytes():
            return False
    return "synthlint" in _tool_table(toml.read(path, shown(path))[1])


def _tool_table(document: Mapping[str, Any]) -> Mapping[str, Any]:
    tool = document.get("tool", {})
    return tool if isinstance(tool, dict) else {}


def read_file(path: Path) -> Options:
    """The settings in one file.  Raises SettingsError naming file, line and remedy."""
    name = shown(path)
    text, document = toml.read(path, name)
    prefix: tuple[str, ...] = () if path.name == OWN_FILE else ("tool", "synthlint")
    table = document if not prefix else _tool_table(document)["synthlint"]
    if not isinstance(table, dict):
        place = f"{name}:{toml.line_of(text, prefix)}"
        raise SettingsError("'synthlint' must be a table", "write [tool.synthlint]", place)
    return _Reader(name, text, prefix).options(table, path)


@dataclasses.dataclass(frozen=True)
class _Reader:
    """Checks the keys of one file against Options."""

    name: str
    text: str
    prefix: tuple[str, ...]

    def options(self, table: Mapping[str, Any], file: Path) -> Options:
        known = dict(keys())
        values: dict[str, Any] = {}
        origins = {}
        for key, value in table.items():
            if key not in known:
                raise self._error(key, f"unknown key {key!r}", did_you_mean(key, known))
            field = known[key]
            values[field.name] = self._value(key, field.metadata["kind"], value)
            origins[key] = self._place(key)
        return Options(**values, folder=file.parent, file=file, origins=origins)

    def _value(self, key: str, kind: str, value: Any) -> Any:
        try:
            return KINDS[kind].read(value)
        except Unfit as error:
            raise self._error(key, f"{key}: {error.problem}", error.remedy, error.part) from None

    def _place(self, key: str, part: str = "") -> str:
        return f"{self.name}:{toml.line_of(self.text, (*self.prefix, key), part)}"

    def _error(self, key: str, problem: str, remedy: str, part: str = "") -> SettingsError:
        return SettingsError(problem, remedy, self._place(key, part))


def place_of(options: Options, key: str, part: str) -> str:
    """Where `part` stands in the value of `key`: `pyproject.toml:12`, or `--key` for the command line."""
    origin = options.origins.get(key, "")
    name, _, line = origin.rpartition(":")
    if not line.isdigit():
        return f"--{key}"
    path = Path(name)
    prefix: tuple[str, ...] = () if path.name == OWN_FILE else ("tool", "synthlint")
    text = path.read_bytes().decode("utf-8-sig")
    return f"{name}:{toml.line_of(text, (*prefix, key), part)}"


def shown(path: Path) -> str:
    """A path as messages show it: from the working directory when it lies below, else in full."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.as_posix()
