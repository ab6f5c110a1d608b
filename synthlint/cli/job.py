"""What one run of `check` is given, and what it has to do apart from checking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from synthlint.cli.outputs import Output, to_standard_output
from synthlint.settings.load import absolute
from synthlint.sources.text import relative

_PLAIN = ("text", "concise")
_APART = [("write_baseline", one) for one in ("baseline", "since", "add_ignores", "fix", "diff")]
_APART += [("add_ignores", "fix"), ("add_ignores", "diff")]


@dataclass(frozen=True, slots=True)
class Input:
    """What to check: paths, or a text from standard input under a name."""

    paths: tuple[Path, ...]
    text: str | None = None

    @property
    def name(self) -> str | None:
        """The name of the text from standard input."""
        return None if self.text is None else self.paths[0].as_posix()

    def held(self, root: Path) -> dict[str, str]:
        """The text from standard input, by its path in the project at `root`."""
        return {} if self.text is None else {relative(absolute(self.paths[0]), root): self.text}


@dataclass(frozen=True, slots=True)
class Job:
    """The options of the command line that are no settings, as click gives them."""

    outputs: tuple[Output, ...] = ()
    statistics: bool = False
    show_files: bool = False
    show_settings: bool = False
    baseline: Path | None = None
    write_baseline: Path | None = None
    since: str | None = None
    add_ignores: str | None = None
    exit_zero: bool = False
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False

    @classmethod
    def taken(cls, given: dict[str, Any]) -> Job:
        """The job in what click gives, which is taken out of it.  Raises click.UsageError for a contradiction."""
        out = cls(**{one.name: given.pop(one.name) for one in fields(cls)})
        for problem in out._contradictions():
            raise click.UsageError(problem)
        return out

    @property
    def fixes(self) -> bool:
        """Whether fixes are looked for."""
        return self.fix or self.diff

    def refuse_standard_input(self) -> None:
        """Raise click.UsageError where a file has to be written."""
        if self.add_ignores is not None:
            raise click.UsageError("--add-ignores writes into files; give it paths, not standard input")

    def _contradictions(self) -> Iterator[str]:
        format_ = to_standard_output(self.outputs)
        if self.unsafe_fixes and not self.fixes:
            yield "--unsafe-fixes says which fixes; add --fix to apply them or --diff to see them"
        if self.statistics and format_ not in _PLAIN:
            yield f"--statistics and {format_} cannot both go to standard output; give {format_} an --output-file"
        for one, other in _APART:
            if getattr(self, one) not in (None, False) and getattr(self, other) not in (None, False):
                yield f"{_option(one)} and {_option(other)} cannot go together; run one after the other"


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
