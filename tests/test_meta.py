"""Rules, pages, fixtures, README, changelog and documentation say the same.

`pytest tests/test_meta.py --update-golden` writes the table of rules in README.md and the list in CHANGELOG.md anew.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from pathlib import Path

import fixture_files as fixtures
import pytest

from synthlint._version import __version__
from synthlint.cli.rule import table
from synthlint.gate.selection import DEFAULTS
from synthlint.rules import registry

ROOT = Path(__file__).parents[1]
RULES = registry()

# The catalogue: code, name, severity, confidence, status, fix.  Codes are never renumbered or reused.
CATALOGUE = """
SYN101 low-diversity-sampling       warning  graded  on       unsafe
SYN102 constant-prompt              warning  high    on       advice
SYN103 recursive-training           error    graded  on       advice
SYN104 self-seeding                 warning  medium  on       advice
SYN105 eval-seeded                  error    graded  on       unsafe
SYN106 frozen-sampling              error    high    on       unsafe
SYN107 unchecked-response           warning  medium  preview  unsafe
SYN108 volatile-results             warning  medium  preview  unsafe
SYN109 unpinned-generator           info     medium  preview  advice
SYN201 missing-dedup                warning  graded  on       unsafe
SYN202 missing-provenance           warning  high    on       safe
SYN203 untagged-mix                 warning  high    on       unsafe
SYN204 missing-fidelity-check       warning  graded  on       unsafe
SYN205 missing-memorization-audit   warning  graded  on       unsafe
SYN206 assumed-privacy              warning  medium  on       advice
SYN207 skewed-coverage              warning  n/a     audit    advice
SYN208 label-leak                   warning  n/a     audit    advice
SYN301 synthetic-only-training      warning  medium  on       advice
SYN302 missing-holdout              warning  medium  on       advice
SYN401 self-evaluation              error    high    on       unsafe
SYN402 synthetic-evaluation         warning  medium  on       advice
SYN403 split-after-synthesis        error    high    on       unsafe
SYN404 self-judging                 warning  medium  on       advice
SYN900 unreadable-source            error    high    on       none
SYN901 unused-suppression           warning  high    on       safe
SYN902 blanket-suppression          warning  high    on       safe
SYN903 unknown-code                 error    high    on       safe
SYN904 unexplained-suppression      info     high    preview  advice
"""
EXPECTED = {line.split()[0]: tuple(line.split()) for line in CATALOGUE.strip().splitlines()}
EACH = pytest.mark.parametrize("rule", [pytest.param(rule, id=code) for code, rule in RULES.items()])


@EACH
def test_metadata_is_that_of_the_catalogue(rule):
    shown = (rule.code, rule.name, rule.severity.value, rule.confidence, rule.status, rule.fix)
    assert shown == EXPECTED[rule.code]


@EACH
def test_a_rule_is_a_file_of_its_name(rule):
    assert type(rule).__module__ == f"synthlint.rules.{rule.code.lower()}_{rule.name.replace('-', '_')}"
    assert type(rule).__name__ == "".join(part.capitalize() for part in rule.name.split("-"))


def test_names_are_unique_and_kebab_case():
    assert max(Counter(rule.name for rule in RULES.values()).values()) == 1
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name) for rule in RULES.values())


@EACH
def test_message_is_one_sentence(rule):
    assert rule.message.endswith(".") and not rule.message.endswith("..")
    assert "\n" not in rule.message
    assert rule.message[0].isupper() or rule.message[0] in "'`{"


@EACH
def test_since_is_a_version_that_was_or_is(rule):
    number = tuple(int(part) for part in rule.since.split("."))
    assert len(number) == 3 and number <= tuple(int(re.match(r"\d+", part)[0]) for part in __version__.split(".")[:3])


def test_editions_hold_rules_of_the_catalogue():
    for codes in DEFAULTS.values():
        assert codes <= set(EXPECTED)
    newest = DEFAULTS[max(DEFAULTS)]
    assert {code for code, rule in RULES.items() if rule.status == "on"} <= newest


@EACH
def test_a_rule_has_fixtures(rule):
    """Programs that it reports, and programs that look alike and are clean."""
    wanted = 3 if rule.status == "on" else 1
    own = [one for one in fixtures.projects() if one.parent.name == rule.code]
    reported = [one for one in own if any(each.code == rule.code for each in fixtures.expected(one))]
    assert len(reported) >= wanted, "programs with findings"
    assert len(own) - len(reported) >= wanted, "programs without"


def test_fixture_folders_are_rules():
    folders = {one.name for one in fixtures.FOLDER.iterdir() if one.is_dir() and any(one.iterdir())}
    assert folders - {"glossary"} <= set(RULES)


def test_a_clean_fixture_says_so_by_its_name():
    """`…_ok` is silent about the rule of its folder, and what is silent about it is called so."""
    for one in fixtures.projects():
        if one.parent.name != "glossary":
            silent = all(each.code != one.parent.name for each in fixtures.expected(one))
            assert one.stem.endswith("_ok") == silent, one


def test_only_codes_of_the_catalogue_are_mentioned():
    invented = {"SYN219", "SYN999", "SYN430", "SYN209"}  # what examples of wrong codes use
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        found = set(re.findall(r"\bSYN\d{3}\b", page.read_text("utf-8")))
        assert found <= set(EXPECTED) | invented, page.name
    for code, rule in RULES.items():
        assert set(re.findall(r"\bSYN\d{3}\b", rule.__doc__ or "")) <= set(EXPECTED) | invented, code


def test_readme_has_the_table_of_rules(request):
    _between_markers(ROOT / "README.md", "\n" + table(RULES) + "\n", request)


def test_changelog_lists_the_rules(request):
    listed = ", ".join(f"{code} {rule.name}" for code, rule in sorted(RULES.items()))
    lines = textwrap.wrap(f"- Rules: {listed}.", 120, subsequent_indent="  ", break_on_hyphens=False)
    _between_markers(ROOT / "CHANGELOG.md", "\n".join(lines) + "\n", request)


def _between_markers(path: Path, wanted: str, request: pytest.FixtureRequest) -> None:
    text = path.read_text("utf-8")
    start, rest = text.split("<!-- rules -->\n")
    old, end = rest.split("<!-- /rules -->")
    new = f"{start}<!-- rules -->\n{wanted}<!-- /rules -->{end}"
    if request.config.getoption("--update-golden"):
        path.write_text(new, "utf-8", newline="\n")
    else:
        assert old == wanted, "if the rules are right: pytest tests/test_meta.py --update-golden"
