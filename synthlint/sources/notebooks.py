"""Notebooks as one program: the code cells in order, with magics and shell lines set aside."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from synthlint.sources.nesting import too_deep, with_deep_stack


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PYTHON_CELL = _words(
    "time timeit capture prun memit mprun lprun python python3 pypy px ipytest skip skip_if snakeviz pyinstrument "
    "scalene heat debug code_wrap with_bokeh cache"
)
_SHELL_CELL = _words("bash sh system sx ! cmd zsh shell")
_FOREIGN_CELL = _words(
    "html javascript js svg latex markdown md R r perl ruby sql bigquery cython script scala spark sparkr julia "
    "node typescript ai llm ask prompt mermaid cpp cu cuda configure kql graphql cypher octave"
)
_RUN_LINE = _words("time timeit prun memit")
_INSTALL_LINE = _words("pip conda mamba uv")
_SHELL_LINE = _words("sx system sc sh bash")
_DATABRICKS = _words("md sql scala r sh fs python")
_BARE = re.compile(
    r"(?:pip3?|conda|mamba|apt-get|apt|brew|git|wget|curl|cd|ls|mkdir|rm|cp|mv|cat|uv|python3?|export|source)"
    r"\s+[-\w.~/\"'$]"
)
_HELP = re.compile(r"\?{1,2}\s*[\w.*%]+\s*;?\s*|%{0,2}[\w.*]+(?:\[[^\]]*\])?\s*\?{1,2}\s*;?\s*")
_OUTPUT = re.compile(r"(?P<head>[\w.,\s\[\]'\"]+=\s*)(?P<mark>!|%)(?P<tail>\w?.*)", re.DOTALL)
_OPTION = re.compile(r"(?:-[a-zA-Z]+\s*\d*\s+|--[\w-]+(?:=\S+)?\s+)*")
_PLACEHOLDER = re.compile(r"([=(,]\s*)<([A-Za-z][^<>'\\]*)>(?=\s*(?:[,)#]|$))")
_NEWER = re.compile(r"f[\"']|\btype\s+\w+|\[\w+[^\]]*\]\s*[(:]|except\s+[\w.]+\s*,")


class NotANotebook(Exception):
    """The text is no notebook (or, with `foreign`, one of another language); the message says why."""

    def __init__(self, reason: str, foreign: bool = False) -> None:
        super().__init__(reason)
        self.foreign = foreign


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its 1-based number over all cells, its first program line and its text as written.

    `shifts` maps a line (0-based) to `(column, count)`: so many characters were taken out there.
    """

    number: int
    start: int
    text: str
    shifts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        return self.text.split("\n")

    def column(self, line: int, column: int) -> int:
        """The column in the cell of a column of the program."""
        at, count = self.shifts.get(line, (0, 0))
        return column + count if column > at else column


@dataclass(frozen=True, slots=True)
class BrokenCell:
    cell: int
    line: int
    column: int
    message: str


@dataclass(slots=True)
class Book:
    """What a notebook holds for the analysis."""

    program: str = ""
    cells: tuple[Cell, ...] = ()
    shell: tuple[tuple[int, str], ...] = ()
    written: tuple[tuple[str, str], ...] = ()
    broken: tuple[BrokenCell, ...] = ()


@dataclass(slots=True)
class _Code:
    """A cell on its way to Python."""

    lines: list[str]
    shell: list[tuple[int, str]] = field(default_factory=list)
    shifts: dict[int, tuple[int, int]] = field(default_factory=dict)
    written: list[tuple[str, str]] = field(default_factory=list)
    excused: bool = False

    def blank(self) -> None:
        self.lines = ["#"] * len(self.lines)
        self.shifts.clear()


def parse(text: str, clean: Callable[[str], str] = str) -> Book:
    """Read a notebook of format 3 or 4; `clean` is applied to each cell's text.  Raises NotANotebook."""
    raw = _load(text)
    book = Book()
    lines: list[str] = []
    for number, (kind, source) in enumerate(_cells(raw), start=1):
        if kind == "code":
            _add(book, lines, number, clean(source))
    book.program = "\n".join(lines) + "\n" if lines else ""
    return book


def _add(book: Book, lines: list[str], number: int, source: str) -> None:
    start = len(lines) + 1
    code, error = _convert(source)
    book.cells += (Cell(number, start, source, code.shifts),)
    book.shell += tuple((start + line, command) for line, command in code.shell)
    book.written += tuple(code.written)
    if error is not None:
        count = len(code.lines)
        line = min(max(error.lineno or 1, 1), count)
        book.broken += (BrokenCell(number, line, max(error.offset or 1, 1), error.msg),)
    lines += code.lines


# -- the file ----------------------------------------------------------------------------------------
def _load(text: str) -> dict[str, Any]:
    if not text.strip():
        raise NotANotebook("is an empty file, not a notebook")
    try:
        raw = json.loads(text)
    except RecursionError:
        raise NotANotebook("is not valid JSON: too deeply nested") from None
    except ValueError as error:
        raise NotANotebook(f"is not valid JSON: {error}") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("cells", raw.get("worksheets")), list):
        raise NotANotebook("is JSON but not a notebook: it has no list of cells")
    language = _language(raw)
    if language and not language.lower().startswith(("python", "ipython", "xpython", "pyspark", "sage")):
        raise NotANotebook(f"kernel is {language}, not Python", foreign=True)
    return raw


def _language(raw: dict[str, Any]) -> str:
    """The kernel's language as its name is written, or an empty string when the notebook does not say."""
    metadata = _table(raw.get("metadata"))
    info, kernel = _table(metadata.get("language_info")), _table(metadata.get("kernelspec"))
    databricks = _table(metadata.get("application/vnd.databricks.v1+notebook"))
    for value in (kernel.get("language"), info.get("name"), databricks.get("language")):
        if isinstance(value, str) and value:
            return value
    return ""


def _cells(raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and text of every cell; a code cell of another language is of kind `foreign`."""
    sheets = raw.get("worksheets") if "cells" not in raw else [raw]
    for sheet in sheets if isinstance(sheets, list) else ():
        cells = _table(sheet).get("cells")
        for cell in cells if isinstance(cells, list) else ():
            yield _cell(_table(cell))


def _cell(cell: dict[str, Any]) -> tuple[str, str]:
    kind = str(cell.get("cell_type", "raw"))
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(one for one in source if isinstance(one, str))
    editor = _table(_table(cell.get("metadata")).get("vscode"))
    language = str(editor.get("languageId") or cell.get("language") or "python")
    if kind == "code" and language.lower() not in {"python", "ipython", "py"}:
        kind = "foreign"
    return kind, source if isinstance(source, str) else ""


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


# -- one cell ----------------------------------------------------------------------------------------
def _convert(source: str) -> tuple[_Code, SyntaxError | None]:
    """The cell as Python, and the error when it does not parse even so (it is blank then)."""
    code = _Code(source.split("\n"))
    if _error(source) is None:
        return code, None
    first = next((index for index, line in enumerate(code.lines) if not _idle(line)), 0)
    if code.lines[first].lstrip().startswith("%%"):
        _cell_magic(code, first)
    if any(line.strip() not in {"", "#"} for line in code.lines):
        _dedent(code, first)
        _line_magics(code)
    error = _error("\n".join(code.lines))
    if error is not None and _fill_in(code):
        error = None
    if error is not None:
        code.blank()
        code.excused = code.excused or _names(source, first) in _DATABRICKS
    return code, None if code.excused else error


def _fill_in(code: _Code) -> bool:
    """Read placeholders such as `key = <your key>` as strings of the same length; whether that helped."""
    lines = [_PLACEHOLDER.sub(lambda match: f"{match[1]}'{match[2]}'", line) for line in code.lines]
    if lines == code.lines or _error("\n".join(lines)) is not None:
        return False
    code.lines = lines
    return True


def _idle(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _error(text: str) -> SyntaxError | None:
    """Why `text` is not Python, by this Python's parser and by libcst for newer syntax; None when it is."""
    if not text.strip():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return None if _NEWER.search(text) and _newer(text) else error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error) or "too deeply nested to parse")
    return None


def _newer(text: str) -> bool:
    """Whether libcst takes `text`; only cells that look like newer Python come here, it costs 0.1 s to import."""
    if too_deep(text):
        return False
    try:
        import libcst

        with_deep_stack(lambda: libcst.parse_module(text))
    except Exception:
        return False
    return True


def _names(source: str, first: int) -> str:
    match = re.match(r"\s*%{1,2}([\w!]+)", source.split("\n")[first])
    return match.group(1) if match else ""


def _cell_magic(code: _Code, first: int) -> None:
    """Deal with a `%%magic` on line `first`: keep Python, collect shell and written files, blank the rest."""
    head, body = code.lines[first].strip(), "\n".join(code.lines[first + 1 :])
    name, _, tail = head[2:].partition(" ")
    words = tail.split()
    shell = name in _SHELL_CELL or (name == "script" and any(re.search(r"\b(ba|z)?sh$", one) for one in words))
    if shell:
        code.shell.append((min(first + 1, len(code.lines) - 1), body))
    elif name in {"writefile", "file"}:
        target = next((one for one in reversed(words) if not one.startswith("-")), "")
        code.written.append((target.strip("\"'"), body + "\n" if body else ""))
    elif name in _PYTHON_CELL:
        code.lines[first] = "#"
        return
    elif name not in _FOREIGN_CELL:
        code.lines[first], code.excused = "#", True
        return
    code.blank()


def _dedent(code: _Code, first: int) -> None:
    """Take out the indent of the first statement, as IPython does."""
    start = next((line for line in code.lines[first:] if not _idle(line)), "")
    indent = len(start) - len(start.lstrip(" \t"))
    if not indent:
        return
    for index, line in enumerate(code.lines):
        if line.startswith(start[:indent]):
            code.lines[index] = line[indent:]
            code.shifts[index] = (0, indent)


def _line_magics(code: _Code) -> None:
    """Replace magic, shell and help lines that start a statement; text within strings and brackets stays."""
    scanner = _Scanner()
    index = 0
    while index < len(code.lines):
        count = _line_magic(code, index) if scanner.at_start else 0
        if not count:
            scanner.feed(code.lines[index])
        index += count or 1


def _line_magic(code: _Code, index: int) -> int:
    """Replace what line `index` holds; the number of lines dealt with, 0 when it is plain Python."""
    line = code.lines[index]
    body = line.lstrip(" \t")
    indent = line[: len(line) - len(body)]
    if not body or body[0] == "#":
        return 0
    if body[0] == "%":
        return _percent(code, index, indent, body)
    if body[0] == "!":
        return _shell(code, index, indent, body.lstrip("!"))
    if "?" in body and _HELP.fullmatch(body):
        return _replace(code, index, indent + "pass", 1)
    if _BARE.match(body) and _error(body) is not None:
        return _shell(code, index, indent, body)
    match = _OUTPUT.fullmatch(body)
    return _assigned(code, index, indent, match) if match else 0


def _percent(code: _Code, index: int, indent: str, body: str) -> int:
    name, _, tail = body.lstrip("%").partition(" ")
    if name in _RUN_LINE and tail.strip():
        rest = tail.lstrip()
        rest = rest[_OPTION.match(rest).end() :]  # type: ignore[union-attr]
        taken = len(body) - len(rest)
        code.lines[index] = indent + rest
        at, count = code.shifts.get(index, (0, 0))
        code.shifts[index] = (at + len(indent), count + taken)
        return 0 if _error(rest) is not None else 1
    if name in _INSTALL_LINE:
        return _shell(code, index, indent, body.lstrip("%"))
    if name in _SHELL_LINE:
        return _shell(code, index, indent, tail)
    if name == "run" and not tail.startswith("-m"):
        return _shell(code, index, indent, "python " + re.sub(r"^(?:-[a-zA-Z]\s+)+", "", tail))
    return _replace(code, index, indent + "pass", _length(code, index))


def _shell(code: _Code, index: int, indent: str, command: str) -> int:
    count = _length(code, index)
    following = [line.strip() for line in code.lines[index + 1 : index + count]]
    parts = [one.removesuffix("\\").strip() for one in (command.strip(), *following)]
    code.shell.append((index, " ".join(part for part in parts if part)))
    return _replace(code, index, indent + "pass", count)


def _assigned(code: _Code, index: int, indent: str, match: re.Match[str]) -> int:
    """`files = !ls` and `x = %magic`: keep the assignment, from the call that IPython makes of it."""
    head, mark, tail = match.group("head", "mark", "tail")
    if not tail or tail[0] in "= ":
        return 0
    count = _length(code, index)
    if mark == "!":
        _shell(code, index, indent, tail)
        call = f"get_ipython().getoutput({tail!r})"
    else:
        name, _, rest = tail.partition(" ")
        call = f"get_ipython().run_line_magic({name!r}, {rest!r})"
    return _replace(code, index, f"{indent}{head}{call}", count)


def _length(code: _Code, index: int) -> int:
    """How many lines the command on line `index` takes, by the backslashes at their ends."""
    last = index
    while last + 1 < len(code.lines) and code.lines[last].rstrip().endswith("\\"):
        last += 1
    return last - index + 1


def _replace(code: _Code, index: int, line: str, count: int) -> int:
    code.lines[index : index + count] = [line] + ["#"] * (count - 1)
    return count


class _Scanner:
    """Knows, line by line, whether the next line starts a statement or lies in a string or bracket."""

    _TOKEN = re.compile(r"\"\"\"|'''|[\"'#()\[\]{}\\]")

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0
        self.joined = False

    @property
    def at_start(self) -> bool:
        return not self.quote and self.depth <= 0 and not self.joined

    def feed(self, line: str) -> None:
        at, self.joined = 0, False
        while True:
            at = self._skip(line, at) if self.quote else at
            match = None if self.quote else self._TOKEN.search(line, at)
            if match is None:
                return
            token, at = match.group(), match.end()
            if token == "#":
                return
            if token == "\\":
                self.joined = at == len(line)
            elif token in "([{":
                self.depth += 1
            elif token in ")]}":
                self.depth = max(self.depth - 1, 0)
            else:
                self.quote = token

    def _skip(self, line: str, at: int) -> int:
        """Go behind the end of the open string; at the line's end a one-quote string is over, too."""
        while at < len(line):
            if line[at] == "\\":
                at += 2
            elif line.startswith(self.quote, at):
                at, self.quote = at + len(self.quote), ""
                return at
            else:
                at += 1
        if len(self.quote) == 1 and not line.endswith("\\"):
            self.quote = ""
        return at
