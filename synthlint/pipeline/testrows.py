"""Which given records belong to an evaluation: benchmarks, test splits, files named after one, answers to compare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from synthlint.findings import Confidence
from synthlint.flow.values import CONFIGURED
from synthlint.pipeline import prompts

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.artifacts import Pattern
    from synthlint.pipeline.graph import Project

_NAME_PARTS = re.compile(r"[^a-z]+")
RECORD_SUFFIXES = frozenset((".jsonl", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".xlsx", ".pkl"))
_TEXTS = frozenset(("prompt", "prompts", "template", "templates", "requirement", "requirements", "config"))
_SLICE = re.compile(r"\[.*\]$")


def quoted(project: Project, generator: Stage) -> list[Stage]:
    """The given data whose content stands in the prompts of a call."""
    return [one for one in project.sources(prompts.prompt_of(generator).lineage) if project.is_real(one)]


def benchmarks(project: Project, generators: list[Stage]) -> list[str]:
    """Benchmarks whose items the prompts quote."""
    found = set()
    for one in project.upstream(id_ for generator in generators for id_ in generator.context):
        stage = project.stage(one)
        if stage.kind == "load":
            found |= {path.text for path in project.paths(stage) if project.has_word("benchmarks", path.text)}
            if stage.summary is not None and stage.summary.evaluation:
                found.add(stage.call)
    return sorted(found)


# -- test splits --------------------------------------------------------------------------------------
def evaluation_part(project: Project, generator: Stage, load: Stage) -> tuple[str, Confidence] | None:
    """The evaluation split that the records in a prompt come from, and how sure that is.

    A name alone does not say so of rows that are only labelled and scored.
    """
    value = load.args.get("split")
    names = [one for one in value.constants if isinstance(one, str)] if value is not None else []
    if names:
        assert value is not None
        bare = [_SLICE.sub("", one) for one in names]
        if not all(_is_eval(project, one) for one in bare):
            return None
        return bare[0], Confidence.MEDIUM if CONFIGURED in value.varies or len(names) > 1 else Confidence.HIGH
    if value is not None and value.const is not None:
        return None
    roles = _parts(project, generator, load)
    if roles:
        return (roles[0], Confidence.HIGH) if all(_is_eval(project, one) for one in roles) else None
    return None if is_scored(project, generator, load) else _by_name(project, load)


def _parts(project: Project, generator: Stage, load: Stage) -> list[str]:
    """The named parts of a loaded dataset that stand in the prompts."""
    found = (project.stage(one) for one in sorted(project.upstream(prompts.prompt_of(generator).lineage)))
    return [
        str(one.facts.get("role"))
        for one in found
        if one.kind == "part" and load.id in project.upstream(one.inputs) and _is_split(project, one)
    ]


def _is_split(project: Project, part: Stage) -> bool:
    role = str(part.facts.get("role"))
    return _is_eval(project, role) or project.has_word("train-splits", role)


def _is_eval(project: Project, name: str) -> bool:
    return project.has_word("eval-splits", name) and not project.has_word("train-splits", name)


def _by_name(project: Project, load: Stage) -> tuple[str, Confidence] | None:
    """A file of records that is named after an evaluation split."""
    for path in project.paths(load):
        split = split_in(project, path)
        if split is not None:
            return split, Confidence.MEDIUM
    return None


def split_in(project: Project, path: Pattern) -> str | None:
    """The evaluation split that a file of records is named after."""
    stem, _, suffix = path.name.lower().rpartition(".")
    words = [one for one in _NAME_PARTS.split(stem) if one]
    known = any(project.has_word("train-splits", one) or one in _TEXTS for one in words)
    if f".{suffix}" not in RECORD_SUFFIXES or known:
        return None
    return next((one for one in words if project.has_word("eval-splits", one)), None)


def answers_test_rows(project: Project, generators: list[Stage]) -> str | None:
    """The split whose rows the calls answer one by one, if they quote nothing else."""
    splits = [_answered(project, one) for one in generators]
    return splits[0] if splits and None not in splits else None


def _answered(project: Project, generator: Stage) -> str | None:
    if not prompts.answers_items(generator):
        return None
    given = quoted(project, generator)
    parts = [evaluation_part(project, generator, one) or _by_name(project, one) for one in given]
    return parts[0][0] if parts and parts[0] is not None and None not in parts else None


# -- comparison with given answers --------------------------------------------------------------------
def is_scored(project: Project, generator: Stage, load: Stage) -> bool:
    """Whether the answers are compared with the given data."""
    for one in project.of("compare"):
        left, right = (project.upstream(side) for side in one.facts["sides"])
        for ours, theirs in ((left, right), (right, left)):
            if generator.id in ours and load.id in theirs and generator.id not in theirs:
                return True
    return False


def is_only_scored(project: Project, write: Stage, generators: list[Stage]) -> bool:
    """Whether labels or answers for given rows are compared with those that the rows have, and serve nothing else.

    A comparison that decides what is written is a filter, and rows that something trains on or writes again are data.
    """
    if not all(prompts.answers_items(one) and _has_answers(project, write, one) for one in generators):
        return False
    others = (one for one in project.of("write", "train") if one is not write)
    return not any(write.id in project.upstream([one.id]) for one in others)


def _has_answers(project: Project, write: Stage, generator: Stage) -> bool:
    return any(
        is_scored(project, generator, load) and not _is_selected(project, write, generator, load)
        for load in quoted(project, generator)
    )


def _is_selected(project: Project, write: Stage, generator: Stage, load: Stage) -> bool:
    guards = [guard for one in project.passed(generator, write, "filter") for guard in one.guards]
    return any({generator.id, load.id} <= project.upstream(guard.depends) for guard in (*guards, *write.guards))
