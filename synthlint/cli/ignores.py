"""`--add-ignores`: suppression comments for all findings, written to the files."""

from __future__ import annotations

from pathlib import Path

import click

from synthlint.cli import terminal
from synthlint.findings import Finding, Report
from synthlint.fixes import atomic
from synthlint.fixes.documents import Unchangeable, changed
from synthlint.gate.ignores import add_ignores
from synthlint.reports import Context
from synthlint.reports.context import shown
from synthlint.reports.text import count
from synthlint.sources.text import Unreadable


def write_ignores(report: Report, context: Context, reason: str) -> None:
    """Write the comments, and say what was written and what was not."""
    files: dict[str, list[Finding]] = {}
    for one in shown(report):
        files.setdefault(one.place.path, []).append(one)
    written = 0
    left: list[Finding] = []
    for path, findings in sorted(files.items()):
        remaining = _write(context.root, path, findings, reason)
        left += remaining
        written += len(findings) - len(remaining)
    terminal.note(f"comments for {count(written, 'finding')} written; 'git diff' shows them")
    for one in left:
        terminal.note(f"{context.where(one.place)}: no comment was written for {one.code}; add it by hand")


def _write(root: Path, path: str, findings: list[Finding], reason: str) -> list[Finding]:
    """Change one file: other bytes stay, and it is replaced as a whole or not at all."""
    file = root / path
    try:
        before = file.read_bytes()
        done = add_ignores(path, before, findings, changed, reason)
        if done.data != before:
            atomic.replace(file, done.data)
    except (Unreadable, Unchangeable):  # a finding can be about just that
        return findings
    except OSError as error:
        raise click.FileError(str(file), error.strerror or "cannot be written") from None
    return list(done.left)
