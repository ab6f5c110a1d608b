"""The real pre-commit with a clone of this repository.  It installs packages, so it runs with `--slow` only."""

from __future__ import annotations

import os
import subprocess
import sys
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


def test_hook_blocks_a_finding_and_lets_the_rest_pass(shell, request):
    root = request.config.rootpath
    scratch = shell.scratch
    shell("git", "init", "-q", "-b", "main")
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
    config = f"repos:\n- repo: {root.as_uri()}\n  rev: {commit.stdout.strip()}\n  hooks: [{{id: synthlint}}]\n"
    (scratch / ".pre-commit-config.yaml").write_text(config, "utf-8")
    (scratch / "synthlint.toml").write_text('holdout = "data/holdout.jsonl"\n', "utf-8")
    code, shown = shell("pre-commit", "install", "--install-hooks")
    assert code == 0, shown

    (scratch / "gen.py").write_text(samples.GEN, "utf-8")
    shell("git", "add", "-A")
    code, shown = shell("git", "commit", "-m", "bad")
    assert code == 1
    assert "SYN101 low-diversity-sampling" in shown
    assert "SYN201 missing-dedup" in shown

    (scratch / "gen.py").write_text(GOOD, "utf-8")
    shell("git", "add", "-A")
    code, shown = shell("git", "commit", "-m", "good")
    assert code == 0, shown
