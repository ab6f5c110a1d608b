"""SYN106: a seed for each draw, and sampling where several answers are asked for."""

from __future__ import annotations

import ast

from synthlint.findings import Edit, Finding, Fix
from synthlint.fixes.arguments import keyword
from synthlint.fixes.base import Scene, advice, made
from synthlint.fixes.code import Code
from synthlint.fixes.syn101 import warmer
from synthlint.flow.stages import Stage

TITLE = "Let repeated draws differ"
BY_HAND = "Give each draw its own seed, keep the cache out of repeated draws, or sample at a temperature above 0"


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """`seed=SEED + i` in a counting loop; a temperature above 0 for several answers to one request."""
    stage = scene.stage(finding)
    found = scene.call(stage) if stage is not None else None
    if stage is None or found is None or stage.summary is None:
        return advice(BY_HAND)
    edits = _seeded(*found, stage) or warmer(*found, stage)
    return (made(TITLE, "unsafe", edits, "sampling-changed") if edits else None) or advice(BY_HAND)


def _seeded(code: Code, call: ast.Call, stage: Stage) -> list[Edit | None]:
    seed = keyword(call, stage.summary.seed.args if stage.summary and stage.summary.seed else ())
    if seed is None or not isinstance(seed.value, (ast.Constant, ast.Name)):
        return []
    for loop in code.enclosing(call, ast.For):
        counter = _counter(loop)
        if counter:
            return [code.insert(code.pos(seed.value)[2:], f" + {counter}")]
    return []


def _counter(loop: ast.AST) -> str:
    """The name that counts the rounds of a `for i in range(...)`."""
    if isinstance(loop, ast.For) and isinstance(loop.iter, ast.Call) and isinstance(loop.target, ast.Name):
        return loop.target.id.strip("_") and loop.target.id if ast.unparse(loop.iter.func) == "range" else ""
    return ""
