"""SYN101: sampling at the provider's default, or at 0.7 where that is low."""

from __future__ import annotations

import ast

from synthlint.findings import Edit, Finding, Fix
from synthlint.fixes.arguments import entry, keyword, removed
from synthlint.fixes.base import Scene, advice, made
from synthlint.fixes.code import Code
from synthlint.flow.stages import Stage

TITLE = "Sample at a temperature that lets answers differ"
BY_HAND = "Set the temperature to 0.7 or more where it is defined, and vary the prompt from record to record"
ENOUGH = "0.7"


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """Change the temperature or the greedy decoding that the call itself states."""
    stage = scene.stage(finding)
    found = scene.call(stage) if stage is not None else None
    if stage is None or found is None or stage.summary is None:
        return advice(BY_HAND)
    edits = warmer(*found, stage)
    return (made(TITLE, "unsafe", edits, "sampling-changed") if edits else None) or advice(BY_HAND)


def warmer(code: Code, call: ast.Call, stage: Stage) -> list[Edit | None]:
    """Edits that raise the temperature of a call; none where it is not a number in the call."""
    greedy = keyword(call, stage.summary.sampling.args if stage.summary and stage.summary.sampling else ())
    if greedy is not None and isinstance(greedy.value, ast.Constant) and greedy.value.value is False:
        return [code.replace(greedy.value, "True")]
    setting = stage.summary.temperature if stage.summary else None
    if setting is None:
        return []
    argument = keyword(call, setting.args)
    if argument is not None:
        if not _is_number(argument.value):
            return []
        return [removed(code, call, argument) if setting.default == 1.0 else code.replace(argument.value, ENOUGH)]
    inside = entry(call, "temperature")
    if inside is None or not _is_number(inside):
        return []
    return [code.replace(inside, "1.0" if setting.default == 1.0 else ENOUGH)]


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
