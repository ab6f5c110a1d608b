"""SYN205: generated rows are compared with the real ones that their generator saw, beside rows that it never saw."""

from __future__ import annotations

from synthlint.findings import Finding, Fix
from synthlint.fixes import imports, tables
from synthlint.fixes.base import Scene, advice, made

TITLE = "Look for copies of the real rows before the data is written"
BY_HAND = (
    "Keep real rows back from the generator and compare before the data is used: "
    "synthlint.runtime.audit_memorization(synthetic, real, control)"
)


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """`audit_memorization(synthetic=..., real=..., control=..., strict=True)` where all three have a name."""
    stage = scene.stage(finding)
    at = tables.written(scene, stage) if stage is not None else None
    real = tables.fitted(scene, finding, at) if at is not None else None
    control = tables.control(real, at) if at is not None and real is not None else None
    if at is None or real is None or control is None:
        return advice(BY_HAND)
    name, needed = imports.runtime(at.code, "audit_memorization")
    line = f"{name}(synthetic={at.name}, real={real}, control={control}, strict=True)"
    return made(TITLE, "unsafe", [at.checked(line), *at.edits, *needed], "may-raise") or advice(BY_HAND)
