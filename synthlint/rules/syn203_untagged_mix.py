from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import remedies
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class UntaggedMix(Rule):
    """## What it reports

    A join (`pd.concat`, `+`, `extend`, `concatenate_datasets`, `interleave_datasets`, `np.vstack`) of generated and
    real rows that is written or trained on, when neither side carries a column or key that tells them apart.

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
        for mix in project.of("mix"):
            sides = {_origin(project, side) for side in mix.facts["operands"]}
            if "real" not in sides or not sides & {"generated", "partly"} or mix.facts.get("columns"):
                continue
            if not remedies.ends_of(project, mix) or remedies.tagged(project, mix):
                continue
            generated = project.generators(mix.inputs)
            real = project.real_sources(mix.inputs)
            level = Confidence.HIGH if "generated" in sides else Confidence.MEDIUM
            yield self.finding(
                project, mix, level, related=[*generated[:3], *real[:3]], name=f"`{mix.call}`",
            )  # fmt: skip


def _origin(project: Project, side: frozenset[int]) -> str:
    generated, real = project.generators(side), project.real_sources(side)
    if generated:
        return "partly" if real else "generated"
    return "real" if real else ""
