"""One run: the project is read, interpreted and judged; what the paths hold is reported."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from synthlint.findings import Confidence, Finding, Place, Report, Unanalysed
from synthlint.gate.judge import judge
from synthlint.gate.lines import Lines
from synthlint.gate.selection import enabled, validate
from synthlint.rules import registry
from synthlint.settings import Options
from synthlint.settings.load import absolute
from synthlint.sources import projects, suppressions, text
from synthlint.sources.discovery import project_root
from synthlint.sources.projects import project_at

if TYPE_CHECKING:
    from synthlint.flow.modules import ModuleInfo
    from synthlint.models.loader import Registry
    from synthlint.pipeline.graph import Project
    from synthlint.sources.commands import Command

Progress = Callable[[int, int], None]
Attach = Callable[[Sequence[Finding], "Project"], Sequence[Finding]]


@dataclass(slots=True)
class Files:
    """The files of a project: those that were lowered, and those that were not, with the reason.

    `names` are those that findings can lie in, Python files and notebooks with shell scripts, Makefiles and the
    like, `commands` what the latter and READMEs start.
    """

    root: Path
    names: tuple[str, ...]
    commands: list[Command] = field(default_factory=list)
    sources: dict[str, text.Source] = field(default_factory=dict)
    modules: list[ModuleInfo] = field(default_factory=list)
    unparsed: list[Finding] = field(default_factory=list)
    skipped: list[Unanalysed] = field(default_factory=list)


def check(
    paths: Sequence[Path],
    options: Options,
    *,
    stdin: str | None = None,
    stdin_filename: str | None = None,
    progress: Progress | None = None,
    attach: Attach | None = None,
    overlay: Mapping[str, bytes] | None = None,
) -> Report:
    """Check the project around `paths` and report what lies in them.

    `options` are the settings of the run; a configuration file that is nearer to a source file counts for it.

    `stdin` is the text of the file called `stdin_filename`, which need not be on disk.  `progress` is called
    with the number of files done and of all files.  `attach` adds fixes to what is reported; `overlay` holds
    bytes that stand for those of files on disk, by their path in the project.  Raises SettingsError for a code
    that is no rule and ModelError for a malformed API model.
    """
    wanted = [absolute(one) for one in paths]
    root = project_root(wanted)
    given: dict[str, str | bytes | None] = dict(overlay or {})
    if stdin is not None:
        given.setdefault(text.relative(absolute(Path(stdin_filename or paths[0])), root), stdin)
    enabled_gc = gc.isenabled()
    gc.disable()
    try:
        own = project_at(root, options, wanted, given)
        for each in own.each:
            validate(each, registry())
        files = read_files(own, given, progress)
        project, errors = interpret(files, own)
        found = [*files.unparsed]
        if project is not None:
            found += _run_rules(project, own.each, errors)
    finally:
        if enabled_gc:
            gc.enable()
    return _report(files, found, project, options, wanted, errors, attach)


def read_files(
    own: projects.Project, given: Mapping[str, str | bytes | None], progress: Progress | None = None
) -> Files:
    """Read and lower the files that can matter."""
    from synthlint.sources import prescreen

    files = Files(own.root, tuple(sorted((*own.names, *own.scripts))))
    contents = _Contents(own.root, own.names, given)
    packages, calls = _own_names(own.each)
    declared = [name for one in own.each for name, kinds in one.datasets.items() if "synthetic" in kinds]
    others = _Contents(own.root, own.others, given)
    started = partial(_started_together, files, own, others)
    live, seeds = prescreen.sieve(contents, packages, calls, started, declared)
    for done, name in enumerate(live):
        _lower(files, name, contents[name], generates=name in seeds)
        if progress is not None:
            progress(done + 1, len(live))
    for name in sorted(contents.mentioning - set(live)):  # comments there hide nothing, which is to be said
        _keep(files, name, contents[name])
    starting = {one.path for one in files.commands}
    for name in own.scripts:
        data = others[name]
        if name in starting or name in others.mentioning:
            _keep(files, name, data)
    return files


def _keep(files: Files, name: str, data: bytes) -> None:
    with contextlib.suppress(text.Unreadable):
        files.sources[name] = text.from_bytes(name, data)


def _started_together(files: Files, own: projects.Project, others: _Contents) -> list[set[str]]:
    """The project files that each command file starts; read only when the project generates at all."""
    from synthlint.sources.commands.files import read
    from synthlint.sources.commands.launch import Scripts, launched

    files.commands = read(own.others, others.__getitem__)
    scripts = Scripts(own.names)
    groups: dict[str, set[str]] = {}
    for command in files.commands:
        launch = launched(command)
        path = scripts.of(launch) if launch is not None else None
        if path is not None:
            groups.setdefault(command.root, set()).add(path)
    return list(groups.values())


class _Contents(Mapping[str, bytes]):
    """The bytes of the project's files; what came in on standard input stands for the file of its name.

    `mentioning` are the files seen so far that mention synthlint.
    """

    def __init__(self, root: Path, names: Sequence[str], given: Mapping[str, str | bytes | None]) -> None:
        from synthlint.sources import prescreen

        self._files = prescreen.Files(root, names)
        self._given = {
            name: held.encode() if isinstance(held, str) else held for name, held in given.items() if held is not None
        }
        self.mentioning: set[str] = set()

    def __getitem__(self, name: str) -> bytes:
        data = self._given[name] if name in self._given else self._files[name]
        if b"synthlint:" in data:
            self.mentioning.add(name)
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _lower(files: Files, name: str, data: bytes, generates: bool) -> None:
    from synthlint.flow.modules import ModuleInfo
    from synthlint.syntax import Unparsable, lower

    try:
        source = text.from_bytes(name, data)
    except text.Unreadable as error:
        if not getattr(error, "foreign", False):
            files.unparsed.append(unreadable(Place(name, 1, 1, 1, 1), error.reason))
        files.skipped.append(Unanalysed(name, error.reason))
        return
    files.sources[name] = source
    for place, message in source.broken[:1]:
        files.unparsed.append(unreadable(place, message, cells=len(source.broken)))
    try:
        files.modules.append(ModuleInfo(name, lower(source.program), source, generates))
    except Unparsable as error:
        place = source.place((error.line, error.column, error.line, error.column))
        files.unparsed.append(unreadable(place, error.message))
        files.skipped.append(Unanalysed(name, f"cannot be parsed: {error}"))


def unreadable(place: Place, reason: str, cells: int = 0) -> Finding:
    """SYN900 for a file, or for the first of `cells` notebook cells that do not parse."""
    rule = registry()["SYN900"]
    message = rule.message if not cells else f"{cells} of the cells could not be parsed; the others were checked."
    return Finding(rule.code, rule.name, message, rule.severity, Confidence.HIGH, place, place, (reason,))


def interpret(files: Files, own: projects.Project) -> tuple[Project | None, list[str]]:
    """Run the programs of the project and link their stages."""
    if not files.modules:
        return None, []
    from synthlint.flow.modules import Modules
    from synthlint.flow.programs import run_project
    from synthlint.pipeline.graph import Facts, Project

    models = registry_of_models(own.each)
    modules = Modules(files.modules, frozenset(models.module_names()))
    ip = run_project(modules, models, files.root, files.commands)
    for path in sorted(ip.over_budget):
        files.skipped.append(Unanalysed(path, "too large to follow to the end; what was seen is reported"))
    datasets = {name: kinds for one in own.each for name, kinds in one.datasets.items()}
    facts = Facts(datasets=datasets, library=_is_library(files.root), options=own.options)
    return Project(ip.stages, models, facts, ip.collections, files.sources), list(ip.errors)


def _is_library(root: Path) -> bool:
    """Whether the project is built as a package that others install."""
    if (root / "setup.py").is_file():
        return True
    with contextlib.suppress(OSError):
        return b"[build-system]" in (root / "pyproject.toml").read_bytes()
    return False


def registry_of_models(each: Sequence[Options]) -> Registry:
    """The shipped API models and those of the project: a row is true in all of it, whatever file it stands in."""
    from synthlint.models import loader

    if not any(one.models for one in each):
        return loader.shipped()
    registry_ = loader.fresh()
    _add_own(registry_, each)
    return registry_


def _add_own(registry_: Registry, each: Sequence[Options]) -> None:
    from synthlint.models import loader

    for one in each:
        for path in one.model_files():
            loader.load_file(registry_, path)
        loader.load_tables(registry_, one.model_rows(), "[tool.synthlint.models]")


def _own_names(each: Sequence[Options]) -> tuple[frozenset[str], frozenset[str]]:
    """The packages and the names of calls that API models of the project speak of."""
    if not any(one.models for one in each):
        return frozenset(), frozenset()
    from synthlint.models.loader import Registry

    own = Registry()
    _add_own(own, each)
    return frozenset(own.module_names()), own.suffix_names()


def _run_rules(project: Project, each: Sequence[Options], errors: list[str]) -> list[Finding]:
    rules = registry()
    on = {code for one in each for code in enabled(one, rules)}
    found: dict[tuple[str, Place, str], Finding] = {}
    for code in sorted(on):
        try:
            for one in rules[code].check(project):
                key = (one.code, one.place, "")
                if key not in found or found[key].confidence < one.confidence:
                    found[key] = one
        except Exception as error:
            errors.append(f"{code}: {type(error).__name__}: {error}")
    return list(found.values())


def _report(
    files: Files, found: list[Finding], project: Project | None, options: Options, wanted: Sequence[Path],
    errors: list[str], attach: Attach | None = None,
) -> Report:  # fmt: skip
    inside = [one for one in found if _within(files.root / one.place.path, wanted)]
    inside.sort(key=lambda one: one.sort_key)
    comments = {
        name: suppressions.scan(source)
        for name, source in files.sources.items()
        if _within(files.root / name, wanted)
    }  # fmt: skip
    texts = {name: source.text for name, source in files.sources.items()}
    judged = judge(
        inside, comments, root=files.root, options=options, rules=registry(), lines=Lines(files.root, texts).around
    )
    from synthlint.pipeline.views import views

    shown = sorted(judged.findings, key=lambda one: one.sort_key)
    if attach is not None and project is not None:
        shown = list(attach(shown, project))
    pipelines = views(project, {one.pipeline for one in shown}) if project is not None else ()
    reported = [one for one in files.names if _within(files.root / one, wanted)]
    return Report(
        root=str(files.root), findings=tuple(shown), pipelines=pipelines,
        unanalysed=tuple(one for one in files.skipped if _within(files.root / one.path, wanted)),
        files=len(reported), analysed=sum(1 for one in _analysed(files) if _within(files.root / one, wanted)),
        hidden=judged.hidden, internal_errors=tuple(errors),
    )  # fmt: skip


def _analysed(files: Files) -> set[str]:
    """The files that were lowered, and the command files that start something."""
    started = {one.path for one in files.commands} & set(files.sources)
    return {one.path for one in files.modules} | started


def _within(path: Path, wanted: Sequence[Path]) -> bool:
    return any(path == one or one in path.parents for one in wanted)
