"""SARIF 2.1.0, for code scanning services and editors.

Identity is given under a key of our own, since GitHub computes `primaryLocationLineHash` itself.  Empty
arrays and lines below 1 are never written: services reject them.  A finding in a notebook has the line of
the file, where the cell's text stands in it, and names the cell in its message.
"""

from __future__ import annotations

import inspect
import json
from typing import Any
from urllib.parse import quote

from synthlint.findings import Edit, Finding, Fix, PipelineView, Place, Related, Report, Severity, Suppressed
from synthlint.reports.context import Context

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "synthlint/v1"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PRECISION = {"high": "high", "medium": "medium", "low": "low"}


def render(report: Report, context: Context) -> str:
    """One run with all findings, suppressed ones marked."""
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, context)]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _run(report: Report, context: Context) -> dict[str, Any]:
    codes = {*context.rules, *(one.code for one in report.findings)}
    rules = {code: number for number, code in enumerate(sorted(codes))}
    driver = {
        "name": "synthlint",
        "version": context.version,
        "semanticVersion": context.version,
        "informationUri": context.site,
        "rules": [_rule(code, context) for code in rules],
    }
    return {
        "tool": {"driver": _filled(driver)},
        "automationDetails": {"id": "synthlint/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, context)],
        "results": [_result(one, rules[one.code], report, context) for one in report.findings],
    }


def _rule(code: str, context: Context) -> dict[str, Any]:
    rule = context.rules.get(code)
    if rule is None:
        return {"id": code}
    page = inspect.cleandoc(rule.__doc__ or rule.message)
    return _filled(
        {
            "id": code,
            "name": "".join(part.capitalize() for part in rule.name.split("-")),
            "shortDescription": {"text": rule.name},
            "fullDescription": {"text": rule.message},
            "help": {"text": f"{rule.message} `synthlint rule {code}` shows its page.", "markdown": page},
            "helpUri": context.rule_url(code),
            "defaultConfiguration": {"enabled": rule.status == "on", "level": _LEVELS[rule.severity]},
            "properties": {"tags": ["synthetic-data", "machine-learning"]},
        }
    )


def _invocation(report: Report, context: Context) -> dict[str, Any]:
    notes = [
        {
            "level": "warning",
            "message": {"text": one.reason},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(one.path, context)}}],
        }
        for one in report.unanalysed
    ]
    notes += [{"level": "error", "message": {"text": one}} for one in report.internal_errors]
    return _filled({"executionSuccessful": not report.internal_errors, "toolExecutionNotifications": notes})


def _result(one: Finding, rule: int, report: Report, context: Context) -> dict[str, Any]:
    where = f" (cell {one.place.cell}, line {one.place.line})" if one.place.cell is not None else ""
    return _filled(
        {
            "ruleId": one.code,
            "ruleIndex": rule,
            "level": _LEVELS[one.severity],
            "message": {"text": one.message + where},
            "locations": [_location(one.place, context)],
            "relatedLocations": [
                {"id": number, **_location(at.place, context), "message": {"text": at.message}}
                for number, at in enumerate(one.related, 1)
            ],
            "codeFlows": _flow(one, report, context),
            "partialFingerprints": {FINGERPRINT: one.fingerprint} if one.fingerprint else None,
            "baselineState": context.states.get(one.fingerprint),
            "fixes": _fixes(one.fix, context),
            "suppressions": [_suppression(one.suppressed, context)] if one.suppressed else None,
            "properties": _filled(
                {
                    "precision": _PRECISION[str(one.confidence)],
                    "confidence": str(one.confidence),
                    "reasons": list(one.reasons),
                    "pipeline": one.pipeline,
                    "origin": one.origin,
                }
            ),
        }
    )


def _flow(one: Finding, report: Report, context: Context) -> list[dict[str, Any]]:
    """The trace of a finding as one thread flow, in the order of its pipeline."""
    if not one.related:
        return []
    pipeline = next((each for each in report.pipelines if each.id == one.pipeline), None)
    steps = [*one.related, Related("reported", one.place, one.message)]
    steps.sort(key=lambda step: _stage_number(step.place, pipeline))
    locations = [{"location": {**_location(at.place, context), "message": {"text": at.message}}} for at in steps]
    return [{"threadFlows": [{"locations": locations}]}]


def _stage_number(place: Place, pipeline: PipelineView | None) -> int:
    stages = pipeline.stages if pipeline else ()
    return next((number for number, stage in enumerate(stages) if stage.place == place), len(stages))


def _location(place: Place, context: Context) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.path, context)}
    if place.cell is not None:
        name = f"cell {place.cell}, line {place.line}"
        physical["region"] = {"startLine": context.line_in_file(place)}
        return {"physicalLocation": physical, "logicalLocations": [{"name": name, "kind": "module"}]}
    physical["region"] = _region((place.line, place.column), (place.end_line, place.end_column))
    return {"physicalLocation": physical}


def _artifact(path: str, context: Context) -> dict[str, Any]:
    return {"uri": quote(context.path(path), errors="surrogatepass"), "uriBaseId": "%SRCROOT%"}


def _region(start: tuple[int, int], end: tuple[int, int]) -> dict[str, int]:
    (line, column), (end_line, end_column) = start, end
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _fixes(fix: Fix | None, context: Context) -> list[dict[str, Any]]:
    """The fix as replacements; edits of notebook cells have no place in the file and are left to `--fix`."""
    if fix is None or not fix.edits or any(edit.cell is not None for edit in fix.edits):
        return []
    changes: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        changes.setdefault(edit.path, []).append(edit)
    title = f"{fix.title} ({', '.join((fix.applicability, *fix.effects))})"
    artifacts = [
        {"artifactLocation": _artifact(path, context), "replacements": [_replacement(edit) for edit in edits]}
        for path, edits in changes.items()
    ]
    return [{"description": {"text": title}, "artifactChanges": artifacts}]


def _replacement(edit: Edit) -> dict[str, Any]:
    return {"deletedRegion": _region(edit.start, edit.end), "insertedContent": {"text": edit.text}}


def _suppression(one: Suppressed, context: Context) -> dict[str, Any]:
    return _filled({"kind": "inSource", "justification": one.reason, "location": _location(one.place, context)})


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not there: None, and empty lists."""
    return {key: value for key, value in values.items() if value is not None and value != []}
