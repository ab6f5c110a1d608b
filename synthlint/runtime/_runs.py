"""Which execution of a program wrote something: an id of the process, and the place in the code."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from secrets import token_hex

_PACKAGE = str(Path(__file__).parent)
_LIBRARY = str(Path(os.__file__).parent)


@cache
def run_id() -> str:
    """8 random hex digits, the same for the whole process."""
    return token_hex(4)


def code_position() -> str | None:
    """``file:line`` of the caller, outside of this package and the standard library; None if it is in no file.

    The file is relative to the working directory; of one that lies elsewhere only the name is told.
    """
    frame = sys._getframe(1)
    while frame is not None and _is_inner(frame.f_code.co_filename):
        frame = frame.f_back  # type: ignore[assignment]
    if frame is None or not (path := Path(frame.f_code.co_filename)).is_file():
        return None
    try:
        told = path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        told = path.name
    return f"{told}:{frame.f_lineno}"


def _is_inner(file: str) -> bool:
    library = file.startswith(_LIBRARY) and "site-packages" not in file
    return library or file.startswith((_PACKAGE, "<frozen"))
