"""`synthlint check [PATHS]`: the main job."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from synthlint.cli import terminal
from synthlint.cli.completion import complete_code
from synthlint.cli.job import Input, Job
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
Narrow = Callable[[Report, Context], tuple[Report, Context]]
_CODES = {"multiple": True, "metavar": "CODES", "shell_complete": complete_code}


@click.command(cls=PairedCommand, short_help="Check Python files and notebooks.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--select", help="Check these rules instead of the default set.", **_CODES)  # type: ignore[arg-type]
@click.option("--fix", is_flag=True, help="Apply safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: fixes that change data or results, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, as a patch; write nothing.")
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
def command(paths: tuple[Path, ...], stdin_filename: str | None, **given: Any) -> int:
    """Check PATHS (files, folders or - for standard input; by default this folder).

    All of the project is read, so that what is said about a file does not depend on the paths; findings are
    reported for PATHS only.
    """
    job = Job.taken(given)
    asked = _input(paths, stdin_filename, job)
    options = resolve(asked.paths, Flags(**given))
    if job.show_settings:
        terminal.result("".join(f"{line}\n" for line in in_force(options)))
        return verdict.OK
    if job.show_files:
        return _show_files(asked.paths, options)
    report = run(asked, options)
    if job.write_baseline is not None:
        return _write_baseline(report, asked, options, job.write_baseline)
    narrow = _narrowing(report, asked, options, job)
    seen, context = narrow(report, _context(report, options, asked.held(Path(report.root))))
    if job.add_ignores is not None:
        from synthlint.cli.ignores import write_ignores

        write_ignores(seen, context, job.add_ignores)
        return verdict.exit_code(seen, exit_zero=True)
    if job.fixes:
        return _fix(report, seen, context, asked, options, job, narrow)
    return _show(seen, context, asked, job)


def _fix(
    report: Report, seen: Report, context: Context, asked: Input, options: Options, job: Job, narrow: Narrow
) -> int:
    """Fix what is seen of the report; then show what is left, or the changes."""
    from synthlint.cli import fixing  # only now: most runs fix nothing

    outcome = fixing.run(report, seen, context, asked, options, job)
    left, context = narrow(outcome.report, _context(report, options, outcome.texts))
    fixing.tell(outcome, left, context, job)
    if job.diff or asked.text is not None:
        return int(job.diff and bool(outcome.files)) or verdict.exit_code(left, job.diff or job.exit_zero)
    return _show(left, context, asked, job)


def _show(report: Report, context: Context, asked: Input, job: Job) -> int:
    """Write the reports; gives the exit code."""
    write(report, job.outputs, context, _statistics(report) if job.statistics else None)
    _tell(report, asked, job.outputs, context)
    return verdict.exit_code(report, job.exit_zero)


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


def _write_baseline(report: Report, asked: Input, options: Options, file: Path) -> int:
    from synthlint.cli import compared  # costs time to import, and most runs compare nothing

    context = _context(report, options, asked.held(Path(report.root)))
    compared.write_baseline(report, context, compared.Scope.of(context, asked.paths, options), file)
    return verdict.exit_code(report, exit_zero=True)


def _narrowing(report: Report, asked: Input, options: Options, job: Job) -> Narrow:
    """What takes known findings out of a report; the past is looked up once."""
    if job.baseline is None and job.since is None:
        return lambda report, context: (report, context)
    from synthlint.cli import compared

    scope = compared.Scope.of(_context(report, options, {}), asked.paths, options)
    past = [compared.in_baseline(scope, job.baseline)] if job.baseline is not None else []
    if job.since is not None:
        past.append(compared.at_commit(report, scope, job.since, _check))
    return lambda report, context: compared.narrowed(report, context, scope, past)


def _input(paths: Sequence[Path], stdin_filename: str | None, job: Job) -> Input:
    if Path("-") in paths or (stdin_filename and not paths):
        job.refuse_standard_input()
        if len(paths) > 1:
            raise click.UsageError("- takes no other paths beside it")
        return Input((Path(stdin_filename or "stdin.py"),), _standard_input(stdin_filename or "stdin.py"))
    for one in paths:
        if not os.path.lexists(one):
            raise click.UsageError(f"no such file or folder: {one}")
    return Input(tuple(paths) or (Path(),))


def _context(report: Report, options: Options, texts: Mapping[str, str]) -> Context:
    """The surroundings of a report; `texts` stand for what is on disk."""
    from synthlint import rules

    root = Path(report.root)
    lines = Lines(root, texts)
    return Context(
        root=root,
        lines=lines.around,
        line_in_file=lines.in_file,
        rules=rules.registry(),
        min_confidence=options.min_confidence,
        documentation=options.documentation,
    )


def _show_files(paths: Sequence[Path], options: Options) -> int:
    from synthlint.sources.discovery import project_root
    from synthlint.sources.projects import project_at

    wanted = [absolute(one) for one in paths]
    root = project_root(wanted)
    context = Context(root=root)
    project = project_at(root, options, wanted)
    for name in sorted((*project.names, *project.scripts)):
        if any((root / name).is_relative_to(one) for one in wanted):
            terminal.result(printable(context.path(name)) + "\n")
    return verdict.OK


def _statistics(report: Report) -> str:
    counts = Counter((one.code, one.name) for one in shown(report))
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return "".join(f"{number:>5}  {code}  {name}\n" for (code, name), number in ordered)


def _nothing_in(path: Path) -> str:
    """Why nothing was checked in a path."""
    from synthlint.sources.discovery import holds_commands, is_source

    if path.is_dir():
        return f"no Python files or notebooks found under {path}"
    if not path.is_file():
        return f"{path} is not checked: it is no regular file"
    if is_source(path.name) or holds_commands(absolute(path).as_posix()):
        return f"{path} is not checked: `exclude` in the settings leaves it out"
    return f"{path} is not checked: it is no Python file, notebook, shell script, Makefile, Dockerfile or CI file"


def _tell(report: Report, given: Input, outputs: Sequence[Output], context: Context) -> None:
    """What the reader must know and the findings do not say; nothing is skipped in silence."""
    if report.files == 0:
        for one in given.paths:
            terminal.note(_nothing_in(one))
    for skipped in report.unanalysed[:_MOST_NOTES]:
        terminal.note(f"{printable(context.path(skipped.path))}: {printable(skipped.reason)}")
    if len(report.unanalysed) > _MOST_NOTES:
        terminal.note(f"... and {len(report.unanalysed) - _MOST_NOTES} more files; --output-format json lists all")
    for error in report.internal_errors:
        terminal.note(f"internal error: {printable(error)}; this is a bug, please report it")
    if to_standard_output(outputs) == "concise":
        from synthlint.reports.text import summary

        terminal.note(summary(report, context))
