"""Guard a parser that dies of deep nesting: measure the depth first, and give it a deep stack."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

MAX_BRACKETS = 150
MAX_CHAIN = 3000
MAX_BRANCHES = 1000
_STACK = 64 * 1024 * 1024
_FRAMES = 20_000
_TOKEN = re.compile(
    r"(?P<skip>#[^\n]*|\\\n|[ \t\f]+)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<reset>[,;\n])"
    r"|(?P<text>[rbuftRBUFT]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'))|(?P<word>\w+)|(?P<other>.)",
    re.DOTALL,
)
_Result = TypeVar("_Result")


def too_deep(text: str) -> bool:
    """Whether brackets, operator chains or `elif` chains nest deeper than a recursive parser can bear.

    It counts the tokens on the way to each token, which the depth of its node cannot exceed.
    """
    chains, total = [0], 0
    if text.count("elif ") > MAX_BRANCHES:
        return True
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "skip":
            continue
        if kind == "open":
            chains.append(0)
        elif kind == "close":
            total -= chains.pop() if len(chains) > 1 else 0
        elif kind == "reset" and (len(chains) == 1 or match.group() != "\n"):
            total, chains[-1] = total - chains[-1], 0
        elif kind != "reset":
            weight = _weight(match.group()) if kind == "text" else 1
            total, chains[-1] = total + weight, chains[-1] + weight
        if total > MAX_CHAIN or len(chains) > MAX_BRACKETS:
            return True
    return False


def _weight(literal: str) -> int:
    """How deep a string literal can be: one, or for a template as many tokens as a replacement field has."""
    if "{" not in literal:
        return 1
    return 1 + max(len(re.findall(r"\w+|[^\w\s]", one)) for one in literal.split("{")[1:]) + literal.count("{") // 8


def with_deep_stack(function: Callable[[], _Result]) -> _Result:
    """Call `function` in a thread with room for deep recursion.  Raises what it raises."""
    results: list[_Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    try:
        sys.setrecursionlimit(max(limit, _FRAMES))
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]
