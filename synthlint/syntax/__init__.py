"""From text to IR: the standard library's parser first, libcst for syntax that is newer than this Python."""

from __future__ import annotations

import gc
import warnings

from synthlint.syntax import from_ast, ir


class Unparsable(Exception):
    """Text that no parser takes: where (1-based) and why."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(line, column, message)
        self.line, self.column, self.message = line, column, message

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def lower(text: str) -> ir.Module:
    """Parse `text` and lower it to the IR.  Raises Unparsable, and nothing else."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return from_ast.lower(text)
    except SyntaxError as error:
        raise Unparsable(error.lineno or 1, error.offset or 1, error.msg) from None
    except (RecursionError, MemoryError):
        raise Unparsable(1, 1, "too deeply nested to parse") from None
    except ValueError as error:
        raise Unparsable(1, 1, str(error)) from None
    finally:
        if enabled:
            gc.enable()
