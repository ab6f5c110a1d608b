"""The exit code of a run."""

from __future__ import annotations

from synthlint.findings import Report

OK, FINDINGS, USAGE, INTERNAL = 0, 1, 2, 3


def exit_code(report: Report, exit_zero: bool = False) -> int:
    """3 after an internal error, 1 if a finding counts (unless `exit_zero`), else 0."""
    if report.internal_errors:
        return INTERNAL
    if any(one.suppressed is None for one in report.findings) and not exit_zero:
        return FINDINGS
    return OK
