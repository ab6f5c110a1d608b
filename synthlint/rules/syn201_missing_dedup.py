from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import prompts
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project


class MissingDedup(Rule):
    """## What it reports

    A dataset write that generated records reach although nothing on the way, and no later script that reads the
    file, removes repeated ones. What counts as removal: a set, a dict keyed by the content, `drop_duplicates` and
    `unique`, a unique key of the table, MinHash, ROUGE or embedding similarity against the records kept so far, a
    call named like it. Records that go from memory straight into a training call count as written there.

    Confidence is high for text that a model authors. It is low (hidden by default) when each record answers a
    different given item, for tabular synthesizers and for images.

    ## Why

    Generators repeat themselves. Repeats weigh as if the record were more important and raise memorisation:
    training on deduplicated data emits memorised text ten times less (Lee et al. 2022). Exact hashing removes only
    the visible part: of GPTeacher's Toolformer rows that are left after its simple deduplication, 55% are
    near-duplicates at similarity 0.7.

    ## Example

    ```python
    import json
    import random

    from openai import OpenAI

    client = OpenAI()
    topics = ["heat pumps", "solar roofs", "insulation"]

    with open("questions.jsonl", "w") as file:
        for _ in range(5000):
            reply = client.chat.completions.create(
                model="gpt-4o",
                temperature=1.0,
                messages=[{"role": "user", "content": f"Write a question about {random.choice(topics)}."}],
            )
            print(json.dumps({"question": reply.choices[0].message.content}), file=file)
    ```

    ## Use instead

    ```python
    import json
    import random

    from openai import OpenAI

    client = OpenAI()
    topics = ["heat pumps", "solar roofs", "insulation"]

    seen = set()
    with open("questions.jsonl", "w") as file:
        for _ in range(5000):
            reply = client.chat.completions.create(
                model="gpt-4o",
                temperature=1.0,
                messages=[{"role": "user", "content": f"Write a question about {random.choice(topics)}."}],
            )
            question = reply.choices[0].message.content
            key = " ".join(question.lower().split())
            if key in seen:
                continue
            seen.add(key)
            print(json.dumps({"question": question}), file=file)
    ```

    `synthlint.runtime.dedup(records)` does both, exact and near, and names for each removed record the one it
    repeats.

    ## What it does not see

    Whether your data has duplicates: it says that no removal was found on the path. Deduplication in another
    repository or by hand is not seen. Not a removal: a resume filter ("already processed"), a cache, deduplication
    of the inputs or of the real table only, "avoid duplicates" in the prompt, a helper that nobody calls, and a
    hash over a record that holds a new id or timestamp, which never matches.

    ## Fix safety

    Unsafe (`rows-dropped`): the records are filtered at the write. A `continue` is never put into a `while
    len(rows) < n` loop, which a collapsed generator would keep running and paying for ever.

    ## References

    - Lee et al., Deduplicating Training Data Makes Language Models Better (ACL 2022)
    - Self-Instruct and Alpaca: ROUGE-L above 0.7 is a repeat; datatrove: MinHash; distilabel: 0.9
    - GPTeacher: similarity-cleaned files
    """

    code = "SYN201"
    name = "missing-dedup"
    message = "Generated records are written to {path} with no duplicate removal."
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            open_ones = [one for one in write.generators if one.kind == "generate" and write.dedup(one) is None]
            if not open_ones or len(open_ones) < len(write.generators):
                continue
            level = min(max(_confidence(one) for one in open_ones), _write_level(write))
            yield self.finding(project, write.stage, level, related=[*open_ones, *write.also], path=write.path,
                               message=write.said(self.message), reasons=_reasons(open_ones))  # fmt: skip


def _confidence(generator: Stage) -> Confidence:
    if generator.facts.get("media") != "text" or prompts.answers_items(generator):
        return Confidence.LOW
    return Confidence.HIGH


def _write_level(write: DatasetWrite) -> Confidence:
    return write.confidence


def _reasons(generators: list[Stage]) -> list[str]:
    if all(prompts.answers_items(one) for one in generators):
        return ["each record answers an item of its own"]
    return []
