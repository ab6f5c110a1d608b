"""The command line over a configuration file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from synthlint.findings import Confidence
from synthlint.settings.options import Options

COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says about Options; None or empty leaves the configuration as it is.

    `everything` is for a run that others are compared with: nothing may be hidden in it.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    preview: bool | None = None
    min_confidence: str | None = None
    isolated: bool = False
    jobs: int | None = None
    no_cache: bool = False
    everything: bool = False


def merged(options: Options, flags: Flags) -> Options:
    """The options of a file with those of the command line: `--select` replaces, the other lists add."""
    changes: dict[str, object] = {"jobs": flags.jobs, "cache": not flags.no_cache, "flags": flags}
    if flags.select:
        changes["select"] = split(flags.select)
    for name in ("extend_select", "ignore", "exclude"):
        if getattr(flags, name):
            changes[name] = (*getattr(options, name), *split(getattr(flags, name)))
    if flags.preview is not None:
        changes["preview"] = flags.preview
    if flags.min_confidence is not None:
        changes["min_confidence"] = Confidence.parse(flags.min_confidence)
    if flags.everything:
        changes |= {"select": ("ALL",), "ignore": (), "per_file_ignores": {}, "preview": True}
        changes["min_confidence"] = Confidence.LOW
    told = {name.replace("_", "-"): COMMAND_LINE for name in changes if name not in {"jobs", "cache", "flags"}}
    return replace(options, **changes, origins={**options.origins, **told})  # type: ignore[arg-type]


def split(values: Iterable[str]) -> tuple[str, ...]:
    """`SYN1,SYN2` and repeated options give the same."""
    return tuple(one for value in values for one in re.split(r"[,\s]+", value) if one)
