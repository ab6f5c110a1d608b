from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Severity
from synthlint.pipeline import prompts
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project


class FrozenSampling(Rule):
    """## What it reports

    Draws of one prompt that must be identical: several answers per call (`n`, `num_return_sequences`) at
    temperature 0 or with `do_sample=False` and no beams; a constant `seed` with every request for the same prompt;
    a cached helper or a response cache that is asked the same prompt again.

    ## Why

    Every draw is the same object. The user pays for copies, or counts them as data. Users meet it as "currently
    getting duplicates" in a loop for n pairs (DSPy issue 578, where the cache answers), and as a fixed seed that
    "gives the same answer multiple times" (SkyRL pull request 1015). DSPy raises the temperature itself when more
    than one answer is asked for.

    ## Example

    ```python
    import json

    import litellm

    rows = []
    for scene in ["airport", "pharmacy", "garage"]:
        reply = litellm.completion(
            model="gpt-4o",
            messages=[{"role": "user", "content": f"Write a dialog at the {scene}."}],
            temperature=0,
            n=8,
        )
        for choice in reply.choices:
            rows.append({"text": choice.message.content, "label": scene})

    with open("dialogs.json", "w") as file:
        json.dump(rows, file)
    ```

    ## Use instead

    ```python
    import json

    import litellm

    rows = []
    for scene in ["airport", "pharmacy", "garage"]:
        reply = litellm.completion(
            model="gpt-4o",
            messages=[{"role": "user", "content": f"Write a dialog at the {scene}."}],
            temperature=0.9,
            n=8,
        )
        for choice in reply.choices:
            rows.append({"text": choice.message.content, "label": scene})

    with open("dialogs.json", "w") as file:
        json.dump(rows, file)
    ```

    ## What it does not see

    Caches outside the program (a proxy, a provider's own cache) and seeds set in a configuration that cannot be
    resolved. It is silent for a constant seed or a cache when each prompt differs, for a seed set once before the
    loop, for `seed=base + i`, and for beam search, whose sequences differ.

    ## Fix safety

    Unsafe (`sampling-changed`): `seed=SEED + i`, or the cache switched off. Records change.

    ## References

    - DSPy issues 578 and 1857
    - SkyRL pull request 1015; vllm issue 10852; inspect_ai issue 2580
    """

    code = "SYN106"
    name = "frozen-sampling"
    message = "Repeated draws here are identical ({reason}), so the extra records add nothing."
    severity = Severity.ERROR
    confidence = "high"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            for generator in write.generators:
                reason = frozen(project, generator)
                if reason is not None:
                    level = min(Confidence.HIGH, write.confidence)
                    yield self.finding(project, generator, level, related=[write.stage], reason=reason)


def frozen(project: Project, generator: Stage) -> str | None:
    """Why repeated draws of a call are the same object; None if they are not."""
    several = (prompts.draws(generator) or 1) > 1
    temperature = generator.args.get("temperature")
    sampling = generator.args.get("sampling")
    beams = generator.args.get("beams")
    if several and temperature is not None and temperature.const == 0 and temperature.const is not False:
        return f"n={prompts.draws(generator)} at temperature 0"
    greedy = sampling is not None and sampling.const is False
    if several and greedy and not (beams is not None and beams.const not in (None, 1)):
        return "several sequences without sampling"
    if not prompts.is_constant(generator):
        return None
    if generator.facts.get("cached") or _library_cache(project, generator):
        return "a cache answers the same prompt"
    seed = generator.args.get("seed")
    if seed is not None and isinstance(seed.const, int) and not isinstance(seed.const, bool):
        return f"seed={seed.const} for the same prompt"
    return None


def _library_cache(project: Project, generator: Stage) -> bool:
    """Whether the program switches on a cache for all calls of the generator's library."""
    return any(one.program == generator.program and _library(one) == _library(generator) for one in project.of("cache"))


def _library(stage: Stage) -> str:
    return stage.call.partition(".")[0].partition("_")[0]
