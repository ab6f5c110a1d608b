"""The sieve drops ordinary files and loses none that can matter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from synthlint.models.loader import expand, shipped
from synthlint.sources import seeds
from synthlint.sources.prescreen import Files, imports, live, may_matter

# First words of rows that are no packages: suffixes of calls on receivers that nobody could resolve.
_NOT_PACKAGES = {"shell", "ChatCompletion", "Completion", "chat", "completions", "messages", "models", "responses"}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import openai", {"openai"}),
        ("import os, openai as o, a.b.c", {"os", "openai", "a"}),
        ("from openai import OpenAI", {"openai"}),
        ("from a.b import c", {"a"}),
        ("from a import(b)", {"a"}),
        ("from a import (\n  b,\n)", {"a"}),
        ("from a \\\n    import b", {"a"}),
        ("if x:\n    import a\n\timport b", {"a", "b"}),
        ("try: import a\nexcept: import b", {"a", "b"}),
        ("import a; import b", {"a", "b"}),
        ("x = 1; from a import b", {"a"}),
        ("import  a\nfrom\ta import b", {"a"}),
        ("import a  # import b", {"a"}),
        ("# import a\n#from b import c", set()),
        ("from . import a\nfrom .b import c", set()),
        ("important = 1\nreimport = 2\nfrom_import = 3", set()),
        ('m = importlib.import_module("openai.types")', {"openai"}),
        ("m = __import__('sdv')", {"sdv"}),
        ("import a\r\nfrom b import c\r\n", {"a", "b"}),
        ("import", set()),
        ("", set()),
    ],
)
def test_imports(code: str, names: set[str]) -> None:
    assert imports(code.encode()) == names


def test_may_matter() -> None:
    assert may_matter(b"import a\nimport sdv", frozenset({"sdv"}))
    assert not may_matter(b"import a", frozenset({"sdv"}))


def project(**files: str) -> dict[str, bytes]:
    return {name.replace("__", "/") + ".py": text.encode() for name, text in files.items()}


def test_an_ordinary_project_is_dropped() -> None:
    files = project(
        a="import json\njson.dump([], open('x.jsonl', 'w'))",
        b="import requests\nrequests.get('https://example.org/v1/x').json()",
        c="import pandas as pd\npd.read_csv('x.csv').sample(3)",
        d="import torch\nx = data.decode('utf8')\nmodel.fit(x)",
        e="import boto3\nboto3.client('s3')",
        f="import transformers\ntransformers.AutoModel.from_pretrained('x')",
        g="import sklearn\nfrom sklearn.model_selection import train_test_split",
        h="",
    )
    assert live(files) == []


@pytest.mark.parametrize(
    "code",
    [
        "import openai",
        "from langchain_openai import ChatOpenAI",
        "import requests\nrequests.post(base + '/chat/completions', json=b)",
        "from urllib.request import urlopen\nurlopen('http://localhost:11434/api')",
        "import boto3\nboto3.client('bedrock-runtime')",
        "from transformers import pipeline\npipeline('text-generation')",
        "from imblearn.over_sampling import SMOTE",
        "from google import genai",
        "from scipy.stats import gaussian_kde\ngaussian_kde(x).resample(3)",
        "X, y = sm.fit_resample(X, y)",
        "df = synth.sample(100)",
        "from chatgpt import ask",
        "import pandas as pd\nd = pd.read_csv('data/synthetic_train.csv')",
    ],
)
def test_seeds(code: str) -> None:
    assert live({"a.py": code.encode(), "b.py": b"import os"}) == ["a.py"]


def test_a_model_handed_to_another_file() -> None:
    files = project(load="import transformers\nm = transformers.AutoModel", use="import os\nout = m.generate(x)")
    assert live(files) == ["use.py"]


def test_a_users_own_packages() -> None:
    assert live(project(a="import house_llama2x", b="import os"), frozenset({"house_llama2x"})) == ["a.py"]


def test_users_helpers_and_trainers_of_a_project_with_seeds() -> None:
    files = project(
        pkg__client="import openai",
        pkg__ask="from .client import call",
        pkg__main="from pkg.ask import ask\nfrom pkg.paths import OUT",
        pkg__paths="OUT = 'x'",
        pkg__unrelated="import os",
        train="from x import y\nTrainer(m).train()",
        scratch="y_pred = clf.fit(x)",
        keep="import json\njson.load(open('x.jsonl'))",
        run="import subprocess\nsubprocess.run(['python', 'train.py'])",
    )
    assert live(files) == [
        "keep.py", "pkg/ask.py", "pkg/client.py", "pkg/main.py", "pkg/paths.py", "run.py", "scratch.py", "train.py",
    ]  # fmt: skip


def test_relative_imports_of_packages() -> None:
    files = project(
        a____init__="", a__gen="import openai", a__b__use="from ..gen import x", a__b__via="from . import use",
        c="import a.gen as g", d="from a import (\n    gen,\n)", e__gen="import os", e__f="import gen",
    )  # fmt: skip
    alive = live(files)
    assert {"a/b/use.py", "a/b/via.py", "c.py", "d.py"} <= set(alive)
    assert not {"e/gen.py", "e/f.py"} & set(alive)


def test_a_big_project_with_few_seeds_is_searched_near_them() -> None:
    files = project(**{f"pkg{n}__mod": "import json\njson.load(open('x'))\nmodel.fit(x)" for n in range(400)})
    files |= project(gen__a="import openai", gen__b="import json\njson.load(open('x'))")
    assert live(files) == ["gen/a.py", "gen/b.py"]


@pytest.mark.parametrize("joined", [True, False])
def test_notebooks(joined: bool) -> None:
    lines = ["import os\n", "import openai\n"]
    cell = {"cell_type": "code", "source": "".join(lines) if joined else lines}
    for indent in (None, 1):
        data = json.dumps({"cells": [cell]}, indent=indent).encode()
        assert live({"a.ipynb": data, "b.py": b"import os"}) == ["a.ipynb"]


def test_old_newlines() -> None:
    assert live({"a.py": b"import os\rimport openai\r"}) == ["a.py"]


def test_binary_and_odd_bytes() -> None:
    assert live({"a.py": bytes(range(256)) * 50, "b.py": b"import \xff\xfe", "c.py": b"from import\nimport\n"}) == []


def test_files_are_read_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"import openai")
    files = Files(tmp_path, ["a.py", "absent.py"])
    assert len(files) == 2 and files["absent.py"] == b"" and live(files) == ["a.py"]
    with pytest.raises(KeyError):
        files["other.py"]


def test_the_seeds_cover_the_generators_of_the_models() -> None:
    roles = {"generate", "fit", "resample", "augment"}
    names = {name for row in shipped().rows if row.role in roles for name in expand(row.name)}
    packages = {name.split(".")[0] for name in names if "." in name}
    known = {one.decode() for one in seeds.PACKAGES | set(seeds.CONDITIONAL)}
    prefixes = tuple(one.decode() for one in seeds.PREFIXES)
    missing = {one for one in packages - known - _NOT_PACKAGES if "*" not in one and not one.startswith(prefixes)}
    assert missing == set()


def test_importing_the_sieve_is_cheap() -> None:
    code = "import sys, synthlint.sources.prescreen as p; p.live({'a.py': b'import os'}); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tomllib", "tomli", "libcst", "ast", "subprocess", "rich", "numpy"} & set(modules)
