"""A folder with the sample project, and the command line run in it as a user would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import samples

from synthlint.__main__ import run as run_main


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return samples.project(tmp_path)


@pytest.fixture
def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Let the engine give the sample report, changed as the arguments say."""

    def put(**changes: Any) -> list[dict[str, Any]]:
        return samples.install(monkeypatch, samples.report(folder, **changes))

    return put


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    def call(*arguments: str) -> Result:
        capsys.readouterr()
        code = run_main(list(arguments))
        shown = capsys.readouterr()
        return Result(code, shown.out, shown.err)

    return call
