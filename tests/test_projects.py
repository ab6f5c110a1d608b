"""Which files are read together: a matter of where they lie, never of the paths that a run is given."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from synthlint.__main__ import run as run_main
from synthlint.settings import settings_for
from synthlint.sources.discovery import project_root
from synthlint.sources.globs import Globs
from synthlint.sources.projects import project_at

ASK = """\
from openai import OpenAI

client = OpenAI()


def ask(text, temperature=0.1):
    reply = client.chat.completions.create(
        model="gpt-4o", temperature=temperature, messages=[{"role": "user", "content": text}]
    )
    return reply.choices[0].message.content
"""
MAKE = """\
import json

from common.ask import ask

with open("{name}.jsonl", "w") as file:
    for topic in ["late parcel", "wrong size"] * 100:
        file.write(json.dumps({{"text": ask("Write a complaint about " + topic)}}) + "\\n")
"""


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Write files, given by name, into a folder and go there."""

    def build(*names: str, git: bool = False, **texts: str) -> Path:
        root = tmp_path / "repository"
        for name, text in {**dict.fromkeys(names, ""), **texts}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        if git:
            subprocess.run(["git", "init", "-q", str(root)], check=True)
        monkeypatch.chdir(root)
        return root

    return build


class TestRoot:
    def test_the_repository_whatever_lies_between(self, make):
        root = make("pyproject.toml", "pkg/pyproject.toml", "pkg/synthlint.toml", "pkg/sub/a.py", "b.py", git=True)
        for paths in (["pkg/sub/a.py"], ["pkg"], ["b.py"], ["pkg/sub", "b.py"], []):
            assert project_root(paths) == root

    def test_a_repository_in_another_is_its_own(self, make):
        root = make("a.py", "inner/b.py", "inner/.git/HEAD", git=True)
        assert project_root([root / "inner" / "b.py"]) == root / "inner"
        assert project_root([root / "inner", root / "a.py"]) == root

    def test_the_repository_of_a_home_is_no_project(self, make, monkeypatch):
        root = make("work/pyproject.toml", "work/a.py", git=True)
        monkeypatch.setenv("HOME", str(root))
        assert project_root(["work/a.py"]) == root / "work"

    def test_without_git_the_project_of_the_working_directory(self, make, monkeypatch):
        root = make("pyproject.toml", "pkg/pyproject.toml", "pkg/sub/a.py", "b.py")
        assert project_root(["pkg/sub/a.py"]) == project_root(["."]) == root
        monkeypatch.chdir(root / "pkg")
        assert project_root(["sub/a.py"]) == project_root(["."]) == root / "pkg"
        assert project_root(["../b.py"]) == root

    def test_without_any_mark_the_working_directory(self, make, monkeypatch):
        root = make("a/x.py", "a/c/y.py", "b.py")
        assert project_root(["a/x.py"]) == project_root(["."]) == project_root([root / "a", root]) == root
        monkeypatch.chdir(root / "a" / "c")
        assert project_root(["../x.py"]) == root / "a"
        monkeypatch.setenv("HOME", str(root))
        monkeypatch.chdir(root)
        assert project_root(["a/x.py"]) == root / "a"


def read(root: Path, *paths: str) -> tuple[str, ...]:
    """The files that are read for a run over these paths."""
    wanted = [root / one for one in paths]
    return project_at(project_root(wanted), settings_for(wanted), wanted).names


class TestProject:
    def test_all_of_the_repository_whatever_is_given(self, make):
        root = make("a.py", "two/b.py", "two/synthlint.toml", "three/c.py", "three/pyproject.toml", git=True)
        for path in (".", "a.py", "two", "three/c.py"):
            assert read(root, path) == ("a.py", "three/c.py", "two/b.py")

    def test_excluded_from_the_folder_of_the_configuration(self, make):
        root = make("gen/a.py", "two/gen/b.py", "two/c.py", git=True, **{"two/synthlint.toml": 'exclude = ["gen/**"]'})
        assert read(root, ".") == read(root, "gen") == ("gen/a.py", "two/c.py")

    def test_a_configuration_above_the_repository(self, make):
        top = make("one/a.py", "one/b/c.py", "one/.git/HEAD", **{"synthlint.toml": 'exclude = ["one/b"]\n'})
        assert read(top / "one", ".") == ("a.py",)

    def test_what_is_named_is_read_although_git_ignores_it(self, make):
        root = make("a.py", "scratch/b.py", "scratch/c.py", git=True, **{".gitignore": "scratch/\n"})
        assert read(root, ".") == ("a.py",)
        assert read(root, "scratch/b.py") == ("a.py", "scratch/b.py")
        assert read(root, "scratch") == ("a.py", "scratch/b.py", "scratch/c.py")

    def test_an_excluded_folder_is_not_looked_into(self, make):
        root = make("a.py", "bad/b.py", **{"bad/synthlint.toml": "selct = 1\n", "synthlint.toml": 'exclude = ["bad"]'})
        assert read(root, "a.py") == ("a.py",)

    def test_a_wrong_configuration_anywhere_is_an_error_everywhere(self, make, capsys):
        make("a.py", "two/b.py", git=True, **{"two/synthlint.toml": "selct = 1\n"})
        for path in ("a.py", "two", "."):
            assert run_main(["check", path]) == 2
            assert "two/synthlint.toml:1: unknown key 'selct'" in capsys.readouterr().err


def test_globs():
    names = ("a.py", "vendor/b.py", "src/vendor/c.py", "src/gen/d.py", "src/x_pb2.py", "docs/gen/e.py")

    def left(*patterns: str) -> list[str]:
        skip = Globs(patterns)
        return [one for one in names if not skip(one)]

    assert left("vendor", "*_pb2.py") == ["a.py", "src/gen/d.py", "docs/gen/e.py"]
    assert left("src/gen/", "./") == [one for one in names if one != "src/gen/d.py"]
    assert left("**/gen/*.py") == ["a.py", "vendor/b.py", "src/vendor/c.py", "src/x_pb2.py"]
    assert left("src/*.py") == [one for one in names if one != "src/x_pb2.py"]


class TestSame:
    """One file, a folder or all: the same is said about a file, from wherever it is asked."""

    @pytest.fixture
    def said(self, make, capsys, monkeypatch):
        texts = {
            "src/common/__init__.py": "",
            "src/common/ask.py": ASK,
            "one/pyproject.toml": '[project]\nname = "one"\n',
            "one/make.py": MAKE.format(name="one"),
            "two/make.py": MAKE.format(name="two"),
            "two/train.py": 'import trl\n\ntrl.SFTTrainer(model="m", train_dataset="two.jsonl").train()\n',
            "three/make.py": MAKE.format(name="three"),
            "three/synthlint.toml": 'ignore = ["SYN302"]\n',
        }
        root = make(git=True, **texts)

        def call(folder: str, *paths: str) -> dict[str, list[object]]:
            monkeypatch.chdir(root / folder)
            capsys.readouterr()
            run_main(["check", "--output-format", "json", *paths])
            out: dict[str, list[object]] = {}
            for one in json.loads(capsys.readouterr().out)["findings"]:
                path = (root / folder / one["path"]).resolve().relative_to(root).as_posix()
                ends = [end["message"] for end in one["related"]]
                out.setdefault(path, []).append((one["code"], one["line"], one["confidence"], one["message"], ends))
            return out

        return call

    def test_from_anywhere(self, said):
        everything = said(".", ".")
        assert {"one/make.py", "two/make.py", "three/make.py"} <= set(everything)
        for path in everything:
            folder, _, name = path.rpartition("/")
            assert said(".", path) == {path: everything[path]}
            assert said(folder, name) == {path: everything[path]}
            own = {one: found for one, found in everything.items() if one.startswith(f"{folder}/")}
            assert said(".", folder) == said(folder) == own

    def test_several_at_once(self, said):
        everything = said(".", ".")
        two = ("one/make.py", "three/make.py")
        assert said(".", *two) == {one: everything[one] for one in two}


NEAREST = [
    ("holdout", 'holdout = "real.jsonl"', lambda found: not any(code == "SYN302" for code, *_ in found)),
    ("high-stakes", "high-stakes = true", lambda found: ("SYN302", "error") in {(one[0], one[1]) for one in found}),
    ("rules", "rules = {SYN101 = {temperature = 0.05}}", lambda found: not any(code == "SYN101" for code, *_ in found)),
]


@pytest.mark.parametrize(("text", "holds"), [one[1:] for one in NEAREST], ids=[one[0] for one in NEAREST])
def test_a_setting_counts_for_its_folder_only(make, capsys, text, holds):
    own = ASK.replace("{", "{{").replace("}", "}}") + "\n\n" + MAKE.replace("from common.ask import ask\n", "")
    make(git=True, **{"one/make.py": own.format(name="one"), "two/make.py": own.format(name="two"),
                      "two/synthlint.toml": text + "\n"})  # fmt: skip
    found = {}
    for path in ("one", "two", "."):
        run_main(["check", "--output-format", "json", "--min-confidence", "low", path])
        for one in json.loads(capsys.readouterr().out)["findings"]:
            found.setdefault((path, one["path"][:3]), set()).add((one["code"], one["severity"]))
    assert found["one", "one"] == found[".", "one"]
    assert found["two", "two"] == found[".", "two"]
    assert holds(found["two", "two"]) and not holds(found["one", "one"])


def test_what_is_known_in_one_folder_is_known_in_all(make, capsys):
    """A file of API models and a declared dataset speak of the world, not of a folder."""
    make(git=True, **{
        "one/make.py": 'import mylib\n\nmylib.make(rows=10).to_json("one.jsonl")\n',
        "two/synthlint.toml": 'models = "rows.toml"\n',
        "two/rows.toml": '[[call]]\nname = "mylib.make"\nrole = "generate"\n',
        "two/b.py": "",
    })  # fmt: skip
    assert run_main(["models", "--check", "two"]) == 0
    assert "1 of 1 rows match a call" in capsys.readouterr().err
