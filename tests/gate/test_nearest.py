"""Several configuration files in one project, judged by the real engine."""

from __future__ import annotations

import pytest

from synthlint.__main__ import run as run_main

GEN = """\
import json
from openai import OpenAI

client = OpenAI()
with open("{name}.jsonl", "w") as file:
    for topic in ["late parcel", "wrong size"] * 100:
        reply = client.chat.completions.create(model="gpt-4o", messages=[{{"role": "user", "content": "Complain!"}}])
        file.write(json.dumps({{"text": reply.choices[0].message.content}}) + "\\n")
"""


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Run a check in a project with two packages; gives `package code` for each finding."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "gen.py").write_text(GEN.format(name=name), "utf-8")
    (tmp_path / "synthlint.toml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> set[str]:
        capsys.readouterr()
        code = run_main(["check", *arguments, "--output-format", "concise"])
        shown = capsys.readouterr()
        assert code in (0, 1), shown.err
        return {f"{line.split('/')[0]} {line.split(': ')[1][:6]}" for line in shown.out.splitlines()}

    return call


def test_each_package_has_its_own_rules(check, tmp_path):
    assert {"one SYN202", "two SYN202"} <= check()
    (tmp_path / "two" / "synthlint.toml").write_text('select = ["SYN102"]\n', "utf-8")
    found = check()
    assert "one SYN202" in found
    assert {one for one in found if one.startswith("two")} == {"two SYN102"}


def test_the_command_line_counts_for_all(check, tmp_path):
    (tmp_path / "two" / "synthlint.toml").write_text('select = ["SYN102"]\n', "utf-8")
    assert check("--select", "SYN202") == {"one SYN202", "two SYN202"}


def test_isolated_reads_none(check, tmp_path):
    (tmp_path / "two" / "synthlint.toml").write_text('select = ["SYN102"]\n', "utf-8")
    assert "two SYN202" in check("--isolated")


def test_per_file_ignores_count_from_their_file(check, tmp_path):
    (tmp_path / "two" / "synthlint.toml").write_text('per-file-ignores = {"gen.py" = "SYN202"}\n', "utf-8")
    found = check()
    assert "one SYN202" in found
    assert "two SYN202" not in found


def test_a_wrong_nested_file_is_an_error(check, tmp_path, capsys):
    (tmp_path / "two" / "synthlint.toml").write_text("selct = []\n", "utf-8")
    assert run_main(["check"]) == 2
    assert "two/synthlint.toml:1: unknown key 'selct'" in capsys.readouterr().err
