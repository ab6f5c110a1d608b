from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import prompts
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project

LIMIT = 0.3


class LowDiversitySampling(Rule):
    """## What it reports

    A generator call whose text becomes dataset records and that samples at temperature 0.3 or less, greedily
    (`do_sample=False`) or by beam search. The value in force at the call counts: a literal, a wrapper's or
    dataclass' default, a command-line default, a configuration file, or the library's own default.

    Confidence is high when the prompt is the same on every call or is drawn more than once, medium when new content
    is authored from varied prompts, and low (hidden by default) when each call answers or labels an item of its
    own.

    ## Why

    Near temperature 0 almost all probability lies on the likeliest continuation. Such a dataset covers a slice of
    what the generator can say; the tails are missing for training. Projects that author data sample higher:
    Self-Instruct at 0.7, Cosmopedia at 0.6, Alpaca at 1.0. Temperature is a floor, not a cure: raising it often
    does not widen coverage, and quality falls as it rises, so vary the prompt first (SYN102).

    ## Example

    ```python
    import json
    import random

    from openai import OpenAI

    client = OpenAI()
    topics = ["refunds", "late parcels", "broken screens"]

    with open("tickets.jsonl", "w") as file:
        for _ in range(5000):
            reply = client.chat.completions.create(
                model="gpt-4o-mini",
                temperature=0.2,
                messages=[{"role": "user", "content": f"Write a support ticket about {random.choice(topics)}."}],
            )
            print(json.dumps({"text": reply.choices[0].message.content}), file=file)
    ```

    ## Use instead

    ```python
    import json
    import random

    from openai import OpenAI

    client = OpenAI()
    topics = ["refunds", "late parcels", "broken screens"]

    with open("tickets.jsonl", "w") as file:
        for _ in range(5000):
            reply = client.chat.completions.create(
                model="gpt-4o-mini",
                temperature=0.8,
                messages=[{"role": "user", "content": f"Write a support ticket about {random.choice(topics)}."}],
            )
            print(json.dumps({"text": reply.choices[0].message.content}), file=file)
    ```

    ## What it does not see

    Temperatures that are only known at run time, a sampling setting that the model or the API ignores, and
    `transformers` `generate` without arguments, where the checkpoint's generation configuration decides. Judge,
    repair and labelling calls beside the generator are left alone: low temperature is deliberate there.

    ## Fix safety

    Unsafe (`sampling-changed`): the generator gives other records. Where the provider's default is 1.0 the keyword
    is deleted, because reasoning models reject any other value; elsewhere it is set to 0.7 to 0.8. `top_p` is never
    added: Claude 4.1 and later refuse both together.

    ## References

    - Self-Instruct, Alpaca and Cosmopedia: temperatures in their code
    - instructlab/sdg issue 158: identical training data in several runs, "looks like temperature is set to 0"
    - arXiv 2508.09654 (2025): a higher temperature often does not raise coverage
    """

    code = "SYN101"
    name = "low-diversity-sampling"
    message = "Dataset records are sampled {how} ({limit} or less), so they cluster on a few typical outputs."
    confidence = "graded"
    fix = "unsafe"
    options: ClassVar[Mapping[str, Any]] = {"temperature": LIMIT}

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            for generator in write.generators:
                limit = float(project.options(generator).rule(self.code).get("temperature", LIMIT))
                how = sampled_low(generator, limit)
                if how is None:
                    continue
                level = min(_confidence(generator), Confidence(write.confidence + 1) if write.confidence < 3 else 3)
                yield self.finding(
                    project, generator, Confidence(level), related=[write.stage], how=how, limit=f"{limit:g}",
                    reasons=_reasons(generator),
                )  # fmt: skip


def sampled_low(generator: Stage, limit: float) -> str | None:
    """How a call samples if it stays near the most likely output: `at temperature 0.2`, `greedily`."""
    if generator.facts.get("media") != "text":
        return None
    sampling = generator.args.get("sampling")
    beams = generator.args.get("beams")
    if sampling is not None and sampling.const is False:
        return "greedily, as at temperature 0"
    if (
        beams is not None
        and isinstance(beams.const, int)
        and beams.const > 1
        and (sampling is None or not sampling.const)
    ):
        return "by beam search, as at temperature 0"
    value = generator.args.get("temperature")
    numbers = [one for one in value.constants if isinstance(one, int | float)] if value is not None else []
    if not numbers or isinstance(numbers[0], bool) or len(numbers) != len(value.atoms if value else ()):
        return None
    if max(numbers) <= limit:
        return f"at temperature {max(numbers):g}"
    return None


def _confidence(generator: Stage) -> Confidence:
    if prompts.is_constant(generator) or (prompts.draws(generator) or 1) > 1:
        return Confidence.HIGH
    if prompts.answers_items(generator):
        return Confidence.LOW
    return Confidence.MEDIUM


def _reasons(generator: Stage) -> list[str]:
    value = generator.args.get("temperature")
    return ["the temperature is the library's default"] if value is not None and "default" in value.crumbs else []
