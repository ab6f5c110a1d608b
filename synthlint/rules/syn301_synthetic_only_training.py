from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import evaluation
from synthlint.pipeline.holdout import holdout
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


class SyntheticOnlyTraining(Rule):
    """## What it reports

    A training call all of whose rows were generated, in memory or in files that the project wrote.

    The severity is info when real rows are held out and evaluated, and error with `high-stakes = true`.

    ## Why

    A model that learns from one generator learns its support and its errors; without real rows nothing corrects
    them. Models trained on LLM text fall behind those trained on real data (Li et al. 2023); a classifier trained
    on a synthetic table reached 50% where the real table gave 70% (SDV issue 1505). Training mostly on generated
    text is accepted practice for instruction tuning, which is why a real holdout lowers the finding to info.

    ## Example

    ```python
    import json
    import random

    from openai import OpenAI
    from project import finetuner

    client = OpenAI()
    with open("turns.jsonl", "w") as file:
        for _ in range(3000):
            reply = client.chat.completions.create(
                model="gpt-4o",
                messages=[{"role": "user", "content": f"A question on {random.choice(['rent', 'heating', 'keys'])}."}],
            )
            print(json.dumps({"text": reply.choices[0].message.content}), file=file)

    model = finetuner.train("turns.jsonl")
    ```

    ## Use instead

    ```python
    import json
    import random

    from openai import OpenAI
    from project import finetuner

    client = OpenAI()
    made = []
    for _ in range(3000):
        reply = client.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": f"A question on {random.choice(['rent', 'heating', 'keys'])}."}],
        )
        made.append({"text": reply.choices[0].message.content, "_provenance": "synthetic"})

    with open("real_turns.jsonl") as file:
        real = [json.loads(line) for line in file]
    model = finetuner.train(real + made)
    ```

    ## What it does not see

    Data whose origin is not in the project: a path or hub id that nothing here writes gives no finding, unless the
    id is in the maintained table of generated datasets or declared in the settings. Pre-training data of the base
    model is out of sight. It is silent for one arm of a comparison whose other arm trains on real rows, and for
    tests.

    ## Fix safety

    Advice only: add real rows, or show a result on a real holdout beside a baseline trained on real data.

    ## References

    - Li et al. (EMNLP 2023)
    - Alemohammad et al. (ICLR 2024): without fresh real data, quality or diversity falls
    - SDV issue 1505
    """

    code = "SYN301"
    name = "synthetic-only-training"
    message = "{call} trains only on generated data."
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for train in project.of("train"):
            generated, real = evaluation.origins(project, project.trained_on(train))
            if not generated or real or project.has_word("test-paths", train.site.path):
                continue
            if project.is_arm(train):
                continue
            yield self.finding(project, train, Confidence.MEDIUM, related=generated[:4], call=f"`{train.call}`",
                               severity=self._severity(project, train))  # fmt: skip

    def _severity(self, project: Project, train: Stage) -> Severity:
        if project.options(train).high_stakes:
            return Severity.ERROR
        return Severity.INFO if holdout(project, train) is not None else Severity.WARNING
