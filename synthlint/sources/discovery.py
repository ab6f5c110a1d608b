"""Find the files of a project: through git where there is git, else by walking the folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT_MARKS = ("pyproject.toml", "synthlint.toml")
_SOURCES = (".py", ".pyw", ".ipynb")
_OTHERS = re.compile(r".*\.(?:ya?ml|toml|json)|(?:.*/)?README[^/]*\.md", re.DOTALL)
CI = re.compile(r"(?:.*/)?(?:\.github/workflows/.*\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.ya?ml)")
_COMMANDS = re.compile(
    r".*\.(?:sh|bash|slurm|sbatch|mk)|(?:.*/)?(?:(?:GNU)?[Mm]akefile|Dockerfile[^/]*|[^/]*\.[Dd]ockerfile)", re.DOTALL
)
_NEVER = frozenset({"node_modules", "__pycache__", "site-packages", ".ipynb_checkpoints"})
_UNTRACKED = frozenset({"build", "dist", "venv", "env", "__pypackages__"})
_SHOWN = frozenset({".github", ".gitlab", ".circleci", ".ci"})
_GIT_STATE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=off")
_LIST = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files of a project, as sorted `/`-separated paths relative to its root.

    `files` are the Python files and notebooks, `others` what may link them: shell scripts, Makefiles,
    Dockerfiles, YAML, TOML, JSON and README files.
    """

    files: tuple[str, ...]
    others: tuple[str, ...]


def project_root(paths: Sequence[str | Path]) -> Path:
    """The folder that is read as a whole for a run over `paths`: their repository.

    Without git it is the nearest folder with a project file, at or above the working directory when the
    paths lie in it, so that a run over one file reads what a run over all reads; else the working directory
    itself, unless that is the user's home.  Raises ValueError when the paths lie on different drives.
    """
    folders = [one if one.is_dir() else one.parent for one in (Path(path).absolute() for path in paths or ["."])]
    start = Path(os.path.normpath(os.path.commonpath([os.path.normpath(one) for one in folders])))
    here = Path.cwd()
    repository = _nearest(start, (".git",))
    if repository is not None and not _is_home(repository):
        return repository
    inside = start.is_relative_to(here)
    marked = (_nearest(here, ROOT_MARKS) if inside else None) or _nearest(start, ROOT_MARKS)
    return marked or (here if inside and not _is_home(here) else start)


def _is_home(folder: Path) -> bool:
    return str(folder) in {os.path.expanduser("~"), folder.anchor}  # noqa: PTH111, there may be no home


def project_folder(start: Path) -> Path:
    """Where a configuration for `start` belongs: the nearest folder with a project file or a repository."""
    return _nearest(start.absolute(), (*ROOT_MARKS, ".git")) or start.absolute()


def _nearest(start: Path, marks: Sequence[str]) -> Path | None:
    return next((one for one in (start, *start.parents) if any((one / mark).exists() for mark in marks)), None)


def discover(root: str | Path) -> Discovery:
    """The files below `root`.  Raises OSError when it cannot be read."""
    base = Path(root).absolute()
    names = _git_files(base) or sorted(_walk(base, ""))
    files: list[str] = []
    others: list[str] = []
    for name in names:
        wanted = files if name.endswith(_SOURCES) else others if is_other(name) else None
        if wanted is not None and _is_file(f"{base}/{name}"):
            wanted.append(name)
    return Discovery(tuple(files), tuple(others))


def below(root: Path, folder: str) -> Iterator[str]:
    """The Python files and notebooks in a folder, as names from `root`, whatever git says of them."""
    return (name for name in _walk(root, f"{folder}/") if is_source(name))


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113, half the time of Path.is_file and called for every file


def is_source(path: str) -> bool:
    """Whether the name is that of a Python file or a notebook."""
    return path.endswith(_SOURCES)


def is_other(path: str) -> bool:
    """Whether the name is that of a file that may link scripts: shell, make, Docker, YAML, TOML, JSON, README."""
    return holds_commands(path) or _OTHERS.fullmatch(path) is not None


def holds_commands(path: str) -> bool:
    """Whether the name is that of a file of commands that somebody runs: shell, make, Docker, CI."""
    return _COMMANDS.fullmatch(path) is not None or CI.fullmatch(path) is not None


def in_git(folder: Path) -> bool:
    """Whether `folder` lies in a git work tree, told by a `.git` above it."""
    return any((one / ".git").exists() for one in (folder, *folder.parents))


def git(folder: Path, *arguments: str) -> bytes | None:
    """The output of a git command run in `folder`; None when git is missing or fails."""
    import subprocess  # costs 10 ms and is not needed without git

    environment = {key: value for key, value in os.environ.items() if key not in _GIT_STATE}
    try:
        done = subprocess.run(
            [*_GIT, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=120, check=True, close_fds=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _git_files(base: Path) -> list[str]:
    """What git lists below `base`, sorted; empty when there is no git or it lists nothing."""
    output = git(base, *_LIST) if in_git(base) else None
    if not output:
        return []
    names = {os.fsdecode(one) for one in output.split(b"\0") if one}
    environments = tuple(one.removesuffix("pyvenv.cfg") for one in names if one.endswith("/pyvenv.cfg"))
    found: list[str] = []
    for name in names:
        if environments and name.startswith(environments):
            continue
        if not _NEVER.isdisjoint(name.split("/")[:-1]):
            continue
        found.append(name)
    return sorted({*found, *_nested(base, found)})


def _nested(base: Path, names: list[str]) -> Iterator[str]:
    """Files of repositories inside the work tree: git lists an untracked one as a folder, a submodule as a name."""
    modules = ".gitmodules" in names
    for name in names:
        if name.endswith("/"):
            yield from _walk(base, name)
        elif modules and "." not in name.rpartition("/")[2] and (base / name).is_dir():
            yield from _walk(base, name + "/")


def _walk(base: Path, prefix: str) -> Iterator[str]:
    """All files below a folder but those of hidden folders, environments and build output; links are not entered."""
    pending = [prefix]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(f"{base}/{folder}") as entries:
                listed = list(entries)
        except OSError:
            if folder == "":
                raise
            continue
        if folder and any(entry.name == "pyvenv.cfg" for entry in listed):
            continue
        for entry in listed:
            if not entry.is_dir(follow_symlinks=False):
                yield folder + entry.name
            elif _entered(entry.name):
                pending.append(f"{folder}{entry.name}/")


def _entered(name: str) -> bool:
    if name.startswith("."):
        return name in _SHOWN
    return name not in _NEVER and name not in _UNTRACKED
