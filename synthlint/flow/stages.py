"""Stages: what happened to data, where, in which loops and under which tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synthlint.flow.values import NO_CRUMBS, NO_IDS, Ids, Value, join

if TYPE_CHECKING:
    from synthlint.models.schema import Summary
    from synthlint.syntax.ir import Pos


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the program: file, node, the statement around it and the function it stands in."""

    path: str
    pos: Pos
    statement: Pos
    scope: str = ""
    scope_pos: Pos | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop: how often it runs if that is known, and whether it only retries until success.

    `over` are the stages whose content it walks; `counts` says that it only counts (`range`, `while`), `again` that
    it walks the same collection more than once, `replaced` are loads whose content something else takes the place of
    in the first pass; `streams` that each item is made when the pass begins.
    """

    id: int
    kind: str
    site: Site
    bound: int | None = None
    retry: bool = False
    over: Ids = NO_IDS
    counts: bool = False
    again: bool = False
    streams: bool = False
    replaced: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """A test that decides whether a statement runs.

    `depends` are the stages it looks at, `reads` the collections, `fresh` whether it looks at a value
    that never repeats; `kind` is `test`, `leave` (an early exit before), `until` (a loop before that went on
    while it held) or `parse` (an exception).
    """

    depends: Ids
    reads: Ids
    fresh: bool
    site: Site
    kind: str = "test"
    names: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Stage:
    """One step of a pipeline.

    `inputs` are the stages whose content it takes, `context` those that only steer it (the prompt of a
    generator call, the model of an evaluation).  `args` holds the values by their role in the summary.
    `run` is the command that it belongs to (0: the program as its code alone describes it); `stale` says that
    a command shows the same step with the values that are really used.
    """

    id: int
    kind: str
    call: str
    site: Site
    summary: Summary | None = None
    inputs: Ids = NO_IDS
    context: Ids = NO_IDS
    loops: tuple[Loop, ...] = ()
    guards: tuple[Guard, ...] = ()
    args: dict[str, Value] = field(default_factory=dict)
    callers: tuple[Site, ...] = ()
    crumbs: frozenset[str] = NO_CRUMBS
    program: str = ""
    run: int = 0
    stale: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def step(self) -> tuple[Any, ...]:
        """What is equal for one step of a program in the runs of several commands."""
        return (self.kind, self.call, self.site, self.callers)

    def merge(self, inputs: Ids, context: Ids, args: dict[str, Value], crumbs: frozenset[str]) -> None:
        """Take in what another pass over the same call saw."""
        self.inputs |= inputs - {self.id}
        self.context |= context - {self.id}
        self.crumbs |= crumbs
        for name, value in args.items():
            self.args[name] = join([self.args[name], value]) if name in self.args else value
