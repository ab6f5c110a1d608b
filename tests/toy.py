"""An engine that finds `write(...)` calls, so that the gate can be tried on real files and repositories.

`write(x)` is a warning of medium confidence, and an error of high confidence where `strict(x)` is called; a line that
says `ignore[SYN201]` suppresses.  `publish(x)` is a finding where the file calls `generate()`.
Findings carry what the real engine gives: statement, scope, fingerprint.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from synthlint.findings import Confidence, Finding, Place, Related, Report, Severity, Suppressed
from synthlint.gate.fingerprint import with_fingerprints
from synthlint.gate.lines import Lines
from synthlint.sources.discovery import discover, project_root
from synthlint.sources.text import read


def check(paths: Sequence[Path], options: Any, **_: Any) -> Report:
    root = project_root(paths)
    wanted = [Path(os.path.normpath(one.absolute())) for one in paths]
    files = [one for one in discover(root).files if any((root / one).is_relative_to(path) for path in wanted)]
    found = [one for file in files for one in _in_file(root, file)]
    findings = with_fingerprints(found, Lines(root).around)
    return Report(str(root), tuple(findings), (), (), len(files), len(files))


def _in_file(root: Path, file: str) -> Iterator[Finding]:
    text = read(file, root).text
    tree = ast.parse(text)
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
    made = tuple(
        Related("generated", _place(file, one), "generated here") for one in calls if one.func.id == "generate"
    )
    strict = {ast.dump(one.args[0]) for one in calls if one.func.id == "strict"}
    for call in calls:
        if call.func.id == "write" or (call.func.id == "publish" and made):
            severe = ast.dump(call.args[0]) in strict
            line = text.splitlines()[call.lineno - 1]
            place = _place(file, call)
            yield Finding(
                "SYN201",
                "missing-dedup",
                "Generated records are written with no duplicate removal.",
                Severity.ERROR if severe else Severity.WARNING,
                Confidence.HIGH if severe else Confidence.MEDIUM,
                place,
                place,
                related=made,
                scope=_scope(tree, call.lineno),
                suppressed=Suppressed(place) if "ignore[SYN201]" in line else None,
            )


def _place(file: str, node: ast.expr) -> Place:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return Place(file, node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)


def _scope(tree: ast.Module, line: int) -> str:
    for one in tree.body:
        if isinstance(one, ast.FunctionDef) and one.lineno <= line <= (one.end_lineno or 0):
            return one.name
    return ""


def install(monkeypatch: Any) -> None:
    """Put this engine in the place of the real one."""
    engine = ModuleType("synthlint.engine")
    engine.check = check  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "synthlint.engine", engine)
    monkeypatch.setattr("synthlint.engine", engine, raising=False)
