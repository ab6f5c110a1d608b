"""Programs of every kind of command line: the values that reach the call, from the command, a default or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthlint import engine
from synthlint.findings import Confidence
from synthlint.settings import Options

BODY = """
    client = OpenAI()
    with open(out, "w") as file:
        for _ in range(3000):
            reply = client.chat.completions.create(model="gpt-4o", temperature=temperature,
                messages=[{"role": "user", "content": f"A riddle about {random.choice(['rain', 'bread', 'moss'])}"}])
            file.write(json.dumps({"text": reply.choices[0].message.content, "model": "gpt-4o"}) + "\\n")
"""
IMPORTS = "import json, random\nfrom openai import OpenAI\n"
LEARN = """
import sys
import pandas as pd
from sklearn.linear_model import LogisticRegression

rows = pd.read_json(sys.argv[1], lines=True)
model = LogisticRegression().fit(rows[["text"]], rows["model"])
"""
CLICK = f"""{IMPORTS}import click

@click.command()
@click.option("--out", "-o", default="rows.jsonl")
@click.option("--temperature", type=float, default=0.9)
def main(out, temperature):{BODY}

if __name__ == "__main__":
    main()
"""
CLICK_GROUP = f"""{IMPORTS}import click

@click.group()
def cli():
    pass

@cli.command("draw")
@click.argument("out")
@click.option("--temperature", type=float, default=0.9, show_default=True)
def draw_rows(out, temperature):{BODY}

@cli.command()
def other():
    print("nothing")

cli()
"""
TYPER = f"""{IMPORTS}import typer

app = typer.Typer()

@app.command()
def draw(out: str = typer.Option("rows.jsonl"), temperature: float = 0.9):{BODY}

@app.command()
def other():
    print("nothing")

if __name__ == "__main__":
    app()
"""
TYPER_RUN = f"""{IMPORTS}import typer

def main(out: str, temperature: float = 0.9):{BODY}

if __name__ == "__main__":
    typer.run(main)
"""
FIRE = f"""{IMPORTS}import fire

def main(out="rows.jsonl", temperature=0.9):{BODY}

if __name__ == "__main__":
    fire.Fire(main)
"""
FIRE_NAMES = f"""{IMPORTS}import fire

def draw(out="rows.jsonl", temperature=0.9):{BODY}

if __name__ == "__main__":
    fire.Fire({{"draw": draw}})
"""
HYDRA = f"""{IMPORTS}import hydra

@hydra.main(version_base=None, config_path="conf", config_name="draw")
def main(cfg):
    out, temperature = cfg.out, cfg.sampling.temperature{BODY}

if __name__ == "__main__":
    main()
"""
PROGRAMS = {
    "click": (CLICK, "--out a.jsonl", "--temperature"),
    "click group": (CLICK_GROUP, "draw a.jsonl", "--temperature"),
    "typer": (TYPER, "draw --out a.jsonl", "--temperature"),
    "typer.run": (TYPER_RUN, "a.jsonl", "--temperature"),
    "fire": (FIRE, "--out=a.jsonl", "--temperature"),
    "fire names": (FIRE_NAMES, "draw --out a.jsonl", "--temperature"),
    "hydra": (HYDRA, "out=a.jsonl", "sampling.temperature"),
}


def codes(folder: Path) -> set[str]:
    report = engine.check([folder], Options(min_confidence=Confidence.MEDIUM))
    assert not report.internal_errors
    return {f"{one.code} {one.place.path}" for one in report.findings}


def project(folder: Path, program: str, run: str = "") -> Path:
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\nversion = '1'\n")
    (folder / "make.py").write_text(program)
    (folder / "learn.py").write_text(LEARN)
    (folder / "run.sh").write_text(run)
    (folder / "conf" / "sampling").mkdir(parents=True)
    (folder / "conf" / "draw.yaml").write_text("defaults:\n  - sampling: warm\n  - _self_\nout: rows.jsonl\n")
    (folder / "conf" / "sampling" / "warm.yaml").write_text("temperature: 0.9\n")
    (folder / "conf" / "sampling" / "cold.yaml").write_text("temperature: 0.1\n")
    return folder


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_command_links_the_program_to_the_trainer(tmp_path, name):
    program, words, _ = PROGRAMS[name]
    found = codes(project(tmp_path, program, f"python make.py {words}\npython learn.py a.jsonl\n"))
    assert {"SYN201 make.py", "SYN301 learn.py"} <= found


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_command_sets_the_temperature(tmp_path, name):
    program, words, option = PROGRAMS[name]
    found = codes(project(tmp_path, program, f"python make.py {words} {option}=0.1\n"))
    assert "SYN101 make.py" in found


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_declared_default_holds_without_a_command(tmp_path, name):
    program = PROGRAMS[name][0]
    assert "SYN101 make.py" in codes(project(tmp_path, program.replace("0.9", "0.1"))) or name == "hydra"
    (tmp_path / "make.py").write_text(program)
    found = codes(tmp_path)
    assert "SYN101 make.py" not in found
    assert "SYN201 make.py" in found


def test_a_group_that_the_command_chooses(tmp_path):
    found = codes(project(tmp_path, HYDRA, "python make.py sampling=cold\n"))
    assert "SYN101 make.py" in found


def test_the_file_that_hydra_reads_sets_the_value(tmp_path):
    folder = project(tmp_path, HYDRA)
    (folder / "conf" / "sampling" / "warm.yaml").write_text("temperature: 0.2\n")
    assert "SYN101 make.py" in codes(folder)


def test_a_configuration_that_omegaconf_loads(tmp_path):
    program = f"""{IMPORTS}from omegaconf import OmegaConf

def main():
    cfg = OmegaConf.merge(OmegaConf.load("conf/draw.yaml"), OmegaConf.from_cli())
    out, temperature = cfg.out, cfg.heat{BODY}

main()
"""
    folder = project(tmp_path, program)
    (folder / "conf" / "draw.yaml").write_text("out: a.jsonl\nheat: 0.1\n")
    assert "SYN101 make.py" in codes(folder)
    (folder / "run.sh").write_text("python make.py heat=0.9\n")
    assert "SYN101 make.py" not in codes(folder)
