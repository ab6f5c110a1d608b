from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import evaluation
from synthlint.pipeline.holdout import holdout
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project

_SHOWN = 12


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
        for stage, related, level in _pipelines(project):
            settings = project.options(stage)
            if not settings.holdout and holdout(project, stage) is None:
                severity = Severity.ERROR if settings.high_stakes else Severity.WARNING
                yield self.finding(project, stage, min(level, Confidence.MEDIUM), related=related, severity=severity)


def _pipelines(project: Project) -> Iterator[tuple[Stage, list[Stage], Confidence]]:
    """One place per pipeline: its first sure dataset write, else its first training on generated data."""
    groups: dict[int, list[DatasetWrite]] = {}
    for write in project.writes:
        groups.setdefault(project.component(write.stage), []).append(write)
    trainings = _trainings(project)
    for number, writes in groups.items():
        best = max(one.confidence for one in writes)
        first = next(one for one in writes if one.confidence == best)
        others = [one.stage for one in writes if one is not first and one.confidence > Confidence.LOW]
        ends = [*others, *(one for one in trainings if project.component(one) == number)]
        yield first.stage, [*first.generators, *first.also, *_elsewhere(project, ends)], best
    for train in trainings:
        number = project.component(train)
        if number not in groups:
            groups[number] = []
            yield train, _generated(project, train), Confidence.MEDIUM


def _trainings(project: Project) -> list[Stage]:
    found = (one for one in project.of("train") if not project.has_word("test-paths", one.site.path))
    return [one for one in found if _generated(project, one)]


def _generated(project: Project, train: Stage) -> list[Stage]:
    """The generator calls, or datasets known to be generated, that a training call learns from."""
    return evaluation.origins(project, project.trained_on(train))[0]


def _elsewhere(project: Project, ends: list[Stage]) -> list[Stage]:
    """The other places where the records of the pipeline end, one per file, and where they were generated."""
    by_file: dict[str, Stage] = {}
    for one in ends:
        by_file.setdefault(one.site.path, one)
    return [each for one in by_file.values() for each in (one, *project.generators([one.id])[:1])][:_SHOWN]
