"""Each rule's page has its headings, its example is reported and what it recommends is not."""

from __future__ import annotations

import inspect
import re

import pytest

from synthlint import engine
from synthlint.cli.rule import page
from synthlint.rules import registry
from synthlint.settings import Options

HEADINGS = [
    "What it reports", "Why", "Example", "Use instead", "What it does not see", "Fix safety", "References",
]  # fmt: skip
RULES = [
    pytest.param(rule, id=code)
    for code, rule in registry().items()
    if rule.status != "audit" and "## " in (rule.__doc__ or "")
]


def sections(rule) -> dict[str, str]:
    text = inspect.cleandoc(rule.__doc__ or "")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {title: body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def program(rule, section: str) -> str:
    blocks = re.findall(r"^```python\n(.*?)^```$", sections(rule)[section], re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, f"one program is wanted under '{section}'"
    return blocks[0]


def codes(rule, text: str, folder) -> set[str]:
    (folder / "program.py").write_text(text, "utf-8")
    report = engine.check([folder], Options(folder=folder, preview=rule.status == "preview"))
    assert not report.internal_errors
    return {one.code for one in report.findings if one.suppressed is None}


def test_every_rule_has_a_page():
    assert [code for code, rule in registry().items() if "## " not in (rule.__doc__ or "")] == []


@pytest.mark.parametrize("rule", RULES)
def test_page_has_its_headings_in_order(rule):
    found = sections(rule)
    assert list(found) == HEADINGS
    assert all(found.values()), "a section is empty"
    assert page(rule).startswith(f"# {rule.code} {rule.name}\n")


@pytest.mark.parametrize("rule", RULES)
def test_example_is_reported(rule, tmp_path):
    assert rule.code in codes(rule, program(rule, "Example"), tmp_path)


@pytest.mark.parametrize("rule", RULES)
def test_what_is_recommended_is_silent(rule, tmp_path):
    text = program(rule, "Use instead")
    compile(text, "page", "exec")
    assert rule.code not in codes(rule, text, tmp_path)


@pytest.mark.parametrize("rule", RULES)
def test_page_says_only_what_was_checked(rule):
    assert not re.search(r"unverified|\[(R|S|M)\]|TODO|page\"\"\"", rule.__doc__ or "")
