"""Scripts that only a command links: what one writes and another reads, with the values of the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthlint import engine
from synthlint.findings import Confidence
from synthlint.settings import Options

MAKE = """
import argparse, json, random
from openai import OpenAI

parser = argparse.ArgumentParser()
parser.add_argument("--out", default="rows.jsonl")
parser.add_argument("--temperature", type=float, default=0.9)
parser.add_argument("--print", action="store_true")
args = parser.parse_args()
client = OpenAI()
if args.print:
    for _ in range(3000):
        reply = client.chat.completions.create(model="gpt-4o", temperature=args.temperature,
            messages=[{"role": "user", "content": f"A riddle about {random.choice(['rain', 'bread', 'moss'])}"}])
        print(json.dumps({"text": reply.choices[0].message.content, "model": "gpt-4o"}))
else:
    with open(args.out, "w") as file:
        for _ in range(3000):
            reply = client.chat.completions.create(model="gpt-4o", temperature=args.temperature,
                messages=[{"role": "user", "content": f"A riddle about {random.choice(['rain', 'bread', 'moss'])}"}])
            row = {"text": reply.choices[0].message.content, "model": "gpt-4o"}
            file.write(json.dumps(row) + "\\n")
"""
LEARN = """
import sys
import pandas as pd
from sklearn.linear_model import LogisticRegression

rows = pd.read_json(sys.argv[1], lines=True)
model = LogisticRegression().fit(rows[["text"]], rows["model"])
"""
UNIQUE = """
import argparse, json

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--no-repeats", action="store_true")
    args = parser.parse_args()
    seen = set()
    with open(args.source) as old, open(args.target, "w") as new:
        for line in old:
            text = json.loads(line)["text"]
            if args.no_repeats:
                if text in seen:
                    continue
                seen.add(text)
            new.write(line)

if __name__ == "__main__":
    main()
"""


def codes(folder: Path, **options: object) -> list[str]:
    """The findings in a project: code, file and line."""
    report = engine.check([folder], Options(min_confidence=Confidence.MEDIUM, **options))  # type: ignore[arg-type]
    assert not report.internal_errors
    return sorted(f"{one.code} {one.place.path}" for one in report.findings)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\nversion = '1'\n")

    def write(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_py", ".py").replace("_sh", ".sh")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def test_a_later_script_that_the_shell_calls_removes_repeats(project):
    run = "python make.py --out a.jsonl\npython unique.py a.jsonl b.jsonl --no-repeats\n"
    assert "SYN201 make.py" in codes(project(make_py=MAKE, unique_py=UNIQUE))
    assert "SYN201 make.py" not in codes(project(run_sh=run))


def test_a_flag_that_the_shell_does_not_give_removes_nothing(project):
    run = "python make.py --out a.jsonl\npython unique.py a.jsonl b.jsonl\n"
    assert "SYN201 make.py" in codes(project(make_py=MAKE, unique_py=UNIQUE, run_sh=run))


@pytest.mark.parametrize("tool", ["sort -u rows.jsonl > once.jsonl", "sort rows.jsonl | uniq > once.jsonl",
                                  "awk '!seen[$0]++' rows.jsonl > once.jsonl"])  # fmt: skip
def test_shell_tools_remove_repeats(project, tool):
    found = codes(project(make_py=MAKE, run_sh=f"python make.py\n{tool}\n"))
    assert "SYN201 make.py" not in found


@pytest.mark.parametrize(
    "tool", ["cat rows.jsonl > once.jsonl", "uniq rows.jsonl > once.jsonl", "sort -u other.jsonl > rows2.jsonl"]
)
def test_other_shell_tools_do_not(project, tool):
    assert "SYN201 make.py" in codes(project(make_py=MAKE, run_sh=f"python make.py\n{tool}\n"))


def test_the_trainer_learns_from_the_file_that_both_commands_name(project):
    run = "OUT=data/riddles.jsonl\npython make.py --out $OUT\npython learn.py $OUT\n"
    assert "SYN301 learn.py" not in codes(project(make_py=MAKE, learn_py=LEARN))
    assert "SYN301 learn.py" in codes(project(run_sh=run))


def test_what_a_script_prints_into_a_file_is_written(project):
    run = "python make.py --print | tee riddles.jsonl\npython learn.py riddles.jsonl\n"
    found = codes(project(make_py=MAKE, learn_py=LEARN, run_sh=run))
    assert {"SYN201 make.py", "SYN301 learn.py"} <= set(found)


def test_a_copied_file_stays_generated(project):
    run = "python make.py --out a.jsonl\ncp a.jsonl final/train.jsonl\npython learn.py final/train.jsonl\n"
    assert "SYN301 learn.py" in codes(project(make_py=MAKE, learn_py=LEARN, run_sh=run))


def test_the_temperature_of_the_command_counts(project):
    cold = "python make.py --temperature 0.1\n"
    assert "SYN101 make.py" not in codes(project(make_py=MAKE))
    assert "SYN101 make.py" in codes(project(run_sh=cold))


def test_one_script_in_many_commands_is_one_finding(project):
    run = "".join(f"python make.py --out {name}.jsonl\n" for name in ("a", "b", "c", "d", "e"))
    folder = project(make_py=MAKE, run_sh=run)
    found = codes(folder)
    assert found.count("SYN201 make.py") == 1
    assert found == codes(folder)


def test_python_starts_the_scripts(project):
    driver = """
import subprocess, sys
from pathlib import Path

OUT = Path("work")
subprocess.run([sys.executable, "make.py", "--out", str(OUT / "rows.jsonl")], check=True)
subprocess.check_call(f"python learn.py {OUT}/rows.jsonl", shell=True)
"""
    assert "SYN301 learn.py" in codes(project(make_py=MAKE, learn_py=LEARN, driver_py=driver))


def test_a_notebook_starts_the_scripts(project):
    cells = ["OUT = 'riddles.jsonl'", "!python make.py --out {OUT}\n", "%run learn.py $OUT"]
    book = {
        "cells": [{"cell_type": "code", "source": one, "metadata": {}, "outputs": []} for one in cells],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    folder = project(make_py=MAKE, learn_py=LEARN)
    (folder / "all.ipynb").write_text(json.dumps(book))
    assert "SYN301 learn.py" in codes(folder)


def test_a_trainer_with_its_own_command_line_learns_from_generated_rows(project):
    config = "base_model: x\ndatasets:\n  - path: data/riddles.jsonl\n    type: completion\n"
    run = "python make.py --out data/riddles.jsonl\naccelerate launch -m axolotl.cli.train train.yaml\n"
    folder = project(make_py=MAKE, run_sh=run)
    (folder / "train.yaml").write_text(config)
    assert "SYN301 run.sh" in codes(folder)


def test_datasets_that_a_trainer_lists_by_name(project):
    folder = project(make_py=MAKE, run_sh="python make.py --out data/riddles.json\nllamafactory-cli train sft.yaml\n")
    (folder / "sft.yaml").write_text("stage: sft\ndataset: riddles\n")
    (folder / "data").mkdir()
    (folder / "data" / "dataset_info.json").write_text(json.dumps({"riddles": {"file_name": "riddles.json"}}))
    assert "SYN301 run.sh" in codes(folder)


def test_training_and_evaluation_on_one_file_in_a_config_that_the_shell_writes(project):
    learn = """
from dataclasses import dataclass, field
from datasets import load_dataset
from transformers import AutoModelForCausalLM, HfArgumentParser, Trainer, TrainingArguments

@dataclass
class Data:
    train_dir: str = field(default="train.jsonl")
    eval_dir: str = field(default="eval.jsonl")

parser = HfArgumentParser((Data, TrainingArguments))
data, args = parser.parse_yaml_file("conf.yaml")
train = load_dataset("json", data_files=data.train_dir, split="train")
test = load_dataset("json", data_files=data.eval_dir, split="train")
model = AutoModelForCausalLM.from_pretrained("x")
trainer = Trainer(model=model, args=args, train_dataset=train, eval_dataset=test)
trainer.train()
"""
    config = "cat <<EOF > conf.yaml\ntrain_dir: r.jsonl\neval_dir: r.jsonl\nEOF\n"
    run = f"python make.py --out r.jsonl\n{config}python learn.py conf.yaml\n"
    found = codes(project(make_py=MAKE, learn_py=learn, run_sh=run))
    assert "SYN401 learn.py" in found or "SYN402 learn.py" in found


def test_subcommands_get_the_options_of_their_own_parser(project):
    tool = """
import argparse, json
from openai import OpenAI

def draw(args):
    client = OpenAI()
    with open(args.out, "w") as file:
        for seed in open("seeds.txt"):
            for _ in range(20):
                reply = client.chat.completions.create(model="gpt-4o", temperature=args.temperature,
                    messages=[{"role": "user", "content": f"A riddle about {seed}"}])
                file.write(json.dumps({"text": reply.choices[0].message.content, "model": "gpt-4o"}) + "\\n")

def clean(args):
    seen = set()
    with open(args.rows) as old, open(args.out, "w") as new:
        for line in old:
            if line not in seen:
                seen.add(line)
                new.write(line)

parser = argparse.ArgumentParser()
commands = parser.add_subparsers(dest="command", required=True)
one = commands.add_parser("draw")
one.add_argument("--out", required=True)
one.add_argument("--temperature", type=float, default=1.0)
one.set_defaults(run=draw)
two = commands.add_parser("clean")
two.add_argument("rows")
two.add_argument("--out", required=True)
two.set_defaults(run=clean)
args = parser.parse_args()
args.run(args)
"""
    folder = project(tool_py=tool)
    assert "SYN201 tool.py" in codes(folder)
    assert "SYN201 tool.py" not in codes(
        project(run_sh="python tool.py draw --out a.jsonl\npython tool.py clean a.jsonl --out b.jsonl\n")
    )


def test_a_readme_links_files_and_fixes_nothing_else(project):
    readme = "Run it:\n```bash\npython make.py --out a.jsonl --temperature 0.1\npython learn.py a.jsonl\n```\n"
    folder = project(make_py=MAKE, learn_py=LEARN)
    (folder / "README.md").write_text(readme)
    found = codes(folder)
    assert "SYN301 learn.py" in found
    assert "SYN101 make.py" not in found


def test_a_trainer_that_reads_real_rows_too_is_not_synthetic_only(project):
    config = "datasets:\n  - path: data/riddles.jsonl\n  - path: data/collected.jsonl\n"
    folder = project(make_py=MAKE, run_sh="python make.py --out data/riddles.jsonl\naxolotl train train.yaml\n")
    (folder / "train.yaml").write_text(config)
    assert "SYN301 run.sh" not in codes(folder)


def test_a_dedup_two_scripts_later_counts(project):
    pad = """
import json, sys

with open(sys.argv[1]) as old, open(sys.argv[2], "w") as new:
    for line in old:
        row = json.loads(line)
        new.write(json.dumps({"text": row["text"].strip(), "model": row["model"]}) + "\\n")
"""
    run = "python make.py --out a.jsonl\npython pad.py a.jsonl b.jsonl\npython unique.py b.jsonl c.jsonl --no-repeats\n"
    assert "SYN201 make.py" not in codes(project(make_py=MAKE, pad_py=pad, unique_py=UNIQUE, run_sh=run))
