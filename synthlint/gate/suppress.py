"""Suppression comments: which findings they hide, and which of them are wrong themselves (SYN901 to SYN904)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from synthlint.findings import Confidence, Edit, Finding, Fix, Place, Related, Severity, Suppressed
from synthlint.gate.lines import LinesOf
from synthlint.gate.selection import RuleInfo
from synthlint.sources.suppressions import Comments, Malformed, Suppression, covers

_EXTENT = re.compile(r"#\s*synthlint:\s*ignore(?:-file)?(?:\s*\[[^\]]*\])?(?:\s*--.*)?")
UNUSED, BLANKET, UNKNOWN, UNEXPLAINED = "SYN901", "SYN902", "SYN903", "SYN904"


@dataclass(slots=True)
class Use:
    """A comment and the findings that it hides."""

    comment: Suppression
    hidden: list[Finding] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """The codes of what it hides."""
        return sorted({one.code for one in self.hidden})


def suppress(findings: Iterable[Finding], comments: Iterable[Comments]) -> tuple[list[Finding], list[Use]]:
    """Mark every finding that a comment hides; the comments come back with what they hide.

    A comment on the statement counts before one for the whole file, which is then no less in use.
    """
    uses = [Use(one) for each in comments for one in each.suppressions]
    uses.sort(key=lambda use: use.comment.file_level)
    out = []
    for finding in findings:
        hiding = [use for use in uses if covers(use.comment, finding)]
        for use in hiding:
            use.hidden.append(finding)
        if hiding:
            first = hiding[0].comment
            finding = replace(finding, suppressed=Suppressed(first.place, first.reason))
        out.append(finding)
    return out, uses


@dataclass(frozen=True, slots=True)
class Hygiene:
    """Finds what is wrong with the comments themselves, given all findings after suppression."""

    rules: Mapping[str, RuleInfo]
    findings: Sequence[Finding]
    lines: LinesOf

    def check(
        self, uses: Iterable[Use], malformed: Iterable[Malformed], on: Mapping[str, frozenset[str]]
    ) -> list[Finding]:
        """All findings about comments.

        `on` gives the codes that are checked in each file: a comment for a rule that is off is not stale.
        """
        out = [self._malformed(one) for one in malformed]
        for use in uses:
            out += self._about(use, on.get(use.comment.path, frozenset()))
        return [one for one in out if one.code in on.get(one.place.path, ())]

    def _about(self, use: Use, on: frozenset[str]) -> Iterator[Finding]:
        comment = use.comment
        if comment.codes is None:
            yield self._blanket(use) if use.hidden else self._unused(use, ())
        else:
            unknown = [code for code in comment.codes if code not in self.rules]
            stale = [code for code in comment.codes if code in on and code not in use.codes]
            yield from (self._unknown(comment, code) for code in unknown)
            if stale:
                yield self._unused(use, tuple(stale))
        severe = [one.code for one in use.hidden if one.severity is Severity.ERROR]
        if severe and not comment.reason:
            yield self._finding(UNEXPLAINED, comment.place, _sentence(severe, "is an error", "are errors"))

    def _malformed(self, one: Malformed) -> Finding:
        return self._finding(UNUSED, one.place, f"`{one.text}` suppresses nothing: {one.message}.")

    def _unknown(self, comment: Suppression, code: str) -> Finding:
        message = f"{code!r} is not a rule, so it hides nothing; 'synthlint rule' lists the codes."
        kept = [one for one in comment.codes or () if one != code]
        return self._finding(UNKNOWN, comment.place, message, fix=self._removal(comment, kept))

    def _blanket(self, use: Use) -> Finding:
        verb = _verb(use.comment)
        message = f"A bare `# synthlint: {verb}` hides every rule; name the codes: {', '.join(use.codes)}."
        text = _comment(use.comment, use.codes)
        fix = Fix("Name the codes that it hides", "safe", edits=(self._edit(use.comment, text),))
        return self._finding(BLANKET, use.comment.place, message, fix=fix)

    def _unused(self, use: Use, stale: tuple[str, ...]) -> Finding:
        """The comment, or some of its codes, hides nothing; the nearest finding that it may mean is shown."""
        comment = use.comment
        written = f"[{', '.join(stale)}]" if stale else ""
        message = f"`# synthlint: {_verb(comment)}{written}` suppresses nothing"
        if comment.own_line and not comment.target and not comment.file_level:
            message += ": no statement follows it"
        near = self._nearest(comment, stale)
        related = (Related("reported", near.place, f"{near.code} is reported here"),) if near else ()
        kept = [code for code in comment.codes or () if code not in stale]
        return self._finding(UNUSED, comment.place, message + ".", related=related, fix=self._removal(comment, kept))

    def _nearest(self, comment: Suppression, codes: tuple[str, ...]) -> Finding | None:
        same = [
            one
            for one in self.findings
            if one.place.path == comment.path and one.suppressed is None and (not codes or one.code in codes)
        ]
        here = comment.place
        return min(same, key=lambda one: (one.place.cell != here.cell, abs(one.place.line - here.line)), default=None)

    def _removal(self, comment: Suppression, kept: list[str]) -> Fix:
        if kept:
            return Fix("Name only what it hides", "safe", edits=(self._edit(comment, _comment(comment, kept)),))
        return Fix("Remove the comment", "safe", edits=(self._edit(comment, ""),))

    def _edit(self, comment: Suppression, text: str) -> Edit:
        """Replace the comment, or remove it with the blanks before it and the line that holds nothing else."""
        lines, place = self.lines(comment.place), comment.place
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        match = _EXTENT.match(line, place.column - 1)
        start, end = place.column, (match.end() if match else place.end_column - 1) + 1
        before, after = line[: start - 1].rstrip(), line[end - 1 :].strip()
        if not text and not before and not after and place.line < len(lines):
            return Edit(place.path, (place.line, 1), (place.line + 1, 1), "", place.cell)
        if not text and after:
            end += len(line[end - 1 :]) - len(line[end - 1 :].lstrip())
        elif not text:
            start = len(before) + 1
        return Edit(place.path, (place.line, start), (place.line, end), text, place.cell)

    def _finding(
        self, code: str, place: Place, message: str, related: tuple[Related, ...] = (), fix: Fix | None = None
    ) -> Finding:
        rule = self.rules.get(code)
        name, severity = (rule.name, rule.severity) if rule else (code.lower(), Severity.WARNING)
        return Finding(
            code, name, message, severity, Confidence.HIGH, place, statement=place, related=related, fix=fix
        )  # fmt: skip


def _verb(comment: Suppression) -> str:
    return "ignore-file" if comment.file_level else "ignore"


def _comment(comment: Suppression, codes: Sequence[str]) -> str:
    reason = f" -- {comment.reason}" if comment.reason else ""
    return f"# synthlint: {_verb(comment)}[{', '.join(codes)}]{reason}"


def _sentence(codes: Sequence[str], one: str, several: str) -> str:
    names = sorted(set(codes))
    verb = one if len(names) == 1 else several
    return f"{', '.join(names)} {verb}: suppressing it needs a reason after `--`."
