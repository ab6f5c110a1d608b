"""What other tools read from the root of the repository: the pre-commit hook and the GitHub action."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import samples
import yaml


@pytest.fixture
def root(request):
    return request.config.rootpath


def test_hooks_name_commands_that_exist(root, run):
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [(hook["id"], hook["require_serial"]) for hook in hooks] == [("synthlint", True), ("synthlint-fix", True)]
    for hook in hooks:
        program, *command = hook["entry"].split()
        assert program == "synthlint"
        assert run(*command, "--help").code == 0


class TestAction:
    @pytest.fixture
    def step(self, root, tmp_path, monkeypatch):
        """Run a step of the action as GitHub does, in a folder with the sample project."""
        samples.project(tmp_path)
        action = yaml.safe_load((root / "action.yml").read_text("utf-8"))
        scripts = {one["name"]: one for one in action["runs"]["steps"]}
        inputs = {key: value.get("default", "") for key, value in action["inputs"].items()}
        output = tmp_path / "output"

        def call(name: str, **changes: str) -> subprocess.CompletedProcess[str]:
            values = {**inputs, **changes}
            given = {
                key: values.get(value.split("inputs.")[-1].rstrip(" }"), changes.get(key, ""))
                for key, value in scripts[name]["env"].items()
            }
            files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
            path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"  # noqa: PTH120
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scripts[name]["run"]]
            return subprocess.run(
                shell, env={**os.environ, "PATH": path, **files, **given}, cwd=tmp_path, capture_output=True, text=True,
                check=False,
            )  # fmt: skip

        return call

    def test_check_writes_all_reports_and_does_not_stop(self, step, tmp_path):
        done = step("Check", paths="gen.py train.py")
        assert done.returncode == 0, done.stderr
        assert "::warning file=gen.py" in done.stdout
        assert (tmp_path / "output").read_text("utf-8") == "exit-code=1\n"
        assert "## synthlint" in (tmp_path / "summary.md").read_text("utf-8")
        assert '"version": "2.1.0"' in (tmp_path / "synthlint.sarif").read_text("utf-8")

    def test_wrong_configuration_is_kept(self, step, tmp_path):
        step("Check", since="no-such-branch")
        assert (tmp_path / "output").read_text("utf-8") == "exit-code=2\n"

    @pytest.mark.parametrize(
        ("code", "fail", "expected"), [("0", "true", 0), ("1", "true", 1), ("1", "false", 0), ("2", "false", 2)]
    )
    def test_verdict(self, step, code, fail, expected):
        assert step("Verdict", CODE=code, fail=fail).returncode == expected
