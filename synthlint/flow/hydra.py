"""Configurations that hydra composes and OmegaConf holds: files, groups, and what the command line overrides."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthlint.flow.commandline import CommandLine, typed
from synthlint.flow.values import NOTHING, UNKNOWN_VALUE, Record, Value, const
from synthlint.sources.commands import HOLE

if TYPE_CHECKING:
    from synthlint.flow.calls import Args
    from synthlint.flow.interp import Interpreter

_REFERENCE = re.compile(r"\$\{([\w.]+)\}")
MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where a configuration lies: its folder from the script, and its name."""

    folder: str
    name: str


def place(ip: Interpreter, args: Args) -> Place:
    """The place that `hydra.main(config_path=…, config_name=…)` names."""
    folder = args.kw.get("config_path", args.pos[0] if args.pos else NOTHING).const
    name = args.kw.get("config_name", args.pos[1] if len(args.pos) > 1 else NOTHING).const
    return Place(str(folder or ""), str(name or "config"))


def configuration(ip: Interpreter, where: Place, node: Any) -> Value:
    """The configuration of a program with what its command overrides; unknown if there is no file."""
    from synthlint.flow.configs import to_value

    words = ip.line.words if ip.line is not None else ()
    groups = {key.lstrip("+"): value for key, _, value in (word.partition("=") for word in words) if value}
    name = next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-cn", "--config-name")), where.name)
    data = _composed(ip, where.folder, name, groups)
    if data is None:
        return UNKNOWN_VALUE
    return to_value(ip, _interpolated(_overridden(data, words), data), node)


def _composed(ip: Interpreter, folder: str, name: str, groups: dict[str, str], depth: int = 0) -> dict[str, Any] | None:
    """A file with the files of its defaults list under the keys of their groups."""
    data = _read(ip, folder, name)
    if data is None or depth > MAX_DEPTH:
        return data
    out: dict[str, Any] = {}
    for one in data.get("defaults") or ():
        for group, choice in one.items() if isinstance(one, dict) else ((None, one),):
            if not isinstance(choice, str) or choice == "_self_":
                continue
            key = str(group or "").replace("override ", "").strip("/")
            chosen = groups.get(key, choice)
            inner = _composed(ip, posixpath.join(folder, key), chosen, {}, depth + 1) or {}
            out = _merged(out, _under(inner, key.split("/") if key else []))
    return _merged(out, {key: value for key, value in data.items() if key != "defaults"})


def _read(ip: Interpreter, folder: str, name: str) -> dict[str, Any] | None:
    for end in ("", ".yaml", ".yml"):
        found = ip.read_config(ip.frame.module, const(posixpath.join(folder, name + end)))
        if isinstance(found, dict):
            return found
    return None


def _under(data: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    for key in reversed(keys):
        data = {key: data}
    return data


def _merged(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    out = dict(left)
    for key, value in right.items():
        old = out.get(key)
        out[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


def _overridden(data: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    for word in words:
        key, equals, value = word.lstrip("+").partition("=")
        if equals and not key.startswith(("-", "~")) and HOLE not in key and not isinstance(data.get(key), dict):
            data = _merged(data, _under({}, []) | _under({key.rsplit(".", 1)[-1]: _value(value)}, key.split(".")[:-1]))
    return data


def _value(word: str) -> Any:
    return None if HOLE in word else typed(word.strip("'\""), "auto")


def _interpolated(held: Any, whole: dict[str, Any]) -> Any:
    """Texts with `${a.b}` filled in."""
    if isinstance(held, dict):
        return {key: _interpolated(one, whole) for key, one in held.items()}
    if isinstance(held, list):
        return [_interpolated(one, whole) for one in held]
    if not isinstance(held, str) or "${" not in held:
        return held
    match = _REFERENCE.fullmatch(held)
    if match:
        found = _looked_up(whole, match[1])
        return held if isinstance(found, dict | list) or found is None else found
    return _REFERENCE.sub(lambda one: str(_looked_up(whole, one[1]) or "*"), held)


def _looked_up(data: Any, dotted: str) -> Any:
    for key in dotted.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data


# -- OmegaConf -----------------------------------------------------------------------------------------
def _load(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value | None:
    from synthlint.flow.configs import to_value

    data = ip.read_config(ip.frame.module, args.pos[0]) if args.pos else None
    return to_value(ip, _interpolated(data, data), node) if isinstance(data, dict) else None


def _same(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    return args.pos[0] if args.pos else UNKNOWN_VALUE


def _merge(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow import containers

    records = [atom for one in args.pos for atom in one.atoms if isinstance(atom, Record)]
    return containers.merge_records(ip, records, node) if records else UNKNOWN_VALUE


def _from_cli(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    from synthlint.flow.configs import to_value

    line = ip.line or CommandLine(())
    return to_value(ip, _overridden({}, line.words), node)


def _compose(ip: Interpreter, receiver: Value, args: Args, node: Any) -> Value:
    where = place(ip, args)
    return configuration(ip, Place(where.folder or "conf", where.name), node)


INTRINSICS: dict[str, Any] = {
    "omegaconf.OmegaConf.load": _load,
    "omegaconf.OmegaConf.create": _same,
    "omegaconf.OmegaConf.to_container": _same,
    "omegaconf.OmegaConf.to_object": _same,
    "omegaconf.OmegaConf.structured": _same,
    "omegaconf.OmegaConf.merge": _merge,
    "omegaconf.OmegaConf.unsafe_merge": _merge,
    "omegaconf.OmegaConf.from_cli": _from_cli,
    "hydra.compose": _compose,
}
