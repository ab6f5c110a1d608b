"""Names in force: environments with closures, and the frames of running functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from synthlint.flow.values import Value, join

if TYPE_CHECKING:
    from synthlint.flow.modules import ModuleInfo
    from synthlint.flow.values import Cls
    from synthlint.syntax import ir


@dataclass(slots=True, eq=False)
class Env:
    """A scope: its own names and the scope around it."""

    parent: Env | None = None
    names: dict[str, Value] = field(default_factory=dict)
    outer: dict[str, Env] = field(default_factory=dict)

    def get(self, name: str) -> Value | None:
        """The value of `name` here or in a scope around; None if it is not bound."""
        env: Env | None = self
        while env is not None:
            value = env.names.get(name)
            if value is not None:
                return value
            env = env.parent
        return None

    def set(self, name: str, value: Value) -> None:
        """Bind `name` where Python would."""
        self.outer.get(name, self).names[name] = value

    def top(self) -> Env:
        """The scope of the module."""
        env = self
        while env.parent is not None:
            env = env.parent
        return env


def merge_names(left: dict[str, Value], right: dict[str, Value]) -> dict[str, Value]:
    """Names after a branch: what either side bound."""
    out = dict(left)
    for name, value in right.items():
        old = out.get(name)
        out[name] = value if old is None or old is value else join([old, value])
    return out


@dataclass(slots=True, eq=False)
class Frame:
    """A function (or module) that is being run."""

    module: ModuleInfo
    env: Env
    scope: str
    scope_pos: ir.Pos | None = None
    owner: Cls | None = None
    receiver: Value | None = None
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    statement: ir.Pos = (1, 1, 1, 1)
    guard_base: int = 0
    node: ir.Function | ir.Lambda | None = None
    cached: bool = False
