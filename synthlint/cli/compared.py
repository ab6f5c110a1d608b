"""`--baseline` and `--since`: report what is new or got worse, and count the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class Past:
    """Findings that were there before, in a baseline `file` or at a commit, which `where` names.

    `shown_at` moves a finding to the place where review tools show it.
    """

    known: Sequence[Known]
    where: str
    file: Path | None = None
    shown_at: Callable[[Finding], Finding] = lambda one: one


def in_baseline(scope: Scope, file: Path) -> Past:
    """What a baseline file accepts of the files that are looked at."""
    return Past([one for one in baseline.read(file) if scope.holds(one.who.path)], f"in {file}", file)


def at_commit(report: Report, scope: Scope, ref: str, check: Check) -> Past:
    """What was found at the merge base with `ref`; nothing is checked there when nothing is found now."""
    base = since.find_base(scope.root, ref)
    if base.note:
        terminal.note(base.note)
    before = _findings_of(base, scope, check) if shown(report) else []
    changes = parse(since.diff(base), since.untracked(base))
    top = base.top.resolve()

    def from_top(path: str) -> str:
        return Path(os.path.relpath((scope.root / path).resolve(), top)).as_posix()

    held = [one for one in before if scope.holds(one.who.path)]
    return Past(held, f"at {base.commit[:12]}", shown_at=lambda one: on_changed_end(one, changes, from_top))


def narrowed(report: Report, context: Context, scope: Scope, pasts: Sequence[Past]) -> tuple[Report, Context]:
    """The report without what was there before in any of `pasts`; the rest is counted in the summary."""
    kept = {one.fingerprint: one for one in report.findings}
    states: dict[str, str] = {}
    remarks: list[str] = []
    for past in pasts:
        compared = _compare(report, past.known, context)
        worse = [one for one, _ in compared.worse]
        fixed = [one for one in compared.fixed if scope.judges(one)]
        for one in compared.old:
            kept.pop(one.fingerprint, None)
        states |= {one.fingerprint: "new" for one in compared.new} | {one.fingerprint: "updated" for one in worse}
        kept = {key: one if one.suppressed else past.shown_at(one) for key, one in kept.items()}
        remarks += _remarks(compared.old, fixed, past)
        if past.file is not None:
            _tell_fixed(fixed, context, past.file)
    findings = tuple(sorted(kept.values(), key=lambda one: one.sort_key))
    return replace(report, findings=findings), replace(context, states=states, compared=tuple(remarks))


def _remarks(old: Sequence[Finding], fixed: Sequence[Known], past: Past) -> Iterator[str]:
    if old:
        yield f"{count(len(old), 'known problem')} {past.where} not shown"
    if fixed:
        yield f"{len(fixed)} fixed since"


def _tell_fixed(fixed: Sequence[Known], context: Context, file: Path) -> None:
    """Name the entries that accept nothing any more."""
    for one in fixed[:_MOST_FIXED]:
        terminal.note(f"fixed: {context.path(one.who.path)}: {one.who.code} in `{one.who.statement}`")
    if len(fixed) > _MOST_FIXED:
        terminal.note(f"fixed: {len(fixed) - _MOST_FIXED} more")
    if fixed:
        terminal.note(f"{file} accepts {count(len(fixed), 'finding')} too many; --write-baseline {file} drops them")


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


def _compare(report: Report, before: Sequence[Known], context: Context) -> Comparison:
    """Compare all findings: one that is suppressed now is not fixed, but is not reported either."""
    out = compare(report.findings, before, context.lines)
    return replace(
        out,
        new=[one for one in out.new if not one.suppressed],
        worse=[(one, old) for one, old in out.worse if not one.suppressed],
        old=[one for one in out.old if not one.suppressed],
    )
