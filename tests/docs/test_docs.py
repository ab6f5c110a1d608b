"""The documentation is true: every command in it is run, every configuration is read, the site builds.

A fenced block with a title is a file of the page's project; in a `console` block each line that starts with `$` is
run there, and what follows is what it must show.  `pytest --update-golden` writes down what it shows now.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from synthlint.settings import SettingsError, settings_for

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
_BLOCK = re.compile(r"^```(?P<language>\w+)(?P<options>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_NOT_RUN = re.compile(r"pip install synthlint$")  # what a test runs is installed already


@dataclass
class Block:
    """A fenced block of a page."""

    language: str
    options: dict[str, str]
    body: str
    start: int
    end: int


def _blocks(page: Path) -> list[Block]:
    return [
        Block(one["language"], dict(re.findall(r'(\w+)="([^"]*)"', one["options"])), one["body"], *one.span("body"))
        for one in _BLOCK.finditer(page.read_text("utf-8"))
    ]


def _each(*languages: str) -> list:
    return [
        pytest.param(block, id=f"{page.stem}-{number}")
        for page in PAGES
        for number, block in enumerate(_blocks(page))
        if block.language in languages
    ]


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Run a command as a reader would: synthlint on the path, no colours, nothing of this machine."""
    home = tmp_path / "home"
    project = tmp_path / "project"
    home.mkdir()
    project.mkdir()
    (home / ".gitconfig").write_text("[user]\nname = Reader\nemail = reader@example.org\n", "utf-8")
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    }

    def run(command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command], cwd=project, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        text = done.stdout.decode("utf-8")
        assert "Traceback" not in text and "internal error" not in text, text
        return text

    run.project = project  # type: ignore[attr-defined]
    return run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_shows_what_the_page_says(page, shell, request):
    text = page.read_text("utf-8")
    shown = []
    for block in _blocks(page):
        if "title" in block.options:
            path = shell.project / block.options["title"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, "utf-8")
        if block.language == "console":
            shown.append((block, _run(block, shell)))
    for block, now in reversed(shown):
        text = text[: block.start] + now + text[block.end :]
    if request.config.getoption("--update-golden"):
        page.write_text(text, "utf-8")
    assert page.read_text("utf-8") == text, "if what is shown now is right: pytest --update-golden"


def _run(block: Block, shell) -> str:
    lines = []
    for line in block.body.splitlines():
        if line.startswith("$ "):
            lines.append(line)
            if not _NOT_RUN.search(line):
                lines += shell(line[2:]).replace(str(shell.project), ".").rstrip("\n").splitlines()
    return "".join(f"{line}\n".replace(" \n", "\n") for line in lines)


@pytest.mark.parametrize("block", _each("toml"))
def test_configuration_is_read(block, tmp_path):
    name = "pyproject.toml" if "[tool." in block.body else "synthlint.toml"
    (tmp_path / name).write_text(block.body, "utf-8")
    if block.options.get("test") == "wrong":
        with pytest.raises(SettingsError):
            settings_for([tmp_path])
    else:
        assert settings_for([tmp_path]).origins


@pytest.mark.parametrize("block", _each("yaml"))
def test_yaml_is_read(block):
    assert yaml.safe_load(block.body)


@pytest.mark.parametrize("block", _each("python"))
def test_python_compiles(block):
    ast.parse(block.body)


def test_options_in_yaml_exist(request):
    """The inputs that the pages give to the action are inputs of the action."""
    action = yaml.safe_load((request.config.rootpath / "action.yml").read_text("utf-8"))
    (step,) = [
        one
        for block in _blocks(DOCS / "adoption.md")
        if block.language == "yaml" and "runs-on" in block.body
        for one in yaml.safe_load(block.body)["jobs"]["check"]["steps"]
        if "synthlint@" in one["uses"]
    ]
    assert set(step["with"]) <= set(action["inputs"])


def test_generated_settings_can_be_read(tmp_path):
    hooks = _hooks()
    for block in _BLOCK.finditer("\n".join(hooks.settings())):
        (tmp_path / "pyproject.toml").write_text(block["body"], "utf-8")
        assert settings_for([tmp_path]).origins


def _hooks():
    import importlib.util

    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "hooks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_site_builds_without_warnings(tmp_path, request):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    root = request.config.rootpath
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    assert (tmp_path / "site" / "rules" / "SYN201" / "index.html").is_file()
