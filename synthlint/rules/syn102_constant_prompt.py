from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import prompts
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class ConstantPrompt(Rule):
    """## What it reports

    A generator call in a loop, a batch or a gathered list of calls whose prompt is the same every time, so that
    many records answer one prompt. Templates that are filled with values that do not change in the loop (a
    language, a count) are constant too, and so is a prompt that changes with the class only while hundreds of
    records per class are drawn. If nothing but a running number changes, confidence is medium.

    ## Why

    Aligned models give a typical answer to a fixed prompt at any temperature. Variation has to come from the
    prompt: seeds, topics, personas, attributes, few-shot draws. In AttrPrompt, prompts with attributes matched
    simple class prompts at 5% of the query cost. Cosmopedia used over 30 million distinct prompts and found under
    1% duplicates. Of 20 questions generated with a fixed prompt, 12 were identical (ragas issue 789).

    ## Example

    ```python
    import json

    from openai import OpenAI

    client = OpenAI()
    rows = []
    for _ in range(10_000):
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Write a customer complaint."}]
        )
        rows.append({"text": reply.choices[0].message.content})

    with open("complaints.json", "w") as file:
        json.dump(rows, file)
    ```

    ## Use instead

    ```python
    import json

    from openai import OpenAI

    client = OpenAI()
    with open("seed_prompts.txt") as file:
        seed_prompts = file.read().splitlines()

    rows = []
    for seed in seed_prompts:
        reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": seed}])
        rows.append({"text": reply.choices[0].message.content})

    with open("complaints.json", "w") as file:
        json.dump(rows, file)
    ```

    ## What it does not see

    Prompts whose parts come from a helper or a file that cannot be resolved: then it is silent. It is silent on
    purpose for growing chat histories, retry loops, fewer than 20 calls, and a few samples of each of many prompts
    (preference pairs, rejection sampling). Prompts that differ in words and not in meaning count as varied.

    ## Fix safety

    Advice only: synthlint cannot invent topics. Loop over a list of seed prompts that is at least as long as the
    number of calls, or ask for several items per call and list what is excluded.

    ## References

    - Yu et al., AttrPrompt (NeurIPS 2023)
    - Zhang et al., Verbalized Sampling (2025): typicality bias as the cause of collapse
    - Cosmopedia: its prompts and duplicate rate
    - ragas issue 789
    """

    code = "SYN102"
    name = "constant-prompt"
    message = "The prompt is the same on every iteration, so the generator can only repeat its most typical answer."
    confidence = "high"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            for generator in write.generators:
                if generator.facts.get("media") != "text" or not prompts.is_constant(generator):
                    continue
                level = Confidence.MEDIUM if prompts.only_counts(generator) else Confidence.HIGH
                yield self.finding(project, generator, min(level, write.confidence), related=[write.stage])
