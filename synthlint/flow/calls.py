"""Calls: who is called, what is bound to its parameters, and running project functions in place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synthlint.flow import assign, clis, containers, dag, effects, methods, synthesizers
from synthlint.flow.scope import Env, Frame
from synthlint.flow.values import (
    CONFIGURED,
    FRESH,
    NOTHING,
    UNKNOWN,
    UNKNOWN_ONLY,
    UNKNOWN_VALUE,
    Chain,
    Cls,
    Func,
    Obj,
    Partial,
    Record,
    Ref,
    Seq,
    Value,
    arrived,
    blend,
    collections_of,
    const,
    element,
    join,
)
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter


@dataclass(slots=True)
class Args:
    """The arguments of a call; `rest` is what a `*` or `**` spread of unknown content may pass."""

    pos: list[Value]
    kw: dict[str, Value]
    rest: Value | None = None
    spread: dict[str, Value] = field(default_factory=dict)

    def every(self) -> list[Value]:
        """All argument values, in order."""
        return [*self.pos, *self.kw.values(), *([self.rest] if self.rest is not None else [])]


def call(ip: Interpreter, node: ir.Call) -> Value:
    """Evaluate a call."""
    callee = ip.eval(node.func)
    return invoke(ip, callee, arguments(ip, node), node)


def arguments(ip: Interpreter, node: ir.Call) -> Args:
    """Evaluate the arguments of a call, spreads included."""
    args = Args([], {})
    rest: list[Value] = []
    for one in node.args:
        if isinstance(one, ir.Star):
            value = ip.eval(one.value)
            exact = containers.exact_items(value)
            if exact is not None:
                args.pos += exact
            else:
                rest.append(element(value))
        else:
            args.pos.append(ip.eval(one))
    for name, expr in node.keywords:
        value = ip.eval(expr)
        if name is None:
            containers.spread_record(ip, value, args.kw, rest)
        else:
            args.kw[name] = value
    args.rest = join(rest) if rest else None
    return args


def invoke(ip: Interpreter, callee: Value, args: Args, node: Any) -> Value:
    """Call a value: every function it may be."""
    if not callee.atoms:
        return opaque(ip, "?", callee, args, node)
    return join([_invoke_atom(ip, callee, atom, args, node) for atom in callee.atoms])


def _invoke_atom(ip: Interpreter, callee: Value, atom: Any, args: Args, node: Any) -> Value:
    if isinstance(atom, Func):
        result = run(ip, atom, args, node)
        effects.note_evaluation(ip, atom, args, node)
        return result
    if isinstance(atom, Cls):
        return instantiate(ip, atom, args, node)
    if isinstance(atom, Partial):
        merged = Args([*atom.args, *args.pos], {**atom.kwargs, **args.kw}, args.rest)
        return invoke(ip, atom.func, merged, node)
    if isinstance(atom, Ref):
        return call_name(ip, atom.name, atom.receiver, args, node, callee)
    if isinstance(atom, Obj):
        return _call_object(ip, callee.with_atoms(atom), atom, args, node)
    if isinstance(atom, Chain):
        return effects.run_chain(ip, atom, args, node)
    return opaque(ip, "?", callee, args, node)


def _call_object(ip: Interpreter, own: Value, obj: Obj, args: Args, node: Any) -> Value:
    if obj.cls is not None:
        for name in ("__call__", "forward"):
            found = containers.member(Value((obj.cls,)), name)
            if found is not None:
                result = invoke(ip, containers.bound(ip, found, own, node), args, node)
                return result.but(depends=result.depends | obj.content.depends)
        return opaque(ip, obj.type, own, args, node)
    return call_name(ip, f"{obj.type}.__call__", own, args, node, own)


def call_name(ip: Interpreter, name: str, receiver: Value | None, args: Args, node: Any, callee: Value) -> Value:
    """Call something outside the project, by its name: built in, modelled, a class, or unknown."""
    intrinsic = methods.find(name)
    if name.endswith(".__init__") and receiver is not None:  # `super().__init__(...)`
        for atom in receiver.atoms:
            if isinstance(atom, Obj) and atom.cls is not None:
                construct_base(ip, atom, name.removesuffix(".__init__"), args)
    if intrinsic is not None:
        result = intrinsic(ip, receiver if receiver is not None else NOTHING, args, node)
        if result is not None:
            return result
    result = effects.apply_named(ip, name, receiver, args, node, callee)
    return arrived(result) if name.endswith((".result", ".get")) else result


def opaque(ip: Interpreter, name: str, callee: Value, args: Args, node: Any) -> Value:
    """What an unknown call may give: the content of everything it got."""
    values = args.every()
    consulted = frozenset().union(*[collections_of(one) for one in [*values, callee]])
    # a receiver's metadata says nothing; its content may come out again
    whole = blend([callee, *values])
    last = name.rsplit(".", 1)[-1]
    is_class = last[:1].isupper() and name != "?"
    if is_class:
        return _external_object(ip, name, args, node, whole)
    return whole.but(atoms=(), varies=whole.varies | UNKNOWN_ONLY, reads=whole.reads | consulted)


def _external_object(ip: Interpreter, name: str, args: Args, node: Any, whole: Value) -> Value:
    made = new_object(ip, name, node or args, {**args.kw}, whole.but(atoms=(), reads=frozenset()))
    return made.but(reads=whole.reads)


def new_object(ip: Interpreter, type_: str, node: Any, attrs: dict[str, Value], content: Value) -> Value:
    """An object of an external type made at this place."""
    made, new = ip.once(node, f"obj:{type_}", lambda: Obj(type_, attrs=dict(attrs), content=content, loops=ip.loop_ids))
    if not new:
        for key, value in attrs.items():
            made.attrs[key] = join([made.attrs[key], value]) if key in made.attrs else value
        made.content = join([made.content, content])
    return Value((made,), varies=content.varies & frozenset({UNKNOWN, FRESH}))


# -- project functions --------------------------------------------------------------------------------
def run(ip: Interpreter, func: Func, args: Args, node: Any) -> Value:
    """Run a project function on these arguments, in the loops and under the tests of the call."""
    from synthlint.flow.interp import MAX_CALL_DEPTH, MAX_FUNCTION_RUNS

    key = id(func.node)
    count = ip.ran.get(key, 0)
    active = sum(1 for frame in ip.frames if frame.node is func.node)
    if active >= 2 or count >= MAX_FUNCTION_RUNS or len(ip.frames) > MAX_CALL_DEPTH:
        if count >= MAX_FUNCTION_RUNS:
            ip.over_budget.add(func.module.path)
        return blend(args.every()).but(varies=UNKNOWN_ONLY, crumbs=frozenset({f"`{func.qualname}()` was cut short"}))
    ip.ran[key] = count + 1
    env = Env(func.env)
    if func.oid in ip.clis:
        args = clis.filled(ip, func, args)
    bind_parameters(ip, func, args, env, node)
    frame = Frame(
        func.module, env, func.qualname, func.node.pos, func.owner, func.receiver, guard_base=len(ip.guards),
        statement=func.node.pos, node=func.node, cached=func.cached,
    )  # fmt: skip
    result = synthesizers.used(ip, func, args, node, _run_frame(ip, func, frame, node))
    if ip.holders and isinstance(node, ir.Call):
        _hand_back(ip, func, env, node)
    clis.finished(ip, func, node)
    return result


def _run_frame(ip: Interpreter, func: Func, frame: Frame, node: Any) -> Value:
    held_calls, held_keys, guards = ip.calls, ip.call_keys, len(ip.guards)
    if node is not None:
        ip.calls = [*ip.calls, ip.site(node)]
        ip.call_keys = (*ip.call_keys, id(node))[-10:]
    ip.frames.append(frame)
    try:
        if isinstance(func.node, ir.Lambda):
            return ip.eval(func.node.body)
        ip.block(func.node.body)
    finally:
        ip.frames.pop()
        ip.calls, ip.call_keys = held_calls, held_keys
        del ip.guards[guards:]
    if func.node.is_generator:
        made, _ = ip.once(node or func.node, "generator", lambda: Seq("generator", None, NOTHING, ip.loop_ids))
        made.elem = join([made.elem, *frame.yields])
        return Value((made,))
    return join(frame.returns) if frame.returns else const(None)


def _hand_back(ip: Interpreter, func: Func, env: Env, node: ir.Call) -> None:
    """Unknown arguments hold what the function put into them."""
    names = [one.name for one in func.node.params if one.kind not in ("vararg", "kwarg", "keyword")]
    given = zip(names[func.receiver is not None :], node.args, strict=False)
    for name, expr in (*given, *((name, expr) for name, expr in node.keywords if name is not None)):
        assign.hand_back(ip, expr, env.names.get(name))


def bind_parameters(ip: Interpreter, func: Func, args: Args, env: Env, node: Any) -> None:
    """Give the parameters their values: call site, then default, else unknown."""
    params = func.node.params
    positional = list(args.pos)
    if func.receiver is not None:
        positional.insert(0, func.receiver)
    keywords = dict(args.kw)
    for param in params:
        if param.kind == "vararg":
            held = positional
            positional = []
            env.names[param.name] = _star_args(ip, param, held, args, node)
        elif param.kind == "kwarg":
            continue
        elif param.kind != "keyword" and positional:
            env.names[param.name] = positional.pop(0)
        elif param.name in keywords and param.kind != "positional":
            env.names[param.name] = keywords.pop(param.name)
        else:
            env.names[param.name] = _default(ip, func, param, args, node)
    for param in params:
        if param.kind == "kwarg":
            rest = UNKNOWN_VALUE if node is None and args.rest is None else args.rest  # its users may pass anything
            env.names[param.name] = Value((Record(keywords, rest),))


def _star_args(ip: Interpreter, param: ir.Param, held: list[Value], args: Args, node: Any) -> Value:
    if args.rest is not None:
        return Value((Seq("tuple", None, join([*held, args.rest])),))
    return Value((Seq("tuple", list(held), NOTHING),))


def _default(ip: Interpreter, func: Func, param: ir.Param, args: Args, node: Any) -> Value:
    if args.rest is not None:
        known = [ip.eval(param.default)] if param.default is not None else []
        return join([*known, args.rest.but(varies=args.rest.varies | UNKNOWN_ONLY)])
    if param.default is not None:
        ip.frames.append(Frame(func.module, func.env, func.qualname))
        value = ip.eval(param.default)
        ip.frames.pop()
        if node is None:
            value = value.but(varies=value.varies | {CONFIGURED})
        return methods.declared_default(ip, value)
    if node is None and param.annotation is not None:
        return typed_unknown(ip, func, param.annotation)
    return UNKNOWN_VALUE


def typed_unknown(ip: Interpreter, func: Func, annotation: ir.Expr) -> Value:
    """An unknown argument of a known type: `client: OpenAI`, `df: pd.DataFrame`."""
    if isinstance(annotation, ir.Const) or not isinstance(annotation, ir.Name | ir.Attr):
        return UNKNOWN_VALUE
    ip.frames.append(Frame(func.module, func.env, func.qualname))
    value = ip.eval(annotation)
    ip.frames.pop()
    for atom in value.atoms:
        if isinstance(atom, Ref) and not atom.name.startswith(("builtins.", "?.", "typing.")):
            kind = atom.name
            made, _ = ip.once(annotation, "typed", lambda kind=kind: Obj(kind, content=UNKNOWN_VALUE))
            return Value((made,), varies=UNKNOWN_ONLY)
    return UNKNOWN_VALUE


# -- classes ------------------------------------------------------------------------------------------
def instantiate(ip: Interpreter, cls: Cls, args: Args, node: Any) -> Value:
    """A new instance: `__init__` of the class or its bases runs, declared fields take their values."""
    made, new = ip.once(node or cls.node, f"new:{cls.oid}", lambda: Obj(cls.qualname, cls, loops=ip.loop_ids))
    if new:
        made.is_data = bool(declared_names(cls)) or _holds_rows(cls)
        _declared_fields(ip, cls, made, args)
    own = Value((made,))
    init = containers.member(Value((cls,)), "__init__")
    if init is not None and any(isinstance(atom, Func) for atom in init.atoms):
        invoke(ip, containers.bound(ip, init, own, node), args, node)
    elif (base := external_base(cls)) is not None:
        construct_base(ip, made, base, args)
    if ip.blocks:
        dag.note(ip, own, node)
    return own


def construct_base(ip: Interpreter, made: Obj, base: str, args: Args) -> None:
    """What the constructor of a class outside the project keeps: its arguments, under the names of its parameters."""
    own = methods.find(base)
    for atom in (own(ip, NOTHING, args, made.cls) or NOTHING).atoms if own is not None else ():
        if isinstance(atom, Obj):
            made.attrs.update(atom.attrs)
    made.attrs.update(args.kw)
    rows = [row for row in ip.models.find(base) if row.params]
    for row in rows[:1]:
        for name, value in zip(row.params, args.pos, strict=False):
            made.attrs.setdefault(name, value)


def _holds_rows(cls: Cls) -> bool:
    """Whether instances are datasets of the project: they give their rows by number, or derive from one that does."""
    if str(external_base(cls)).startswith(("torch.utils.data.", "tensorflow.keras.utils.Sequence")):
        return True
    return all(containers.member(Value((cls,)), name) is not None for name in ("__getitem__", "__len__"))


def external_base(cls: Cls) -> str | None:
    """The first class outside the project that a class derives from."""
    for base in cls.bases:
        for atom in base.atoms:
            if isinstance(atom, Ref) and not atom.name.startswith(("builtins.", "?.", "abc.", "typing.")):
                return atom.name
            if isinstance(atom, Cls):
                found = external_base(atom)
                if found is not None:
                    return found
    return None


def _declared_fields(ip: Interpreter, cls: Cls, made: Obj, args: Args) -> None:
    names = declared_names(cls)
    given = dict(args.kw)
    for name, value in zip(names, args.pos, strict=False):
        given.setdefault(name, value)
    for name in names:
        if name in given:
            made.attrs[name] = given[name]
        elif name in cls.members:
            made.attrs[name] = methods.declared_default(ip, cls.members[name])
        elif args.rest is not None:
            made.attrs[name] = args.rest


def declared_names(cls: Cls) -> list[str]:
    """Annotated fields of a class and its project bases, in the order of the constructor."""
    names: list[str] = []
    for base in cls.bases:
        for atom in base.atoms:
            if isinstance(atom, Cls):
                names += declared_names(atom)
    for node in cls.node.body:
        if isinstance(node, ir.Assign) and node.annotation is not None and isinstance(node.targets[0], ir.Name):
            names.append(node.targets[0].id)
    return names


# -- decorators and context managers ------------------------------------------------------------------
_PLAIN_DECORATORS = ("property", "staticmethod", "classmethod", "cached_property", "setter", "abstractmethod")


def decorate(ip: Interpreter, decorator: ir.Expr, value: Value) -> Value:
    """What a decorator makes of a function: a project decorator is run, a cache marks it, others pass it on."""
    last = decorator.name if isinstance(decorator, ir.Attr) else getattr(decorator, "id", "")
    if last in _PLAIN_DECORATORS:
        return value
    made = ip.eval(decorator)
    clis.decorated(ip, decorator, value)
    for atom in made.atoms:
        if isinstance(atom, Func):
            result = run(ip, atom, Args([value], {}), decorator)
            if any(isinstance(one, Func | Partial) for one in result.atoms):
                return result
    for name in decorator_names(ip, decorator, made):
        if any(row.role == "cache" for row in ip.models.find(name)):
            for atom in value.atoms:
                if isinstance(atom, Func):
                    atom.cached = True
    return value


def decorator_names(ip: Interpreter, decorator: ir.Expr, made: Value) -> list[str]:
    """The external names that a decorator expression refers to."""
    callee = ip.eval(decorator.func) if isinstance(decorator, ir.Call) else made
    return [atom.name for atom in callee.atoms if isinstance(atom, Ref)]


def enter(ip: Interpreter, value: Value, node: Any) -> Value:
    """What `with value as name` binds."""
    for atom in value.atoms:
        if isinstance(atom, Obj) and atom.cls is not None:
            found = containers.member(Value((atom.cls,)), "__enter__") or containers.member(
                Value((atom.cls,)), "__aenter__"
            )
            if found is not None:
                return invoke(ip, containers.bound(ip, found, value, node), Args([], {}), node)
        if isinstance(atom, Seq) and atom.kind == "generator":
            return element(value)
    return value
