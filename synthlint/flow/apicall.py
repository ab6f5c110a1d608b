"""The arguments of a modelled call, found by the references that a summary uses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synthlint.flow import containers, rows
from synthlint.flow.values import (
    NOTHING,
    Const,
    Dumped,
    Func,
    Handle,
    Obj,
    Partial,
    Record,
    Ref,
    Seq,
    Text,
    Value,
    element,
    join,
    text_parts,
    walk,
)

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter
    from synthlint.models.schema import Condition, Setting, Summary


@dataclass(slots=True)
class ApiCall:
    """One call of something that a summary describes."""

    ip: Interpreter
    name: str
    summary: Summary
    receiver: Value
    args: Args
    node: Any
    item: Value | None = None
    answer: Value | None = None
    hooks: dict[str, Value | None] = field(default_factory=dict)

    # -- arguments -----------------------------------------------------------------------------------
    def get(self, reference: str) -> Value | None:
        """The value that a reference (`messages`, `options.temperature`, `self.model`, `*`) stands for."""
        if reference == "*":
            return join(self.args.pos) if self.args.pos else self.args.rest
        if reference == "**":
            return join(self.args.kw.values()) if self.args.kw else None
        if reference.startswith("@"):
            return self._of_library(reference)
        head, _, tail = reference.partition(".")
        each = head.endswith("[]")
        value = self._head(head.removesuffix("[]"))
        if value is None:
            return None
        if each:
            value = element(value)
        return self._step(value, tail) if tail else value

    def _of_library(self, reference: str) -> Value | None:
        """What a library hands to the functions it calls: `@each`, `@answer`, `@row`."""
        if reference == "@row":
            return None if self.answer is None else rows.extended(self, self.answer)
        return self.item if reference == "@each" else self.answer

    def _head(self, name: str) -> Value | None:
        if name == "self":
            return self.receiver
        if name in self.args.kw:
            return self.args.kw[name]
        index = int(name) if name.isdigit() else -1
        if index < 0 and name in self.summary.params:
            index = self.summary.params.index(name)
        if 0 <= index < len(self.args.pos):
            return self.args.pos[index]
        return None

    def _step(self, value: Value, path: str) -> Value | None:
        for step in path.split("."):
            found = self._hook(value, step) if step.endswith(")") else _field(value, step.removesuffix("[]"))
            if found is None:
                return None
            value = element(found) if step.endswith("[]") else found
        return value

    def _hook(self, value: Value, step: str) -> Value | None:
        """What a project function returns that the object has under this name: `prompt(each)`."""
        if step not in self.hooks:
            from synthlint.flow import calls

            name, _, words = step[:-1].partition("(")
            held = containers.get_attr(self.ip, value, name, self.node)
            own = [atom for atom in held.atoms if isinstance(atom, Func | Partial)]
            given = [one for word in words.split(",") if word and (one := self.get(word.strip())) is not None]
            args = calls.Args(given, {}, None if given else NOTHING)
            self.hooks[step] = calls.invoke(self.ip, held.with_atoms(*own), args, self.node) if own else None
        return self.hooks[step]

    def every(self, references: tuple[str, ...]) -> list[Value]:
        """All values that the references stand for."""
        values = [self.get(one) for one in references]
        return [one for one in values if one is not None]

    def first(self, references: tuple[str, ...]) -> Value | None:
        """The first reference that is given."""
        return next(iter(self.every(references)), None)

    def setting(self, setting: Setting | None) -> Value | None:
        """A sampling parameter: the first argument that is given and not None, else the library default."""
        if setting is None:
            return None
        for one in self.every(setting.args):
            if one.atoms == (Const(None),):
                continue
            return one
        if self.args.rest is not None:
            return Value(varies=frozenset({0}))
        return None if setting.default is None else Value((Const(setting.default),), crumbs=frozenset({"default"}))

    def data(self) -> list[Value]:
        """The data arguments, or everything that was passed."""
        wanted = self.summary.data or self.summary.file
        return self.every(wanted) if wanted else self.args.every()

    def path(self) -> Value | None:
        """The path argument: an open file stands for its path."""
        value = self.first(self.summary.path)
        if value is None:
            return None
        handles = [atom.path for atom in value.atoms if isinstance(atom, Handle)]
        if handles:
            return join(handles)
        for atom in value.atoms:
            if isinstance(atom, Obj) and atom.cls is None:
                inner = next((one for one in atom.attrs.values() if _is_path(one)), None)
                if inner is not None:
                    return inner
        return listed(value)

    # -- conditions ----------------------------------------------------------------------------------
    def holds(self) -> bool:
        """Whether the conditions of the row are met; an unknown argument does not meet `equals`."""
        return all(self._meets(one) for one in self.summary.when)

    def _meets(self, condition: Condition) -> bool:
        value = self.get(condition.arg)
        if condition.present is not None:
            given = value is not None and value.atoms != (Const(None),)
            return given is condition.present
        if condition.function is not None:
            callables = value.atoms if value is not None else ()
            return any(isinstance(atom, Func | Partial) for atom in callables) is condition.function
        if value is None:
            return False
        if condition.has:
            return any(keys_of(one) & set(condition.has) for one in walk(value))
        if condition.matches is not None:
            return any(re.search(condition.matches, text, re.IGNORECASE) for text in known_texts(value))
        return condition.equals in value.constants


def listed(value: Value) -> Value:
    """The paths in a list of paths; a path stands for itself."""
    lists = [atom for atom in value.atoms if isinstance(atom, Seq)]
    return join([element(value.with_atoms(atom)) for atom in lists]) if lists else value


def _field(value: Value, name: str) -> Value | None:
    found = []
    for atom in value.atoms:
        if isinstance(atom, Dumped):
            inner = _field(atom.value, name)
            if inner is not None:
                found.append(inner)
        fields = atom.fields if isinstance(atom, Record) else atom.attrs if isinstance(atom, Obj) else {}
        if name in fields:
            found.append(fields[name])
        elif isinstance(atom, Obj) and name in atom.columns:
            found.append(atom.columns[name])
        elif isinstance(atom, Obj) and atom.cls is not None:
            declared = containers.member(Value((atom.cls,)), name)
            if declared is not None and not any(isinstance(one, Func | Ref) for one in declared.atoms):
                found.append(declared)
    return join(found) if found else None


def _is_path(value: Value) -> bool:
    if any(isinstance(atom, Handle) for atom in value.atoms):
        return True
    parts = text_parts(value)
    return parts is not None and any(part is not None and re.search(r"[/.]\w", part) for part in parts)


def keys_of(value: Value) -> set[str]:
    """The constant keys of a dict, also one that was turned to text."""
    keys: set[str] = set()
    for atom in value.atoms:
        if isinstance(atom, Record):
            keys |= set(atom.fields)
        elif isinstance(atom, Dumped):
            keys |= keys_of(atom.value)
    return keys


def known_texts(value: Value) -> list[str]:
    """The texts that a string value may be; holes are left out."""
    out = []
    for atom in value.atoms:
        if isinstance(atom, Const) and isinstance(atom.value, str):
            out.append(atom.value)
        elif isinstance(atom, Text):
            out.append("".join(part or "" for part in atom.parts))
    return out
