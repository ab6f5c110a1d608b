"""A notebook is one program; magics, foreign cells and broken cells do not hide the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synthlint.findings import Place
from synthlint.sources.text import Source, Unreadable, from_bytes
from synthlint.syntax import lower


def notebook(*cells: str | dict[str, Any], metadata: dict[str, Any] | None = None) -> bytes:
    made = [{"cell_type": "code", "source": one.splitlines(True)} if isinstance(one, str) else one for one in cells]
    return json.dumps({"cells": made, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def source(*cells: str | dict[str, Any], metadata: dict[str, Any] | None = None) -> Source:
    found = from_bytes("a.ipynb", notebook(*cells, metadata=metadata))
    lower(found.program)
    return found


def program(*cells: str) -> str:
    return source(*cells).program


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text}


def test_cells_are_joined_in_order() -> None:
    found = source("x = 1\n", markdown("# title"), {"cell_type": "code", "source": "y = 2\nz = 3"}, "")
    assert found.program == "x = 1\n\ny = 2\nz = 3\n\n"
    assert (found.kind, found.broken, found.shell) == ("notebook", (), ())


def test_places_count_cells_as_the_editor_does() -> None:
    found = source("x = 1", markdown("# title"), "y = 2\nz = 3\n")
    place = found.place((3, 1, 3, 6))
    assert place == Place("a.ipynb", 2, 1, 2, 6, cell=3)
    assert found.lines(place)[place.line - 1] == "z = 3"
    assert found.program_line(place) == 3
    assert found.place((1, 1, 9, 9)) == Place("a.ipynb", 1, 1, 1, 6, cell=1)


def test_format_3_and_odd_cells() -> None:
    cells = [{"cell_type": "heading", "source": "t"}, {"cell_type": "code", "language": "python", "input": ["a = 1\n"]}]
    data = json.dumps({"worksheets": [{"cells": cells}, {"cells": None}, 3], "nbformat": 3}).encode()
    assert from_bytes("a.ipynb", data).program == "a = 1\n\n"
    data = json.dumps({"cells": [None, 3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": [1, "b"]}]})
    assert from_bytes("a.ipynb", data.encode()).program == "\nb\n"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("%time x = f()", "x = f()"),
        ("%timeit -n 10 -r 3 f(1)", "f(1)"),
        ("%%time\nx = 1", "#\nx = 1"),
        ("# why\n%%capture out\nx = 1", "# why\n#\nx = 1"),
        ("?name\nname??\nname.attr?\nx = 1", "pass\npass\npass\nx = 1"),
        ("pip install x\nx = 1", "pass\nx = 1"),
        ("if a:\n    !ls\nelse:\n    %cd x", "if a:\n    pass\nelse:\n    pass"),
        ("  x = 1\n  y = 2", "x = 1\ny = 2"),
        ('s = """\n!ls\n%time x\n"""\n%cd x', 's = """\n!ls\n%time x\n"""\npass'),
        ("x = f(a\n%b)\n!ls", "x = f(a\n%b)\npass"),
        ("await f()\nreturn 3", "await f()\nreturn 3"),
        ("%%html\n<b>x</b>", "#\n#"),
        ("%%R -o x\nx <- 1", "#\n#"),
        ("%%unknown_magic\nx = 1", "#\nx = 1"),
        ("%%unknown_magic\nnot python at all", "#\n#"),
        ("%sql select 1\nx = 1", "pass\nx = 1"),
        ("%md\nsome words here", "#\n#"),
        ("x = <your key>\nf(<a file>, 1)", "x = 'your key'\nf('a file', 1)"),
        ("%lprun -f f g(x)", "pass"),
        ("x = %sql select 1", "x = get_ipython().run_line_magic('sql', 'select 1')"),
        ("files = !ls *.py", "files = get_ipython().getoutput('ls *.py')"),
    ],
)
def test_magics(cell: str, expected: str) -> None:
    found = source(cell)
    assert found.program == expected + "\n"
    assert found.broken == ()


def test_columns_are_those_of_the_cell() -> None:
    found = source("  %time x = f(1)\n  y = 2")
    assert found.program == "x = f(1)\ny = 2\n"
    assert found.place((1, 5, 1, 9)) == Place("a.ipynb", 1, 13, 1, 17, cell=1)
    assert found.place((2, 1, 2, 6)) == Place("a.ipynb", 2, 3, 2, 8, cell=1)


def test_shell_commands_are_kept() -> None:
    found = source(
        "x = 1\n!python gen.py \\\n   --out {x}\n%run train.py a.jsonl",
        "%%bash\npython a.py\npython b.py",
        "%%script bash -e\nls",
        "out = !cat f",
        "!pip install y",
    )
    assert found.shell == (
        (2, "python gen.py --out {x}"),
        (4, "python train.py a.jsonl"),
        (6, "python a.py\npython b.py"),
        (9, "ls"),
        (10, "cat f"),
        (11, "pip install y"),
    )


def test_written_files_are_kept() -> None:
    found = source("%%writefile -a conf.yaml\nout: data.jsonl\nn: 3", "%%file 'b.py'")
    assert found.written == (("conf.yaml", "out: data.jsonl\nn: 3\n"), ("b.py", ""))


def test_a_broken_cell_does_not_hide_the_others() -> None:
    found = source("x = 1", "y = 1\nk = your key", "z = 3")
    assert found.program == "x = 1\n#\n#\nz = 3\n"
    ((place, message),) = found.broken
    assert (place.path, place.cell, place.line) == ("a.ipynb", 2, 2) and message


def test_newer_syntax_than_the_running_python_is_not_broken() -> None:
    found = source('def f[T](a: T) -> T:\n    return f"{a["x"]}"\n')
    assert found.broken == () and "def f[T]" in found.program


@pytest.mark.parametrize(
    ("data", "words", "foreign"),
    [
        (b"", "empty file", False),
        (b"{'cells': []}", "not valid JSON", False),
        (b'{"cells": [', "not valid JSON", False),
        (b"[" * 100_000, "not valid JSON", False),
        (b"[]", "no list of cells", False),
        (b'{"cells": 3}', "no list of cells", False),
        (b"\xff\xfe", "not valid utf-8", False),
        (notebook("x <- 1", metadata={"kernelspec": {"language": "R", "name": "ir"}}), "kernel is R, not Python", True),
        (notebook("1", metadata={"language_info": {"name": "julia"}}), "kernel is julia", True),
    ],
)
def test_what_is_no_python_notebook(data: bytes, words: str, foreign: bool) -> None:
    with pytest.raises(Unreadable) as caught:
        from_bytes("a.ipynb", data)
    assert words in caught.value.reason and caught.value.foreign is foreign


def test_cells_of_another_language_are_left_out() -> None:
    sql = {"cell_type": "code", "source": "select 1", "metadata": {"vscode": {"languageId": "sql"}}}
    assert source(sql, "x = 1").program == "x = 1\n"
    assert source("x = 1", metadata={"language_info": {"name": "python"}, "kernelspec": {}}).program == "x = 1\n"


def test_no_cells_surrogates_and_null_characters() -> None:
    assert from_bytes("a.ipynb", notebook()).program == ""
    data = json.dumps({"cells": [{"cell_type": "code", "source": "x = '\ud800'"}]}).encode()
    lower(from_bytes("a.ipynb", data).program)
    found = source("x = 1", "a\0b", "[" * 20_000)
    assert [place.cell for place, _ in found.broken] == [2, 3]
