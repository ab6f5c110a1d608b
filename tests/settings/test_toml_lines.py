"""Line numbers in TOML, however a key is spelt."""

from __future__ import annotations

import pytest

from synthlint.settings.toml import line_of

PATH = ("tool", "synthlint", "datasets")


@pytest.mark.parametrize(
    ("text", "part", "line"),
    [
        ("[tool.synthlint]\ndatasets = {}\n", "", 2),
        ("[tool.synthlint.datasets]\na = 'real'\n", "", 1),
        ("[tool.synthlint.datasets]\na = 'real'\nb = 'fake'\n", "fake", 3),
        ("[tool]\nsynthlint.datasets = {}\n", "", 2),
        ("[tool]\n\nsynthlint = {datasets = {}}\n", "", 3),
        ("tool.synthlint.datasets.a = 'x'\n", "", 1),
        ("[other]\ndatasets = 1\n[tool.synthlint]\n# datasets\ndatasets = {}\n", "", 5),
        ('[tool."synthlint"]  # ours\n"datasets" = {}\n', "", 2),
        ("[tool.synthlint]\ndatasets = {\n  a = ['real',\n  'fake']}\n", "fake", 4),
        ("[tool.synthlint]\r\ndatasets = {}\r\n", "", 2),
    ],
)
def test_line(text, part, line):
    assert line_of(text, PATH, part) == line
