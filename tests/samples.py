"""A project with one pipeline, and the report that a perfect engine would give for it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from synthlint.findings import (
    Confidence,
    Edit,
    Finding,
    Fix,
    PipelineView,
    Place,
    Related,
    RemedyView,
    Report,
    Severity,
    StageView,
    Suppressed,
    Unanalysed,
)

GEN = """\
import json
from openai import OpenAI

client = OpenAI()
rows = []
for _ in range(10_000):
    reply = client.chat.completions.create(
        model="gpt-4o", temperature=0.2, messages=[{"role": "user", "content": "Write a complaint."}]
    )
    rows.append(json.loads(reply.choices[0].message.content))

with open("train.jsonl", "w") as file:
    file.write("\\n".join(json.dumps(row) for row in rows))
"""
TRAIN = """\
from finetune import evaluate_on, finetuner

model = finetuner.train("train.jsonl")
accuracy = evaluate_on(model, "train.jsonl")
"""


@dataclass(frozen=True)
class FakeRule:
    """A rule as the command line sees it."""

    code: str
    name: str
    message: str
    severity: Severity = Severity.WARNING
    confidence: str = "high"
    status: str = "on"
    fix: str = "unsafe"
    since: str = "0.1.0"
    options: Mapping[str, object] = field(default_factory=dict)


class Missing(FakeRule):
    """What it does

    Reports generated records that are written with **no duplicate removal**.
    """


RULES: Mapping[str, FakeRule] = {
    one.code: one
    for one in (
        FakeRule(
            "SYN101",
            "low-diversity-sampling",
            "Dataset records are sampled at temperature {t}.",
            options={"temperature": 0.3},
        ),
        FakeRule("SYN102", "constant-prompt", "The prompt is the same on every iteration.", fix="advice"),
        FakeRule("SYN107", "unchecked-response", "Responses reach {sink} unchecked.", status="preview"),
        Missing("SYN201", "missing-dedup", "Generated records are written to {path} with no duplicate removal."),
        FakeRule("SYN202", "missing-provenance", "Records written to {path} carry no provenance field."),
        FakeRule("SYN207", "skewed-coverage", "{pct} of records share the same {dimension}.", status="audit"),
        FakeRule("SYN302", "missing-holdout", "Nothing here evaluates real held-out data.", fix="advice"),
        FakeRule("SYN401", "self-evaluation", "{model} is evaluated on its training data.", Severity.ERROR),
        FakeRule("SYN900", "unreadable-source", "This file could not be parsed.", Severity.ERROR, fix="none"),
        FakeRule("SYN901", "unused-suppression", "`# synthlint: ignore[{code}]` suppresses nothing.", fix="safe"),
        FakeRule("SYN902", "blanket-suppression", "A bare `# synthlint: ignore` hides every rule.", fix="safe"),
        FakeRule("SYN903", "unknown-code", "{code!r} is not a rule.", Severity.ERROR, fix="safe"),
        FakeRule("SYN904", "unexplained-suppression", "Give a reason.", Severity.INFO, status="preview"),
    )
}


def install(monkeypatch: Any, report: Report) -> list[dict[str, Any]]:
    """Put `report` in the place of the engine; gives the list that each call's arguments are added to."""
    calls: list[dict[str, Any]] = []

    def check(paths: Any, options: Any, **rest: Any) -> Report:
        calls.append({"paths": paths, "options": options, **rest})
        return report

    import synthlint.rules

    engine = ModuleType("synthlint.engine")
    engine.check = check  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "synthlint.engine", engine)
    monkeypatch.setattr("synthlint.engine", engine, raising=False)
    monkeypatch.setattr(synthlint.rules, "registry", lambda: dict(RULES), raising=False)
    return calls


def project(folder: Path) -> Path:
    """Write the sample project."""
    (folder / "gen.py").write_text(GEN, encoding="utf-8")
    (folder / "train.py").write_text(TRAIN, encoding="utf-8")
    return folder


CALL = Place("gen.py", 7, 13, 9, 6)
WRITE = Place("gen.py", 13, 5, 13, 60)
TRAINED = Place("train.py", 3, 9, 3, 39)
EVALUATED = Place("train.py", 4, 12, 4, 45)
_DEDUP = Fix(
    "Remove duplicates before the write",
    "unsafe",
    ("rows-dropped",),
    (Edit("gen.py", (13, 16), (13, 59), "rows = dedup(rows)"),),
)


def finding(code: str, place: Place, **changes: Any) -> Finding:
    """A finding of one of RULES at a place."""
    rule = RULES[code]
    values: dict[str, Any] = {"statement": place, "pipeline": "p1", "confidence": Confidence.HIGH, **changes}
    return Finding(code, rule.name, rule.message, rule.severity, place=place, **values)


def report(root: Path, **changes: Any) -> Report:
    """The report of the sample project."""
    written = Related("written", WRITE, "written here")
    findings = [
        finding("SYN101", CALL, related=(written,)),
        finding("SYN102", CALL, fix=Fix("Vary the prompt with seed_prompts", "advice")),
        finding(
            "SYN201", WRITE, related=(Related("generated", CALL, "generated here"),), fix=_DEDUP, fingerprint="f201"
        ),
        finding("SYN302", TRAINED, confidence=Confidence.MEDIUM),
        finding(
            "SYN401",
            EVALUATED,
            confidence=Confidence.MEDIUM,
            reasons=("`evaluate_on` is known by its name only",),
            related=(Related("trained", TRAINED, "trained here"),),
        ),
        finding("SYN202", WRITE, suppressed=Suppressed(Place("gen.py", 12, 1, 12, 40), "card is on the hub")),
    ]
    stages = (
        StageView("s1", "generate", "client.chat.completions.create(…)", CALL),
        StageView("s2", "write", "file.write(…)", WRITE, "train.jsonl"),
        StageView("s3", "train", 'finetuner.train("train.jsonl")', TRAINED),
        StageView("s4", "evaluate", 'evaluate_on(model, "train.jsonl")', EVALUATED),
    )
    remedies = (
        RemedyView("dedup", False),
        RemedyView("provenance", False),
        RemedyView("holdout", True, Place("eval.py", 40, 1, 40, 20)),
    )
    pipeline = PipelineView("p1", stages, (("s1", "s2"), ("s2", "s3"), ("s3", "s4")), remedies)
    values: dict[str, Any] = {
        "root": str(root),
        "findings": tuple(findings),
        "pipelines": (pipeline,),
        "unanalysed": (Unanalysed("big.py", "larger than 10 MB"),),
        "files": 14,
        "analysed": 3,
        "hidden": 2,
        **changes,
    }
    return Report(**values)
