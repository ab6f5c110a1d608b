"""Real rows that are set aside before anything is generated, and the checks that they stay aside."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from synthlint.runtime._errors import HoldoutError
from synthlint.runtime._files import write_whole
from synthlint.runtime._kinds import open_kind
from synthlint.runtime._overlap import Copy, Measure, find_copies
from synthlint.runtime._records import Key, chooser, fields_of, identity_fields, json_form
from synthlint.runtime._text import content_digest, content_hash

VERSION = 1
_SHOWN = 5
_CONTAINED = 0.8
Group: TypeAlias = "str | Sequence[str] | Callable[[Any], Any] | None"


class Reserved(NamedTuple):
    """What :meth:`Holdout.reserve` gives, both of the kind that was put in."""

    rest: Any
    """Rows to learn from, seed prompts with, or augment."""
    held: Any
    """Rows to evaluate on, and for nothing else."""


@dataclass(frozen=True)
class HoldoutReport:
    """What a check of a :class:`Holdout` found."""

    what: str
    """``prompts``, ``training`` or ``evaluation``."""
    definition: str
    rows: int
    held: int
    copies: Sequence[Copy] = field(default=(), repr=False)
    """Records that repeat what they must not: ``row`` is the record, ``of`` the reserved or training row."""
    not_real: Sequence[int] = field(default=(), repr=False)
    """Evaluation records that are neither reserved rows nor tagged as real."""

    def __bool__(self) -> bool:
        return not self.copies and not self.not_real

    @property
    def leaking_rows(self) -> list[int]:
        """Numbers of the records that must go, ascending."""
        return sorted({copy.row for copy in self.copies})

    def __str__(self) -> str:
        lines = [f"{self.what}: {self.rows} records against {self.held} {self._against}; {self._verdict()}"]
        lines.append(f"  copies: equal content, or {self.definition}")
        lines += [f"  record {c.row} repeats {self._row} {c.of} ({c.how}, {c.similarity:.2f})" for c in self._first()]
        if len(self.copies) > _SHOWN:
            lines.append(f"  ... and {len(self.copies) - _SHOWN} more in .copies")
        return "\n".join(lines)

    @property
    def _against(self) -> str:
        return "training rows" if self.what == "evaluation" else "reserved rows"

    @property
    def _row(self) -> str:
        return "training row" if self.what == "evaluation" else "reserved row"

    def _verdict(self) -> str:
        if self:
            return "no copy found at this definition"
        found = []
        if self.copies:
            found.append(f"{len(self.leaking_rows)} repeat one")
        if self.not_real:
            found.append(f"{len(self.not_real)} are not known to be real")
        return ", ".join(found)

    def _first(self) -> Sequence[Copy]:
        return self.copies[:_SHOWN]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; ``copies`` is a list of ``[row, of, similarity, how]``."""
        return {
            "what": self.what,
            "ok": bool(self),
            "definition": self.definition,
            "rows": self.rows,
            "held": self.held,
            "copies": [list(copy) for copy in self.copies],
            "not_real": list(self.not_real),
        }

    def raise_for_status(self) -> HoldoutReport:
        """This report; raises :class:`HoldoutError` unless nothing was found."""
        if self.not_real:
            named = ", ".join(map(str, self.not_real[:_SHOWN]))
            raise HoldoutError(
                f"{len(self.not_real)} of {self.rows} evaluation records are not known to be real (records {named}"
                f"{', ...' if len(self.not_real) > _SHOWN else ''}). Evaluate on the rows that Holdout.reserve gave, "
                'or tag real records with tag(records, origin="real")',
                self,
            )
        if self.copies:
            named = ", ".join(f"{c.row} (= {self._row} {c.of}, {c.how} {c.similarity:.2f})" for c in self._first())
            raise HoldoutError(
                f"{len(self.leaking_rows)} of {self.rows} {self.what} records repeat {self._against}: {named}"
                f"{', ...' if len(self.copies) > _SHOWN else ''}. {_ADVICE[self.what]}",
                self,
            )
        return self


_ADVICE = {
    "prompts": "Build prompts from Holdout.reserve(...).rest only",
    "training": "Remove report.leaking_rows from the training data, and find out how they got there",
    "evaluation": "Remove report.leaking_rows from the evaluation set, or these rows from the training data",
}


class Holdout:
    """Real rows kept aside, remembered in a file so that every later script can check against them.

    >>> holdout = Holdout("holdout.jsonl", share=0.2)                      # doctest: +SKIP
    >>> rest, held = holdout.reserve(real_rows, group="patient")           # before generating anything
    >>> holdout.check_prompts(prompts)                                     # raises HoldoutError on a leak
    >>> holdout.check_training(training_rows)
    >>> holdout.check_evaluation(held, training=training_rows)

    Parameters
    ----------
    path
        JSON Lines: a header, then the reserved rows themselves. It is as sensitive as they are.
    share
        Share of the rows (or groups) to reserve, in (0, 1).
    key
        What identifies and compares rows: a field, several, or a function; by default their content.
    salt
        Another salt reserves other rows.
    threshold, boilerplate
        As in :func:`synthlint.runtime.dedup`, for near copies.

    Whether a row is reserved depends on the row (or its group), the share and the salt alone: rows may be added
    later and the others stay where they are. An existing file must have been made with the same share and salt.

    Raises
    ------
    HoldoutError
        The file was made otherwise or is damaged; a check found a leak.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        share: float = 0.1,
        key: Key = None,
        salt: str = "",
        threshold: float = 0.7,
        boilerplate: float | None = 0.02,
    ) -> None:
        if not 0.0 < share < 1.0:
            raise ValueError(f"share is a share of the rows in (0, 1), not {share!r}")
        if not 0.0 < threshold <= 1.0:
            raise ValueError(f"threshold is a similarity in (0, 1], not {threshold!r}")
        self.path, self.share, self.salt = Path(path), share, salt
        self._choose = chooser(key)
        self._measure = Measure(threshold, contained=False, share=boilerplate)
        self.rows: list[Any] = self._read() if self.path.exists() else []
        """The reserved rows of all calls, as JSON gives them back."""

    def __len__(self) -> int:
        """Reserved rows."""
        return len(self.rows)

    def reserve(self, records: Any, *, group: Group = None) -> Reserved:
        """Split real rows into the rest and the reserved ones, and remember the reserved ones.

        records: any kind that :func:`synthlint.runtime.dedup` takes. Equal rows go together; so do rows of one
            ``group`` (a field, several, or a function), such as all rows of one patient or document.

        A row that nearly repeats a reserved one is reserved with it (with its group), because learning from it
        would be learning from the other. So somewhat more than ``share`` can be reserved.
        """
        opened = open_kind(records)
        contents = [self._choose(record) for record in opened.records]
        groups = self._groups(opened.records, contents, group)
        chosen = {name for name in set(groups) if self._is_held(name)}
        chosen = self._with_near(contents, groups, chosen)
        held = [i for i, name in enumerate(groups) if name in chosen]
        rest = [i for i, name in enumerate(groups) if name not in chosen]
        if not held or not rest:
            unit = "rows" if group is None else "groups"
            raise HoldoutError(
                f"a share of {self.share:g} of {len(set(groups))} different {unit} reserves "
                f"{'all' if held else 'none'} of them; give more rows, another share, or another salt"
            )
        self._remember([fields_of(opened.records[i]) for i in held])
        return Reserved(opened.take(rest), opened.take(held))

    def check_prompts(self, prompts: Any, *, strict: bool = True) -> HoldoutReport:
        """That no reserved row stands in a prompt, whole or for the most part (80 % of its word 3-grams).

        Rows of fewer than six words are not looked for inside longer texts. Returns the report; raises
        :class:`HoldoutError` on a leak unless ``strict`` is False.
        """
        measure = Measure(_CONTAINED, contained=True, share=self._measure.share)
        return self._check("prompts", list(open_kind(prompts).records), measure, strict)

    def check_training(self, training: Any, *, strict: bool = True) -> HoldoutReport:
        """That no training record repeats a reserved row, exactly or nearly."""
        contents = [self._choose(record) for record in open_kind(training).records]
        return self._check("training", contents, self._measure, strict)

    def check_evaluation(self, evaluation: Any, *, training: Any = None, strict: bool = True) -> HoldoutReport:
        """That every evaluation record is real and, if ``training`` is given, that none repeats a training record.

        Real is what was reserved here, or carries a tag with ``origin`` real. A record without a tag is of
        unknown origin, which is not enough.
        """
        records = list(open_kind(evaluation).records)
        contents = [self._choose(record) for record in records]
        not_real = list(self._not_real(records, contents))
        learned = [] if training is None else [self._choose(r) for r in open_kind(training).records]
        turned = [Copy(c.of, c.row, c.similarity, c.how) for c in find_copies(contents, learned, self._measure)]
        report = HoldoutReport(
            "evaluation", str(self._measure), len(records), len(learned), tuple(sorted(turned)), tuple(not_real)
        )
        if strict:
            report.raise_for_status()
        return report

    def to_dict(self) -> dict[str, Any]:
        """What a manifest says of the holdout: where it is, how it was drawn, and a hash of its rows."""
        digest = blake2b(digest_size=16)
        for name in sorted(content_hash(row) for row in self.rows):
            digest.update(name.encode())
        return {"path": self.path.name, "share": self.share, "rows": len(self.rows), "hash": digest.hexdigest()}

    def _check(self, what: str, contents: list[Any], measure: Measure, strict: bool) -> HoldoutReport:
        if not self.rows:
            raise HoldoutError(f"{self.path} holds no reserved rows; call reserve(real_rows) before generating")
        reserved = [self._choose(row) for row in self.rows]
        copies = tuple(find_copies(reserved, contents, measure))
        report = HoldoutReport(what, str(measure), len(contents), len(self.rows), copies)
        if strict:
            report.raise_for_status()
        return report

    def _not_real(self, records: Sequence[Any], contents: Sequence[Any]) -> Iterator[int]:
        from synthlint.runtime._provenance import origin_of

        reserved = {_name(self._choose(row)) for row in self.rows}
        for number, (record, content) in enumerate(zip(records, contents, strict=True)):
            fields = fields_of(record)
            tagged = origin_of(fields) if isinstance(fields, dict) else None
            if tagged != "real" and (tagged is not None or _name(content) not in reserved):
                yield number

    def _groups(self, records: Sequence[Any], contents: Sequence[Any], group: Group) -> list[bytes]:
        if group is None:
            return [_name(content) for content in contents]
        pick = chooser(group)
        return [content_digest(pick(record)) for record in records]

    def _is_held(self, name: bytes) -> bool:
        mixed = blake2b(name, key=self.salt.encode()[:64], digest_size=8).digest()
        return int.from_bytes(mixed, "big") < self.share * 2**64

    def _with_near(self, contents: Sequence[Any], groups: Sequence[bytes], chosen: set[bytes]) -> set[bytes]:
        """The chosen groups and those that a chain of near copies ties to them."""
        new = chosen
        while new:
            inside = [c for c, name in zip(contents, groups, strict=True) if name in new]
            outside = [i for i, name in enumerate(groups) if name not in chosen]
            copies = find_copies(inside, [contents[i] for i in outside], self._measure)
            new = {groups[outside[copy.row]] for copy in copies}
            chosen = chosen | new
        return chosen

    def _remember(self, held: Sequence[Any]) -> None:
        known = {content_digest(row) for row in self.rows}
        lines = [json.dumps(row, ensure_ascii=False, default=_plain) for row in [*self.rows, *_new(held, known)]]
        header = json.dumps({"synthlint_holdout": VERSION, "share": self.share, "salt": self.salt})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, (f"{line}\n".encode("utf-8", "surrogatepass") for line in [header, *lines]))
        self.rows = [json.loads(line) for line in lines]

    def _read(self) -> list[Any]:
        text = self.path.read_text("utf-8", "surrogatepass")
        try:
            header, *rows = [json.loads(line) for line in text.split("\n") if line]
            version = header["synthlint_holdout"]
        except (ValueError, KeyError, TypeError) as error:
            raise HoldoutError(f"{self.path} is not a holdout file, or is damaged ({error}); restore it") from error
        if version != VERSION:
            raise HoldoutError(f"{self.path} has version {version}, this synthlint reads {VERSION}; upgrade synthlint")
        made = header["share"], header["salt"]
        if made != (self.share, self.salt):
            raise HoldoutError(
                f"{self.path} was made with share={made[0]!r} and salt={made[1]!r}; open it with these, since "
                "another split would mix reserved rows with the rest"
            )
        return rows


def _new(held: Sequence[Any], known: set[bytes]) -> Iterator[Any]:
    for row in held:
        digest = content_digest(row)
        if digest not in known:
            known.add(digest)
            yield row


def _name(content: Any) -> bytes:
    return content_digest(content, identity_fields(content))


def _plain(value: Any) -> Any:
    """A value that has no JSON form is kept as its text, which compares equal to itself."""
    try:
        return json_form(value)
    except TypeError:
        return str(value)
