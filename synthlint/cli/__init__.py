"""The command line: one module for each sub-command, imported when it runs."""

from __future__ import annotations

from importlib import import_module

import click

from synthlint._version import __version__

COMMANDS = {
    "check": "Check Python files and notebooks.",
    "rule": "Explain a rule, or list all rules.",
    "init": "Write a configuration to start with.",
    "models": "Show API models, or check your own.",
}


class _Lazy(click.Group):
    """A group that imports a sub-command only to run it; its help line is known without."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"synthlint.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="synthlint %(version)s")
def cli() -> None:
    """Check code that makes training data with generative models.

    Exit codes: 0 nothing to report, 1 findings, 2 wrong usage or configuration, 3 an internal error.
    """
