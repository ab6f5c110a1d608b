from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class UnusedSuppression(Rule):
    """## What it reports

    A suppression comment that hides nothing: its cause is gone, it stands on another line than the finding, or it
    is malformed and never did anything. If a comment names several codes, those that hide nothing are named.

    ## Why

    A suppression that outlives its cause hides the next finding on its line.

    ## Example

    ```python
    import json

    with open("terms.json") as file:
        terms = json.load(file)  # synthlint: ignore[SYN201] -- terms repeat
    ```

    ## Use instead

    ```python
    import json

    with open("terms.json") as file:
        terms = json.load(file)
    ```

    ## What it does not see

    Comments for rules that are not checked in this run (deselected, or in preview): they are not stale. A comment
    that hides a finding below the confidence threshold is in use.

    ## Fix safety

    Safe: the comment, or its stale codes, are removed. No code changes.

    ## References

    - Adoption: accepting a finding with a comment
    """

    code = "SYN901"
    name = "unused-suppression"
    message = "`# synthlint: ignore[{code}]` suppresses nothing."
    severity = Severity.WARNING
    confidence = "high"
    status = "on"
    fix = "safe"
