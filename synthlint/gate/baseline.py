"""The baseline file: findings that a project has accepted, one a line, sorted, to be read and merged by people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from synthlint.findings import Confidence, Severity
from synthlint.gate.compare import Known
from synthlint.gate.fingerprint import Identity
from synthlint.settings import SettingsError

_HEADER = {"synthlint-baseline": 1}


def write(findings: Iterable[Known]) -> str:
    """The text of a baseline file.  Equal findings share an entry, which counts them."""
    counts: Counter[Known] = Counter()
    first: dict[Known, int] = {}
    for one in findings:
        entry = Known(one.who, one.severity, one.confidence)
        counts[entry] += 1
        first[entry] = min(first.get(entry, one.line), one.line)
    ordered = sorted(counts, key=lambda one: (one.who, one.severity.value, one.confidence))
    lines = [_HEADER, *(_entry(one, counts[one], first[one]) for one in ordered)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read(path: Path) -> list[Known]:
    """The findings of a baseline file.  Raises SettingsError naming file, line and remedy."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # not splitlines: text may hold other line ends
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8"
        raise SettingsError(f"cannot be read ({reason})", f"make one with --write-baseline {path}", str(path)) from None
    out: list[Known] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            out += _read_line(line, f"{path}:{number}")
    return out


def _entry(one: Known, count: int, line: int) -> dict[str, Any]:
    return {
        "path": one.who.path,
        "code": one.who.code,
        "scope": one.who.scope,
        "statement": one.who.statement,
        "count": count,
        "severity": one.severity.value,
        "confidence": str(one.confidence),
        "line": line,
    }


def _read_line(line: str, place: str) -> list[Known]:
    try:
        entry = json.loads(line)
        if "synthlint-baseline" in entry:
            return _check_version(entry, place)
        who = Identity(entry["path"], entry["code"], entry["scope"], entry["statement"])
        one = Known(who, Severity(entry["severity"]), Confidence.parse(entry["confidence"]), int(entry["line"]))
        return [one] * int(entry["count"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        conflict = line.startswith(("<<<<<<<", "=======", ">>>>>>>"))
        problem = "is a merge conflict" if conflict else f"is not a baseline entry ({type(error).__name__})"
        remedy = "keep the lines of both sides, or run --write-baseline again"
        raise SettingsError(problem, remedy, place) from None


def _check_version(entry: dict[str, Any], place: str) -> list[Known]:
    if entry["synthlint-baseline"] != 1:
        raise SettingsError("was written by a newer synthlint", "upgrade, or run --write-baseline again", place)
    return []
