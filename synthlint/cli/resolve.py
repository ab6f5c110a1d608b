"""Configuration file and command line become one Options, checked against the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from synthlint import rules as catalogue
from synthlint.cli import terminal
from synthlint.gate import selection
from synthlint.settings import Options, SettingsError, settings_for
from synthlint.settings.load import shown
from synthlint.settings.merge import Flags, merged


def resolve(paths: Sequence[Path], flags: Flags) -> Options:
    """The options of a run over `paths`.  `--select` replaces, the other lists add.  Raises SettingsError."""
    options = settings_for(paths, flags.isolated)
    rules = catalogue.registry()
    selection.validate(options, rules)
    options = merged(options, flags)
    selection.validate(options, rules)
    for code in selection.needs_preview(options, rules):
        terminal.note(f"{code} is in preview and stays off: add --preview (or preview = true) to check it")
    return options


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn what is wrong with the project's API models into an error with its place."""
    from synthlint.models.schema import ModelError  # only now: --version and rule need no models

    try:
        yield
    except ModelError as error:
        place = shown(Path(error.file)) if Path(error.file).is_absolute() else error.file
        raise SettingsError(f"{error.row}: {error.problem}", "correct the row", place) from None
