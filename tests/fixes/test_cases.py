"""Every case has its fixed twin, which runs and does what the fix promises; the folder says what that is.

`UPDATE_FIXES=1 pytest tests/fixes` writes the twins anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from fixing import fix, records, run, written

FOLDER = Path(__file__).parent
CASES = sorted(
    one
    for folder in (FOLDER / "cases", FOLDER / "edits")  # edits are what runs only with libraries that are not here
    for one in folder.rglob("*.py")
    if not one.name.endswith(".fixed.py")
)


def cases(folder: str) -> pytest.MarkDecorator:
    """The cases of a folder, one test each."""
    found = [one for one in CASES if one.parent.name == folder]
    return pytest.mark.parametrize("case", found, ids=lambda one: one.stem)


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.parent.name}/{one.stem}")
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


def both(case: Path, folder: Path, **given: str) -> tuple[Path, Path, list[str]]:
    """Run a case and its twin; their folders, and what they print."""
    said = []
    for name, program in (("before", case), ("after", case.with_name(f"{case.stem}.fixed.py"))):
        (folder / name).mkdir()
        shutil.copy(program, folder / name / "program.py")
        done = run(folder / name, "program.py", **given)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    return folder / "before", folder / "after", said


@cases("repeats")
def test_repeated_records_are_gone_and_the_manifest_names_the_model(case: Path, tmp_path: Path) -> None:
    before, after, _ = both(case, tmp_path)
    old, new = records(before), records(after)
    assert len(set(old)) < len(old)
    assert new == list(dict.fromkeys(old)), "repeated records are gone, the others are there in order"
    assert "gpt-4o" in next(after.glob("*.provenance.yaml")).read_text()


@cases("checked")
def test_good_data_is_written_as_before_and_copies_are_not(case: Path, tmp_path: Path) -> None:
    before, after, _ = both(case, tmp_path)
    assert written(before).read_bytes() == written(after).read_bytes()
    written(after).unlink()
    done = run(after, "program.py", SYNTHESIZER="copies")
    assert done.returncode == 1
    assert "repeat" in done.stderr
    assert not list(after.glob("data.*"))


@cases("scores")
def test_the_score_is_another_one(case: Path, tmp_path: Path) -> None:
    _, _, said = both(case, tmp_path)
    old, new = (float(one.split()[-1]) for one in said)
    assert old > new + 0.05, "the leak made the score look better"


@cases("dropped")
def test_answers_that_cannot_be_used_are_gone(case: Path, tmp_path: Path) -> None:
    before, after, _ = both(case, tmp_path, ANSWERS="bad")
    old, new = records(before), records(after)
    assert any("sorry" in one for one in old) and not any("sorry" in one for one in new)
    gone = [one for one in old if one not in new]
    assert all("sorry" in one or "(cut)" in one for one in gone)
    assert new == [one for one in old if one not in gone]


@pytest.mark.parametrize("case", sorted((FOLDER / "left").glob("*.py")), ids=lambda one: one.stem)
def test_what_no_fix_is_right_for_is_left_alone_and_advised_on(case: Path, tmp_path: Path) -> None:
    shutil.copy(case, tmp_path)
    outcome = fix(tmp_path, "unsafe")
    assert not outcome.files and not outcome.refused
    advised = [one for one in outcome.report.findings if one.fix and one.fix.applicability == "advice"]
    assert advised and all(one.fix.title for one in advised)
