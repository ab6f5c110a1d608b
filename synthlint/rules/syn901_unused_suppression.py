from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class UnusedSuppression(Rule):
    """page"""

    code = "SYN901"
    name = "unused-suppression"
    message = "`# synthlint: ignore[{code}]` suppresses nothing."
    severity = Severity.WARNING
    confidence = "high"
    status = "on"
    fix = "safe"
