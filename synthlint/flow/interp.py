"""The abstract interpreter: statements in call order, branches joined, loops run to see what they carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from synthlint.flow import assign, calls, checks, dag, effects, exprs, guarded, methods
from synthlint.flow.entry import Parsers
from synthlint.flow.modules import ModuleInfo, Modules, library_name
from synthlint.flow.scope import Env, Frame, merge_names
from synthlint.flow.stages import Guard, Loop, Site, Stage
from synthlint.flow.values import (
    FRESH,
    NO_CRUMBS,
    NO_IDS,
    UNKNOWN,
    UNKNOWN_VALUE,
    Cls,
    Const,
    Func,
    Handle,
    Ids,
    Loaded,
    Mod,
    Obj,
    Ref,
    Seq,
    Text,
    Value,
    blend,
    collections_of,
    const,
    deep,
    element,
    join,
    measure,
    taken_from,
)
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.clis import Declared
    from synthlint.flow.commandline import CommandLine
    from synthlint.flow.configs import ConfigReader
    from synthlint.models.loader import Registry
    from synthlint.sources.commands import Command

MAX_STEPS = 400_000
MAX_EXPRESSIONS = 800_000
MAX_PER_PROGRAM = 100_000
MAX_FUNCTION_RUNS = 60
MAX_CALL_DEPTH = 24
ON, LEAVES = "on", "leaves"
_DESCRIBED = ("client", "container", "generate", "fit", "run")


class Interpreter:
    """Runs the programs of a project on abstract values and records the stages they go through."""

    def __init__(self, modules: Modules, models: Registry, read_config: ConfigReader) -> None:
        self.modules = modules
        self.models = models
        self.known_packages = frozenset(models.module_names())
        self.metadata = models.words("response-metadata").exact
        self.read_config = read_config
        self.stages: list[Stage] = []
        self.frames: list[Frame] = []
        self.loops: list[Loop] = []
        self.exits: list[list[dict[str, Value]]] = []
        self.guards: list[Guard] = []
        self.calls: list[Site] = []
        self.call_keys: tuple[int, ...] = ()
        self.run = 0
        self.line: CommandLine | None = None
        self.stdin = self.stdout = ""
        self.parsers = Parsers()
        self.clis: dict[int, Declared] = {}
        self.subcommands: dict[int, dict[str, Value]] = {}
        self.commands: list[Command] = []
        self.nodes: list[Any] = []
        self.sorted: set[str] = set()
        self.ran: dict[int, int] = {}
        self.steps = 0
        self.spent = 0
        self.limit = self.budget = MAX_EXPRESSIONS
        self.per_program = MAX_PER_PROGRAM
        self.over_budget: set[str] = set()
        self.errors: list[str] = []
        self.program = ""
        self.keyed: dict[Any, Any] = {}
        self.again = True
        self._loop_ids = 0
        self.collections: dict[int, Any] = {}
        self.holders: set[int] = set()  # what became a record, list or table when data was put into it
        self.blocks: list[int] = []
        self.declared: dict[int, list[dag.Step]] = {}
        self.edges: dict[int, list[int]] = {}
        self.written_paths: list[Stage] = []

    # -- where we are --------------------------------------------------------------------------------
    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def loop_ids(self) -> Ids:
        return frozenset([loop.id for loop in self.loops])

    def site(self, node: Any) -> Site:
        frame = self.frame
        return Site(frame.module.path, node.pos, frame.statement, frame.scope, frame.scope_pos)

    # -- objects and stages, one per place and call path ----------------------------------------------
    def once(self, node: Any, kind: str, make: Any) -> tuple[Any, bool]:
        """The object made at this place on this call path, and whether it is new."""
        key = (id(node), kind, self.run, self.call_keys)
        found = self.keyed.get(key)
        if found is not None:
            return found, False
        made = self.keyed[key] = make()
        oid = getattr(made, "oid", None)
        if oid is not None:
            self.collections[oid] = made
        return made, True

    def stage(
        self,
        kind: str,
        call: str,
        node: Any,
        *,
        summary: Any = None,
        inputs: Ids = NO_IDS,
        context: Ids = NO_IDS,
        args: dict[str, Value] | None = None,
        crumbs: frozenset[str] = NO_CRUMBS,
        part: str = "",
        **facts: Any,
    ) -> Stage:
        """Record a stage; a second pass over the same call on the same path adds to the first."""

        def make() -> Stage:
            made = Stage(
                len(self.stages) + 1, kind, call, self.site(node), summary,
                loops=tuple(self.loops), guards=tuple(self.guards), callers=tuple(self.calls), program=self.program,
                run=self.run,
            )  # fmt: skip
            self.stages.append(made)
            return made

        stage, new = self.once(node, f"stage:{kind}:{part}:{call}", make)
        stage.merge(inputs, context, args or {}, crumbs)
        if not new:
            known = {id(one) for one in stage.guards}
            stage.guards += tuple(one for one in self.guards if id(one) not in known)[:8]
        stage.facts.update(facts)
        result: Stage = stage
        return result

    # -- running -------------------------------------------------------------------------------------
    def run_module(self, info: ModuleInfo) -> None:
        """Run the top level of a module once, without its `if __name__ == "__main__"` block."""
        if info.state != "new":
            return
        info.state = "running"
        info.env.names.setdefault("__name__", UNKNOWN_VALUE)
        info.env.names.setdefault("__file__", const(info.path))
        self._isolated(info, info.tree.body, "")
        info.state = "done"

    def run_main(self, info: ModuleInfo) -> None:
        """Run the `if __name__ == "__main__"` blocks of a module."""
        for node in info.tree.body:
            if isinstance(node, ir.If) and is_main_test(node.test):
                self._isolated(info, node.body, "")

    def run_program(self, info: ModuleInfo) -> None:
        """Run a module as a command does: all of it, with names of its own."""
        held, info.env = info.env, Env()
        info.env.names.update({"__name__": const("__main__"), "__file__": const(info.path)})
        try:
            self._isolated(info, info.tree.body, "")
        finally:
            info.env = held

    def _isolated(self, info: ModuleInfo, body: Sequence[ir.Stmt], scope: str) -> None:
        held = (self.frames, self.loops, self.guards, self.calls, self.call_keys, self.again)
        blocks, self.blocks = self.blocks, []
        self.frames, self.loops, self.guards, self.calls, self.call_keys = [], [], [], [], ()
        self.again = True
        self.frames.append(Frame(info, info.env, scope))
        try:
            self.block(body)
        finally:
            self.frames, self.loops, self.guards, self.calls, self.call_keys, self.again = held
            self.blocks = blocks

    def enter_module(self, info: ModuleInfo) -> None:
        """Stand in a module, outside of all functions."""
        self.reset()
        self.frames.append(Frame(info, info.env, ""))

    def reset(self) -> None:
        """Leave all functions, loops and tests."""
        self.frames, self.loops, self.guards, self.calls, self.call_keys, self.again = [], [], [], [], (), True
        self.blocks = []

    def run_function(self, info: ModuleInfo, func: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Run a function nobody in the project calls, as its users would."""
        self.frames.append(Frame(info, info.env, ""))
        self.again = True
        try:
            return calls.invoke(self, func, calls.Args(args, kwargs), None)
        finally:
            self.frames.pop()

    def instance_of(self, info: ModuleInfo, cls_value: Value, cls: Cls) -> Value:
        """The one instance on which methods nobody calls are run."""
        found: Value | None = self.keyed.get(("instance", cls.oid))
        if found is None:
            self.frames.append(Frame(info, info.env, ""))
            found = calls.instantiate(self, cls, calls.Args([], {}), cls.node)
            self.frames.pop()
            self.keyed["instance", cls.oid] = found
        return found

    def block(self, body: Iterable[ir.Stmt]) -> str:
        """Run statements; returns whether control reaches the end (ON) or always leaves before (LEAVES)."""
        base = len(self.guards)
        state = ON
        for node in body:
            self.steps += 1
            if self.steps > MAX_STEPS:
                self.over_budget.add(self.frame.module.path)
                break
            outer = self.frame.statement
            self.frame.statement = node.pos
            state = _STATEMENTS[type(node)](self, node)
            self.frame.statement = outer
            if state == LEAVES:
                break
        del self.guards[base:]
        return state

    def eval(self, node: ir.Expr) -> Value:
        """Evaluate an expression."""
        return exprs.evaluate(self, node)

    def truth(self, value: Value) -> bool | None:
        """The truth of a test that cannot be set from outside; None if it is open."""
        if len(value.atoms) == 1 and isinstance(value.atoms[0], Const) and not value.varies and not value.depends:
            return bool(value.atoms[0].value)
        return None

    # -- guards --------------------------------------------------------------------------------------
    def guard(self, test: Value, node: Any, kind: str) -> Guard:
        whole = deep(test)
        names = frozenset(one.id for one in exprs.names_in(node)) if isinstance(node, ir.Compare) else frozenset()
        if kind != "parse":
            checks.note(self, test, node)
        reads = frozenset(one for one in whole.reads if one > 0 and self._outlives(one))
        return Guard(whole.depends | whole.lineage, reads, FRESH in whole.varies, self.site(node), kind, names)

    def _outlives(self, oid: int) -> bool:
        """Whether a collection may hold what earlier passes left: it was not made in this one."""
        made = self.collections.get(oid)
        loops: Ids = getattr(made, "loops", NO_IDS)
        return loops <= self.loop_ids and (not self.loops or loops != self.loop_ids)

    def implicit(self, value: Value) -> Value:
        """A constant chosen under tests depends on what they look at."""
        base = self.frame.guard_base
        active = [one for one in self.guards[base:] if one.depends or one.reads]
        if not active:
            return value
        depends, reads, varies = value.depends, value.reads, value.varies
        for one in active:
            depends |= one.depends
            reads |= one.reads
            varies |= frozenset({UNKNOWN} | ({FRESH} if one.fresh else set()))
        return value.but(depends=depends, reads=reads, varies=varies)

    # -- statements ----------------------------------------------------------------------------------
    def if_(self, node: ir.If) -> str:
        if is_main_test(node.test) and len(self.frames) == 1 and self.frame.module.source.kind == "python":
            return self.block(node.body) if self.run and self.frame.module.path == self.program else ON
        test = self.eval(node.test)
        truth = self.truth(test)
        if truth is not None:
            return self.inlined(node.body if truth else node.orelse)
        guard = self.guard(test, node.test, "test")
        env = self.frame.env
        before = dict(env.names)
        body = self._guarded(node.body, guard)
        after_body, env.names = env.names, dict(before)
        orelse = self._guarded(node.orelse, guard) if node.orelse else ON
        if body == LEAVES and orelse == LEAVES:
            env.names = merge_names(after_body, env.names)
            return LEAVES
        if body == LEAVES or orelse == LEAVES:
            if orelse == LEAVES:
                env.names = after_body
            self.guards.append(self.guard(test, node.test, "leave"))
            return ON
        env.names = merge_names(after_body, env.names)
        return ON

    def _guarded(self, body: Sequence[ir.Stmt], guard: Guard) -> str:
        self.guards.append(guard)
        state = self.block(body)
        self.guards.pop()
        return state

    def for_(self, node: ir.For) -> str:
        source = self.iterable(self.eval(node.iter), node.iter)
        loop = self.new_loop(node, "for", exprs.length_of(source), retry=is_retry(node), source=source)
        item = self.walked(source, loop)
        self.loop_body(node.body, loop, lambda: assign.bind(self, node.target, item))
        if self.holders:
            assign.hand_back_items(self, node, source)
        if node.orelse:
            self.block(node.orelse)
        return ON

    def while_(self, node: ir.While) -> str:
        loop = self.new_loop(node, "while", None, retry=is_retry(node))
        test = self.eval(node.test)
        endless = isinstance(node.test, ir.Const) and self.truth(test) is True  # `count < n` ends some time
        checks.note(self, test, node.test)
        tests = [test]
        self.loop_body(node.body, loop, lambda: tests.append(self.eval(node.test)))
        breaks = has_break(node.body)
        if endless and not breaks:
            return LEAVES
        if not breaks and checks.asks_a_model(self, tests[-1], node.test):
            until = self.guard(tests[-1], node.test, "until")
            self.guards.append(replace(until, reads=NO_IDS))
        if node.orelse:
            self.block(node.orelse)
        return ON

    def new_loop(
        self, node: Any, kind: str, bound: int | None, retry: bool = False, source: Value | None = None
    ) -> Loop:
        """The loop at this place on this call path."""
        over = deep(source).lineage if source is not None else NO_IDS
        counts = source is None or any(isinstance(atom, Seq) and atom.kind == "range" for atom in source.atoms)
        again = source is not None and any(isinstance(atom, Seq) and atom.again for atom in source.atoms)
        if source is not None:
            self.note_iteration(source)

        def make() -> Loop:
            self._loop_ids += 1
            streams = source is not None and methods.is_stream(source)
            return Loop(self._loop_ids, kind, self.site(node), bound, retry, over, counts, again, streams)

        loop: Loop = self.once(node, "loop", make)[0]
        return loop

    def iterable(self, value: Value, node: Any) -> Value:
        """What is walked when a value is iterated: an open file gives its lines."""
        if any(isinstance(atom, Handle) for atom in value.atoms):
            return effects.read_from(self, node, value, lines=True)
        return value

    def note_iteration(self, source: Value) -> None:
        """What a model gave is taken apart: one call makes several records."""
        if any(isinstance(atom, Seq | Loaded | Obj) and not _is_pieces(atom) for atom in source.atoms):
            return
        for one in source.lineage:
            stage = self.stages[one - 1]
            if stage.kind == "generate":
                stage.facts["iterated"] = True

    def carried(self, item: Value, loop: Loop) -> Value:
        """A value that changes with each pass of `loop`."""
        return item.but(varies=item.varies | {loop.id})

    def settled(self, value: Value) -> Value:
        """A text made of all that earlier loops gave: it no longer changes with them."""
        over = {one for one in value.varies if one > 0} - self.loop_ids
        return value.but(varies=value.varies - over) if over else value

    def walked(self, source: Value, loop: Loop) -> Value:
        """An element of `source` in a pass of `loop`; repetitions of one thing (`[x] * 25`) do not change."""
        item = element(source)
        if source.atoms and all(isinstance(atom, Seq) and atom.repeated for atom in source.atoms):
            return item
        return self.carried(item.but(reads=taken_from(loop.id, item.reads, collections_of(source))), loop)

    def loop_body(self, body: Sequence[ir.Stmt], loop: Loop, start: Any) -> None:
        """Run a loop's body, a second time with what the first pass left behind."""
        env = self.frame.env
        before = dict(env.names)
        outer_again = self.again
        passes = 2 if self.again else 1
        self.loops.append(loop)
        self.exits.append([])
        known = len(self.stages)
        for turn in range(passes):
            self.again = turn + 1 == passes and outer_again
            start()
            self.block(body)
            for names in self.exits[-1]:
                env.names = merge_names(env.names, names)
            self.exits[-1].clear()
            if turn == 0 and any(one.kind in ("train", "fit") for one in self.stages[known:]):
                self._note_replaced(body, loop, before)
            for name, value in env.names.items():
                old = before.get(name)
                if old is not None and value is not old:
                    env.names[name] = self.carried(join([old, value]), loop)
        self.loops.pop()
        self.exits.pop()
        self.again = outer_again
        for name, value in env.names.items():
            if loop.id in value.varies and all(isinstance(atom, Const | Text) for atom in value.atoms):
                env.names[name] = value.but(varies=value.varies - {loop.id})
        env.names = merge_names(before, env.names)

    def _note_replaced(self, body: Sequence[ir.Stmt], loop: Loop, before: dict[str, Value]) -> None:
        """Remember the loads whose content no name from before the loop that it uses holds after its first pass."""
        env = self.frame.env
        used = {one.id for node in body for one in exprs.names_in(node)}
        used -= env.names.keys() - before.keys()
        was = [before[name] for name in used if name in before and env.names.get(name) is not before[name]]
        now = [value for value in map(env.get, used) if value is not None]
        held, old = (guarded.ancestors(self, blend(values).lineage) for values in (now, was))
        loop.replaced.update(one for one in old - held if self.stages[one - 1].kind == "load")

    def with_(self, node: ir.With) -> str:
        blocks = len(self.blocks)
        state = self._with_block(node)
        del self.blocks[blocks:]
        return state

    def _with_block(self, node: ir.With) -> str:
        for expr, target in node.items:
            value = self.eval(expr)
            entered = calls.enter(self, value, expr)
            if target is not None:
                assign.bind(self, target, entered)
            dag.enter(self, entered)
        return self.inlined(node.body)

    def inlined(self, body: Iterable[ir.Stmt]) -> str:
        """Run statements that share their guards with the block around."""
        base = len(self.guards)
        for one in body:
            if self.inline(one) == LEAVES:
                del self.guards[base:]
                return LEAVES
        return ON

    def inline(self, node: ir.Stmt) -> str:
        """Run one statement of a block that shares its guards with the block around."""
        self.steps += 1
        outer = self.frame.statement
        self.frame.statement = node.pos
        state: str = _STATEMENTS[type(node)](self, node)
        self.frame.statement = outer
        return state

    def try_(self, node: ir.Try) -> str:
        env = self.frame.env
        before = dict(env.names)
        base = len(self.guards)
        state = ON
        for one in node.body:
            state = self.inline(one)
            if state == LEAVES:
                break
        kept = self.guards[base:]
        del self.guards[base:]
        after_body = env.names
        ends = []
        branches = []
        for handler in node.handlers:
            env.names = merge_names(before, after_body)
            if handler.name:
                env.set(handler.name, UNKNOWN_VALUE)
            end = self.block(handler.body)
            ends.append(end)
            if end == ON:
                branches.append(env.names)
        env.names = after_body
        if state == ON and node.orelse:
            state = self.block(node.orelse)
        if state == LEAVES and branches:
            env.names, branches = branches[0], branches[1:]
        for names in branches:
            env.names = merge_names(env.names, names)
        if node.final:
            self.block(node.final)
        if state == ON:
            self.guards += kept
            if node.handlers and all(end == LEAVES for end in ends):
                self.guards.append(self._parse_guard(node, after_body, before))
        return LEAVES if state == LEAVES and all(end == LEAVES for end in ends) else ON

    def _parse_guard(self, node: ir.Try, after: dict[str, Value], before: dict[str, Value]) -> Guard:
        changed = [value for name, value in after.items() if before.get(name) is not value]
        return self.guard(measure(changed), node, "parse")

    def match(self, node: ir.Match) -> str:
        subject = self.eval(node.subject)
        env = self.frame.env
        before = env.names
        merged: dict[str, Value] = dict(before)
        for case in node.cases:
            env.names = dict(before)
            for name in case.names:
                env.set(name, subject.with_atoms())
            if case.guard is not None:
                self.eval(case.guard)
            self._guarded(case.body, self.guard(subject, node.subject, "test"))
            merged = merge_names(merged, env.names)
        env.names = merged
        return ON

    def assign(self, node: ir.Assign) -> str:
        if node.value is None:
            return ON
        value = self.eval(node.value)
        if isinstance(node.value, ir.Const) and isinstance(node.value.value, bool):
            value = self.implicit(value)
        for target in node.targets:
            assign.bind(self, target, value)
            assign.note_roles(self, target)
        return ON

    def augassign(self, node: ir.AugAssign) -> str:
        assign.augment(self, node)
        return ON

    def exprstmt(self, node: ir.ExprStmt) -> str:
        value = self.eval(node.value)
        return LEAVES if value is exprs.NEVER else ON

    def return_(self, node: ir.Return) -> str:
        value = self.eval(node.value) if node.value is not None else const(None)
        if all(isinstance(atom, Const) for atom in value.atoms) and value.atoms:
            value = self.implicit(value)
        if any(one.kind == "until" for one in self.guards[self.frame.guard_base :]):
            value = guarded.passed(self, value, node)
        self.frame.returns.append(value)
        return LEAVES

    def raise_(self, node: ir.Raise) -> str:
        if node.exc is not None:
            self.eval(node.exc)
        return LEAVES

    def jump(self, node: ir.Jump) -> str:
        if node.kind == "break" and self.exits:
            self.exits[-1].append(dict(self.frame.env.names))
        return LEAVES

    def assert_(self, node: ir.Assert) -> str:
        test = self.eval(node.test)
        self.guards.append(self.guard(test, node.test, "leave"))
        return ON

    def delete(self, node: ir.Delete) -> str:
        return ON

    def scope(self, node: ir.Scope) -> str:
        env = self.frame.env
        for name in node.names:
            target = env.top() if node.kind == "global" else _owner(env.parent, name)
            if target is not None and target is not env:
                env.outer[name] = target
        return ON

    def import_(self, node: ir.Import) -> str:
        for dotted, alias in node.names:
            info = self.modules.find(dotted, self.frame.module)
            if info is not None:
                self.run_module(info)
            if alias:
                self.frame.env.set(alias, self._module(dotted, info))
            else:
                head = dotted.split(".")[0]
                top = info if head == dotted else self.modules.find(head, self.frame.module)
                self.frame.env.set(head, self._module(head, top))
        return ON

    def _module(self, dotted: str, info: ModuleInfo | None) -> Value:
        return Value((Mod(info),)) if info is not None else Value((Ref(dotted),))

    def import_from(self, node: ir.ImportFrom) -> str:
        importer = self.frame.module
        info = self.modules.find(node.module, importer, node.level)
        if info is not None:
            self.run_module(info)
        for name, alias in node.names:
            if name == "*":
                self._import_star(info)
                continue
            self.frame.env.set(alias or name, self._imported(node, name, info))
        return ON

    def _import_star(self, info: ModuleInfo | None) -> None:
        if info is not None:
            for name, value in list(info.env.names.items()):
                if not name.startswith("__"):
                    self.frame.env.set(name, value)

    def described(self, info: ModuleInfo, name: str) -> Value | None:
        """What a library makes that the models describe, where its own repository uses it (in examples, for one)."""
        full = library_name(info, name, self.frame.module, self.known_packages)
        rows = self.models.find(full) if full else ()
        return Value((Ref(full),)) if any(row.role in _DESCRIBED for row in rows) else None

    def _imported(self, node: ir.ImportFrom, name: str, info: ModuleInfo | None) -> Value:
        if info is not None:
            if not node.level and self._is_described(node.module, name, info):
                return Value((Ref(f"{node.module}.{name}"),))
            value = self.described(info, name) or info.env.names.get(name)
            if value is not None:
                return value
        dotted = f"{node.module}.{name}" if node.module else name
        inner = self.modules.find(dotted, self.frame.module, node.level)
        if inner is not None and inner is not info:
            self.run_module(inner)
            return Value((Mod(inner),))
        if info is not None or node.level:
            return UNKNOWN_VALUE
        return Value((Ref(dotted),))

    def _is_described(self, module: str, name: str, info: ModuleInfo) -> bool:
        """Whether models describe what a package gives that lies in the project: the library itself, or a copy."""
        head = module.split(".")[0]
        inside = f"{head}/" in self.frame.module.path
        packaged = "." in module or info.path.endswith("/__init__.py")
        return packaged and not inside and head in self.known_packages and bool(self.models.find(f"{module}.{name}"))

    def function(self, node: ir.Function) -> str:
        frame = self.frame
        qualname = f"{frame.scope}.{node.name}" if frame.scope else node.name
        func, _ = self.once(node, "def", lambda: Func(node, frame.env, frame.module, qualname))
        func.env = frame.env
        value = Value((func,))
        for decorator in reversed(node.decorators):
            value = calls.decorate(self, decorator, value)
        frame.env.set(node.name, value)
        return ON

    def class_(self, node: ir.Class) -> str:
        frame = self.frame
        qualname = f"{frame.scope}.{node.name}" if frame.scope else node.name
        bases = tuple(self.eval(one) for one in node.bases)
        env = Env(frame.env)
        cls, _ = self.once(node, "class", lambda: Cls(node, env, frame.module, qualname, bases, env.names))
        cls.bases, cls.members, cls.env = bases, env.names, env
        self.frames.append(Frame(frame.module, env, qualname, node.pos, owner=cls))
        self.block(node.body)
        self.frames.pop()
        cls.members = env.names
        wrapped = {one.name for one in node.body if isinstance(one, ir.Function) and one.decorators}
        for name, value in list(env.names.items()):
            for atom in value.atoms:
                if isinstance(atom, Func) and atom.owner is None and atom.env is env:
                    atom.owner, atom.env = cls, frame.env
                elif isinstance(atom, Func) and atom.owner is None and name in wrapped:
                    atom.owner, atom.qualname = cls, f"{qualname}.{name}"
            env.names[name] = value
        value = Value((cls,))
        for decorator in reversed(node.decorators):
            self.eval(decorator)
        frame.env.set(node.name, value)
        return ON


def _is_pieces(atom: Any) -> bool:
    """Whether a list is an answer that was split, or stands for one that failed (`[]`)."""
    return isinstance(atom, Seq) and (atom.kind == "pieces" or atom.items == [])


def _owner(env: Env | None, name: str) -> Env | None:
    while env is not None and name not in env.names:
        env = env.parent
    return env


def is_main_test(test: ir.Expr) -> bool:
    """`__name__ == "__main__"`, either way round."""
    if not (isinstance(test, ir.Compare) and test.ops == ("==",)):
        return False
    sides = (test.left, test.rights[0])
    return any(isinstance(one, ir.Name) and one.id == "__name__" for one in sides)


def is_retry(node: ir.For | ir.While) -> bool:
    """A loop that only repeats until one success: its straight path ends in return or break."""
    return _ends_by_leaving(node.body)


def _ends_by_leaving(body: Sequence[ir.Stmt]) -> bool:
    for node in body:
        if isinstance(node, ir.Return) or (isinstance(node, ir.Jump) and node.kind == "break"):
            return True
        if isinstance(node, ir.Try) and (_ends_by_leaving(node.body) or _ends_by_leaving(node.orelse)):
            return True
        if isinstance(node, ir.With) and _ends_by_leaving(node.body):
            return True
    return False


def has_break(body: Iterable[ir.Stmt]) -> bool:
    """Whether a `break` of this loop stands in its body."""
    from synthlint.flow.modules import blocks

    for node in body:
        if isinstance(node, ir.Jump) and node.kind == "break":
            return True
        if not isinstance(node, ir.For | ir.While) and any(has_break(block) for block in blocks(node)):
            return True
    return False


_I = Interpreter
_STATEMENTS: dict[type, Any] = {
    ir.Assign: _I.assign, ir.AugAssign: _I.augassign, ir.ExprStmt: _I.exprstmt, ir.If: _I.if_, ir.For: _I.for_,
    ir.While: _I.while_, ir.With: _I.with_, ir.Try: _I.try_, ir.Match: _I.match, ir.Return: _I.return_,
    ir.Raise: _I.raise_, ir.Jump: _I.jump, ir.Assert: _I.assert_, ir.Delete: _I.delete, ir.Scope: _I.scope,
    ir.Import: _I.import_, ir.ImportFrom: _I.import_from, ir.Function: _I.function, ir.Class: _I.class_,
}  # fmt: skip
