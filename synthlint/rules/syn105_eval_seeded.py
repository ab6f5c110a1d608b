from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Finding, Severity
from synthlint.pipeline import seeds
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class EvalSeeded(Rule):
    """## What it reports

    A generator call whose prompts quote records of an evaluation split (test, validation, dev, holdout, benchmark) and
    whose output is written as a dataset. Confidence is high for a literal `split="test"`, medium when an option or an
    alias chooses the split and when only the name of a file tells it.

    ## Why

    Prompts that quote test items yield paraphrases of the test. Training on those lifts benchmark scores without
    ability, and n-gram filters miss paraphrases: a 13B model trained on rephrased MMLU reached 85.9, undetected by
    n-gram overlap (Yang et al. 2023). Their decontaminator found rephrased HumanEval tasks in CodeAlpaca (12.8%) and in
    Evol-Instruct-Code (7.9%), and MATH test items in MATHInstruct (769 of 5000).

    ## Example

    ```python
    import json

    from datasets import load_dataset
    from openai import OpenAI

    client = OpenAI()
    rows = []
    for item in load_dataset("gsm8k", "main", split="test"):
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"Write a problem like this one: {item['question']}"}]
        )
        rows.append({"problem": reply.choices[0].message.content})

    with open("problems.json", "w") as file:
        json.dump(rows, file)
    ```

    ## Use instead

    ```python
    import json

    from datasets import load_dataset
    from openai import OpenAI

    client = OpenAI()
    rows = []
    for item in load_dataset("gsm8k", "main", split="train"):
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"Write a problem like this one: {item['question']}"}]
        )
        rows.append({"problem": reply.choices[0].message.content})

    with open("problems.json", "w") as file:
        json.dump(rows, file)
    ```

    Decontaminate what is made, also from a train split: 10-gram candidates with a matched share above 0.5, as for
    Cosmopedia, and embedding neighbours with a check by a model for paraphrases.

    ## What it does not see

    Test records that were copied into a file with another name, and benchmark items that the generator knows by heart.
    It is silent for train splits, for output that is written as predictions or compared with the given answer, for a
    file of evaluation records made on purpose, for templates and requirements in files named after a test, and when
    overlapping records are dropped on the way.

    ## Fix safety

    Unsafe (`sampling-changed`): `split="test"` becomes `"train"`, only if the project loads that train split elsewhere;
    otherwise advice.

    ## References

    - Yang et al. (2023), and the project llm-decontaminator
    - SLURP issue 5: 63.5% of its test sentences occur in the synthetic part of its training set
    - Cosmopedia: its decontamination by 10-grams; datatrove: by 12-grams
    """

    code = "SYN105"
    name = "eval-seeded"
    message = (
        "Prompts are built from the {split} split of {dataset}, so the generated data contaminates that evaluation."
    )
    severity = Severity.ERROR
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in seeds.eval_seedings(project):
            yield self.finding(
                project, one.generator, one.confidence, related=[one.load, one.write.stage], split=one.split,
                dataset=one.dataset,
            )  # fmt: skip
