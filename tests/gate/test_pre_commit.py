"""The real pre-commit with a clone of this repository.  It installs packages, so it runs with `--slow` only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import samples

pytestmark = pytest.mark.slow

GOOD = """\
import json
from openai import OpenAI

client = OpenAI()
topics = json.loads(open("topics.json").read())
seen = set()
with open("train.jsonl", "w") as file:
    for topic in topics:
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"Write a complaint about {topic}."}]
        )
        text = reply.choices[0].message.content
        key = text.casefold()
        if key in seen:
            continue
        seen.add(key)
        file.write(json.dumps({"text": text, "_provenance": {"origin": "synthetic", "model": reply.model}}) + "\\n")
"""


@pytest.fixture
def shell(tmp_path):
    """Run a command in a scratch repository; gives its exit code and all it shows."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\nname = t\nemail = t@example.org\n", "utf-8")
    environment = {
        **os.environ,
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def run(*command: str) -> tuple[int, str]:
        done = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    run.scratch = scratch  # type: ignore[attr-defined]
    return run


TAGGED = ', "_provenance": {"origin": "synthetic", "model": reply.model}'


@pytest.fixture
def project(shell, request):
    """A scratch repository with both hooks installed, from a clone of this one."""
    root = request.config.rootpath
    shell("git", "init", "-q", "-b", "main")
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
    hooks = "[{id: synthlint-fix}, {id: synthlint}]"
    config = f"repos:\n- repo: {root.as_uri()}\n  rev: {commit.stdout.strip()}\n  hooks: {hooks}\n"
    (shell.scratch / ".pre-commit-config.yaml").write_text(config, "utf-8")
    (shell.scratch / "synthlint.toml").write_text('holdout = "data/holdout.jsonl"\n', "utf-8")
    code, shown = shell("pre-commit", "install", "--install-hooks")
    assert code == 0, shown
    return shell


def _commit(shell, text: str) -> tuple[int, str]:
    (shell.scratch / "gen.py").write_text(text, "utf-8")
    shell("git", "add", "-A")
    return shell("git", "commit", "-m", "x")


def test_hooks(project, capsys):
    """One story, since installing the hooks takes most of its time."""
    gen = project.scratch / "gen.py"

    code, shown = _commit(project, samples.GEN)
    assert code == 1
    assert "SYN101 low-diversity-sampling" in shown
    assert "SYN201 missing-dedup" in shown

    code, shown = _commit(project, GOOD.replace(TAGGED, ""))
    assert code == 1, "the fix is to be read before it is committed"
    assert "files were modified by this hook" in shown
    assert "fixed 1 problem in 1 file: 1 SYN202" in shown
    assert "write_manifest(" in gen.read_text("utf-8")
    code, shown = _commit(project, gen.read_text("utf-8"))
    assert code == 0, shown

    for number in range(200):
        (project.scratch / f"other{number}.py").write_text(f"import json\n\nx = json.loads('{number}')\n", "utf-8")
    assert _commit(project, gen.read_text("utf-8"))[0] == 0
    start = time.monotonic()
    code, shown = _commit(project, GOOD)
    taken = time.monotonic() - start
    assert code == 0, shown
    assert taken < 20
    with capsys.disabled():
        print(f"\nboth hooks, one changed file of 201: {taken:.1f} s with pre-commit and git")


def test_a_shell_script_alone_is_checked(project):
    assert _commit(project, GOOD)[0] == 0
    train = "trl sft --model_name_or_path gpt2 --dataset_name train.jsonl --output_dir out\n"
    (project.scratch / "run.sh").write_text(f"python gen.py\n{train}", "utf-8")
    code, shown = _commit(project, GOOD)
    assert code == 1
    assert "run.sh:2:1  SYN301" in shown
    (project.scratch / "run.sh").write_text(f"python gen.py\n{train[:-1]}  # synthlint: ignore[SYN301] -- a probe\n")
    assert _commit(project, GOOD)[0] == 0
