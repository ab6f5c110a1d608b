from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Related
from synthlint.pipeline import claims
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.pipeline.graph import Project


class AssumedPrivacy(Rule):
    """## What it reports

    Words in file names, strings and comments of the code that call generated data anonymised, privacy-preserving, free
    of personal data or compliant with GDPR or HIPAA, when the generator saw real records and the way to the data holds
    neither differential privacy nor an audit of memorisation.

    ## Why

    "No real rows were copied" is taken for anonymity. Generators can repeat what they were fitted on or shown (SYN205),
    so without differential privacy or an audit by attacks the claim has no basis. The belief is widespread: the OWASP
    AISVS 1.0 glossary defines synthetic data as "containing no actual individual records, used to protect privacy", and
    its issue 668 asks for leakage validation. The risk depends on the data: El Emam (2020) measured risks of 0.0198 and
    0.0086 under a threshold of 0.09. It has to be measured.

    ## Example

    ```python
    import pandas as pd
    from sdv.metadata import Metadata
    from sdv.single_table import CTGANSynthesizer

    patients = pd.read_csv("patients.csv")
    model = CTGANSynthesizer(Metadata.detect_from_dataframe(patients))
    model.fit(patients)
    # the synthetic table is anonymised and safe to share
    model.sample(num_rows=5000).to_csv("shared.csv", index=False)
    ```

    ## Use instead

    ```python
    import pandas as pd
    from sdv.metadata import Metadata
    from sdv.single_table import CTGANSynthesizer

    from synthlint.runtime import audit_memorization

    patients = pd.read_csv("patients.csv")
    train, control = patients[:4000], patients[4000:]
    model = CTGANSynthesizer(Metadata.detect_from_dataframe(train))
    model.fit(train)
    made = model.sample(num_rows=5000)
    print(audit_memorization(synthetic=made, real=train, control=control))
    # the synthetic table was audited for copies of rows; see the report
    made.to_csv("shared.csv", index=False)
    ```

    Or fit under differential privacy and state epsilon. If nothing was measured, say so: "synthetic, not audited for
    privacy".

    ## What it does not see

    Claims in a README or a web page, and audits made elsewhere. It is silent for `private=True` of an upload, for
    denials and conditions ("not anonymous", "check whether"), for text that does not speak of generated data, and for
    generators that saw no real records (Faker).

    ## Fix safety

    Advice only: audit, add differential privacy, or change the words.

    ## References

    - OWASP AISVS 1.0: its glossary, and issue 668
    - El Emam (2020): measured risks; Sarmin et al. (2024) dispute the strongest earlier attack study
    - SYN205: the audit itself
    """

    code = "SYN206"
    name = "assumed-privacy"
    message = "'{claim}' presents synthetic output as private, but this path has no differential privacy or memorisation audit."  # noqa: E501
    confidence = "medium"
    fix = "advice"

    def check(self, project: Project) -> Iterator[Finding]:
        for write, claim in claims.unaudited_claims(project):
            level = min(Confidence.MEDIUM, write.confidence)
            found = self.finding(project, write.stage, level, related=write.generators, claim=_quotable(claim.text))
            if claim.site is not None:
                said = Related("claimed", project.place(claim.site, claim.site.pos), "said to be private here")
                found = replace(found, related=(said, *found.related))
            yield found


def _quotable(text: str) -> str:
    return text.replace("{", "").replace("}", "").replace("'", "")
