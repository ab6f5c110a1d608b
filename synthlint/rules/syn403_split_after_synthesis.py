from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Finding, Severity
from synthlint.pipeline import evaluation
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SplitAfterSynthesis(Rule):
    """## What it reports

    Rows that are resampled, synthesised or augmented before they are split: `fit_resample` on the whole table and
    then `train_test_split`, or folds of a cross-validation or grid search that are cut from resampled rows. The
    verdict follows the values, not the names, so a notebook that rebinds `X` and `y` is read correctly.

    ## Why

    Synthetic rows are functions of real rows. A later split puts relatives on both sides, and the score measures
    interpolation. With pure-noise labels (5% positives, a random forest, ten seeds) SMOTE before the split gives an
    AUC of 0.997 and an F1 of 0.975; after the split they are 0.495 and 0.027. Near-perfect results on predicting
    preterm birth were an artefact of this order (Vandewiele et al. 2021).

    ## Example

    ```python
    import pandas as pd
    from imblearn.over_sampling import SMOTE
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import train_test_split

    table = pd.read_csv("births.csv")
    X, y = table.drop(columns="preterm"), table["preterm"]
    X, y = SMOTE().fit_resample(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    model = RandomForestClassifier().fit(X_train, y_train)
    print(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
    ```

    ## Use instead

    ```python
    import pandas as pd
    from imblearn.over_sampling import SMOTE
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import train_test_split

    table = pd.read_csv("births.csv")
    X, y = table.drop(columns="preterm"), table["preterm"]
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    X_more, y_more = SMOTE().fit_resample(X_train, y_train)
    model = RandomForestClassifier().fit(X_more, y_more)
    print(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
    ```

    In cross-validation put the sampler into an `imblearn.pipeline.Pipeline`, so that each fold resamples its own
    training rows. Rows of one source document belong on one side: `train_test_split` cannot group.

    ## What it does not see

    Splits made in another repository, and variants of one source row that are told apart by nothing. It is silent
    when an untouched test set is cut before, unless folds are cut from the resampled rows afterwards: those scores
    leak even so. Pure undersampling makes no synthetic rows and is at most low.

    ## Fix safety

    Unsafe (`numbers-changed`): an adjacent split and resampling are swapped when the resampled names have no other
    use; in cross-validation the sampler moves into a pipeline.

    ## References

    - imbalanced-learn: common pitfalls and recommended practices
    - Vandewiele et al. (2021)
    - Yang et al. (ASE 2022): leakage found statically in 100,000 notebooks
    """

    code = "SYN403"
    name = "split-after-synthesis"
    message = "{call} runs before the train/test split, so synthetic neighbours of test rows are in the training set."
    severity = Severity.ERROR
    confidence = "high"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in evaluation.splits_after_synthesis(project):
            yield self.finding(
                project, one.synthesis, one.confidence, related=[one.split], call=f"`{one.synthesis.call}`",
                message=one.message,
            )  # fmt: skip
