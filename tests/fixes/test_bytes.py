"""Only the intended lines change, whatever the line endings, the encoding and what stands around."""

from __future__ import annotations

import difflib
import json
import tempfile
from pathlib import Path

from fixing import fix
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PROGRAM = Path(__file__).parent / "cases" / "repeats" / "json_list.py"
TWIN = Path(__file__).parent / "cases" / "repeats" / "json_list.fixed.py"
ADDED = sorted(set(TWIN.read_text().split("\n")) - set(PROGRAM.read_text().split("\n")))
FILLERS = st.sampled_from(
    ["", "# caf\u00e9 \u00a7", "#\tx", "\f", "   ", "note = 'na\u00efve'", "'''a", "x = 1 ; y = 2  #  z "]
)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """The program with blank lines, comments and statements between its blocks, in some encoding."""
    encoding, coding = draw(
        st.sampled_from(
            [("utf-8", ""), ("utf-8-sig", ""), ("latin-1", "# -*- coding: latin-1 -*-"), ("cp1252", "# coding: cp1252")]
        )
    )
    lines = [coding] if coding else []
    for line in PROGRAM.read_text().rstrip("\n").split("\n"):
        if line and not line.startswith((" ", ")")):
            for filler in draw(st.lists(FILLERS, max_size=2)):
                lines += [filler, "b'''"] if filler == "'''a" else [filler]
        lines.append(line)
    ending = st.sampled_from(draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]])))
    endings = [draw(ending) for _ in lines]
    endings[-1] = draw(st.sampled_from(["", endings[-1]]))
    return "".join(line + end for line, end in zip(lines, endings, strict=True)).encode(encoding)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts())
def test_only_the_intended_lines_change(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "gen.py")
        program.write_bytes(data)
        outcome = fix(Path(folder))
        new = program.read_bytes()
    assert len(outcome.applied) == 2
    codec = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "latin-1" if b"coding" in data else "utf-8"
    old_lines, new_lines = data.decode(codec).splitlines(keepends=True), new.decode(codec).splitlines(keepends=True)
    changes = [line for line in difflib.ndiff(old_lines, new_lines) if line[0] in "+-" and line[2:].strip()]
    added = sorted(line[2:].rstrip("\r\n") for line in changes if line[0] == "+")
    gone = [line[2:].rstrip("\r\n") for line in changes if line[0] == "-"]
    assert set(added) - set(gone) == set(ADDED)
    assert [one for one in gone if one not in added] == ["    json.dump(complaints, file, indent=1)"]
    assert new.endswith((b"\n", b"\r\n")) == data.endswith((b"\n", b"\r\n"))


def test_notebook_keeps_its_other_bytes(tmp_path: Path) -> None:
    head, sink = PROGRAM.read_text().split("\n\nwith open")
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "caf\u00e9 \\u00e9"},
        {"outputs": [{"text": ["1\n"]}], "cell_type": "code", "source": head.splitlines(keepends=True), "metadata": {}},
        {
            "cell_type": "code",
            "metadata": {"b": 1, "a": 2},
            "source": f"with open{sink}".rstrip("\n").splitlines(keepends=True),
        },
    ]
    text = json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}, indent=3, ensure_ascii=True)
    book = tmp_path / "gen.ipynb"
    book.write_text(text)
    assert len(fix(tmp_path).applied) == 2
    old, new = text.split("\n"), book.read_text().split("\n")
    gone = [line[2:].strip() for line in difflib.ndiff(old, new) if line.startswith("- ")]
    assert gone == ['"    json.dump(complaints, file, indent=1)"']
    assert book.read_text().split('"cells"')[0] == text.split('"cells"')[0]
    assert not fix(tmp_path).files
