"""`--add-ignores`: suppression comments for all findings, written to the files."""

from __future__ import annotations

from pathlib import Path

import click

from synthlint.cli import terminal
from synthlint.findings import Finding, Report
from synthlint.gate.ignores import add_ignores
from synthlint.reports import Context
from synthlint.reports.context import shown
from synthlint.reports.text import count
from synthlint.sources.text import read


def write_ignores(report: Report, context: Context, reason: str) -> None:
    """Write the comments, and say what was written and what was not."""
    files: dict[str, list[Finding]] = {}
    for one in shown(report):
        files.setdefault(one.place.path, []).append(one)
    written = 0
    left: list[Finding] = []
    for path, findings in sorted(files.items()):
        if path.endswith(".ipynb"):
            left += findings
            continue
        remaining = _write(context.root, path, findings, reason)
        left += remaining
        written += len(findings) - len(remaining)
    terminal.note(f"comments for {count(written, 'finding')} written; 'git diff' shows them")
    for one in left:
        terminal.note(f"{context.where(one.place)}: no comment was written for {one.code}; add it by hand")


def _write(root: Path, path: str, findings: list[Finding], reason: str) -> list[Finding]:
    """Change one file: other bytes stay, and it is replaced as a whole or not at all."""
    source, file = read(path, root), root / path
    try:
        raw = file.read_bytes().removeprefix(b"\xef\xbb\xbf" if source.bom else b"")
        done = add_ignores(path, raw.decode(source.encoding), findings, reason)
        data = (b"\xef\xbb\xbf" if source.bom else b"") + done.text.encode(source.encoding)
        temporary = file.with_name(f".{file.name}.synthlint")
        temporary.write_bytes(data)
        temporary.chmod(file.stat().st_mode)
        temporary.replace(file)
    except (OSError, UnicodeError) as error:
        raise click.FileError(str(file), str(error)) from None
    return list(done.left)
