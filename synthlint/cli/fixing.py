"""`--fix` and `--diff`: fixes are found, applied in memory, checked, and then written or shown."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import click

from synthlint.cli import terminal
from synthlint.cli.job import Input, Job
from synthlint.findings import Finding, Report
from synthlint.fixes import atomic, patch
from synthlint.fixes.loop import Fixing, Outcome
from synthlint.reports import Context
from synthlint.reports.context import printable, shown
from synthlint.reports.text import count
from synthlint.settings import Options
from synthlint.sources.text import from_bytes

_MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was fixed, and the new texts of the files by their path in the project."""

    outcome: Outcome
    texts: Mapping[str, str]

    @property
    def report(self) -> Report:
        """What is left of the whole report."""
        return self.outcome.report

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files that are changed."""
        return self.outcome.files


def run(report: Report, seen: Report, context: Context, given: Input, options: Options, job: Job) -> Fixed:
    """Fix what is seen of a report: the files are written, or the changes shown.

    All of the report is known to the loop, so that a fix is not refused for what was there before.
    """
    from synthlint import engine
    from synthlint.fixes.base import attach

    held = {path: text.encode() for path, text in given.held(context.root).items()}

    def check(overlay: Mapping[str, bytes]) -> Report:
        return engine.check(given.paths, options, attach=attach, overlay={**held, **overlay})

    def read(path: str) -> bytes:
        return held[path] if path in held else (context.root / path).read_bytes()

    allowed = ("safe", "unsafe") if job.unsafe_fixes else ("safe",)
    wanted = {one.fingerprint for one in shown(seen)}
    outcome = Fixing(check, read, allowed).run(report, [one for one in report.findings if one.fingerprint in wanted])
    if job.diff:
        _show(outcome, context, read)
    elif held:
        _out(outcome.files.get(next(iter(held)), next(iter(held.values()))))
    else:
        _write(outcome, context, read)
    return Fixed(outcome, {path: _text(path, data) for path, data in {**held, **outcome.files}.items()})


def _text(path: str, data: bytes) -> str:
    return from_bytes(path, data).text


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


def tell(fixed: Fixed, left: Report, context: Context, job: Job) -> None:
    """What was fixed, what was not kept and why, and what waits for --unsafe-fixes in what is left."""
    outcome = fixed.outcome
    gone = Counter(one.code for one in outcome.applied)
    codes = ", ".join(f"{number} {code}" for code, number in sorted(gone.items()))
    verb = "would fix" if job.diff else "fixed"
    if gone:
        terminal.note(
            f"{verb} {count(len(outcome.applied), 'problem')} in {count(len(outcome.files), 'file')}: {codes}"
        )
    else:
        terminal.note("nothing would be fixed" if job.diff else "nothing was fixed")
    for one in outcome.refused[:_MOST_NOTES]:
        where = printable(context.where(one.finding.place))
        terminal.note(f"{where}: {one.finding.code} was not fixed: {printable(one.reason)}")
    if len(outcome.refused) > _MOST_NOTES:
        terminal.note(f"... and {len(outcome.refused) - _MOST_NOTES} more that were not fixed")
    held = [] if job.unsafe_fixes else _held(shown(left))
    if held:
        effects = ", ".join(sorted({effect for one in held if one.fix for effect in one.fix.effects}))
        terminal.note(f"{len(held)} more with --unsafe-fixes ({effects})")


def _held(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.fix and one.fix.applicability == "unsafe" and one.fix.edits]
