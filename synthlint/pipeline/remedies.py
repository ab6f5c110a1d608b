"""Whether a remedy stands on the way from a generator call to where its records end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from synthlint.flow.values import Seq, Value, deep
from synthlint.pipeline.artifacts import same

if TYPE_CHECKING:
    from synthlint.flow.shapes import Shape
    from synthlint.flow.stages import Guard, Stage
    from synthlint.pipeline.graph import Project

_SAYS_SYNTHETIC = re.compile(
    r"synth|generat|artificial|machine|augment|llm|gpt|claude|gemini|llama|model|distill", re.I
)
_UPSERT = re.compile(r"\b(insert\s+(or\s+)?(ignore|replace)|replace\s+into|on\s+conflict)\b", re.I)
_COLUMN_LIST = re.compile(r"\s*(?:create\s[^(]*\btable|insert\b[^(]*\binto)\s[^(]*\(([^)]*)", re.I | re.S)
_WEAK_KEYS = frozenset({"source", "origin", "type", "method", "dataset", "data_source", "kind"})


# -- dedup --------------------------------------------------------------------------------------------
def dedup(project: Project, write: Stage, generator: Stage) -> Stage | None:
    """The stage that removes repeated records of `generator` on the way to `write`, or after it."""
    ends = [write, *readers(project, write)]
    for end in ends:
        sources = {generator.id, *_read_back(project, end, generator)}
        stage = novel_between(project, generator, end)
        if stage is not None:
            return stage
        if any(_novel_for(project, guard, sources) for guard in end.guards) or _keeps_one(end):
            return end
    return _after(project, write)


def novel_between(project: Project, generator: Stage, end: Stage) -> Stage | None:
    """The stage between a generator call and an end that drops repeated records."""
    sources = {generator.id, *_read_back(project, end, generator)}
    for stage in project.passed(generator, end, "dedup", "filter"):
        novel = stage.call != "mask" and any(_novel_for(project, guard, sources) for guard in stage.guards)
        if novel or (stage.kind == "dedup" and not _is_of_a_field(project, stage, generator, end)):
            return stage
    return None


def _is_of_a_field(project: Project, stage: Stage, generator: Stage, end: Stage) -> bool:
    """Whether a set holds parts of one record, `{"text": text, "words": set(text.split())}`: the rest goes past it."""
    return stage.summary is None and generator.id in project.around(stage, end)


def _keeps_one(write: Stage) -> bool:
    """Whether the database refuses or replaces a row that it has."""
    return write.facts.get("format") == "table" and any(_UPSERT.search(text) for text in _sql(write))


def _sql(write: Stage) -> list[str]:
    return [one for one in write.args["data"].constants if isinstance(one, str)] if "data" in write.args else []


def _read_back(project: Project, end: Stage, generator: Stage) -> set[int]:
    """Loads through which the records of `generator` come to `end`."""
    loads = (one for one in project.upstream([end.id]) if project.stage(one).kind == "load")
    return {one for one in loads if generator.id in project.upstream([one])}


def _after(project: Project, write: Stage) -> Stage | None:
    """A dedup of data that was read back from the written file, and that is used in place of it."""
    loads = {one.id for one in readers(project, write) if one.kind == "load"}
    used = (
        project.upstream(one.id for one in project.of("write", "copy", "train", "evaluate")) if loads else frozenset()
    )
    for stage in project.of("dedup", "filter"):
        upstream = project.upstream(stage.inputs)
        if not loads & upstream or stage.id not in used:
            continue
        through = loads | {one for one in upstream if _carries(project, one, loads)}
        novel = stage.call != "mask" and any(_novel_for(project, guard, through) for guard in stage.guards)
        if stage.kind == "dedup" or novel:
            return stage
    return None


def _carries(project: Project, id_: int, loads: set[int]) -> bool:
    """Whether a load reads what a later script made of the rows that `loads` read."""
    return project.stage(id_).kind == "load" and bool(loads & project.upstream([id_]))


def readers(project: Project, write: Stage) -> list[Stage]:
    """Loads and trainings that read the file of a write, in the order of calls."""
    return [one for one in project.stages if write.id in project.links(one)]


def _novel_for(project: Project, guard: Guard, sources: set[int]) -> bool:
    """Whether a test compares a record that comes from `sources` with those before it."""
    if any(_asks_dedup(project, one, sources) for one in guard.depends):
        return True
    if guard.fresh or not guard.reads:
        return False
    if not sources & (project.upstream(guard.depends) | _steered(project, guard)):
        return False
    return any(sources & project.kept_in(oid) for oid in guard.reads)


def _asks_dedup(project: Project, id_: int, sources: set[int]) -> bool:
    """Whether a test looks at the answer of a library's dedup: `if deduplicator.is_new(record)`.

    A set in a test is none: `len(set(text.split())) < 5` looks at the words of one record.
    """
    stage = project.stage(id_)
    is_dedup = stage.kind == "flag" or (stage.kind == "dedup" and stage.summary is not None)
    return is_dedup and bool(sources & project.upstream([id_]))


def _steered(project: Project, guard: Guard) -> frozenset[int]:
    """Stages behind the models a test asked (an embedding, a judge)."""
    out: set[int] = set()
    for one in project.upstream(guard.depends):
        stage = project.stage(one)
        if stage.kind in ("judge", "predict", "flag"):
            out |= project.upstream(stage.context)
    return frozenset(out)


# -- provenance ---------------------------------------------------------------------------------------
def provenance(project: Project, write: Stage) -> str | None:
    """The key, card or manifest that tells the written records are generated; None if there is none."""
    if write.summary is not None and write.summary.marks:
        return f"`{write.call}`"
    shape: Shape = write.facts["shape"]
    for key, value in [*shape.keys.items(), *shape.nested.items()]:
        if _tells(project, key, value):
            return f"`{key}`"
    for column in (*header(project, write), *_inherited_marks(project, write)):
        if project.has_word("provenance-keys", column) and column.lower() not in _WEAK_KEYS:
            return f"`{column}`"
    card = _card(project, write)
    return f"`{card.call}`" if card is not None else None


def inherited(project: Project, write: Stage) -> set[str]:
    """The keys of records that were read back and are written again as they are."""
    return {key for before in _stored_before(project, write) for key in before.facts["shape"].all_keys}


def _inherited_marks(project: Project, write: Stage) -> set[str]:
    """The keys that stored generated records had; those of other state that is read say nothing of them."""
    made = (before for before in _stored_before(project, write) if project.generators([before.id]))
    return {key for before in made for key in before.facts["shape"].all_keys}


def _stored_before(project: Project, write: Stage) -> list[Stage]:
    """The writes whose records were read back on the way to a write, as far as their keys survive."""
    found: list[Stage] = []
    seen, todo = {write.id}, [write]
    while todo:
        end = todo.pop()
        if end.facts["shape"].exact:
            continue
        loads = (project.links(project.stage(one)) for one in project.upstream([end.id]))
        for before in {project.stage(source) for found in loads for source in found}:
            if before.kind == "write" and before.id not in seen:
                seen.add(before.id)
                found.append(before)
                todo.append(before)
    return found


def header(project: Project, write: Stage) -> list[str]:
    """The columns that a row of constants names, `writer.writerow(["text", "model"])`, or an SQL statement."""
    is_table = write.facts.get("format") == "table"
    names = [name for text in _sql(write) for name in _columns(text)] if is_table else []
    for stage in project.of("write"):
        if stage is write or stage.site.path != write.site.path or stage.inputs:
            continue
        if not any(same(a, b) for a in project.paths(stage) for b in project.paths(write)):
            continue
        if is_table:
            names += [name for text in _sql(stage) for name in _columns(text)]
        elif stage.call == write.call:
            names += [str(one) for one in _texts_in(stage.args["data"])]
    return names


def _columns(sql: str) -> list[str]:
    """The names in the first list of a statement that creates a table or inserts into named columns."""
    match = _COLUMN_LIST.match(sql)
    return [one.split()[0].strip("`\"'[]") for one in match[1].split(",") if one.split()] if match else []


def _texts_in(value: Value) -> list[object]:
    items = [one for atom in value.atoms if isinstance(atom, Seq) for one in atom.items or ()]
    return [one.const for one in items if isinstance(one.const, str)]


def _tells(project: Project, key: str, value: Value) -> bool:
    if key.lower() not in _WEAK_KEYS:
        return project.has_word("provenance-keys", key)
    texts = [str(one) for one in value.constants]
    if texts:
        return any(_SAYS_SYNTHETIC.search(text) for text in texts)
    whole = deep(value)
    return not whole.lineage and not any(one > 0 for one in whole.varies)


def _card(project: Project, write: Stage) -> Stage | None:
    paths = project.paths(write)
    for stage in project.stages:
        if stage.kind == "tag":
            targets = project.paths(stage)
            if not targets or not paths or any(same(a, b) for a in targets for b in paths):
                return stage
            if stage.site.path == write.site.path:
                return stage
        if stage.kind == "write" and stage is not write and stage.site.path == write.site.path:
            shape: Shape = stage.facts["shape"]
            readable = stage.facts["format"] != "pickle"  # a pickled state is no manifest
            names = any(_names_model(project, key) for key in shape.all_keys)
            if readable and names and not project.generators([stage.id]):
                return stage
    return None


def _names_model(project: Project, key: str) -> bool:
    return key.lower() in ("model", "model_name", "generator", "generator_model", "provenance", "llm")


def tagged(project: Project, mix: Stage) -> str | None:
    """The column that tells generated from real rows in a join: on one side, before or after it."""
    for keys in mix.facts.get("shapes", ()):
        for key in sorted(keys):
            if project.has_word("provenance-keys", key):
                return f"`{key}`"
    for mark in marks_apart(project, mix):
        return f"`{mark}`"
    if any(one.kind == "write" and provenance(project, one) is not None for one in ends_of(project, mix)):
        return "the written records"
    shapes = mix.facts.get("shapes", ())
    for at, side in enumerate(mix.facts["operands"]):
        known = at < len(shapes) and bool(shapes[at])
        if not known and _read_with_tag(project, side):
            return "the records that were read"
    return None


def marks_apart(project: Project, mix: Stage) -> dict[str, set[object]]:
    """The columns that hold one constant in the real rows of a join and another in the generated ones, with both."""
    real: dict[str, set[object]] = {}
    made: dict[str, set[object]] = {}
    for side, marks in zip(mix.facts["operands"], mix.facts.get("marks", ()), strict=False):
        for name, value in marks.items():
            (made if project.generators(side) else real).setdefault(name, set()).add(value)
    return {name: real[name] | made[name] for name in sorted(real.keys() & made.keys()) if not real[name] & made[name]}


def _read_with_tag(project: Project, side: frozenset[int]) -> bool:
    """Whether the generated rows of a side were read from files in which they carry their origin."""
    if project.in_memory(side) & {one.id for one in project.generators(side)}:
        return False
    loads = (project.stage(one) for one in project.in_memory(side) if project.stage(one).kind == "load")
    writes = [project.stage(one) for load in loads for one in project.links(load)]
    made = [one for one in writes if project.generators([one.id])]
    return bool(made) and all(provenance(project, one) is not None for one in made)


def ends_of(project: Project, mix: Stage) -> list[Stage]:
    """The writes and trainings that joined rows come to."""
    ends = ((one, project.upstream([one.id])) for one in project.of("write", "train"))
    return [one for one, behind in ends if mix.id in behind or mix.inputs <= behind]


# -- checks against real data -------------------------------------------------------------------------
def check(project: Project, stage: Stage, kind: str) -> Stage | None:
    """A fidelity or memorisation check in the scope of a pipeline."""
    for one in project.scope(stage):
        if one.kind == kind:
            return one
    return None


def tstr(project: Project, stage: Stage) -> Stage | None:
    """Training on generated data that is evaluated on real data: a comparison of the downstream task."""
    for one in project.scope(stage):
        if one.kind == "evaluate" and project.real_sources(one.inputs) and not project.generators(one.inputs):
            behind = [project.stage(each) for each in (*one.context, *one.inputs)]
            behind += [project.stage(each) for step in behind if step.kind == "predict" for each in step.context]
            if any(step.kind == "train" and project.generators(project.trained_on(step)) for step in behind):
                return one
    return None
