from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import feedback
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SelfSeeding(Rule):
    """## What it reports

    A generator call whose few-shot examples are drawn from records that it made before: from a pool to which each
    answer is added, or from the file to which the script appends. A novelty test or a judge at the entry of the pool
    satisfies it.

    ## Why

    Generated rows that become examples pass their style and their errors on, and the pool amplifies them as it grows.
    Self-Instruct draws 2 of its 8 examples from machine rows and admits a row only if its ROUGE-L against the pool is
    at most 0.7. Alpaca samples from the human seed tasks only.

    ## Example

    ```python
    import json
    import random

    from openai import OpenAI

    client = OpenAI()
    with open("seed_tasks.txt") as file:
        pool = file.read().splitlines()

    tasks = []
    while len(tasks) < 10_000:
        examples = "\\n".join(random.sample(pool, 8))
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"{examples}\\nWrite one more task."}]
        )
        task = reply.choices[0].message.content
        pool.append(task)
        tasks.append({"instruction": task})

    with open("tasks.json", "w") as file:
        json.dump(tasks, file)
    ```

    ## Use instead

    ```python
    import json
    import random

    from openai import OpenAI
    from rouge_score.rouge_scorer import RougeScorer

    client = OpenAI()
    scorer = RougeScorer(["rougeL"])
    with open("seed_tasks.txt") as file:
        seeds = file.read().splitlines()

    pool, tasks = list(seeds), []
    while len(tasks) < 10_000:
        examples = "\\n".join(random.sample(seeds, 6) + random.sample(pool, 2))
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"{examples}\\nWrite one more task."}]
        )
        task = reply.choices[0].message.content
        if max(scorer.score(task, other)["rougeL"].fmeasure for other in pool) > 0.7:
            continue
        pool.append(task)
        tasks.append({"instruction": task})

    with open("tasks.json", "w") as file:
        json.dump(tasks, file)
    ```

    Or draw from human seeds only, or filter by embedding similarity. Keep the share of machine rows among the examples
    small (2 of 8 in Self-Instruct).

    ## What it does not see

    Pools inside of frameworks, and whether a filter is strict enough. It is silent for turns of one dialogue, retries
    that show an error, revisions of one record, and pools of fixed size.

    ## Fix safety

    Advice only: whether to filter, to cap or to use human seeds alone is a choice of design.

    ## References

    - Self-Instruct: its pool, the shares in its prompts and its ROUGE-L filter; Alpaca: seed tasks only
    - SYN201, which looks at the written records, and SYN103, which looks at training on them
    """

    code = "SYN104"
    name = "self-seeding"
    message = "Few-shot examples are drawn from previously generated records with no novelty or quality filter."
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in feedback.self_seedings(project):
            level = min(Confidence.MEDIUM, one.write.confidence)
            yield self.finding(project, one.generator, level, related=[one.draw, one.write.stage])
