"""Fixture programs: what they say is expected, and what is found in them.

An expectation stands at the end of the line of a finding's primary place: `# expect: SYN201 high, SYN202 high`.
A file without one must be silent.  A line `# options: --preview` sets options of the run for its project.
A folder is checked as one project, a single file as a project of its own.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from synthlint import engine
from synthlint.findings import Confidence, Finding, Report
from synthlint.settings import Options, settings_for

FOLDER = Path(__file__).parents[1] / "fixtures"
_EXPECT = re.compile(r"#\s*expect:\s*((?:SYN\d{3} (?:low|medium|high)(?:,\s*)?)+)")
_ONE = re.compile(r"(SYN\d{3}) (low|medium|high)")
_OPTIONS = re.compile(r"^\s*#\s*options:(.*)$", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Expected:
    """A finding as a fixture states it."""

    path: str
    cell: int
    line: int
    code: str
    confidence: str

    def __str__(self) -> str:
        cell = f"cell {self.cell}:" if self.cell else ""
        return f"{self.path}:{cell}{self.line}: {self.code} {self.confidence}"


def projects() -> list[Path]:
    """All fixtures: files and folders directly in the folder of a rule."""
    return sorted(
        one for one in FOLDER.glob("*/*") if one.name != "__pycache__" and one.suffix in ("", ".py", ".ipynb")
    )


def expected(fixture: Path) -> Counter[Expected]:
    """What the files of a fixture say is to be found."""
    return Counter(one for file in _files(fixture) for one in _in_file(file, _name(file, fixture)))


@cache
def report(fixture: Path) -> Report:
    """Check a fixture, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "project")
        if fixture.is_dir():
            shutil.copytree(fixture, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir()
            shutil.copy(fixture, target)
        return engine.check([target], _options(fixture, target))


def found(fixture: Path) -> Counter[Expected]:
    """What is reported in a fixture."""
    return Counter(_of(one) for one in report(fixture).findings if one.suppressed is None)


def _of(one: Finding) -> Expected:
    return Expected(one.place.path, one.place.cell or 0, one.place.line, one.code, str(one.confidence))


def _options(fixture: Path, target: Path) -> Options:
    options = settings_for([target])
    for file in _files(fixture):
        for match in _OPTIONS.finditer(file.read_text("utf-8", errors="replace")):
            for word in match[1].split():
                name, _, value = word.partition("=")
                options = replace(options, **_change(name, value))
    return options


def _change(name: str, value: str) -> dict[str, Any]:
    if name == "--preview":
        return {"preview": True}
    if name == "--min-confidence":
        return {"min_confidence": Confidence.parse(value)}
    raise ValueError(f"unknown option {name!r} in a fixture")


def _files(fixture: Path) -> list[Path]:
    if fixture.is_file():
        return [fixture]
    return sorted(one for one in fixture.rglob("*") if one.suffix in (".py", ".ipynb"))


def _name(file: Path, fixture: Path) -> str:
    return file.relative_to(fixture).as_posix() if fixture.is_dir() else file.name


def _in_file(file: Path, name: str) -> Iterator[Expected]:
    text = file.read_text("utf-8", errors="replace")
    if file.suffix == ".ipynb":
        for number, cell in enumerate(json.loads(text)["cells"], start=1):
            if cell["cell_type"] == "code":
                yield from _in_text("".join(cell["source"]), name, number)
    else:
        yield from _in_text(text, name, 0)


def _in_text(text: str, name: str, cell: int) -> Iterator[Expected]:
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _EXPECT.finditer(line):
            for code, confidence in _ONE.findall(match[1]):
                yield Expected(name, cell, number, code, confidence)
