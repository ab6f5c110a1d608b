"""The modules of a project and the one resolver of import names."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from synthlint.flow.scope import Env
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.sources.text import Source

_STDLIB = frozenset(sys.stdlib_module_names)


@dataclass(slots=True, eq=False)
class ModuleInfo:
    """A file of the project that was lowered; `generates` is false if nothing in it can make data."""

    path: str
    tree: ir.Module
    source: Source
    generates: bool = True
    env: Env = field(default_factory=Env)
    state: str = "new"
    functions: list[FunctionInfo] = field(default_factory=list)

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


@dataclass(frozen=True, slots=True, eq=False)
class FunctionInfo:
    """A function definition and where it stands."""

    node: ir.Function
    qualname: str
    owner: ir.Class | None
    nested: bool


class Modules:
    """Finds modules by dotted name, as Python would from the importing file, then by a unique path."""

    def __init__(self, infos: Iterable[ModuleInfo], known_packages: frozenset[str]) -> None:
        self.by_path: dict[str, ModuleInfo] = {info.path: info for info in infos}
        self._known = known_packages | _STDLIB
        self._tails: dict[str, list[ModuleInfo]] = {}
        for path, info in sorted(self.by_path.items()):
            parts = _dotted(path).split(".")
            for start in range(len(parts)):
                self._tails.setdefault(".".join(parts[start:]), []).append(info)

    def __iter__(self) -> Iterator[ModuleInfo]:
        return iter(info for _, info in sorted(self.by_path.items()))

    def find(self, dotted: str, importer: ModuleInfo, level: int = 0) -> ModuleInfo | None:
        """The project module that `dotted` names in `importer`; None if it is outside the project."""
        if level:
            folder = importer.folder
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            return self._at(folder, dotted)
        folder = importer.folder
        while True:
            for base in (folder, posixpath.join(folder, "src")):
                found = self._at(base, dotted)
                if found is not None and found is not importer:
                    return found
            if not folder:
                break
            folder = posixpath.dirname(folder)
        return self._by_tail(dotted, importer)

    def _at(self, folder: str, dotted: str) -> ModuleInfo | None:
        stem = posixpath.join(folder, dotted.replace(".", "/")) if dotted else folder
        for path in (f"{stem}.py", f"{stem}/__init__.py", f"{stem}.ipynb"):
            info = self.by_path.get(path)
            if info is not None:
                return info
        return None

    def _by_tail(self, dotted: str, importer: ModuleInfo) -> ModuleInfo | None:
        if dotted.split(".")[0] in self._known:
            return None
        found = [info for info in self._tails.get(dotted, ()) if info is not importer]
        return found[0] if len(found) == 1 else None

    def is_package(self, dotted: str, importer: ModuleInfo, level: int) -> bool:
        """Whether a folder of that name holds project modules (a namespace package)."""
        if level or not dotted or dotted.split(".")[0] in self._known:
            return False
        prefix = dotted.replace(".", "/") + "/"
        return any(path.startswith(prefix) or f"/{prefix}" in path for path in self.by_path)


def library_name(info: ModuleInfo, name: str, importer: ModuleInfo, known: frozenset[str]) -> str:
    """The full name of what a known library defines, when a file outside the library's package uses it; else empty."""
    parts = _dotted(info.path).split(".")
    start = 1 if parts[0] == "src" else 0
    head = "/".join(parts[: start + 1])
    if len(parts) == start or parts[start] not in known or importer.path.startswith((f"{head}/", f"{head}.")):
        return ""
    return ".".join([*parts[start:], name])


def _dotted(path: str) -> str:
    stem = path.rsplit(".", 1)[0].replace("/", ".")
    return stem.removesuffix(".__init__")


def functions_of(tree: ir.Module) -> list[FunctionInfo]:
    """All function definitions of a module, outermost first, in source order."""
    found: list[FunctionInfo] = []

    def visit(body: Iterable[ir.Stmt], prefix: str, owner: ir.Class | None, nested: bool) -> None:
        for node in body:
            if isinstance(node, ir.Function):
                found.append(FunctionInfo(node, prefix + node.name, owner, nested))
                visit(node.body, f"{prefix}{node.name}.", None, True)
            elif isinstance(node, ir.Class):
                visit(node.body, f"{prefix}{node.name}.", node, nested)
            else:
                for block in blocks(node):
                    visit(block, prefix, owner, nested)

    visit(tree.body, "", None, False)
    return found


def blocks(node: ir.Stmt) -> Iterator[tuple[ir.Stmt, ...]]:
    """The statement lists inside a compound statement."""
    if isinstance(node, ir.If | ir.For | ir.While):
        yield node.body
        yield node.orelse
    elif isinstance(node, ir.With):
        yield node.body
    elif isinstance(node, ir.Try):
        yield node.body
        for handler in node.handlers:
            yield handler.body
        yield node.orelse
        yield node.final
    elif isinstance(node, ir.Match):
        for case in node.cases:
            yield case.body


@lru_cache(maxsize=128)
def _child_fields(name: str) -> tuple[str, ...]:
    kind = getattr(ir, name, None)
    if not isinstance(kind, type) or not is_dataclass(kind):
        return ()
    return tuple(one.name for one in reversed(fields(kind)) if one.name not in ("pos", "doc", "op", "ops", "kind"))


def walk_nodes(node: Any) -> Iterator[Any]:
    """All IR nodes below `node`, in source order."""
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, tuple):
            todo += reversed(one)
        elif one is not None and not isinstance(one, str | int | bool):
            yield one
            for name in _child_fields(type(one).__name__):
                todo.append(getattr(one, name))


def referenced_names(modules: Iterable[ModuleInfo]) -> Mapping[str, int]:
    """How often each name is used as a value (not where it is defined)."""
    counts: dict[str, int] = {}
    for info in modules:
        for node in walk_nodes(info.tree.body):
            if isinstance(node, ir.Name):
                counts[node.id] = counts.get(node.id, 0) + 1
            elif isinstance(node, ir.Attr):
                counts[node.name] = counts.get(node.name, 0) + 1
    return counts
