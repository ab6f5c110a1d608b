"""Which rules are on, and in which files."""

from __future__ import annotations

import pytest
import samples

from synthlint.gate.selection import DEFAULTS, enabled, ignored_in_file, matches
from synthlint.rules import registry
from synthlint.settings import EDITIONS, Options

TWO = {"SYN201", "SYN202"}


@pytest.mark.parametrize(
    ("options", "on", "off"),
    [
        ({}, {"SYN101", "SYN201", "SYN900", "SYN901"}, {"SYN107", "SYN207", "SYN904"}),
        ({"preview": True}, {"SYN107", "SYN904"}, {"SYN207"}),
        ({"select": ("SYN2",)}, TWO | {"SYN900"}, {"SYN101", "SYN901", "SYN207"}),
        ({"select": ("missing-dedup",)}, {"SYN201"}, {"SYN202"}),
        ({"select": ("ALL",)}, {"SYN101", "SYN901"}, {"SYN107", "SYN207"}),
        ({"select": ("ALL",), "preview": True}, {"SYN107"}, {"SYN207"}),
        ({"select": ("SYN201",), "extend_select": ("SYN1",)}, {"SYN201", "SYN101"}, {"SYN202", "SYN107"}),
        ({"ignore": ("SYN2",)}, {"SYN101"}, TWO),
        ({"ignore": ("SYN2",), "extend_select": ("SYN201",)}, {"SYN201"}, {"SYN202"}),
        ({"select": ("SYN2",), "ignore": ("SYN201",)}, {"SYN202"}, {"SYN201"}),
        ({"select": ("SYN2",), "ignore": ("SYN2",)}, set(), TWO),
        ({"ignore": ("ALL",)}, set(), {"SYN101", "SYN900"}),
        ({"ignore": ("ALL",), "select": ("SYN201",)}, {"SYN201"}, {"SYN202"}),
        ({"select": ("SYN107",)}, set(), {"SYN107"}),
    ],
)
def test_enabled(options, on, off):
    chosen = enabled(Options(**options), samples.RULES)
    assert on <= chosen
    assert not off & chosen


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("examples/a.py", "examples/**", True),
        ("examples/deep/a.py", "examples/**", True),
        ("examples/deep/a.py", "examples", True),
        ("examples/deep/a.py", "examples/", True),
        ("src/examples/a.py", "examples", True),
        ("src/examples/a.py", "examples/**", False),
        ("src/examples/a.py", "**/examples/**", True),
        ("examples/a.py", "**/examples/**", True),
        ("examples/deep/a.py", "examples/*.py", False),
        ("examples/a.py", "./examples/*.py", True),
        ("notebooks/x.ipynb", "*.ipynb", True),
        ("a.py", "b.py", False),
        ("a+b.py", "a+b.py", True),
    ],
)
def test_patterns(path, pattern, fits):
    assert matches(path, pattern) is fits


def test_per_file_ignores_add_up():
    options = Options(per_file_ignores={"examples/**": ("SYN201",), "*.ipynb": ("SYN1",), "other.py": ("ALL",)})
    assert ignored_in_file("examples/x.ipynb", options, samples.RULES) == {"SYN201", "SYN101", "SYN102", "SYN107"}


def test_the_newest_edition_is_the_default_set():
    """A rule that is on belongs to the edition; leaving preview means joining the next one."""
    on = {code for code, rule in registry().items() if rule.status == "on"}
    assert on <= DEFAULTS[EDITIONS[-1]]
    assert set(DEFAULTS) == set(EDITIONS)
