"""`--fix` and `--diff`: fixes are found, applied in memory, checked, and then written or shown."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthlint.cli import terminal
from synthlint.findings import Finding, Report
from synthlint.fixes import atomic, patch
from synthlint.fixes.loop import Fixing, Outcome
from synthlint.reports import Context
from synthlint.reports.context import printable, shown
from synthlint.reports.text import count
from synthlint.settings import Options
from synthlint.settings.load import absolute
from synthlint.sources.text import relative

if TYPE_CHECKING:
    from synthlint.cli.check import Input

_MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether files are written (else a patch is shown), and whether unsafe fixes are applied."""

    write: bool
    unsafe: bool


def run(report: Report, context: Context, given: Input, options: Options, mode: Mode) -> Outcome:
    """Fix what is reported: the files are written, or the changes shown.  What could not be fixed is told."""
    from synthlint import engine
    from synthlint.fixes.base import attach

    held = given_text(context.root, given)

    def check(overlay: Mapping[str, bytes]) -> Report:
        return engine.check(given.paths, options, attach=attach, overlay={**held, **overlay})

    def read(path: str) -> bytes:
        return held[path] if path in held else (context.root / path).read_bytes()

    allowed = ("safe", "unsafe") if mode.unsafe else ("safe",)
    outcome = Fixing(check, read, allowed).run(report, shown(report))
    if not mode.write:
        _show(outcome, context, read)
    elif held:
        _out(outcome.files.get(next(iter(held)), next(iter(held.values()))))
    else:
        _write(outcome, context, read)
    _tell(outcome, context, mode)
    return outcome


def given_text(root: Path, given: Input) -> dict[str, bytes]:
    """What came in on standard input, by its path in the project."""
    if given.text is None:
        return {}
    return {relative(absolute(given.paths[0]), root): given.text.encode()}


def _write(outcome: Outcome, context: Context, read: Callable[[str], bytes]) -> None:
    """Write the changed files, each as a whole; one that was changed by others meanwhile is left alone."""
    for path, data in sorted(outcome.files.items()):
        try:
            if read(path) != outcome.read[path]:
                raise click.FileError(context.path(path), "it was changed while it was being fixed")
            atomic.replace(context.root / path, data)
        except OSError as error:
            raise click.FileError(context.path(path), error.strerror or "cannot be written") from None


def _show(outcome: Outcome, context: Context, read: Callable[[str], bytes]) -> None:
    """Print the changes as a patch; its bytes are exact unless they are coloured for a terminal."""
    for path, data in sorted(outcome.files.items()):
        change = patch.patch(context.path(path), read(path), data)
        if terminal.colours(sys.stdout):
            terminal.result(patch.coloured(change))
        else:
            _out(change)


def _out(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _tell(outcome: Outcome, context: Context, mode: Mode) -> None:
    """What was fixed, what was not kept and why, and what waits for --unsafe-fixes."""
    gone = Counter(one.code for one in outcome.applied)
    codes = ", ".join(f"{number} {code}" for code, number in sorted(gone.items()))
    verb = "fixed" if mode.write else "would fix"
    if gone:
        terminal.note(
            f"{verb} {count(len(outcome.applied), 'problem')} in {count(len(outcome.files), 'file')}: {codes}"
        )
    else:
        terminal.note("nothing was fixed" if mode.write else "nothing would be fixed")
    for one in outcome.refused[:_MOST_NOTES]:
        where = printable(context.where(one.finding.place))
        terminal.note(f"{where}: {one.finding.code} was not fixed: {printable(one.reason)}")
    if len(outcome.refused) > _MOST_NOTES:
        terminal.note(f"... and {len(outcome.refused) - _MOST_NOTES} more that were not fixed")
    held = [] if mode.unsafe else _held(shown(outcome.report))
    if held:
        effects = ", ".join(sorted({effect for one in held if one.fix for effect in one.fix.effects}))
        terminal.note(f"{len(held)} more with --unsafe-fixes ({effects})")


def _held(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.fix and one.fix.applicability == "unsafe" and one.fix.edits]
