"""The files of a project are found with git and without, always in the same order."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from synthlint.sources import discovery
from synthlint.sources.discovery import discover

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        return tmp_path

    return build


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=folder, check=True, capture_output=True, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
    )  # fmt: skip


def test_kinds_of_files(make: Make) -> None:
    root = make(
        "b.py", "a.pyw", "c/d.ipynb", "run.sh", "Makefile", "x/rules.mk", "Dockerfile", "gpu.Dockerfile", "conf.yaml",
        "pyproject.toml", "data.json", "README.md", "notes.md", "data.csv", "a.pyc", ".github/workflows/ci.yml",
    )  # fmt: skip
    found = discover(root)
    assert found.files == ("a.pyw", "b.py", "c/d.ipynb")
    assert found.others == (
        ".github/workflows/ci.yml", "Dockerfile", "Makefile", "README.md", "conf.yaml", "data.json",
        "gpu.Dockerfile", "pyproject.toml", "run.sh", "x/rules.mk",
    )  # fmt: skip


def test_folders_that_hold_no_project_code(make: Make) -> None:
    root = make(
        "a.py", ".hidden/b.py", "node_modules/m/c.py", "pkg/__pycache__/d.py", "env1/pyvenv.cfg", "env1/lib/e.py",
        "lib/site-packages/f.py", "build/g.py", "dist/h.py", ".ipynb_checkpoints/i.ipynb", "pkg/j.py",
    )  # fmt: skip
    assert discover(root).files == ("a.py", "pkg/j.py")


@needs_git
def test_git_ignores_and_untracked_files(make: Make) -> None:
    root = make(
        "a.py", "ignored/b.py", "new.py", "gone.py", "build/kept.py", ".gitignore", "env/pyvenv.cfg", "env/c.py"
    )
    (root / ".gitignore").write_text("ignored/\n")
    git(root, "init", "-q")
    git(root, "add", "a.py", "gone.py", "build/kept.py", ".gitignore")
    (root / "gone.py").unlink()
    assert discover(root).files == ("a.py", "build/kept.py", "new.py")
    assert discover(root / "build").files == ("kept.py",)
    assert discover(root / "ignored").files == ("b.py",)


@needs_git
def test_git_state_of_a_hook_does_not_matter(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make("a.py", "sub/.keep")
    git(root, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(root / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(root / "no-index"))
    assert discover(root).files == ("a.py",)


@needs_git
def test_repositories_inside(make: Make) -> None:
    root = make("a.py", "inner/b.py", "inner/deep/c.py")
    git(root, "init", "-q")
    git(root / "inner", "init", "-q")
    git(root / "inner", "add", "b.py")
    git(root / "inner", "commit", "-qm", "x")
    assert discover(root).files == ("a.py", "inner/b.py", "inner/deep/c.py")


@needs_git
def test_names_that_are_not_ascii(make: Make) -> None:
    root = make("é.py", "a b.py", "ta\tb.py", '"q".py')
    git(root, "init", "-q")
    assert set(discover(root).files) == {"é.py", "a b.py", "ta\tb.py", '"q".py'}


def test_without_git(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make("a.py", ".git/HEAD", "b/c.py")
    assert discover(root).files == ("a.py", "b/c.py")
    monkeypatch.setenv("PATH", "")
    assert discovery.git(root, "version") is None
    assert discover(root).files == ("a.py", "b/c.py")


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="needs symbolic links")
def test_links_do_no_harm(make: Make) -> None:
    root = make("a.py", "pkg/b.py")
    (root / "pkg" / "loop").symlink_to(root, target_is_directory=True)
    (root / "dangling.py").symlink_to(root / "absent.py")
    (root / "folder.py").symlink_to(root / "pkg")
    assert discover(root).files == ("a.py", "pkg/b.py")


def test_a_root_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        discover(tmp_path / "absent")
