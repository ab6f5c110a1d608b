"""What modelled calls do: each role turns a call into a stage and a result."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from synthlint.flow import calls, checks, containers, dag, guarded, loops, rows
from synthlint.flow.apicall import ApiCall, listed
from synthlint.flow.shapes import record_shape
from synthlint.flow.values import (
    FRESH,
    NO_IDS,
    NONE_VALUE,
    NOTHING,
    PENDING,
    RANDOM,
    UNKNOWN,
    UNKNOWN_ONLY,
    UNKNOWN_VALUE,
    Chain,
    Cls,
    Func,
    Handle,
    Loaded,
    Obj,
    Partial,
    Record,
    Ref,
    Seq,
    Value,
    arrived,
    blend,
    collections_of,
    const,
    deep,
    drawn_by,
    element,
    join,
    measure,
)
from synthlint.models.schema import Summary

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter
    from synthlint.flow.stages import Site, Stage

RANDOM_VALUE = Value(varies=frozenset({RANDOM}))
_STORES = ("joblib.load", "pickle.load", "pickle.loads", "torch.load", "dill.load", "cloudpickle.load")
_WRITE_MODES = re.compile(r"[wax+]")
_SUFFIX = re.compile(r"\.(jsonl|json|csv|tsv|parquet|arrow|pkl|pickle|txt|md|png|jpg|jpeg|npy|npz|yaml|yml)$")


# -- finding the row ----------------------------------------------------------------------------------
def apply_named(ip: Interpreter, name: str, receiver: Value | None, args: Args, node: Any, callee: Value) -> Value:
    """Apply the model of a call; without one, judge it by a telling name, else pass the content through."""
    if name.endswith(".backward") and loops.step_back(ip, [receiver or NOTHING, *args.every()], node):
        return const(None)
    parts = _each_part(ip, name, receiver, args, node)
    if parts is not None:
        return parts
    found = find_row(ip, name, receiver, args, node)
    if found is not None:
        return apply(found)
    stored = _from_store(ip, name, receiver, args, node)
    if stored is not None:
        return stored
    told = _telling(ip, name, receiver, args, node)
    if told is not None:
        return told
    _absorb(ip, name, receiver, args, node)
    result = calls.opaque(ip, name, receiver if receiver is not None else NOTHING, args, node)
    return _fluent(ip, receiver, result, name, node)


def _from_store(ip: Interpreter, name: str, receiver: Value | None, args: Args, node: Any) -> Value | None:
    """Rows drawn from an object that was loaded: generated if what was stored there is a fitted generator.

    Which script stored it is known when all have run, so the stage is marked and judged then.
    """
    if receiver is None or name.rsplit(".", 1)[-1] not in ("sample", "generate", "generate_samples"):
        return None
    loads = [one for one in receiver.lineage if ip.stages[one - 1].call.endswith(_STORES)]
    if not loads or not name.startswith(("data.", "?.")):
        return None
    row = Summary(name, "generate", media="table", returns="pandas.DataFrame")
    stage = ip.stage("generate", name.removeprefix("data."), node, summary=row, context=frozenset(loads),
                     args={"prompt": NOTHING}, media="table", chat=False, stored=True)  # fmt: skip
    return _generated(ApiCall(ip, name, row, receiver, args, node), stage)


def _each_part(ip: Interpreter, name: str, receiver: Value | None, args: Args, node: Any) -> Value | None:
    """A method of a dict of datasets (`train_test_split(...).map(f)`) acts on each of them."""
    if not name.startswith("dict.") or receiver is None:
        return None
    for atom in receiver.atoms:
        if isinstance(atom, Record) and atom.fields and all(map(_is_dataset, atom.fields.values())):
            method = name.removeprefix("dict.")
            done = {
                key: calls.invoke(ip, containers.get_attr(ip, one, method, node), args, node)
                for key, one in atom.fields.items()
            }  # fmt: skip
            return containers.new_record(ip, node, done)
    return None


def _is_dataset(value: Value) -> bool:
    return any(isinstance(atom, Obj) and atom.type.startswith("datasets.") for atom in value.atoms)


def find_row(ip: Interpreter, name: str, receiver: Value | None, args: Args, node: Any) -> ApiCall | None:
    """The first row of that name whose conditions hold."""
    exact = () if name.startswith("?.") else ip.models.find(name)
    suffixed: tuple[Summary, ...] = ()
    if not exact and receiver is not None:
        tail = name[2:] if name.startswith("?.") else name.rsplit(".", 1)[-1]
        suffixed = ip.models.suffix(tail)
    for row in (*exact, *suffixed):
        call = ApiCall(ip, name, row, receiver if receiver is not None else NOTHING, args, node)
        if call.holds():
            ip.models.used.add(id(row))
            return call
    return None


def _telling(ip: Interpreter, name: str, receiver: Value | None, args: Args, node: Any) -> Value | None:
    last = name.rsplit(".", 1)[-1]
    if not name.startswith("?.") and "." in name and name.split(".")[0] in ip.known_packages:
        return None
    named, module = _receiver_name(node), name.rpartition(".")[0].lower()
    for telling in ip.models.told(last):
        if not telling.fits(named, module) or not args.every():
            continue
        row = Summary(name.removeprefix("?."), telling.role, data=telling.data)
        call = ApiCall(ip, name, row, receiver if receiver is not None else NOTHING, args, node)
        result = apply(call)
        _crumb_last(ip, node, f"`{last}` is judged by its name")
        return result.but(crumbs=result.crumbs | {f"`{last}` is judged by its name"})
    return None


def note_evaluation(ip: Interpreter, func: Func, args: Args, node: Any) -> None:
    """A project function whose name says that it scores a model on rows, and that no row of the models shows to."""
    name = getattr(func.node, "name", "")
    if node is None or not name or not any(one.role == "evaluate" for one in ip.models.told(name)):
        return
    given = [deep(one) for one in args.every()]
    site = ip.site(node)
    scored = (one for one in ip.stages if one.kind in ("evaluate", "judge"))
    if not any(one.lineage for one in given) or any(_is_called_at(one, site) for one in scored):
        return
    row = Summary(name, "evaluate")
    _evaluate(ApiCall(ip, name, row, func.receiver or NOTHING, args, node))
    _crumb_last(ip, node, f"`{name}` is judged by its name")


def _is_called_at(stage: Stage, site: Site) -> bool:
    places = (stage.site, *stage.callers)
    return any(one.pos == site.pos and one.path == site.path for one in places)


def _crumb_last(ip: Interpreter, node: Any, crumb: str) -> None:
    for stage in reversed(ip.stages):
        if stage.site.pos == getattr(node, "pos", None) and stage.site.path == ip.frame.module.path:
            stage.crumbs |= {crumb}
            return


def _receiver_name(node: Any) -> str:
    func = getattr(node, "func", None)
    owner = getattr(func, "obj", None)
    return str(getattr(owner, "id", getattr(owner, "name", ""))).lower()


def _absorb(ip: Interpreter, name: str, receiver: Value | None, args: Args, node: Any) -> None:
    last = name.rsplit(".", 1)[-1]
    if receiver is None or not ip.models.has_word("absorbing-methods", last):
        return
    held = blend(args.every())
    for atom in receiver.atoms:
        if isinstance(atom, Obj):
            atom.content = join([atom.content, held])
            guarded.touched(ip, atom)


def _fluent(ip: Interpreter, receiver: Value | None, result: Value, name: str, node: Any) -> Value:
    """Methods of tables that no row describes give a table of the same rows."""
    for atom in receiver.atoms if receiver is not None else ():
        if isinstance(atom, Obj) and atom.cls is None and atom.type in containers.TABLES:
            last = name.rsplit(".", 1)[-1]
            if last in ("iterrows", "itertuples"):
                row = element(receiver.with_atoms(atom)) if receiver is not None else NOTHING
                pair = containers.new_seq(ip, node, "tuple", [Value(varies=frozenset({FRESH})), row])
                return pair if last == "itertuples" else containers.new_seq(ip, node, "rows", None, pair)
            if last in ("to_dict", "to_dicts", "to_list", "to_pylist", "to_records"):
                return containers.new_seq(ip, node, "list", None, element(result.with_atoms(atom)))
            return _same_table(ip, receiver, result.with_atoms(atom), last, node)
    return result


def _same_table(ip: Interpreter, receiver: Value | None, result: Value, method: str, node: Any) -> Value:
    """A table made of the rows of `receiver`: some of them, or all in another order or dress."""
    if method in ("head", "tail", "take", "xs", "get_group", "limit", "slice"):
        stage = ip.stage("part", method, node, inputs=result.lineage, part=method, role=method)
        return containers.relabel(ip, result, stage.id, node, f"{method}:")
    if method == "drop" and receiver is not None and _was_drawn(ip, result.lineage | result.depends, receiver):
        stage = ip.stage("part", "rest", node, inputs=deep(receiver).lineage, part="rest", role="rest")
        return containers.relabel(ip, receiver, stage.id, node, "rest:")
    if receiver is not None and UNKNOWN not in receiver.varies:
        return result.but(varies=result.varies - UNKNOWN_ONLY)
    return result


def _was_drawn(ip: Interpreter, stages: frozenset[int], table: Value) -> bool:
    """Whether one of the stages drew rows from a table; dropping those leaves the rest."""
    own = deep(table).lineage
    drawn = (ip.stages[one - 1] for one in stages if ip.stages[one - 1].facts.get("role") == "sample")
    return any(ip.stages[split - 1].inputs & own for part in drawn for split in part.inputs)


# -- applying a row -----------------------------------------------------------------------------------
def apply(call: ApiCall) -> Value:
    """Record what the call does and give its result."""
    result = _ROLES[call.summary.role](call)
    if call.ip.blocks:
        dag.note(call.ip, result, call.node)
    return result


def _stage(call: ApiCall, kind: str, data: list[Value], **more: Any) -> Stage:
    whole = blend(data)
    steering: list[Value] = more.pop("steering", [])
    context = blend([*steering]) if steering else NOTHING
    return call.ip.stage(
        kind, call.name.removeprefix("?."), call.node, summary=call.summary,
        inputs=whole.lineage, context=context.lineage | context.depends | whole.depends,
        crumbs=whole.crumbs, **more,
    )  # fmt: skip


def _generate(call: ApiCall) -> Value:
    if not call.summary.each:
        return _ask(call)
    walks = rows.walk(call)
    result = _ask(call)
    if walks:
        call.ip.loops.pop()
    return result


def _ask(call: ApiCall) -> Value:
    row = call.summary
    prompts = call.every(row.prompt) if row.prompt else [] if row.each else call.args.every()
    prompts = prompts or ([call.item] if call.item is not None else [])
    if not prompts and call.args.rest is not None:  # it is among arguments that nobody knows
        prompts = [call.args.rest.but(varies=call.args.rest.varies | UNKNOWN_ONLY)]
    settings = {
        name: call.setting(getattr(row, name))
        for name in ("model", "temperature", "count", "seed", "sampling", "beams")
        if getattr(row, name) is not None
    }
    args = {name: value for name, value in settings.items() if value is not None}
    args["prompt"] = deep(join(prompts)) if prompts else NOTHING
    kind = "judge" if row.role == "judge" else "generate"
    stage = _stage(call, kind, [], steering=[*prompts, deep(call.receiver)], args=args, media=row.media, chat=row.chat)
    if row.cached or any(frame.cached for frame in call.ip.frames):
        stage.facts["cached"] = True
    if call.name.endswith(".parse") or not checks.STRUCTURED.isdisjoint(call.args.kw):
        stage.facts["tested"] = True
    if row.writes or row.path:
        path = call.path()
        if path is not None or row.writes:
            _write_stage(call, Value(lineage=frozenset({stage.id})), path or UNKNOWN_VALUE)
    if kind == "judge":
        judged = Value(depends=frozenset({stage.id}), varies=frozenset({RANDOM}))
        return rows.extended(call, judged, stage) if row.result == "rows" else judged
    return _generated(call, stage)


def _generated(call: ApiCall, stage: Stage) -> Value:
    row = call.summary
    text = Value(lineage=frozenset({stage.id}), varies=frozenset({RANDOM}))
    kind = row.returns or ("pandas.DataFrame" if row.media == "table" else "")
    if row.parse or row.result == "rows":
        answer = text.with_atoms(call.ip.once(call.node, "response", lambda: Obj("response", content=text))[0])
        one = rows.made(call, stage, answer)
        if one is not None:
            if kind:
                return rows.as_object(call.ip, kind, call.node, one)
            return containers.new_seq(call.ip, call.node, "list", None, one).but(lineage=one.lineage)
    if kind:
        content = text.with_atoms(_fresh_record(call, text))
        text = calls.new_object(call.ip, kind, call.node, {}, content).but(lineage=text.lineage, varies=text.varies)
    if row.result == "list":
        return containers.new_seq(call.ip, call.node, "list", None, text).but(lineage=text.lineage)
    if row.result == "same":
        for atom in call.receiver.atoms:
            if isinstance(atom, Obj):
                atom.content = join([atom.content, text.with_atoms()])
        return call.receiver
    return (
        text if kind else text.with_atoms(call.ip.once(call.node, "response", lambda: Obj("response", content=text))[0])
    )


def _fresh_record(call: ApiCall, content: Value) -> Record:
    made, _ = call.ip.once(call.node, "row", lambda: Record({}, NOTHING, None, call.ip.loop_ids))
    made.rest = join([made.rest or NOTHING, content.with_atoms()])
    record: Record = made
    return record


def _fit(call: ApiCall) -> Value:
    data = call.data()
    stage = _stage(call, "fit", data, steering=[call.receiver], args={"data": deep(join(data)) if data else NOTHING},
                   private=call.summary.private)  # fmt: skip
    for kind in call.summary.reports:
        _stage(call, kind, data, args={"data": stage.args["data"]})
    _mark(call.receiver, stage.id)
    if call.summary.returns:
        return calls.new_object(call.ip, call.summary.returns, call.node, {}, Value(depends=frozenset({stage.id})))
    return call.receiver if call.summary.result != "" or call.receiver.atoms else _as_result(call, stage)


def _as_result(call: ApiCall, stage: Stage) -> Value:
    return Value(lineage=frozenset({stage.id}))


def _mark(receiver: Value, stage: int) -> None:
    """The receiver has seen data: what it gives later depends on the stage."""
    for atom in receiver.atoms:
        if isinstance(atom, Obj):
            atom.content = atom.content.but(depends=atom.content.depends | {stage})


def _resample(call: ApiCall) -> Value:
    data = call.data()
    stage = _stage(call, "resample", data, args={"data": deep(join(data)) if data else NOTHING},
                   copies=call.summary.copies)  # fmt: skip
    parts = []
    for index, value in enumerate(data[:2]):
        parts.append(containers.relabel(call.ip, value, stage.id, call.node, f"resampled{index}:"))
    if len(parts) == 1 and call.summary.result != "same":
        return parts[0]
    return Value((Seq("tuple", parts, NOTHING),), lineage=frozenset({stage.id}))


def _augment(call: ApiCall) -> Value:
    data = call.data()
    stage = _stage(call, "augment", data)
    held = Value(lineage=frozenset({stage.id}), varies=frozenset({RANDOM}) | blend(data).varies)
    return containers.new_seq(call.ip, call.node, "list", None, held)


def _load(call: ApiCall) -> Value:
    row = call.summary
    path = call.path()
    args = {"path": path} if path is not None else {}
    split = call.first(row.split)
    if split is not None:
        args["split"] = split
    by_split = _split_files(call)
    if by_split is not None and (split is None or split.const in by_split):
        parts = {key: _load_split(call, key, files) for key, files in by_split.items()}
        return containers.new_record(call.ip, call.node, parts) if split is None else parts[split.const]
    given = call.data() if row.data else []
    if path is not None:
        given += [atom.content for atom in path.atoms if isinstance(atom, Obj) and atom.type == "link"]
    stage = _stage(call, "load", given, args=args, public=row.public, steering=[path] if path is not None else [])
    stage.facts["splits"] = split is None and (bool(row.split) or row.returns.endswith("DatasetDict"))
    config = call.ip.read_config(call.ip.frame.module, path) if path is not None and not row.split else None
    if config is not None:
        return _config_value(call, config)
    return loaded(call.ip, stage, call.node, row.returns, path, row.result)


def _split_files(call: ApiCall) -> dict[str, Value] | None:
    """The files of each split: `data_files={"train": "a.jsonl", "test": "b.jsonl"}`."""
    files = call.get("data_files") if "data_files" in call.summary.params else None
    for atom in files.atoms if files is not None else ():
        if isinstance(atom, Record) and atom.fields:
            return atom.fields
    return None


def _load_split(call: ApiCall, key: str, files: Value) -> Value:
    """One split of a dataset whose splits lie in files of their own."""
    path = listed(files)
    stage = call.ip.stage("load", call.name.removeprefix("?."), call.node, summary=call.summary, context=path.lineage,
                          args={"path": path, "split": const(key)}, part=key, public=False, splits=False)  # fmt: skip
    whole = loaded(call.ip, stage, call.node, "datasets.Dataset", path)
    return containers.relabel(call.ip, whole, stage.id, call.node, f"{key}:")


def _config_value(call: ApiCall, config: Any) -> Value:
    from synthlint.flow.configs import to_value

    return to_value(call.ip, config, call.node)


def loaded(ip: Interpreter, stage: Stage, node: Any, kind: str, path: Value | None, result: str = "") -> Value:
    """The value that a load gives: a table or nested data, each element a record of its own."""
    text = Value(lineage=frozenset({stage.id}), varies=_moving(path))
    record, _ = ip.once(node, "loaded-row", lambda: Record({}, NOTHING, None, ip.loop_ids))
    record.rest = join([record.rest or NOTHING, text])
    elem = text.with_atoms(record)
    if kind:
        made = calls.new_object(ip, kind, node, {}, elem)
        return made.but(lineage=text.lineage, varies=text.varies)
    if result == "pairs" or result == "halves":
        return containers.new_seq(ip, node, "list", None, elem).but(lineage=text.lineage)
    data, _ = ip.once(node, "loaded", lambda: Loaded(elem, stage.id, ip.loop_ids))
    return text.with_atoms(data)


def _moving(path: Value | None) -> frozenset[int]:
    return NO_IDS if path is None else frozenset(one for one in path.varies if one > 0)


def _write(call: ApiCall) -> Value:
    row = call.summary
    data = call.data() if row.data or row.file else [one for one in call.args.every() if deep(one).lineage]
    given, data = data, [_read_first(call, one) for one in data]
    path = call.path()
    opened = _mode_of(call)
    if opened is not None and not _WRITE_MODES.search(opened):
        return const(None)
    stage = _write_stage(call, join(data) if data else NOTHING, path or UNKNOWN_VALUE)
    stage.facts["copy"] = bool(row.file) and all(old is not new for old, new in zip(given, data, strict=True))
    if call.summary.returns:
        made = calls.new_object(call.ip, call.summary.returns, call.node, {}, Value(lineage=frozenset({stage.id})))
        return made.but(lineage=frozenset({stage.id}))
    if call.summary.format == "finetune":
        return Value(lineage=frozenset({stage.id}))
    return const(None)


def _read_first(call: ApiCall, value: Value) -> Value:
    """What a file holds that is written under another name: one that is open for reading, or that a path names."""
    handles = [atom for atom in value.atoms if isinstance(atom, Handle)]
    if handles and any(_WRITE_MODES.search(atom.mode) for atom in handles):
        return value
    named = bool(call.summary.file) and not deep(value).lineage
    return read_from(call.ip, call.node, value) if handles or named else value


def _mode_of(call: ApiCall) -> str | None:
    value = call.first(call.summary.path)
    for atom in value.atoms if value is not None else ():
        if isinstance(atom, Handle):
            return atom.mode
    mode = call.first(call.summary.mode)
    return mode.const if mode is not None and isinstance(mode.const, str) else None


def _write_stage(call: ApiCall, value: Value, path: Value) -> Stage:
    return write_stage(
        call.ip, call.node, call.name.removeprefix("?."), value, path, call.summary, many=call.summary.many
    )  # fmt: skip


def write_stage(
    ip: Interpreter, node: Any, name: str, value: Value, path: Value, summary: Summary | None, many: bool = False
) -> Stage:
    """Record a write, with the shape of what is written."""
    held = guarded.passed(ip, value, node) if ip.guards else value
    whole = deep(held)
    stage = ip.stage(
        "write", name, node, summary=summary, inputs=whole.lineage, context=whole.depends | path.lineage,
        args={"data": held, "path": path}, crumbs=whole.crumbs,
    )  # fmt: skip
    shape = record_shape(value)
    old = stage.facts.get("shape")
    stage.facts["shape"] = shape if old is None else old.join(shape)
    stage.facts["many"] = stage.facts.get("many", False) or many or shape.many
    stage.facts["format"] = summary.format if summary is not None and summary.format else format_of(path, name)
    ip.written_paths.append(stage)
    return stage


def format_of(path: Value, name: str) -> str:
    """The format of a written file by its suffix."""
    from synthlint.flow.apicall import known_texts

    for text in known_texts(path):
        match = re.search(
            r"\.(jsonl|json|csv|tsv|parquet|arrow|pkl|pickle|txt|md|png|jpg|jpeg|npy|npz|yaml|yml)$", text
        )
        if match:
            return {"tsv": "csv", "pkl": "pickle", "jpg": "image", "jpeg": "image", "png": "image"}.get(
                match.group(1), match.group(1)
            )  # fmt: skip
    return "text"


def write_to(ip: Interpreter, node: Any, name: str, data: list[Value], target: Value) -> None:
    """A write through a file object or a path."""
    handles = [atom for atom in target.atoms if isinstance(atom, Handle)]
    if handles and not any(_WRITE_MODES.search(atom.mode) for atom in handles):
        return
    path = join([atom.path for atom in handles]) if handles else target
    value = join(data) if data else NOTHING
    write_stage(ip, node, name, value, path, None)


def read_from(ip: Interpreter, node: Any, target: Value, lines: bool = False) -> Value:
    """A read through a file object or a path."""
    handles = [atom for atom in target.atoms if isinstance(atom, Handle)]
    path = join([atom.path for atom in handles]) if handles else target
    stage = ip.stage("load", "read", node, args={"path": path})
    text = Value(lineage=frozenset({stage.id}), varies=_moving(path) | (path.varies & UNKNOWN_ONLY))
    return containers.new_seq(ip, node, "list", None, text) if lines else text


def _mix(call: ApiCall) -> Value:
    operands: list[Value] = []
    for value in call.data():
        operands += containers.operands_of(value)
    result = containers.mix(call.ip, operands, call.node, call.name.removeprefix("?."), call.summary)
    if _joins_columns(call):
        for one in result.lineage:
            if call.ip.stages[one - 1].kind == "mix":
                call.ip.stages[one - 1].facts["columns"] = True
    if call.summary.returns and not any(isinstance(atom, Obj) for atom in result.atoms):
        made = calls.new_object(call.ip, call.summary.returns, call.node, {}, element(result))
        result = made.but(lineage=result.lineage)
    if call.summary.result == "same":
        for atom in call.receiver.atoms:
            if isinstance(atom, Obj):
                atom.content = join([atom.content, element(result)])
    return result


def _joins_columns(call: ApiCall) -> bool:
    """Whether a join puts columns of the same rows side by side."""
    if call.name.rsplit(".", 1)[-1] in ("hstack", "column_stack", "c_"):
        return True
    return any(call.args.kw.get(name, NOTHING).const in (1, -1, "columns") for name in ("axis", "dim"))


def _split(call: ApiCall) -> Value:
    row = call.summary
    data = call.data()
    # the function of scikit-learn in a file that does not import it, as against the method of a dataset
    is_function = row.result == "parts" and len(call.args.pos) > 1 and not deep(call.receiver).lineage
    if is_function:
        data = call.args.pos
    stage = _stage(call, "split", data, args={"data": deep(join(data)) if data else NOTHING},
                   cross_validation=row.cross_validation)  # fmt: skip
    if row.result == "pairs" or is_function:
        out = []
        for index, value in enumerate(data):
            out += [_part(call, stage, value, role, f"{index}") for role in ("train", "test")]
        return Value((Seq("tuple", out, NOTHING),), lineage=frozenset({stage.id}))
    source = data[0] if data else call.receiver
    if row.result == "parts":
        return Value((Record({role: _part(call, stage, source, role, "") for role in ("train", "test")}),))
    if row.result == "halves":
        halves = [_part(call, stage, source, role, "") for role in ("train", "test", "other")]
        made = containers.new_seq(call.ip, call.node, "tuple", None, join(halves))
        return made.with_atoms(Seq("tuple", halves[:2], NOTHING))
    if row.result == "same":
        return _drawn(call, stage, source)
    stage.facts["indices"] = True
    pair = containers.new_seq(call.ip, call.node, "tuple", [_indices(call, stage, one) for one in ("train", "test")])
    return containers.new_seq(call.ip, call.node, "folds", None, pair)


def _drawn(call: ApiCall, stage: Stage, source: Value) -> Value:
    """Some rows of a table; all of them in another order is no part (`sample(frac=1)`)."""
    if call.args.kw.get("frac", NOTHING).const == 1:
        stage.kind = "shuffle"
        return containers.relabel(call.ip, source, stage.id, call.node, "shuffled:")
    return _part(call, stage, source, "sample", "")


def _indices(call: ApiCall, stage: Stage, role: str) -> Value:
    """Row numbers of one side of a fold."""
    made = calls.new_object(call.ip, f"indices of {role}", call.node, {"role": const(role)}, NOTHING)
    return made.but(depends=frozenset({stage.id}), varies=frozenset({RANDOM}))


def _part(call: ApiCall, stage: Stage, value: Value, role: str, tag: str) -> Value:
    made = call.ip.stage("part", role, call.node, inputs=frozenset({stage.id}), part=f"{role}{tag}", role=role,
                         of=deep(value).lineage)  # fmt: skip
    return containers.relabel(call.ip, value, made.id, call.node, f"{role}{tag}:")


def _train(call: ApiCall) -> Value:
    data = call.data()
    evals = call.every(call.summary.eval_data)
    args = {"data": join([deep(one) for one in data]) if data else NOTHING, "model": call.receiver}
    if evals:
        args["eval"] = join([deep(one) for one in evals])
    stage = _stage(call, "train", data, steering=[deep(call.receiver)], args=args,
                   cross_validation=call.summary.cross_validation)  # fmt: skip
    stage.facts |= {"shape": record_shape(join(data) if data else NOTHING), "format": "memory"}
    _mark(call.receiver, stage.id)
    model = call.setting(call.summary.model)
    if model is not None:
        _mark(model, stage.id)
    for one in call.every(("self.model", "model")):
        _mark(one, stage.id)
    if call.receiver.atoms and not call.name.startswith("?.") and call.receiver is not NOTHING:
        return call.receiver.but(depends=call.receiver.depends | {stage.id})
    return Value(depends=frozenset({stage.id}))


def _evaluate(call: ApiCall) -> Value:
    data = call.data()
    models = [one for one in call.args.every() if any(isinstance(atom, Obj) for atom in one.atoms)]
    stage = _stage(call, "evaluate", data, steering=[deep(call.receiver), *call.args.every()],
                   args={"data": join([deep(one) for one in data]) if data else NOTHING,
                         "model": call.receiver if call.receiver.atoms else join(models)},
                   cross_validation=call.summary.cross_validation)  # fmt: skip
    given = call.args.every()
    compared = blend(given).reads.union(*[collections_of(one) for one in given])
    return Value(depends=frozenset({stage.id}), reads=compared, varies=UNKNOWN_ONLY)


def _predict(call: ApiCall) -> Value:
    data = call.data()
    stage = _stage(call, "predict", data, steering=[deep(call.receiver)], args={"model": call.receiver})
    return Value(lineage=frozenset({stage.id}), varies=blend(data).varies)


def _dedup(call: ApiCall) -> Value:
    data = call.data() or [call.receiver]
    row = call.summary
    if row.result == "flags" or not row.drops:
        stage = _stage(call, "flag", data, flags=True)
        result = measure(data)
        flag = result.but(
            depends=result.depends | {stage.id},
            reads=frozenset().union(*[collections_of(one) for one in [*data, call.receiver]]),
        )
        if not row.fields:
            return flag
        call.item = element(data[0])
        return containers.new_seq(call.ip, call.node, "list", None, rows.extended(call, flag))
    if FRESH in blend(data).varies and not data[0].atoms:
        return data[0]
    stage = _stage(call, "dedup", data, drops=True)
    return _replaced(call, stage, data[0])


def _replaced(call: ApiCall, stage: Stage, value: Value) -> Value:
    """The data after a stage; `inplace=True` changes the receiver itself."""
    if call.args.kw.get("inplace", NOTHING).const is True:
        for atom in call.receiver.atoms:
            if isinstance(atom, Obj):
                atom.content = atom.content.but(lineage=frozenset({stage.id}))
                for name, column in atom.columns.items():
                    atom.columns[name] = column.but(lineage=frozenset({stage.id}))
        return const(None)
    return containers.relabel(call.ip, value, stage.id, call.node, f"{stage.kind}:")


def _filter(call: ApiCall) -> Value:
    data = call.data() or [call.receiver]
    if not blend(data).lineage:
        return data[0]
    for func in call.every(call.summary.func):
        if any(isinstance(atom, Func | Partial) for atom in func.atoms):
            return filter_by(call.ip, func, data[0], call.node)
    stage = _stage(call, call.summary.role, data)
    return _replaced(call, stage, data[0])


def _tag(call: ApiCall) -> Value:
    data = call.data()
    path = call.path()
    _stage(call, "tag", data, args={"path": path} if path is not None else {}, card=True)
    return data[0] if data else UNKNOWN_VALUE


def _compare(kind: str) -> Callable[[ApiCall], Value]:
    def run(call: ApiCall) -> Value:
        data = [*call.data(), *call.every(call.summary.real), *call.every(call.summary.control)]
        data = data if data and len(data) > 1 else [*data, *call.args.every(), call.receiver]
        held = blend(data)
        stage = call.ip.stage(
            kind, call.name.removeprefix("?."), call.node, summary=call.summary, inputs=held.lineage,
            context=held.depends, args={"data": join(data)},
        )  # fmt: skip
        for other in call.summary.reports:
            _stage(call, other, data, args={"data": join(data)})
        result = measure(data)
        return result.but(depends=result.depends | {stage.id})

    return run


def _dp(call: ApiCall) -> Value:
    _stage(call, "dp", call.data(), args={"data": NOTHING})
    return _transform(call)


def _client(call: ApiCall) -> Value:
    row = call.summary
    attrs = dict(call.args.kw)
    for name, value in zip(row.params, call.args.pos, strict=False):
        attrs.setdefault(name, value)
    if row.result == "same" and call.receiver.atoms:
        for atom in call.receiver.atoms:
            if isinstance(atom, Obj):
                atom.attrs.update(attrs)
        return call.receiver
    kind = row.returns or call.name.removeprefix("?.")
    held = blend(call.data() if row.data else call.args.every())
    inherited = {
        name: value for atom in call.receiver.atoms if isinstance(atom, Obj) for name, value in atom.attrs.items()
    }  # fmt: skip
    content = held.but(atoms=(), reads=NO_IDS)
    if call.receiver is not NOTHING:
        content = join([content, deep(call.receiver).but(atoms=(), reads=NO_IDS, varies=NO_IDS)])
    for name, setting in (("temperature", row.temperature), ("model", row.model)):
        held_setting = call.setting(setting)
        if held_setting is not None:
            attrs.setdefault(name, held_setting)
    return calls.new_object(call.ip, kind, call.node, {**inherited, **attrs}, content)


def _apply(call: ApiCall) -> Value:
    func = call.first(call.summary.func)
    if func is None:
        return _transform(call)
    each = call.every(call.summary.each)
    if call.summary.each == ("*",):
        each = [one for one in call.args.pos if one is not func]
    given: list[Value] = []
    for reference in call.summary.given:
        value = call.get(reference)
        if reference == "*":
            given += [one for one in call.args.pos if one is not func]
        elif value is not None and reference != "**":
            given += containers.exact_items(value) or [value]
    keywords = {k: v for k, v in call.args.kw.items() if v is not func} if "**" in call.summary.given else {}
    if not each:
        result = calls.invoke(call.ip, func, calls.Args(given, keywords), call.node)
        waits = call.summary.result == "future"
        return result.but(varies=result.varies | {PENDING}) if waits else result
    result = apply_each(call.ip, func, each, given, call.node, call.summary.result, call.receiver)
    removed = call.args.kw.get("remove_columns")
    return result if removed is None else containers.remove_columns(result, call.receiver, removed)


def apply_each(
    ip: Interpreter, func: Value, each: list[Value], given: list[Value], node: Any, result: str,
    receiver: Value = NOTHING,
) -> Value:  # fmt: skip
    """Call a function for each element, as `map` does."""
    from synthlint.flow.exprs import length_of

    loop = ip.new_loop(node, "map", length_of(each[0]) if each else None, source=each[0] if each else None)
    ip.loops.append(loop)
    items = [ip.walked(one, loop) for one in each]
    value = calls.invoke(ip, func, calls.Args([*items, *given], {}), node)
    ip.loops.pop()
    if result == "same":
        return _mapped(ip, receiver, value, node)
    return containers.new_seq(ip, node, "generator" if result == "stream" else "list", None, value)


def _mapped(ip: Interpreter, receiver: Value, value: Value, node: Any) -> Value:
    """A dataset whose rows were replaced or extended by what the function returned."""
    for atom in receiver.atoms:
        if isinstance(atom, Obj):
            made, _ = ip.once(node, f"mapped:{atom.oid}", lambda kind=atom.type: Obj(kind, loops=ip.loop_ids))
            made.columns = dict(atom.columns)
            for one in value.atoms:
                if isinstance(one, Record):
                    made.columns.update(one.fields)
            made.content = join([atom.content, value])
            whole = deep(value)
            return Value((made,), lineage=whole.lineage | receiver.lineage, varies=receiver.varies)
    return containers.new_seq(ip, node, "list", None, value)


def filter_by(ip: Interpreter, func: Value, source: Value, node: Any) -> Value:
    """Keep the elements for which a function is true."""
    loop = ip.new_loop(node, "filter", None)
    ip.loops.append(loop)
    item = ip.carried(element(source), loop)
    test = calls.invoke(ip, func, calls.Args([item], {}), node) if func.const is None else item
    ip.guards.append(ip.guard(test, node, "test"))
    passed = guarded.passed(ip, item, node)
    ip.guards.pop()
    ip.loops.pop()
    new = passed.lineage - item.lineage
    if any(isinstance(atom, Obj | Loaded) for atom in source.atoms):
        return containers.relabel(ip, source, min(new), node, "filtered:") if new else source
    return containers.new_seq(ip, node, "list", None, passed)


def _cache(call: ApiCall) -> Value:
    for value in call.args.every():
        for atom in value.atoms:
            if isinstance(atom, Func):
                atom.cached = True
                return value
    if not any(value.atoms == NONE_VALUE.atoms for value in call.args.every()):
        call.ip.stage("cache", call.name, call.node)  # one for all calls of a library
    return _transform(call)


def _container(call: ApiCall) -> Value:
    return _client(call)


def _link(call: ApiCall) -> Value:
    given = call.data()
    dag.follow(call.ip, call.receiver, join(given) if given else NOTHING, call.node)
    return given[0] if given else call.receiver


def _run(call: ApiCall) -> Value:
    done = dag.run(call)
    return done if done is not None else _generate(call)


def _transform(call: ApiCall) -> Value:
    row = call.summary
    data = call.data()
    if not data and call.receiver is not NOTHING:
        data = [call.receiver]
    source = call.every(row.data) if row.data else data
    for target in call.every(row.into):
        containers.fill(call.ip, target, join(source))
    if row.absorbs:
        return _absorbed(call, source)
    if row.result == "link":
        return calls.new_object(call.ip, "link", call.node, {}, blend(source).but(atoms=()))
    if row.result == "same":
        return call.receiver if call.receiver is not NOTHING and not row.data else (source[0] if source else NOTHING)
    if row.result == "element":
        return element(source[0]) if source else UNKNOWN_VALUE
    if row.result == "future" and source:
        return source[0].but(varies=source[0].varies | {PENDING})
    if row.result == "stream" and source:
        return containers.new_seq(call.ip, call.node, "generator", None, element(source[0]))
    if row.result == "columns" and source:
        return rows.only(call.ip, source[0], call.first(row.fields), call.node)
    whole = arrived(blend([*source, *([call.receiver] if not row.data and call.receiver is not NOTHING else [])]))
    if call.args.kw.get("return_exceptions", NOTHING).const is True:
        checks.survives(call.ip, whole)
    if row.returns:
        return _transformed_object(call, source, whole)
    if row.result == "list":
        if row.data == ("*",):  # each argument is an item: `gather(first(), second())`
            pos, rest = [arrived(one) for one in call.args.pos], call.args.rest
            each = NOTHING if rest is None else arrived(join([*pos, rest]))
            return containers.new_seq(call.ip, call.node, "list", list(pos) if rest is None else None, each)
        item = arrived(element(source[0])) if source else whole
        return containers.new_seq(call.ip, call.node, "list", None, item)
    consulted = frozenset().union(*[collections_of(one) for one in call.args.every()], NO_IDS)
    return whole.but(reads=whole.reads | consulted)


def _absorbed(call: ApiCall, data: list[Value]) -> Value:
    """A receiver that takes in what it is given, as a configuration does with its columns."""
    held = blend(data).but(atoms=())
    for atom in call.receiver.atoms:
        if isinstance(atom, Obj):
            atom.content = join([atom.content, held])
    return call.receiver


def _transformed_object(call: ApiCall, source: list[Value], whole: Value) -> Value:
    columns: dict[str, Value] = {}
    content: list[Value] = []
    for value in source:
        for atom in value.atoms:
            if isinstance(atom, Record):
                columns.update({name: _column_of(one) for name, one in atom.fields.items()})
                if atom.rest is not None:
                    content.append(atom.rest)
            elif isinstance(atom, Obj):
                columns.update(atom.columns)
                content.append(atom.content)
            elif isinstance(atom, Seq | Loaded):
                content.append(element(value.with_atoms(atom)))
    if "**" in call.summary.data:
        columns.update({name: _column_of(one) for name, one in call.args.kw.items()})
    name = call.get("name")
    if "column" in call.summary.params and name is not None and isinstance(name.const, str):
        columns[name.const] = _column_of(call.get("column") or NOTHING)
    made = calls.new_object(call.ip, call.summary.returns, call.node, dict(call.args.kw), NOTHING)
    for atom in made.atoms:
        if isinstance(atom, Obj):
            atom.columns.update(columns)
            atom.content = join([atom.content, *content]) if content else join([atom.content, whole.with_atoms()])
            for inner in (one for value in content for one in value.atoms if isinstance(one, Record)):
                atom.columns.update(inner.fields)
    return made.but(lineage=whole.lineage, depends=whole.depends, varies=whole.varies)


def _column_of(value: Value) -> Value:
    return element(value) if any(isinstance(atom, Seq | Loaded) for atom in value.atoms) else value


def _clean(call: ApiCall) -> Value:
    return measure([*call.args.every(), call.receiver])


def _random(call: ApiCall) -> Value:
    row = call.summary
    if row.result == "fresh":
        return Value(varies=frozenset({FRESH, RANDOM}))
    source = call.every(row.data) if row.data else call.args.every()
    if row.result in ("element", "list") and source:
        item = _picked(call, source[0])
        if row.result == "element":
            return item
        made = containers.new_seq(call.ip, call.node, "list", None, item)
        return made.but(varies=frozenset({RANDOM}))
    if row.result == "same" and source:
        return source[0].but(varies=source[0].varies | {RANDOM})
    whole = blend(source)
    return _absorbed(call, [RANDOM_VALUE]) if row.absorbs else whole.but(varies=whole.varies | {RANDOM})


def _picked(call: ApiCall, pool: Value) -> Value:
    """A random element of a collection; the draw of records that were read or made is a stage."""
    item = element(pool)
    held, how = deep(pool).lineage, {RANDOM}
    if held:
        how.add(drawn_by(call.ip.stage("draw", call.name.removeprefix("?."), call.node, inputs=held).id))
    return item.but(varies=item.varies | how)


def _look_alike(call: ApiCall) -> Value:
    whole = blend(call.args.every())
    last = call.name.rsplit(".", 1)[-1]
    if last[:1].isupper():
        return calls.new_object(call.ip, call.summary.returns or call.name, call.node, dict(call.args.kw), whole)
    return whole.but(varies=whole.varies | {RANDOM})


def run_chain(ip: Interpreter, chain: Chain, args: Args, node: Any) -> Value:
    """Invoke a chain of runnables: its model generates, functions in it are called in turn."""
    value = join(args.pos) if args.pos else NOTHING
    for part in chain.parts:
        value = _run_part(ip, part, value, node)
    return value


def _run_part(ip: Interpreter, part: Value, value: Value, node: Any) -> Value:
    for atom in part.atoms:
        if isinstance(atom, Func | Partial | Cls):
            return calls.invoke(ip, part, calls.Args([value], {}), node)
        if isinstance(atom, Obj):
            found = find_row(ip, f"{atom.type}.invoke", part.with_atoms(atom), calls.Args([value], {}), node)
            if found is not None and found.summary.role in ("generate", "judge"):
                return apply(found)
            return blend([deep(part), value])
        if isinstance(atom, Record):
            return join([_run_part(ip, one, value, node) for one in atom.fields.values()])
        if isinstance(atom, Ref):
            return blend([value])
    return blend([part, value])


_ROLES: dict[str, Callable[[ApiCall], Value]] = {
    "generate": _generate, "judge": _generate, "fit": _fit, "resample": _resample, "augment": _augment,
    "load": _load, "write": _write, "mix": _mix, "split": _split, "train": _train, "evaluate": _evaluate,
    "predict": _predict, "dedup": _dedup, "decontaminate": _filter, "filter": _filter, "provenance": _tag,
    "fidelity": _compare("fidelity"), "memorization": _compare("memorization"), "dp": _dp, "client": _client,
    "apply": _apply, "link": _link, "run": _run, "cache": _cache, "container": _container,
    "transform": _transform, "clean": _clean, "random": _random, "not-a-generator": _look_alike,
}  # fmt: skip
