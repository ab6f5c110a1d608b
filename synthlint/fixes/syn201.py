"""SYN201: repeated records are dropped where they are written."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from synthlint.findings import Edit, Finding, Fix
from synthlint.fixes import imports
from synthlint.fixes.base import Scene, advice, made
from synthlint.fixes.code import COMPREHENSIONS, LOOPS, Code, string_lines
from synthlint.fixes.paths import target
from synthlint.fixes.records import is_list, walked, written
from synthlint.flow.stages import Stage

TITLE = "Drop repeated records where they are written"
BY_HAND = "Drop repeated records before this write with synthlint.runtime.dedup (or Deduplicator, record by record)"
BEFORE_TRAINING = "Drop repeated records before training on them: synthlint.runtime.dedup(records)"
_FRAMES = ("pandas.DataFrame.to_", "pandas.core.frame.DataFrame.to_", "polars.DataFrame.write_", "datasets.Dataset.")
_MAKERS = ("DataFrame", "from_list", "from_records", "from_dicts")
_NAMES = ("record", "row", "new_record", "record_to_write")
Edits = list[Edit | None]


def fix(finding: Finding, scene: Scene) -> Fix | None:
    """Wrap what is written as a whole; test record by record what is written one by one."""
    stage = scene.stage(finding)
    if stage is not None and stage.kind == "train":
        return advice(BEFORE_TRAINING)
    found = scene.call(stage) if stage is not None else None
    if stage is None or found is None or scene.is_shared(stage):
        return advice(BY_HAND)
    code, call = found
    edits = _frame(code, call, stage) or _text_or_rows(code, call, stage, _loops_together(scene, finding, stage))
    return (made(TITLE, "unsafe", edits, "rows-dropped") if edits else None) or advice(BY_HAND)


def _loops_together(scene: Scene, finding: Finding, stage: Stage) -> bool:
    """Whether records are generated and written in one loop."""
    generated = {loop.id for one in scene.others(finding) if one.kind == "generate" for loop in one.loops}
    return bool(generated & {loop.id for loop in stage.loops})


# -- tables ------------------------------------------------------------------------------------------
def _frame(code: Code, call: ast.Call, stage: Stage) -> Edits:
    """`frame.to_csv(path)` and what is like it."""
    if not isinstance(call.func, ast.Attribute) or not stage.call.startswith(_FRAMES):
        return []
    if any(one.arg == "mode" and ast.unparse(one.value) != "'w'" for one in call.keywords):
        return []
    receiver = call.func.value
    maker = ast.unparse(receiver.func).split(".")[-1] if isinstance(receiver, ast.Call) else ""
    if isinstance(receiver, ast.Call) and maker in _MAKERS and receiver.args and is_list(code, receiver.args[0]):
        return _wrapped(code, receiver.args[0])
    return _wrapped(code, receiver)


def _wrapped(code: Code, node: ast.expr) -> Edits:
    name, needed = imports.runtime(code, "dedup")
    return [*code.wrap(node, name), *needed]


# -- texts, rows, lists ------------------------------------------------------------------------------
def _text_or_rows(code: Code, call: ast.Call, stage: Stage, together: bool) -> Edits:
    record = written(code, call)
    if record is None:
        return []
    comprehension = code.enclosing(record, *COMPREHENSIONS)
    loops = code.enclosing(call, *LOOPS)
    many = walked(code, record)
    if not comprehension and (not loops or _is_whole(code, call, record, stage)):
        return _wrapped(code, record) if _whole_list(code, record, stage) else []
    if many is not None and is_list(code, many) and (comprehension or not together):
        return _wrapped(code, many)
    return _tested(code, call, stage, record) if loops and not comprehension else []


def _whole_list(code: Code, record: ast.expr, stage: Stage) -> bool:
    return not isinstance(record, (ast.Dict, ast.Constant, ast.JoinedStr)) and is_list(code, record, stage)


def _is_whole(code: Code, call: ast.Call, record: ast.expr, stage: Stage) -> bool:
    """Whether a write in a loop writes a list that the loop does not make anew, over what was there before."""
    name = ast.unparse(call.func)
    return name.endswith((".dump", ".write_text", "writerows")) and _whole_list(code, record, stage)


def _tested(code: Code, call: ast.Call, stage: Stage, record: ast.expr) -> Edits:
    """`if deduplicator.is_new(record):` around the statement, with a deduplicator made before the loop."""
    statement = code.statement(call)
    group = _group(code, statement, call)
    start = _start(code, call, stage, statement)
    if start is None or not group or not (code.starts_line(statement) and code.ends_line(group[-1])):
        return []
    variable = next((one for one in ("deduplicator", "new_records") if one not in code.names), None)
    name, needed = imports.runtime(code, "Deduplicator")
    hoisted = _hoisted(code, statement, record)
    if variable is None or hoisted is None:
        return []
    spoken, before, replaced = hoisted
    indent, unit = code.indent(statement), code.unit(statement)
    head = "".join(f"{line}\n{indent}" for line in [*before, f"if {variable}.is_new({spoken}):"])
    point = code.pos(statement)[:2]
    return [
        code.before(start, [f"{variable} = {name}()"]), code.insert(point, head + unit), *replaced,
        *_deeper(code, group, unit, record if replaced else None), *needed,
    ]  # fmt: skip


def _start(code: Code, call: ast.Call, stage: Stage, statement: ast.stmt) -> ast.stmt | None:
    """The statement that writes the whole file: a loop, or the block in which the file is open."""
    loops = code.enclosing(call, *LOOPS)
    where = target(code, call, stage)
    closing = where.closing if where is not None else loops[-1]
    inside = [one for one in loops if one is closing or closing in code.around(one)]
    if not inside or not isinstance(closing, ast.stmt):
        return None
    return closing if closing is statement or closing in code.around(statement) else None


def _group(code: Code, statement: ast.stmt, call: ast.Call) -> list[ast.stmt]:
    """The write and what ends its line; empty when its value is used, or something before belongs to it."""
    if not _is_plain_call(statement, call):
        return []
    block = code.body_of(statement)
    at = block.index(statement)
    handle = _handle(call)
    if _writes_to_others(code, statement, handle):
        return []
    if at and handle and _writes_constant(block[at - 1], handle):
        return []
    group = [statement]
    while at + len(group) < len(block) and handle and _writes_constant(block[at + len(group)], handle):
        group.append(block[at + len(group)])
    whole = isinstance(call.func, ast.Attribute) and call.func.attr in ("dump", "write_text")
    return group if len(group) > 1 or not whole else []


def _handle(call: ast.Call) -> str:
    """The open file that a call writes to, as text."""
    given = next((one.value for one in call.keywords if one.arg == "file"), None)
    if given is None and isinstance(call.func, ast.Attribute):
        dumps = call.func.attr == "dump" and len(call.args) > 1
        given = call.args[1] if dumps else call.func.value
    return ast.unparse(given) if given is not None else ""


def _writes_to_others(code: Code, statement: ast.stmt, handle: str) -> bool:
    """Whether a second file gets a line for the same record: the two must stay in step."""
    loop = next(iter(code.enclosing(statement, *LOOPS)), None)
    calls = [one for one in ast.walk(loop) if isinstance(one, ast.Call)] if loop is not None else []
    names = ("write", "writerow", "dump")
    writes = [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr in names]
    return any(_handle(one) not in (handle, "sys.stdout", "sys.stderr") for one in writes)


def _is_plain_call(statement: ast.stmt, call: ast.Call) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return (value.value if isinstance(value, ast.Await) else value) is call


def _writes_constant(statement: ast.stmt, handle: str) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call) or ast.unparse(value.func) != f"{handle}.write":
        return False
    return all(isinstance(one, ast.Constant) for one in value.args)


def _hoisted(code: Code, statement: ast.stmt, record: ast.expr) -> tuple[str, list[str], Edits] | None:
    """How to speak of the record: by its name, or by a new one given to it first."""
    if code.statement(record) is not statement:
        return (code.text(record), [], []) if isinstance(record, ast.Name) else None
    if isinstance(record, ast.Name):
        return record.id, [], []
    name = next((one for one in _NAMES if one not in code.names), None)
    if name is None:
        return None
    return name, [f"{name} = {code.moved(statement, record)}"], [code.replace(record, name)]


def _deeper(code: Code, group: Iterable[ast.stmt], unit: str, gone: ast.expr | None) -> Edits:
    """Indent the lines after the first, unless they lie in a string or in what is taken out."""
    out: Edits = []
    taken = range(gone.lineno + 1, (gone.end_lineno or 0) + 1) if gone is not None else range(0)
    for number, one in enumerate(group):
        if number and not code.starts_line(one):
            return [None]
        lines = range(one.lineno + (0 if number else 1), (one.end_lineno or one.lineno) + 1)
        held = {line for node in ast.walk(one) for line in string_lines(node)}
        out += [
            code.insert((line, 1), unit)
            for line in lines
            if line not in held and line not in taken and code.lines[line - 1].strip()
        ]
    return out
