"""Which functions are worth running as programs of their own: those whose names lead to data and its use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from synthlint.flow.modules import ModuleInfo, functions_of, walk_nodes
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.models.loader import Registry

MAKES = frozenset(("generate", "fit", "resample", "augment", "judge"))
USES = frozenset(("write", "train", "evaluate", "split", "mix"))
_OWN_USES = frozenset(("write", "writelines", "write_text", "write_bytes", "append", "extend", "dump", "dumps"))


class Relevance:
    """Names each function uses, closed over the functions of the project that bear those names.

    A function is worth running when what it reaches by name both makes data and keeps or uses it, or when
    it trains or evaluates; a name stands for every function called so, hence nothing is lost.
    """

    def __init__(self, modules: Iterable[ModuleInfo], models: Registry) -> None:
        self._makes = models.last_names(MAKES)
        self._uses = models.last_names(USES) | _OWN_USES
        self._learns = models.last_names(frozenset(("train", "evaluate")))
        self._models = models
        self._names: dict[int, frozenset[str]] = {}
        by_name: dict[str, set[str]] = {}
        for info in modules:
            for one in functions_of(info.tree):
                names = frozenset(_names_in(one.node))
                self._names[id(one.node)] = names
                by_name.setdefault(one.node.name, set()).update(names)
                if one.owner is not None and one.node.name == "__init__":
                    by_name.setdefault(one.owner.name, set()).update(names)
        self._by_name = by_name
        self._closed: dict[str, frozenset[str]] = {}

    def worth_running(self, node: ir.Function) -> bool:
        """Whether the function can add a pipeline of its own."""
        names = self._reach(self._names.get(id(node), frozenset()))
        makes, uses = not names.isdisjoint(self._makes), not names.isdisjoint(self._uses)
        return (makes and uses) or not names.isdisjoint(self._learns) or any(self._models.told(one) for one in names)

    def _reach(self, start: frozenset[str]) -> set[str]:
        reached, todo = set(start), list(start)
        while todo:
            for one in self._by_name.get(todo.pop(), ()):
                if one not in reached:
                    reached.add(one)
                    todo.append(one)
        return reached


def _names_in(node: ir.Function) -> Iterable[str]:
    for one in walk_nodes(node.body):
        if isinstance(one, ir.Name):
            yield one.id
        elif isinstance(one, ir.Attr):
            yield one.name
