"""Findings in shell scripts, Makefiles and the like: reported for their path, suppressed by comments there."""

from __future__ import annotations

import pytest

from synthlint.sources.commands.files import _READERS
from synthlint.sources.discovery import holds_commands, is_other

GEN = """\
import json
import sys

from openai import OpenAI

client = OpenAI()
with open(sys.argv[1], "w") as file:
    for topic in open("topics.txt"):
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"Write a complaint about {topic}"}]
        )
        file.write(json.dumps({"text": reply.choices[0].message.content}) + "\\n")
"""
TRAIN = "trl sft --model_name_or_path gpt2 --dataset_name rows.jsonl --output_dir out"
SYN301 = ("--select", "SYN301,SYN9")


@pytest.fixture
def project(real):
    real.write("gen.py", GEN)
    real.write("run.sh", f"#!/bin/sh\nset -e\npython gen.py rows.jsonl\n{TRAIN}\n")
    return real


def test_the_finding_spans_the_command(project):
    result = project.check(*SYN301)
    assert (result.places, result.code) == (["run.sh:4"], 1)
    project.write("run.sh", "python gen.py rows.jsonl\n  " + TRAIN.replace(" --", " \\\n    --") + "\n")
    assert project.check(*SYN301).out.startswith("run.sh:2:3: SYN301")


def test_a_script_is_checked_by_its_path(project):
    result = project.check("run.sh", *SYN301)
    assert result.places == ["run.sh:4"]
    assert "(checked 1 file, 1 analysed)" in result.err
    assert project.check("gen.py", *SYN301).places == []


@pytest.mark.parametrize(
    "command",
    [
        f"{TRAIN}  # synthlint: ignore[SYN301] -- real rows come later",
        f"# synthlint: ignore[SYN301]\n{TRAIN}",
        TRAIN.replace(" --", " \\\n    --") + "  # synthlint: ignore[SYN301]",
        f"{TRAIN}\n# synthlint: ignore-file[SYN301]",
    ],
)
def test_a_comment_hides_it(project, command):
    project.write("run.sh", f"python gen.py rows.jsonl\n{command}\n")
    result = project.check(*SYN301)
    assert (result.places, result.code) == ([], 0)
    assert "1 suppressed by comments" in result.err


def test_makefile_and_ci(project):
    project.write("run.sh", "")
    project.write("Makefile", f"all:\n\tpython gen.py rows.jsonl\n\t{TRAIN}\n")
    assert project.check(*SYN301).out.startswith("Makefile:3:2: SYN301")
    project.write("Makefile", f"all:\n\tpython gen.py rows.jsonl\n\t{TRAIN}  # synthlint: ignore[SYN301]\n")
    assert project.check(*SYN301).places == []
    steps = f"      - run: python gen.py rows.jsonl\n      - run: {TRAIN}\n"
    project.write(".github/workflows/train.yml", f"jobs:\n  train:\n    steps:\n{steps}")
    project.write("Makefile", "")
    assert project.check(*SYN301).out.startswith(".github/workflows/train.yml:5:7: SYN301")
    steps = steps.replace("out\n", "out  # synthlint: ignore[SYN301]\n")
    project.write(".github/workflows/train.yml", f"jobs:\n  train:\n    steps:\n{steps}")
    assert project.check(*SYN301).places == []


def test_a_comment_that_hides_nothing_is_stale(project):
    project.write("run.sh", f"python gen.py rows.jsonl  # synthlint: ignore[SYN201]\n{TRAIN}\n")
    result = project.check("--select", "SYN201,SYN901", "run.sh")
    assert result.places == ["run.sh:1"]
    assert "`# synthlint: ignore[SYN201]` suppresses nothing" in result.out


def test_it_is_stale_also_where_nothing_generates(real):
    real.write("gen.py", "print(1)\n")
    real.write("run.sh", "python gen.py  # synthlint: ignore[SYN201]\n")
    assert real.check().out.startswith("run.sh:1:16: SYN901")


@pytest.mark.parametrize(
    "line",
    [
        'echo "write # synthlint: ignore[SYN201] there"',
        "echo it\\'s 'a # synthlint: ignore[SYN201]'",
        "echo a#synthlint: ignore[SYN201]",
    ],
)
def test_text_in_quotes_is_no_comment(project, line):
    project.write("run.sh", f"python gen.py rows.jsonl\n{line}\n")
    assert project.check("--select", "SYN901").places == []


def test_what_a_readme_shows_suppresses_nothing(project):
    project.write("run.sh", "")
    project.write("README.md", f"```sh\npython gen.py rows.jsonl\n{TRAIN}  # synthlint: ignore[SYN301]\n```\n")
    assert project.check("--select", "SYN901").places == []


def test_add_ignores_and_fix_work_there(project):
    assert "comments for 1 finding written" in project.check(*SYN301, "--add-ignores=known").err
    assert (project.folder / "run.sh").read_text("utf-8").endswith("  # synthlint: ignore[SYN301] -- known\n")
    assert project.check(*SYN301).code == 0
    project.write("gen.py", "")
    assert "fixed 1 problem in 1 file: 1 SYN901" in project.check("--fix").err
    assert "synthlint" not in (project.folder / "run.sh").read_text("utf-8")


def test_the_names_of_command_files_are_those_that_are_read():
    names = "run.sh a/b.bash job.slurm job.sbatch rules.mk Makefile GNUmakefile a/makefile Dockerfile Dockerfile.gpu"
    names += " x.dockerfile .github/workflows/a.yml a/.gitlab-ci.yml .circleci/config.yml"
    for name in names.split():
        assert holds_commands(name) and is_other(name)
        assert any(fits(name) for fits, _ in _READERS), name
    for name in ("README.md", "config.yml", "a.json", "gen.py", "Makefile.txt", "x.md"):
        assert not holds_commands(name)
