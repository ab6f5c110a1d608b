"""The tree as it was: the merge base with another commit, checked out beside the user's tree, never in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from synthlint.settings import SettingsError

_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "advice.detachedHead=false")
_INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")


@dataclass(frozen=True, slots=True)
class Base:
    """The commit to compare with, in the repository at `top`; `note` tells of a second-best choice."""

    top: Path
    commit: str
    note: str = ""


def find_base(folder: Path, ref: str) -> Base:
    """The merge base of HEAD and `ref`.  Raises SettingsError that says what to fetch."""
    if shutil.which("git") is None:
        raise SettingsError("--since needs git, which is not installed", "install git, or use --baseline")
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None:
        raise _no_repository(folder)
    shallow = _git(folder, "rev-parse", "--is-shallow-repository") == "true"
    commit = None if ref.startswith("-") else _git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if commit is None:
        raise SettingsError(f"--since: {ref!r} is not a commit here", _how_to_fetch(ref, shallow))
    base = _git(folder, "merge-base", "HEAD", commit)
    if base is not None:
        return Base(Path(top), base)
    if not shallow:
        raise SettingsError(f"--since: HEAD and {ref!r} have no common history", "name a commit that HEAD comes from")
    note = (
        f"this shallow clone does not hold the commit where HEAD left {ref}, so {ref} itself is compared with; "
        "'git fetch --unshallow' (or fetch-depth: 0 in the checkout action) gives the exact answer"
    )
    return Base(Path(top), commit, note)


def _no_repository(folder: Path) -> SettingsError:
    """In a container git often refuses a folder of another owner, which is not the same as no repository."""
    if "dubious ownership" in _run(folder, "rev-parse").stderr.decode("utf-8", "replace"):
        remedy = f"run 'git config --global --add safe.directory {folder}'"
        return SettingsError(f"--since: git does not trust {folder}, which has another owner", remedy)
    return SettingsError(f"--since: {folder} is not in a git repository", "use --baseline instead")


def _how_to_fetch(ref: str, shallow: bool) -> str:
    remote, slash, branch = ref.partition("/")
    source = f"{remote} {branch}" if slash else f"origin {ref}"
    if shallow:
        return f"this clone is shallow: run 'git fetch --unshallow', or at least 'git fetch --depth=1 {source}'"
    return f"check the name, or run 'git fetch {source}'"


@contextmanager
def checked_out(base: Base) -> Iterator[Path]:
    """A temporary worktree with the files of the base commit; it is gone afterwards, whatever happens."""
    parent = Path(tempfile.mkdtemp(prefix="synthlint-since-"))
    tree = parent / "tree"
    try:
        environment = {"GIT_LFS_SKIP_SMUDGE": "1"}
        done = _git(base.top, "worktree", "add", "--detach", "--force", str(tree), base.commit, **environment)
        if done is None:
            problem = f"--since: git could not check out {base.commit[:12]}"
            raise SettingsError(problem, "run 'git worktree prune' and 'git fsck', or use --baseline")
        yield tree.resolve()
    finally:
        _git(base.top, "worktree", "remove", "--force", str(tree))
        shutil.rmtree(parent, ignore_errors=True)
        _git(base.top, "worktree", "prune")


def diff(base: Base) -> str:
    """What changed from the base to the files as they are now, without context lines."""
    return _git(base.top, "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-renames", base.commit) or ""


def untracked(base: Base) -> list[str]:
    """Files that git does not know yet, from the top of the repository."""
    return (_git(base.top, "ls-files", "--others", "--exclude-standard", "-z") or "").split("\0")[:-1]


def _git(folder: Path, *arguments: str, **extra: str) -> str | None:
    """The output of a git command, None when it fails."""
    done = _run(folder, *arguments, **extra)
    text = done.stdout.decode("utf-8", "surrogateescape")
    return (text if "-z" in arguments else text.rstrip("\n")) if done.returncode == 0 else None


def _run(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[bytes]:
    """Run git so that no hook runs, nothing is asked and messages are English."""
    environment = {key: value for key, value in os.environ.items() if key not in _INHERITED}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", **extra}
    command = ["git", *_QUIET, "-c", "core.quotepath=off", *arguments]
    nothing = subprocess.DEVNULL
    return subprocess.run(command, cwd=folder, env=environment, stdin=nothing, capture_output=True, check=False)
