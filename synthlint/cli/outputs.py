"""`--output-format` and `--output-file`, several times: which report goes where."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from synthlint.cli import terminal
from synthlint.findings import Report
from synthlint.reports import FORMATS, Context, render


@dataclass(frozen=True, slots=True)
class Output:
    """One report: its format, and a file or standard output."""

    format: str
    file: Path | None = None


class PairedCommand(click.Command):
    """Reads what click cannot: `--output-file F` belongs to the `--output-format` before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _joined(args))


def _joined(args: Sequence[str]) -> list[str]:
    out: list[str] = []
    last = None
    rest = iter(args)
    for one in rest:
        name, equals, value = one.partition("=")
        if one == "--add-ignores":  # its reason is optional, so it must not take the next argument
            out.append("--add-ignores=")
            continue
        if one == "--":
            return [*out, one, *rest]
        if name not in {"--output-format", "--output-file"}:
            out.append(one)
            continue
        value = value if equals else next(rest, "")
        if name == "--output-format":
            last = len(out)
            out.append(f"--output-format={value}")
        elif last is None:
            raise click.UsageError("--output-file needs an --output-format before it")
        else:
            out[last] += f"={value}"
            last = None
    return out


class OutputType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`sarif`, or `sarif=report.sarif` to write a file."""

    name = "|".join(FORMATS)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        if isinstance(value, Output):
            return value
        name, _, file = str(value).partition("=")
        if name not in FORMATS:
            self.fail(f"{name!r} is not one of {', '.join(FORMATS)}", param, ctx)
        return Output(name, Path(file) if file else None)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in FORMATS if name.startswith(incomplete)]


def to_standard_output(outputs: Sequence[Output]) -> str:
    """The format that standard output gets: text, unless one without a file is asked for."""
    names = [one.format for one in outputs if one.file is None]
    if len(names) > 1:
        raise click.UsageError(f"only one format can go to standard output; give {names[1]} an --output-file")
    return names[0] if names else "text"


def write(report: Report, outputs: Sequence[Output], context: Context, instead: str | None = None) -> None:
    """Write all reports: files first, so that they are there whatever becomes of the terminal.

    `instead` is what the terminal gets in place of its report.
    """
    on_terminal = to_standard_output(outputs)
    for one in outputs:
        if one.file is not None:
            plain = replace(context, symbols=True, links=False)
            terminal.write_file(one.file, render(one.format, report, plain))
    if any(one.format == "github" for one in outputs):
        _add_job_summary(report, context)
    shown = replace(context, symbols=terminal.symbols(sys.stdout), links=terminal.links(sys.stdout))
    terminal.result(render(on_terminal, report, shown) if instead is None else instead)


def _add_job_summary(report: Report, context: Context) -> None:
    """GitHub shows on the page of the job what a step appends to this file."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if name:
        from synthlint.reports.github import job_summary

        with Path(name).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(job_summary(report, replace(context, folder=context.root)))
