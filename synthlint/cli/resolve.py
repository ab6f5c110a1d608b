"""Configuration file and command line become one Options, checked against the rules."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from synthlint import rules as catalogue
from synthlint.cli import terminal
from synthlint.findings import Confidence
from synthlint.gate import selection
from synthlint.settings import Options, SettingsError, settings_for
from synthlint.settings.load import place_of, shown

COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says about Options; None or empty leaves the configuration as it is."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    preview: bool | None = None
    min_confidence: str | None = None
    isolated: bool = False
    jobs: int | None = None
    no_cache: bool = False


def resolve(paths: Sequence[Path], flags: Flags) -> Options:
    """The options of a run over `paths`.  `--select` replaces, the other lists add.  Raises SettingsError."""
    options = settings_for(paths, flags.isolated)
    rules = catalogue.registry()
    selection.validate(options, rules)
    options = _merged(options, flags)
    selection.validate(options, rules)
    for code in selection.needs_preview(options, rules):
        terminal.note(f"{code} is in preview and stays off: add --preview (or preview = true) to check it")
    return options


@contextmanager
def engine_errors(options: Options) -> Iterator[None]:
    """Turn what is wrong with the project's API models into an error with its place."""
    for path in options.model_files():
        if not path.is_file():
            place = place_of(options, "models", Path(os.path.relpath(path, options.folder)).as_posix())
            raise SettingsError(f"models: there is no file {shown(path)}", "correct the path", place)
    from synthlint.models.schema import ModelError  # only now: --version and rule need no models

    try:
        yield
    except ModelError as error:
        place = shown(Path(error.file)) if Path(error.file).is_absolute() else error.file
        raise SettingsError(f"{error.row}: {error.problem}", "correct the row", place) from None


def _merged(options: Options, flags: Flags) -> Options:
    changes: dict[str, object] = {"jobs": flags.jobs, "cache": not flags.no_cache}
    if flags.select:
        changes["select"] = split(flags.select)
    for name in ("extend_select", "ignore", "exclude"):
        if getattr(flags, name):
            changes[name] = (*getattr(options, name), *split(getattr(flags, name)))
    if flags.preview is not None:
        changes["preview"] = flags.preview
    if flags.min_confidence is not None:
        changes["min_confidence"] = Confidence.parse(flags.min_confidence)
    told = {name.replace("_", "-"): COMMAND_LINE for name in changes if name not in {"jobs", "cache"}}
    return replace(options, **changes, origins={**options.origins, **told})  # type: ignore[arg-type]


def split(values: Iterable[str]) -> tuple[str, ...]:
    """`SYN1,SYN2` and repeated options give the same."""
    return tuple(one for value in values for one in re.split(r"[,\s]+", value) if one)
