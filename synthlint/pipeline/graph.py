"""The pipelines of a project: stages linked by content and by the files they write and read."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from synthlint.findings import Place
from synthlint.flow.stages import Site, Stage
from synthlint.flow.stored import found_at
from synthlint.flow.values import NO_IDS, Ids, Value, deep
from synthlint.pipeline.artifacts import Pattern, are_apart, covers, drifted, patterns_of, same
from synthlint.settings.options import Options

if TYPE_CHECKING:
    from synthlint.models.loader import Registry
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.sources.text import Source

SYNTHETIC_SOURCES = ("generate", "resample", "augment")
DATA_KINDS = ("train", "evaluate", "fit")


@dataclass(slots=True)
class Facts:
    """What the rules may need besides the stages: what datasets are, and the settings that count for a file."""

    datasets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    library: bool = False
    options: Callable[[str], Options] = field(default=lambda path: Options())


class Project:
    """All stages of a project and the questions that rules ask about them."""

    def __init__(
        self,
        stages: list[Stage],
        models: Registry,
        facts: Facts | None = None,
        collections: Mapping[int, Any] | None = None,
        sources: Mapping[str, Source] | None = None,
    ) -> None:
        self.stages = stages
        self._collections = collections or {}
        self._kept: dict[int, frozenset[int]] = {}
        self.sources_by_path: Mapping[str, Source] = sources or {}
        self.models = models
        self.facts = facts or Facts()
        self._up: dict[int, frozenset[int]] = {}
        self._links: dict[int, dict[int, str]] = {}
        self._link_files()
        self._judge_stored()
        self._link_drifted()

    @cached_property
    def writes(self) -> list[DatasetWrite]:
        """The dataset writes, in call order."""
        from synthlint.pipeline.datasets import dataset_writes

        return dataset_writes(self)

    @cached_property
    def seeds(self) -> frozenset[int]:
        """The stages whose content stands in prompts, or fits a generator, of a dataset write."""
        context = {one for write in self.writes for each in write.generators for one in each.context}
        return self.upstream(context)

    # -- basic access --------------------------------------------------------------------------------
    def of(self, *kinds: str) -> Iterator[Stage]:
        """Stages of these kinds, in call order; one that a command shows with its real values is left out."""
        return (stage for stage in self.stages if stage.kind in kinds and not stage.stale)

    def stage(self, id_: int) -> Stage:
        return self.stages[id_ - 1]

    def has_word(self, words: str, text: str) -> bool:
        return self.models.has_word(words, text)

    # -- files ---------------------------------------------------------------------------------------
    def _link_files(self) -> None:
        writes = [(one, self.paths(one)) for one in self.stages if one.kind in ("write", "copy")]
        for reader in (one for one in self.stages if one.kind in ("load", *DATA_KINDS)):
            if not self.declared(reader).isdisjoint(("real", "holdout")):
                continue  # whatever else writes there
            paths = self.paths(reader) if reader.kind == "load" else self.named_files(reader)
            for write, targets in writes:
                how = _best(paths, targets, same_script=write.site.path == reader.site.path)
                if how and write.id != reader.id:
                    self._links.setdefault(reader.id, {})[write.id] = how

    def _link_drifted(self) -> None:
        """Loads of files that nothing writes under their name: a dated copy, or a neighbour of generated files."""
        writes = [(one, self.paths(one)) for one in self.of("write")]
        for reader in self.of("load"):
            paths = self.paths(reader)
            if reader.id in self._links or len(paths) != 1:
                continue
            by_name = [one for one, targets in writes if any(drifted(paths[0], path) for path in targets)]
            found = by_name or [one for one, targets in writes if self._is_neighbour(paths[0], one, targets)]
            if found:
                self._links[reader.id] = dict.fromkeys((one.id for one in found), "drift")
                reader.crumbs |= {"no file of that name is written; the link is by a similar name"}

    def _is_neighbour(self, path: Pattern, write: Stage, targets: tuple[Pattern, ...]) -> bool:
        """Whether a file that is called generated lies in a folder where the project writes generated files."""
        if not self.has_word("generated-tokens", path.name.rsplit(".", 1)[0]) or not path.folder:
            return False
        beside = any(
            one.exact and posixpath.basename(one.folder) == posixpath.basename(path.folder)
            and posixpath.splitext(one.name)[1] == posixpath.splitext(path.name)[1] for one in targets
        )  # fmt: skip
        return beside and any(self.stage(one).kind == "generate" for one in self.in_memory([write.id]))

    def _judge_stored(self) -> None:
        """Draws from a stored object are generated only if a fitted generator was stored there."""
        for stage in self.stages:
            if stage.facts.get("stored") and not self.fits(stage):
                stage.kind, stage.inputs = "draw", stage.inputs | stage.context

    def paths(self, stage: Stage) -> tuple[Pattern, ...]:
        """The paths that a stage reads or writes."""
        return patterns_of(stage.args.get("path"))

    def named_files(self, stage: Stage) -> tuple[Pattern, ...]:
        """Data files that a training or evaluation call names in its arguments."""
        return patterns_of(stage.args.get("data"), only_files=True)

    def eval_files(self, stage: Stage) -> tuple[Pattern, ...]:
        """Data files that a training call names as its validation data."""
        return patterns_of(stage.args.get("eval"), only_files=True)

    def links(self, stage: Stage) -> Mapping[int, str]:
        """Writes whose file a stage reads, with how sure the link is."""
        return self._links.get(stage.id, {})

    def options(self, stage: Stage) -> Options:
        """The settings that count where a stage stands."""
        return self.facts.options(stage.site.path)

    def declared(self, stage: Stage) -> frozenset[str]:
        """What the settings say the artifact of a stage is."""
        if not self.facts.datasets:
            return frozenset()
        paths = self.paths(stage)
        named = (kinds for name, kinds in self.facts.datasets.items() if any(covers(name, path) for path in paths))
        return frozenset(one for kinds in named for one in kinds)

    # -- lineage -------------------------------------------------------------------------------------
    def upstream(self, ids: Iterable[int]) -> frozenset[int]:
        """The stages whose content arrives at `ids`, themselves included, through files too."""
        out: set[int] = set()
        for one in ids:
            out |= self._closure(one)
        return frozenset(out)

    def _closure(self, id_: int) -> frozenset[int]:
        found = self._up.get(id_)
        if found is None:
            found = self._up[id_] = frozenset(self._walk(id_))
        return found

    def _walk(self, id_: int, without: int = 0) -> set[int]:
        seen: set[int] = set()
        todo = [id_]
        while todo:
            one = todo.pop()
            if one in seen or one == without:
                continue
            seen.add(one)
            stage = self.stage(one)
            stored = self.stored_in(stage)
            if stored is not None:
                way = self.in_memory([one])
                seen |= way | {write for load in way for write in self._links.get(load, ())}
                todo += stored
                continue
            todo += stage.inputs
            todo += self._links.get(one, ())
        return seen

    def stored_in(self, part: Stage) -> Ids | None:
        """What the project stored at the place of an object that an item was taken from; None if it is not known."""
        slot = part.facts.get("slot")
        if slot is None:
            return None
        loads = [self.stage(one) for one in self.in_memory([part.id]) if self.stage(one).kind == "load"]
        links = [self.links(one) for one in loads]
        written = [self.stage(one).args.get("data") for found in links for one in found]
        found = [found_at(one, slot) for one in written if one is not None]
        if not all(links) or not found or any(one is None for one in found):
            return None
        return frozenset(one for value in found if value is not None for one in deep(value).lineage)

    def around(self, stage: Stage, end: Stage) -> set[int]:
        """The stages whose content arrives at `end` by another way than through `stage`."""
        return self._walk(end.id, without=stage.id)

    def sources(self, ids: Iterable[int]) -> list[Stage]:
        """Where the content of `ids` comes from: generator calls and loads, in call order."""
        found = (self.stage(one) for one in sorted(self.upstream(ids)))
        return [one for one in found if self.is_source(one)]

    def is_source(self, stage: Stage) -> bool:
        if stage.kind in ("generate", "augment"):
            return True
        return stage.kind == "load" and not is_configuration(stage) and not self._comes_from_here(stage)

    def _comes_from_here(self, load: Stage) -> bool:
        """Whether what a load reads was written by the project from content with a source of its own."""
        behind = (self.stage(one) for one in self.upstream([load.id]) if one != load.id)
        return any(one.kind in ("generate", "augment", "load") for one in behind)

    def generators(self, ids: Iterable[int]) -> list[Stage]:
        """Generator calls whose content arrives at `ids`."""
        return [one for one in self.sources(ids) if one.kind == "generate"]

    def is_real(self, stage: Stage) -> bool:
        """Whether a load brings data that nothing in the project generated and no declaration calls synthetic."""
        if stage.kind != "load" or self.generators([stage.id]):
            return False
        return not self.is_known_synthetic(stage)

    def is_known_synthetic(self, stage: Stage) -> bool:
        """Whether the settings or the maintained table of hub ids say that a loaded dataset is generated."""
        if stage.kind == "load" and "synthetic" in self.declared(stage):
            return True
        return any(self.has_word("synthetic-hub-ids", path.text) for path in self.paths(stage))

    def real_sources(self, ids: Iterable[int]) -> list[Stage]:
        """Loads of real data whose rows arrive at `ids`."""
        return [one for one in self.sources(ids) if self.is_real(one)]

    def influences(self, stage: Stage) -> frozenset[int]:
        """Everything upstream of a stage: content, prompts, models, files."""
        seen: set[int] = set()
        todo = [stage.id]
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += [*self.stage(one).inputs, *self.stage(one).context, *self._links.get(one, ())]
        return frozenset(seen)

    def passed(self, generator: Stage, end: Stage, *kinds: str) -> list[Stage]:
        """Stages of these kinds between a generator call and an end."""
        found = (self.stage(one) for one in sorted(self.upstream([end.id])))
        return [one for one in found if one.kind in kinds and generator.id in self.upstream(one.inputs)]

    def trained_on(self, stage: Stage) -> Ids:
        """The content that a training call learns from: its data and the files it names."""
        return self.upstream([stage.id]) - {stage.id}

    def inputs_of(self, stage: Stage, arg: str) -> Ids:
        """The stages directly behind one argument."""
        value = stage.args.get(arg)
        return deep(value).lineage if isinstance(value, Value) else NO_IDS

    def kept_in(self, oid: int) -> frozenset[int]:
        """The stages whose content a collection that grows in a loop holds at the end of the run."""
        found = self._kept.get(oid)
        if found is None:
            atom = self._collections.get(oid)
            # only what is added to in a loop it was not made in carries records from pass to pass
            grows = atom is not None and bool(getattr(atom, "varies", NO_IDS))
            lineage = deep(Value((atom,))).lineage if atom is not None and grows else NO_IDS
            found = self._kept[oid] = self.in_memory(lineage)
        return found

    def held_in(self, oid: int) -> frozenset[int]:
        """The stages whose content a collection holds at the end of the run."""
        atom = self._collections.get(oid)
        return self.in_memory(deep(Value((atom,))).lineage) if atom is not None else NO_IDS

    def in_memory(self, ids: Iterable[int]) -> frozenset[int]:
        """The stages whose content arrives at `ids` without a detour through a file."""
        seen: set[int] = set()
        todo = list(ids)
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += self.stage(one).inputs
        return frozenset(seen)

    # -- who saw what, who uses what -----------------------------------------------------------------
    def fits(self, generator: Stage) -> list[Stage]:
        """The fits behind a generator call: the model it samples from was fitted on these data."""
        seen = set(generator.context)
        for one in generator.context:  # a model that was stored and loaded again
            seen |= {each for write in self.links(self.stage(one)) for each in self.stage(write).context}
        return [self.stage(one) for one in sorted(seen) if self.stage(one).kind == "fit"]

    def seen_by(self, generator: Stage) -> tuple[Stage | None, list[Stage]] | None:
        """The fit and the real loads whose rows a generator call has seen; None if it saw none."""
        for fit in self.fits(generator):
            real = [one for one in self.real_sources([fit.id]) if not self.is_public(one)]
            if real or not self.sources([fit.id]):
                return fit, real
        if generator.facts.get("media") != "text":
            return None
        from synthlint.pipeline.seeds import shown_records

        shown = [one for one in shown_records(self, generator) if not self.is_public(one)]
        return (None, shown) if shown else None

    def is_public(self, load: Stage) -> bool:
        """Toy or benchmark data that ships with a package or is public."""
        if load.facts.get("public"):
            return True
        return any(self.has_word("public-data", path.text) for path in self.paths(load))

    def trainings_on(self, write: Stage) -> list[Stage]:
        """Training calls that learn from what a write persists, from its file or in memory."""
        generators = {one.id for one in self.generators([write.id])}
        return [one for one in self.of("train") if generators & self.trained_on(one)]

    def is_arm(self, train: Stage) -> bool:
        """Whether a training on generated data is one arm of a comparison with training on real data.

        The other arm trains the same kind of model in the same folder, or both models are scored.
        """
        from synthlint.pipeline.evaluation import origins

        scored = self.is_scored(train)
        others = (one for one in self.of("train") if one is not train and self._may_be_arm(train, one, scored))
        return any(origins(self, self.trained_on(one))[1] for one in others)

    def _may_be_arm(self, train: Stage, other: Stage, scored: bool) -> bool:
        if self.area(other.site.path) != self.area(train.site.path):
            return False
        if posixpath.dirname(other.site.path) == posixpath.dirname(train.site.path):
            return scored or other.call == train.call
        return scored and self.component(other) == self.component(train)

    def is_scored(self, train: Stage) -> bool:
        """Whether anything is evaluated or predicted with the model of a training call."""
        return "eval" in train.args or any(train.id in one.context for one in self.of("evaluate", "predict"))

    # -- places ----------------------------------------------------------------------------------------
    def place(self, site: Site, pos: tuple[int, int, int, int]) -> Place:
        """The place of a position in the file as the editor shows it."""
        source = self.sources_by_path.get(site.path)
        if source is None:
            return Place(site.path, *pos)
        return source.command(pos[0]) if source.kind == "commands" else source.place(pos)

    def scope_text(self, site: Site) -> str:
        """The name of the function around a place."""
        return site.scope

    # -- components ----------------------------------------------------------------------------------
    @cached_property
    def components(self) -> dict[int, int]:
        """Stage id → number of its pipeline (the smallest stage id in it)."""
        parent = {stage.id: stage.id for stage in self.stages}

        def find(one: int) -> int:
            while parent[one] != one:
                parent[one] = parent[parent[one]]
                one = parent[one]
            return one

        first: dict[Any, int] = {}
        commands = any(stage.run for stage in self.stages)
        for stage in self.stages:
            again = first.setdefault(stage.step, stage.id) if commands else stage.id
            same_step = (again,) if stage.run else ()
            for other in (*stage.inputs, *stage.context, *self._links.get(stage.id, ()), *same_step):
                a, b = find(stage.id), find(other)
                parent[max(a, b)] = min(a, b)
        return {stage.id: find(stage.id) for stage in self.stages}

    def component(self, stage: Stage) -> int:
        return self.components[stage.id]

    def scope(self, stage: Stage) -> list[Stage]:
        """Where an absence is judged: the connected pipeline and the files of the same package or example."""
        own = self.components[stage.id]
        area = self.area(stage.site.path)
        return [
            one
            for one in self.stages
            if not one.stale and (self.components[one.id] == own or self.area(one.site.path) == area)
        ]

    @cached_property
    def _areas(self) -> dict[str, str]:
        return {}

    def area(self, path: str) -> str:
        """Where an absence is judged: in a collection of examples each stands alone, all else belongs together.

        Notebooks and experiments are examples beside a library, and steps of the work in any other project.
        """
        found = self._areas.get(path)
        if found is None:
            parts = path.split("/")
            at = next((at for at, part in enumerate(parts[:-1]) if self._holds_examples(part)), None)
            while at is not None and at + 2 < len(parts) and self._nests_examples(parts[at + 1]):
                at += 1
            found = "" if at is None else "/".join(parts[: at + 2])
            self._areas[path] = found
        return found

    def _nests_examples(self, folder: str) -> bool:
        return any(self.has_word(words, folder) for words in ("example-folders", "work-folders"))

    def _holds_examples(self, folder: str) -> bool:
        if self.has_word("example-folders", folder):
            return True
        return self.facts.library and self.has_word("work-folders", folder)


def is_configuration(load: Stage) -> bool:
    """Whether a load reads settings, which are no rows."""
    return load.call.split(".")[0] in ("yaml", "toml", "tomllib", "tomli", "configparser", "omegaconf", "ruamel")


def _best(left: tuple[Pattern, ...], right: tuple[Pattern, ...], same_script: bool) -> str:
    found = {same(a, b) for a in left for b in right if not (same_script and are_apart(a, b))}
    return next((one for one in ("exact", "pattern", "folder") if one in found), "")
