"""The report for people: one frame for each pipeline, then what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from click import style, unstyle

from synthlint.findings import Confidence, Finding, Fix, PipelineView, Place, Report, Severity, StageView
from synthlint.reports.context import Context, fixable, printable, shown
from synthlint.reports.frames import Mark, frames
from synthlint.reports.groups import Group, grouped
from synthlint.reports.links import linked

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_SHOWN_STAGES = {"generate": "generated here", "write": "written here"}
_MOST_STAGES = 6


def render(report: Report, context: Context) -> str:
    """Pipelines with findings, findings without a pipeline, and the summary."""
    findings = shown(report)
    known = {one.id for one in report.pipelines}
    parts = []
    for pipeline in report.pipelines:
        own = [one for one in findings if one.pipeline == pipeline.id]
        if own:
            parts.append(_pipeline(pipeline, own, context))
    parts += [_group(one, set(), context) for one in grouped([one for one in findings if one.pipeline not in known])]
    parts.append([summary(report, context)])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _pipeline(pipeline: PipelineView, findings: Sequence[Finding], context: Context) -> list[str]:
    marks, left_out = _marks(pipeline, findings)
    lines = [style(_title(pipeline, context), bold=True), *frames(marks, context)]
    if left_out:
        lines.append(f"    ... and {left_out} more generator calls and writes")
    if pipeline.remedies:
        lines += ["", "  " + _remedies(pipeline, context)]
    framed = {mark.place for mark in marks}
    for group in grouped(findings):
        lines += ["", *_group(group, framed, context)]
    return lines


def _marks(pipeline: PipelineView, findings: Sequence[Finding]) -> tuple[list[Mark], int]:
    """Where records are generated and written, those that the findings name first; and how many are left out."""
    stages = {one.place: one for one in pipeline.stages if one.kind.lower() in _SHOWN_STAGES}
    named = {place for one in findings for place in (one.place, *(at.place for at in one.related))}
    chosen = sorted(stages.values(), key=lambda one: one.place not in named)[:_MOST_STAGES]
    marks = [Mark(one.place, _SHOWN_STAGES[one.kind.lower()], "cyan") for one in stages.values() if one in chosen]
    return marks, len(stages) - len(chosen)


def _title(pipeline: PipelineView, context: Context) -> str:
    """`Pipeline p1: generate → write train.jsonl → train`, with each kind of stage once."""
    kinds: dict[str, StageView] = {}
    for one in pipeline.stages:
        kinds.setdefault(one.kind.lower(), one)
    steps = [f"{kind} {one.detail}".strip() if kind == "write" else kind for kind, one in kinds.items()]
    return printable(f"Pipeline {pipeline.id}: " + (" → " if context.symbols else " -> ").join(steps))


def _remedies(pipeline: PipelineView, context: Context) -> str:
    signs = ("✓", "✗") if context.symbols else ("yes", "no")
    out = []
    for one in pipeline.remedies:
        sign = style(signs[0], fg="green") if one.found else style(signs[1], fg="red")
        place = "" if one.place is None else f" {context.path(one.place.path)}:{one.place.line}"
        out.append(f"{one.name} {sign}{printable(place)}")
    return "  ".join(out)


def _group(group: Group, framed: set[Place], context: Context) -> list[str]:
    """One finding with everything known about it; a place that the pipeline's frame shows is not shown twice."""
    one = group.lead
    lines = [_head(one, context), f"    {printable(one.message)}"]
    if one.place not in framed:
        lines += [f"  {line}" for line in frames([Mark(one.place, "", _COLOURS[one.severity])], context)]
    for at in one.related:
        if at.place not in framed:
            lines.append(f"    {style(printable(context.where(at.place)), dim=True)}  {printable(at.message)}")
    if one.reasons:
        because = "because" if one.confidence is Confidence.HIGH else f"{one.confidence} confidence because"
        lines.append(f"    {because} {printable('; '.join(one.reasons))}")
    for other in group.others:
        lines.append(f"    with {other.code} {other.name} ({context.where(other.place)}): {printable(other.message)}")
    return lines + _remedy(one.fix)


def _head(one: Finding, context: Context) -> str:
    grade = style(one.severity.value, fg=_COLOURS[one.severity], bold=True)
    where = style(printable(context.where(one.place)), bold=True)
    code = linked(style(one.code, bold=True), context.rule_url(one.code) if context.links else None)
    state = {"updated": "got worse, "}.get(context.states.get(one.fingerprint, ""), "")
    return f"  {where}  {code} {one.name}  {state}{grade}, {one.confidence} confidence"


def _remedy(fix: Fix | None) -> list[str]:
    if fix is None:
        return []
    start = {"safe": "fix (--fix)", "unsafe": "fix (--unsafe-fixes)"}.get(fix.applicability, "advice")
    effects = f" [{', '.join(fix.effects)}]" if fix.effects else ""
    return [f"    {style(start, fg='green')}: {printable(fix.title)}{effects}"]


def plain_summary(report: Report, context: Context) -> str:
    """The summary without colours."""
    return unstyle(summary(report, context))


def summary(report: Report, context: Context) -> str:
    """`Found 5 problems in 2 files (checked 14 files, 3 analysed). 2 fixable …`."""
    findings = shown(report)
    checked = f"(checked {count(report.files, 'file')}, {report.analysed} analysed)"
    if findings:
        files = count(len({one.place.path for one in findings}), "file")
        first = style(f"Found {count(len(findings), 'problem')} in {files}", bold=True) + f" {checked}."
    else:
        first = style("No problems found", fg="green", bold=True) + f" {checked}."
    rest = "; ".join(_remarks(findings, report, context))
    return f"{first} {rest[:1].upper()}{rest[1:]}." if rest else first


def _remarks(findings: Sequence[Finding], report: Report, context: Context) -> Iterable[str]:
    safe, unsafe = fixable(findings, "safe"), fixable(findings, "unsafe")
    if safe:
        yield f"{safe} fixable with --fix"
    if unsafe:
        yield f"{unsafe} fixable with --fix --unsafe-fixes"
    if report.hidden:
        yield f"{report.hidden} hidden below {context.min_confidence} confidence"
    suppressed = len(report.findings) - len(findings)
    if suppressed:
        yield f"{suppressed} suppressed by comments"
    yield from context.compared


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
