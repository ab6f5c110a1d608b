"""The command files of a project: shell scripts, Makefiles, Dockerfiles, CI files, and READMEs that show commands."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from synthlint.sources.commands.expand import HOLE, Scope
from synthlint.sources.commands.launch import Scripts
from synthlint.sources.commands.shell import Command, Commands, Shell
from synthlint.sources.discovery import CI

MAX_BYTES = 200_000
_STARTS = re.compile(
    rb"python|accelerate|torchrun|deepspeed|\.py\b|\.(?:sh|bash)\b|uv run|openai|llamafactory|axolotl|"
    rb"\btrl\b|\btune\b|oumi|ilab|synthetic-data-kit|autotrain|mlx_lm|lm_eval|deepfabric"
)
_FENCE = re.compile(r"^[ \t>]*```[ \t]*(\w*)[^\n]*\n(.*?)^[ \t>]*```", re.DOTALL | re.MULTILINE)
_SHOWN = frozenset({"bash", "sh", "shell", "console", "zsh", "terminal", "cmd", ""})
_PROMPT = re.compile(r"^[ \t]*(?:\$|%)[ \t]+", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\S*(?:path[_/]to\b|\byour[-_]|\.\.\.|x{3,})\S*|[^\s=]*<[^<>\n=]+>\S*", re.IGNORECASE)
_MAKE_VARIABLE = re.compile(r"\$[({]([\w.-]+)[)}]")
_MAKE_ASSIGN = re.compile(r"(?:export\s+)?([\w.-]+)\s*(?:[:?]{0,2}|\+)=\s*(.*)")
_INSTRUCTION = re.compile(r"(RUN|CMD|ENTRYPOINT)\s+(.*)", re.DOTALL)


def read(others: Iterable[str], contents: Callable[[str], bytes]) -> list[Command]:
    """The commands in the command files among `others`, in order; a script that another starts is not read twice."""
    texts = dict(_texts(others, contents))
    finder = Scripts(texts)
    out = Commands()

    def other(path: str, origin: str) -> tuple[str, str] | None:
        found = finder.find(path, origin)
        return (found, texts[found]) if found is not None else None

    for path, text in texts.items():
        reader = next(make for fits, make in _READERS if fits(path))
        reader(text, Shell(out, other, path))
    return [one for one in out.found if one.root not in out.called]


def _texts(others: Iterable[str], contents: Callable[[str], bytes]) -> Iterator[tuple[str, str]]:
    for path in others:
        if any(fits(path) for fits, _ in _READERS):
            data = contents(path)
            if len(data) <= MAX_BYTES and _STARTS.search(data):
                yield path, data.decode("utf-8", "replace").replace("\r\n", "\n").replace(HOLE, "")


# -- kinds of files ------------------------------------------------------------------------------------
def _script(text: str, shell: Shell) -> None:
    shell.run(text, Scope(shell.root))


def _makefile(text: str, shell: Shell) -> None:
    """Each recipe line is a command of its own; a line that ends in a backslash goes on."""
    names: dict[str, str] = {}
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        start = at
        line = lines[at]
        while line.endswith("\\") and at + 1 < len(lines):
            at += 1
            line = line[:-1] + " " + lines[at].strip()
        at += 1
        if line.startswith("\t"):
            shell.run(_make_filled(line.strip().lstrip("@-+"), names), Scope(shell.root), start)
            continue
        match = _MAKE_ASSIGN.fullmatch(line.strip())
        if match:
            names.setdefault(match[1], _make_filled(match[2], names))


def _make_filled(line: str, names: Mapping[str, str]) -> str:
    filled = _MAKE_VARIABLE.sub(lambda match: names.get(match[1], HOLE), line)
    return filled.replace("$$", "$")


def _dockerfile(text: str, shell: Shell) -> None:
    lines = re.sub(r"\\[ \t]*\n", " ", text).split("\n")
    for line in lines:
        match = _INSTRUCTION.fullmatch(line.strip())
        if match is None:
            continue
        words = _parsed(json.loads, match[2])
        command = " ".join(f"'{one}'" for one in words) if isinstance(words, list) else match[2]
        at = text.find(line.split(" ")[0] + " " + match[2][:20])
        shell.run(command, Scope(shell.root), max(text.count("\n", 0, max(at, 0)), 0))


def _workflow(text: str, shell: Shell) -> None:
    import yaml  # comes with libcst

    tree = _parsed(lambda held: yaml.load(held, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), text)
    for script, folder in _scripts_in(tree, ""):
        first = script.strip().split("\n")[0]
        at = text.find(first)
        shell.run(script, Scope(shell.root, cwd=folder), text.count("\n", 0, max(at, 0)))


def _scripts_in(tree: Any, folder: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The scripts under `run` and `script` keys, with their working directory."""
    if depth > 12:
        return
    if isinstance(tree, list):
        for one in tree:
            yield from _scripts_in(one, folder, depth + 1)
    if not isinstance(tree, dict):
        return
    inner = tree.get("working-directory", tree.get("working_directory", folder))
    folder = inner if isinstance(inner, str) and "$" not in inner else folder
    for key, value in tree.items():
        if key in ("run", "script", "before_script", "after_script", "command"):
            texts = value if isinstance(value, list) else [value]
            joined = "\n".join(one for one in texts if isinstance(one, str))
            if joined:
                yield re.sub(r"\$\{\{.*?\}\}", HOLE, joined), folder
        if isinstance(value, dict | list):
            yield from _scripts_in(value, folder, depth + 1)


def _readme(text: str, shell: Shell) -> None:
    """The shell blocks of a README; what it leaves to the reader (`your_data`) is not known."""
    for match in _FENCE.finditer(text):
        language, body = match[1].lower(), match[2]
        if language in _SHOWN and _STARTS.search(body.encode()):
            plain = _PLACEHOLDER.sub(HOLE, _PROMPT.sub("", body))
            shell.run(plain, Scope(shell.root), text.count("\n", 0, match.start(2)))


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except Exception:
        return None


def _named(pattern: str) -> Callable[[str], bool]:
    fits = re.compile(pattern)
    return lambda path: fits.fullmatch(posixpath.basename(path)) is not None


_READERS: tuple[tuple[Callable[[str], bool], Callable[[str, Shell], None]], ...] = (
    (_named(r".*\.(?:sh|bash|slurm|sbatch)"), _script),
    (_named(r"(?:GNU)?[Mm]akefile|.*\.mk"), _makefile),
    (_named(r"Dockerfile.*|.*\.[Dd]ockerfile"), _dockerfile),
    (lambda path: CI.fullmatch(path) is not None, _workflow),
    (_named(r"README.*\.md"), _readme),
)
