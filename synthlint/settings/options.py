"""Everything that steers a run, as one value.

A field that a configuration file may set carries its kind (how it is checked, see `kinds.py`), the sentence
that documents it and an example; the JSON Schema, the reference page and `synthlint init` read the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from synthlint.findings import Confidence

EDITIONS = ("2026",)
ARTIFACT_KINDS = ("real", "synthetic", "holdout", "sensitive")


def _key(default: Any, kind: str, doc: str, example: str) -> Any:
    metadata = {"kind": kind, "doc": doc, "example": example}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of one run: configuration file, then command line, over the defaults.

    Patterns and paths count from `folder`, the folder of the configuration file (or where the run started).
    `origins` says for each key where its value was set, `file:line` or `command line`; a key that is not in
    it has its default.  `file` is the configuration file, `flags` what the command line said, and `nearest`
    whether a file nearer to a source file counts for it (see `nearest.py`).  `copy_of` is set for a run over an
    older tree: that tree, and the folder whose configuration files count there.
    """

    edition: str = _key(
        EDITIONS[-1],
        "edition",
        "The frozen default rule set: an upgrade of synthlint adds no rule to it. Without it, the newest.",
        '"2026"',
    )
    select: tuple[str, ...] = _key(
        (), "codes", "Rules to check instead of the edition's: codes, prefixes such as `SYN2`, or `ALL`.", '["SYN2"]'
    )
    extend_select: tuple[str, ...] = _key((), "codes", "Rules to check besides the selected ones.", '["SYN107"]')
    ignore: tuple[str, ...] = _key(
        (), "codes", "Rules to leave out. The longer of two selectors decides, and `ignore` at a tie.", '["SYN302"]'
    )
    per_file_ignores: Mapping[str, tuple[str, ...]] = _key(
        {}, "table of codes", "Rules to leave out in files that match a pattern.", '{"examples/**" = ["SYN302"]}'
    )
    exclude: tuple[str, ...] = _key(
        (), "globs", "Files and folders that are not read at all, besides what git ignores.", '["vendor/**"]'
    )
    min_confidence: Confidence = _key(  # noqa: RUF009 (an enum member is immutable)
        Confidence.MEDIUM,
        "confidence",
        "Findings below this confidence are hidden: `low`, `medium` or `high`.",
        '"high"',
    )
    preview: bool = _key(False, "flag", "Check rules that are in preview, too.", "true")
    datasets: Mapping[str, tuple[str, ...]] = _key(
        {},
        "datasets",
        "What a dataset is, by path, folder, hub id or table: `real`, `synthetic`, `holdout`, `sensitive`.",
        '{"data/patients.csv" = ["real", "sensitive"]}',
    )
    holdout: tuple[str, ...] = _key(
        (),
        "globs",
        "Where real rows are kept for evaluation, also when another repository evaluates on them.",
        '"data/holdout.jsonl"',
    )
    models: Mapping[str, Any] = _key(
        {},
        "models",
        "API models of your own, which say what the calls of your libraries do: files, or rows (`call`, `suffix`, "
        "`telling`, `words`) with the files under `files`.",
        '["synthlint-models.toml"]',
    )
    high_stakes: bool = _key(
        False, "flag", "Decisions about people or safety hang on this: SYN301, SYN302 and SYN402 become errors.", "true"
    )
    sensitive: bool = _key(False, "flag", "The real data is about people: SYN205 becomes an error.", "true")
    rules: Mapping[str, Mapping[str, Any]] = _key(
        {}, "rule options", "Options of single rules; the rule's page names them.", "{SYN101 = {temperature = 0.2}}"
    )
    documentation: str = _key(
        "",
        "address",
        "Where this documentation is published for you; reports link to the pages of its rules.",
        '"https://docs.example.org/synthlint/"',
    )
    folder: Path = field(default_factory=Path.cwd)
    origins: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
    nearest: bool = False
    copy_of: tuple[Path, Path] | None = None
    flags: object = None
    jobs: int | None = None
    cache: bool = True

    def rule(self, code: str) -> Mapping[str, Any]:
        """The options set for one rule."""
        return self.rules.get(code, {})

    def original(self, folder: Path) -> Path:
        """The folder whose configuration counts for this one."""
        if self.copy_of is None or not folder.is_relative_to(self.copy_of[0]):
            return folder
        return self.copy_of[1] / folder.relative_to(self.copy_of[0])

    def here(self, folder: Path) -> Path:
        """The other way round: where a folder of the configuration lies in the older tree."""
        if self.copy_of is None or not folder.is_relative_to(self.copy_of[1]):
            return folder
        return self.copy_of[0] / folder.relative_to(self.copy_of[1])

    def model_files(self) -> list[Path]:
        """The files of `models`, as paths that can be opened."""
        return [self.folder / one for one in self.models.get("files", ())]

    def model_rows(self) -> dict[str, Any]:
        """The tables of rows that stand in the configuration itself."""
        return {name: rows for name, rows in self.models.items() if name != "files"}


def keys() -> Iterator[tuple[str, Field[Any]]]:
    """Every key of `[tool.synthlint]` as a file spells it, with its field, in the order of the reference."""
    for one in fields(Options):
        if "kind" in one.metadata:
            yield one.name.replace("_", "-"), one
