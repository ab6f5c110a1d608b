"""Built-in functions and the methods of built-in types, whose meaning no data row could say."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from synthlint.flow import checks, clis, containers, entry, guarded, subprocesses
from synthlint.flow.commandline import text_of
from synthlint.flow.values import (
    CONFIGURED,
    FRESH,
    NOTHING,
    UNKNOWN_ONLY,
    UNKNOWN_VALUE,
    Const,
    Dumped,
    Func,
    Handle,
    Loaded,
    Obj,
    Partial,
    Record,
    Ref,
    Seq,
    Text,
    Value,
    blend,
    collections_of,
    concat,
    const,
    deep,
    element,
    join,
    make_text,
    measure,
    text_parts,
)

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter

Intrinsic = Callable[["Interpreter", Value, "Args", Any], "Value | None"]
_TABLE: dict[str, Intrinsic] = {}


def find(name: str) -> Intrinsic | None:
    """The intrinsic of that name."""
    found = _TABLE.get(name)
    if found is None and name.startswith("?."):
        kind = _ON_UNKNOWN.get(name.rsplit(".", 1)[-1])
        return _TABLE.get(f"{kind}.{name.rsplit('.', 1)[-1]}") if kind else None
    if found is None and name.count(".") == 1:
        kind, method = name.split(".")
        if kind in ("tuple", "set", "generator", "deque", "list", "pieces"):
            return _TABLE.get(f"list.{method}")
    return found


# methods that tell the built-in type of a receiver nobody resolved
_ON_UNKNOWN = {
    **dict.fromkeys(
        ("strip", "lstrip", "rstrip", "lower", "upper", "replace", "split", "splitlines", "startswith", "endswith",
         "format", "encode", "decode", "write_text", "casefold", "isdigit"),
        "str",
    ),
    **dict.fromkeys(("append", "extend"), "list"),
    **dict.fromkeys(("items", "keys", "values", "setdefault"), "dict"),
    **dict.fromkeys(("write", "writelines"), "file"),
    "system": "ipython",
}  # fmt: skip


def intrinsic(*names: str) -> Callable[[Intrinsic], Intrinsic]:
    """Register a function under call names."""

    def add(func: Intrinsic) -> Intrinsic:
        for name in names:
            _TABLE[name] = func
        return func

    return add


def argument(args: Args, index: int, *names: str) -> Value:
    """The argument at a position or under one of its names; NOTHING if it is not given."""
    for name in names:
        if name in args.kw:
            return args.kw[name]
    if index < len(args.pos):
        return args.pos[index]
    return NOTHING


def declared_default(ip: Interpreter, value: Value) -> Value:
    """The default of a declared field: `field(default=…)`, `Field(…)`, `Option(…)` are looked into."""
    for atom in value.atoms:
        if isinstance(atom, Obj) and atom.type.rsplit(".", 1)[-1] in ("field", "Field", "Option", "Argument"):
            held = atom.attrs.get("default")
            return held if held is not None else UNKNOWN_VALUE.but(varies=frozenset({CONFIGURED}))
    return value


# -- builtins -----------------------------------------------------------------------------------------
@intrinsic(
    "builtins.int", "builtins.float", "builtins.bool", "builtins.isinstance", "builtins.hasattr",
    "builtins.callable", "builtins.issubclass", "builtins.hash", "builtins.id", "builtins.type", "builtins.ord",
    "builtins.round", "builtins.abs", "builtins.sum", "builtins.pow",
)  # fmt: skip
def _measured(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    number = args.pos[0].const if args.pos else None
    atoms = (Const(number),) if isinstance(number, int | float) and len(args.pos) == 1 else ()
    result = measure(args.every(), *atoms)
    return result.but(reads=result.reads | frozenset().union(*[collections_of(one) for one in args.pos]))


@intrinsic("builtins.len")
def _length(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    """A length asks how many there are, not whether one is among them."""
    return measure(args.every())


@intrinsic("builtins.any", "builtins.all", "builtins.max", "builtins.min")
def _test_of_many(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if len(args.pos) == 1:
        item = element(args.pos[0])
        if item.lineage and not item.depends:
            return item
        return measure([item]).but(reads=item.reads)
    return join(args.pos)


@intrinsic("builtins.str", "builtins.repr", "builtins.format", "builtins.ascii", "pathlib.Path", "pathlib.PurePath",
           "os.fspath", "builtins.bytes", "pathlib.PosixPath")  # fmt: skip
def _to_text(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if not args.pos:
        return const("")
    if len(args.pos) > 1:
        return _joined_path(args.pos)
    value = args.pos[0]
    if text_parts(value) is not None or any(isinstance(one, Dumped) for one in value.atoms):
        return value
    if len(value.atoms) > 1 and all(isinstance(one, Const | Text) for one in value.atoms):
        return value
    return blend([value], *([Dumped(value)] if any(isinstance(one, Record | Obj) for one in value.atoms) else []))


@intrinsic("builtins.print")
def _print(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import effects

    target = args.kw.get("file")
    if target is not None and any(isinstance(atom, Handle) for atom in target.atoms):
        effects.write_to(ip, node, "print", list(args.pos), target)
    elif target is None and ip.stdout:
        effects.write_to(ip, node, "print", list(args.pos), text_of(ip.stdout))
    else:
        held = blend(args.pos)
        if held.lineage:
            ip.stage("show", "print", node, inputs=held.lineage)
    return const(None)


@intrinsic("builtins.open", "io.open", "codecs.open", "aiofiles.open", "gzip.open", "bz2.open", "smart_open.open",
           "fsspec.open", "xopen.xopen", "lzma.open")  # fmt: skip
def _open(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    path = argument(args, 0, "file", "path", "filename", "urlpath")
    mode = argument(args, 1, "mode").const
    made, _ = ip.once(node, "handle", lambda: Handle(path, str(mode or "r")))
    made.path = join([made.path, path])
    return Value((made,))


@intrinsic("str.open")
def _path_open(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    mode = argument(args, 0, "mode").const
    made, _ = ip.once(node, "handle", lambda: Handle(receiver, str(mode or "r")))
    return Value((made,))


@intrinsic("builtins.list", "builtins.tuple", "builtins.sorted", "builtins.reversed", "builtins.iter",
           "collections.deque", "itertools.islice", "itertools.cycle", "copy.copy", "copy.deepcopy")  # fmt: skip
def _to_list(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if not args.pos:
        return containers.new_seq(ip, node, "list", [])
    value = args.pos[0]
    if any(isinstance(atom, Obj | Loaded) for atom in value.atoms):
        return value
    exact = containers.exact_items(value)
    if exact is not None:
        return containers.new_seq(ip, node, "list", exact)
    if not any(isinstance(atom, Seq | Record) for atom in value.atoms):
        return value
    if any(isinstance(atom, Record) for atom in value.atoms) and _is_copy(node):
        return value
    return containers.new_seq(ip, node, "list", None, element(value))


def _is_copy(node: Any) -> bool:
    func = getattr(node, "func", None)
    return getattr(func, "name", getattr(func, "id", "")) in ("copy", "deepcopy")


@intrinsic("builtins.set", "builtins.frozenset")
def _to_set(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return guarded.make_set(ip, [element(args.pos[0])] if args.pos else [], node)


@intrinsic("builtins.dict", "collections.OrderedDict", "collections.defaultdict", "collections.Counter")
def _to_dict(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    fields: dict[str, Value] = {}
    rest: list[Value] = []
    for value in args.pos:
        if any(isinstance(atom, Record | Obj) for atom in value.atoms):
            containers.spread_record(ip, value, fields, rest)
        elif any(isinstance(atom, Seq) for atom in value.atoms):
            pair = element(value)
            rest.append(containers.get_item(ip, pair, const(1), node) if pair.atoms else pair)
    fields.update(args.kw)
    return containers.new_record(ip, node, fields, join(rest) if rest else args.rest)


@intrinsic("dict.fromkeys", "builtins.dict.fromkeys")
def _from_keys(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    keys = guarded.distinct(ip, element(args.pos[0]), node, "dict.fromkeys") if args.pos else NOTHING
    return containers.new_record(ip, node, {}, argument(args, 1, "value"), keys)


@intrinsic("builtins.zip", "itertools.zip_longest", "itertools.product")
def _zip(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    parts = [element(one) for one in args.pos]
    row = containers.new_seq(ip, node, "tuple", parts)
    made, _ = ip.once(node, "zip", lambda: Seq(_flow_of(args.pos), None, row, ip.loop_ids))
    made.elem = row
    return Value((made,))


def _flow_of(sources: list[Value]) -> str:
    """Whether the items are there one by one, as those of a generator are, or all at once."""
    return "generator" if any(map(is_stream, sources)) else "list"


def is_stream(value: Value) -> bool:
    """Whether each item is made when it is asked for."""
    return any(isinstance(atom, Seq) and atom.kind == "generator" for atom in value.atoms)


@intrinsic("builtins.enumerate")
def _enumerate(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow.exprs import length_of

    if not args.pos:
        return UNKNOWN_VALUE
    row = containers.new_seq(ip, node, "tuple", [Value(varies=frozenset({FRESH})), element(args.pos[0])])
    made, _ = ip.once(node, "enumerate", lambda: Seq(_flow_of(args.pos), None, row, ip.loop_ids))
    made.elem, made.times = row, length_of(args.pos[0])
    return Value((made,))


@intrinsic("builtins.range", "tqdm.trange", "tqdm.auto.trange", "itertools.count")
def _range(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    bounds = [one.const for one in args.pos[:2]]
    size = None
    if bounds and all(isinstance(one, int) for one in bounds):
        size = bounds[-1] - (bounds[0] if len(bounds) == 2 else 0)
    made, _ = ip.once(node, "range", lambda: Seq("range", None, NOTHING, ip.loop_ids))
    made.elem = measure(args.pos).but(varies=frozenset({FRESH}))
    made.times = size
    return Value((made,))


@intrinsic("builtins.map")
def _map(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import effects

    return effects.apply_each(ip, args.pos[0] if args.pos else NOTHING, args.pos[1:], [], node, "stream")


@intrinsic("builtins.filter")
def _filter(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import effects

    if len(args.pos) < 2:
        return UNKNOWN_VALUE
    return effects.filter_by(ip, args.pos[0], args.pos[1], node)


@intrinsic("builtins.next", "builtins.anext")
def _next(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return element(args.pos[0]) if args.pos else UNKNOWN_VALUE


@intrinsic("builtins.getattr")
def _getattr(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    name = argument(args, 1).const
    if isinstance(name, str) and args.pos:
        held = containers.get_attr(ip, args.pos[0], name, node)
        known = [a for a in held.atoms if not (isinstance(a, Ref) and a.name.startswith("?."))]
        return held if known or len(args.pos) < 3 else join([held.with_atoms(), args.pos[2]])
    return blend(args.pos)


@intrinsic("builtins.setattr")
def _setattr(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    name = argument(args, 1).const
    if isinstance(name, str) and len(args.pos) == 3:
        containers.set_attr(ip, args.pos[0], name, args.pos[2], node)
    return const(None)


@intrinsic("builtins.vars", "dataclasses.asdict", "argparse.Namespace.__dict__")
def _vars(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    fields: dict[str, Value] = {}
    rest: list[Value] = []
    if args.pos:
        containers.spread_record(ip, args.pos[0], fields, rest)
    return containers.new_record(ip, node, fields, join(rest) if rest else None)


@intrinsic("builtins.super")
def _super(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return Value((Ref("super", ip.frame.env.get("self") or ip.frame.receiver),))


@intrinsic("builtins.input")
def _input(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return UNKNOWN_VALUE


@intrinsic("builtins.exit", "builtins.quit", "sys.exit", "os._exit")
def _exit(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow.exprs import NEVER

    return NEVER


@intrinsic("functools.partial")
def _partial(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if not args.pos:
        return UNKNOWN_VALUE
    made, _ = ip.once(node, "partial", lambda: Partial(args.pos[0], args.pos[1:], dict(args.kw)))
    made.args, made.kwargs = args.pos[1:], dict(args.kw)
    return Value((made,))


@intrinsic("itertools.chain", "itertools.chain.from_iterable")
def _chain(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    parts = args.pos if len(args.pos) != 1 else (containers.exact_items(args.pos[0]) or [element(args.pos[0])])
    return containers.mix(ip, list(parts), node, "itertools.chain")


# -- columns of tables --------------------------------------------------------------------------------
@intrinsic("datasets.Dataset.select_columns", "polars.DataFrame.select")
def _select_columns(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value | None:
    names = list(args.pos) if len(args.pos) > 1 else containers.exact_items(argument(args, 0, "column_names"))
    names = names if names is not None else [argument(args, 0, "column_names")]
    if not names or not all(isinstance(one.const, str) for one in names):
        return None
    return containers.get_item(ip, receiver, containers.new_seq(ip, node, "list", names), node)


@intrinsic("pandas.DataFrame.insert")
def _insert_column(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    containers.set_item(ip, receiver, argument(args, 1, "column"), argument(args, 2, "value"), node)
    return const(None)


@intrinsic("datasets.Dataset.remove_columns", "pandas.DataFrame.drop", "polars.DataFrame.drop")
def _drop_columns(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value | None:
    return containers.without_columns(ip, receiver, argument(args, 0, "columns", "column_names", "labels"), node)


@intrinsic("polars.lit", "polars.Expr.alias", "polars.col")
def _expression(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    """An expression for a column: its value and the name that `alias` gives it."""
    from synthlint.flow import calls

    named = receiver.atoms != ()
    given = argument(args, 0, "value", "name")
    value = next((atom.attrs["value"] for atom in receiver.atoms if isinstance(atom, Obj)), NOTHING) if named else given
    attrs = {"value": value, "name": given if named else NOTHING}
    return calls.new_object(ip, "polars.Expr", node, attrs, value.with_atoms())


@intrinsic("polars.DataFrame.with_columns", "polars.DataFrame.with_column")
def _with_columns(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value | None:
    """A table with columns added: `name=value`, or expressions that have a name."""
    tables = [atom for atom in receiver.atoms if isinstance(atom, Obj)]
    if len(tables) != 1:
        return None
    added = dict(args.kw)
    for one in (each for value in args.pos for each in containers.exact_items(value) or [value]):
        for atom in one.atoms:
            name = atom.attrs.get("name", NOTHING).const if isinstance(atom, Obj) else None
            if isinstance(name, str) and isinstance(atom, Obj):
                added[name] = atom.attrs["value"]
    (old,) = tables
    made, _ = ip.once(node, f"with:{old.oid}", lambda: Obj(old.type, content=old.content, loops=old.loops))
    made.columns, made.attrs = {**old.columns, **added}, dict(old.attrs)
    return receiver.with_atoms(made)


# -- lists, sets, dicts -------------------------------------------------------------------------------
@intrinsic("list.append", "list.add", "list.appendleft", "data.append", "list.put", "data.add")
def _append(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if args.pos:
        containers.append(ip, receiver, args.pos[0], node)
    return const(None)


@intrinsic("list.insert")
def _insert(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if len(args.pos) == 2:
        containers.append(ip, receiver, args.pos[1], node)
    return const(None)


@intrinsic("list.extend", "list.update", "data.extend", "list.extendleft")
def _extend(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if args.pos:
        containers.extend(ip, receiver, args.pos[0], node)
    return const(None)


@intrinsic("list.pop", "list.popleft", "data.pop", "list.get")
def _pop(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return element(receiver)


@intrinsic("list.copy", "list.sort", "list.reverse", "dict.copy", "data.copy", "list.union")
def _same(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return receiver


@intrinsic("list.index", "list.count")
def _position(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return measure([receiver, *args.pos]).but(reads=collections_of(receiver))


@intrinsic("dict.setdefault")
def _setdefault(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    key, default = argument(args, 0), argument(args, 1, "default")
    if not any(isinstance(a, Record) and str(key.const) in a.fields for a in receiver.atoms):
        containers.set_item(ip, receiver, key, default, node)
    return containers.get_item(ip, receiver, key, node)


@intrinsic("dict.get", "data.get", "dict.pop")
def _get(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if not args.pos:
        return UNKNOWN_VALUE
    found = containers.get_item(ip, receiver, args.pos[0], node)
    known = any(isinstance(a, Record) and str(args.pos[0].const) in a.fields for a in receiver.atoms)
    fallback = argument(args, 1, "default")
    if fallback is NOTHING or known:
        return found
    return join([found.but(varies=found.varies - UNKNOWN_ONLY), fallback])


@intrinsic("dict.items", "data.items")
def _items(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    keys, values = _keys(receiver), _values(ip, receiver, node)
    row = containers.new_seq(ip, node, "tuple", [keys, values])
    made, _ = ip.once(node, "items", lambda: Seq("list", None, row, ip.loop_ids))
    made.elem = row
    return Value((made,))


def _keys(receiver: Value) -> Value:
    known = [element(receiver.with_atoms(atom)) for atom in receiver.atoms if isinstance(atom, Record)]
    return join(known) if known else UNKNOWN_VALUE


def _values(ip: Interpreter, receiver: Value, node: Any) -> Value:
    out = [] if receiver.atoms else [element(receiver)]
    for atom in receiver.atoms:
        if isinstance(atom, Record):
            out += [*atom.fields.values(), *([atom.rest] if atom.rest is not None else [])]
        else:
            out.append(element(receiver.with_atoms(atom)))
    return join(out)


@intrinsic("dict.values", "data.values")
def _dict_values(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return containers.new_seq(ip, node, "list", None, _values(ip, receiver, node))


@intrinsic("dict.keys", "data.keys")
def _dict_keys(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return containers.new_seq(ip, node, "list", None, _keys(receiver))


@intrinsic("dict.update")
def _update(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    fields: dict[str, Value] = dict(args.kw)
    rest: list[Value] = []
    for value in args.pos:
        containers.spread_record(ip, value, fields, rest)
    for name, value in fields.items():
        containers.set_item(ip, receiver, const(name), value, node)
    for atom in receiver.atoms:
        if isinstance(atom, Record) and rest:
            atom.rest = join([*rest, *([atom.rest] if atom.rest is not None else [])])
    return const(None)


# -- text ---------------------------------------------------------------------------------------------
@intrinsic("str.format", "str.format_map")
def _format(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    import re

    parts = text_parts(receiver)
    if parts is None:
        return blend([receiver, *args.every()])
    queue = list(args.pos)
    out: list[str | None] = []
    for part in parts:
        if part is None:
            out.append(None)
            continue
        for piece in re.split(r"(\{[^{}]*\})", part):
            if not (piece.startswith("{") and piece.endswith("}")):
                out.append(piece)
                continue
            name = re.split(r"[.!:\[]", piece[1:-1])[0]
            if name.isdigit() and int(name) < len(args.pos):
                value = args.pos[int(name)]
            else:
                value = args.kw.get(name, NOTHING) if name else (queue.pop(0) if queue else NOTHING)
            out += text_parts(value) or (None,)
    return blend([receiver, *args.every()], make_text(out))


@intrinsic("str.join")
def _join(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if not args.pos:
        return UNKNOWN_VALUE
    exact = containers.exact_items(args.pos[0])
    if exact is not None and text_parts(receiver) is not None and len(exact) < 20:
        pieces: list[Value] = []
        for one in exact:
            pieces += [receiver, one] if pieces else [one]
        return concat(pieces)
    item = element(args.pos[0])
    dumped = [atom for atom in item.atoms if isinstance(atom, Dumped)]
    whole = ip.settled(blend([receiver, args.pos[0]]))
    if dumped:
        lines = containers.new_seq(ip, node, "list", None, join([atom.value for atom in dumped]))
        return whole.with_atoms(Dumped(lines))
    return whole.with_atoms(Text((None,)))


@intrinsic("str.replace")
def _replace(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return blend([receiver, *args.pos], *[Text((None,)) for _ in receiver.atoms[:1]])


@intrinsic("str.strip", "str.lstrip", "str.rstrip", "str.lower", "str.upper", "str.title", "str.capitalize",
           "str.encode", "bytes.decode", "str.expanduser", "str.resolve", "str.absolute", "str.casefold",
           "str.as_posix",
           "str.decode", "textwrap.dedent", "inspect.cleandoc", "os.path.abspath", "os.path.expanduser",
           "os.path.realpath", "os.path.normpath", "str.dedent")  # fmt: skip
def _kept_text(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return receiver if receiver is not NOTHING else (args.pos[0] if args.pos else NOTHING)


@intrinsic("str.split", "str.splitlines", "str.rsplit", "str.partition", "str.rpartition")
def _split_text(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    piece = blend([receiver])
    return containers.new_seq(ip, node, "pieces", None, piece.with_atoms(Text((None,)))).but(lineage=piece.lineage)


@intrinsic("str.startswith", "str.endswith", "str.isdigit", "str.find", "str.count", "str.exists", "str.is_file",
           "os.path.exists", "os.path.isfile", "os.path.isdir", "str.is_dir", "str.index", "str.isalpha", "re.match",
           "str.isspace", "re.fullmatch", "str.stat", "os.path.getsize")  # fmt: skip
def _text_test(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    if str(getattr(getattr(node, "func", None), "name", "")) in ("match", "fullmatch"):
        return blend(args.pos)
    return measure([receiver, *args.pos]).but(varies=UNKNOWN_ONLY)


# -- paths --------------------------------------------------------------------------------------------
def _joined_path(values: list[Value]) -> Value:
    pieces: list[Value] = []
    for one in values:
        pieces += [const("/"), one] if pieces else [one]
    return concat(pieces)


@intrinsic("os.path.join", "posixpath.join")
def _path_join(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return _joined_path(args.pos)


@intrinsic("str.joinpath")
def _joinpath(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return _joined_path([receiver, *args.pos])


@intrinsic("os.path.dirname", "str.parent")
def _dirname(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    source = args.pos[0] if args.pos else receiver
    if isinstance(source.const, str):
        return const(posixpath.dirname(source.const))
    return blend([source], Text((None,)))


@intrinsic("os.path.basename", "os.path.splitext")
def _basename(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    source = args.pos[0] if args.pos else receiver
    return blend([source], Text((None,)))


@intrinsic("str.with_suffix", "str.with_name", "str.with_stem", "str.relative_to")
def _with_suffix(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    parts = text_parts(args.pos[0]) if args.pos else None
    suffix = parts[-1] if parts else None
    if isinstance(receiver.const, str) and suffix is not None and suffix.startswith("."):
        return const(posixpath.splitext(receiver.const)[0] + suffix)
    return blend([receiver, *args.pos], Text((None, suffix)) if suffix else Text((None,)))


@intrinsic("os.listdir", "str.iterdir", "str.glob", "str.rglob", "glob.glob", "glob.iglob", "os.scandir", "os.walk")
def _listing(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    base = receiver if receiver is not NOTHING else (args.pos[0] if args.pos else NOTHING)
    func = getattr(node, "func", None)
    name = getattr(func, "name", getattr(func, "id", ""))
    if name in ("glob", "rglob") and receiver is not NOTHING:
        base = _joined_path([receiver, *args.pos[:1]])
    pattern = _star_to_hole(base)
    if name in ("listdir", "iterdir", "scandir", "walk"):
        pattern = concat([base, const("/"), Value((Text((None,)),))])
    return containers.new_seq(ip, node, "list", None, pattern.but(varies=pattern.varies))


def _star_to_hole(value: Value) -> Value:
    parts = text_parts(value)
    if parts is None:
        return value
    out: list[str | None] = []
    for part in parts:
        if part is None:
            out.append(None)
            continue
        pieces = part.replace("**", "*").split("*")
        for index, piece in enumerate(pieces):
            out += [None] if index else []
            out += [piece] if piece else []
    return blend([value], make_text(out))


@intrinsic("os.makedirs", "os.mkdir", "str.mkdir", "os.remove", "str.unlink", "file.close", "file.flush",
           "file.seek", "os.replace", "file.__exit__", "str.touch", "shutil.rmtree")  # fmt: skip
def _no_data(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return const(None)


# -- files --------------------------------------------------------------------------------------------
@intrinsic("file.write", "file.writelines")
def _file_write(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import effects

    effects.write_to(ip, node, "write", list(args.pos), receiver)
    return const(None)


@intrinsic("str.write_text", "str.write_bytes")
def _write_text(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import effects

    effects.write_to(ip, node, "write_text", list(args.pos[:1]) or list(args.kw.values()), receiver)
    return const(None)


@intrinsic("file.read", "file.readline", "file.readlines", "str.read_text", "str.read_bytes", "file.__iter__",
           "file.__next__")  # fmt: skip
def _file_read(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import effects

    return effects.read_from(ip, node, receiver, lines=_method(node) in ("readlines", "__iter__"))


def _method(node: Any) -> str:
    return str(getattr(getattr(node, "func", None), "name", ""))


@intrinsic("json.dumps", "orjson.dumps", "ujson.dumps", "simplejson.dumps", "yaml.dump", "yaml.safe_dump")
def _dumps(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value | None:
    value = argument(args, 0, "obj", "data")
    stream = argument(args, 1, "stream") if _method(node) in ("dump", "safe_dump") else NOTHING
    if any(isinstance(atom, Handle) for atom in stream.atoms):
        from synthlint.flow import effects

        effects.write_to(ip, node, "yaml.dump", [value], stream)
        return const(None)
    return deep(value).with_atoms(Dumped(value))


@intrinsic("builtins.str.dumps", "dict.json", "dict.model_dump_json")
def _to_json_text(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return deep(receiver).with_atoms(Dumped(receiver))


@intrinsic("json.loads", "orjson.loads", "ujson.loads", "simplejson.loads", "ast.literal_eval", "json5.loads",
           "json_repair.loads", "json_repair.repair_json", "demjson3.decode", "yaml.safe_load_text",
           "builtins.eval")  # fmt: skip
def _loads(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    value = args.pos[0] if args.pos else NOTHING
    for atom in value.atoms:
        if isinstance(atom, Dumped):
            return atom.value
    whole = deep(value)
    checks.parsed(ip, whole, node)
    made, _ = ip.once(node, "parsed", lambda: Record({}, NOTHING, None, ip.loop_ids))
    made.rest = join([made.rest or NOTHING, whole.but(atoms=())])
    return whole.with_atoms(made)


# -- the environment and the command line -------------------------------------------------------------
@intrinsic("os.getenv", "os.environ.get", "dict.getenv")
def _getenv(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    default = argument(args, 1, "default")
    return default.but(varies=default.varies | {CONFIGURED})


@intrinsic("dataclasses.field", "pydantic.Field", "typer.Option", "typer.Argument")
def _field(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import calls

    factory = args.kw.get("default_factory")
    default = args.kw.get("default", args.pos[0] if args.pos else NOTHING)
    if factory is not None:
        default = calls.invoke(ip, factory, calls.Args([], {}), node)
    attrs = {} if default is NOTHING or default.const is ... else {"default": default}
    return calls.new_object(ip, "dataclasses.field", node, attrs, NOTHING)


_TABLE.update(entry.INTRINSICS)
_TABLE.update(clis.INTRINSICS)
_TABLE.update(subprocesses.INTRINSICS)


def is_callable(value: Value) -> bool:
    """Whether a value is a function of the project."""
    return any(isinstance(atom, Func | Partial) for atom in value.atoms)
