"""What the rules say becomes what is reported: selection, comments, threshold, identity; in this order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from synthlint.findings import Finding
from synthlint.gate.fingerprint import with_fingerprints
from synthlint.gate.lines import LinesOf
from synthlint.gate.selection import RuleInfo, enabled, ignored_in_file
from synthlint.gate.suppress import Hygiene, suppress
from synthlint.settings import Options
from synthlint.settings.nearest import Nearest
from synthlint.sources.suppressions import Comments


@dataclass(frozen=True, slots=True)
class Judged:
    """The findings of a report, suppressed ones marked, and how many the confidence threshold hides."""

    findings: tuple[Finding, ...]
    hidden: int


def judge(
    findings: Iterable[Finding],
    comments: Mapping[str, Comments],
    *,
    root: Path,
    options: Options,
    rules: Mapping[str, RuleInfo],
    lines: LinesOf,
) -> Judged:
    """Apply the settings and the comments to what the rules found in the project at `root`.

    `comments` holds the comments of each file that was read, by the path that findings use; `lines` gives
    the lines that a place counts in.  A finding hidden by a comment does not count as hidden by the
    threshold, and keeps the comment from being stale.
    """
    near = Nearest(options)
    raw = list(findings)
    paths = {one.place.path for one in raw} | set(comments)
    settings = {path: near.of(root / path) for path in paths}
    on = {path: reported(path, root, settings[path], rules) for path in paths}
    kept = [one for one in raw if one.code in on[one.place.path]]
    marked, uses = suppress(kept, (comments[path] for path in sorted(comments)))
    malformed = [one for path in sorted(comments) for one in comments[path].malformed]
    about_comments = Hygiene(rules, marked, lines).check(uses, malformed, on)
    counted = [one for one in marked if one.suppressed or one.confidence >= settings[one.place.path].min_confidence]
    out = with_fingerprints([*counted, *about_comments], lines)
    return Judged(tuple(out), len(marked) - len(counted))


def reported(path: str, root: Path, options: Options, rules: Mapping[str, RuleInfo]) -> frozenset[str]:
    """The codes that are reported in one file, given the options that count for it."""
    chosen = enabled(options, rules)
    if not options.per_file_ignores:
        return chosen
    from_folder = os.path.relpath(root / path, options.folder)
    return chosen - ignored_in_file(Path(from_folder).as_posix(), options, rules)
