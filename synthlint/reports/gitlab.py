"""GitLab code quality: the report artifact that shows findings in a merge request."""

from __future__ import annotations

import json
from typing import Any

from synthlint.findings import Finding, Report, Severity
from synthlint.reports.context import Context, shown

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report, context: Context) -> str:
    """A list of issues; GitLab wants one even when it is empty."""
    return json.dumps([_issue(one, context) for one in shown(report)], indent=2, ensure_ascii=False) + "\n"


def _issue(one: Finding, context: Context) -> dict[str, Any]:
    cell = one.place.cell
    where = "" if cell is None else f"cell {cell}, line {one.place.line}: "
    begin = context.line_in_file(one.place)
    end = begin + one.place.end_line - one.place.line if cell is None else begin
    return {
        "description": f"{where}{one.code} {one.message}",
        "check_name": one.code,
        "fingerprint": one.fingerprint,
        "severity": _SEVERITIES[one.severity],
        "location": {"path": context.path(one.place.path), "lines": {"begin": begin, "end": end}},
    }
