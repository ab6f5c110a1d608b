"""JSON, version 1: keys are added, never changed or removed."""

from __future__ import annotations

import json
from typing import Any

from synthlint.findings import Edit, Finding, Fix, PipelineView, Place, Report, Suppressed
from synthlint.reports.context import Context, fixable, shown


def render(report: Report, context: Context) -> str:
    """The whole report, suppressed findings included and marked."""
    return json.dumps(document(report, context), indent=2, ensure_ascii=False) + "\n"


def document(report: Report, context: Context) -> dict[str, Any]:
    """The report as the JSON contract has it."""
    counted = shown(report)
    return {
        "version": 1,
        "tool": {"name": "synthlint", "version": context.version},
        "findings": [_finding(one, context) for one in report.findings],
        "pipelines": [_pipeline(one, context) for one in report.pipelines],
        "unanalysed": [{"path": context.path(one.path), "reason": one.reason} for one in report.unanalysed],
        "summary": {
            "files": report.files,
            "analysed": report.analysed,
            "findings": len(counted),
            "fixable": fixable(counted),
            "hidden": report.hidden,
        },
        "internal_errors": list(report.internal_errors),
    }


def _finding(one: Finding, context: Context) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "message": one.message,
        "severity": one.severity.value,
        "confidence": str(one.confidence),
        "reasons": list(one.reasons),
        **_span(one.place, context),
        "related": [{"role": at.role, **_point(at.place, context), "message": at.message} for at in one.related],
        "fix": None if one.fix is None else _fix(one.fix, context),
        "suppressed": None if one.suppressed is None else _suppressed(one.suppressed, context),
        "fingerprint": one.fingerprint,
        "origin": one.origin,
        "pipeline": one.pipeline,
        "state": context.states.get(one.fingerprint),
    }


def _point(place: Place, context: Context) -> dict[str, Any]:
    return {"path": context.path(place.path), "cell": place.cell, "line": place.line, "column": place.column}


def _span(place: Place, context: Context) -> dict[str, Any]:
    return {**_point(place, context), "end_line": place.end_line, "end_column": place.end_column}


def _fix(fix: Fix, context: Context) -> dict[str, Any]:
    return {
        "title": fix.title,
        "applicability": fix.applicability,
        "effects": list(fix.effects),
        "edits": [_edit(one, context) for one in fix.edits],
    }


def _edit(edit: Edit, context: Context) -> dict[str, Any]:
    start, end = ({"line": line, "column": column} for line, column in (edit.start, edit.end))
    return {"path": context.path(edit.path), "cell": edit.cell, "start": start, "end": end, "text": edit.text}


def _suppressed(one: Suppressed, context: Context) -> dict[str, Any]:
    return {**_point(one.place, context), "reason": one.reason}


def _pipeline(pipeline: PipelineView, context: Context) -> dict[str, Any]:
    return {
        "id": pipeline.id,
        "stages": [
            {"id": one.id, "kind": one.kind, "label": one.label, **_point(one.place, context), "detail": one.detail}
            for one in pipeline.stages
        ],
        "edges": [list(edge) for edge in pipeline.edges],
        "remedies": [
            {
                "name": one.name,
                "found": one.found,
                "place": None if one.place is None else _point(one.place, context),
            }
            for one in pipeline.remedies
        ],
    }
