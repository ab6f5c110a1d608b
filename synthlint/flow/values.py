"""What a value is: the constants, objects and functions it may be, and the stages it comes from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthlint.flow.modules import ModuleInfo
    from synthlint.flow.scope import Env
    from synthlint.syntax import ir

Ids = frozenset[int]
NO_IDS: Ids = frozenset()
NO_CRUMBS: frozenset[str] = frozenset()
MAX_ATOMS = 8
MAX_ITEMS = 64
MAX_DEPTH = 7
MAX_INSIDE = 800

# markers in `Value.varies`; positive numbers are loops, those below DRAWN random draws
UNKNOWN, RANDOM, FRESH, CONFIGURED, PENDING, DRAWN = 0, -1, -2, -3, -4, -10
UNKNOWN_ONLY: Ids = frozenset({UNKNOWN})
_ELEMENTS = 1 << 40  # more than there are collections in a run

_ids = itertools.count(1)


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """An abstract value.

    `atoms` is what it may be (empty: unknown), `lineage` the stages whose content it carries, `depends`
    the stages that only influenced it (a test, a length, a score), `varies` the loops and sources in
    which it changes, `reads` the collections consulted to compute it and, as negative markers, those it
    is an element of (`element_of`), `crumbs` approximations made.
    """

    atoms: tuple[Atom, ...] = ()
    lineage: Ids = NO_IDS
    depends: Ids = NO_IDS
    varies: Ids = NO_IDS
    reads: Ids = NO_IDS
    crumbs: frozenset[str] = NO_CRUMBS

    def with_atoms(self, *atoms: Atom) -> Value:
        """The same history, another identity."""
        return Value(atoms, self.lineage, self.depends, self.varies, self.reads, self.crumbs)

    def but(self, **changes: Any) -> Value:
        """A copy with some fields replaced."""
        get = changes.get
        return Value(
            get("atoms", self.atoms), get("lineage", self.lineage), get("depends", self.depends),
            get("varies", self.varies), get("reads", self.reads), get("crumbs", self.crumbs),
        )  # fmt: skip

    @property
    def const(self) -> Any:
        """The constant, when there is exactly one; else None."""
        if len(self.atoms) == 1 and isinstance(self.atoms[0], Const):
            return self.atoms[0].value
        return None

    @property
    def constants(self) -> list[Any]:
        """All constants that it may be."""
        return [atom.value for atom in self.atoms if isinstance(atom, Const)]


@dataclass(frozen=True, slots=True)
class Const:
    value: Any


@dataclass(frozen=True, slots=True)
class Text:
    """A string with holes: text parts and None for what is unknown."""

    parts: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Dumped:
    """Records turned into text (`json.dumps`), still readable as records."""

    value: Value


@dataclass(slots=True, eq=False)
class Seq:
    """A list, tuple, set, generator or deque; `items` while the exact elements are known.

    `repeated` is one thing many times, `again` a whole collection more than once.
    """

    kind: str
    items: list[Value] | None
    elem: Value
    loops: Ids = NO_IDS
    varies: Ids = NO_IDS
    times: int | None = None
    repeated: bool = False
    again: bool = False
    oid: int = field(default_factory=lambda: next(_ids))


@dataclass(slots=True, eq=False)
class Record:
    """A dict: fields under constant keys, `rest` under any other key, `key` what such keys are."""

    fields: dict[str, Value]
    rest: Value | None = None
    key: Value | None = None
    loops: Ids = NO_IDS
    varies: Ids = NO_IDS
    oid: int = field(default_factory=lambda: next(_ids))


@dataclass(slots=True, eq=False)
class Loaded:
    """Data that was read: a table or nested structure whose elements are `elem`."""

    elem: Value
    stage: int
    loops: Ids = NO_IDS
    varies: Ids = NO_IDS
    oid: int = field(default_factory=lambda: next(_ids))


@dataclass(slots=True, eq=False)
class Obj:
    """An instance: of a project class (`cls`) or of an external type known by name.

    `is_data` marks instances whose declared fields are their content (dataclasses, pydantic models); what
    a service object keeps in its attributes is not content of the object.
    """

    type: str
    cls: Cls | None = None
    is_data: bool = False
    attrs: dict[str, Value] = field(default_factory=dict)
    columns: dict[str, Value] = field(default_factory=dict)
    content: Value = field(default_factory=Value)
    loops: Ids = NO_IDS
    varies: Ids = NO_IDS
    oid: int = field(default_factory=lambda: next(_ids))


@dataclass(slots=True, eq=False)
class Func:
    """A project function or lambda, with what is bound to it."""

    node: ir.Function | ir.Lambda
    env: Env
    module: ModuleInfo
    qualname: str
    receiver: Value | None = None
    owner: Cls | None = None
    cached: bool = False
    oid: int = field(default_factory=lambda: next(_ids))


@dataclass(slots=True, eq=False)
class Partial:
    """A callable with arguments already given (`functools.partial`)."""

    func: Value
    args: list[Value]
    kwargs: dict[str, Value]
    oid: int = field(default_factory=lambda: next(_ids))


@dataclass(slots=True, eq=False)
class Cls:
    """A project class."""

    node: ir.Class
    env: Env
    module: ModuleInfo
    qualname: str
    bases: tuple[Value, ...]
    members: dict[str, Value]
    oid: int = field(default_factory=lambda: next(_ids))


@dataclass(frozen=True, slots=True, eq=False)
class Ref:
    """A name outside the project (`openai.OpenAI`), or a method of an external or built-in receiver."""

    name: str
    receiver: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Mod:
    """A module of the project."""

    module: ModuleInfo


@dataclass(slots=True, eq=False)
class Handle:
    """An open file."""

    path: Value
    mode: str
    oid: int = field(default_factory=lambda: next(_ids))


@dataclass(slots=True, eq=False)
class Chain:
    """Runnables joined by `|`."""

    parts: list[Value]
    oid: int = field(default_factory=lambda: next(_ids))


Atom = Const | Text | Dumped | Seq | Record | Loaded | Obj | Func | Partial | Cls | Ref | Mod | Handle | Chain
NOTHING = Value()
UNKNOWN_VALUE = Value(varies=UNKNOWN_ONLY)
NONE_VALUE = Value((Const(None),))


def drawn_by(stage: int) -> int:
    """The marker of what a draw picks from a collection."""
    return DRAWN - stage


def draws_in(value: Value) -> Ids:
    """The draws that a value comes from."""
    return frozenset(DRAWN - one for one in value.varies if one < DRAWN)


def element_of(loop: int, collections: Ids) -> Ids:
    """The markers in `reads` of an element that a loop (0: none) takes from collections.

    To look at an element is no look into the collection; to hold it against another value is one (`blend`).
    """
    return frozenset(-(loop * _ELEMENTS + one) for one in collections)


def taken_from(loop: int, reads: Ids, collections: Ids) -> Ids:
    """The `reads` of what a loop takes from collections, and from those that these were made of."""
    behind = [-one % _ELEMENTS for one in reads if one < 0]
    return consulted(reads) | element_of(loop, collections.union(behind))


def consulted(reads: Ids) -> Ids:
    """The collections that were looked into, without those that a value is only an element of."""
    return frozenset(one for one in reads if one > 0) if any(one < 0 for one in reads) else reads


def _held_against(parts: list[Value]) -> Ids:
    """The collections whose elements are held against content that is not of the same element."""
    found = set()
    for one in parts:
        for marker in one.reads:
            if marker < 0:
                loop, oid = divmod(-marker, _ELEMENTS)
                if any(_is_other(each, marker, loop) for each in parts if each is not one):
                    found.add(oid)
    return frozenset(found)


def _is_other(value: Value, marker: int, loop: int) -> bool:
    if marker in value.reads or loop in value.varies - UNKNOWN_ONLY:
        return False
    return bool(value.lineage) or bool(value.depends and any(one > 0 for one in value.varies))


def const(value: Any) -> Value:
    """A known constant."""
    return Value((Const(value),))


def arrived(value: Value) -> Value:
    """What a future holds; as long as it is pending, none equals another."""
    return value.but(varies=value.varies - {PENDING}) if PENDING in value.varies else value


def atom_key(atom: Atom) -> Any:
    """Equal keys mean the same atom."""
    if isinstance(atom, Const):
        return ("const", type(atom.value), repr(atom.value))
    if isinstance(atom, Text):
        return ("text", atom.parts)
    if isinstance(atom, Dumped):
        return ("dumped", tuple(atom_key(one) for one in atom.value.atoms))
    if isinstance(atom, Ref):
        held = () if atom.receiver is None else tuple(atom_key(one) for one in atom.receiver.atoms)
        return ("ref", atom.name, held)
    if isinstance(atom, Mod):
        return ("mod", id(atom.module))
    return ("heap", atom.oid)


def join(values: Iterable[Value]) -> Value:
    """The value that is any of `values`."""
    seen = [one for one in values if one is not NOTHING]
    if not seen:
        return NOTHING
    first = seen[0]
    if all(one is first for one in seen):
        return first
    atoms: dict[Any, Atom] = {}
    unknown = False
    for one in seen:
        unknown = unknown or not one.atoms
        for atom in one.atoms:
            atoms.setdefault(atom_key(atom), atom)
    return Value(tuple(_limit(list(atoms.values()))), *_unions(seen), crumbs=_crumbs(seen))


def _limit(atoms: list[Atom]) -> list[Atom]:
    if len(atoms) <= MAX_ATOMS:
        return atoms
    heap = [one for one in atoms if not isinstance(one, Const | Text)]
    plain = [one for one in atoms if isinstance(one, Const | Text)]
    return (heap + plain)[:MAX_ATOMS]


def _unions(values: list[Value]) -> tuple[Ids, Ids, Ids, Ids]:
    lineage, depends, varies, reads = NO_IDS, NO_IDS, NO_IDS, NO_IDS
    for one in values:
        lineage |= one.lineage
        depends |= one.depends
        varies |= one.varies
        reads |= one.reads
    return lineage, depends, varies, reads


def _crumbs(values: list[Value]) -> frozenset[str]:
    out = NO_CRUMBS
    for one in values:
        out |= one.crumbs
    return out if len(out) <= 6 else frozenset(sorted(out)[:6])


def blend(values: Iterable[Value], *atoms: Atom) -> Value:
    """A value made of the content of `values`, whose own identity is `atoms` (default: unknown)."""
    parts = [deep(one) for one in values]
    if not parts:
        return Value(atoms)
    lineage, depends, varies, reads = _unions(parts)
    if len(parts) > 1 and any(one < 0 for one in reads):
        reads |= _held_against(parts)
    return Value(atoms, lineage, depends, varies, reads, _crumbs(parts))


def measure(values: Iterable[Value], *atoms: Atom) -> Value:
    """A value that depends on `values` and carries none of their content (a length, a test, a score)."""
    whole = blend(values)
    return whole.but(atoms=atoms, lineage=NO_IDS, depends=whole.depends | whole.lineage)


def inner(atom: Atom) -> Iterator[Value]:
    """The values that an atom holds."""
    if isinstance(atom, Dumped):
        yield atom.value
    elif isinstance(atom, Seq):
        yield from atom.items if atom.items is not None else (atom.elem,)
    elif isinstance(atom, Record):
        yield from atom.fields.values()
        if atom.rest is not None:
            yield atom.rest
    elif isinstance(atom, Loaded):
        yield atom.elem
    elif isinstance(atom, Obj):
        yield atom.content
        yield from atom.columns.values()
        if atom.cls is not None and atom.is_data:
            yield from atom.attrs.values()
    elif isinstance(atom, Chain):
        yield from atom.parts


def deep(value: Value) -> Value:
    """`value` with the history of everything inside it; atoms unchanged."""
    if all(isinstance(atom, Const | Text | Func | Ref | Cls | Mod | Handle | Partial) for atom in value.atoms):
        return value
    lineage, depends, varies = set(value.lineage), set(value.depends), set(value.varies)
    reads, crumbs = set(value.reads), set(value.crumbs)
    for one in walk(value):
        lineage |= one.lineage
        depends |= one.depends
        varies |= one.varies
        crumbs |= one.crumbs
        for atom in one.atoms:
            if isinstance(atom, Seq | Record | Obj | Loaded):
                varies |= atom.varies
    return Value(
        value.atoms, frozenset(lineage), frozenset(depends), frozenset(varies), frozenset(reads),
        frozenset(sorted(crumbs)[:6]),
    )  # fmt: skip


def walk(value: Value) -> Iterator[Value]:
    """`value` and all values inside it, each heap object once, to a bounded depth and number."""
    seen: set[int] = set()
    todo = [(value, 0)]
    for _ in range(MAX_INSIDE):
        if not todo:
            return
        one, depth = todo.pop()
        yield one
        if depth > MAX_DEPTH:
            continue
        for atom in one.atoms:
            if id(atom) in seen or isinstance(atom, Const | Text):
                continue
            seen.add(id(atom))
            todo += [(each, depth + 1) for each in inner(atom)]


def collections_of(value: Value) -> Ids:
    """Identities of the collections and external objects that a value may be."""
    return frozenset(atom.oid for atom in value.atoms if isinstance(atom, Seq | Record | Obj | Loaded))


def element(value: Value) -> Value:
    """One element of an iterable."""
    parts: list[Value] = []
    for atom in value.atoms:
        if isinstance(atom, Seq):
            parts.append(join(atom.items) if atom.items else atom.elem)
        elif isinstance(atom, Record):
            known = [const(key) for key in atom.fields]
            parts.append(join([*known, atom.key or NOTHING]))
        elif isinstance(atom, Loaded):
            parts.append(atom.elem)
        elif isinstance(atom, Obj):
            parts.append(_element_of_object(atom))
        elif isinstance(atom, Const) and isinstance(atom.value, list | tuple):
            parts += [const(one) for one in atom.value]
    if not parts:
        held = deep(value)
        return held.but(atoms=(), varies=held.varies | UNKNOWN_ONLY)
    whole = join(parts)
    outer = value.lineage if not whole.lineage else NO_IDS
    return whole.but(
        lineage=whole.lineage | outer,
        depends=whole.depends | value.depends,
        varies=whole.varies | (value.varies & frozenset({UNKNOWN, RANDOM, FRESH})),
        reads=taken_from(0, whole.reads | value.reads, collections_of(value)),
        crumbs=whole.crumbs | value.crumbs,
    )


def _element_of_object(obj: Obj) -> Value:
    if obj.type == "response":
        return obj.content.with_atoms(obj)
    if obj.columns:
        rest = obj.content if obj.content is not NOTHING else None
        held = join([obj.content, *obj.columns.values()])
        return held.with_atoms(Record(dict(obj.columns), rest, varies=obj.varies))
    for atom in obj.content.atoms:
        if isinstance(atom, Seq | Loaded):
            return element(obj.content)
    return obj.content if obj.content.atoms else deep(obj.content).but(varies=obj.content.varies | UNKNOWN_ONLY)


def text_parts(value: Value) -> tuple[str | None, ...] | None:
    """The parts of a string value: text and None for holes.  None if it cannot be a known string."""
    if len(value.atoms) != 1:
        return None
    atom = value.atoms[0]
    if isinstance(atom, Const) and isinstance(atom.value, str | int | float) and not isinstance(atom.value, bool):
        return (str(atom.value),)
    if isinstance(atom, Text):
        return atom.parts
    return None


def make_text(parts: Iterable[str | None]) -> Const | Text:
    """A string atom from parts; adjacent texts and holes are merged."""
    out: list[str | None] = []
    for part in parts:
        if out and part is None and out[-1] is None:
            continue
        last = out[-1] if out else None
        if part is not None and last is not None:
            out[-1] = last + part
        else:
            out.append(part)
    if not out:
        return Const("")
    if len(out) == 1 and out[0] is not None:
        return Const(out[0])
    return Text(tuple(out))


def concat(values: Iterable[Value]) -> Value:
    """The string that `values` make when written one after another; of few alternatives, each."""
    values = list(values)
    made: list[list[str | None]] = [[]]
    for one in values:
        ways = _alternatives(one)
        if len(made) * len(ways) > MAX_ATOMS:
            ways = [_shared_ends(ways)]
        made = [[*before, *way] for before in made for way in ways]
    atoms = {atom_key(atom): atom for atom in map(make_text, made)}
    return blend(values, *atoms.values())


def _alternatives(value: Value) -> list[tuple[str | None, ...]]:
    """The parts of each string that a value may be."""
    ways = [text_parts(value.with_atoms(atom)) or (None,) for atom in value.atoms]
    return ways or [(None,)]


def _shared_ends(ways: list[tuple[str | None, ...]]) -> tuple[str | None, ...]:
    """What many strings have in common: how they begin and end, with a hole between."""
    start = _common_start([way[0] or "" for way in ways])
    end = _common_start([(way[-1] or "")[::-1] for way in ways])[::-1]
    return tuple(one for one in (start, None, end) if one != "")


def _common_start(texts: list[str]) -> str:
    low, high = min(texts), max(texts)
    return low[: next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]


def configured(values: list[Value]) -> Value:
    """The string made of `values`, also with a hole where the command line may give another text."""
    whole = concat(values)
    if not any(CONFIGURED in one.varies for one in values):
        return whole
    open_ = concat([UNKNOWN_VALUE if CONFIGURED in one.varies else one for one in values])
    return whole.but(atoms=(*whole.atoms, *open_.atoms)[:MAX_ATOMS])
