from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class UnexplainedSuppression(Rule):
    """## What it reports

    A suppression comment that hides a finding of severity error and gives no reason after `--`.

    ## Why

    Errors mean that a reported number, or the independence of a dataset, is wrong. Who accepts that should say why,
    for those who read the number later.

    ## Example

    ```python
    import pandas as pd
    from imblearn.over_sampling import SMOTE
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("bolts.csv")
    X, y = SMOTE().fit_resample(rows.drop(columns="bad"), rows["bad"])  # synthlint: ignore[SYN403]
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

    Whether the reason is a good one. Warnings need none.

    ## Fix safety

    Advice only: the reason is yours to give.

    ## References

    - Adoption: accepting a finding with a comment
    """

    code = "SYN904"
    name = "unexplained-suppression"
    message = "Suppressing an error-level rule needs a reason after `--`."
    severity = Severity.INFO
    confidence = "high"
    status = "preview"
    fix = "advice"
