"""`--baseline` and `--since`: report what is new or got worse, and count the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from synthlint.cli import terminal
from synthlint.findings import Finding, Report
from synthlint.gate import baseline, since
from synthlint.gate.changed import on_changed_end, parse
from synthlint.gate.compare import Comparison, Known, compare, known
from synthlint.gate.judge import reported
from synthlint.gate.lines import Lines
from synthlint.gate.selection import RuleInfo
from synthlint.reports import Context
from synthlint.reports.context import shown
from synthlint.reports.text import count
from synthlint.settings import Options
from synthlint.settings.load import absolute
from synthlint.settings.merge import Flags, merged
from synthlint.settings.nearest import Nearest

_MOST_FIXED = 10
Check = Callable[[tuple[Path, ...], Options], Report]


@dataclass(frozen=True)
class Scope:
    """What this run can speak of: a finding in another file, or of a rule that is off, is not fixed."""

    root: Path
    paths: tuple[Path, ...]
    rules: Mapping[str, RuleInfo]
    options: Options

    @classmethod
    def of(cls, context: Context, paths: tuple[Path, ...], options: Options) -> Scope:
        wanted = tuple(absolute(one).resolve() for one in paths)
        return cls(context.root.resolve(), wanted, context.rules, options)

    def holds(self, path: str) -> bool:
        """Whether the file is looked at, or is gone: then its findings may be anywhere."""
        file = self.root / path
        return not file.exists() or any(file.is_relative_to(one) for one in self.paths)

    def judges(self, one: Known) -> bool:
        """Whether this run would have reported the finding if it were still there."""
        options = Nearest(self.options).of(self.root / one.who.path)
        if one.who.code not in reported(one.who.path, self.root, options, self.rules):
            return False
        return one.confidence >= options.min_confidence


def write_baseline(report: Report, context: Context, scope: Scope, file: Path) -> None:
    """Accept all findings of now; what the file accepts elsewhere stays."""
    accepted = known(report.findings, context.lines)
    kept = [one for one in baseline.read(file) if not scope.holds(one.who.path)] if file.exists() else []
    terminal.write_file(file, baseline.write([*accepted, *kept]))
    others = f"; {len(kept)} in other files kept" if kept else ""
    terminal.note(f"{count(len(accepted), 'finding')} written to {file}{others}")


def against_baseline(report: Report, context: Context, scope: Scope, file: Path) -> tuple[Report, Context]:
    """The report without what the baseline accepts; entries that accept nothing any more are named."""
    before = [one for one in baseline.read(file) if scope.holds(one.who.path)]
    compared = _compare(report, before, context)
    fixed = [one for one in compared.fixed if scope.judges(one)]
    for one in fixed[:_MOST_FIXED]:
        terminal.note(f"fixed: {context.path(one.who.path)}: {one.who.code} in `{one.who.statement}`")
    if fixed:
        terminal.note(f"{file} accepts {count(len(fixed), 'finding')} too many; --write-baseline {file} drops them")
    return _narrowed(report, context, replace(compared, fixed=fixed), f"in {file}")


def against_commit(report: Report, context: Context, scope: Scope, ref: str, check: Check) -> tuple[Report, Context]:
    """The report without what was there at the merge base with `ref`."""
    base = since.find_base(context.root, ref)
    if base.note:
        terminal.note(base.note)
    before = _findings_of(base, scope, check) if shown(report) else []
    compared = _compare(report, [one for one in before if scope.holds(one.who.path)], context)
    changes = parse(since.diff(base), since.untracked(base))
    top = base.top.resolve()

    def from_top(path: str) -> str:
        return Path(os.path.relpath((context.root / path).resolve(), top)).as_posix()

    moved = replace(
        compared,
        new=[on_changed_end(one, changes, from_top) for one in compared.new],
        worse=[(on_changed_end(one, changes, from_top), old) for one, old in compared.worse],
        fixed=[one for one in compared.fixed if scope.judges(one)],
    )
    return _narrowed(report, context, moved, f"at {base.commit[:12]}")


def _findings_of(base: since.Base, scope: Scope, check: Check) -> list[Known]:
    """What the same options say about the same paths at the base."""
    top = base.top.resolve()
    with since.checked_out(base) as tree:

        def then(path: Path) -> Path:
            real = absolute(path).resolve()
            return tree / real.relative_to(top) if real.is_relative_to(top) else path

        existing = tuple(one for one in map(then, scope.paths) if one.exists())
        # a file that is new, or has another name now, may have its past anywhere in the project
        there = existing if len(existing) == len(scope.paths) else (tree,)
        report = check(there, _everything(scope.options, tree, top))
        return known(report.findings, Lines(Path(report.root)).around)


def _everything(options: Options, tree: Path, top: Path) -> Options:
    """Options that hide nothing: what was there is known, whatever the settings were then; those of now count."""
    flags = options.flags if isinstance(options.flags, Flags) else Flags()
    return replace(merged(options, replace(flags, everything=True)), copy_of=(tree, top))


def _compare(report: Report, before: list[Known], context: Context) -> Comparison:
    """Compare all findings: one that is suppressed now is not fixed, but is not reported either."""
    out = compare(report.findings, before, context.lines)
    return replace(
        out,
        new=[one for one in out.new if not one.suppressed],
        worse=[(one, old) for one, old in out.worse if not one.suppressed],
        old=[one for one in out.old if not one.suppressed],
    )


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
