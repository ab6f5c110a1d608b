"""Fixing a program in a folder of its own, and running it with stand-ins for the SDKs."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

from synthlint import engine
from synthlint.fixes.base import attach
from synthlint.fixes.loop import Fixing, Outcome
from synthlint.settings import settings_for

FAKES = Path(__file__).parent / "fakes"
ROOT = Path(__file__).parents[2]


def fix(folder: Path, *allowed: str) -> Outcome:
    """Fix everything in a folder and write it."""
    options = settings_for([folder], isolated=True)

    def check(overlay):
        return engine.check([folder], options, attach=attach, overlay=overlay)

    report = check({})
    outcome = Fixing(check, lambda path: (folder / path).read_bytes(), allowed or ("safe", "unsafe")).run(
        report, [one for one in report.findings if one.suppressed is None]
    )
    for path, data in outcome.files.items():
        (folder / path).write_bytes(data)
    return outcome


def run(folder: Path, program: str) -> None:
    """Run a program in its folder."""
    paths = os.pathsep.join([str(FAKES), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", program], cwd=folder, env={**os.environ, "PYTHONPATH": paths},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def records(folder: Path) -> list[str]:
    """The records that a program wrote, without running numbers."""
    data = next(one for one in sorted(folder.glob("data.*")) if not one.name.endswith(".yaml"))
    if data.suffix == ".csv":
        with data.open(newline="") as file:
            return [json.dumps(row) for row in csv.reader(file)]
    text = data.read_text()
    rows = json.loads(text) if data.suffix == ".json" else [json.loads(line) for line in text.splitlines()]
    return [json.dumps({key: value for key, value in row.items() if key != "number"}) for row in rows]
