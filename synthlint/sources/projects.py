"""What is read for a run: the whole repository, as its configuration files say.

What is said about a file depends on where it lies, never on the paths that a run was given.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthlint.settings.nearest import Nearest
from synthlint.settings.options import Options
from synthlint.sources.discovery import below, discover, holds_commands, is_other, is_source
from synthlint.sources.globs import Globs


@dataclass(frozen=True, slots=True)
class Project:
    """A repository, or a folder without one: its source files, what may link them, and the settings that count.

    `scripts` are those of `others` that findings can lie in: shell scripts, Makefiles and the like.  `each` holds
    the settings of every configuration file that is the nearest to some source file.
    """

    root: Path
    names: tuple[str, ...]
    others: tuple[str, ...]
    scripts: tuple[str, ...]
    each: tuple[Options, ...]
    nearest: Nearest

    def options(self, name: str) -> Options:
        """The settings that count for a file."""
        return self.nearest.of(self.root / name)


def project_at(root: Path, options: Options, wanted: Sequence[Path], given: Iterable[str] = ()) -> Project:
    """The project at `root` for a run over `wanted`; `given` are names that need not be on disk.

    Raises SettingsError for a wrong configuration anywhere in it.
    """
    listed = discover(root)
    near = Nearest(options)
    known = _Known(root, near)
    linking = {one for one in given if is_other(one)}
    given = {one for one in given if one not in linking}
    names = sorted({*listed.files, *_ignored_by_git(root, wanted, listed.files), *given})
    kept = tuple(one for one in names if one in given or not known.excludes(one))
    each = {id(one): one for one in (near.of(root / "x"), *known.settings.values())}
    others = tuple(one for one in sorted({*listed.others, *linking}) if not known.excludes(one))
    scripts = tuple(one for one in others if holds_commands(one))
    return Project(root, kept, others, scripts, tuple(each.values()), near)


class _Known:
    """The settings of each folder, and what they exclude; in a folder that is excluded no file is opened."""

    def __init__(self, root: Path, near: Nearest) -> None:
        self._root, self._near = root, near
        self.settings: dict[str, Options] = {}
        self._skips: dict[int, _Skip] = {}
        self._folders: dict[str, bool] = {"": False}

    def excludes(self, name: str) -> bool:
        folder = name.rpartition("/")[0]
        if folder not in self._folders:
            self._folders[folder] = self.excludes(folder)
        return self._folders[folder] or self._skip(folder)(name)

    def _skip(self, folder: str) -> _Skip:
        if folder not in self.settings:
            own = self.settings[folder] = self._near.of(self._root / folder / "x")
            self._skips.setdefault(id(own), _Skip(self._root, own))
        return self._skips[id(self.settings[folder])]


class _Skip:
    """Whether the settings exclude a file; their patterns count from their folder, which is above or below `root`."""

    def __init__(self, root: Path, options: Options) -> None:
        folder = root if options.file is None else options.here(options.file.parent)
        self._globs = Globs(options.exclude)
        self._above = f"{root.relative_to(folder).as_posix()}/" if folder in root.parents else ""
        self._inside = f"{folder.relative_to(root).as_posix()}/" if root in folder.parents else ""

    def __call__(self, name: str) -> bool:
        return self._globs(self._above + name.removeprefix(self._inside))


def _ignored_by_git(root: Path, wanted: Sequence[Path], known: Sequence[str]) -> Iterator[str]:
    """Paths that were named are read, although git ignores them."""
    for path in wanted:
        name = Path(os.path.relpath(path, root)).as_posix()
        if is_source(name) and path.is_file():
            yield name
        elif name != "." and path.is_dir() and not any(one.startswith(f"{name}/") for one in known):
            yield from below(root, name)
