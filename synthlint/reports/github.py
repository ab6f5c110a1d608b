"""GitHub: annotations on the changed lines of a pull request, and a job summary with everything.

GitHub keeps ten annotations of each level for a step and drops the rest without a word, so the most severe
and most certain come first, and what does not fit is counted in a notice.
"""

from __future__ import annotations

from collections.abc import Sequence

from synthlint.findings import Finding, Place, Report, Severity
from synthlint.reports.context import Context, printable, shown

LIMIT = 10
MOST_ROWS = 500
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_ORDER = list(Severity)


def render(report: Report, context: Context) -> str:
    """Workflow commands, one a line."""
    lines, left_out = [], 0
    findings = _most_important_first(shown(report))
    for severity, level in _LEVELS.items():
        own = [one for one in findings if one.severity is severity]
        room = LIMIT - (severity is Severity.INFO)  # one notice is kept for the count
        lines += [_annotation(level, one, context) for one in own[:room]]
        left_out += len(own[room:])
    if left_out:
        lines.append(f"::notice title=synthlint::… and {left_out} more; the job summary lists all")
    return "".join(line + "\n" for line in lines)


def job_summary(report: Report, context: Context) -> str:
    """Everything as Markdown, for the page of the job."""
    from synthlint.reports.text import plain_summary

    findings = _most_important_first(shown(report))
    lines = ["## synthlint", "", plain_summary(report, context), ""]
    if findings:
        lines += ["| place | rule | severity | confidence | message |", "|---|---|---|---|---|"]
        lines += [_row(one, context) for one in findings[:MOST_ROWS]]
    if len(findings) > MOST_ROWS:
        lines += ["", f"… and {len(findings) - MOST_ROWS} more."]
    skipped = [f"- `{context.path(one.path)}`: {_cell(one.reason)}" for one in report.unanalysed]
    return "\n".join([*lines, "", *skipped[:MOST_ROWS]]).rstrip() + "\n\n"


def _most_important_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (_ORDER.index(one.severity), -one.confidence, one.sort_key))


def _annotation(level: str, one: Finding, context: Context) -> str:
    properties = {"file": context.path(one.place.path), **_lines(one.place, context), "title": f"{one.code} {one.name}"}
    text = ",".join(f"{key}={_escaped_property(value)}" for key, value in properties.items())
    where = f"cell {one.place.cell}, line {one.place.line}: " if one.place.cell is not None else ""
    return f"::{level} {text}::{_escaped(printable(where + one.message))}"


def _lines(place: Place, context: Context) -> dict[str, str]:
    if place.cell is not None:
        return {"line": str(context.line_in_file(place))}
    out = {"line": str(place.line), "endLine": str(place.end_line)}
    if place.line == place.end_line:
        out |= {"col": str(place.column), "endColumn": str(place.end_column)}
    return out


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _row(one: Finding, context: Context) -> str:
    url = context.rule_url(one.code)
    rule = f"[{one.code}]({url}) {one.name}" if url else f"{one.code} {one.name}"
    cells = (f"`{context.where(one.place)}`", rule, one.severity.value, str(one.confidence), _cell(one.message))
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return printable(" ".join(text.split())).replace("|", "\\|").replace("<", "&lt;")
