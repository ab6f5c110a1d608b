from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class UnknownCode(Rule):
    """page"""

    code = "SYN903"
    name = "unknown-code"
    message = "'{code}' in a suppression or in the configuration is not a rule."
    severity = Severity.ERROR
    confidence = "high"
    status = "on"
    fix = "safe"
