from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Finding
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class MissingProvenance(Rule):
    """## What it reports

    A dataset write of generated records that say nowhere that they are generated: no field that names the model or
    marks the record as synthetic, and no manifest or dataset card beside the data that names the model. The fields
    that survive to the write count; a tag that `select_columns` or a rebuilt dict drops is gone.

    ## Why

    Once written without a marker, generated text looks like data. Synthetic rows were found in a corpus released as
    free of LLM output, and had passed an audit (common-pile issue 137). Later filters, audits and legal questions
    cannot be answered, and evaluation cannot leave the rows out.

    ## Example

    ```python
    import json
    import random

    from anthropic import Anthropic

    client = Anthropic()
    rows = []
    for _ in range(2000):
        message = client.messages.create(
            model="claude-3-5-haiku-20241022",
            max_tokens=300,
            messages=[{"role": "user", "content": f"A work order for a {random.choice(['pump', 'valve', 'fan'])}."}],
        )
        rows.append({"text": message.content[0].text})

    with open("orders.json", "w") as file:
        json.dump(rows, file)
    ```

    ## Use instead

    ```python
    import json
    import random

    from anthropic import Anthropic

    MODEL = "claude-3-5-haiku-20241022"

    client = Anthropic()
    rows = []
    for _ in range(2000):
        message = client.messages.create(
            model=MODEL,
            max_tokens=300,
            messages=[{"role": "user", "content": f"A work order for a {random.choice(['pump', 'valve', 'fan'])}."}],
        )
        rows.append({"text": message.content[0].text, "generator": MODEL})

    with open("orders.json", "w") as file:
        json.dump(rows, file)
    ```

    A manifest does as well: `synthlint.runtime.write_manifest("orders.json", ...)`. It is the better choice for
    fine-tuning files, whose readers may reject extra keys.

    ## What it does not see

    A card that is kept elsewhere or written by hand on the hub. A path or name that contains "synthetic" does not
    satisfy the rule, because a rename or a join loses it. A field that names only the seed document (`source`,
    `url`, `context`) is not provenance. Frameworks that write a card or metadata themselves (distilabel, curator)
    satisfy it on the object that carries it, not on a plain dataset taken out of it and written separately.

    ## Fix safety

    The manifest is safe: it adds a file whose name no data glob matches and leaves data, numbers and control flow
    alone. The field per record is unsafe (`rows-annotated`): strict readers break on extra keys, so it is never
    offered for provider fine-tuning files.

    ## References

    - common-pile issue 137
    - distilabel: cards carry the tags `synthetic` and `distilabel`
    - trl pull request 1229: extra columns and `remove_unused_columns=False`
    """

    code = "SYN202"
    name = "missing-provenance"
    message = (
        "Records written to {path} carry no provenance field, and no manifest or card names the model that made them."
    )
    confidence = "high"
    fix = "safe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            if write.persists and remedies.provenance(project, write.stage) is None:
                yield self.finding(
                    project, write.stage, write.confidence, related=[*write.generators, *write.also], path=write.path,
                    message=write.said(self.message),
                )  # fmt: skip
