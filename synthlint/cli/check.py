"""`synthlint check [PATHS]`: the main job."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from synthlint.cli import terminal
from synthlint.cli.completion import complete_code
from synthlint.cli.ignores import write_ignores
from synthlint.cli.outputs import Output, OutputType, PairedCommand, to_standard_output, write
from synthlint.cli.progress import progress_bar
from synthlint.cli.resolve import engine_errors, resolve
from synthlint.findings import Report
from synthlint.gate import verdict
from synthlint.gate.lines import Lines
from synthlint.reports import FORMATS, Context
from synthlint.reports.context import printable, shown
from synthlint.settings import Options
from synthlint.settings.load import absolute
from synthlint.settings.merge import Flags
from synthlint.settings.show import in_force
from synthlint.sources.text import Unreadable, from_bytes

_MOST_NOTES = 10
_CODES = {"multiple": True, "metavar": "CODES", "shell_complete": complete_code}


@dataclass(frozen=True, slots=True)
class Input:
    """What to check: paths, or a text from standard input under a name."""

    paths: tuple[Path, ...]
    text: str | None = None

    @property
    def name(self) -> str | None:
        """The name of the text from standard input."""
        return None if self.text is None else self.paths[0].as_posix()


@click.command(cls=PairedCommand, short_help="Check Python files and notebooks.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--select", help="Check these rules instead of the default set.", **_CODES)  # type: ignore[arg-type]
@click.option("--fix", "fix_", is_flag=True, help="Apply safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: fixes that change data or results, too.")
@click.option("--diff", "diff", is_flag=True, help="Show what --fix would change, as a patch; write nothing.")
@click.option("--extend-select", help="Check these rules besides.", **_CODES)  # type: ignore[arg-type]
@click.option("--ignore", help="Leave these rules out.", **_CODES)  # type: ignore[arg-type]
@click.option("--exclude", multiple=True, metavar="GLOB", help="Do not read files that match.")
@click.option("--preview/--no-preview", default=None, help="Check preview rules, too.")
@click.option("--min-confidence", type=click.Choice(["low", "medium", "high"]), help="Hide findings below it.")
@click.option("--isolated", is_flag=True, help="Ignore all configuration files.")
@click.option(
    "--output-format",
    "outputs",
    type=OutputType(),
    multiple=True,
    metavar="|".join(FORMATS),
    help="Repeatable; --output-file after it sends that report to a file.",
)
@click.option("--output-file", metavar="FILE", expose_value=False, help="File for the format named before it.")
@click.option("--statistics", is_flag=True, help="Show how often each rule was found.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked.")
@click.option("--baseline", type=click.Path(path_type=Path), help="Report only what this file does not accept.")
@click.option("--write-baseline", type=click.Path(path_type=Path), help="Accept all findings of now in this file.")
@click.option("--since", metavar="REF", help="Report only what is new since HEAD left this branch or commit.")
@click.option("--show-settings", is_flag=True, help="Show the settings and where each comes from.")
@click.option("--add-ignores", metavar="[=REASON]", help="Write a suppression comment for every finding.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if something is found.")
@click.option("--stdin-filename", metavar="FILE", help="The name of what comes in on standard input (-).")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Processes to use.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
def command(
    paths: tuple[Path, ...],
    outputs: tuple[Output, ...],
    statistics: bool,
    show_files: bool,
    show_settings: bool,
    baseline: Path | None,
    write_baseline: Path | None,
    since: str | None,
    add_ignores: str | None,
    exit_zero: bool,
    stdin_filename: str | None,
    fix_: bool,
    unsafe_fixes: bool,
    diff: bool,
    **flags: Any,
) -> int:
    """Check PATHS (files, folders or - for standard input; by default this folder).

    All of the project is read, so that what is said about a file does not depend on the paths; findings are
    reported for PATHS only.
    """
    to_standard_output(outputs)
    if unsafe_fixes and not (fix_ or diff):
        raise click.UsageError("--unsafe-fixes says which fixes; add --fix to apply them or --diff to see them")
    given = _input(paths, stdin_filename)
    options = resolve(given.paths, Flags(**flags))
    if show_settings:
        terminal.result("".join(f"{line}\n" for line in in_force(options)))
        return verdict.OK
    if show_files:
        return _show_files(given.paths, options)
    report = run(given, options)
    context = _context(report, given, options)
    if write_baseline or baseline or since:
        report, context = _compared(report, context, given, options, (write_baseline, baseline, since))
    if write_baseline is not None:
        return verdict.exit_code(report, exit_zero=True)
    if add_ignores is not None:
        write_ignores(report, context, add_ignores)
        return verdict.exit_code(report, exit_zero=True)
    if fix_ or diff:
        from synthlint.cli import fixing  # only now: most runs fix nothing

        outcome = fixing.run(report, context, given, options, fixing.Mode(fix_ and not diff, unsafe_fixes))
        if diff or given.text is not None:
            return int(diff and bool(outcome.files)) or verdict.exit_code(outcome.report, diff or exit_zero)
        report = outcome.report
    if statistics:
        terminal.result(_statistics(report))
    else:
        write(report, outputs, context)
    _tell(report, given, outputs, context)
    return verdict.exit_code(report, exit_zero)


def run(given: Input, options: Options) -> Report:
    """Let the engine check the input, with a progress bar for those who watch."""
    from synthlint import engine  # only now: the analysis costs time to import
    from synthlint.fixes.base import attach

    with engine_errors(), progress_bar() as progress:
        return engine.check(
            given.paths, options, stdin=given.text, stdin_filename=given.name, progress=progress, attach=attach
        )


def _standard_input(name: str) -> str:
    """The text on standard input, decoded as the file of that name would be."""
    data = sys.stdin.buffer.read()
    try:
        return from_bytes(name, data).text
    except Unreadable:
        return data.decode("utf-8", "replace")  # the engine says what is wrong with it


def _check(paths: tuple[Path, ...], options: Options) -> Report:
    return run(Input(paths), options)


def _compared(
    report: Report,
    context: Context,
    given: Input,
    options: Options,
    wanted: tuple[Path | None, Path | None, str | None],
) -> tuple[Report, Context]:
    """Write or apply what tells new findings from known ones."""
    from synthlint.cli import compared  # costs time to import, and most runs compare nothing

    write_baseline, baseline, since = wanted
    scope = compared.Scope.of(context, given.paths, options)
    if write_baseline is not None:
        compared.write_baseline(report, context, scope, write_baseline)
    if baseline is not None:
        report, context = compared.against_baseline(report, context, scope, baseline)
    if since is not None:
        report, context = compared.against_commit(report, context, scope, since, _check)
    return report, context


def _input(paths: Sequence[Path], stdin_filename: str | None) -> Input:
    if Path("-") in paths or (stdin_filename and not paths):
        if len(paths) > 1:
            raise click.UsageError("- takes no other paths beside it")
        return Input((Path(stdin_filename or "stdin.py"),), _standard_input(stdin_filename or "stdin.py"))
    for one in paths:
        if not os.path.lexists(one):
            raise click.UsageError(f"no such file or folder: {one}")
    return Input(tuple(paths) or (Path(),))


def _context(report: Report, given: Input, options: Options) -> Context:
    from synthlint import rules

    root = Path(report.root)
    texts = {}
    if given.text is not None:
        name = absolute(given.paths[0])
        texts[Path(os.path.relpath(name, root)).as_posix()] = given.text
    lines = Lines(root, texts)
    return Context(
        root=root,
        lines=lines.around,
        line_in_file=lines.in_file,
        rules=rules.registry(),
        min_confidence=options.min_confidence,
    )


def _show_files(paths: Sequence[Path], options: Options) -> int:
    from synthlint.sources.discovery import project_root
    from synthlint.sources.projects import project_at

    wanted = [absolute(one) for one in paths]
    root = project_root(wanted)
    context = Context(root=root)
    for name in project_at(root, options, wanted).names:
        if any((root / name).is_relative_to(one) for one in wanted):
            terminal.result(printable(context.path(name)) + "\n")
    return verdict.OK


def _statistics(report: Report) -> str:
    counts = Counter((one.code, one.name) for one in shown(report))
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return "".join(f"{number:>5}  {code}  {name}\n" for (code, name), number in ordered)


def _tell(report: Report, given: Input, outputs: Sequence[Output], context: Context) -> None:
    """What the reader must know and the findings do not say; nothing is skipped in silence."""
    if report.files == 0:
        for one in given.paths:
            terminal.note(f"no Python files or notebooks found under {one}")
    for skipped in report.unanalysed[:_MOST_NOTES]:
        terminal.note(f"{printable(context.path(skipped.path))}: {printable(skipped.reason)}")
    if len(report.unanalysed) > _MOST_NOTES:
        terminal.note(f"... and {len(report.unanalysed) - _MOST_NOTES} more files; --output-format json lists all")
    for error in report.internal_errors:
        terminal.note(f"internal error: {printable(error)}; this is a bug, please report it")
    if to_standard_output(outputs) == "concise":
        from synthlint.reports.text import summary

        terminal.note(summary(report, context))
