"""`--add-ignores`, on text and on files."""

from __future__ import annotations

import pytest
import samples

from synthlint.findings import Place
from synthlint.gate.ignores import add_ignores


def added(text: str, *marks: tuple, reason: str = "") -> str:
    found = []
    for code, line, end in marks:
        place = Place("gen.py", line, 1, end, len(text.splitlines()[end - 1]) + 1)
        found.append(samples.finding(code, place))
    done = add_ignores("gen.py", text, found, reason)
    assert done.left == ()
    return done.text


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("write()\n", [("SYN201", 1, 1)], "write()  # synthlint: ignore[SYN201]\n"),
        ("write()", [("SYN201", 1, 1)], "write()  # synthlint: ignore[SYN201]"),
        ("write()\r\nx\r\n", [("SYN201", 1, 1)], "write()  # synthlint: ignore[SYN201]\r\nx\r\n"),
        ("write()\n", [("SYN202", 1, 1), ("SYN201", 1, 1)], "write()  # synthlint: ignore[SYN201, SYN202]\n"),
        ("write()  # noqa\n", [("SYN201", 1, 1)], "write()  # noqa  # synthlint: ignore[SYN201]\n"),
        ("write(\n    a,\n)\n", [("SYN201", 1, 3)], "write(\n    a,\n)  # synthlint: ignore[SYN201]\n"),
        (
            "write()  # synthlint: ignore[SYN201] -- why\n",
            [("SYN202", 1, 1)],
            "write()  # synthlint: ignore[SYN201, SYN202] -- why\n",
        ),
        (
            "if x:\n    # synthlint: ignore[SYN201]\n    write()\n",
            [("SYN202", 3, 3)],
            "if x:\n    # synthlint: ignore[SYN201, SYN202]\n    write()\n",
        ),
        ("write('''\n# synthlint: ignore[SYN201]\n''')\n", [("SYN201", 1, 3)],
         "write('''\n# synthlint: ignore[SYN201]\n''')  # synthlint: ignore[SYN201]\n"),
        ("  write(\\\n  a)\n", [("SYN201", 1, 1)], "  # synthlint: ignore[SYN201]\n  write(\\\n  a)\n"),
        ("a()\nb()\n", [("SYN201", 1, 1), ("SYN202", 2, 2)],
         "a()  # synthlint: ignore[SYN201]\nb()  # synthlint: ignore[SYN202]\n"),
    ],
)  # fmt: skip
def test_text(text, marks, expected):
    assert added(text, *marks) == expected


def test_reason():
    text = added("write()\n", ("SYN201", 1, 1), reason="before\nthe audit")
    assert text == "write()  # synthlint: ignore[SYN201] -- before the audit\n"


class TestFiles:
    def test_everything_is_hidden_afterwards(self, repository):
        assert repository.check("--add-ignores=known", "gen.py").code == 0
        text = (repository.folder / "gen.py").read_text("utf-8")
        assert text.count("# synthlint: ignore[SYN201] -- known") == 2
        assert repository.check().code == 0

    def test_the_reason_is_no_argument_of_its_own(self, repository):
        result = repository.check("--add-ignores", "gen.py")
        assert "comments for 2 findings written" in result.err

    def test_encoding_and_mode_stay(self, repository):
        path = repository.folder / "gen.py"
        path.write_bytes("# -*- coding: latin-1 -*-\r\nwrite('é')\r\n".encode("latin-1"))
        path.chmod(0o755)
        repository.check("--add-ignores")
        expected = "# -*- coding: latin-1 -*-\r\nwrite('é')  # synthlint: ignore[SYN201]\r\n"
        assert path.read_bytes() == expected.encode("latin-1")
        assert path.stat().st_mode & 0o777 == 0o755
