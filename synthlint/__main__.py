"""`synthlint` and `python -m synthlint`: run the command line, and turn every error into one clear line."""

from __future__ import annotations

import os
import sys

if sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109, pathlib is not imported yet
    del sys.path[0]  # `python -m` puts the checked folder first: its `types.py` is not ours to import

import click

from synthlint.cli import cli


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        code = cli.main(arguments, prog_name="synthlint", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "synthlint"
        click.echo(f"synthlint: {' '.join(error.format_message().split())} (see {command} --help)", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("synthlint: interrupted", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        from synthlint.settings.errors import SettingsError  # only now: --version needs no settings

        if isinstance(error, SettingsError):
            click.echo(f"synthlint: {error}", err=True)
            return 2
        _tell_bug(error)
        return 3


def _tell_bug(error: Exception) -> None:
    if os.environ.get("SYNTHLINT_TRACEBACK"):
        import traceback

        traceback.print_exc()
    detail = str(error).splitlines()[0] if str(error) else ""
    text = f"synthlint: internal error: {type(error).__name__}: {detail}".rstrip(": ")
    click.echo(f"{text}\nThis is a bug; SYNTHLINT_TRACEBACK=1 shows where. Please report it.", err=True)


if __name__ == "__main__":
    main()
