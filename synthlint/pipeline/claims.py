"""Words in code that call generated data private, and the place where they stand."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthlint.flow.stages import Site
from synthlint.pipeline import prompts, remedies

if TYPE_CHECKING:
    from synthlint.flow.stages import Stage
    from synthlint.pipeline.datasets import DatasetWrite
    from synthlint.pipeline.graph import Project
    from synthlint.sources.text import Source

_GENERATED = re.compile(r"\b(synth\w*|generated|artificial|simulated|fake)\b", re.I)
_DENIES = re.compile(
    r"\b(not|never|cannot|no guarantee|unless|todo|fixme|future|may|might|could|should|must|if|whether|before|audit\w*|"
    r"verif\w*|measur\w*|epsilon)\b|n't\b",
    re.I,
)
_WORDS = re.compile(r"\s+")
_PARTS = re.compile(r"\\n|\*\*|<[^>]*>|(?<=[.!?;])\s")
_DRESS = " #*-\"'\t,()"
_PREFIX = re.compile(r"^[rbfuRBFU]{1,2}(?=[\"'])")
_FSTRING_START, _FSTRING_END = getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that data is private: its words and its place (none if it is a path)."""

    text: str
    site: Site | None = None


def unaudited_claims(project: Project) -> Iterator[tuple[DatasetWrite, Claim]]:
    """Writes of generators that saw real records, called private with neither differential privacy nor an audit.

    A text is one claim, however many writes it speaks of: it is that of a write in its own file, if there is one.
    """
    found: dict[Claim, DatasetWrite] = {}
    for write in project.writes:
        if not any(_saw_records(project, one) for one in write.generators) or _is_audited(project, write.stage):
            continue
        claim = next(_claims(project, write), None)
        if claim is None:
            continue
        other = found.get(claim)
        if other is None or (_stands_in(claim, write) and not _stands_in(claim, other)):
            found[claim] = write
    yield from ((write, claim) for claim, write in found.items())


def _stands_in(claim: Claim, write: DatasetWrite) -> bool:
    return claim.site is not None and claim.site.path == write.stage.site.path


def _saw_records(project: Project, generator: Stage) -> bool:
    if project.seen_by(generator) is not None:
        return True
    quoted = project.real_sources(prompts.prompt_of(generator).lineage)
    return any(not project.is_public(one) for one in quoted)


def _is_audited(project: Project, write: Stage) -> bool:
    scope = project.scope(write)
    if any(one.facts.get("private") for one in scope if one.kind == "fit"):
        return True
    return any(remedies.check(project, write, kind) is not None for kind in ("memorization", "dp"))


def _claims(project: Project, write: DatasetWrite) -> Iterator[Claim]:
    """The claims about a write: its path, then texts in the files of its pipeline, its own file first."""
    for path in project.paths(write.stage):
        if project.has_word("privacy-phrases", path.name.replace("_", " ")):
            yield Claim(path.name)
    own = project.component(write.stage)
    files = {one.site.path for one in project.stages if project.component(one) == own}
    for name in sorted(files, key=lambda one: (one != write.stage.site.path, one)):
        source = project.sources_by_path.get(name)
        if source is not None:
            yield from _in_file(project, source)


def _in_file(project: Project, source: Source) -> Iterator[Claim]:
    for line, column, text in _texts(source.program):
        for part in _PARTS.split(text):
            if _GENERATED.search(part) and not _DENIES.search(part) and project.has_word("privacy-phrases", part):
                pos = (line, column, line, column + len(text))
                yield Claim(_short(part), Site(source.path, pos, pos))


def _short(text: str) -> str:
    words = _WORDS.sub(" ", _PREFIX.sub("", text.strip()).strip(_DRESS))
    return words if len(words) <= 70 else words[:67].rsplit(" ", 1)[0] + " ..."


def _texts(program: str) -> Iterator[tuple[int, int, str]]:
    """The lines of comments and strings with their places, up to what cannot be read."""
    text = program.split("\n")
    outer: list[tuple[int, int]] = []  # where f-strings start, which newer Pythons give in pieces
    try:
        for token in tokenize.generate_tokens(io.StringIO(program).readline):
            if token.type == _FSTRING_START:
                outer.append(token.start)
            elif token.type == _FSTRING_END:
                start = outer.pop()
                if not outer:
                    yield from _lines(start, _between(text, start, token.end))
            elif token.type in (tokenize.COMMENT, tokenize.STRING) and not outer:
                yield from _lines(token.start, token.string)
    except (tokenize.TokenError, SyntaxError):
        return


def _between(text: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    lines = text[start[0] - 1 : end[0]]
    lines[-1] = lines[-1][: end[1]]
    lines[0] = lines[0][start[1] :]
    return "\n".join(lines)


def _lines(start: tuple[int, int], text: str) -> Iterator[tuple[int, int, str]]:
    for offset, line in enumerate(text.split("\n")):
        bare = line.lstrip()
        column = len(line) - len(bare) + (start[1] if offset == 0 else 0)
        if bare:
            yield start[0] + offset, column + 1, bare
