"""What a command starts: a script or module of Python, with its own arguments, or a program known by name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from synthlint.sources.commands.expand import HOLE, joined
from synthlint.sources.commands.shell import Command


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)(?:[\d.]+)?(?:\.exe)?|py|\{?sys\.executable\}?")
_WRAPPERS = _names("""
    uv poetry pipenv pdm rye hatch pixi conda mamba micromamba coverage env srun timeout stdbuf numactl xvfb-run
    docker docker-compose singularity apptainer mpirun mpiexec horovodrun ray nsys caffeinate uvx pipx sky modal
    accelerate torchrun deepspeed composer torchx
""")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_STARTERS = frozenset({"torch.distributed.launch", "torch.distributed.run", "accelerate.commands.launch", "coverage"})
_VALUED = frozenset({"-W", "-X", "--check-hash-based-pycs"})


@dataclass(frozen=True, slots=True)
class Launch:
    """A started program: `script` is a path as written, `module` a dotted name, `tool` a console program."""

    command: Command
    args: tuple[str, ...]
    script: str = ""
    module: str = ""
    tool: str = ""


def launched(command: Command) -> Launch | None:
    """What a command starts; None when that is no program the analysis could know."""
    words = list(command.words)
    while words and _ASSIGNED.fullmatch(words[0]):
        words.pop(0)
    if not words or words[0] == HOLE:
        return None
    if _PYTHON.fullmatch(words[0]):
        return _python(command, words[1:])
    head = posixpath.basename(words[0])
    if words[0].endswith(".py"):
        return Launch(command, tuple(words[1:]), script=words[0])
    return _wrapped(command, words[1:], head) if head in _WRAPPERS else Launch(command, tuple(words[1:]), tool=head)


def _python(command: Command, words: list[str]) -> Launch | None:
    """`python [options] script.py …` and `python -m module …`."""
    while words and words[0].startswith("-") and words[0] != "-":
        option = words.pop(0)
        if option == "-m" and words:
            name = words[0].replace("/", ".").removesuffix(".py")
            if name in _STARTERS:
                return _wrapped(command, words[1:], name)
            return Launch(command, tuple(words[1:]), module=name)
        if option == "-c":
            return None
        if option in _VALUED and words:
            words.pop(0)
    if not words or words[0] in ("-", HOLE):
        return None
    return Launch(command, tuple(words[1:]), script=words[0])


def _wrapped(command: Command, words: list[str], head: str) -> Launch | None:
    """The program behind a launcher: the first word that is Python, a script or `-m module`."""
    for index, word in enumerate(words):
        if _PYTHON.fullmatch(word):
            return _python(command, words[index + 1 :])
        if word.endswith(".py") and not word.startswith("-"):
            return Launch(command, tuple(words[index + 1 :]), script=word)
        if word in ("-m", "--module") and index + 1 < len(words):
            return Launch(command, tuple(words[index + 2 :]), module=words[index + 1].replace("/", "."))
        if word in _WRAPPERS and word != head:
            return _wrapped(command, words[index + 1 :], word)
    names = [one for one in words if not one.startswith("-") and not _ASSIGNED.fullmatch(one)]
    names = [one for one in names if one not in ("run", "exec", "launch")]
    if not names or HOLE in names[0]:
        return None
    return Launch(command, tuple(words[words.index(names[0]) + 1 :]), tool=posixpath.basename(names[0]))


class Scripts:
    """Finds the project's file that a command means, from where the command may be started."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)
        self._names: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            self._names.setdefault(posixpath.basename(path), []).append(path)

    def of(self, launch: Launch) -> str | None:
        """The path of the started file."""
        command = launch.command
        if launch.script:
            return self.find(launch.script, command.path, command.cwd)
        if launch.module:
            stem = launch.module.replace(".", "/")
            for end in (".py", "/__main__.py"):
                found = self.find(stem + end, command.path, command.cwd) or self._below_src(stem + end, command)
                if found is not None:
                    return found
        return None

    def _below_src(self, path: str, command: Command) -> str | None:
        return self.find(f"src/{path}", command.path, command.cwd)

    def find(self, path: str, origin: str, cwd: str = "") -> str | None:
        """The file called `path` by a command in the file `origin`."""
        if HOLE in path:
            return None
        for base in ("", *_folders(posixpath.dirname(origin))):
            for inner in (cwd, "") if cwd and HOLE not in cwd else ("",):
                found = posixpath.normpath(posixpath.join(base, joined(inner, path).lstrip("/")))
                if found in self.paths:
                    return found
        tail = posixpath.normpath(path).lstrip("./")
        named = self._names.get(posixpath.basename(path), ())
        alike = [one for one in named if one == tail or one.endswith("/" + tail)]
        return alike[0] if len(alike) == 1 else None


def _folders(folder: str) -> Iterable[str]:
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
