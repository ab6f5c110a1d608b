"""Bytes become a source, or one clear reason why not; positions find their way back."""

from __future__ import annotations

import codecs
import os
import pickle
from pathlib import Path

import pytest

from synthlint.findings import Place
from synthlint.sources import text
from synthlint.sources.text import Unreadable, from_bytes, read


def test_plain_file(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_bytes(b"x = 1\n")
    source = read("pkg/a.py", tmp_path)
    assert (source.path, source.text, source.program) == ("pkg/a.py", "x = 1\n", "x = 1\n")
    assert (source.encoding, source.newline, source.bom, source.kind) == ("utf-8", "\n", False, "python")
    assert read(tmp_path / "pkg" / "a.py", tmp_path) == source


def test_byte_order_mark_is_noted_and_not_in_the_text() -> None:
    source = from_bytes("a.py", codecs.BOM_UTF8 + "s = 'é'\n".encode())
    assert source.bom and source.text == "s = 'é'\n" and source.encoding == "utf-8"


@pytest.mark.parametrize(
    ("data", "encoding", "value"),
    [
        (b"# -*- coding: latin-1 -*-\ns = '\xe9'\n", "iso-8859-1", "é"),
        (b"#!/usr/bin/python\r\n# vim: set fileencoding=cp1252 :\r\ns = '\x80'\r\n", "cp1252", "€"),
        (b"# coding: shift_jis\ns = '\x82\xa0'\n", "shift_jis", "あ"),
        (b"# coding=latin-1\rs = '\xe9'\r", "iso-8859-1", "é"),
    ],
)
def test_encoding_cookies(data: bytes, encoding: str, value: str) -> None:
    source = from_bytes("a.py", data)
    assert source.encoding == encoding and f"'{value}'" in source.text


@pytest.mark.parametrize(
    ("data", "newline"),
    [(b"a\r\nb\r\n", "\r\n"), (b"a\rb\r", "\r"), (b"a\nb\r\nc\n", "\n"), (b"", "\n"), (b"a\n\r\n\r\n", "\r\n")],
)
def test_newlines_are_normalised_and_remembered(data: bytes, newline: str) -> None:
    source = from_bytes("a.py", data)
    assert "\r" not in source.text and source.newline == newline


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"s = '\xe9'\n", "not valid utf-8 on line 1"),
        (b"a\n\nb = '\xff'\n", "on line 3"),
        (b"# coding: no-such-thing\n", "unknown encoding"),
        (b"# coding: rot13\nk = 1\n", "rot13"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "cannot be decoded"),
        (b"\x7fELF\0\0", "null bytes"),
        ("x = 1\n".encode("utf-16"), "UTF-16"),
        (b"# coding: unicode_escape\nx = '\\x00'\n", "null characters"),
    ],
)
def test_undecodable_files_say_why_in_one_line(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        from_bytes("a.py", data)
    assert words in caught.value.reason and "\n" not in str(caught.value)
    assert str(caught.value).startswith("a.py: ")


def test_lone_surrogates_do_not_reach_the_parsers() -> None:
    source = from_bytes("a.py", b"# coding: raw_unicode_escape\ns = '\\ud800'\n")
    assert source.text.endswith("s = '\N{REPLACEMENT CHARACTER}'\n")


def test_big_files_are_refused_before_they_are_read(tmp_path: Path) -> None:
    big = tmp_path / "big.py"
    with big.open("wb") as file:
        file.truncate(text.LIMIT + 1)
    with pytest.raises(Unreadable, match="larger than 10 MB"):
        read(big, tmp_path)
    assert from_bytes("a.py", b"#" * text.LIMIT).text


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    (tmp_path / "dir.py").mkdir()
    for name, words in (("dir.py", "not a regular file"), ("absent.py", "cannot be read")):
        with pytest.raises(Unreadable, match=words):
            read(name, tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.py")
        with pytest.raises(Unreadable, match="not a regular file"):
            read("pipe.py", tmp_path)


def test_places_and_lines() -> None:
    source = from_bytes("a.py", b"x = 1\ny = 2\n")
    place = source.place((2, 1, 2, 6))
    assert place == Place("a.py", 2, 1, 2, 6)
    assert source.lines(place)[place.line - 1] == "y = 2"
    assert source.place((0, 0, 0, 0)) == Place("a.py", 1, 1, 1, 1)


def test_sources_and_errors_are_picklable() -> None:
    source = from_bytes("a.py", b"x = 1\n")
    assert pickle.loads(pickle.dumps(source)) == source
    error = pickle.loads(pickle.dumps(Unreadable("a.py", "is odd", True)))
    assert (error.path, error.reason, error.foreign) == ("a.py", "is odd", True)


def test_relative_paths(tmp_path: Path) -> None:
    assert text.relative(tmp_path / "a" / ".." / "b.py", tmp_path) == "b.py"
    assert text.relative(tmp_path.parent / "b.py", tmp_path / "x") == (tmp_path.parent / "b.py").as_posix()
