"""Command files: which programs they start, with which words, in which folder."""

from __future__ import annotations

import pytest

from synthlint.sources.commands import HOLE
from synthlint.sources.commands.files import read
from synthlint.sources.commands.launch import Scripts, launched


def started(*sources: str, **files: str) -> list[str]:
    """What the command files start, one text each, with `?` for what is not known."""
    texts = {name.replace("__", "/").replace("_sh", ".sh"): text for name, text in files.items()}
    finder = Scripts(sources or ("gen.py", "train.py"))
    out = []
    for command in read(sorted(texts), lambda path: texts[path].encode()):
        launch = launched(command)
        if launch is None:
            continue
        program = finder.of(launch) or launch.tool or launch.module
        out.append(" ".join([program, *launch.args]).replace(HOLE, "?"))
    return out


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("python gen.py --out a.jsonl", "gen.py --out a.jsonl"),
        ("python3.11 -u -W ignore gen.py a", "gen.py a"),
        ("CUDA_VISIBLE_DEVICES=0 python gen.py a", "gen.py a"),
        ("env X=1 python gen.py a", "gen.py a"),
        ("uv run --with openai python gen.py a", "gen.py a"),
        ("uv run gen.py a", "gen.py a"),
        ("poetry run python gen.py a", "gen.py a"),
        ("nohup python gen.py a > log.txt 2>&1 &", "gen.py a"),
        ("accelerate launch --config_file c.yaml train.py x.yaml", "train.py x.yaml"),
        ("torchrun --nproc_per_node 8 train.py --lr 1e-5", "train.py --lr 1e-5"),
        ("deepspeed --num_gpus=2 train.py --data d", "train.py --data d"),
        ("python -m torch.distributed.launch --nproc_per_node=8 train.py d", "train.py d"),
        ("python -m pkg.gen a", "src/pkg/gen.py a"),
        ("./gen.py a", "gen.py a"),
        ("if [ ! -d x ]; then python gen.py a; fi", "gen.py a"),
        ("python gen.py \\\n   --out \\\n a", "gen.py --out a"),
        ("out='a b'\npython gen.py --out \"$out/c.jsonl\" $1", "gen.py --out a b/c.jsonl ?"),
        ("python gen.py ${OUT:-data}/x.jsonl", "gen.py data/x.jsonl"),
        ('cmd="python gen.py"\ncmd+=" --out a"\neval $cmd', "gen.py --out a"),
        ('ARGS=(--out a\n --n 3)\npython gen.py "${ARGS[@]}"', "gen.py --out a --n 3"),
        ("(cd sub && python gen.py a)", "gen.py a"),
        ("timeout 3h python gen.py a # the first", "gen.py a"),
    ],
)
def test_a_command_starts(script: str, wanted: str) -> None:
    assert started("gen.py", "train.py", "src/pkg/gen.py", run_sh=script) == [wanted]


def test_loops_run_for_each_item_and_tests_choose_where_they_are_known():
    script = """
    first=base
    for i in {1..3}; do
        if [ $i -eq 1 ]; then
            model=$first
        else
            model="round$((i - 1))"
        fi
        python gen.py --model $model --out "round$i.jsonl"
    done
    """
    assert started(run_sh=script) == [
        "gen.py --model base --out round1.jsonl",
        "gen.py --model round1 --out round2.jsonl",
        "gen.py --model round2 --out round3.jsonl",
    ]


def test_functions_and_scripts_get_the_words_of_their_callers():
    run = 'step() {\n  local out=$1\n  bash scripts/gen.sh "$out"\n}\nstep a.jsonl\nstep b.jsonl\n'
    assert started(run_sh=run, scripts__gen_sh="python gen.py --out ${1}") == [
        "gen.py --out a.jsonl",
        "gen.py --out b.jsonl",
    ]


def test_options_that_a_script_reads_itself_keep_their_defaults():
    script = """
    OUT=data/x.jsonl
    while [[ $# -gt 0 ]]; do
        case "$1" in
            --out) OUT="$2"; shift 2 ;;
            *) echo "what?"; exit 1 ;;
        esac
    done
    python gen.py --out $OUT
    """
    assert started(run_sh=script) == ["gen.py --out data/x.jsonl"]


def test_a_makefile_fills_in_its_variables():
    make = "DATA = build\nOUT := $(DATA)/x.jsonl\nrows: gen.py\n\t@python gen.py \\\n\t\t--out $(OUT) $(EXTRA)\n"
    assert started(Makefile=make) == ["gen.py --out build/x.jsonl ?"]


def test_ci_and_docker_files():
    step = "run: |\n          pip install .\n          python gen.py --out ${{ inputs.x }}"
    flow = f"jobs:\n  a:\n    steps:\n      - {step}\n"
    assert started(**{".github__workflows__a.yml": flow}) == ["gen.py --out ?"]
    entry = 'ENTRYPOINT ["python", "train.py", "--data", "/data/x.jsonl"]'
    docker = f"FROM python\nRUN python gen.py --out /data/x.jsonl\n{entry}\n"
    assert started(Dockerfile=docker) == ["gen.py --out /data/x.jsonl", "train.py --data /data/x.jsonl"]


def test_shell_blocks_of_a_readme_leave_open_what_they_leave_to_the_reader():
    shown = "$ python gen.py --out <file> --key your_key --seeds path/to/seeds.jsonl --n 3"
    readme = f"# x\n```bash\n{shown}\n```\n```python\nimport x\n```\n"
    assert started(**{"README.md": readme}) == ["gen.py --out ? --key ? --seeds ? --n 3"]


def test_pipes_and_redirections_are_kept():
    commands = read(
        ["run.sh"], lambda path: b"python gen.py < seeds.txt | sort -u > rows.txt\npython gen.py 2> err.txt\n"
    )
    first, second, third = commands
    assert (first.stdin, second.stdout, third.stdout) == ("seeds.txt", "rows.txt", "")
    assert first.stdout == second.stdin != ""


def test_here_documents_become_files():
    script = b"NAME=x\ncat <<EOF > conf.yaml\nout: data/${NAME}.jsonl\nEOF\npython train.py conf.yaml\n"
    (command,) = read(["run.sh"], lambda path: script)
    assert command.files == {"conf.yaml": "out: data/x.jsonl\n"}


@pytest.mark.parametrize(
    "text", ["if", "for x in", "((((", "$(", "${", '"', "case x in", "}", "a() {", "<<EOF", "`", "\\"]
)
def test_broken_scripts_are_read_as_far_as_they_go(text: str) -> None:
    assert started(run_sh=f"python gen.py a\n{text}")[0] == "gen.py a"
