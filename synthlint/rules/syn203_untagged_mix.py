from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Finding
from synthlint.pipeline import mixing
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class UntaggedMix(Rule):
    """## What it reports

    A join (`pd.concat`, `+`, `extend`, `concatenate_datasets`, `interleave_datasets`, `np.vstack`, rows of
    both kinds appended to one list or written to one file) of generated and real rows that is written or trained on,
    when neither side carries a column or key that tells them apart.

    ## Why

    After the join the origin is lost. Errors cannot be traced to the generator, and evaluation cannot exclude
    synthetic rows. Users ask for it afterwards: which rows are synthetic after oversampling (smogn issue 7, themis
    issue 44)? There the position in the table is the only way to tell.

    ## Example

    ```python
    import pandas as pd
    from ctgan import CTGAN

    real = pd.read_csv("meters.csv")
    model = CTGAN(epochs=100)
    model.fit(real)
    made = model.sample(5000)

    both = pd.concat([real, made], ignore_index=True).sample(frac=1.0)
    both.to_csv("meters_large.csv", index=False)
    ```

    ## Use instead

    ```python
    import pandas as pd
    from ctgan import CTGAN

    real = pd.read_csv("meters.csv")
    model = CTGAN(epochs=100)
    model.fit(real)
    made = model.sample(5000).assign(_provenance="synthetic")

    both = pd.concat([real, made], ignore_index=True).sample(frac=1.0)
    both.to_csv("meters_large.csv", index=False)
    ```

    A column on one side is enough: its absence then means real.

    ## What it does not see

    Joins outside the program (`cat a.jsonl b.jsonl`) and rows copied by hand. It is silent for two generated
    sources, for sides that differ by their keys (`chosen` and `rejected`), and for the output of a resampler that
    lives in memory only.

    ## Fix safety

    Unsafe (`rows-annotated`): a column is added before the join, and strict readers may break on it.

    ## References

    - smogn issue 7; themis issue 44
    - SLURP: real and synthetic training sets kept apart by name to evaluate fairly
    """

    code = "SYN203"
    name = "untagged-mix"
    message = "Synthetic and real rows are joined in {name} with nothing to tell them apart afterwards."
    confidence = "high"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for one in mixing.untagged(project):
            yield self.finding(project, one.stage, one.confidence, related=one.related, name=f"`{one.stage.call}`")
