"""Comments that hide findings, and those that only look like it."""

from __future__ import annotations

import json

import pytest

from synthlint.findings import Confidence, Finding, Place, Severity
from synthlint.sources.suppressions import Comments, Suppression, covers, scan
from synthlint.sources.text import from_bytes, from_text


def comments(text: str) -> Comments:
    return scan(from_text("a.py", text))


def one(text: str) -> Suppression:
    found = comments(text)
    assert not found.malformed
    (suppression,) = found.suppressions
    return suppression


def finding(line: int, end: int | None = None, code: str = "SYN201", cell: int | None = None) -> Finding:
    place = Place("a.ipynb" if cell else "a.py", line, 1, end or line, 5, cell)
    return Finding(code, "missing-dedup", "m", Severity.WARNING, Confidence.HIGH, place, place)


def test_codes_reason_and_place() -> None:
    found = one("x = 1  # synthlint: ignore[SYN201, SYN202] -- checked # by hand\n")
    assert found.codes == ("SYN201", "SYN202") and found.reason == "checked # by hand"
    assert (found.path, found.line, found.own_line, found.file_level, found.target) == ("a.py", 1, False, False, 1)
    assert found.place.column == 8


def test_forms() -> None:
    assert one("x = 1  # synthlint: ignore\n").codes is None
    assert one("x = 1  #synthlint:ignore[SYN201,]\n").codes == ("SYN201",)
    assert one("# synthlint: ignore-file[SYN301] -- fixtures\n").file_level
    assert one("x = 1  # noqa: E501  # synthlint: ignore[SYN201]  # type: ignore\n").codes == ("SYN201",)
    assert one("x = 1  # synthlint: ignore[SYN201] --\n").reason is None
    assert len(comments("# synthlint: ignore[SYN201] # synthlint: ignore[SYN202]\n").suppressions) == 2


def test_only_real_comments_count() -> None:
    assert comments('x = """# synthlint: ignore"""\ny = "# synthlint: ignore[SYN201]"\n') == Comments()
    assert comments("# synthlint is good\n# about synthlint: a linter\nx = 1  # hi\n") == Comments()


def test_text_that_cannot_be_tokenised() -> None:
    assert one("x = (\n# synthlint: ignore[SYN201]\n").codes == ("SYN201",)


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# synthlint ignore SYN201", "not the form that is read"),
        ("# synthlint ignore[SYN201]", "not the form that is read"),
        ("# synthlint: ignore SYN201", "only ` -- reason` may follow"),
        ("# synthlint: ignore[SYN201] because", "only ` -- reason` may follow"),
        ("# synthlint: ignore[]", "no rule code"),
        ("# synthlint: ignore[ , ]", "no rule code"),
        ("# synthlint: ignore[syn201]", "write SYN201"),
        ("# synthlint: ignore[SYN2]", "SYN and three digits"),
        ("# synthlint: ignore[missing-dedup]", "SYN and three digits"),
        ("# synthlint: ignores", "not the form that is read"),
        ("# synthlint: ignore-line[SYN201]", "not the form that is read"),
        ("# synthlint: disable=SYN201", "not the form that is read"),
        ("# Synthlint: Ignore[SYN201]", "not the form that is read"),
        ("# synthlint: ignore[SYN201", "only ` -- reason` may follow"),
        ("# noqa # synthlint: skip", "not the form that is read"),
    ],
)
def test_malformed(comment: str, words: str) -> None:
    found = comments(f"x = 1  {comment}\n")
    assert found.suppressions == ()
    (bad,) = found.malformed
    assert words in bad.message and bad.place.line == 1 and bad.text in comment


def test_a_comment_covers_its_statement() -> None:
    trailing = one("\n\nf(\n  a,  # synthlint: ignore[SYN201]\n)\n")
    assert covers(trailing, finding(3, 5)) and covers(trailing, finding(4))
    assert not covers(trailing, finding(5)) and not covers(trailing, finding(3))
    assert not covers(trailing, finding(3, 5, code="SYN202"))


def test_a_comment_on_its_own_line_covers_what_follows() -> None:
    above = one("# synthlint: ignore\n# more words\nf()\n")
    assert above.own_line and above.target == 3
    assert covers(above, finding(3)) and not covers(above, finding(4))
    assert one("# synthlint: ignore\n\nf()\n").target == 0
    assert one("f()\n# synthlint: ignore\n").target == 0
    trailing = one("x = 1  # synthlint: ignore\nf()\n")
    assert not covers(trailing, finding(2))


def test_file_level_covers_the_file_only() -> None:
    found = one("# synthlint: ignore-file[SYN201]\n")
    assert covers(found, finding(99)) and not covers(found, finding(99, code="SYN202"))
    assert not covers(found, finding(1, cell=1))


def test_notebook_comments_stay_in_their_cell() -> None:
    cells = [
        {"cell_type": "code", "source": one}
        for one in ("x = 1\n# synthlint: ignore", "f()", "# synthlint: ignore\ng()")
    ]
    cells.insert(1, {"cell_type": "markdown", "source": "text"})
    last, inner = scan(from_bytes("a.ipynb", json.dumps({"cells": cells}).encode())).suppressions
    assert (last.place.cell, last.line, last.target) == (1, 2, 0)
    assert (inner.place.cell, inner.line, inner.target) == (4, 1, 2)
    assert covers(inner, finding(2, cell=4)) and not covers(inner, finding(2, cell=3))
    assert not covers(last, finding(1, cell=3))
