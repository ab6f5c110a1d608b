"""`synthlint init`: a commented configuration to start with, after a look at the project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from synthlint.cli import terminal
from synthlint.settings import EDITIONS, SettingsError, load
from synthlint.settings.show import reference, toml
from synthlint.sources.discovery import discover, project_folder

_EXAMPLES = re.compile(r"(?:.*/)?(?:examples?|tutorials?|demos?|tests?)/")
_HELD_OUT = re.compile(r"(?:.*/)?[^/]*(?:holdout|held_?out|real_test|gold)[^/]*\.(?:jsonl?|csv|parquet|arrow|txt)")
_MOST = 5


@click.command(short_help="Write a configuration to start with.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
def command(folder: Path) -> None:
    """Write a commented configuration for the project in FOLDER (by default this one).

    It goes into pyproject.toml if there is one, else into synthlint.toml.
    """
    root = project_folder(folder)
    file = root / "pyproject.toml"
    shared = file.is_file()
    if shared and "synthlint" in _tool_table(file):
        raise _already_there(file)
    file = file if shared else root / "synthlint.toml"
    if not shared and file.exists():
        raise _already_there(file)
    text = "\n".join(_lines(root, shared)) + "\n"
    before = file.read_bytes().decode("utf-8").rstrip() + "\n\n" if shared else ""
    terminal.write_file(file, before + text)
    terminal.note(f"settings written to {load.shown(file)}; next: synthlint check")


def _already_there(file: Path) -> SettingsError:
    remedy = "edit them; 'synthlint check --show-settings' shows what is in force"
    return SettingsError("the settings of synthlint are already there", remedy, load.shown(file))


def _tool_table(file: Path) -> dict[str, object]:
    from synthlint.settings import toml as reader

    tool = reader.read(file, file.name)[1].get("tool", {})
    return tool if isinstance(tool, dict) else {}


def _lines(root: Path, shared: bool) -> Iterator[str]:
    names = discover(root).files
    yield from ["[tool.synthlint]"] if shared else []
    yield f"edition = {toml(EDITIONS[-1])}  # the frozen default rule set: an upgrade adds no rule to it"
    yield ""
    examples = sorted({match.group() for name in names if (match := _EXAMPLES.match(name))})
    if examples:
        yield "# Example and test code rarely keeps real data aside; take the # away to leave it alone:"
        ignores = {f"{one}**": ["SYN302"] for one in examples[:_MOST]}
        yield f"# per-file-ignores = {toml(ignores)}"
        yield ""
    held_out = sorted(one for one in _data_files(root) if _HELD_OUT.fullmatch(one))
    if held_out:
        yield "# These look like real rows kept for evaluation; if they are, say so:"
        yield f"# holdout = {toml(held_out[:_MOST])}"
        yield ""
    yield "# All settings, each with an example:"
    yield ""
    yield from reference()


def _data_files(root: Path) -> Iterator[str]:
    """Names of files at most three folders deep; data folders can be large."""
    for depth in range(4):
        for one in root.glob("*/" * depth + "*.*"):
            if one.is_file() and not any(part.startswith(".") for part in one.relative_to(root).parts):
                yield one.relative_to(root).as_posix()
