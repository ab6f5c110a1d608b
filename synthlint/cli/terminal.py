"""What the two output streams can show: colours, symbols, links; and how text gets there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

import click


def colours(stream: IO[str]) -> bool:
    """Whether to colour: NO_COLOR, then FORCE_COLOR, then whether the stream is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def symbols(stream: IO[str]) -> bool:
    """Whether the stream's encoding can print the signs that the report uses."""
    try:
        "✓✗→".encode(getattr(stream, "encoding", None) or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def links(stream: IO[str]) -> bool:
    """Whether the terminal is one of those known to open links (OSC 8)."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") in {None, "dumb"}:
        return False
    known = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "WT_SESSION", "KONSOLE_VERSION", "VTE_VERSION", "DOMTERM")
    programs = {"iTerm.app", "vscode", "WezTerm", "ghostty", "Hyper"}
    return any(name in os.environ for name in known) or os.environ.get("TERM_PROGRAM") in programs


def result(text: str) -> None:
    """Write a result to standard output; what its encoding cannot print is spelt as an escape."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    safe = text.encode(encoding, "backslashreplace").decode(encoding)
    click.echo(safe, nl=False, color=colours(sys.stdout))


def note(text: str) -> None:
    """Write a note to standard error."""
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    safe = f"synthlint: {text}".encode(encoding, "backslashreplace").decode(encoding)
    click.echo(safe, err=True, color=colours(sys.stderr))


def write_file(path: Path, text: str) -> None:
    """Write a report to a file, without colours.  Raises click.FileError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(click.unstyle(text), encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise click.FileError(str(path), error.strerror or "cannot be written") from None
