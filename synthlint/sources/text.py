"""One source file as the analysis sees it: decoded text, the program to parse, and the way back to places."""

from __future__ import annotations

import bisect
import io
import os
import stat
import tokenize
from dataclasses import dataclass
from pathlib import Path

from synthlint.findings import Place
from synthlint.sources import notebooks
from synthlint.sources.discovery import is_other

LIMIT = 10_000_000
NOTEBOOK_LIMIT = 50_000_000  # outputs are most of a notebook and are thrown away
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
Pos = tuple[int, int, int, int]


class Unreadable(Exception):
    """A file that cannot be analysed; `reason` is one clear line.

    `foreign` says that the file is sound but not Python (a notebook of another language).
    """

    def __init__(self, path: str, reason: str, foreign: bool = False) -> None:
        super().__init__(path, reason, foreign)
        self.path, self.reason, self.foreign = path, reason, foreign

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(slots=True)
class Source:
    """A file that was read.

    `text` is the whole file, decoded, with `\\n` for every newline; `program` the Python to parse (for a
    notebook all code cells in order, line for line, for a shell script or the like nothing); `encoding`,
    `newline` and `bom` say how to write the file back.  `shell` holds `(program line, command)`, `written` the
    `(name, text)` of `%%writefile` cells, `broken` the place and message of cells that do not parse and were blanked.
    """

    path: str
    text: str
    program: str
    encoding: str = "utf-8"
    newline: str = "\n"
    bom: bool = False
    kind: str = "python"
    shell: tuple[tuple[int, str], ...] = ()
    written: tuple[tuple[str, str], ...] = ()
    broken: tuple[tuple[Place, str], ...] = ()
    cells: tuple[notebooks.Cell, ...] = ()

    def place(self, pos: Pos) -> Place:
        """The place in the file of a position in `program`; in a notebook it ends within the cell it starts in."""
        line, column, end_line, end_column = (max(one, 1) for one in pos)
        if self.kind != "notebook" or not self.cells:
            return Place(self.path, line, column, end_line, end_column)
        cell = self._cell(line)
        count = cell.text.count("\n") + 1
        if end_line - cell.start >= count:
            end_line, end_column = cell.start + count - 1, len(cell.lines()[-1]) + 1
        first, last = line - cell.start, end_line - cell.start
        start, end = cell.column(first, column), cell.column(last, end_column)
        return Place(self.path, first + 1, start, last + 1, end, cell.number)

    def command(self, line: int) -> Place:
        """The command that starts on a line of a shell script or the like, with the lines that continue it."""
        lines = self.text.split("\n")
        last = first = min(max(line, 1), len(lines))
        while lines[last - 1].endswith("\\") and last < len(lines):
            last += 1
        begin = len(lines[first - 1]) - len(lines[first - 1].lstrip())
        return Place(self.path, first, begin + 1, last, max(len(lines[last - 1].rstrip()), begin) + 1)

    def lines(self, place: Place) -> list[str]:
        """The lines of the file, or of the notebook cell, that `place` lies in; index 0 is line 1."""
        if place.cell is None:
            return self.text.split("\n")
        for cell in self.cells:
            if cell.number == place.cell:
                return cell.lines()
        return []

    def program_line(self, place: Place) -> int:
        """The line of `program` on which `place` starts."""
        starts = (cell.start for cell in self.cells if cell.number == place.cell)
        return next(starts, 1) + place.line - 1

    def _cell(self, line: int) -> notebooks.Cell:
        index = bisect.bisect_right(self.cells, line, key=lambda cell: cell.start)
        return self.cells[max(index - 1, 0)]


def read(path: str | Path, root: str | Path) -> Source:
    """Read a file (`path` is absolute or relative to the project root).  Raises Unreadable."""
    full = Path(root) / path
    name = relative(full, Path(root))
    try:
        info = full.stat()
        if not stat.S_ISREG(info.st_mode):
            raise Unreadable(name, "is not a regular file")
        _check_size(name, info.st_size)
        return from_bytes(name, full.read_bytes())
    except OSError as error:
        raise Unreadable(name, f"cannot be read: {error.strerror or error}") from None


def from_bytes(path: str, data: bytes) -> Source:
    """The source that `data` holds; the suffix of `path` decides its kind.  Raises Unreadable."""
    _check_size(path, len(data))
    if path.endswith(".ipynb"):
        return _notebook(path, data)
    if b"\0" in data:
        raise Unreadable(path, _null_reason(data))
    encoding, bom = _detect(path, data)
    text = _decode(path, data[3:] if bom else data, encoding)
    if "\0" in text:
        raise Unreadable(path, "is not Python text: it contains null characters")
    plain = normalise(text)
    if is_other(path):
        return Source(path, plain, "", encoding, _newline(text), bom, "commands")
    return Source(path, plain, plain, encoding, _newline(text), bom)


def from_text(path: str, text: str) -> Source:
    """The source of text that is already decoded, such as an editor's buffer.  Raises Unreadable."""
    return from_bytes(path, text.encode("utf-8", errors="replace"))


def normalise(text: str) -> str:
    """`text` with `\\n` for every newline and without lone surrogates, which no parser takes."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    return "".join(_REPLACEMENT if "\ud800" <= one <= "\udfff" else one for one in text) if _lone(text) else text


def relative(path: Path, root: Path) -> str:
    """`path` as seen from `root`, `/`-separated; absolute when it lies outside."""
    full, base = os.path.normpath(path.absolute()), os.path.normpath(root.absolute())
    prefix = base if base.endswith(os.sep) else base + os.sep
    return (full[len(prefix) :] if full.startswith(prefix) else full).replace(os.sep, "/")


def _check_size(path: str, size: int) -> None:
    limit = NOTEBOOK_LIMIT if path.endswith(".ipynb") else LIMIT
    if size > limit:
        raise Unreadable(path, f"larger than {limit // 1_000_000} MB")


def _null_reason(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is encoded in UTF-16, which Python does not accept; save it as UTF-8"
    return "is not Python text: it contains null bytes"


def _detect(path: str, data: bytes) -> tuple[str, bool]:
    bom = data.startswith(b"\xef\xbb\xbf")
    head = b"\n".join(data[:4096].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:2]) + b"\n"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
    except (SyntaxError, ValueError, LookupError) as error:
        reason = str(error).splitlines()[0] if str(error) else "unknown encoding"
        if reason.startswith("invalid or missing encoding"):
            return "utf-8", bom
        raise Unreadable(path, f"cannot be decoded: {reason}") from None
    return ("utf-8" if encoding == "utf-8-sig" else encoding), bom


def _decode(path: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(path, f"is not valid {encoding} on line {line}; declare its encoding or convert it") from None
    except (ValueError, LookupError) as error:
        raise Unreadable(path, f"cannot be decoded as {encoding}: {error}") from None


def _newline(text: str) -> str:
    windows, returns = text.count("\r\n"), text.count("\r")
    unix = text.count("\n") - windows
    counts = {"\n": unix, "\r\n": windows, "\r": returns - windows}
    return max(counts, key=lambda key: counts[key])


def _lone(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _notebook(path: str, data: bytes) -> Source:
    bom = data.startswith(b"\xef\xbb\xbf")
    try:
        text = _decode(path, data[3:] if bom else data, "utf-8")
        book = notebooks.parse(text, normalise)
    except notebooks.NotANotebook as error:
        raise Unreadable(path, str(error), error.foreign) from None
    broken = tuple(
        (Place(path, error.line, error.column, error.line, error.column + 1, error.cell), error.message)
        for error in book.broken
    )
    return Source(
        path, normalise(text), book.program, "utf-8", _newline(text), bom, "notebook", book.shell, book.written,
        broken, book.cells,
    )  # fmt: skip
