"""Every kind of wrong input: one clear line on standard error, exit code 2."""

from __future__ import annotations

import pytest

TABLE = "[tool.synthlint]\n"

BAD_USAGE = [
    (["check", "nope.py"], "no such file or folder: nope.py"),
    (
        ["check", "--select", "SYN999"],
        "--select: 'SYN999' is not a rule (SYN903): use a code, a prefix such as SYN2, or ALL",
    ),
    (["check", "--select", "SYN20l"], "--select: 'SYN20l' is not a rule (SYN903): did you mean SYN20"),
    (
        ["check", "--ignore", "E501"],
        "--ignore: 'E501' is not a rule (SYN903): use a code, a prefix such as SYN2, or ALL",
    ),
    (["check", "--extend-select", "SYN2,SYN8"], "--extend-select: 'SYN8' is not a rule"),
    (["check", "--min-confidence", "hgh"], "'hgh' is not one of 'low', 'medium', 'high'"),
    (["check", "--output-format", "xml"], "'xml' is not one of text, concise, json"),
    (["check", "--output-format", "json", "--output-format", "text"], "only one format can go to standard output"),
    (["check", "--output-file", "x"], "--output-file needs an --output-format before it"),
    (["check", "--output-format", "json", "--output-file", "gen.py/x"], "gen.py/x"),
    (["check", "-", "gen.py"], "- takes no other paths"),
    (["check", "-", "--add-ignores"], "--add-ignores writes into files"),
    (["check", "--write-baseline", "b", "--since", "main"], "--write-baseline and --since cannot go together"),
    (["check", "--write-baseline", "b", "--fix"], "--write-baseline and --fix cannot go together; run one after the"),
    (["check", "--add-ignores", "--diff"], "--add-ignores and --diff cannot go together"),
    (["check", "--unsafe-fixes"], "--unsafe-fixes says which fixes; add --fix to apply them or --diff to see them"),
    (["check", "--statistics", "--output-format", "json"], "--statistics and json cannot both go to standard output"),
    (["check", "--jobs", "0"], "0 is not in the range"),
    (["check", "--nope"], "No such option"),
    (["chekc"], "No such command"),
    (["rule", "SYN209"], "'SYN209' is not a rule; did you mean SYN"),
    (["rule", "mising-dedup"], "did you mean missing-dedup?"),
    (["rule", "banana"], "'synthlint rule' lists all rules"),
]

BAD_SETTINGS = [
    ("[tool.synthlint\n", "pyproject.toml:1: not valid TOML, expected ']' at the end of a table declaration: correct"),
    (TABLE + "select = ['SYN2'\n", "pyproject.toml:2: not valid TOML"),
    (TABLE + "\nselct = ['SYN2']\n", "pyproject.toml:3: unknown key 'selct': did you mean 'select'?"),
    (
        TABLE + "min_confidence = 'low'\n",
        "pyproject.toml:2: unknown key 'min_confidence': did you mean 'min-confidence'?",
    ),
    (TABLE + "banana = 1\n", "pyproject.toml:2: unknown key 'banana': use one of datasets, documentation,"),
    (
        TABLE + "select = ['SYN201',\n  'SYN999']\n",
        "pyproject.toml:3: 'SYN999' is not a rule (SYN903): use a code, a prefix such as SYN2, or ALL",
    ),
    (TABLE + "ignore = 'SYN8'\n", "pyproject.toml:2: 'SYN8' is not a rule (SYN903)"),
    (TABLE + "[tool.synthlint.per-file-ignores]\n'a.py' = ['SYN7']\n", "pyproject.toml:3: 'SYN7' is not a rule"),
    (TABLE + "per-file-ignores = 'SYN2'\n", "pyproject.toml:2: per-file-ignores: takes a table, not 'SYN2'"),
    (TABLE + "preview = 'yes'\n", "pyproject.toml:2: preview: takes true or false, not 'yes'"),
    (TABLE + "exclude = [1]\n", "pyproject.toml:2: exclude: takes strings, but holds 1: put it in quotes"),
    (TABLE + "min-confidence = 'hgh'\n", "pyproject.toml:2: min-confidence: 'hgh' is not known: did you mean 'high'?"),
    (TABLE + "edition = '2025'\n", "pyproject.toml:2: edition: '2025' is not known: did you mean '2026'?"),
    ("[tool.synthlint.datasets]\n'a' = 'real'\n'b' = 'fake'\n", "pyproject.toml:3: datasets: 'fake' is not known"),
    ("[tool.synthlint.rules]\nSYN999 = {}\n", "pyproject.toml:2: 'SYN999' is not a rule"),
    ("[tool.synthlint.rules]\nSYN101 = 3\n", "pyproject.toml:2: rules: takes a table for SYN101, not 3"),
    (
        "[tool.synthlint.rules.SYN101]\ntempreature = 1\n",
        "pyproject.toml:2: rules: SYN101 has no option 'tempreature': did",
    ),
    (
        "[tool.synthlint.rules]\nSYN101.temperature = 'low'\n",
        "pyproject.toml:2: rules: temperature of SYN101 takes a number",
    ),
    ("[tool.synthlint.rules]\nSYN201 = {x = 1}\n", "pyproject.toml:2: rules: SYN201 has no option 'x': take it out"),
    ("[tool.synthlint.models]\nrows = []\n", "pyproject.toml:2: models: 'rows' is not known"),
    (
        TABLE + "documentation = 'docs.example.org'\n",
        "pyproject.toml:2: documentation: 'docs.example.org' is no",
    ),
    (TABLE + "documentation = 3\n", "pyproject.toml:2: documentation: takes an address, not 3: put it in quotes"),
    ("[tool]\nsynthlint = 3\n", "pyproject.toml:2: 'synthlint' must be a table: write [tool.synthlint]"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_USAGE, ids=[" ".join(one) for one, _ in BAD_USAGE])
def test_usage(engine, run, arguments, message):
    engine()
    _one_clear_line(run(*arguments), message)


@pytest.mark.parametrize(("text", "message"), BAD_SETTINGS)
def test_settings(engine, run, folder, text, message):
    engine()
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    _one_clear_line(run("check"), message)


def test_a_broken_file_that_does_not_mention_us_is_passed_over(engine, run, folder):
    engine(findings=())
    (folder / "pyproject.toml").write_text("[project]\nname =\n", encoding="utf-8")
    assert run("check").code == 0


def test_own_file(engine, run, folder):
    engine()
    (folder / "synthlint.toml").write_text("selct = 'SYN2'\n", encoding="utf-8")
    _one_clear_line(run("check"), "synthlint.toml:1: unknown key 'selct'")


def test_settings_that_are_not_text(engine, run, folder):
    engine()
    (folder / "pyproject.toml").write_bytes(b"[tool.synthlint]\n# \xff\n")
    _one_clear_line(run("check"), "pyproject.toml:1: is not UTF-8, so it is not TOML: save it as UTF-8")


def _one_clear_line(result, message):
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("synthlint: ")
    assert len(result.err.splitlines()) == 1, result.err
    assert message in result.err
