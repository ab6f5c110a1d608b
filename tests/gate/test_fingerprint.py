"""The identity of findings."""

from __future__ import annotations

import samples
from hypothesis import given
from hypothesis import strategies as st

from synthlint.findings import Confidence, Place, Severity
from synthlint.gate import baseline
from synthlint.gate.compare import Known, compare
from synthlint.gate.fingerprint import Identity, normalise, with_fingerprints

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
IDENTITIES = st.builds(Identity, TEXT, st.sampled_from(["SYN201", "SYN202"]), TEXT, TEXT)
KNOWN = st.builds(Known, IDENTITIES, st.sampled_from(Severity), st.sampled_from(Confidence), st.integers(0, 9))


def _findings(*lines: str):
    found = [
        samples.finding("SYN201", Place("gen.py", number, 1, number, len(line) + 1))
        for number, line in enumerate(lines, 1)
    ]
    return with_fingerprints(found, lambda _: lines)


def test_blanks_comments_and_line_breaks_do_not_matter():
    assert normalise("write( a,\n  b,  # why\n)") == normalise("write(a, b)")
    assert normalise("f(a,)") == normalise("f(a)") == normalise("f( a , )")
    assert normalise("a in b") != normalise("ainb")
    assert normalise("write('a  b')") != normalise("write('a b')")
    assert normalise("f(x) # '") == normalise("f(x)")


def test_equal_findings_are_numbered():
    first, second, other = _findings("write(a)", "write(a)", "write(b)")
    assert len({first.fingerprint, second.fingerprint, other.fingerprint}) == 3
    assert _findings("write(a)")[0].fingerprint == first.fingerprint


def test_long_statements_that_begin_alike_differ():
    one, two = _findings("write(" + "x" * 200 + "1)", "write(" + "x" * 200 + "2)")
    assert one.fingerprint != two.fingerprint


@given(st.lists(KNOWN, max_size=8))
def test_a_baseline_gives_back_what_was_written(tmp_path_factory, known):
    path = tmp_path_factory.mktemp("baseline") / "b.jsonl"
    path.write_text(baseline.write(known), encoding="utf-8")
    back = baseline.read(path)
    key = lambda one: (one.who, one.severity.value, one.confidence)  # noqa: E731
    assert sorted(map(key, back)) == sorted(map(key, known))
    path.write_text("\n".join(sorted(path.read_text("utf-8").rstrip("\n").split("\n"))), encoding="utf-8")
    assert sorted(map(key, baseline.read(path))) == sorted(map(key, known))


@given(st.lists(st.sampled_from(["write(a)", "write(b)", "write(c)"]), max_size=6), st.lists(KNOWN, max_size=4))
def test_every_finding_is_judged_and_every_entry_used_once(lines, known):
    findings = _findings(*lines)
    before = known + [
        Known(Identity("gen.py", "SYN201", "", one), Severity.WARNING, Confidence.HIGH) for one in lines[:2]
    ]
    out = compare(findings, before, lambda _: lines)
    assert len(out.new) + len(out.worse) + len(out.old) == len(findings)
    assert len(out.worse) + len(out.old) + len(out.fixed) == len(before)
