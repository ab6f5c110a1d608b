"""Comments that hide findings: `# synthlint: ignore[SYN201] -- reason` and `# synthlint: ignore-file[...]`."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from synthlint.findings import Finding, Place
from synthlint.sources.text import Source

_MENTION = re.compile(r"#\s*synthlint\b", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*synthlint:\s*(?P<verb>ignore-file|ignore)(?![\w-])\s*(?:\[(?P<codes>[^\]]*)\])?")
_ATTEMPT = re.compile(
    r"#\s*synthlint\s*(?::|[-=]?\s*(?:ignore|disable|enable|noqa|skip|suppress|off)\b)", re.IGNORECASE
)
_CODE = re.compile(r"SYN\d{3}")
_QUOTED = re.compile(r"\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"")
_QUOTE = re.compile(r"[\"'`]")
_FORM = "write `# synthlint: ignore[SYN201] -- reason`"


@dataclass(frozen=True, slots=True)
class Suppression:
    """A well-formed comment.

    `codes` is None for all rules; `line` the line it stands on; `target` the line it speaks of: for a comment
    on a line of its own the next line that is not a comment, 0 when there is none.
    """

    place: Place
    codes: tuple[str, ...] | None
    reason: str | None
    file_level: bool
    own_line: bool
    target: int

    @property
    def path(self) -> str:
        return self.place.path

    @property
    def line(self) -> int:
        return self.place.line


@dataclass(frozen=True, slots=True)
class Malformed:
    """A comment that looks like a suppression and is none: where, and what to write instead."""

    place: Place
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class Comments:
    """All comments of one file that speak to synthlint."""

    suppressions: tuple[Suppression, ...] = ()
    malformed: tuple[Malformed, ...] = ()


_NONE = Comments()


def scan(source: Source) -> Comments:
    """The suppressions and malformed comments of a file; nothing is tokenised when none is mentioned."""
    program = source.text if source.kind == "commands" else source.program
    if not _MENTION.search(program):
        return _NONE
    lines = program.split("\n")
    good: list[Suppression] = []
    bad: list[Malformed] = []
    for line, column, text in _shell_comments(lines) if source.kind == "commands" else _comments(program, lines):
        for start, piece in _pieces(text):
            at = column + start
            place = source.place((line, at, line, at + len(piece)))
            own_line = not lines[line - 1][: column - 1].strip()
            found = _read(piece, place, _target(source, lines, line, place) if own_line else place.line, own_line)
            if isinstance(found, Suppression):
                good.append(found)
            else:
                bad.append(Malformed(place, piece, found))
    return Comments(tuple(good), tuple(bad))


def covers(suppression: Suppression, finding: Finding) -> bool:
    """Whether the comment hides the finding: same rule, and on, in or just above its statement."""
    if suppression.codes is not None and finding.code not in suppression.codes:
        return False
    return any(_touches(suppression, place) for place in (finding.statement, finding.place, *finding.covers))


def _touches(suppression: Suppression, place: Place) -> bool:
    where = suppression.place
    if where.path != place.path:
        return False
    if suppression.file_level:
        return True
    lines = range(place.line, max(place.end_line, place.line) + 1)
    return where.cell == place.cell and (where.line in lines or suppression.target in lines)


def _comments(program: str, lines: list[str]) -> list[tuple[int, int, str]]:
    """Line, column (both from 1) and text of the comments that mention synthlint."""
    try:
        tokens = tokenize.generate_tokens(io.StringIO(program).readline)
        return [
            (one.start[0], one.start[1] + 1, one.string)
            for one in tokens
            if one.type == tokenize.COMMENT and _MENTION.search(one.string)
        ]
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return list(_comment_lines(lines))


def _comment_lines(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """The same by search alone, for text that cannot be tokenised."""
    for number, line in enumerate(lines, start=1):
        match = _MENTION.search(line)
        if match:
            yield number, match.start() + 1, line[match.start() :].rstrip()


def _shell_comments(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """The same in shell scripts, Makefiles and CI files, where a comment follows a blank and stands in no quotes."""
    for number, line in enumerate(lines, start=1):
        for match in _MENTION.finditer(line):
            before = _QUOTED.sub("", line[: match.start()])
            if not before.strip() or (before[-1].isspace() and not _QUOTE.search(before)):
                yield number, match.start() + 1, line[match.start() :].rstrip()
                break


def _pieces(comment: str) -> Iterator[tuple[int, str]]:
    """Where each attempt at a suppression starts in a comment, with its text up to the next one."""
    starts = [match.start() for match in _ATTEMPT.finditer(comment)]
    for start, end in zip(starts, [*starts[1:], len(comment)], strict=False):
        yield start, comment[start:end].rstrip()


def _read(text: str, place: Place, target: int, own_line: bool) -> Suppression | str:
    """The suppression that `text` is, or what is wrong with it."""
    match = _DIRECTIVE.match(text)
    if match is None:
        return f"it has not the form that is read; {_FORM}"
    codes = None if match["codes"] is None else _codes(match["codes"])
    if isinstance(codes, str):
        return codes
    rest = text[match.end() :].strip()
    if rest and not rest.startswith(("--", "#")):
        return f"only ` -- reason` may follow `{match['verb']}[...]`; {_FORM}"
    reason = rest[2:].strip() if rest.startswith("--") else ""
    return Suppression(place, codes, reason or None, match["verb"] == "ignore-file", own_line, target)


def _codes(text: str) -> tuple[str, ...] | str:
    """The rule codes between the brackets, or what is wrong with them."""
    codes = [one.strip() for one in text.split(",") if one.strip()]
    if not codes:
        return "no rule code between the brackets; name one, or write `# synthlint: ignore` for all rules"
    for code in codes:
        if not _CODE.fullmatch(code):
            upper = code.upper()
            hint = f"; write {upper}" if _CODE.fullmatch(upper) else "; a code is SYN and three digits"
            return f"{code!r} is not a rule code{hint}"
    return tuple(dict.fromkeys(codes))


def _target(source: Source, lines: list[str], line: int, place: Place) -> int:
    """The line (of the file or cell) after the run of comment lines that program line `line` is in."""
    for number in range(line + 1, len(lines) + 1):
        text = lines[number - 1].strip()
        if text.startswith("#"):
            continue
        following = source.place((number, 1, number, 1))
        return following.line if text and following.cell == place.cell else 0
    return 0
