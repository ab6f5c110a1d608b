"""`--baseline` and `--since`: report what is new or got worse, and count the rest."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from synthlint.cli import terminal
from synthlint.findings import Finding, Report
from synthlint.gate import baseline, since
from synthlint.gate.changed import on_changed_end, parse
from synthlint.gate.compare import Comparison, Known, compare, known
from synthlint.gate.lines import Lines
from synthlint.reports import Context
from synthlint.reports.context import shown
from synthlint.reports.text import count
from synthlint.settings import Options
from synthlint.settings.load import absolute

Check = Callable[[tuple[Path, ...], Options], Report]


def write_baseline(report: Report, context: Context, file: Path) -> None:
    """Accept all findings of now."""
    accepted = known(report.findings, context.lines)
    terminal.write_file(file, baseline.write(accepted))
    terminal.note(f"{count(len(accepted), 'finding')} written to {file}")


def against_baseline(report: Report, context: Context, file: Path) -> tuple[Report, Context]:
    """The report without what the baseline accepts."""
    compared = compare(shown(report), baseline.read(file), context.lines)
    return _narrowed(report, context, compared, f"in {file}")


def against_commit(
    report: Report, context: Context, paths: tuple[Path, ...], options: Options, ref: str, check: Check
) -> tuple[Report, Context]:
    """The report without what was there at the merge base with `ref`."""
    base = since.find_base(context.root, ref)
    if base.note:
        terminal.note(base.note)
    before = _findings_of(base, paths, options, check) if shown(report) else []
    compared = compare(shown(report), before, context.lines)
    changes = parse(since.diff(base), since.untracked(base))
    top = base.top.resolve()

    def from_top(path: str) -> str:
        return Path(os.path.relpath((context.root / path).resolve(), top)).as_posix()

    moved = replace(
        compared,
        new=[on_changed_end(one, changes, from_top) for one in compared.new],
        worse=[(on_changed_end(one, changes, from_top), old) for one, old in compared.worse],
    )
    return _narrowed(report, context, moved, f"at {base.commit[:12]}")


def _findings_of(base: since.Base, paths: tuple[Path, ...], options: Options, check: Check) -> list[Known]:
    """What the same options say about the same paths at the base."""
    top = base.top.resolve()
    with since.checked_out(base) as tree:

        def then(path: Path) -> Path:
            real = absolute(path).resolve()
            return tree / real.relative_to(top) if real.is_relative_to(top) else path

        existing = tuple(one for one in map(then, paths) if one.exists())
        # a file that is new, or has another name now, may have its past anywhere in the project
        there = existing if len(existing) == len(paths) else (tree,)
        report = check(there, replace(options, folder=then(options.folder)))
        return known(report.findings, Lines(Path(report.root)).around)


def _narrowed(report: Report, context: Context, compared: Comparison, where: str) -> tuple[Report, Context]:
    worse = [one for one, _ in compared.worse]
    kept: list[Finding] = [*compared.new, *worse, *(one for one in report.findings if one.suppressed)]
    states = {one.fingerprint: "new" for one in compared.new} | {one.fingerprint: "updated" for one in worse}
    remarks = []
    if compared.old:
        remarks.append(f"{count(len(compared.old), 'known problem')} {where} not shown")
    if compared.fixed:
        remarks.append(f"{len(compared.fixed)} fixed since")
    narrowed = replace(report, findings=tuple(sorted(kept, key=lambda one: one.sort_key)))
    return narrowed, replace(context, states=states, compared=tuple(remarks))
