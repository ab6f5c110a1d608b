"""Which rules are checked, and in which files: codes, prefixes, `ALL`, editions, per-file ignores."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from synthlint.findings import Severity
from synthlint.settings import Options, SettingsError
from synthlint.settings.errors import did_you_mean
from synthlint.settings.load import place_of, shown
from synthlint.sources.globs import matches

ALWAYS = frozenset({"SYN900"})
HYGIENE = ALWAYS | {"SYN901", "SYN902", "SYN903"}
_EDITION_2026 = {
    "SYN1": ("01", "02", "03", "04", "05", "06"),
    "SYN2": ("01", "02", "03", "04", "05", "06"),
    "SYN3": ("01", "02"),
    "SYN4": ("01", "02", "03", "04"),
}
DEFAULTS: Mapping[str, frozenset[str]] = {
    "2026": HYGIENE | {family + number for family, numbers in _EDITION_2026.items() for number in numbers},
}


_KINDS = {float: "a number", int: "a whole number", str: "a text", bool: "true or false", list: "a list"}


class RuleInfo(Protocol):
    """What the gate needs to know about a rule."""

    @property
    def name(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def severity(self) -> Severity: ...


def enabled(options: Options, rules: Mapping[str, RuleInfo]) -> frozenset[str]:
    """The codes that this run checks.  Raises SettingsError for a selector that fits no rule."""
    chosen = _specificity(options, ("select", "extend-select"), rules)
    left_out = _specificity(options, ("ignore",), rules)
    default = ALWAYS if options.select else DEFAULTS[options.edition] | _in_preview(options, rules)
    out = set()
    for code, rule in rules.items():
        wanted = max(chosen.get(code, 0), 1 if code in default else 0)
        if wanted > left_out.get(code, 0) and _available(rule, options.preview):
            out.add(code)
    return frozenset(out)


def needs_preview(options: Options, rules: Mapping[str, RuleInfo]) -> list[str]:
    """Preview rules that were selected by name and stay off because `preview` is."""
    named = {one for one in (*options.select, *options.extend_select) if one in rules}
    return sorted(one for one in named if rules[one].status == "preview" and not options.preview)


def ignored_in_file(path: str, options: Options, rules: Mapping[str, RuleInfo]) -> frozenset[str]:
    """The codes that `per-file-ignores` leaves out in `path`, which is relative to `options.folder`."""
    out: set[str] = set()
    for pattern, selectors in options.per_file_ignores.items():
        if matches(path, pattern):
            for one in selectors:
                out |= expand(one, rules)
    return frozenset(out)


def validate(options: Options, rules: Mapping[str, RuleInfo]) -> None:
    """Raise SettingsError for the first selector that fits no rule, wrong rule option or missing file of models."""
    for key, selectors in _selectors(options):
        for one in selectors:
            if not expand(one, rules):
                raise unknown_code(one, rules, place_of(options, key, one))
    for code in options.rules:
        _validate_rule_options(options, code, rules)
    for path in options.model_files():
        if not path.is_file():
            place = place_of(options, "models", Path(os.path.relpath(path, options.folder)).as_posix())
            raise SettingsError(f"models: there is no file {shown(path)}", "correct the path", place)


def _validate_rule_options(options: Options, code: str, rules: Mapping[str, RuleInfo]) -> None:
    """Raise SettingsError for an option that the rule does not have, or a value of another kind than its default."""
    declared = getattr(rules.get(code), "options", None)
    if declared is None:
        return
    for name, value in options.rule(code).items():
        place = place_of(options, "rules", name)
        if name not in declared:
            hint = did_you_mean(name, declared) if declared else "take it out"
            raise SettingsError(f"rules: {code} has no option {name!r}", hint, place)
        number = isinstance(declared[name], float) and isinstance(value, int) and not isinstance(value, bool)
        if type(value) is not type(declared[name]) and not number:
            wanted = _KINDS[type(declared[name])]
            raise SettingsError(f"rules: {name} of {code} takes {wanted}, not {value!r}", "correct the value", place)


def unknown_code(code: str, rules: Mapping[str, RuleInfo], place: str) -> SettingsError:
    """The error for a code that is not a rule: what SYN903 says of one in a comment."""
    return SettingsError(f"{code!r} is not a rule (SYN903)", remedy(code, rules), place)


def remedy(code: str, rules: Mapping[str, RuleInfo]) -> str:
    """What to write instead of an unknown code."""
    names = {rule.name: one for one, rule in rules.items()}
    close = difflib.get_close_matches(code.upper(), rules, 1, 0.7)
    close = close or [names[one] for one in difflib.get_close_matches(code.lower(), names, 1, 0.7)]
    if close and not re.fullmatch(r"SYN\d+", code):  # a wrong number has no meaning that could be guessed
        return f"did you mean {close[0]}?"
    return "use a code, a prefix such as SYN2, or ALL; 'synthlint rule' lists them"


def expand(selector: str, rules: Mapping[str, RuleInfo]) -> frozenset[str]:
    """All codes that a selector stands for: `ALL`, a prefix, a code, or a rule's name."""
    if selector.upper() == "ALL":
        return frozenset(rules)
    if re.fullmatch(r"SYN\d{0,3}", selector):
        return frozenset(code for code in rules if code.startswith(selector))
    return frozenset(code for code, rule in rules.items() if rule.name == selector)


def _selectors(options: Options) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield "select", options.select
    yield "extend-select", options.extend_select
    yield "ignore", options.ignore
    for selectors in options.per_file_ignores.values():
        yield "per-file-ignores", selectors
    yield "rules", tuple(options.rules)


def _specificity(options: Options, keys: tuple[str, ...], rules: Mapping[str, RuleInfo]) -> dict[str, int]:
    """For each rule, the length of the longest selector that fits it; a name counts as a whole code."""
    best: dict[str, int] = {}
    for key, selectors in _selectors(options):
        for one in selectors if key in keys else ():
            length = 1 if one.upper() == "ALL" else len(one) if one.startswith("SYN") else 6
            for code in expand(one, rules):
                best[code] = max(best.get(code, 0), length)
    return best


def _in_preview(options: Options, rules: Mapping[str, RuleInfo]) -> frozenset[str]:
    return frozenset(code for code, rule in rules.items() if options.preview and rule.status == "preview")


def _available(rule: RuleInfo, preview: bool) -> bool:
    return rule.status == "on" or (preview and rule.status == "preview")
