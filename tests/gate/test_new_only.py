"""Nine things that can happen to findings, judged by a baseline and by `--since`, on real git repositories."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

BASE = """\
def main():
    write(one)


def other():
    write(two)
"""


def _rewrite(old: str, new: str) -> Callable:
    return lambda repository: repository.write("gen.py", BASE.replace(old, new))


def _move(repository):
    repository.write("gen.py", "def main():\n    write(two)\n    write(one)\n")


def _rename(repository):
    (repository.folder / "gen.py").rename(repository.folder / "make.py")


# what happens, the change, the findings to report, and what the run says about the others
CASES = [
    ("old", lambda repository: None, [], "2 known problems"),
    ("new", _rewrite("    write(two)", "    write(two)\n    write(three)"), ["gen.py:7"], "2 known problems"),
    ("fixed", _rewrite("    write(two)", "    pass"), [], "1 fixed since"),
    ("moved", _move, [], "2 known problems"),
    ("renamed file", _rename, [], "2 known problems"),
    ("edited elsewhere", _rewrite("def main():", "import x\n\n\ndef main():\n    # hello\n    x.run()"), [], "2 known"),
    ("duplicated finding", _rewrite("    write(one)", "    write(one)\n    write(one)"), ["gen.py:3"], "2 known"),
    ("suppressed", _rewrite("    write(two)", "    write(two)  # synthlint: ignore[SYN201]"), [], "1 known problem "),
    (
        "worse",
        lambda repository: repository.write("gen.py", BASE + "    strict(two)\n"),
        ["gen.py:6"],
        "1 known problem ",
    ),
]


@pytest.fixture(params=["baseline", "since"])
def new_only(request, repository):
    """Run what tells new findings from old ones, as it was before the change."""
    if request.param == "since":
        return lambda *paths: repository.check(*paths, "--since", "main")
    repository.check("--write-baseline", "base.jsonl")
    return lambda *paths: repository.check(*paths, "--baseline", "base.jsonl")


@pytest.mark.parametrize(("change", "reported", "said"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
@pytest.mark.parametrize("committed", [False, True], ids=["dirty", "committed"])
def test_nine_cases(repository, new_only, change, reported, said, committed):
    repository.git("checkout", "-q", "-b", "work")
    change(repository)
    if committed:
        repository.commit()
    before = repository.git("status", "--porcelain")
    result = new_only()
    assert result.places == reported
    assert result.code == (1 if reported else 0)
    assert said in result.err
    assert ("fixed" in result.err) is ("fixed" in said)
    assert repository.git("status", "--porcelain") == before


def test_got_worse_is_said(repository, capsys):
    """`write(two)` keeps its identity while its severity grows, as when `high-stakes` is set."""
    from synthlint.__main__ import run as run_main

    repository.check("--write-baseline", "base.jsonl")
    path = repository.folder / "base.jsonl"
    path.write_text(path.read_text("utf-8").replace('"confidence": "medium"', '"confidence": "low"'), "utf-8")
    capsys.readouterr()
    assert run_main(["check", "--baseline", "base.jsonl"]) == 1
    assert "missing-dedup  got worse, warning, medium confidence" in capsys.readouterr().out


class TestBaseline:
    def test_file_is_sorted_and_has_one_entry_a_line(self, repository):
        repository.write("gen.py", BASE.replace("write(one)", "write(one)\n    write(one)"))
        result = repository.check("--write-baseline", "base.jsonl")
        assert (result.code, "3 findings written to base.jsonl" in result.err) == (0, True)
        lines = [json.loads(line) for line in Path("base.jsonl").read_text("utf-8").splitlines()]
        assert lines[0] == {"synthlint-baseline": 1}
        assert [(one["path"], one["scope"], one["statement"], one["count"]) for one in lines[1:]] == [
            ("gen.py", "main", "write(one)", 2),
            ("gen.py", "other", "write(two)", 1),
        ]

    def test_a_line_number_is_information_only(self, repository):
        repository.check("--write-baseline", "base.jsonl")
        path = repository.folder / "base.jsonl"
        path.write_text(re.sub(r'"line": \d+', '"line": 999', path.read_text("utf-8")), "utf-8")
        assert repository.check("--baseline", "base.jsonl").code == 0

    def test_two_sides_of_a_merge_are_put_together(self, repository):
        repository.check("--write-baseline", "base.jsonl")
        lines = Path("base.jsonl").read_text("utf-8").splitlines()
        Path("base.jsonl").write_text("\n".join([lines[2], lines[1]]), "utf-8")
        assert repository.check("--baseline", "base.jsonl").code == 0

    def test_an_entry_is_used_once(self, repository):
        repository.check("--write-baseline", "base.jsonl")
        repository.write("copy.py", BASE)
        assert repository.check("--baseline", "base.jsonl").places == ["copy.py:2", "copy.py:6"]

    def test_what_was_fixed_is_named_and_fails_nothing(self, repository):
        repository.check("--write-baseline", "base.jsonl")
        repository.write("gen.py", BASE.replace("write(two)", "pass"))
        result = repository.check("--baseline", "base.jsonl")
        assert result.code == 0
        assert "fixed: gen.py: SYN201 in `write(two)`" in result.err
        assert "base.jsonl accepts 1 finding too many; --write-baseline base.jsonl drops them" in result.err

    def test_a_run_over_one_file_says_nothing_about_the_others(self, repository):
        repository.write("more.py", "write(three)\n")
        repository.check("--write-baseline", "base.jsonl")
        result = repository.check("more.py", "--baseline", "base.jsonl")
        assert (result.places, "fixed" in result.err) == ([], False)
        repository.check("more.py", "--write-baseline", "base.jsonl")
        assert repository.check("--baseline", "base.jsonl").places == []

    def test_a_copy_is_new_also_when_only_it_is_checked(self, repository):
        repository.check("--write-baseline", "base.jsonl")
        repository.write("copy.py", BASE)
        assert repository.check("copy.py", "--baseline", "base.jsonl").places == ["copy.py:2", "copy.py:6"]
        assert repository.check("copy.py", "--since", "HEAD").places == ["copy.py:2", "copy.py:6"]

    def test_a_rule_that_is_off_is_not_fixed(self, repository):
        repository.check("--write-baseline", "base.jsonl")
        repository.write("gen.py", "")
        assert "fixed" not in repository.check("--baseline", "base.jsonl", "--ignore", "SYN201").err

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (None, "base.jsonl: cannot be read (No such file or directory): make one with --write-baseline base.jsonl"),
            ("<<<<<<< HEAD\n", "base.jsonl:1: is a merge conflict: keep the lines of both sides"),
            ('{"path": "x"}\n', "base.jsonl:1: is not a baseline entry (KeyError)"),
            ("[]\n", "base.jsonl:1: is not a baseline entry"),
            ('{"synthlint-baseline": 2}\n', "base.jsonl:1: was written by a newer synthlint"),
        ],
    )
    def test_bad_file(self, repository, text, message):
        if text is not None:
            repository.write("base.jsonl", text)
        result = repository.check("--baseline", "base.jsonl")
        assert result.code == 2
        assert message in result.err
        assert len(result.err.splitlines()) == 1


class TestSince:
    def test_compares_with_the_merge_base_not_the_tip(self, repository):
        repository.git("checkout", "-q", "-b", "work")
        repository.git("checkout", "-q", "main")
        repository.write("gen.py", BASE.replace("write(two)", "pass"))
        repository.commit()
        repository.git("checkout", "-q", "work")
        assert repository.check("--since", "main").places == []

    def test_one_file(self, repository):
        repository.write("gen.py", BASE + "    write(three)\n")
        repository.write("late.py", "write(four)\n")
        assert repository.check("gen.py", "--since", "HEAD").places == ["gen.py:7"]
        assert repository.check("late.py", "--since", "HEAD").places == ["late.py:1"]

    def test_from_a_subfolder(self, repository, monkeypatch):
        repository.write("sub/late.py", "write(four)\n")
        monkeypatch.chdir(repository.folder / "sub")
        assert repository.check("--since", "HEAD").places == ["late.py:1"]
        assert repository.check("..", "--since", "HEAD").places == ["late.py:1"]

    def test_the_worktree_is_gone_afterwards(self, repository):
        repository.check("--since", "HEAD")
        assert len(repository.git("worktree", "list").splitlines()) == 1

    def test_hooks_of_the_repository_do_not_run(self, repository):
        hook = repository.folder / ".git" / "hooks" / "post-checkout"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\ntouch ../ran\nexit 1\n", "utf-8")
        hook.chmod(0o755)
        assert repository.check("--since", "HEAD").code == 0
        assert not (repository.folder.parent / "ran").exists()

    def test_within_a_hook_of_git(self, repository, monkeypatch):
        monkeypatch.setenv("GIT_DIR", str(repository.folder / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(repository.folder / ".git" / "index"))
        assert repository.check("--since", "HEAD").code == 0

    def test_the_changed_end_of_a_flow_is_shown(self, repository):
        repository.write("gen.py", "rows = load()\n\n\npublish(rows)\n")
        repository.commit()
        repository.write("gen.py", "rows = generate()\n\n\npublish(rows)\n")
        assert repository.check().places == ["gen.py:4"]
        assert repository.check("--since", "HEAD").places == ["gen.py:1"]

    def test_shallow_clone(self, repository, tmp_path, monkeypatch):
        repository.git("checkout", "-q", "-b", "work")
        repository.write("gen.py", BASE + "    write(three)\n")
        repository.commit()
        clone = _clone(repository.folder, tmp_path / "clone", "work")
        monkeypatch.chdir(clone)
        result = repository.check("--since", "origin/main")
        assert result.code == 2
        assert "'origin/main' is not a commit here: this clone is shallow: run 'git fetch --unshallow'" in result.err
        _run(clone, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
        result = repository.check("--since", "origin/main")
        assert result.places == ["gen.py:7"]
        assert "so origin/main itself is compared with; 'git fetch --unshallow'" in result.err
        _run(clone, "fetch", "-q", "--unshallow")
        result = repository.check("--since", "origin/main")
        assert result.places == ["gen.py:7"]
        assert "compared with" not in result.err

    @pytest.mark.parametrize(
        ("ref", "message"),
        [
            ("nope", "'nope' is not a commit here: check the name, or run 'git fetch origin nope'"),
            ("--all", "'--all' is not"),
        ],
    )
    def test_unknown_commit(self, repository, ref, message):
        result = repository.check(f"--since={ref}")
        assert result.code == 2
        assert message in result.err

    def test_unrelated_history(self, repository):
        repository.git("checkout", "-q", "--orphan", "alone")
        repository.write("other.py", "")
        repository.commit()
        assert "no common history" in repository.check("--since", "main").err

    def test_a_folder_that_git_does_not_trust(self, repository, monkeypatch):
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        result = repository.check("--since", "main")
        assert result.code == 2
        assert "which has another owner: run 'git config --global --add safe.directory" in result.err

    def test_outside_of_git(self, repository, tmp_path, monkeypatch):
        (tmp_path / "plain").mkdir()
        (tmp_path / "plain" / "gen.py").write_text(BASE, "utf-8")
        monkeypatch.chdir(tmp_path / "plain")
        result = repository.check("--since", "main")
        assert result.code == 2
        assert "is not in a git repository: use --baseline instead" in result.err


def _clone(source: Path, target: Path, branch: str) -> Path:
    command = ["git", "clone", "-q", "--depth=1", "--branch", branch, source.as_uri(), str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return target


def _run(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
