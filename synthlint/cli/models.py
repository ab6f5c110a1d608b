"""`synthlint models`: what is known of the calls of libraries, and whether a project's own rows are of use."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from synthlint import rules
from synthlint.cli import terminal
from synthlint.cli.resolve import engine_errors
from synthlint.gate import selection, verdict
from synthlint.settings import Options, load
from synthlint.settings.load import absolute
from synthlint.sources.discovery import project_root
from synthlint.sources.projects import project_at


@click.command(short_help="Show API models, or check your own.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--check", "check_own", is_flag=True, help="Exit with 1 if a row of your own matches no call.")
def command(paths: tuple[Path, ...], check_own: bool) -> int:
    """Count the API models by file and role; with --check, say which rows of the project match no call in it."""
    options = load.settings_for(paths or (Path(),))
    selection.validate(options, rules.registry())
    return _check(paths or (Path(),), options) if check_own else _show(options)


def _show(options: Options) -> int:
    from synthlint import engine

    with engine_errors():
        rows = engine.registry_of_models([options]).rows
    counts = Counter((row.origin, row.role) for row in rows)
    for (origin, role), number in sorted(counts.items()):
        terminal.result(f"{number:>5}  {role:<18} {origin}\n")
    terminal.result(f"{len(rows):>5}  rows in all\n")
    return verdict.OK


def _check(paths: tuple[Path, ...], options: Options) -> int:
    if not options.models:
        terminal.note("this project has no API models of its own; the documentation says how to add one")
        return verdict.OK
    from synthlint import engine
    from synthlint.models import loader

    wanted = [absolute(one) for one in paths]
    own = project_at(project_root(wanted), options, wanted)
    with engine_errors():
        project, _ = engine.interpret(engine.read_files(own, {}), own)
        registry = project.models if project is not None else engine.registry_of_models(own.each)
    shipped = {row.origin for row in loader.shipped().rows}
    rows = [row for row in registry.rows if row.origin not in shipped]
    unused = [row for row in rows if id(row) not in registry.used]
    for row in unused:
        terminal.result(f"{_origin(row.origin)}: {row.name} ({row.role}) matches no call in this project\n")
    terminal.note(f"{len(rows) - len(unused)} of {len(rows)} rows match a call")
    return verdict.FINDINGS if unused else verdict.OK


def _origin(name: str) -> str:
    return load.shown(Path(name)) if Path(name).is_absolute() else name
