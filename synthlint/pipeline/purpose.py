"""The purpose gate: whether a write that generated content reaches makes a dataset."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.findings import Confidence
from synthlint.flow.values import Dumped, Loaded, Obj, Record, Seq, Value, deep, walk
from synthlint.pipeline import prompts, remedies, testrows

if TYPE_CHECKING:
    from synthlint.flow.shapes import Shape
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.graph import Project

SMALL = 3
IS_BENCHMARK = "is a benchmark"
_RECORD_FORMATS = (
    "jsonl", "json", "csv", "parquet", "arrow", "hub", "finetune", "table", "pickle", "npy", "npz", "memory",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purpose:
    """Whether a write passes the gate, how sure that is, and the tells that speak against it."""

    passes: bool
    confidence: Confidence
    tells: tuple[str, ...] = ()


def purpose_of(project: Project, write: Stage, generators: list[Stage]) -> Purpose:
    """Judge one write.  One strong tell or two weak ones close the gate."""
    shape: Shape = write.facts["shape"]
    strong = list(_strong_tells(project, write, shape, generators))
    if strong:
        return Purpose(False, Confidence.LOW, tuple(strong))
    media = {one.facts.get("media", "text") for one in generators}
    if write.facts.get("format") == "finetune":
        return Purpose(True, Confidence.HIGH)
    if not is_collection(write, shape, generators):
        return Purpose(False, Confidence.LOW, ("a single answer",))
    if media == {"table"}:
        if _is_one_record(project, write, generators):
            return Purpose(False, Confidence.LOW, ("one record about the rows",))
        return Purpose(True, Confidence.HIGH)
    is_training = write.kind == "train"  # says what the records are for
    weak = () if is_training else tuple(_weak_tells(project, write, shape, generators))
    if len(weak) >= 2:
        return Purpose(False, Confidence.LOW, weak)
    names = [*shape.all_keys, *remedies.header(project, write), *remedies.inherited(project, write)]
    known = [key for key in names if project.has_word("train-keys", key)]
    sure = bool(known) and write.facts.get("format") in _RECORD_FORMATS and not weak
    return Purpose(True, Confidence.HIGH if sure else Confidence.MEDIUM, weak)


def is_collection(write: Stage, shape: Shape, generators: list[Stage]) -> bool:
    """Whether many records are persisted: a whole collection, or one record per pass of a loop."""
    path = write.args.get("path")
    moving = path.varies if path is not None else frozenset()
    if any(_runs_often(one) and (one.kind != "comp" or one.id not in moving) for one in write.loops):
        return True
    if not (shape.many or write.facts.get("many")):
        return False
    return any(
        one.facts.get("media") == "table" or one.facts.get("iterated") or any(_runs_often(loop) for loop in one.loops)
        or _batched(one) or (prompts.draws(one) or 1) > SMALL
        for one in generators
    )  # fmt: skip


def _is_one_record(project: Project, write: Stage, generators: list[Stage]) -> bool:
    """Whether a dict without any rows in it is written, and not once for each generated row."""
    data = write.args.get("data")
    made = {one.id for one in generators}
    if data is None or not data.atoms or any(made & project.upstream(loop.over) for loop in write.loops):
        return False
    top = all(isinstance(atom, Record | Dumped) for atom in data.atoms)
    inside = (atom for one in walk(data) for atom in one.atoms if isinstance(atom, Seq | Loaded | Obj))
    return top and not any(deep(Value((atom,))).lineage for atom in inside)


def _runs_often(loop: object) -> bool:
    retry, bound = getattr(loop, "retry", False), getattr(loop, "bound", None)
    return not retry and (bound is None or bound > SMALL)


def _batched(generator: Stage) -> bool:
    prompt = generator.args.get("prompt")
    if prompt is None or generator.facts.get("chat"):
        return False
    return any(isinstance(atom, Seq) and atom.items is None for atom in prompt.atoms) or not prompt.atoms


def _strong_tells(project: Project, write: Stage, shape: Shape, generators: list[Stage]) -> list[str]:
    tells = []
    if _in_tests(project, write):
        tells.append("it stands in the tests")
    if all(one.summary is not None and one.summary.evaluation for one in generators):
        tells += ["its rows are made to evaluate with"] if not project.trainings_on(write) else []
    if write.summary is not None and write.summary.evaluation:
        tells.append(f"`{write.call}` writes what a benchmark scores")
    if testrows.is_only_scored(project, write, generators):
        tells.append("its labels are compared with the given ones")
    if _is_cache(project, write):
        tells.append("it fills a cache")
    if _is_snapshot(project, write, generators):
        tells.append("it keeps what the script writes elsewhere when it is done")
    gold = _evaluation_key(project, shape)
    if gold and not _holds_training_text(project, shape, {one.id for one in generators}):
        tells.append(f"`{gold}` is a key of evaluation records")
    return tells


def _in_tests(project: Project, write: Stage) -> bool:
    """Whether a write belongs to tests; a script called `test_sampling.py` without test functions does not."""
    folder, name = posixpath.split(write.site.path)
    if folder and project.has_word("test-paths", f"{folder}/"):
        return True
    return project.has_word("test-paths", name) and write.site.scope.lower().startswith("test")


def _evaluation_key(project: Project, shape: Shape) -> str | None:
    return next((key for key in sorted(shape.all_keys) if project.has_word("eval-strong-keys", key)), None)


def _holds_training_text(project: Project, shape: Shape, generators: set[int]) -> bool:
    """Whether generated content stands under at least two keys of training records."""
    found = 0
    for key, value in [*shape.keys.items(), *shape.nested.items()]:
        if project.has_word("train-keys", key) and not project.has_word("eval-strong-keys", key):
            found += bool(project.upstream(deep(value).lineage) & generators)
    return found >= 2


def _is_cache(project: Project, write: Stage) -> bool:
    names = [write.site.scope, *(path.text for path in project.paths(write))]
    return any(project.has_word("cache-names", part) for name in names for part in re.split(r"[./]", name) if part)


def _is_snapshot(project: Project, write: Stage, generators: list[Stage]) -> bool:
    """Whether a write holds records for a restart, and the same script writes them as its result, too."""
    paths = project.paths(write)
    if not paths or not all(project.has_word("snapshot-files", path.name.rsplit(".", 1)[0]) for path in paths):
        return False
    here = {one.id for one in generators if one.site.path == write.site.path or one.program == write.program}
    others = (one for one in project.of("write") if one.program == write.program and one is not write)
    return bool(here) and any(
        here <= project.upstream([one.id]) and set(project.paths(one)).isdisjoint(paths) for one in others
    )


def _scores(project: Project, shape: Shape, generators: set[int]) -> list[str]:
    """Keys that hold a judgement of the output (no content of it)."""
    out = []
    for key, value in shape.keys.items():
        whole = deep(value)
        if whole.depends & generators and not whole.lineage and project.has_word("eval-keys", key):
            out.append(key)
    return out


_NAME_TELLS = (
    ("eval-names", "of an evaluation"),
    ("chat-log-names", "of a log"),
    ("document-names", "of a document for people"),
    ("judge-names", "of a judgement"),
)


def _name_tells(project: Project, names: list[str]) -> list[str]:
    """What names say; that something is called a result says little, and counts once."""
    tells = []
    for words, what in _NAME_TELLS:
        found = sorted({name for name in names if project.has_word(words, name)})
        tells += [f"`{name}` is a name {what}" for name in found[:2]]
    results = [name for name in names if project.has_word("result-names", name) and f"`{name}`" not in str(tells)]
    return [*tells, *(f"`{name}` is a name of results" for name in sorted(results)[:1])]


def _weak_tells(project: Project, write: Stage, shape: Shape, generators: list[Stage]) -> list[str]:
    tells = []
    names = _names(project, write)
    tells += [f"`{names[0]}` is a name of a test"] if project.has_word("test-scripts", names[0]) else []
    tells += _name_tells(project, names)
    tells += [f"`{key}` is a key of evaluation records" for key in _evaluation_keys(project, shape)[:2]]
    scored = [key for key in _scores(project, shape, {one.id for one in generators}) if f"`{key}`" not in str(tells)]
    tells += [f"`{key}` is a score of the output" for key in sorted(scored)[:1]]
    tells += [f"`{name}` {IS_BENCHMARK}" for name in testrows.benchmarks(project, generators)[:1]]
    if shape.text and write.facts.get("format") in ("text", "txt", "md", "html") and len(generators) >= 1:
        tells.append("plain text is written")
    if _one_file_per_item(write):
        tells.append("each item has a file of its own")
    told = any(not one.endswith(IS_BENCHMARK) for one in tells)  # alone, it is SYN105 that says so
    split = testrows.answers_test_rows(project, generators) if told else None
    return [*tells, f"rows of the {split} split are answered"] if split is not None else tells


def _evaluation_keys(project: Project, shape: Shape) -> list[str]:
    return [
        key
        for key in sorted(shape.keys)
        if not project.has_word("train-keys", key)
        and (project.has_word("eval-keys", key) or project.has_word("judge-keys", key))
    ]


def _names(project: Project, write: Stage) -> list[str]:
    names = [posixpath.basename(write.site.path).rsplit(".", 1)[0], write.site.scope.rsplit(".", 1)[-1]]
    names.append(posixpath.basename(posixpath.dirname(write.site.path)))
    for path in project.paths(write):
        names += [path.name.rsplit(".", 1)[0], posixpath.basename(path.folder)]
    return [name for name in names if name and name != "*"]


def _one_file_per_item(write: Stage) -> bool:
    """Whether the file changes in the innermost loop (one of an outer loop holds a group of records)."""
    path = write.args.get("path")
    around = [loop for loop in write.loops if not loop.retry]
    if path is None or not around:
        return False
    return not around[-1].counts and around[-1].id in path.varies
