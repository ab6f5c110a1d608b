from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import responses
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class UncheckedResponse(Rule):
    """## What it reports

    A call of a chat or completion service whose answers reach a dataset although nothing between the call and the
    write looks at them. Any one of these satisfies it: the finish reason, a test for refusals, `if not text`, a schema
    or structured output, a parse that drops what fails, a filter by length or pattern, a judge.

    ## Why

    Truncated, refused, empty or malformed completions are valid strings. Without a check they become training rows
    ("I'm sorry, as an AI ..."). AlpacaDataCleaned lists merged instructions, empty outputs and answers of "N/A", and
    reports that cleaning lifted MNLI from 38.3 to 51.6. Users of WizardLM saw the model parrot "As an AI language
    model" (issue 4). The library curator treats the finish reasons `content_filter` and `length` as invalid by default.

    ## Example

    ```python
    import json

    from openai import OpenAI

    client = OpenAI()
    with open("topics.txt") as topics, open("essays.jsonl", "w") as file:
        for topic in topics:
            reply = client.chat.completions.create(
                model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": f"Write an essay on {topic}"}]
            )
            file.write(json.dumps({"text": reply.choices[0].message.content}) + "\\n")
    ```

    ## Use instead

    ```python
    import json

    from openai import OpenAI

    from synthlint.runtime import usable

    client = OpenAI()
    dropped = 0
    with open("topics.txt") as topics, open("essays.jsonl", "w") as file:
        for topic in topics:
            reply = client.chat.completions.create(
                model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": f"Write an essay on {topic}"}]
            )
            if not usable(reply):
                dropped += 1
                continue
            file.write(json.dumps({"text": reply.choices[0].message.content}) + "\\n")
    print(dropped, "answers were not usable")
    ```

    Count the drops and log them: a rate that rises shows a prompt that the model refuses.

    ## What it does not see

    Whether a check is strong enough. It is silent for local language models, image models and table synthesizers, for
    frameworks that check answers themselves, and when a later script of the project looks at the records.

    ## Fix safety

    Unsafe (`rows-dropped`): `if not usable(reply): continue`; in `while len(rows) < n` loops a filter at the write
    instead, because a refused prompt could repeat forever.

    ## References

    - AlpacaDataCleaned: the kinds of defects and what cleaning changed
    - WizardLM issue 4, LLaVA-CoT issue 32, h2ogpt pull request 103: refusals in training data
    - OntoLearner issue 349, ragas issue 914: truncated answers that surface as JSON errors
    """

    code = "SYN107"
    name = "unchecked-response"
    message = "Responses reach {sink} with no check for truncated, refused, empty or malformed output."
    confidence = "medium"
    status = "preview"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for generator, write in responses.unchecked(project):
            level = min(Confidence.MEDIUM, write.confidence)
            yield self.finding(project, generator, level, related=[write.stage], sink=write.path)
