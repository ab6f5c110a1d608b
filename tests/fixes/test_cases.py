"""Every case has its fixed twin, which runs and writes the same data without duplicates.

`UPDATE_FIXES=1 pytest tests/fixes` writes the twins anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from fixing import fix, records, run

CASES = sorted(one for one in (Path(__file__).parent / "cases").glob("*.py") if not one.name.endswith(".fixed.py"))


EDITS = sorted(
    one for one in (Path(__file__).parent / "edits").glob("*.py") if not one.name.endswith(".fixed.py")
)  # what runs only with libraries that are not here


@pytest.mark.parametrize("case", [*CASES, *EDITS], ids=lambda one: one.stem)
def test_fixed_twin(case: Path, tmp_path: Path) -> None:
    program = tmp_path / case.name
    shutil.copy(case, program)
    outcome = fix(tmp_path)
    twin = case.with_name(f"{case.stem}.fixed.py")
    if os.environ.get("UPDATE_FIXES"):
        shutil.copy(program, twin)
    assert program.read_bytes() == twin.read_bytes()
    assert not outcome.refused
    assert not fix(tmp_path).files, "fixing twice changes nothing more"


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.stem)
def test_fixed_program_runs(case: Path, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, name in ((before, case.name), (after, f"{case.stem}.fixed.py")):
        folder.mkdir()
        shutil.copy(case.with_name(name), folder / "program.py")
        run(folder, "program.py")
    old, new = records(before), records(after)
    assert len(set(old)) < len(old)
    assert new == list(dict.fromkeys(old)), "repeated records are gone, the others are there in order"
    manifest = next(after.glob("*.provenance.yaml")).read_text()
    assert "gpt-4o" in manifest
