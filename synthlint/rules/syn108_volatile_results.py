from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import responses
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class VolatileResults(Rule):
    """## What it reports

    Records of a paid service that are kept in memory over a loop, or over `asyncio.gather` without
    `return_exceptions=True`, and written once at the end, with no write, checkpoint or cache on the way.

    ## Why

    A rate limit, a parse error or one failed task discards everything that was paid for so far. Users report the "loss
    of all data" at an API limit (ragas issue 1044) and a run that failed at 8,000 of 10,000 records after three hours
    (DataArc issue 17). Alpaca reloads its output to resume, and Self-Instruct appends row by row.

    ## Example

    ```python
    import json

    from openai import OpenAI

    client = OpenAI()
    rows = []
    with open("topics.txt") as topics:
        for topic in topics:
            reply = client.chat.completions.create(
                model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": f"Write an essay on {topic}"}]
            )
            rows.append({"text": reply.choices[0].message.content})

    with open("essays.json", "w") as file:
        json.dump(rows, file)
    ```

    ## Use instead

    ```python
    import json

    from openai import OpenAI

    client = OpenAI()
    with open("topics.txt") as topics, open("essays.jsonl", "a") as file:
        for topic in topics:
            reply = client.chat.completions.create(
                model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": f"Write an essay on {topic}"}]
            )
            file.write(json.dumps({"text": reply.choices[0].message.content}) + "\\n")
            file.flush()
    ```

    Append one line per record, flush, and skip on the next run what is already there. Where the whole file is
    rewritten, write to a temporary name and `os.replace` it.

    ## What it does not see

    Services whose answers can be fetched again, and stores that it does not know. It is silent for fewer than 50
    records, local models, batch interfaces and frameworks that resume, and cached calls.

    ## Fix safety

    Unsafe (`may-raise`) for files of one record per line; advice for one array of records, because the format would
    change.

    ## References

    - ragas issue 1044, DataArc issue 17, distilabel issue 168, instructlab/sdg issue 195
    - cognee issue 3180: results lost to `gather` without `return_exceptions`
    - Alpaca and Self-Instruct: how they keep and resume
    """

    code = "SYN108"
    name = "volatile-results"
    message = "All generated records stay in memory until {sink}; one failure loses everything paid for so far."
    confidence = "medium"
    status = "preview"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write, generator in responses.volatile(project):
            level = min(Confidence.MEDIUM, write.confidence)
            sink = f"{write.path} is written" if write.path else "they are written"
            yield self.finding(project, write.stage, level, related=[generator], sink=sink)
