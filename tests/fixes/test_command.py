"""`--fix`, `--unsafe-fixes` and `--diff` on the command line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CASE = Path(__file__).parent / "cases" / "repeats" / "json_list.py"
TWIN = CASE.with_name("json_list.fixed.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    shutil.copy(CASE, tmp_path / "gen.py")
    return tmp_path


def synthlint(folder: Path, *words: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "synthlint", "check", "--isolated", *words]
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False)


def test_the_patch_is_one_that_git_applies(folder: Path) -> None:
    done = synthlint(folder, "--diff", "--unsafe-fixes", ".")
    assert done.returncode == 1
    assert (folder / "gen.py").read_bytes() == CASE.read_bytes()
    subprocess.run(["git", "apply", "-"], cwd=folder, input=done.stdout, check=True)
    assert (folder / "gen.py").read_bytes() == TWIN.read_bytes()
    again = synthlint(folder, "--diff", "--unsafe-fixes", ".")
    assert (again.returncode, again.stdout) == (0, b"")


def test_safe_fixes_are_applied_and_the_others_announced(folder: Path) -> None:
    (folder / "gen.py").chmod(0o755)
    done = synthlint(folder, "--fix", ".")
    text = (folder / "gen.py").read_text()
    assert "write_manifest(" in text and "dedup(" not in text
    assert b"fixed 1 problem in 1 file: 1 SYN202" in done.stderr
    assert b"1 more with --unsafe-fixes (rows-dropped)" in done.stderr
    assert (folder / "gen.py").stat().st_mode & 0o777 == 0o755
    assert [one.name for one in folder.iterdir() if one.name != ".git"] == ["gen.py"]


def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "gen.py").rename(folder / "real.py")
    (folder / "gen.py").symlink_to("real.py")
    synthlint(folder, "--fix", "--unsafe-fixes", ".")
    assert (folder / "gen.py").is_symlink()
    assert (folder / "real.py").read_bytes() == TWIN.read_bytes()


def test_standard_input_is_fixed_on_standard_output(folder: Path) -> None:
    given = CASE.read_bytes()
    done = synthlint(folder, "--fix", "--unsafe-fixes", "--stdin-filename", "gen.py", "-", given=given)
    assert done.stdout == TWIN.read_bytes()


def test_unsafe_fixes_alone_change_nothing(folder: Path) -> None:
    assert synthlint(folder, "--unsafe-fixes", ".").returncode == 2
    assert (folder / "gen.py").read_bytes() == CASE.read_bytes()
