from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class UnreadableSource(Rule):
    """page"""

    code = "SYN900"
    name = "unreadable-source"
    message = "This file could not be parsed, so no rule was checked in it."
    severity = Severity.ERROR
    confidence = "high"
    fix = "none"
