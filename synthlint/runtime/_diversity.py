"""How varied are generated texts, and does variety shrink from one generation to the next?

distinct-n: Li et al. 2016, https://arxiv.org/abs/1510.03055. It falls as more text is counted, so every
measure here is taken on the same number of records. Self-similarity: Zhu et al. 2018 (Self-BLEU) in spirit,
with Jaccard similarity of word sets in place of BLEU. Shrinking variety over generations: Alemohammad et al.
2024, https://arxiv.org/abs/2307.01850. Standard library alone.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from synthlint.runtime._errors import DiversityError, KindError
from synthlint.runtime._kinds import open_kind
from synthlint.runtime._stats import percent
from synthlint.runtime._text import content_text, jaccard, words

SAMPLE = 10_000
PAIRS = 2_000
OPENING = 3
TOP_OPENING = 0.20
ADVICE = "Vary the prompts, seeds and temperature, and keep real records in every generation"


@dataclass(frozen=True)
class Diversity:
    """Measures of one set of texts, all on the same `counted` records. Shares are 0 to 1.

    distinct: share of the word n-grams (n = 1 to 4) that are different from one another. entropy: of the word
    distribution, in bits. repeats: share of texts that repeat an earlier one. similarity: mean Jaccard
    similarity of the words of two random texts; nearest: mean over texts of the highest similarity to any of
    50 others. opening: the most frequent first three words, and opening_share theirs. words: mean length.
    """

    name: str
    records: int
    counted: int
    distinct: tuple[float, float, float, float]
    entropy: float
    repeats: float
    similarity: float
    nearest: float
    opening: str
    opening_share: float
    words: float

    def __str__(self) -> str:
        distinct = " ".join(f"{d:.3f}" for d in self.distinct)
        return (
            f"{self.name}: distinct-1..4 {distinct}, entropy {self.entropy:.2f} bits, "
            f"similarity {self.similarity:.3f} (nearest {self.nearest:.3f}), {percent(self.repeats)} repeats, "
            f"{percent(self.opening_share)} begin {self.opening!r}, {self.words:.1f} words"
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class DiversityReport:
    """What `measure_diversity` found: one `Diversity` a generation, in order."""

    generations: tuple[Diversity, ...]
    counted: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is narrow in any generation, and what shrank by a tenth or more since the first."""
        found = [
            f"{g.name}: {percent(g.opening_share)} of texts begin {g.opening!r} (over {TOP_OPENING:.0%})"
            for g in self.generations
            if g.opening_share > TOP_OPENING and g.counted > 10
        ]
        return tuple(found + self._shrinking())

    def _shrinking(self) -> list[str]:
        if len(self.generations) < 2:
            return []
        first, last = self.generations[0], self.generations[-1]
        pairs = [("distinct-2", first.distinct[1], last.distinct[1]), ("entropy", first.entropy, last.entropy)]
        return [
            f"{name} fell by {1 - after / before:.0%} from {first.name} to {last.name} ({before:.3f} to {after:.3f})"
            for name, before, after in pairs
            if before > 0 and after <= 0.9 * before
        ]

    def __str__(self) -> str:
        lines = [f"diversity of {self.counted:,} records a generation", *(f"  {g}" for g in self.generations)]
        return "\n".join([*lines, *(f"  warning: {w}" for w in self.warnings)])

    def to_dict(self) -> dict[str, Any]:
        generations = [g.to_dict() for g in self.generations]
        return {"counted": self.counted, "generations": generations, "warnings": list(self.warnings)}

    def raise_for_status(self) -> DiversityReport:
        """This report; raises `DiversityError` when there are `warnings`."""
        if self.warnings:
            raise DiversityError(f"{'; '.join(self.warnings)}. {ADVICE}", self)
        return self


def measure_diversity(
    records: Any,
    *generations: Any,
    text: str | Sequence[str] | None = None,
    sample: int = SAMPLE,
    seed: int = 0,
    strict: bool = False,
) -> DiversityReport:
    """Measure how varied texts are.

    records: texts or records (a list, an iterator, pandas, Polars, Arrow, `datasets.Dataset`); or a mapping
        from the name of a generation to its records, oldest first. Further `generations` may follow.
    text: the field or fields to read; by default all content of a record.
    sample: at most so many records are counted in each generation; the same number in all of them, that of
        the smallest one, chosen at random with `seed`.
    strict: raise at once when there are warnings.

    Raises: DiversityError with `strict`; KindError for data that cannot be read as records.
    """
    named = _named(records, generations)
    texts = {name: _texts(data, text, name) for name, data in named.items()}
    size = min([sample, *map(len, texts.values())])
    rng = random.Random(seed)
    found = [_measure(name, listed, size, rng) for name, listed in texts.items()]
    report = DiversityReport(tuple(found), size)
    return report.raise_for_status() if strict else report


def _named(records: Any, generations: tuple[Any, ...]) -> dict[str, Any]:
    if isinstance(records, Mapping) and not hasattr(records, "column_names"):
        if generations:
            raise KindError("give generations either as a mapping or one after the other, not both")
        return {str(k): v for k, v in records.items()} or {"records": []}
    if not generations:
        return {"records": records}
    return {f"generation {i}": g for i, g in enumerate((records, *generations))}


def _texts(data: Any, text: str | Sequence[str] | None, name: str) -> list[str]:
    chosen = [text] if isinstance(text, str) else list(text or ())
    return [content_text(_chosen(r, chosen, name)) for r in open_kind(data).records]


def _chosen(record: Any, names: list[str], where: str) -> Any:
    if not names or not isinstance(record, Mapping):
        return record
    absent = [n for n in names if n not in record]
    if len(absent) == len(names):
        raise KindError(f"{where}: a record has no field {absent[0]!r}; it has {', '.join(map(str, record))}")
    return {n: record[n] for n in names if n in record}


def _measure(name: str, texts: list[str], size: int, rng: random.Random) -> Diversity:
    chosen = texts if len(texts) == size else [texts[i] for i in sorted(rng.sample(range(len(texts)), size))]
    tokens = [words(t) for t in chosen]
    counts = Counter(itertools.chain.from_iterable(tokens))
    opening, times = _opening(tokens)
    similarity, nearest = _similarities(tokens, rng)
    return Diversity(
        name=name,
        records=len(texts),
        counted=size,
        distinct=(_distinct(tokens, 1), _distinct(tokens, 2), _distinct(tokens, 3), _distinct(tokens, 4)),
        entropy=_entropy(counts),
        repeats=1 - len(set(map(tuple, tokens))) / size if size else 0.0,
        similarity=similarity,
        nearest=nearest,
        opening=opening,
        opening_share=times / size if size else 0.0,
        words=counts.total() / size if size else 0.0,
    )


def _distinct(tokens: list[list[str]], n: int) -> float:
    seen: set[tuple[str, ...]] = set()
    total = 0
    for text in tokens:
        grams = list(zip(*(text[i:] for i in range(n)), strict=False))
        seen.update(grams)
        total += len(grams)
    return len(seen) / total if total else 0.0


def _entropy(counts: Counter[str]) -> float:
    total = counts.total()
    return abs(math.fsum(-c / total * math.log2(c / total) for c in counts.values()))


def _opening(tokens: list[list[str]]) -> tuple[str, int]:
    openings = Counter(" ".join(t[:OPENING]) for t in tokens if t)
    if not openings:
        return "", 0
    return min(openings.items(), key=lambda item: (-item[1], item[0]))


def _similarities(tokens: list[list[str]], rng: random.Random, others: int = 50) -> tuple[float, float]:
    """Mean similarity of random pairs, and of each of some texts to the most similar of `others`."""
    if len(tokens) < 2:
        return 0.0, 0.0
    sets = [frozenset(t) for t in tokens]
    numbers = range(len(sets))
    pairs = [jaccard(*(sets[i] for i in rng.sample(numbers, 2))) for _ in range(PAIRS)]
    few = rng.sample(numbers, min(len(sets), PAIRS // others))
    best = [_nearest(sets, i, rng.sample(numbers, min(len(sets), others + 1))) for i in few]
    return math.fsum(pairs) / len(pairs), math.fsum(best) / len(best)


def _nearest(sets: list[frozenset[str]], i: int, candidates: list[int]) -> float:
    return max((jaccard(sets[i], sets[j]) for j in candidates if j != i), default=0.0)
