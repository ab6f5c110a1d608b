"""Which lines changed, and the end of a flow that a review tool should show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from synthlint.findings import Finding, Place, Related

_FILE = re.compile(r"\+\+\+ (?:b/(.*?)\t?|\"b/(.*)\"|/dev/null)$")
_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


@dataclass(slots=True)
class Changes:
    """Changed lines by path (from the top of the repository); a path in `whole` is new from end to end."""

    lines: dict[str, list[range]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def touches(self, path: str, place: Place) -> bool:
        """Whether any line of the place changed.  A notebook counts as a whole: its lines are not the file's."""
        if path in self.whole:
            return True
        ranges = self.lines.get(path, ())
        if place.cell is not None:
            return bool(ranges)
        return any(one.start <= place.end_line and place.line < one.stop for one in ranges)


def parse(diff: str, untracked: Iterable[str] = ()) -> Changes:
    """The changed lines of a diff without context."""
    out = Changes(whole=set(untracked))
    path = None
    for line in diff.split("\n"):
        name, hunk = _FILE.match(line), _HUNK.match(line)
        if name:
            path = name.group(1) or name.group(2)
        elif hunk and path is not None:
            start, count = int(hunk.group(1)), int(hunk.group(2) or 1)
            out.lines.setdefault(path, []).append(range(start, start + max(count, 1)))
    return out


def on_changed_end(finding: Finding, changes: Changes, path_of: Callable[[str], str]) -> Finding:
    """The finding with its primary place on changed lines, if an end of its flow has some.

    Review tools show only what lies in the diff.  The place that the rule names stays as a related one.
    """
    if changes.touches(path_of(finding.place.path), finding.place):
        return finding
    for one in finding.related:
        if changes.touches(path_of(one.place.path), one.place):
            rest = tuple(other for other in finding.related if other is not one)
            own = Related("reported", finding.place, f"{finding.code} is about this place")
            return replace(finding, place=one.place, related=(own, *rest))
    return finding
