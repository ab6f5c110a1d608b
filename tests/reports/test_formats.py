"""Each format for machines: its golden file, its own rules, and what must survive odd input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import samples

from synthlint.findings import Place, Related, Report, Severity, Unanalysed
from synthlint.gate.lines import Lines
from synthlint.reports import FORMATS, Context, render
from synthlint.reports.github import job_summary

SCHEMA = json.loads((Path(__file__).parents[1] / "resources" / "sarif-schema-2.1.0.json").read_text("utf-8"))


def _context(folder: Path, **changes) -> Context:
    return Context(folder, folder, Lines(folder).around, samples.RULES, version="1.2.3", **changes)


def _many(folder: Path, number: int, severity: Severity = Severity.WARNING) -> Report:
    findings = [
        replace(samples.finding("SYN201", Place("gen.py", line, 1, line, 5)), severity=severity, fingerprint=str(line))
        for line in range(1, number + 1)
    ]
    return samples.report(folder, findings=tuple(findings))


@pytest.fixture
def folder(tmp_path):
    return samples.project(tmp_path)


NOTEBOOK = Place("a b.ipynb", 2, 5, 2, 9, cell=3)
ODD = replace(
    samples.finding("SYN201", NOTEBOOK, related=(Related("generated", NOTEBOOK, "here"),)),
    message="100%, <b>|</b> & \x1b[6n\n:: ünï\ud800",
)


@pytest.mark.parametrize(
    ("name", "suffix"), [("sarif", "sarif"), ("github", "txt"), ("gitlab", "json"), ("junit", "xml")]
)
def test_golden(folder, golden, name, suffix):
    report = samples.report(folder, internal_errors=("gen.py: SYN205: KeyError",))
    golden(f"report.{name}.{suffix}", render(name, report, _context(folder, states={"f201": "new"})))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found(folder, golden, name):
    report = Report(str(folder), (), (), (), 2, 1)
    golden(f"nothing.{name}.txt", render(name, report, _context(folder)))


@pytest.mark.parametrize("name", FORMATS)
def test_odd_input_breaks_no_format(folder, name):
    report = samples.report(folder, findings=(ODD,), unanalysed=(Unanalysed("ü\ud800.py", "bad\nline"),))
    text = render(name, report, _context(folder))
    text.encode("utf-8", "backslashreplace")
    if name in {"text", "concise", "github", "junit"}:
        assert "\x1b[6n" not in text
    if name in {"json", "sarif", "gitlab"}:
        json.loads(text)
    if name == "junit":
        ElementTree.fromstring(text)


class TestNotebook:
    """Services know lines of files, so a place in a cell is given as the line where its text stands."""

    @pytest.fixture
    def context(self, folder):
        cells = [
            {
                "cell_type": "markdown",
                "metadata": {"x": ["cells", {"source": ["no"]}]},
                "source": ["# Title\n", "text"],
            },
            {
                "cell_type": "code",
                "metadata": {},
                "outputs": [{"text": ["source\n", "[1]{"]}],
                "source": ["a\n", "b]\n"],
            },
            {"cell_type": "code", "source": "one\ntwo"},
        ]
        (folder / "n.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}, indent=1), "utf-8")
        return _context(folder, line_in_file=Lines(folder).in_file)

    @pytest.mark.parametrize(
        ("cell", "line", "text"),
        [(1, 1, "# Title"), (1, 2, "text"), (2, 1, '"a'), (2, 2, "b]"), (3, 2, "one"), (9, 1, "{")],
    )
    def test_line_of_the_file(self, context, folder, cell, line, text):
        number = context.line_in_file(Place("n.ipynb", line, 1, line, 2, cell))
        assert text in (folder / "n.ipynb").read_text("utf-8").splitlines()[number - 1]

    def test_in_reports(self, context, folder):
        report = samples.report(folder, findings=(samples.finding("SYN201", Place("n.ipynb", 2, 1, 2, 2, 2)),))
        number = context.line_in_file(report.findings[0].place)
        assert f"file=n.ipynb,line={number},title=SYN201" in render("github", report, context)
        (issue,) = json.loads(render("gitlab", report, context))
        assert issue["location"]["lines"] == {"begin": number, "end": number}
        (result,) = json.loads(render("sarif", report, context))["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": number}
        assert "(cell 2, line 2)" in result["message"]["text"]


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "junit"])
def test_services_know_files_by_their_place_in_the_repository(folder, name):
    (folder / "sub").mkdir()
    inside = replace(_context(folder), folder=folder / "sub")
    assert render(name, samples.report(folder), inside) == render(name, samples.report(folder), _context(folder))
    assert '"path": "../gen.py"' in render("json", samples.report(folder), inside)


class TestSarif:
    @pytest.fixture(params=["sample", "nothing", "odd", "internal error"])
    def document(self, request, folder):
        report = {
            "sample": samples.report(folder),
            "nothing": Report(str(folder), (), (), (), 2, 1),
            "odd": samples.report(folder, findings=(ODD,)),
            "internal error": samples.report(folder, internal_errors=("x",)),
        }[request.param]
        return json.loads(render("sarif", report, _context(folder, states={"f201": "new"})))

    def test_fits_the_official_schema(self, document):
        jsonschema.Draft4Validator(SCHEMA).validate(document)

    def test_has_what_services_reject_without(self, document):
        """No empty array but `results`, no line below 1, only relative addresses."""
        for key, value in _walk(document):
            assert value != [] or key in {"results", "rules"}, key
            if key in {"startLine", "startColumn", "endLine", "endColumn"}:
                assert value >= 1
            if key == "uri":
                assert not value.startswith(("/", "file:"))

    def test_links_lead_to_the_documentation_that_the_settings_name(self, folder):
        site = _context(folder, documentation="https://docs.example.org/synthlint")
        driver = json.loads(render("sarif", samples.report(folder), site))["runs"][0]["tool"]["driver"]
        assert driver["informationUri"] == "https://docs.example.org/synthlint"
        assert {one["helpUri"] for one in driver["rules"] if one["id"] == "SYN201"} == {
            "https://docs.example.org/synthlint/rules/SYN201/"
        }
        assert "[SYN201](https://docs.example.org/synthlint/rules/SYN201/)" in job_summary(samples.report(folder), site)
        linked = render("text", samples.report(folder), replace(site, links=True))
        assert "\x1b]8;;https://docs.example.org/synthlint/rules/SYN201/\x1b\\" in linked

    def test_has_all_rules_also_when_nothing_is_found(self, folder):
        report = Report(str(folder), (), (), (), 2, 1)
        rules = json.loads(render("sarif", report, _context(folder)))["runs"][0]["tool"]["driver"]["rules"]
        assert [one["id"] for one in rules] == sorted(samples.RULES)
        assert all(one["help"]["text"] for one in rules)

    def test_has_identity_trace_suppression_and_fix(self, folder):
        run = json.loads(render("sarif", samples.report(folder), _context(folder)))["runs"][0]
        results = {one["ruleId"]: one for one in run["results"]}
        assert results["SYN201"]["partialFingerprints"] == {"synthlint/v1": "f201"}
        (flow,) = results["SYN201"]["codeFlows"]
        steps = [one["location"]["physicalLocation"]["region"] for one in flow["threadFlows"][0]["locations"]]
        assert [one["startLine"] for one in steps] == [7, 13]
        assert results["SYN202"]["suppressions"][0]["justification"] == "card is on the hub"
        assert "unsafe, rows-dropped" in results["SYN201"]["fixes"][0]["description"]["text"]


def _walk(value, key=""):
    yield key, value
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _walk(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one, key)


class TestGitHub:
    def test_ten_of_each_level_and_a_count_of_the_rest(self, folder):
        report = _many(folder, 25)
        lines = render("github", report, _context(folder)).splitlines()
        assert [one.split(" ")[0] for one in lines] == ["::warning"] * 10 + ["::notice"]
        assert lines[-1] == "::notice title=synthlint::… and 15 more; the job summary lists all"

    def test_notices_leave_room_for_the_count(self, folder):
        lines = render("github", _many(folder, 25, Severity.INFO), _context(folder)).splitlines()
        assert len(lines) == 10
        assert "… and 16 more" in lines[-1]

    def test_most_severe_first(self, folder):
        lines = render("github", samples.report(folder), _context(folder)).splitlines()
        assert lines[0].startswith("::error file=train.py,line=4")

    def test_commands_cannot_be_injected(self, folder):
        line = render("github", samples.report(folder, findings=(ODD,)), _context(folder)).splitlines()
        assert len(line) == 1
        assert "100%25" in line[0]

    def test_job_summary(self, folder, golden):
        golden("job-summary.md", job_summary(samples.report(folder), _context(folder)))

    def test_job_summary_has_an_end(self, folder):
        assert job_summary(_many(folder, 600), _context(folder)).rstrip().split("\n\n")[-2] == "… and 100 more."


def test_gitlab_fingerprints_are_there(folder):
    issues = json.loads(render("gitlab", samples.report(folder), _context(folder)))
    assert issues[2]["fingerprint"] == "f201"
    assert {one["severity"] for one in issues} == {"minor", "major"}


def test_junit_counts(folder):
    suite = ElementTree.fromstring(render("junit", samples.report(folder), _context(folder)))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("6", "5", "1")
