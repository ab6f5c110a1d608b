from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


class MissingMemorizationAudit(Rule):
    """page"""

    code = "SYN205"
    name = "missing-memorization-audit"
    message = "The generator saw real records ({source}) and its output is written with no check that it does not repeat them."  # noqa: E501
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            for generator in write.generators:
                seen = project.seen_by(generator)
                if seen is None or _is_checked(project, write.stage, generator):
                    continue
                fit, sources = seen
                level = Confidence.HIGH if fit is not None else Confidence.MEDIUM
                severity = Severity.ERROR if fit is not None and _sensitive(project, sources) else Severity.WARNING
                related = [generator, *([fit] if fit is not None else []), *sources[:2]]
                yield self.finding(
                    project, write.stage, min(level, write.confidence), related=related, severity=severity,
                    source=_name(project, sources),
                )  # fmt: skip
                break


def _is_checked(project: Project, write: Stage, generator: Stage) -> bool:
    if remedies.check(project, write, "memorization") is not None or remedies.check(project, write, "dp") is not None:
        return True
    return any(one.facts.get("private") for one in project.scope(write) if one.kind == "fit")


def _sensitive(project: Project, sources: list[Stage]) -> bool:
    if project.facts.sensitive or any("sensitive" in project.declared(one) for one in sources):
        return True
    return any(project.has_word("sensitive-tokens", path.text) for one in sources for path in project.paths(one))


def _name(project: Project, sources: list[Stage]) -> str:
    for one in sources:
        for path in project.paths(one):
            return str(path)
    return "loaded here" if sources else "its training table"
