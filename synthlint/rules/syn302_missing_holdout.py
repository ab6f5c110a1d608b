from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


class MissingHoldout(Rule):
    """## What it reports

    A pipeline that generates records, or trains on them, in a project where no real rows are reserved or evaluated
    on: no split of a real table, no validation or test data that was loaded and not generated. It is said once per
    pipeline, at its first dataset write, or at its training call if it has none. The severity is error with
    `high-stakes = true`.

    ## Why

    Without reserved real data no number in the project refers to reality. A good report on synthetic data and a bad
    result on a real test set go together (SDV issue 1505), and leakage of this kind was found in 17 fields and 294
    papers (Kapoor and Narayanan 2023).

    ## Example

    ```python
    import json
    import random

    from openai import OpenAI

    client = OpenAI()
    texts = set()
    for _ in range(2000):
        reply = client.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": f"A note on {random.choice(['barley', 'flax', 'hops'])}."}],
        )
        texts.add(reply.choices[0].message.content)

    with open("notes.json", "w") as file:
        json.dump([{"text": text, "model": "gpt-4o"} for text in sorted(texts)], file)
    ```

    ## Use instead

    ```python
    import json
    import random

    from openai import OpenAI

    client = OpenAI()
    with open("field_notes.json") as file:
        real = json.load(file)
    random.shuffle(real)
    holdout, seeds = real[:200], real[200:]
    with open("holdout.json", "w") as file:
        json.dump(holdout, file)

    texts = set()
    for _ in range(2000):
        examples = "; ".join(row["text"] for row in random.sample(seeds, 3))
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"Write another note like these: {examples}"}]
        )
        texts.add(reply.choices[0].message.content)

    with open("notes.json", "w") as file:
        json.dump([{"text": text, "model": "gpt-4o"} for text in sorted(texts)], file)
    ```

    ## What it does not see

    An evaluation in another repository: name it with the setting `holdout = "path"`. The remedy is looked for in
    the connected pipeline and in the files of the same top-level package or example folder; in a collection of
    examples each stands alone. Pipelines in tests are left alone.

    ## Fix safety

    Advice only: reserve real rows before anything is generated, and evaluate on them only.

    ## References

    - Kapoor and Narayanan, Leakage and the reproducibility crisis (Patterns 2023)
    - SDV issue 1505
    """

    code = "SYN302"
    name = "missing-holdout"
    message = "Nothing in this project reserves or evaluates real held-out data, so results on this synthetic data prove nothing."  # noqa: E501
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        if project.facts.holdout:
            return
        severity = Severity.ERROR if project.facts.high_stakes else Severity.WARNING
        for stage, generators, level in _pipelines(project):
            if remedies.holdout(project, stage) is None:
                yield self.finding(project, stage, min(level, Confidence.MEDIUM), related=generators, severity=severity)


def _pipelines(project: Project) -> Iterator[tuple[Stage, list[Stage], Confidence]]:
    """One place per pipeline: its first dataset write, else its first training on generated data."""
    seen: set[int] = set()
    for write in project.writes:
        if project.component(write.stage) not in seen:
            seen.add(project.component(write.stage))
            yield write.stage, [*write.generators, *write.also], write.confidence
    for train in project.of("train"):
        if project.has_word("test-paths", train.site.path):
            continue
        generated = project.generators(project.trained_on(train))
        if generated and project.component(train) not in seen:
            seen.add(project.component(train))
            yield train, generated, Confidence.MEDIUM
