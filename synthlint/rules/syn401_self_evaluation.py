from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import evaluation
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SelfEvaluation(Rule):
    """## What it reports

    An evaluation on the rows that the model was trained on, when the model is scored on nothing else: the same
    variable or file in the training and the evaluation call, `eval_dataset=train_dataset`, one file for training
    and validation.

    ## Why

    A score on training rows measures memory. With generated data it also hides collapse: the fewer different rows
    there are, the better the score. An official guide used the `train` split for both (peft pull request 657).

    ## Example

    ```python
    import json
    import random

    from openai import OpenAI
    from project import evaluate_on, finetuner

    client = OpenAI()
    with open("train.jsonl", "w") as file:
        for _ in range(3000):
            reply = client.chat.completions.create(
                model="gpt-4o",
                messages=[{"role": "user", "content": f"A question on {random.choice(['tides', 'winds', 'fog'])}."}],
            )
            print(json.dumps({"text": reply.choices[0].message.content}), file=file)

    model = finetuner.train("train.jsonl")
    accuracy = evaluate_on(model, "train.jsonl")
    ```

    ## Use instead

    ```python
    import json
    import random

    from openai import OpenAI
    from project import evaluate_on, finetuner

    client = OpenAI()
    with open("train.jsonl", "w") as file:
        for _ in range(3000):
            reply = client.chat.completions.create(
                model="gpt-4o",
                messages=[{"role": "user", "content": f"A question on {random.choice(['tides', 'winds', 'fog'])}."}],
            )
            print(json.dumps({"text": reply.choices[0].message.content}), file=file)

    model = finetuner.train("train.jsonl")
    accuracy = evaluate_on(model, "real_holdout.jsonl")
    ```

    ## What it does not see

    Copies of the training file under another name, and rows that repeat across two files. It is silent when a
    training score stands beside a test score, for loss curves, and for deliberate overfit checks (`debug`, `smoke`,
    one batch).

    ## Fix safety

    Unsafe (`numbers-changed`): the unused test part of the same split is evaluated instead; without one, advice.

    ## References

    - peft pull request 657
    - SYN403, which has the same root: models score near-perfectly on rows that they have seen
    """

    code = "SYN401"
    name = "self-evaluation"
    message = "{model} is evaluated on {data}, which it was trained on, so the score is meaningless."
    severity = Severity.ERROR
    confidence = "high"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in evaluation.self_evaluations(project):
            yield self.finding(
                project, one.evaluate, Confidence.HIGH, related=[one.train], model=f"The model of `{one.train.call}`",
                data=one.data,
            )  # fmt: skip
