"""JUnit XML, which most CI servers show: one failed test case for each finding."""

from __future__ import annotations

from xml.etree import ElementTree as xml

from synthlint.findings import Finding, Report
from synthlint.reports.context import Context, printable, shown


def render(report: Report, context: Context) -> str:
    """A suite of failures (findings), skipped cases (files not checked) and errors (bugs of ours)."""
    findings = shown(report)
    suite = xml.Element("testsuite", name="synthlint")
    for one in findings:
        _failure(suite, one, context)
    for skipped in report.unanalysed:
        case = _case(suite, context.path(skipped.path), "checked")
        xml.SubElement(case, "skipped", message=printable(skipped.reason))
    for error in report.internal_errors:
        xml.SubElement(_case(suite, "synthlint", "internal error"), "error", message=printable(error))
    if not len(suite):
        _case(suite, "synthlint", f"{report.files} files checked")
    counts = {"tests": len(suite), "failures": len(findings), "skipped": len(report.unanalysed)}
    for name, number in {**counts, "errors": len(report.internal_errors)}.items():
        suite.set(name, str(number))
    root = xml.Element("testsuites")
    root.append(suite)
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _case(suite: xml.Element, path: str, name: str) -> xml.Element:
    return xml.SubElement(suite, "testcase", classname=printable(path), name=printable(name))


def _failure(suite: xml.Element, one: Finding, context: Context) -> None:
    where = printable(context.where(one.place))
    case = _case(suite, context.path(one.place.path), f"{one.code} {one.name} at {where}")
    case.set("file", printable(context.path(one.place.path)))
    case.set("line", str(context.line_in_file(one.place)))
    failure = xml.SubElement(case, "failure", message=printable(one.message), type=one.severity.value)
    lines = [f"{where}: {one.code} {printable(one.message)}", f"confidence: {one.confidence}"]
    lines += [f"{printable(context.where(at.place))}: {printable(at.message)}" for at in one.related]
    failure.text = "\n".join(lines)
