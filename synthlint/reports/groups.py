"""Findings that tell one story are printed as one: the display groups of the rule catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthlint.findings import Finding

_SAME_CALL = {("SYN106", "SYN101"), ("SYN101", "SYN102")}
_SAME_PIPELINE = {
    ("SYN203", "SYN202"),
    ("SYN205", "SYN206"),
    ("SYN401", "SYN302"),
    ("SYN402", "SYN302"),
    ("SYN403", "SYN302"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """A finding and those that are printed below it."""

    lead: Finding
    others: tuple[Finding, ...] = ()


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """Each finding once, as a lead or below the first lead that it belongs to."""
    below: dict[int, list[Finding]] = {}
    taken: set[int] = set()
    for lead in findings:
        for number, one in enumerate(findings):
            if number not in taken and one is not lead and _belongs(one, lead) and id(lead) not in _ids(below):
                below.setdefault(id(lead), []).append(one)
                taken.add(number)
    return [Group(one, tuple(below.get(id(one), ()))) for number, one in enumerate(findings) if number not in taken]


def _ids(below: dict[int, list[Finding]]) -> set[int]:
    return {id(one) for others in below.values() for one in others}


def _belongs(one: Finding, lead: Finding) -> bool:
    pair = (lead.code, one.code)
    if pair in _SAME_CALL:
        return lead.place == one.place
    return pair in _SAME_PIPELINE and lead.pipeline is not None and lead.pipeline == one.pipeline
