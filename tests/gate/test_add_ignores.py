"""`--add-ignores`, on text and on files."""

from __future__ import annotations

import pytest
import samples

from synthlint.findings import Place
from synthlint.fixes.documents import changed
from synthlint.gate.ignores import add_ignores


def added(text: str, *marks: tuple, reason: str = "", path: str = "gen.py", left: int = 0) -> str:
    found = []
    for code, line, end, *cell in marks:
        width = 1 if cell else len(text.splitlines()[end - 1]) + 1
        found.append(samples.finding(code, Place(path, line, 1, end, width, *cell)))
    done = add_ignores(path, text.encode(), found, changed, reason)
    assert len(done.left) == left
    return done.data.decode()


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


@pytest.mark.parametrize(
    ("path", "text", "line", "end", "expected"),
    [
        ("run.sh", "set -e\ntrl sft x.yml\n", 2, 2, "set -e\ntrl sft x.yml  # synthlint: ignore[SYN302]\n"),
        ("run.sh", "trl sft \\\n  x.yml\n", 1, 2, "trl sft \\\n  x.yml  # synthlint: ignore[SYN302]\n"),
        ("Makefile", "all:\n\ttrl sft x.yml\n", 2, 2, "all:\n\ttrl sft x.yml  # synthlint: ignore[SYN302]\n"),
        (
            "Dockerfile",
            'FROM x\nCMD ["trl", "sft", "x.yml"]\n',
            2,
            2,
            'FROM x\n# synthlint: ignore[SYN302]\nCMD ["trl", "sft", "x.yml"]\n',
        ),
        (
            "run.sh",
            "trl sft x.yml  # synthlint: ignore[SYN401] -- why\n",
            1,
            1,
            "trl sft x.yml  # synthlint: ignore[SYN302, SYN401] -- why\n",
        ),
    ],
)
def test_commands(path, text, line, end, expected):
    assert added(text, ("SYN302", line, end), path=path) == expected


def test_a_comment_that_would_change_a_command_is_not_written():
    text = "jobs:\n  a:\n    run: >\n      trl sft x.yml\n      --epochs 3\n"
    assert added(text, ("SYN302", 4, 4), path=".github/workflows/a.yml", left=1) == text


class TestNotebooks:
    CELL = '"source": [\n    "import x\\n",\n    "write(x)"\n   ]'

    def book(self, cell: str) -> str:
        return f"""{{
 "cells": [
  {{"cell_type": "markdown", "metadata": {{}}, "source": "# T\u00e9st"}},
  {{
   "cell_type": "code", "execution_count": 3, "metadata": {{}},
   "outputs": [{{"output_type": "stream", "name": "stdout", "text": ["kept\\n"]}}],
   {cell}
  }}
 ],
 "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5
}}"""

    def test_only_the_line_changes(self):
        new = self.CELL.replace("write(x)", "write(x)  # synthlint: ignore[SYN201] -- known")
        text = added(self.book(self.CELL), ("SYN201", 2, 2, 2), path="a.ipynb", reason="known")
        assert text == self.book(new)

    def test_a_comment_that_is_there_is_extended(self):
        cell = self.CELL.replace("write(x)", "write(x)  # synthlint: ignore[SYN202]")
        text = added(self.book(cell), ("SYN201", 2, 2, 2), path="a.ipynb")
        assert text == self.book(cell.replace("[SYN202]", "[SYN201, SYN202]"))


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
