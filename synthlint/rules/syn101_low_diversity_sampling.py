from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding
from synthlint.pipeline import prompts
from synthlint.rules.base import Rule

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project

LIMIT = 0.3


class LowDiversitySampling(Rule):
    """page"""

    code = "SYN101"
    name = "low-diversity-sampling"
    message = "Dataset records are sampled {how} ({limit} or less), so they cluster on a few typical outputs."
    confidence = "graded"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        limit = float(project.facts.options.get(self.code, {}).get("temperature", LIMIT))
        for write in project.writes:
            for generator in write.generators:
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
