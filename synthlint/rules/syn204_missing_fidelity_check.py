from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project


class MissingFidelityCheck(Rule):
    """## What it reports

    A dataset write of generated records in a project that nowhere compares them with real data: no two-sample
    statistic (KS, Wasserstein, Jensen-Shannon, MMD), no quality report, no MAUVE or FID, and no model trained on
    synthetic and tested on real rows.

    Confidence is high when the generator was fitted on a real table, medium when the project trains on the data,
    and low (hidden by default) for projects that only generate.

    ## Why

    Marginals and joint structure drift from the target without any error. A report on marginals alone is not
    enough: with a quality report of 91%, accuracy fell from 70% on real data to 50% for a model trained on the
    synthetic table (SDV issue 1505). Smooth losses say little: KSComplement lay between 0.30 and 0.72 (SDV issue
    2010, CTGAN issue 391).

    ## Example

    ```python
    import pandas as pd
    from sdv.metadata import Metadata
    from sdv.single_table import CTGANSynthesizer

    usage = pd.read_csv("usage.csv")
    metadata = Metadata.detect_from_dataframe(usage)
    model = CTGANSynthesizer(metadata)
    model.fit(usage)

    made = model.sample(num_rows=10_000)
    made.to_csv("usage_synthetic.csv", index=False)
    ```

    ## Use instead

    ```python
    import pandas as pd
    from scipy.stats import ks_2samp
    from sdv.metadata import Metadata
    from sdv.single_table import CTGANSynthesizer

    usage = pd.read_csv("usage.csv")
    train, holdout = usage[:8000], usage[8000:]
    metadata = Metadata.detect_from_dataframe(train)
    model = CTGANSynthesizer(metadata)
    model.fit(train)

    made = model.sample(num_rows=10_000)
    for column in ("load", "outside"):
        distance = ks_2samp(made[column], holdout[column]).statistic
        if distance > 0.1:
            raise SystemExit(f"{column} drifts: D = {distance:.2f}")
    made.to_csv("usage_synthetic.csv", index=False)
    ```

    Judge by the size of the difference, not by p: a scale error of 5% gives D = 0.014 and p = 1e-8 at 100,000 rows,
    and passes at 1,000. Raw Wasserstein distances have the unit of the column. `synthlint.runtime.check_fidelity`
    does this.

    ## What it does not see

    Whether the comparison is a good one, and checks made in another repository or by people. Plots, label counts
    and summaries of the real table alone compare nothing. Where no real data exists there is nothing to compare
    with; ignore the finding with that reason.

    ## Fix safety

    Unsafe (`may-raise`): `check_fidelity(real=..., synthetic=...)` before the write, only when a real table is in
    scope.

    ## References

    - SDV issues 1505 and 2010; CTGAN issue 391
    - Li et al. (EMNLP 2023): models trained on LLM text fall behind those trained on real data
    - Evidently: default tests and thresholds
    """

    code = "SYN204"
    name = "missing-fidelity-check"
    message = "Synthetic data is used with no comparison of its distribution with real data."
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            checked = remedies.check(project, write.stage, "fidelity") or remedies.tstr(project, write.stage)
            if checked is not None:
                continue
            level, reason = _confidence(project, write)
            level = min(level, write.confidence)
            yield self.finding(project, write.stage, level, related=[*write.generators, *write.also], reasons=[reason])


def _confidence(project: Project, write: DatasetWrite) -> tuple[Confidence, str]:
    if any(project.fits(one) for one in write.generators):
        return Confidence.HIGH, "a real table is in scope: the generator was fitted on it"
    if project.trainings_on(write.stage):
        return Confidence.MEDIUM, "the data is trained on in this project"
    return Confidence.LOW, "this project only generates"
