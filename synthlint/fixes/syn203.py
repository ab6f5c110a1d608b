"""SYN203: generated rows carry a tag before they are joined with real ones."""

from __future__ import annotations

import ast

from synthlint.findings import Finding, Fix
from synthlint.fixes.base import Scene, advice, made
from synthlint.flow.stages import Stage

TITLE = "Tag the generated rows before they are joined"
BY_HAND = "Give the generated rows a column that says so before the join (synthlint.runtime.tag, or frame.assign)"
COLUMN = '.assign(_provenance="synthetic")'


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """`pd.concat([real, generated.assign(_provenance="synthetic")])`; a missing value then means real."""
    stage = scene.stage(finding)
    found = scene.call(stage) if stage is not None else None
    if stage is None or found is None or stage.call != "pandas.concat" or not found[1].args:
        return advice(BY_HAND)
    if _is_learned_from(scene, stage):
        return advice(BY_HAND)
    code, call = found
    parts = call.args[0].elts if isinstance(call.args[0], (ast.List, ast.Tuple)) else []
    sides = list(stage.facts.get("operands", ()))
    by_columns = any(one.arg == "axis" and ast.unparse(one.value) not in ("0", "'index'") for one in call.keywords)
    if by_columns or len(parts) != len(sides) or not all(isinstance(one, ast.Name) for one in parts):
        return advice(BY_HAND)
    project = scene.project
    generated = [
        part
        for part, side in zip(parts, sides, strict=True)
        if project.generators(side) and not project.real_sources(side)
    ]
    edits = [code.insert(code.pos(one)[2:], COLUMN) for one in generated]
    return made(TITLE, "unsafe", edits, "rows-annotated") or advice(BY_HAND)


def _is_learned_from(scene: Scene, mix: Stage) -> bool:
    """Whether a model takes the joined rows as they are: a column more would be a feature."""
    takers = scene.project.of("train", "fit", "resample", "split", "evaluate", "predict")
    return any(mix.id in scene.project.upstream([one.id]) for one in takers)
