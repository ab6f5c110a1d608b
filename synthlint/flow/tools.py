"""Programs that a command starts and that the models know: trainers, generators, and shell tools on data files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from synthlint.flow import calls, configs, effects
from synthlint.flow.apicall import ApiCall
from synthlint.flow.commandline import CommandLine, Option, parse, text_of
from synthlint.flow.modules import ModuleInfo
from synthlint.flow.scope import Frame
from synthlint.flow.values import NOTHING, Value, blend, const, join
from synthlint.sources.commands import HOLE
from synthlint.sources.text import Source
from synthlint.syntax import ir

if TYPE_CHECKING:
    from synthlint.flow.interp import Interpreter
    from synthlint.models.schema import Summary
    from synthlint.sources.commands.launch import Launch

PREFIX = "shell"
_CONFIGS = (".yaml", ".yml", ".json")
_DATA = re.compile(r"\.(?:jsonl?|csv|tsv|txt|parquet|arrow)(?:\.gz)?$")
_TARGETS = ("o", "output", "out", "output_file", "output-file")


@dataclass(slots=True, eq=False)
class Line:
    """A line of a command file, as a place of stages."""

    pos: ir.Pos


def run_tool(ip: Interpreter, launch: Launch) -> bool:
    """Record what a known program does with the files that the command names; whether it is known."""
    name, words = _known(ip, launch)
    if not name:
        return False
    rows = ip.models.find(name)
    node = _line(ip, launch.command.line)
    info = _file(ip, launch.command.path)
    ip.program = info.path
    ip.frames.append(Frame(info, info.env, "", statement=node.pos))
    try:
        _apply(ip, rows, name, words, launch, node)
    finally:
        ip.frames.pop()
    return True


def _line(ip: Interpreter, line: int) -> Line:
    """A new place; stages are told apart by the identity of their node, so it is kept."""
    ip.nodes.append(Line((line, 1, line, 2)))
    made: Line = ip.nodes[-1]
    return made


def _known(ip: Interpreter, launch: Launch) -> tuple[str, list[str]]:
    """The name under which rows describe a program, with its subcommands, and the words left over."""
    words = list(launch.args)
    best, left = "", words
    name = f"{PREFIX}.{launch.tool or launch.module}"
    if ip.models.find(name):
        best = name
    at = 0
    for word in words[:4]:
        at += 1
        if word.startswith("-") or HOLE in word or "/" in word:
            continue
        name = f"{name}.{word}"
        if ip.models.find(name):
            best, left = name, words[at:]
    return best, left


def _file(ip: Interpreter, path: str) -> ModuleInfo:
    known = ip.modules.by_path.get(path)
    return known if known is not None else ModuleInfo(path, ir.Module((), ""), Source(path, "", ""))


def _apply(ip: Interpreter, rows: Iterable[Summary], name: str, words: list[str], launch: Launch, node: Line) -> None:
    from synthlint.flow.containers import exact_items

    rows = tuple(rows)
    given = parse(CommandLine(tuple(words)), list(_options(rows)))
    keywords = {key: value for key, value in given.values.items() if value is not NOTHING}
    positional = [word for word in _positional(given.left) if word != HOLE]
    settings = [word for word in (*positional, *_texts(keywords.values())) if word.endswith(_CONFIGS)]
    for word in settings:
        config = ip.read_config(ip.frame.module, text_of(word))
        if isinstance(config, dict):
            keywords["config"] = configs.to_value(ip, _overridden(config, given.left), node)
            _listed(ip, keywords, config)
    inputs, target = _files(rows, positional, keywords, launch)
    if any("stdin" in row.data for row in rows):
        if not any(_is_data(one) for one in (*inputs, target)):
            return
        keywords["stdin"] = _content(ip, inputs, node)
        if inputs and inputs[-1] in ip.sorted:
            keywords["sorted"] = const(True)
        ip.sorted |= {target} if name == f"{PREFIX}.sort" else set()
    args = calls.Args([text_of(one) for one in positional], keywords)
    for row in rows:
        call = ApiCall(ip, name.removeprefix(f"{PREFIX}."), row, NOTHING, args, node)
        if call.holds():
            if row.role == "train":
                call = _with_content(call)
            result = effects.apply(call)
            target = target or next(iter(_texts(call.every(row.path))), "")
            _keep(ip, call.name, blend([result, *(exact_items(result) or [])]), target, node)
            return


def _with_content(call: ApiCall) -> ApiCall:
    """A training call whose datasets are read, not only named."""
    held: dict[str, Value] = {}
    for name, references in (("data", call.summary.data), ("eval", call.summary.eval_data)):
        found = [_read(call, text, name) for text in _paths(call.every(references))]
        if found:
            held[name] = join(found)
    row = replace(call.summary, data=("data",), eval_data=("eval",) if "eval" in held else ())
    return ApiCall(call.ip, call.name, row, call.receiver, calls.Args(call.args.pos, held), call.node)


def _paths(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        yield from (one for one in value.constants if isinstance(one, str) and one)


def _read(call: ApiCall, path: str, name: str) -> Value:
    args = {"path": const(path)}
    stage = call.ip.stage("load", "read", call.node, args=args, part=f"{name} {path}")
    held = effects.loaded(call.ip, stage, _line(call.ip, call.node.pos[0]), "", args["path"])
    return held.with_atoms(*held.atoms, *args["path"].atoms)


def _options(rows: Iterable[Summary]) -> Iterator[Option]:
    """Flags that rows read: a condition asks whether one is there, all others take values."""
    asked = {one.arg for row in rows for one in row.when if one.present is not None}
    named = {one.split(".")[0].removesuffix("[]") for row in rows for one in (*row.data, *row.eval_data, *row.path)}
    for name in sorted(asked | named | set(_TARGETS)):
        if name.isdigit() or name in ("stdin", "*", "self"):
            continue
        flags = (f"-{name}", f"--{name}", f"--{name.replace('_', '-')}")
        action = "store_true" if name in asked - named else "store"
        yield Option(name, flags if len(name) == 1 else flags[1:], const(None), action=action)


def _positional(left: list[str]) -> Iterator[str]:
    """The words that belong to no flag."""
    skip = False
    for word in left:
        if skip or (word.startswith("-") and len(word) > 1):
            skip = not skip and word.startswith("--") and "=" not in word
            continue
        yield word


def _texts(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value.const, str):
            yield value.const


def _overridden(config: dict[str, Any], words: list[str]) -> dict[str, Any]:
    """A configuration with what `--data.path=x` or `data.path=x` on the command line changes."""
    for word in words:
        key, equals, value = word.lstrip("-").partition("=")
        if equals and "." in key and HOLE not in value:
            config = _changed(config, key.split("."), value)
    return config


def _changed(held: Any, keys: list[str], value: str) -> Any:
    if not keys:
        return value
    if isinstance(held, list):
        return [_changed(one, keys, value) for one in held] or _changed({}, keys, value)
    inner = held if isinstance(held, dict) else {}
    return {**inner, keys[0]: _changed(inner.get(keys[0]), keys[1:], value)}


def _listed(ip: Interpreter, keywords: dict[str, Value], config: dict[str, Any]) -> None:
    """Datasets that a trainer names by the entries of `dataset_info.json` beside them."""
    folder = str(config.get("dataset_dir") or "data")
    index = ip.read_config(ip.frame.module, const(f"{folder}/dataset_info.json"))
    for key in ("dataset", "eval_dataset"):
        names = config.get(key)
        if isinstance(index, dict) and isinstance(names, str):
            entries = [index.get(one.strip()) for one in names.split(",")]
            files = [one.get("file_name") or one.get("hf_hub_url") for one in entries if isinstance(one, dict)]
            keywords[f"listed_{key}"] = join([const(f"{folder}/{one}") for one in files if isinstance(one, str)])


def _files(
    rows: Iterable[Summary], positional: list[str], keywords: dict[str, Value], launch: Launch
) -> tuple[list[str], str]:  # fmt: skip
    """The files that a shell tool reads, and the one that it writes."""
    command = launch.command
    target = command.stdout or next(iter(_texts(keywords[one] for one in _TARGETS if one in keywords)), "")
    files = [one for one in positional if "." in one or "/" in one]
    if any(row.result == "same" for row in rows) and files:  # cp, mv and tee
        return ([command.stdin], files[-1]) if command.stdin else (files[:-1], files[-1])
    return [*files, *([command.stdin] if command.stdin else [])], target


def _is_data(path: str) -> bool:
    return path.startswith("pipe ") or _DATA.search(path) is not None


def _content(ip: Interpreter, inputs: list[str], node: Line) -> Value:
    """The rows of the files that are read."""
    found = []
    for index, path in enumerate(inputs):
        args = {"path": text_of(path)}
        stage = ip.stage("load", "read", node, args=args, part=str(index), tool=True)
        found.append(effects.loaded(ip, stage, _line(ip, node.pos[0]), "", args["path"]))
    return join(found)


def _keep(ip: Interpreter, name: str, content: Value, target: str, node: Line) -> None:
    """What a program writes to a file."""
    if target and content.lineage:
        args = {"path": text_of(target), "data": content}
        ip.stage("copy", name, node, inputs=content.lineage, context=content.depends, args=args)
