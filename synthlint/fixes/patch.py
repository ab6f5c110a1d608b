"""The changes as a patch that `git apply` takes: exact bytes, paths from the working directory."""

from __future__ import annotations

import difflib

import click


def patch(path: str, old: bytes, new: bytes) -> bytes:
    """The unified diff of one file; empty when nothing changed."""
    names = (_name(f"a/{path}"), _name(f"b/{path}"))
    lines = difflib.diff_bytes(difflib.unified_diff, _lines(old), _lines(new), *names, lineterm=b"\n")
    return b"".join(line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)


def coloured(data: bytes) -> str:
    """A patch for a terminal."""
    return "".join(_styled(line) for line in data.decode("utf-8", "replace").splitlines(keepends=True))


def _lines(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _name(path: str) -> bytes:
    """A path as git writes it: quoted when it holds control characters, quotes or backslashes."""
    raw = path.encode("utf-8", "surrogateescape")
    if any(one < 32 or one in b'"\\' or one == 127 for one in raw):
        inner = "".join(
            f"\\{chr(one)}" if one in b'"\\' else chr(one) if 32 <= one < 127 else f"\\{one:03o}" for one in raw
        )
        return f'"{inner}"'.encode()
    return raw + b"\t" if b" " in raw else raw


def _styled(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return click.style(line, bold=True)
    colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=colour) if colour else line
