from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class BlanketSuppression(Rule):
    """page"""

    code = "SYN902"
    name = "blanket-suppression"
    message = "A bare `# synthlint: ignore` hides every rule; name the codes."
    severity = Severity.WARNING
    confidence = "high"
    status = "on"
    fix = "safe"
