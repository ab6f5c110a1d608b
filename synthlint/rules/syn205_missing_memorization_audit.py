from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import remedies, seeds
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


class MissingMemorizationAudit(Rule):
    """## What it reports

    A generator that saw real records, and whose output is written with no check that it does not repeat them. It saw
    them by `fit` (confidence is high), or as examples that are drawn from a file of records into each prompt (medium
    if its name speaks of people or cases, else low). A check is a distance to the closest record against a control,
    membership inference, an overlap or new-row measure, a search for personal data, or differential privacy in the
    fit; for prompts also a test of each new record against those that were shown.

    The severity is error when the names of the data suggest personal records (patients, employees, e-mail) or the
    project sets `sensitive = true`.

    ## Why

    A model can emit what it was fitted on or shown. The output then carries personal data under a "synthetic"
    label. Given the model and its similarity metrics, at least 78% of the records in sparse regions of the training
    table were rebuilt (Ganev and De Cristofaro), and data that pass a distance-to-closest-record test can still be
    highly vulnerable to membership inference (Yao et al. 2025).

    ## Example

    ```python
    import pandas as pd
    from sdv.metadata import Metadata
    from sdv.single_table import TVAESynthesizer

    patients = pd.read_csv("ward/patients.csv")
    model = TVAESynthesizer(Metadata.detect_from_dataframe(patients))
    model.fit(patients)
    model.sample(num_rows=4000).to_csv("course/patients.csv", index=False)
    ```

    ## Use instead

    ```python
    import pandas as pd
    from sdv.metadata import Metadata
    from sdv.single_table import TVAESynthesizer

    from synthlint.runtime import audit_memorization

    patients = pd.read_csv("ward/patients.csv")
    train, control = patients[:4000], patients[4000:]
    model = TVAESynthesizer(Metadata.detect_from_dataframe(train))
    model.fit(train)

    made = model.sample(num_rows=4000)
    report = audit_memorization(synthetic=made, real=train, control=control)
    print(report)
    made.to_csv("course/patients.csv", index=False)
    ```

    Compare with a control: real rows that the generator never saw. Absolute overlap misleads. A table of four
    columns with four values each matches its training rows in every case, and rows never seen as well. A pass means
    "no copying found", never "private".

    ## What it does not see

    Whether a check is strong enough, audits made elsewhere, and examples that stay the same in each prompt. It is
    silent for public benchmark data and toy tables that ship with a package, for seed tasks, documents and word
    lists used as seeds, for given items that are answered one by one, and for oversampling in memory.

    ## Fix safety

    Unsafe (`may-raise`): `audit_memorization(synthetic=..., real=..., control=...)` before the write, when both
    real sets are in scope; otherwise advice.

    ## References

    - Carlini et al. (2021); Nasr et al. (2023): verbatim training data from language models
    - Meeus et al. (ICML 2025): membership inference on released synthetic text
    - Anonymeter: original, synthetic and control tables; SDMetrics: DCROverfittingProtection
    """

    code = "SYN205"
    name = "missing-memorization-audit"
    message = "The generator saw real records ({source}) and its output is written with no check that it does not repeat them."  # noqa: E501
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in filter(lambda one: one.persists, project.writes):
            for generator in write.generators:
                seen = project.seen_by(generator)
                if seen is None or _is_checked(project, write.stage, generator):
                    continue
                fit, sources = seen
                if fit is None and all(seeds.is_told_apart(project, generator, write.stage, one) for one in sources):
                    continue
                level = Confidence.HIGH if fit is not None else _shown_level(project, write.stage, sources)
                grave = fit is not None and _sensitive(project, write.stage, sources)
                severity = Severity.ERROR if grave else Severity.WARNING
                related = [generator, *([fit] if fit is not None else []), *sources[:2]]
                yield self.finding(
                    project, write.stage, min(level, write.confidence), related=related, severity=severity,
                    source=_name(project, sources),
                )  # fmt: skip
                break


def _is_checked(project: Project, write: Stage, generator: Stage) -> bool:
    if remedies.check(project, write, "memorization") is not None or remedies.check(project, write, "dp") is not None:
        return True
    return any(one.facts.get("private") for one in project.scope(write) if one.kind == "fit")


def _shown_level(project: Project, write: Stage, sources: list[Stage]) -> Confidence:
    """Medium for examples from files whose names say that they hold records of people or cases."""
    told = any(project.has_word("record-files", path.name) for one in sources for path in project.paths(one))
    return Confidence.MEDIUM if told or _sensitive(project, write, sources) else Confidence.LOW


def _sensitive(project: Project, write: Stage, sources: list[Stage]) -> bool:
    if project.options(write).sensitive or any("sensitive" in project.declared(one) for one in sources):
        return True
    return any(project.has_word("sensitive-tokens", path.text) for one in sources for path in project.paths(one))


def _name(project: Project, sources: list[Stage]) -> str:
    for one in sources:
        for path in project.paths(one):
            return str(path)
    return "loaded here" if sources else "its training table"
