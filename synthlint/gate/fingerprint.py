"""The identity of a finding: what it says about which statement, not on which line that stands."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from synthlint.findings import Finding
from synthlint.gate.lines import LinesOf, span

LONGEST = 100


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """What must be equal for two findings to be the same one, up to their number."""

    path: str
    code: str
    scope: str
    statement: str

    @property
    def moved(self) -> tuple[str, ...]:
        """The identity without its function: equal when a statement moved within a file."""
        return (self.path, self.code, self.statement)

    @property
    def renamed(self) -> tuple[str, ...]:
        """The identity without its file: equal when a file moved."""
        return (self.code, self.scope, self.statement)


def identity(finding: Finding, lines: LinesOf) -> Identity:
    """The identity of one finding.  The cell of a notebook is no part of it: cells are moved about."""
    statement = _shortened(normalise(span(lines(finding.statement), finding.statement)) or finding.message)
    return Identity(finding.place.path, finding.code, finding.scope, statement)


def with_fingerprints(findings: Iterable[Finding], lines: LinesOf) -> list[Finding]:
    """The findings with their fingerprints; equal ones are numbered in the order of the file."""
    seen: Counter[Identity] = Counter()
    out = []
    for one in sorted(findings, key=lambda one: one.sort_key):
        who = identity(one, lines)
        out.append(replace(one, fingerprint=fingerprint(who, seen[who])))
        seen[who] += 1
    return out


def _shortened(text: str) -> str:
    """Long statements keep their beginning, for people, and a hash of all of it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... #{_hash(text, 8)}"


def _hash(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def fingerprint(who: Identity, index: int) -> str:
    """32 hexadecimal digits for the `index`-th finding of this identity."""
    return _hash("\0".join((who.code, who.path, who.scope, who.statement, str(index))), 16)


_STRING = r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
_TOKEN = re.compile(rf"""(?P<string>{_STRING})|(?P<blank>(?:\#[^\n]*|\\\n|\s)+)|(?P<other>[^\s"'\#\\]+|.)""", re.DOTALL)
_TRAILING = re.compile(r",([)\]}])")
_TIGHT = "()[]{},:="


def normalise(code: str) -> str:
    """The code without comments, and with as few blanks outside of strings as it can have."""
    out = ""
    blank = False
    for match in _TOKEN.finditer(code):
        text = match.group()
        if match.lastgroup == "blank":
            blank = True
            continue
        if match.lastgroup == "other":
            text = _TRAILING.sub(r"\1", text)
        if blank and out and out[-1] not in _TIGHT and text[0] not in _TIGHT:
            out += " "
        blank = False
        if text[0] in ")]}":
            out = out.removesuffix(",")
        out += text
    return out
