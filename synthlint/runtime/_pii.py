"""Identifiers of people in text: e-mail, phone, payment card, IBAN, US social security number, IP address.

Structured identifiers only, checked where they carry a checksum (Luhn; ISO 13616 modulo 97). Names and
addresses need a model: pass a presidio `AnalyzerEngine` for them. An identifier is a leak only when it occurs
in the source, so the values of both sides are joined, by salted hashes; reports show them masked.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

from synthlint.runtime._memo_rates import Match, Rate, counted


class Pii(NamedTuple):
    """One identifier in a text. `value` is its canonical form; `masked` is safe to print."""

    kind: str
    value: str
    start: int
    end: int

    @property
    def masked(self) -> str:
        if self.kind == "email":
            name, _, domain = self.value.partition("@")
            return f"{name[:1]}***@***.{domain.rpartition('.')[2]}"
        return self.value[:1] + "*" * max(1, len(self.value) - 2) + self.value[-1:]


class Analyzer(Protocol):
    """What is used of presidio's `AnalyzerEngine`."""

    def analyze(self, *, text: str, language: str) -> Iterable[Any]: ...


_GATE = re.compile(r"[@\d]")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_PATTERN = re.compile(
    r"(?P<email>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)"
    r"|(?P<iban>\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b)"
    r"|(?P<card>(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-]))"
    r"|(?P<ssn>(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-]))"
    r"|(?P<phone>(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)|\d{3})[ .-]\d{3}[ .-]\d{4}(?!\w)"
    r"|(?<!\w)\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?!\w))"
    rf"|(?P<ip>(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?!\.?\w))"
)
_IBAN_COUNTRIES = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 "
    "EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 "
    "KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 "
    "PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 XK20 "
)
_IBAN_LENGTHS = {c[:2]: int(c[2:]) for c in _IBAN_COUNTRIES.split()}
_VERSION = re.compile(r"(?:version|release|build|v)[ .:]*$", re.IGNORECASE)


def find_pii(text: str) -> list[Pii]:
    """The structured identifiers in a text, in order. Standard library alone; about 30,000 texts a second."""
    if not _GATE.search(text):
        return []
    found = (_checked(m) for m in _PATTERN.finditer(text))
    return [p for p in found if p is not None]


def _checked(match: re.Match[str]) -> Pii | None:
    kind, raw = str(match.lastgroup), match.group()
    digits = re.sub(r"\D", "", raw)
    if kind == "email":
        value = raw.strip(".").lower()
    elif kind == "iban":
        value = raw.replace(" ", "")
        if not _is_iban(value):
            return None
    elif kind == "ip":
        value = raw
        if _VERSION.search(match.string, max(0, match.start() - 12), match.start()):
            return None
    else:
        value = digits
        if (kind == "card" and not _is_card(digits)) or (kind == "phone" and not 7 <= len(digits) <= 15):
            return None
    return Pii(kind, value, match.start(), match.end())


def _is_card(digits: str) -> bool:
    """A length and first digits that issuers use, and the Luhn checksum."""
    lengths = {"4": (13, 16, 19), "5": (16,), "2": (16,), "6": (16, 17, 18, 19)}.get(digits[0], ())
    amex = len(digits) == 15 and digits[:2] in ("34", "37")
    diners = len(digits) == 14 and digits[:2] in ("30", "36", "38", "39")
    jcb = len(digits) == 16 and digits[:2] == "35"
    if not (amex or diners or jcb or len(digits) in lengths) or len(set(digits)) == 1:
        return False
    if digits[0] == "5" and not "51" <= digits[:2] <= "55":
        return False
    if digits[0] == "2" and not "2221" <= digits[:4] <= "2720":
        return False
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _is_iban(value: str) -> bool:
    if _IBAN_LENGTHS.get(value[:2]) != len(value):
        return False
    return int("".join(str(int(c, 36)) for c in value[4:] + value[:4])) % 97 == 1


# ---------------------------------------------------------------------------- identifiers of the source
def pii_rate(
    synthetic: Sequence[str],
    real: Sequence[str],
    control: Sequence[str] | None,
    level: float,
    analyzer: Analyzer | None = None,
) -> Rate:
    """Synthetic records with an identifier that occurs in the source and, if there is a control, not in it.

    The baseline flags control records by the same rule, leaving each one's own occurrences out.
    """
    salt = secrets.token_bytes(16)
    mine, source, theirs = (_index(t, salt, analyzer) for t in (synthetic, real, control or []))
    owners = _owners(source)
    matches = []
    in_control = _owners(theirs)
    for i, found in enumerate(mine):
        leaked = [(k, p) for k, p in found.items() if k in owners and k not in in_control]
        matches += [Match(i, min(owners[k]), f"{p.kind} {p.masked}") for k, p in leaked]
    ordinary = {
        i: min(owners[k]) for i, found in enumerate(theirs) for k in found if k in owners and len(in_control[k]) == 1
    }
    meaning = "records with an identifier that occurs in the source and not in the control"
    if control is None:
        note = "give control= to tell identifiers of people from public ones"
        sizes: tuple[str | None, dict[int, int], int] = (None, {}, 0)
    else:
        note, sizes = "", ("control", ordinary, len(control))
    return counted("pii", meaning, matches, len(synthetic), *sizes, level, note)


def _index(texts: Sequence[str], salt: bytes, analyzer: Analyzer | None) -> list[dict[bytes, Pii]]:
    return [{_key(p, salt): p for p in (*find_pii(t), *_names(t, analyzer))} for t in texts]


def _names(text: str, analyzer: Analyzer | None) -> list[Pii]:
    if analyzer is None or not text.strip():
        return []
    wanted = [r for r in analyzer.analyze(text=text, language="en") if r.entity_type in ("PERSON", "LOCATION")]
    spans = [(r.entity_type.lower(), r.start, r.end) for r in wanted]
    return [Pii(kind, " ".join(text[a:b].lower().split()), a, b) for kind, a, b in spans]


def _key(pii: Pii, salt: bytes) -> bytes:
    text = f"{pii.kind}\0{pii.value}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16, salt=salt).digest()


def _owners(index: Sequence[dict[bytes, Pii]]) -> dict[bytes, set[int]]:
    owners: dict[bytes, set[int]] = {}
    for i, found in enumerate(index):
        for key in found:
            owners.setdefault(key, set()).add(i)
    return owners
