"""Every fixture gives exactly the findings that it states, on the lines where it states them."""

from __future__ import annotations

import fixture_files as fixtures
import pytest

GLOSSARY = ["SYN101", "SYN102", "SYN201", "SYN202", "SYN204", "SYN301", "SYN302", "SYN401"]


@pytest.mark.parametrize("fixture", fixtures.projects(), ids=lambda path: path.relative_to(fixtures.FOLDER).as_posix())
def test_fixture(fixture):
    wanted, got = fixtures.expected(fixture), fixtures.found(fixture)
    assert not fixtures.report(fixture).internal_errors
    missing = [f"missed: {one}" for one in sorted((wanted - got).elements())]
    extra = [f"false alarm: {one}" for one in sorted((got - wanted).elements())]
    assert not missing + extra, "\n".join(["", *missing, *extra])


def test_the_bad_sample_of_the_glossary_shows_what_it_is_known_for():
    shown = fixtures.report(fixtures.FOLDER / "glossary" / "bad.py").findings
    assert sorted(one.code for one in shown) == GLOSSARY


def test_messages_say_where_the_records_go():
    in_memory = fixtures.report(fixtures.FOLDER / "SYN201" / "trained_in_memory.py").findings
    messages = {one.code: one.message for one in in_memory}
    assert messages["SYN201"] == "Generated records are handed to training with no duplicate removal."


def test_messages_name_no_path_that_is_computed():
    found = fixtures.report(fixtures.FOLDER / "SYN201" / "argument_path.py").findings
    messages = {one.code: one.message for one in found}
    assert messages["SYN201"] == "Generated records are written here with no duplicate removal."
    assert messages["SYN202"].startswith("Records written here carry no provenance field")
