from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import evaluation
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SyntheticEvaluation(Rule):
    """## What it reports

    A model that is validated or tested on generated data only, with no real evaluation beside it: the test part of
    a generated set, a second file from the same prompts, a generated `eval_dataset`. The severity is error with
    `high-stakes = true`.

    ## Why

    The test set shares the generator's blind spots, so success on it is no evidence. LLM-made benchmarks work for
    intent detection and fall short for entity recognition, and smaller models favour their own data (Maheshwari et
    al. 2024). Generated variants of CondaQA and DROP are easier than the human ones (Gill et al. 2025).

    ## Example

    ```python
    import pandas as pd
    from openai import OpenAI
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score
    from sklearn.model_selection import train_test_split

    client = OpenAI()
    rows = []
    for topic in open("topics.txt"):
        for label in ("formal", "casual"):
            reply = client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": f"A {label} mail about {topic}"}]
            )
            rows.append({"length": len(reply.choices[0].message.content), "text": reply.choices[0].message.content})
            rows[-1]["label"] = label

    train, test = train_test_split(pd.DataFrame(rows))
    model = LogisticRegression()
    model.fit(train[["text"]], train["label"])
    print(accuracy_score(test["label"], model.predict(test[["text"]])))
    ```

    ## Use instead

    ```python
    import pandas as pd
    from openai import OpenAI
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score

    client = OpenAI()
    rows = []
    for topic in open("topics.txt"):
        for label in ("formal", "casual"):
            reply = client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": f"A {label} mail about {topic}"}]
            )
            rows.append({"text": reply.choices[0].message.content, "label": label})

    train, test = pd.DataFrame(rows), pd.read_csv("human_mails_test.csv")
    model = LogisticRegression()
    model.fit(train[["text"]], train["label"])
    print(accuracy_score(test["label"], model.predict(test[["text"]])))
    ```

    ## What it does not see

    Test files whose origin is not in the project. It is silent for robustness and red-team suites of models that
    were not trained here, for generated stress tests that stand beside a real test, and for an evaluation that is
    reported as SYN401 already.

    ## Fix safety

    Advice only: evaluate on a real holdout; keep generated sets as extra stress tests, and label them so.

    ## References

    - Maheshwari et al. (2024)
    - Gill et al. (2025)
    """

    code = "SYN402"
    name = "synthetic-evaluation"
    message = "{model} is evaluated on generated data; synthetic-on-synthetic scores do not predict real behaviour."
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for stage, generated in evaluation.synthetic_evaluations(project):
            severity = Severity.ERROR if project.options(stage).high_stakes else Severity.WARNING
            yield self.finding(
                project, stage, Confidence.MEDIUM, related=generated[:3], severity=severity,
                model=f"The model of `{stage.call}`",
            )  # fmt: skip
