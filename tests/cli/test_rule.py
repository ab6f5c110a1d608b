"""`synthlint rule`, and what starting the command line may import."""

from __future__ import annotations

import subprocess
import sys

import pytest


def test_page(engine, run, golden):
    engine()
    golden("rule-SYN201.md", run("rule", "SYN201").out)


def test_by_name_or_in_small_letters(engine, run):
    engine()
    assert run("rule", "missing-dedup").out == run("rule", "syn201").out


def test_table(engine, run, golden):
    engine()
    golden("rules.md", run("rule").out)


def test_rendered_on_a_terminal(engine, run, monkeypatch):
    engine()
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run("rule", "SYN201").out
    assert "\x1b[" in out
    assert "**" not in out


HEAVY = ("libcst", "rich", "synthlint.engine", "synthlint.syntax", "asyncio", "subprocess")


@pytest.mark.parametrize("arguments", [["--version"], ["rule", "SYN201"], ["rule"], ["--help"]], ids=" ".join)
def test_start_is_light(arguments):
    code = (
        "import sys; from synthlint.__main__ import run\n"
        f"code = run({arguments!r})\n"
        f"print(code, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
