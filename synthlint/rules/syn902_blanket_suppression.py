from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class BlanketSuppression(Rule):
    """## What it reports

    A suppression comment without codes. The message names the codes that it hides today.

    ## Why

    A bare comment hides every rule, also those that nobody had in mind and those that come later.

    ## Example

    ```python
    import pandas as pd
    from imblearn.over_sampling import SMOTE
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("bolts.csv")
    X, y = SMOTE().fit_resample(rows.drop(columns="bad"), rows["bad"])  # synthlint: ignore
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```

    ## Use instead

    ```python
    import pandas as pd
    from imblearn.over_sampling import SMOTE
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("bolts.csv")
    X, y = SMOTE().fit_resample(rows.drop(columns="bad"), rows["bad"])  # synthlint: ignore[SYN403] -- a lesson on leaks
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```

    ## What it does not see

    Comments that name more codes than they need; those are SYN901.

    ## Fix safety

    Safe: the codes that the comment hides are written into it. What is reported stays the same.

    ## References

    - Adoption: accepting a finding with a comment
    """

    code = "SYN902"
    name = "blanket-suppression"
    message = "A bare `# synthlint: ignore` hides every rule; name the codes."
    severity = Severity.WARNING
    confidence = "high"
    status = "on"
    fix = "safe"
