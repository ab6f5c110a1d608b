"""What a project starts with: `init`, `--show-settings`, `models`, completion, the schema."""

from __future__ import annotations

import os
import subprocess
import sys

import jsonschema
import pytest

from synthlint.settings import schema, settings_for
from synthlint.settings.options import keys
from synthlint.settings.toml import tomllib

OWN_ROW = '[[models.call]]\nname = "mylib.make"\nrole = "generate"\n'


class TestInit:
    def test_without_a_pyproject(self, run, folder, golden):
        (folder / "examples").mkdir()
        (folder / "examples" / "a.py").write_text("", encoding="utf-8")
        (folder / "data").mkdir()
        (folder / "data" / "holdout.jsonl").write_text("", encoding="utf-8")
        result = run("init")
        assert result.code == 0
        assert "settings written to synthlint.toml; next: synthlint check" in result.err
        golden("init.toml", (folder / "synthlint.toml").read_text(encoding="utf-8"))
        assert settings_for([folder]).edition == "2026"

    def test_within_a_pyproject(self, run, folder):
        (folder / "pyproject.toml").write_text('[project]\nname = "x"', encoding="utf-8")
        assert run("init").code == 0
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
        assert text.startswith('[project]\nname = "x"\n\n[tool.synthlint]\nedition = "2026"')
        assert settings_for([folder]).origins["edition"].startswith("pyproject.toml:")

    def test_nothing_is_overwritten(self, run, folder):
        run("init")
        result = run("init")
        assert result.code == 2
        assert "synthlint.toml: the settings of synthlint are already there: edit them" in result.err

    def test_every_commented_line_is_a_setting_that_can_be_used(self, run, folder):
        run("init")
        for line in (folder / "synthlint.toml").read_text(encoding="utf-8").splitlines():
            if line.startswith("# ") and " = " in line and line[2:].split(" = ")[0] in dict(keys()):
                (folder / "synthlint.toml").write_text(line[2:] + "\n", encoding="utf-8")
                settings_for([folder])


def test_show_settings_says_where_each_value_comes_from(run, folder):
    (folder / "pyproject.toml").write_text('[tool.synthlint]\nselect = ["SYN2"]\n', encoding="utf-8")
    lines = run("check", "--show-settings", "--preview").out.splitlines()
    assert 'select = ["SYN2"]  # pyproject.toml:2' in lines
    assert "preview = true  # command line" in lines
    assert 'min-confidence = "medium"  # default' in lines
    assert tomllib.loads("\n".join(lines))["datasets"] == {}


class TestNearest:
    def test_nearest_file_wins_and_a_file_without_our_table_is_passed_over(self, run, folder):
        (folder / "pyproject.toml").write_text("[tool.synthlint]\npreview = true\n", encoding="utf-8")
        (folder / "sub").mkdir()
        (folder / "sub" / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
        assert "preview = true  # pyproject.toml:2" in run("check", "sub", "--show-settings").out
        (folder / "sub" / "synthlint.toml").write_text("preview = false\n", encoding="utf-8")
        assert "preview = false  # sub/synthlint.toml:1" in run("check", "sub", "--show-settings").out
        assert "preview = true  # pyproject.toml:2" in run("check", ".", "--show-settings").out

    def test_paths_count_from_the_file(self, folder):
        (folder / "synthlint.toml").write_text('models = ["rows.toml"]\n', encoding="utf-8")
        (folder / "sub").mkdir()
        assert settings_for([folder / "sub"]).model_files() == [folder / "rows.toml"]


class TestModels:
    def test_counts(self, run):
        assert run("models").out.splitlines()[-1].endswith("rows in all")

    def test_no_rows_of_ones_own(self, run):
        result = run("models", "--check")
        assert (result.code, "no API models of its own" in result.err) == (0, True)

    def test_a_row_that_matches_nothing_is_reported(self, run, folder):
        (folder / "synthlint.toml").write_text(OWN_ROW, encoding="utf-8")
        result = run("models", "--check")
        assert result.code == 1
        assert result.out == "[tool.synthlint.models]: mylib.make (generate) matches no call in this project\n"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (OWN_ROW.replace("generate", "genrate"), "mylib.make: role 'genrate' is unknown; use one of generate,"),
            ('models = ["nope.toml"]\n', "synthlint.toml:1: models: there is no file nope.toml: correct the path"),
        ],
    )
    def test_malformed(self, run, folder, text, message):
        (folder / "synthlint.toml").write_text(text, encoding="utf-8")
        for command in ("check", "models"):
            result = run(command)
            assert result.code == 2
            assert message in result.err
            assert len(result.err.splitlines()) == 1

    def test_malformed_file_is_named(self, run, folder):
        (folder / "synthlint.toml").write_text('models = "rows.toml"\n', encoding="utf-8")
        (folder / "rows.toml").write_text(OWN_ROW.replace("models.", "") + "tempreature = 1\n", encoding="utf-8")
        result = run("check")
        assert result.code == 2
        assert "rows.toml: mylib.make: unknown field 'tempreature'; did you mean 'temperature'?" in result.err


class TestSchema:
    def test_the_one_in_the_tree_is_current(self, request, golden):
        path = request.config.rootpath / "docs" / "synthlint.schema.json"
        if request.config.getoption("--update-golden"):
            path.write_text(schema.text(), encoding="utf-8")
        assert path.read_text(encoding="utf-8") == schema.text(), "run: pytest --update-golden"

    def test_examples_fit(self):
        for key, field in keys():
            document = tomllib.loads(f"{key} = {field.metadata['example']}")
            jsonschema.Draft7Validator(schema.document()).validate(document)

    @pytest.mark.parametrize(
        "text", ["selct = []", "preview = 'yes'", "min-confidence = 'hgh'", "datasets = {a = 'x'}"]
    )
    def test_what_the_reader_refuses_does_not_fit(self, text):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft7Validator(schema.document()).validate(tomllib.loads(text))


@pytest.mark.parametrize(
    ("words", "expected"),
    [("synthlint ch", "check"), ("synthlint check --min-c", "--min-confidence"), ("synthlint rule SYN20", "SYN201"),
     ("synthlint check --output-format sa", "sarif"), ("synthlint check --select SYN30", "SYN301")],
)  # fmt: skip
def test_completion(words, expected):
    environment = {
        **os.environ,
        "_SYNTHLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    command = [sys.executable, "-c", "from synthlint.__main__ import main; main()"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert f"plain,{expected}" in done.stdout.splitlines()
