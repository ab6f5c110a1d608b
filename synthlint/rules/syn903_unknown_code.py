from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class UnknownCode(Rule):
    """## What it reports

    A code in a suppression comment that is not the code of a rule. An unknown code in the configuration or on the
    command line stops the run with exit code 2 instead, and names the closest rule.

    ## Why

    The comment does not hide what its author believes it hides, or it names a rule that no longer exists.

    ## Example

    ```python
    import json

    with open("terms.json") as file:
        terms = json.load(file)  # synthlint: ignore[SYN219]
    ```

    ## Use instead

    ```python
    import json

    with open("terms.json") as file:
        terms = json.load(file)
    ```

    ## What it does not see

    A code that exists and is not the one that was meant.

    ## Fix safety

    Safe: the code is taken out, and the comment with its last one. It hid nothing.

    ## References

    - `synthlint rule` lists all codes
    """

    code = "SYN903"
    name = "unknown-code"
    message = "'{code}' in a suppression or in the configuration is not a rule."
    severity = Severity.ERROR
    confidence = "high"
    status = "on"
    fix = "safe"
