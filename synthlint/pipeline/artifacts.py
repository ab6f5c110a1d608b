"""Datasets as code names them: paths with holes, and which of them are the same."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache

from synthlint.flow.values import Const, Text, Value

_LOOKS_LIKE_PATH = re.compile(r"^[^\n\r<>|]{1,250}$")
_NUMBERED_SPLIT = re.compile(r"(?:\d+|\0)[-_.](?:test|eval|valid|val|dev|holdout)")  # `part_{i}` is not `part_0_test`
_SUFFIXES = re.compile(
    r"\.(jsonl?|csv|tsv|parquet|arrow|pkl|pickle|txt|npy|npz|xlsx?|feather|h5|db|sqlite|gz|zip|png|jpe?g|webp|wav)$"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A path or id; `*` stands for what could not be resolved."""

    text: str

    @property
    def name(self) -> str:
        return posixpath.basename(self.text.rstrip("/"))

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.text.rstrip("/"))

    @property
    def exact(self) -> bool:
        return "*" not in self.text

    def __str__(self) -> str:
        return self.text


def patterns_of(value: Value | None, only_files: bool = False) -> tuple[Pattern, ...]:
    """The paths that a value may be.  `only_files` keeps those that end like a data file."""
    out = []
    for atom in value.atoms if value is not None else ():
        parts: tuple[str | None, ...] = ()
        if isinstance(atom, Const) and isinstance(atom.value, str):
            parts = (atom.value,)
        elif isinstance(atom, Text):
            parts = atom.parts
        text = "".join("*" if part is None else part for part in parts)
        if not text.strip("*/. ") or not _LOOKS_LIKE_PATH.match(text):
            continue
        if only_files and not _SUFFIXES.search(text.lower()):
            continue
        out.append(Pattern(_normal(text)))
    return tuple(out)


def _normal(text: str) -> str:
    text = text.replace("\\", "/").removeprefix("file://")
    return posixpath.normpath(text) if text else text


@lru_cache(maxsize=65536)
def same(left: Pattern, right: Pattern) -> str:
    """`exact`, `pattern`, `folder` or "" : how sure it is that two names mean the same dataset."""
    if left == right:
        return "exact" if left.exact else "pattern"
    a, b = _tail(left.text), _tail(right.text)
    if _holds(a, b) or _holds(b, a):
        return "folder"
    if left.exact and right.exact:
        return "exact" if a == b or _ends(a, b) or _ends(b, a) else ""
    if not _telling(left.name) or not _telling(right.name):
        return _same_folder(left, right)
    if not (_fits(left.name, right.name) or _fits(right.name, left.name)):
        return ""
    return "pattern" if _folders_agree(left.folder, right.folder) else ""


def are_apart(left: Pattern, right: Pattern) -> bool:
    """Whether two names in one script mean two places: it stands in one folder, so `a.csv` is not `new/a.csv`."""
    if not (left.exact and right.exact) or left.text == right.text:
        return False
    return not any(one.text.startswith(("/", "..", "~")) or ":" in one.text for one in (left, right))


def covers(declared: str, path: Pattern) -> bool:
    """Whether a path, folder or pattern of the settings means a path of the code."""
    folder = declared.rstrip("/*").removeprefix("./")
    if folder and not folder.endswith(".") and f"/{folder}/" in f"/{path.text}":
        return True
    return same(Pattern(_normal(declared)), path) in ("exact", "pattern")


def _tail(text: str) -> str:
    parts = [part for part in text.split("/") if part not in ("..", ".", "")]
    return "/".join(parts)


def _holds(folder: str, file: str) -> bool:
    """Whether one name is the folder, and the other a file in it or in a folder of it."""
    if "*" in folder or "." in posixpath.basename(folder) or not _SUFFIXES.search(file.lower()):
        return False
    inside = file.removeprefix(folder + "/")
    return inside != file and inside.count("/") < 2


def _ends(long: str, short: str) -> bool:
    return long.endswith("/" + short)


def _telling(name: str) -> bool:
    return len(name.replace("*", "").rsplit(".", 1)[0]) >= 3


def _fits(pattern: str, name: str) -> bool:
    regex = "(.*)".join(re.escape(piece) for piece in pattern.split("*"))
    match = re.fullmatch(regex, name.replace("*", "\0"))
    return match is not None and not any(_NUMBERED_SPLIT.fullmatch(one) for one in match.groups())


def _folders_agree(left: str, right: str) -> bool:
    a, b = _tail(left).split("/")[-1], _tail(right).split("/")[-1]
    return not a or not b or "*" in a or "*" in b or a == b


def _same_folder(left: Pattern, right: Pattern) -> str:
    a, b = _tail(left.folder), _tail(right.folder)
    if not a or not b or "*" in a or "*" in b:
        return ""
    if posixpath.splitext(left.name)[1] != posixpath.splitext(right.name)[1] and "*" not in (left.name, right.name):
        return ""
    return "folder" if a == b or _ends(a, b) or _ends(b, a) else ""


_DATE = re.compile(r"^\d{6,14}$")


@lru_cache(maxsize=65536)
def drifted(left: Pattern, right: Pattern) -> bool:
    """Whether two names are one but for their last part, which is a date in one of them: a run that was renamed."""
    if not left.exact or not right.exact or left == right or not _folders_agree(left.folder, right.folder):
        return False
    (a, end), (b, other) = posixpath.splitext(left.name), posixpath.splitext(right.name)
    ours, theirs = _words(a), _words(b)
    if end != other or len(ours) < 3 or ours[:-1] != theirs[: len(ours) - 1] or len(theirs) > len(ours) + 1:
        return False
    return bool(_DATE.match(ours[-1]) or _DATE.match(theirs[-1]))


def _words(name: str) -> list[str]:
    return [one for one in re.split(r"[^a-z0-9]+", name.lower()) if one]
