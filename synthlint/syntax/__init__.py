"""From text to IR: the standard library's parser first, libcst for syntax that is newer than this Python."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from synthlint.sources.nesting import too_deep, with_deep_stack
from synthlint.syntax import from_ast, ir

_DEEP = "too deeply nested to parse"
_OLD = ("Missing parentheses in call to", "too many nested parentheses", "too many levels of indentation")


class Unparsable(Exception):
    """Text that no parser takes: where (1-based) and why."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(line, column, message)
        self.line, self.column, self.message = line, column, message

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def lower(text: str) -> ir.Module:
    """Parse `text` and lower it to the IR.  Raises Unparsable, and nothing else."""
    with _quiet():
        try:
            return from_ast.lower(text)
        except SyntaxError as error:
            module = None if (error.msg or "").startswith(_OLD) else _newer(text)
            if module is None:
                raise _unparsable(error) from None
            return module
        except (RecursionError, MemoryError):
            raise Unparsable(1, 1, _DEEP) from None
        except ValueError as error:
            raise Unparsable(1, 1, str(error) or "not Python text") from None


def _unparsable(error: SyntaxError) -> Unparsable:
    message = (error.msg or "invalid syntax").splitlines()[0]
    return Unparsable(max(error.lineno or 1, 1), max(error.offset or 1, 1), message)


def _newer(text: str) -> ir.Module | None:
    """What libcst makes of `text`; None when it refuses, too."""
    if too_deep(text):
        return None
    try:
        from synthlint.syntax import from_cst  # imports libcst, 0.1 s

        return with_deep_stack(lambda: from_cst.lower(text))
    except Exception:
        return None


@contextmanager
def _quiet() -> Iterator[None]:
    """No garbage collection and no warnings while many nodes are made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if enabled:
            gc.enable()
