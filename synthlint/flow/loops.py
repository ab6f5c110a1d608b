"""Training and scoring by hand: loops that step back through a loss, and answers compared with labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from synthlint.flow.values import Cls, Obj, Value, blend, join

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter

_MODEL_TYPES = ("torch.nn.", "transformers.PreTrained", "transformers.Classification", "sentence_transformers.")


def step_back(ip: Interpreter, loss: list[Value], node: Any) -> bool:
    """`loss.backward()`: the models in scope learn from the rows behind the loss.

    A loss on what a model generates in the same program is reinforcement learning or a GAN, no training on a dataset.
    """
    held = blend(loss)
    if not held.lineage:  # the loss in the answer of a classifier
        asked = (ip.stages[one - 1] for one in held.depends)
        rows = frozenset(each for one in asked if one.kind == "judge" for each in one.context)
        held = held.but(lineage=frozenset(one for one in rows if ip.stages[one - 1].kind not in ("train", "fit")))
    if not held.lineage or any(ip.stages[one - 1].kind == "generate" for one in _behind(ip, held.lineage)):
        return False
    models = list(_models(ip))
    args = {"data": held.but(atoms=()), "model": join(models) if models else Value()}
    stage = ip.stage("train", "backward", node, inputs=held.lineage, context=held.depends, args=args)
    for model in models:
        for atom in model.atoms:
            if isinstance(atom, Obj):
                atom.content = atom.content.but(depends=atom.content.depends | {stage.id})
    return True


def _behind(ip: Interpreter, ids: frozenset[int]) -> set[int]:
    seen: set[int] = set()
    todo = list(ids)
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += ip.stages[one - 1].inputs
    return seen


def _models(ip: Interpreter) -> Iterator[Value]:
    """The neural networks that names of the running function, or attributes of its object, stand for."""
    frame = ip.frame
    held = [value for name, value in frame.env.names.items() if not name.startswith("__")]
    for atom in frame.receiver.atoms if frame.receiver is not None else ():
        held += atom.attrs.values() if isinstance(atom, Obj) else ()
        held.append(Value((atom,)))
    for value in held:
        if any(isinstance(atom, Obj) and _is_network(atom) for atom in value.atoms):
            yield value


def _is_network(obj: Obj) -> bool:
    from synthlint.flow.calls import external_base

    name = (external_base(obj.cls) or "") + "." if isinstance(obj.cls, Cls) else obj.type
    return name.startswith(_MODEL_TYPES) or name in ("torch.nn.Module.", "nn.Module.")


def scores(ip: Interpreter, left: Value, right: Value) -> bool:
    """Whether one side of a comparison is what a trained model answered."""
    for value in (left, right):
        if any(ip.stages[one - 1].kind == "predict" for one in value.lineage):
            return True
        asked = [ip.stages[one - 1] for one in value.depends]
        behind = {each for one in asked if one.kind == "judge" for each in one.context}
        if any(ip.stages[one - 1].kind == "train" for one in value.depends | behind):
            return True
    return False
