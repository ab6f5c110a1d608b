"""SYN202: a manifest beside the written file."""

from __future__ import annotations

import ast

from synthlint.findings import Finding, Fix
from synthlint.fixes import imports
from synthlint.fixes.base import Scene, advice, made
from synthlint.fixes.code import Code
from synthlint.fixes.generators import described
from synthlint.fixes.paths import target

TITLE = "Write a manifest that names the model beside the data"
BY_HAND = "After this write call write_manifest(path, generator={...}), or name the model in a field of each record"
WIDTH = 100


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """`write_manifest(path, generator=...)` after the statement that completes the file."""
    stage = scene.stage(finding)
    found = scene.call(stage) if stage is not None else None
    if stage is None or found is None or scene.is_shared(stage):
        return advice(BY_HAND)
    code, call = found
    where = target(code, call, stage)
    generator = described(scene, scene.others(finding), code, where.closing) if where is not None else None
    if where is None or generator is None:
        return advice(BY_HAND)
    name, needed = imports.runtime(code, "write_manifest")
    lines = _lines(code, where.closing, name, code.text(where.path), generator)
    return made(TITLE, "safe", [code.after(where.closing, lines), *needed]) or advice(BY_HAND)


def _lines(code: Code, closing: ast.stmt, name: str, path: str, generator: str) -> list[str]:
    path = " ".join(one.strip() for one in path.split("\n"))
    line = f"{name}({path}, generator={generator})"
    if len(code.indent(closing)) + len(line) <= WIDTH:
        return [line]
    unit = code.unit(closing)
    return [f"{name}(", f"{unit}{path},", f"{unit}generator={generator},", ")"]
