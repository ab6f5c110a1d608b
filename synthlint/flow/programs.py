"""The order in which a project's code is run: modules, their main blocks, then what nobody calls."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from synthlint.flow.configs import ConfigReader
from synthlint.flow.exprs import OverBudget
from synthlint.flow.interp import MAX_EXPRESSIONS, Interpreter
from synthlint.flow.modules import FunctionInfo, ModuleInfo, Modules, functions_of, referenced_names
from synthlint.flow.relevance import Relevance
from synthlint.flow.runs import MAX_PER_RUN, run_commands
from synthlint.flow.values import Cls, Func, Value
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.models.loader import Registry
    from synthlint.sources.commands import Command

SHARES = 8  # no program takes more than this part of what is left, so that a few do not starve all others
LEAST = 2_000

_TEST_FILE = re.compile(r"^(test_.*|.*_test)\.py$")
_SUPPORT_FILE = re.compile(r"^(conftest|__init__)\.py$")
_HIDDEN = re.compile(r"__\w+__$")


def run_project(modules: Modules, models: Registry, root: Path, commands: Sequence[Command] = ()) -> Interpreter:
    """Run every program of a project and give the interpreter with the stages it recorded.

    `commands` are those of its command files: scripts that they start are run as they start them, too.
    """
    ip = Interpreter(modules, models, ConfigReader(root))
    mains = [info for info in modules if not is_test(info.path, models) or is_script(info, models)]
    if not any(info.generates for info in mains):
        return ip
    ip.budget = MAX_EXPRESSIONS * 3 // 4  # the rest is for functions that nobody calls
    for info in mains:
        _guarded(ip, info, partial(ip.run_module, info))
        _guarded(ip, info, partial(ip.run_main, info))
    ip.budget = MAX_EXPRESSIONS
    used = referenced_names(modules)
    relevance = Relevance(modules, models)
    for only_unreferenced in (True, False):
        for info in mains:
            _run_uncalled(ip, info, used if only_unreferenced else {}, relevance)
    ip.budget = ip.spent + SHARES * MAX_PER_RUN
    run_commands(ip, commands, _guarded)
    return ip


def is_test(path: str, models: Registry) -> bool:
    """Whether a file belongs to the tests of a project."""
    return models.has_word("test-paths", path)


def is_script(info: ModuleInfo, models: Registry) -> bool:
    """Whether a file among the tests is no test but a program of its own, as the inputs of a tool are.

    `test_sampling.py` outside of a folder of tests is one, too, if no test function stands in it.
    """
    folder, name = posixpath.split(info.path)
    if _SUPPORT_FILE.search(name) or (
        folder and _TEST_FILE.search(name) and models.has_word("test-paths", f"{folder}/")
    ):
        return False
    if any(one.node.name.startswith("test") for one in functions_of(info.tree)):
        return False
    kinds = {type(one) for one in info.tree.body}
    return ir.Assign in kinds and not kinds.isdisjoint((ir.ExprStmt, ir.For))


def _guarded(ip: Interpreter, info: ModuleInfo, run: Callable[[], None]) -> None:
    """Run one program; a bug in the analysis costs that program, is reported, and leaves the others alone."""
    ip.program = info.path
    left = ip.budget - ip.spent
    ip.limit = ip.spent + min(ip.per_program, left, max(left // SHARES, LEAST))
    try:
        run()
    except (RecursionError, OverBudget):
        ip.over_budget.add(info.path)
    except Exception as error:
        ip.errors.append(f"{info.path}: {type(error).__name__}: {error}")
    ip.reset()


def _run_uncalled(ip: Interpreter, info: ModuleInfo, used: Mapping[str, int], relevance: Relevance) -> None:
    for one in functions_of(info.tree):
        if one.nested or id(one.node) in ip.ran or _HIDDEN.match(one.node.name):
            continue
        if used.get(one.node.name, 0) > 0 or not relevance.worth_running(one.node):
            continue
        _guarded(ip, info, partial(_run_root, ip, info, one))


def _run_root(ip: Interpreter, info: ModuleInfo, function: FunctionInfo) -> None:
    ip.enter_module(info)
    name, *rest = function.qualname.split(".")
    value = info.env.names.get(name)
    if value is None:
        return
    for part in rest:
        inner = None
        for atom in value.atoms:
            if isinstance(atom, Cls):
                receiver = value if function.owner is not None and part == rest[-1] else None
                inner = _method(ip, info, receiver, atom, part)
        if inner is None:
            return
        value = inner
    if any(isinstance(atom, Func) for atom in value.atoms):
        ip.run_function(info, value, [], {})


def _method(ip: Interpreter, info: ModuleInfo, receiver: Value | None, cls: Cls, name: str) -> Value | None:
    found = cls.members.get(name)
    if found is None or receiver is None:
        return found
    from synthlint.flow import containers

    instance = ip.instance_of(info, receiver, cls)
    return containers.bound(ip, found, instance, cls.node)
