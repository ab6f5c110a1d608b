from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class UnexplainedSuppression(Rule):
    """page"""

    code = "SYN904"
    name = "unexplained-suppression"
    message = "Suppressing an error-level rule needs a reason after `--`."
    severity = Severity.INFO
    confidence = "high"
    status = "preview"
    fix = "advice"
