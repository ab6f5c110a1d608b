"""Which model a call asks: names without their provider prefixes, and whether two calls ask the same one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.flow.values import CONFIGURED

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project

_PROVIDER = re.compile(
    r"^(accounts/[^/]+/(models|deployments)|models|publishers/[^/]+/models|[a-z0-9_.-]+(?=/))/(?=.)|"
    r"^(us|eu|apac|global)\.(?=[a-z]+\.)|^(anthropic|amazon|meta|mistral|cohere|ai21|deepseek)\.(?=[a-z])"
)


@dataclass(frozen=True, slots=True)
class SameModel:
    """Two calls ask one model: its name, and whether one setting from outside chooses it for both."""

    name: str
    configured: bool = False


def normal(name: str) -> str:
    """A model name without provider and region prefixes; dates stay."""
    name = name.strip().lower()
    while True:
        shorter = _PROVIDER.sub("", name, count=1)
        if shorter == name:
            return name
        name = shorter


def names_of(stage: Stage) -> frozenset[str]:
    """The models that a call may ask, as its code names them; empty if that is open."""
    value = stage.args.get("model")
    if value is None:
        return frozenset()
    names = [one for one in value.constants if isinstance(one, str) and one]
    return frozenset(names) if len(names) == len(value.atoms) else frozenset()


def same_model(project: Project, left: Stage, right: Stage) -> SameModel | None:
    """The one model that two calls ask; None if they ask two, or if that is open."""
    a, b = left.args.get("model"), right.args.get("model")
    if a is None or b is None:
        return _global(project, left, right) if a is None and b is None else None
    ours, theirs = names_of(left), names_of(right)
    if len(ours) == 1 and {normal(one) for one in ours} == {normal(one) for one in theirs}:
        return SameModel(min(ours), CONFIGURED in a.varies and CONFIGURED in b.varies)
    if a is b and not ours and not a.lineage:
        return SameModel("The configured model", True)
    return None


def _global(project: Project, left: Stage, right: Stage) -> SameModel | None:
    """Frameworks that set one model for all calls."""
    if left.call.split(".")[0] == right.call.split(".")[0] and project.has_word("global-model-calls", left.call):
        return SameModel("The model configured for both calls")
    return None
