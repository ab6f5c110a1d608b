"""`synthlint check`, as a user sees it."""

from __future__ import annotations

import io
import json
import sys

import pytest
import samples

from synthlint.findings import Confidence, PipelineView, Place, StageView


def test_text_report(engine, run, golden):
    engine()
    result = run("check")
    assert result.code == 1
    golden("check.txt", result.out)
    assert result.err == "synthlint: big.py: larger than 10 MB\n"


def test_text_report_in_colour(engine, run, golden, monkeypatch):
    engine()
    monkeypatch.setenv("FORCE_COLOR", "1")
    golden("check-colour.txt", run("check").out)


def test_no_color_wins_over_force_color(engine, run, monkeypatch):
    engine()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check").out


def test_ascii_where_the_encoding_has_no_signs(engine, run, monkeypatch):
    engine()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True))
    run("check")
    out = sys.stdout.buffer.getvalue().decode("ascii")
    assert "dedup no  provenance no  holdout yes eval.py:40" in out
    assert "generate -> write train.jsonl -> train -> evaluate" in out


def test_concise_has_one_line_for_each_finding(engine, run, golden):
    engine()
    result = run("check", "--output-format", "concise")
    golden("check-concise.txt", result.out)
    assert "Found 5 problems in 2 files" in result.err


def test_concise_in_a_notebook(engine, run):
    place = Place("a.ipynb", 2, 5, 2, 9, cell=3)
    engine(findings=(samples.finding("SYN201", place),))
    assert run("check", "--output-format", "concise").out.startswith("a.ipynb:cell 3:2:5: SYN201 ")


def test_json_is_the_contract(engine, run, golden):
    engine()
    result = run("check", "--output-format", "json")
    golden("check.json", result.out)
    document = json.loads(result.out)
    assert document["summary"] == {"files": 14, "analysed": 3, "findings": 5, "fixable": 1, "hidden": 2}
    assert [one["code"] for one in document["findings"] if one["suppressed"]] == ["SYN202"]


def test_paths_are_shown_from_the_working_directory(engine, run, folder, monkeypatch):
    engine()
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    assert run("check", "..", "--output-format", "concise").out.startswith("../gen.py:7:13: SYN101")


def test_a_file_report_beside_the_terminal(engine, run, folder):
    engine()
    result = run("check", "--output-format", "json", "--output-file", "out/report.json")
    assert result.out.startswith("Pipeline p1")
    assert json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))["version"] == 1


def test_two_formats_each_in_its_place(engine, run, folder):
    engine()
    result = run("check", "--output-format=json", "--output-file=r.json", "--output-format=concise")
    assert result.out.startswith("gen.py:7:13: SYN101")
    assert (folder / "r.json").exists()


def test_nothing_found(engine, run):
    engine(findings=(), pipelines=(), hidden=0, unanalysed=())
    result = run("check")
    assert (result.code, result.out) == (0, "No problems found (checked 14 files, 3 analysed).\n")


def test_suppressed_findings_do_not_count(engine, run, folder):
    only = tuple(one for one in samples.report(folder).findings if one.suppressed)
    engine(findings=only, hidden=0)
    result = run("check")
    assert result.code == 0
    assert result.out == "No problems found (checked 14 files, 3 analysed). 1 suppressed by comments.\n"


def test_no_files_is_said(engine, run, folder):
    engine(findings=(), files=0, analysed=0, unanalysed=())
    (folder / "data").mkdir()
    (folder / "data" / "notes.txt").write_text("", encoding="utf-8")
    (folder / "data" / "loop.py").symlink_to("loop.py")
    result = run("check", "gen.py", "data", "data/notes.txt", "data/loop.py")
    assert "gen.py is not checked: `exclude` in the settings leaves it out" in result.err
    assert "no Python files or notebooks found under data" in result.err
    assert "data/notes.txt is not checked: it is no Python file, notebook, shell script," in result.err
    assert "data/loop.py is not checked: it is no regular file" in result.err


def test_exit_zero(engine, run):
    engine()
    assert run("check", "--exit-zero").code == 0


def test_internal_errors_give_3_and_the_other_findings(engine, run):
    engine(internal_errors=("gen.py: SYN205: KeyError: 'x'",))
    result = run("check", "--exit-zero")
    assert result.code == 3
    assert "internal error: gen.py: SYN205: KeyError: 'x'" in result.err
    assert "SYN401" in result.out


def test_a_crash_is_one_line_and_3(engine, run, monkeypatch):
    engine()

    def crash(*_, **__):
        raise RuntimeError("boom\nmore")

    monkeypatch.setattr(sys.modules["synthlint.engine"], "check", crash)
    result = run("check")
    assert result.code == 3
    assert result.err.startswith("synthlint: internal error: RuntimeError: boom\n")
    assert "Traceback" not in result.err


def test_statistics(engine, run):
    engine()
    result = run("check", "--statistics")
    assert result.out.splitlines()[0] == "    1  SYN101  low-diversity-sampling"
    assert len(result.out.splitlines()) == 5


def test_options_reach_the_engine(engine, run, folder):
    (folder / "pyproject.toml").write_text(
        '[tool.synthlint]\nselect = ["SYN2"]\nignore = ["SYN202"]\nmin-confidence = "high"\n', encoding="utf-8"
    )
    calls = engine()
    run("check", "gen.py", "--ignore", "SYN302,SYN401", "--preview", "--jobs", "2", "--no-cache")
    options = calls[0]["options"]
    assert options.select == ("SYN2",)
    assert options.ignore == ("SYN202", "SYN302", "SYN401")
    assert options.min_confidence is Confidence.HIGH
    assert (options.preview, options.jobs, options.cache) == (True, 2, False)
    assert options.origins["select"] == "pyproject.toml:2"
    assert options.origins["preview"] == "command line"


def test_isolated_ignores_the_configuration(engine, run, folder):
    (folder / "pyproject.toml").write_text("[tool.synthlint]\nselct = 1\n", encoding="utf-8")
    calls = engine()
    assert run("check", "--isolated").code == 1
    assert calls[0]["options"].select == ()


def test_standard_input(engine, run, monkeypatch):
    calls = engine()
    text = samples.GEN.replace("10_000", "20_000")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    result = run("check", "--stdin-filename", "gen.py", "-")
    assert calls[0]["stdin"].count("20_000") == 1
    assert calls[0]["stdin_filename"] == "gen.py"
    assert "generated here" in result.out


def test_show_files(run, folder, engine):
    engine()
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    assert run("check", "--show-files").out.splitlines() == ["gen.py", "train.py"]
    assert run("check", "--show-files", "--exclude", "train.py").out.splitlines() == ["gen.py"]
    assert run("check", "--show-files", "train.py").out.splitlines() == ["train.py"]


def test_terminal_escapes_in_code_are_spelt_out(engine, run, folder):
    (folder / "gen.py").write_text("x = '\x1b[31m'\n", encoding="utf-8")
    engine(findings=(samples.finding("SYN201", Place("gen.py", 1, 1, 1, 5), pipeline=None),), pipelines=())
    out = run("check").out
    assert "\x1b" not in out
    assert "x = '\\x1b[31m'" in out


def test_wide_characters_and_long_lines_keep_the_caret_in_place(engine, run, folder, golden):
    line = 'prompt = "生成客户投诉"; ' + "x = 1; " * 30 + "write(rows)"
    (folder / "gen.py").write_text(line + "\n", encoding="utf-8")
    column = line.index("write") + 1
    finding = samples.finding("SYN201", Place("gen.py", 1, column, 1, column + 11), pipeline=None)
    near = samples.finding("SYN202", Place("gen.py", 1, 10, 1, 18), pipeline=None)
    engine(findings=(near, finding), pipelines=())
    golden("check-wide.txt", run("check").out)


def test_a_preview_rule_named_without_preview_is_said(engine, run):
    engine()
    assert "SYN107 is in preview and stays off: add --preview" in run("check", "--select", "SYN107").err


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_the_exit_codes(run, option):
    assert "2 wrong usage" in run(option).out


def test_github_adds_to_the_job_summary(engine, run, folder, monkeypatch):
    engine()
    (folder / "summary.md").write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    assert run("check", "--output-format", "github").out.startswith("::error file=train.py,line=4")
    assert (folder / "summary.md").read_text(encoding="utf-8").startswith("before\n## synthlint\n\nFound 5 problems")


def test_standard_input_that_is_not_utf8(engine, run, monkeypatch):
    calls = engine()
    data = "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run("check", "-").code == 1
    assert "x = 'é'" in calls[0]["stdin"]


def test_the_frame_of_a_large_pipeline_shows_what_the_findings_name(engine, run, folder):
    (folder / "gen.py").write_text("\n".join(f"write({number})" for number in range(1, 21)) + "\n", encoding="utf-8")
    places = [Place("gen.py", line, 1, line, 9) for line in range(1, 21)]
    stages = tuple(StageView(f"s{at.line}", "write", "write()", at) for at in (*places, places[0]))
    pipeline = PipelineView("p1", stages, (), ())
    engine(findings=(samples.finding("SYN201", places[18]),), pipelines=(pipeline,))
    out = run("check").out
    assert "19 | write(19)" in out
    assert out.count("written here") == 6
    assert "... and 14 more generator calls and writes" in out


def test_statistics_take_the_place_of_the_report_on_the_terminal_only(engine, run, folder):
    engine()
    result = run("check", "--statistics", "--output-format", "sarif", "--output-file", "x.sarif")
    assert "    1  SYN201  missing-dedup" in result.out.splitlines()
    assert '"SYN201"' in (folder / "x.sarif").read_text("utf-8")
