"""SYN204: a comparison with the real table that the generator was fitted on, before the data is written."""

from __future__ import annotations

from synthlint.findings import Finding, Fix
from synthlint.fixes import imports, tables
from synthlint.fixes.base import Scene, advice, made

TITLE = "Compare the distribution with the real table before it is written"
BY_HAND = "Compare the generated with real data before it is used: synthlint.runtime.check_fidelity(synthetic, real)"


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """`check_fidelity(synthetic, real, strict=True)` where both tables have a name at the write."""
    stage = scene.stage(finding)
    if stage is None or stage.kind != "write" or scene.project.real_sources([stage.id]):
        return advice(BY_HAND)
    at = tables.written(scene, stage)
    real = tables.fitted(scene, finding, at) if at is not None else None
    if at is None or real is None:
        return advice(BY_HAND)
    name, needed = imports.runtime(at.code, "check_fidelity")
    line = f"{name}({at.name}, {real}, strict=True)"
    return made(TITLE, "unsafe", [at.checked(line), *at.edits, *needed], "may-raise") or advice(BY_HAND)
