from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import judging
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class SelfJudging(Rule):
    """## What it reports

    A call that rates, ranks or filters generated records and asks the same model that made them, when the verdict
    decides which records are kept. If one setting chooses the model of both calls, confidence is low.

    ## Why

    Models recognise and prefer their own style. A self-filter keeps typical rows and drops unlike ones, and a judge of
    the same family then favours students of that data. GPT-4 recognises its own text about 73% of the time, and its
    preference rises linearly with recognition (Panickssery et al. 2024). In a study of preference leakage, the bias
    score with one model for both was 28.7% on Arena-Hard (Li et al. 2025).

    ## Example

    ```python
    import json

    from openai import OpenAI

    client = OpenAI()


    def ask(text):
        reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
        return reply.choices[0].message.content


    rows = []
    with open("topics.txt") as topics:
        for topic in topics:
            story = ask(f"Write a story about {topic}")
            if ask(f"Is this a good story? Answer yes or no.\\n{story}") == "yes":
                rows.append({"text": story})

    with open("stories.json", "w") as file:
        json.dump(rows, file)
    ```

    ## Use instead

    ```python
    import json

    import anthropic
    from openai import OpenAI

    writer, critic = OpenAI(), anthropic.Anthropic()


    def write(text):
        reply = writer.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
        return reply.choices[0].message.content


    def judge(text):
        reply = critic.messages.create(
            model="claude-3-5-sonnet-20241022", max_tokens=5, messages=[{"role": "user", "content": text}]
        )
        return reply.content[0].text


    rows = []
    with open("topics.txt") as topics:
        for topic in topics:
            story = write(f"Write a story about {topic}")
            if judge(f"Is this a good story? Answer yes or no.\\n{story}") == "yes":
                rows.append({"text": story})

    with open("stories.json", "w") as file:
        json.dump(rows, file)
    ```

    A jury of several models or a programmatic verifier serves as well. Look at a sample of what was kept and of what
    was dropped yourself.

    ## What it does not see

    Models of one family under different names, and scores that another tool consumes. It is silent for scores that
    filter nothing, for checks against a given answer or of a format, and for critique and revision of one record.

    ## Fix safety

    Advice only: which other model to ask is your choice.

    ## References

    - Panickssery et al. (2024): models recognise and favour their own text
    - Li et al. (2025): preference leakage
    - Spiliopoulou et al. (2025): GPT-4o and Claude 3.5 Sonnet favour their own and their family's output
    - Zheng et al. (2023): GPT-4 and Claude-v1 favour themselves, GPT-3.5 does not, and the cause is left open
    """

    code = "SYN404"
    name = "self-judging"
    message = "{model} judges records that it generated itself, and models favour their own output."
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in judging.self_judgings(project):
            level = Confidence.LOW if one.model.configured else min(Confidence.MEDIUM, one.write.confidence)
            reasons = ["one setting chooses the model of both calls"] if one.model.configured else []
            yield self.finding(
                project, one.judge, level, related=[one.generator, one.write.stage], reasons=reasons,
                model=one.model.name,
            )  # fmt: skip
