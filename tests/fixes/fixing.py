"""Fixing a program in a folder of its own, and running it with stand-ins for the SDKs."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from synthlint import engine
from synthlint.fixes.base import attach
from synthlint.fixes.loop import Fixing, Outcome
from synthlint.settings import settings_for

FAKES = Path(__file__).parent / "fakes"
ROOT = Path(__file__).parents[2]


def fix(folder: Path, *allowed: str) -> Outcome:
    """Fix everything in a folder and write it; preview rules too, if a file says `# options: --preview`."""
    preview = any("# options: --preview" in one.read_text("utf-8", "replace") for one in folder.rglob("*.py"))
    options = replace(settings_for([folder], isolated=True), preview=preview)

    def check(overlay):
        return engine.check([folder], options, attach=attach, overlay=overlay)

    report = check({})
    outcome = Fixing(check, lambda path: (folder / path).read_bytes(), allowed or ("safe", "unsafe")).run(
        report, [one for one in report.findings if one.suppressed is None]
    )
    for path, data in outcome.files.items():
        (folder / path).write_bytes(data)
    return outcome


def run(folder: Path, program: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a program in its folder, beside the files it may read; `given` are variables of its environment."""
    _inputs(folder)
    paths = os.pathsep.join([str(FAKES), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-W", "error::UserWarning", program], cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, **given}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _inputs(folder: Path) -> None:
    """`real.csv`, a table of patients with a rare outcome, and `topics.txt`, sixty topics."""
    chance = random.Random(1)
    with (folder / "real.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["age", "stay", "ward", "readmitted"])
        for _ in range(800):
            age, stay = chance.gauss(60, 12), chance.expovariate(0.2)
            table.writerow([f"{age:.3f}", f"{stay:.3f}", chance.choice("ABC"), int(chance.random() < 0.1)])
    (folder / "topics.txt").write_text("".join(f"topic {number}\n" for number in range(60)))


def written(folder: Path) -> Path:
    """The data that a program wrote."""
    return next(one for one in sorted(folder.glob("data.*")) if not one.name.endswith(".yaml"))


def records(folder: Path) -> list[str]:
    """The records that a program wrote, without running numbers."""
    data = written(folder)
    if data.suffix == ".csv":
        with data.open(newline="") as file:
            return [json.dumps(row) for row in csv.reader(file)]
    text = data.read_text()
    rows = json.loads(text) if data.suffix == ".json" else [json.loads(line) for line in text.splitlines()]
    return [json.dumps({key: value for key, value in row.items() if key != "number"}) for row in rows]
