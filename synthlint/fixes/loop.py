"""The fix loop: apply what does not overlap, check again, keep only what removed its hazard and added none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from synthlint.findings import Edit, Finding, Place, Report
from synthlint.fixes.documents import Unchangeable, changed
from synthlint.fixes.edits import Moved, compatible
from synthlint.sources import text as texts
from synthlint.syntax import Unparsable, lower

CAP = 100
Key = tuple[str, Place]
Check = Callable[[Mapping[str, bytes]], Report]


@dataclass(frozen=True, slots=True)
class Refused:
    """A fix that was not kept, and why."""

    finding: Finding
    reason: str


@dataclass(slots=True)
class Outcome:
    """What fixing made: new bytes by path, the findings that are gone, and the report of what is left."""

    report: Report
    files: dict[str, bytes] = field(default_factory=dict)
    read: dict[str, bytes] = field(default_factory=dict)
    applied: list[Finding] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class Fixing:
    """One run of the loop.

    `check` reports on the project with some bytes in place of those on disk, `read` gives the bytes of a
    file.  Every pass that is kept removes findings and adds none, so the loop ends; the cap bounds its cost.
    """

    def __init__(self, check: Check, read: Callable[[str], bytes], allowed: Iterable[str]) -> None:
        self._check, self._read, self._allowed = check, read, frozenset(allowed)
        self._passes = 0

    def run(self, report: Report, wanted: Iterable[Finding]) -> Outcome:
        """Fix what is wanted of a report, as far as it can be fixed."""
        state = Outcome(report)
        open_ = {_key(one) for one in wanted}
        size = len(open_)
        while self._passes < CAP:
            batch = self._batch(state.report, open_, size)
            if not batch:
                break
            attempt = self._attempt(state, batch)
            if isinstance(attempt, _Kept):
                state.report, state.files = attempt.report, attempt.files
                state.applied += batch
                open_ = attempt.still(open_ - {_key(one) for one in batch})
                size = max(len(open_), 1)
            elif len(batch) == 1 or attempt.culprits:
                culprits = attempt.culprits or batch
                state.refused += [Refused(one, attempt.reason) for one in culprits]
                open_ -= {_key(one) for one in culprits}
                size = max(len(open_), 1)
            else:
                size = len(batch) // 2
        return state

    def _batch(self, report: Report, open_: set[Key], size: int) -> list[Finding]:
        """The first fixes, in the order of the report, that do not overlap."""
        batch: list[Finding] = []
        taken: list[Edit] = []
        for one in report.findings:
            fix = one.fix
            usable = fix is not None and fix.edits and fix.applicability in self._allowed and not one.suppressed
            if usable and fix is not None and _key(one) in open_ and len(batch) < size and compatible(fix, taken):
                batch.append(one)
                taken += fix.edits
        return batch

    def _attempt(self, state: Outcome, batch: Sequence[Finding]) -> _Kept | _Failed:
        self._passes += 1
        edits: dict[str, list[Edit]] = {}
        for one in batch:
            for edit in one.fix.edits if one.fix else ():
                edits.setdefault(edit.path, []).append(edit)
        try:
            for path in edits.keys() - state.read.keys():
                state.read[path] = self._read(path)
            old = {path: state.files.get(path, state.read[path]) for path in edits}
            new = {path: changed(path, old[path], own) for path, own in edits.items()}
            for path, data in new.items():
                lower(texts.from_bytes(path, data).program)
        except (Unchangeable, texts.Unreadable, Unparsable, OSError) as error:
            return _Failed(f"the file cannot be changed: {error}")
        files = {**state.files, **new}
        report = self._check(files)
        shift = _Shift({path: texts.from_bytes(path, data) for path, data in old.items()}, edits)
        return _judge(state.report, report, batch, files, shift)


@dataclass(frozen=True, slots=True)
class _Failed:
    reason: str
    culprits: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    report: Report
    files: dict[str, bytes]
    shift: _Shift

    def still(self, keys: Iterable[Key]) -> set[Key]:
        return {new for one in keys for new in self.shift(one)}


class _Shift:
    """Where findings may be after a pass: what is inserted at a place may belong to it or stand before it."""

    def __init__(self, sources: Mapping[str, texts.Source], edits: Mapping[str, Sequence[Edit]]) -> None:
        self._sources, self._edits = sources, edits
        self._moved: dict[tuple[str, int | None], Moved] = {}

    def __call__(self, key: Key) -> tuple[Key, ...]:
        code, place = key
        if place.path not in self._edits:
            return (key,)
        where = (place.path, place.cell)
        if where not in self._moved:
            text = "\n".join(self._sources[place.path].lines(place))
            self._moved[where] = Moved(text, [one for one in self._edits[place.path] if one.cell == place.cell])
        points = self._moved[where]((place.line, place.column))
        return tuple((code, Place(place.path, line, column, 0, 0, place.cell)) for line, column in points)


def _judge(
    old: Report, new: Report, batch: Sequence[Finding], files: dict[str, bytes], shift: _Shift
) -> _Kept | _Failed:
    """Keep a pass if the hazards of its fixes are gone and no other finding is there that was not before."""
    if len(new.internal_errors) > len(old.internal_errors):
        return _Failed("the check failed on the fixed code")
    before = {key for one in old.findings for key in shift(_key(one))}
    after = {_key(one): one for one in new.findings}
    added = [one for key, one in after.items() if key not in before]
    if added:
        return _Failed(f"it would lead to {added[0].code} at {added[0].place}")
    left = tuple(one for one in batch if not after.keys().isdisjoint(shift(_key(one))))
    if left:
        return _Failed("the hazard would still be found", left)
    return _Kept(new, files, shift)


def _key(one: Finding) -> Key:
    place = one.place
    return one.code, Place(place.path, place.line, place.column, 0, 0, place.cell)
