"""``import synthlint.runtime`` is cheap, and needs neither numpy nor the rest of synthlint."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
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
    # processor time, so that other jobs on the machine do not count
    code = "import time; a = time.process_time(); import synthlint.runtime; print(time.process_time() - a)"
    assert min(python(code) for _ in range(5)) < 0.03


def test_every_name_needs_no_other_library() -> None:
    code = """
import sys, json
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"numpy", "pandas", "polars", "pyarrow", "scipy", "sklearn", "datasets"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
from synthlint.runtime import *
print(json.dumps([m for m in sys.modules if m.startswith("synthlint.") and not m.startswith("synthlint.runtime")]))
"""
    assert set(python(code)) <= {"synthlint._version"}


def test_every_name_that_is_promised_exists() -> None:
    for name in synthlint.runtime.__all__:
        assert getattr(synthlint.runtime, name) is not None
    assert set(synthlint.runtime.__all__) == set(synthlint.runtime._HOME)


def test_every_name_has_its_type() -> None:
    """What type checkers read (the block under TYPE_CHECKING) says the same as what runs."""
    tree = ast.parse(Path(str(synthlint.runtime.__file__)).read_text(encoding="utf-8"))
    (block,) = (n for n in tree.body if isinstance(n, ast.If))
    imports = [n for n in block.body if isinstance(n, ast.ImportFrom)]
    typed = {a.name: str(n.module).rpartition(".")[2] for n in imports for a in n.names}
    assert typed == synthlint.runtime._HOME


def test_all_of_the_design_and_of_the_results_is_public() -> None:
    functions = {"dedup", "tag", "write_manifest", "audit_memorization", "check_fidelity", "usable", "find_pii"}
    functions |= {"read_manifest", "separate", "measure_diversity", "generator_id", "hash_prompt", "content_hash"}
    classes = {"Deduplicator", "Holdout", "DatasetWriter", "DedupReport", "Repeat", "HoldoutReport", "Reserved"}
    classes |= {"WriterReport", "Usability", "Manifest", "DataFile", "Separated", "MemorizationReport", "Rate"}
    classes |= {"Match", "FidelityReport", "Measure", "Diversity", "DiversityReport", "Copy", "Pii"}
    assert functions | classes <= set(synthlint.runtime.__all__)


def test_other_names_do_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'deduplicate'"):
        synthlint.runtime.deduplicate  # noqa: B018
