"""What a fixer is given, and how it is found by the code of its rule."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from synthlint.findings import Edit, Finding, Fix
from synthlint.fixes.code import Code

if TYPE_CHECKING:
    from synthlint.flow.stages import Site, Stage
    from synthlint.pipeline.graph import Project

HOMES = {
    "SYN101": "syn101",
    "SYN106": "syn106",
    "SYN107": "syn107",
    "SYN201": "syn201",
    "SYN202": "syn202",
    "SYN203": "syn203",
    "SYN204": "syn204",
    "SYN205": "syn205",
    "SYN401": "syn401",
    "SYN403": "syn403",
}
Fixer = Callable[[Finding, "Scene"], Fix | None]


class Scene:
    """The analysed project, and its files as fixers read them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._codes: dict[str, Code | None] = {}

    def code(self, path: str) -> Code | None:
        """A file of the project; None when this Python cannot parse it."""
        if path not in self._codes:
            source = self.project.sources_by_path.get(path)
            try:
                self._codes[path] = Code(source) if source is not None else None
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._codes[path] = None
        return self._codes[path]

    def stage(self, finding: Finding) -> Stage | None:
        """The stage that a finding is about."""
        id_ = finding.facts.get("stage")
        return self.project.stage(id_) if isinstance(id_, int) else None

    def others(self, finding: Finding) -> list[Stage]:
        """The other stages that a finding names."""
        return [self.project.stage(one) for one in finding.facts.get("stages", ())]

    def call(self, stage: Stage) -> tuple[Code, ast.Call] | None:
        """The file and the call of a stage."""
        return self.call_at(stage.site)

    def call_at(self, site: Site) -> tuple[Code, ast.Call] | None:
        """The file and the call at a place of the program."""
        code = self.code(site.path)
        node = code.call_at(site.pos) if code is not None else None
        return (code, node) if code is not None and node is not None else None

    def is_shared(self, stage: Stage) -> bool:
        """Whether data that is not generated goes through the same write: a helper that others use, too."""
        site = stage.site
        same = (one for one in self.project.of("write") if (one.site.path, one.site.pos) == (site.path, site.pos))
        return any(not self.project.generators([one.id]) for one in same)


def attach(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """The findings with their fixes; those of comments have theirs already."""
    scene = Scene(project)
    return [_with_fix(one, scene) for one in findings]


def _with_fix(finding: Finding, scene: Scene) -> Finding:
    fixer = _fixer(finding.code) if finding.fix is None and finding.suppressed is None else None
    fix = fixer(finding, scene) if fixer is not None else None
    return finding if fix is None else replace(finding, fix=fix)


@cache
def _fixer(code: str) -> Fixer | None:
    home = HOMES.get(code)
    if home is None:
        return None
    fixer: Fixer = import_module(f"synthlint.fixes.{home}").fix
    return fixer


def made(title: str, applicability: str, edits: Iterable[Edit | None], *effects: str) -> Fix | None:
    """A fix of edits; None when one of them could not be made."""
    found = list(edits)
    whole = tuple(one for one in found if one is not None)
    return Fix(title, applicability, effects, whole) if whole and len(whole) == len(found) else None


def advice(title: str) -> Fix:
    """What to do by hand."""
    return Fix(title, "advice")
