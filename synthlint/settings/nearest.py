"""The nearest configuration file counts for a file, whatever paths a run was given."""

from __future__ import annotations

from pathlib import Path

from synthlint.settings.load import file_in, read_file
from synthlint.settings.merge import Flags, merged
from synthlint.settings.options import Options


class Nearest:
    """Gives the options that count for a file; each folder is looked at once.

    Files that have the same configuration file get the same object.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._known: dict[Path, Options] = {}

    def of(self, file: Path) -> Options:
        """The options for a file.  Raises SettingsError for a wrong configuration above it."""
        if not self._options.nearest:
            return self._options
        return self._at(self._options.original(file.parent))

    def _at(self, folder: Path) -> Options:
        if folder not in self._known:
            self._known[folder] = self._find(folder)
        return self._known[folder]

    def _find(self, folder: Path) -> Options:
        found = file_in(folder)
        if found is None:
            return self._options if folder == folder.parent else self._at(folder.parent)
        if found == self._options.file:
            return self._options
        flags = self._options.flags
        return merged(read_file(found), flags if isinstance(flags, Flags) else Flags())
