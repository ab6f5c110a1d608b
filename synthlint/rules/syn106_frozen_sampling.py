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
    """page"""

    code = "SYN106"
    name = "frozen-sampling"
    message = "Repeated draws here are identical ({reason}), so the extra records add nothing."
    severity = Severity.ERROR
    confidence = "high"
    fix = "unsafe"

    def check(self, project: Project) -> Iterator[Finding]:
        for write in project.writes:
            for generator in write.generators:
                reason = frozen(generator)
                if reason is not None:
                    level = min(Confidence.HIGH, write.confidence)
                    yield self.finding(project, generator, level, related=[write.stage], reason=reason)


def frozen(generator: Stage) -> str | None:
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
    if generator.facts.get("cached"):
        return "a cache answers the same prompt"
    seed = generator.args.get("seed")
    if seed is not None and isinstance(seed.const, int) and not isinstance(seed.const, bool):
        return f"seed={seed.const} for the same prompt"
    return None
