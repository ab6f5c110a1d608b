"""A real git repository with one pipeline file, and the command line run in it over the toy engine."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import toy

from synthlint.__main__ import run as run_main

BASE = """\
def main():
    write(one)


def other():
    write(two)
"""


@dataclass
class Run:
    """What a run showed: exit code, `path:line` of each finding, and the two streams."""

    code: int
    places: list[str]
    out: str
    err: str


class Repository:
    """A folder under git; `check` runs synthlint there."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x", "--allow-empty")
        return self.git("rev-parse", "HEAD")

    def check(self, *arguments: str) -> Run:
        self._capsys.readouterr()
        code = run_main(["check", *arguments, "--output-format", "concise"])
        shown = self._capsys.readouterr()
        places = [":".join(line.split(":")[:2]) for line in shown.out.splitlines()]
        return Run(code, places, shown.out, shown.err)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    import samples

    samples.install(monkeypatch, samples.report(tmp_path))
    toy.install(monkeypatch)
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    out = Repository(folder, capsys)
    out.git("init", "-q", "-b", "main")
    out.write("gen.py", BASE)
    out.commit()
    return out


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    """An empty git repository in which the real engine checks."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    out = Repository(folder, capsys)
    out.git("init", "-q", "-b", "main")
    return out
