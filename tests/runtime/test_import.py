"""``import synthlint.runtime`` is cheap, and needs neither numpy nor the rest of synthlint."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

import synthlint.runtime


def python(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_loads_only_the_standard_library() -> None:
    loaded = python("import sys, json, synthlint.runtime; print(json.dumps(sorted(sys.modules)))")
    ours = [name for name in loaded if name.startswith("synthlint")]
    assert set(ours) <= {"synthlint", "synthlint._version", "synthlint.runtime"}
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"synthlint"}
    assert not [name for name in foreign if not name.startswith(("_", "sitecustomize", "usercustomize"))]


def test_takes_under_thirty_milliseconds() -> None:
    code = "import time; a = time.perf_counter(); import synthlint.runtime; print(time.perf_counter() - a)"
    assert min(python(code) for _ in range(5)) < 0.03


@pytest.mark.parametrize("name", ["dedup", "Deduplicator", "usable", "DatasetWriter", "Holdout"])
def test_a_name_needs_no_other_library(name: str) -> None:
    code = f"""
import sys, json
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {{"numpy", "pandas", "polars", "pyarrow", "scipy", "sklearn", "datasets"}}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
from synthlint.runtime import {name}
print(json.dumps([m for m in sys.modules if m.startswith("synthlint.") and not m.startswith("synthlint.runtime")]))
"""
    assert set(python(code)) <= {"synthlint._version"}


def test_every_name_that_is_promised_exists() -> None:
    for name in synthlint.runtime.__all__:
        assert getattr(synthlint.runtime, name) is not None
    assert set(synthlint.runtime.__all__) == set(synthlint.runtime._HOME)


def test_other_names_do_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'deduplicate'"):
        synthlint.runtime.deduplicate  # noqa: B018
