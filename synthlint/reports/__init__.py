"""One module per output format; each has `render(report, context) -> str`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from synthlint.findings import Report
from synthlint.reports.context import Context

FORMATS = {
    "text": "synthlint.reports.text",
    "concise": "synthlint.reports.concise",
    "json": "synthlint.reports.json_v1",
    "sarif": "synthlint.reports.sarif",
    "github": "synthlint.reports.github",
    "gitlab": "synthlint.reports.gitlab",
    "junit": "synthlint.reports.junit",
}
FOR_SERVICES = frozenset({"sarif", "github", "gitlab", "junit"})
"""Formats of services that know files by their place in the repository, wherever the run started."""


def render(format_name: str, report: Report, context: Context) -> str:
    """The report in one of FORMATS, with ANSI colours in `text` (strip them where they do not belong)."""
    if format_name in FOR_SERVICES:
        context = replace(context, folder=context.root)
    function: Callable[[Report, Context], str] = import_module(FORMATS[format_name]).render
    return function(report, context)


__all__ = ["FORMATS", "Context", "render"]
