"""Suppression comments, from source text to what is reported."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
import samples

from synthlint.findings import Confidence, Place
from synthlint.gate.judge import judge
from synthlint.settings import Options
from synthlint.sources.suppressions import scan
from synthlint.sources.text import from_text

ON = frozenset({"SYN201", "SYN202"})


def report(text: str, *marks: tuple[str, int], path: str = "gen.py", **options) -> list[str]:
    """What is reported for `text` when the rules find each code on its line: `line CODE message`.

    Suppressed findings are given as `line CODE -- reason`.
    """
    judged = _judge(text, marks, path, options)
    return [
        f"{one.place.line} {one.code}" + (f" -- {one.suppressed.reason}" if one.suppressed else f" {one.message}")
        for one in judged.findings
        if one.suppressed or one.code.startswith("SYN9")
    ]


def _judge(text, marks, path="gen.py", options=None):
    source = from_text(path, textwrap.dedent(text).lstrip("\n"))
    lines = source.program.split("\n")
    found = []
    for code, line in marks:
        place = Place(path, line, 1, line, len(lines[line - 1].split("#")[0].rstrip()) + 1)
        found.append(samples.finding(code, place))
    chosen = {"folder": Path("/p"), **(options or {})}
    return judge(
        found, {path: scan(source)}, root=Path("/p"), options=Options(**chosen), rules=samples.RULES, lines=source.lines
    )  # fmt: skip


def fixed(text: str, *marks: tuple[str, int]) -> str:
    """The text after all fixes of comments."""
    text = textwrap.dedent(text).lstrip("\n")
    judged = _judge(text, marks)
    edits = [edit for one in judged.findings if one.code.startswith("SYN9") and one.fix for edit in one.fix.edits]
    rows = text.splitlines(keepends=True)
    starts = [sum(map(len, rows[:number])) for number in range(len(rows) + 1)]
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        begin, end = (starts[line - 1] + column - 1 for line, column in (edit.start, edit.end))
        text = text[:begin] + edit.text + text[end:]
    return text


class TestHides:
    def test_on_the_line(self):
        assert report("write()  # synthlint: ignore[SYN201] -- unique keys\n", ("SYN201", 1)) == [
            "1 SYN201 -- unique keys"
        ]

    def test_on_the_line_above(self):
        assert report("# synthlint: ignore[SYN201]\nwrite()\n", ("SYN201", 2)) == ["2 SYN201 -- None"]

    def test_two_codes(self):
        text = "write()  # synthlint: ignore[SYN201, SYN202]\n"
        assert report(text, ("SYN201", 1), ("SYN202", 1)) == ["1 SYN201 -- None", "1 SYN202 -- None"]

    def test_whole_file(self):
        assert report("# synthlint: ignore-file[SYN201]\n\nwrite()\n", ("SYN201", 3)) == ["3 SYN201 -- None"]

    def test_a_finding_below_the_threshold_keeps_the_comment_in_use(self):
        low = replace(samples.finding("SYN201", Place("gen.py", 1, 1, 1, 8)), confidence=Confidence.LOW)
        source = from_text("gen.py", "write()  # synthlint: ignore[SYN201]\nwrite()\n")
        second = replace(low, place=Place("gen.py", 2, 1, 2, 8), statement=Place("gen.py", 2, 1, 2, 8))
        judged = judge(
            [low, second], {"gen.py": scan(source)}, root=Path("/p"), options=Options(folder=Path("/p")),
            rules=samples.RULES, lines=source.lines,
        )  # fmt: skip
        assert [one.code for one in judged.findings] == ["SYN201"]
        assert judged.hidden == 1


class TestUnused:
    def test_nothing_hidden(self):
        assert report("x = 1  # synthlint: ignore[SYN201]\n") == [
            "1 SYN901 `# synthlint: ignore[SYN201]` suppresses nothing."
        ]

    def test_partly(self):
        assert report("write()  # synthlint: ignore[SYN201, SYN202]\n", ("SYN201", 1)) == [
            "1 SYN201 -- None",
            "1 SYN901 `# synthlint: ignore[SYN202]` suppresses nothing.",
        ]

    @pytest.mark.parametrize(
        "options",
        [{"ignore": ("SYN201",)}, {"select": ("SYN202", "SYN901")}, {"per_file_ignores": {"gen.py": ("SYN201",)}}],
        ids=["ignored", "not selected", "ignored in the file"],
    )
    def test_a_rule_that_is_off_makes_no_comment_stale(self, options):
        assert report("write()  # synthlint: ignore[SYN201]\n", ("SYN201", 1), **options) == []

    def test_preview_rule_that_is_off(self):
        assert report("write()  # synthlint: ignore[SYN107]\n") == []

    def test_detached(self):
        assert report("write()\n\n# synthlint: ignore[SYN201]\n\nx = 1\n", ("SYN201", 1)) == [
            "3 SYN901 `# synthlint: ignore[SYN201]` suppresses nothing: no statement follows it."
        ]

    def test_wrong_line_shows_the_nearest_finding(self):
        text = "x = 1  # synthlint: ignore[SYN201]\ny = 2\nwrite()\n"
        (unused,) = [one for one in _judge(text, [("SYN201", 3)]).findings if one.code == "SYN901"]
        assert [(one.place.line, one.message) for one in unused.related] == [(3, "SYN201 is reported here")]

    def test_malformed(self):
        (line,) = report("write()  # synthlint: ignore SYN201\n", ("SYN201", 1))
        assert line.startswith("1 SYN901 `# synthlint: ignore SYN201` suppresses nothing: ")

    def test_in_a_string_nothing_is_a_comment(self):
        assert report("x = '# synthlint: ignore[SYN201]'\n") == []


class TestOthers:
    def test_blanket(self):
        assert report("write()  # synthlint: ignore\n", ("SYN201", 1), ("SYN202", 1))[-1] == (
            "1 SYN902 A bare `# synthlint: ignore` hides every rule; name the codes: SYN201, SYN202."
        )

    def test_blanket_that_hides_nothing(self):
        assert report("x = 1  # synthlint: ignore\n") == ["1 SYN901 `# synthlint: ignore` suppresses nothing."]

    def test_unknown(self):
        (line,) = report("write()  # synthlint: ignore[SYN299]\n")
        assert line == "1 SYN903 'SYN299' is not a rule, so it hides nothing; 'synthlint rule' lists the codes."

    def test_an_error_needs_a_reason_in_preview(self):
        text = "evaluate()  # synthlint: ignore[SYN401]\n"
        assert report(text, ("SYN401", 1)) == ["1 SYN401 -- None"]
        assert report(text, ("SYN401", 1), preview=True)[1:] == [
            "1 SYN904 SYN401 is an error: suppressing it needs a reason after `--`."
        ]
        assert len(report(text.replace("]", "] -- a smoke test"), ("SYN401", 1), preview=True)) == 1


class TestFixes:
    @pytest.mark.parametrize(
        ("text", "marks", "expected"),
        [
            ("x = 1  # synthlint: ignore[SYN201]\n", (), "x = 1\n"),
            ("# synthlint: ignore[SYN201]\nx = 1\n", (), "x = 1\n"),
            ("x = 1  # synthlint: ignore[SYN201]  # noqa\n", (), "x = 1  # noqa\n"),
            ("x = 1  # noqa # synthlint: ignore[SYN201]\n", (), "x = 1  # noqa\n"),
            ("f()  # synthlint: ignore[SYN201,SYN202] -- y\n", [("SYN202", 1)],
             "f()  # synthlint: ignore[SYN202] -- y\n"),
            ("write()  # synthlint: ignore -- why\n", [("SYN202", 1)], "write()  # synthlint: ignore[SYN202] -- why\n"),
            ("f()  # synthlint: ignore[SYN299,SYN202] -- y\n", [("SYN202", 1)],
             "f()  # synthlint: ignore[SYN202] -- y\n"),
            ("f()  # synthlint: ignore[SYN299] -- y\n", (), "f()\n"),
            ("# synthlint: ignore-file\nwrite()\n", [("SYN202", 2)], "# synthlint: ignore-file[SYN202]\nwrite()\n"),
        ],
    )  # fmt: skip
    def test_fix(self, text, marks, expected):
        assert fixed(text, *marks) == expected
