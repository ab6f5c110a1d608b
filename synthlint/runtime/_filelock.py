"""Advisory locks on open files, between threads of other openers and between processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    # Windows has no shared locks on byte ranges in the standard library: one process writes a file at a time.

    def share(descriptor: int) -> None:
        """Hold the file together with others."""

    def take_alone(descriptor: int) -> bool:
        """Hold the file alone if nobody else holds it."""
        return True

    @contextmanager
    def alone(descriptor: int) -> Iterator[None]:
        """Hold the file alone for the length of a block."""
        yield

else:
    import fcntl

    def share(descriptor: int) -> None:
        """Wait until nobody holds the file alone, then hold it together with others."""
        fcntl.flock(descriptor, fcntl.LOCK_SH)

    def take_alone(descriptor: int) -> bool:
        """Hold the file alone if nobody else holds it. A shared hold of this descriptor is given up either way."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    @contextmanager
    def alone(descriptor: int) -> Iterator[None]:
        """Wait until the file can be held alone, for the length of a block."""
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one that the path names."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
