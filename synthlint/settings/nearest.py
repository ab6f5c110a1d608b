"""In a project with several configuration files, what is reported about a file follows the nearest one.

What is read and how it is understood (`exclude`, `datasets`, `models`) is one for a run, since a pipeline may
cross folders; which rules are reported, and from which confidence on, may differ from folder to folder.
"""

from __future__ import annotations

from pathlib import Path

from synthlint.settings.load import find_file, read_file
from synthlint.settings.merge import Flags, merged
from synthlint.settings.options import Options


class Nearest:
    """Gives the options that count for a file; each folder is looked at once."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._known: dict[Path, Options] = {}

    def of(self, file: Path) -> Options:
        """The options for a file.  Raises SettingsError for a wrong configuration near it."""
        if not self._options.nearest:
            return self._options
        folder = file.parent
        if folder not in self._known:
            self._known[folder] = self._for(folder)
        return self._known[folder]

    def _for(self, folder: Path) -> Options:
        found = find_file(folder)
        if found is None or found == self._options.file:
            return self._options
        flags = self._options.flags
        return merged(read_file(found), flags if isinstance(flags, Flags) else Flags())
