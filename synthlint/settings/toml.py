"""TOML with line numbers, which the standard library's reader does not keep."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from synthlint.settings.errors import SettingsError

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


def read(path: Path, shown: str) -> tuple[str, dict[str, Any]]:
    """The text and the tables of a file; `shown` is its name in messages.  Raises SettingsError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"cannot be read ({error.strerror})", "check the path and its permissions", shown) from None
    except UnicodeDecodeError:
        raise SettingsError("is not UTF-8, so it is not TOML", "save it as UTF-8", f"{shown}:1") from None
    except tomllib.TOMLDecodeError as error:
        raise _broken(str(error), text, shown) from None


def _broken(message: str, text: str, shown: str) -> SettingsError:
    at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", message)
    line = int(at.group(1)) if at and at.group(1) else text.rstrip().count("\n") + 1
    problem = message[: at.start()] if at else message
    return SettingsError(
        f"not valid TOML, {problem[:1].lower()}{problem[1:]}",
        "correct this line, or run with --isolated",
        f"{shown}:{line}",
    )


def line_of(text: str, path: tuple[str, ...], part: str = "") -> int:
    """The line where the key `path` is set, or the first line below it that holds `part` in quotes.

    A key may be spelt as `[a.b]` and `c =`, as `[a]` and `b.c =`, or within an inline table; for the last
    one the line of the innermost key that stands alone is given.
    """
    best, depth = 1, 0
    for number, full in _keys(text):
        shared = _shared(full, path)
        if shared > depth and shared == len(full):
            best, depth = number, shared
    return _line_with(text, best, path[depth:] + ((part,) if part else ()))


def _keys(text: str) -> list[tuple[int, tuple[str, ...]]]:
    table: tuple[str, ...] = ()
    out = []
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _parts(header.group(1))
            out.append((number, table))
        elif key:
            out.append((number, table + _parts(key.group(1))))
    return out


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(one.strip("\"'") for one in re.findall(r""""[^"]*"|'[^']*'|[\w-]+""", dotted))


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _line_with(text: str, start: int, wanted: tuple[str, ...]) -> int:
    lines = text.splitlines()
    for part in wanted:
        pattern = re.compile(rf"""["']{re.escape(part)}["']|(?<![\w-]){re.escape(part)}\s*=""")
        for number in range(start, len(lines) + 1):
            if pattern.search(lines[number - 1]):
                start = number
                break
    return start
