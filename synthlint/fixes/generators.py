"""What made the records, as code: `{"provider": "openai", "model": MODEL}`."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable

from synthlint.fixes.base import Scene
from synthlint.fixes.code import Code, Scope, bound_names
from synthlint.fixes.paths import argument
from synthlint.flow.stages import Stage

_PROVIDERS = {
    "openai": "openai", "anthropic": "anthropic", "google": "google", "vertexai": "google", "litellm": "litellm",
    "transformers": "transformers", "vllm": "vllm", "boto3": "aws", "ollama": "ollama", "cohere": "cohere",
    "mistralai": "mistral", "groq": "groq", "together": "together", "llama_cpp": "llama-cpp", "sdv": "sdv",
    "ctgan": "ctgan", "be_great": "be-great", "diffusers": "diffusers", "langchain_openai": "openai",
    "langchain_anthropic": "anthropic", "replicate": "replicate", "huggingface_hub": "huggingface",
}  # fmt: skip


def described(scene: Scene, stages: Iterable[Stage], code: Code, at: ast.AST) -> str | None:
    """The generators behind a write, as an expression for a place in a file; None if a model is not known there."""
    entries: list[str] = []
    for stage in stages:
        if stage.kind != "generate":
            continue
        entry = _entry(scene, stage, code, at)
        if entry is None:
            return None
        entries += [entry] if entry not in entries else []
    if not entries:
        return None
    return entries[0] if len(entries) == 1 else f"[{', '.join(entries)}]"


def _entry(scene: Scene, stage: Stage, code: Code, at: ast.AST) -> str | None:
    model = _model(scene, stage, code, at)
    if model is None:
        return None
    provider = _PROVIDERS.get(stage.call.split(".")[0])
    start = f'"provider": "{provider}", ' if provider else ""
    return f'{{{start}"model": {model}}}'


def _model(scene: Scene, stage: Stage, code: Code, at: ast.AST) -> str | None:
    value = stage.args.get("model")
    names = [one for one in value.constants if isinstance(one, str)] if value is not None else []
    if value is not None and len(names) == len(value.atoms) == 1 and names[0] and not value.varies | value.crumbs:
        return json.dumps(names[0], ensure_ascii=False)
    if value is None and stage.facts.get("media") == "table":
        return _class_of(stage.call)
    found = scene.call(stage)
    if found is None or found[0] is not code or stage.summary is None or stage.summary.model is None:
        return None
    node = argument(found[1], stage, stage.summary.model.args)
    return code.text(node) if node is not None and _means_the_same(code, node, found[1], at) else None


def _class_of(call: str) -> str | None:
    names = [one for one in call.split(".") if one[:1].isupper()]
    return json.dumps(names[-1]) if names else None


def _means_the_same(code: Code, node: ast.expr, call: ast.Call, at: ast.AST) -> bool:
    """Whether a name or attribute says at another place what it says in a call."""
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return False
    if code.scope(call) is code.scope(at):
        return len(code.assigned(root.id, code.scope(at))) == 1 or _is_argument(code.scope(at), root.id)
    inner = set().union(
        *(bound_names(one) for one in ast.walk(code.tree) if isinstance(one, Scope) and one is not code.tree)
    )
    return root.id not in inner and len(code.assigned(root.id, code.tree)) == 1


def _is_argument(scope: ast.AST, name: str) -> bool:
    arguments = getattr(scope, "args", None)
    return isinstance(arguments, ast.arguments) and name in bound_names(arguments)
