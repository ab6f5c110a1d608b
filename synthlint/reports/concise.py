"""One line for each finding: `path:line:column: CODE message`."""

from __future__ import annotations

from synthlint.findings import Report
from synthlint.reports.context import Context, printable, shown


def render(report: Report, context: Context) -> str:
    """The findings, one a line."""
    return "".join(
        f"{printable(context.where(one.place))}: {one.code} {printable(one.message)}\n" for one in shown(report)
    )
