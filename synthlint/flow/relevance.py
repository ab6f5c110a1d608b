"""Which functions are worth running as programs of their own: those whose names lead to data and its use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        self._names: dict[int, frozenset[str]] = {}
        users: dict[str, set[str]] = {}
        makers: set[str] = set()
        for info in modules:
            for one in functions_of(info.tree):
                names = frozenset(_names_in(one.node))
                self._names[id(one.node)] = names
                if info.generates:
                    makers |= names
                bearers = [one.node.name]
                if one.owner is not None and one.node.name == "__init__":
                    bearers.append(one.owner.name)
                for name in names:
                    users.setdefault(name, set()).update(bearers)
        every = frozenset().union(*self._names.values())
        told = {name: {one.role for one in models.told(name) if not one.modules} for name in every}
        generate = {name for name, roles in told.items() if "generate" in roles}
        self._makes = _leading_to((models.last_names(MAKES) | generate) & makers, users)
        self._uses = _leading_to(models.last_names(USES) | _OWN_USES, users)
        learns = models.last_names(frozenset(("train", "evaluate")))
        self._learns = _leading_to(learns | {name for name, roles in told.items() if roles - {"generate"}}, users)

    def worth_running(self, node: ir.Function) -> bool:
        """Whether the function can add a pipeline of its own."""
        names = self._names.get(id(node), frozenset())
        if not names.isdisjoint(self._learns):
            return True
        return not names.isdisjoint(self._makes) and not names.isdisjoint(self._uses)


def _leading_to(names: Iterable[str], users: Mapping[str, set[str]]) -> frozenset[str]:
    """`names`, and those of all functions that use one of them, directly or through others."""
    reached, todo = set(names), list(names)
    while todo:
        new = users.get(todo.pop(), set()) - reached
        reached |= new
        todo += new
    return frozenset(reached)


def _names_in(node: ir.Function) -> Iterable[str]:
    for one in walk_nodes(node.body):
        if isinstance(one, ir.Name):
            yield one.id
        elif isinstance(one, ir.Attr):
            yield one.name
