from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlint.runtime import audit_memorization
from synthlint.runtime._pii import find_pii

FOUND = [
    ("mail Jo.Smith+x@mail.example.co.uk.", "email", "jo.smith+x@mail.example.co.uk"),
    ("card 4111 1111 1111 1111 please", "card", "4111111111111111"),
    ("amex 378282246310005", "card", "378282246310005"),
    ("pay to DE89 3704 0044 0532 0130 00 now", "iban", "DE89370400440532013000"),
    ("GB82WEST12345698765432", "iban", "GB82WEST12345698765432"),
    ("ssn 123-45-6789,", "ssn", "123456789"),
    ("call +1 (212) 555-0123", "phone", "12125550123"),
    ("call 212-555-0123", "phone", "2125550123"),
    ("ring +49 30 1234567 soon", "phone", "49301234567"),
    ("from 192.168.10.254:", "ip", "192.168.10.254"),
]
DECOYS = [
    *("4111 1111 1111 1112", "DE00 1111 1111 1111 1111 11", "order 123-45-67", "000-12-3456", "666-12-3456"),
    *(
        "version 1.2.3.4",
        "v1.2.3.4",
        "1.2.3.4.5",
        "256.1.1.1",
        "2024-01-02",
        "a@b",
        "@user",
        "3.14159",
        "0000000000000000",
    ),
]


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_identifiers_are_found_in_canonical_form(text: str, kind: str, value: str) -> None:
    assert [(p.kind, p.value) for p in find_pii(text)] == [(kind, value)]
    assert find_pii(text)[0].value not in find_pii(text)[0].masked


@pytest.mark.parametrize("text", DECOYS)
def test_look_alikes_are_left_alone(text: str) -> None:
    assert find_pii(text) == []


@given(st.text(max_size=300))
def test_any_text_is_scanned_and_places_are_right(text: str) -> None:
    for found in find_pii(text):
        assert 0 <= found.start < found.end <= len(text)


def test_long_texts_take_linear_time() -> None:
    for unit in ("1", "a@", "1.", "+1 ", "A1", "(", "9-"):
        find_pii(unit * 50_000)


def test_names_come_from_the_analyzer_that_is_given() -> None:
    class Names:
        def analyze(self, *, text: str, language: str) -> list[Any]:
            at = text.find("Maria Lopez")
            return [SimpleNamespace(entity_type="PERSON", start=at, end=at + 11)] if at >= 0 else []

    real = [f"record {i}" for i in range(50)]
    real[7] = "Maria Lopez came in on Tuesday"
    report = audit_memorization(["Today Maria Lopez left"], real, ["nothing"] * 50, checks=["pii"], analyzer=Names())
    assert [(m.synthetic, m.real, m.detail) for m in report.matches] == [(0, 7, "person m*********z")]
