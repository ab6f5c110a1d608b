"""SYN204: a comparison with the real table that the generator was fitted on, before the data is written."""

from __future__ import annotations

import ast

from synthlint.findings import Finding, Fix
from synthlint.fixes import imports
from synthlint.fixes.base import Scene, advice, made
from synthlint.fixes.code import LOOPS, Code
from synthlint.flow.stages import Stage

TITLE = "Compare the distribution with the real table before it is written"
BY_HAND = "Compare the generated with real data before it is used: synthlint.runtime.check_fidelity(synthetic, real)"


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """`check_fidelity(synthetic, real, strict=True)` where both tables have a name at the write."""
    stage = scene.stage(finding)
    found = scene.call(stage) if stage is not None else None
    if stage is None or found is None or scene.is_shared(stage) or scene.project.real_sources([stage.id]):
        return advice(BY_HAND)
    if stage.kind != "write":
        return advice(BY_HAND)
    code, call = found
    synthetic = call.func.value if isinstance(call.func, ast.Attribute) else None
    real = next((name for one in _fits(scene, finding) if (name := _real(scene, one, code, call))), None)
    known = isinstance(synthetic, ast.Name) and len(code.assigned(synthetic.id, code.scope(call))) == 1
    if real is None or not known or code.enclosing(call, *LOOPS):
        return advice(BY_HAND)
    name, needed = imports.runtime(code, "check_fidelity")
    line = f"{name}({ast.unparse(synthetic)}, {real}, strict=True)" if synthetic is not None else ""
    return made(TITLE, "unsafe", [code.before(code.statement(call), [line]), *needed], "may-raise") or advice(BY_HAND)


def _fits(scene: Scene, finding: Finding) -> list[Stage]:
    generators = [one for one in scene.others(finding) if one.kind == "generate"]
    return [fit for one in generators for fit in scene.project.fits(one)]


def _real(scene: Scene, fit: Stage, code: Code, at: ast.Call) -> str | None:
    """The name of the table that a generator was fitted on, if it means the same at the write."""
    found = scene.call(fit)
    if found is None or found[0] is not code or code.scope(found[1]) is not code.scope(at) or not found[1].args:
        return None
    node = found[1].args[0]
    if not isinstance(node, ast.Name) or len(code.assigned(node.id, code.scope(at))) != 1:
        return None
    return node.id
