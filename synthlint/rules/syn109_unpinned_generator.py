from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import responses
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class UnpinnedGenerator(Rule):
    """## What it reports

    A dataset whose generator is named by an alias that its vendor moves to newer versions (`gpt-4o`,
    `claude-3-5-sonnet-latest`), when nothing records the version that answered.

    ## Why

    An alias changes behind the same name, and old models are removed. A dataset whose generator version is unknown
    cannot be regenerated or explained. Between March and June 2023, GPT-4 fell from 84% to 51% on identifying primes
    (Chen, Zaharia and Zou 2023). A published `make training-data` broke when its model was withdrawn (hands-on-llms
    issue 87).

    ## Example

    ```python
    import json

    from openai import OpenAI

    client = OpenAI()
    with open("topics.txt") as topics, open("essays.jsonl", "w") as file:
        for topic in topics:
            reply = client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": f"Write an essay on {topic}"}]
            )
            file.write(json.dumps({"text": reply.choices[0].message.content}) + "\\n")
    ```

    ## Use instead

    ```python
    import json

    from openai import OpenAI

    client = OpenAI()
    with open("topics.txt") as topics, open("essays.jsonl", "w") as file:
        for topic in topics:
            reply = client.chat.completions.create(
                model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": f"Write an essay on {topic}"}]
            )
            record = {"text": reply.choices[0].message.content, "model": reply.model}
            file.write(json.dumps(record) + "\\n")
    ```

    A dated snapshot satisfies the rule, and so does the name of the served model (`reply.model`) in the records or in a
    manifest. For models of a hub, give a `revision`.

    ## What it does not see

    Models given on the command line or by the environment, local paths, and vendors that offer no snapshots: then it is
    silent.

    ## Fix safety

    Advice only: synthlint cannot know which snapshot you mean.

    ## References

    - Chen, Zaharia and Zou (2023): how answers of one alias changed
    - hands-on-llms issue 87
    - open-instruct pins `gpt-4o-2024-08-06`; NeMo DataDesigner keeps a fingerprint of model and sampling parameters
    """

    code = "SYN109"
    name = "unpinned-generator"
    message = "Generator '{model}' is a moving alias and no version is recorded, so this dataset cannot be reproduced."
    severity = Severity.INFO
    confidence = "medium"
    status = "preview"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for generator, write, model in responses.unpinned(project):
            level = min(Confidence.MEDIUM, write.confidence)
            yield self.finding(project, generator, level, related=[write.stage], model=model)
