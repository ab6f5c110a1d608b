"""Memorisation audit on planted truth, beside sdmetrics and anonymeter; false alarms; time.

  python benchmarks/runtime/memorization.py text|time|tables|draws [--n 100000] [--corpus FILE]

Text: templated records (25 fixed words of one of 400 frames, 35 of one of 300 topics); 1 % of the synthetic
ones get a 20-word span of a source record, 1 % a 14-word span, 0.5 % are copies, 0.5 % copies with every
tenth word changed. `--corpus` reads records ({"text", "kind"} a line) instead of making them.
Tables: breast_cancer and digits, which scikit-learn ships, and all-categorical tables. Peers are used when
they are installed.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits

from synthlint.runtime import audit_memorization
from synthlint.runtime._kernels import shingle_hashes

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
KINDS = ("clean", "span20", "span14", "copy", "edited")


# ------------------------------------------------------------------------------------------------ texts
def records(n: int, seed: int = 7) -> list[str]:
    rng = np.random.default_rng(seed)
    syllables = [a + b for a in "bcdfghjklmnprstvw" for b in ("a", "e", "in", "or", "ul")]
    vocabulary = np.array(["".join(rng.choice(syllables, rng.integers(1, 4))) + str(i % 7) for i in range(30_000)])
    weights = 1 / np.arange(1, 601) ** 0.8
    topics = [rng.choice(30_000, 600, replace=False) for _ in range(300)]
    frames = [rng.choice(2_000, 25) for _ in range(400)]
    out = []
    for _ in range(n):
        frame, topic = frames[rng.integers(400)], topics[rng.integers(300)]
        body = topic[rng.choice(600, rng.integers(25, 46), p=weights / weights.sum())]
        cut = len(body) // 2
        out.append(" ".join(vocabulary[np.concatenate([frame[:8], body[:cut], frame[8:16], body[cut:], frame[16:]])]))
    return out


def load(path: str, n: int) -> list[str]:
    out: list[str] = []
    with Path(path).open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            if row["kind"] == "base":
                out.append(row["text"])
            if len(out) == n:
                break
    return out


def planted(real: list[str], synthetic: list[str], seed: int = 11) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(seed)
    n = len(synthetic)
    out, kind = list(synthetic), np.full(n, "clean", dtype=object)
    order = rng.permutation(n)
    cuts = np.cumsum([0, n // 100, n // 100, n // 200, n // 200])
    for name, a, b in zip(KINDS[1:], cuts, cuts[1:], strict=False):
        kind[order[a:b]] = name
        for i in order[a:b]:
            out[i] = _plant(name, real[int(rng.integers(n))].split(), out[i].split(), rng)
    return out, kind


def _plant(kind: str, source: list[str], own: list[str], rng: np.random.Generator) -> str:
    if kind == "copy":
        return " ".join(source)
    if kind == "edited":
        return " ".join(w if i % 10 else f"zz{i}x" for i, w in enumerate(source))
    size = int(kind[4:])
    start, place = int(rng.integers(max(1, len(source) - size))), int(rng.integers(max(1, len(own) - 1)))
    return " ".join(own[:place] + source[start : start + size] + own[place:])


def corpora(options: Any) -> tuple[list[str], list[str], list[str], np.ndarray]:
    n = options.n
    everything = load(options.corpus, 3 * n) if options.corpus else records(3 * n)
    synthetic, kind = planted(everything[:n], everything[n : 2 * n])
    return synthetic, everything[:n], everything[2 * n :], kind


def text(options: Any) -> None:
    synthetic, real, control, kind = corpora(options)
    for name, held in (("with control", control), ("without control", None)):
        report = audit_memorization(synthetic, real, held)
        print(f"{name}: {report.verdict}; {len(real):,} records a side")
        found = {r.rule: {m.synthetic for m in r.matches} for r in report.rates}
        found["any rule"] = set().union(*found.values())
        for rule, flagged in found.items():
            mask = np.isin(np.arange(len(kind)), list(flagged))
            shares = "  ".join(f"{k} {mask[kind == k].mean():.4f}" for k in KINDS)
            print(f"  {rule:9} {shares}")
    clean = [t for t, k in zip(synthetic, kind, strict=True) if k == "clean"]
    print("independent records only:", audit_memorization(clean, real, control).verdict)


def prototype(synthetic: list[str], real: list[str]) -> np.ndarray:
    """The vectorised classic rule (any shared 13-gram), both sides sorted: what the time is held against."""

    def grams(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        parts = [shingle_hashes(texts[i : i + 5_000], 13) for i in range(0, len(texts), 5_000)]
        return np.concatenate([p.hashes for p in parts]), np.concatenate([p.counts for p in parts])

    known, _ = grams(real)
    known.sort()
    wanted, counts = grams(synthetic)
    owner = np.repeat(np.arange(len(synthetic)), counts)
    order = np.argsort(wanted)
    at = np.searchsorted(known, wanted[order])
    at[at == len(known)] = 0
    return np.bincount(owner[order][known[at] == wanted[order]], minlength=len(synthetic)) > 0


def timing(options: Any) -> None:
    synthetic, real, control, _ = corpora(options)
    runs = {
        "verbatim": lambda: audit_memorization(synthetic, real, checks=["verbatim"]),
        "verbatim, control": lambda: audit_memorization(synthetic, real, control, checks=["verbatim"]),
        "three rules": lambda: audit_memorization(synthetic, real, checks=["verbatim", "edited", "near"]),
        "all, control": lambda: audit_memorization(synthetic, real, control),
    }
    ratios: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(5):
        for name, run in runs.items():
            base = _cpu(lambda: prototype(synthetic, real))
            ratios[name].append(_cpu(run) / base)
    for name, values in ratios.items():
        print(f"{name:20} {np.median(values):.2f} x the prototype's cpu time (last: {base:.2f} s), five pairs")


def _cpu(run: Any) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


# ----------------------------------------------------------------------------------------------- tables
def _cancer() -> pd.DataFrame:
    return load_breast_cancer(as_frame=True).data.sample(frac=1, random_state=0).reset_index(drop=True)


def _wide(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    base = rng.standard_normal((n, 8)) @ rng.standard_normal((8, 8))
    table = pd.DataFrame(base.round(3), columns=[f"x{i}" for i in range(8)])
    return table.assign(city=rng.choice(list("abcdefgh"), n), kind=rng.choice(["p", "q"], n))


def tables(options: Any) -> None:
    for name, rows, size in (("breast_cancer", _cancer(), 189), ("8 numbers, 2 categories", _wide(6_000), 2_000)):
        real, control, fresh = (rows.iloc[i * size : (i + 1) * size].reset_index(drop=True) for i in range(3))
        print(f"{name}, {size} rows each of source, control, synthetic")
        for share in (0, 0.01, 0.05, 0.25, 1):
            _row(f"  {share:.0%} copies", _mixed(fresh, real, share), real, control)
        rng = np.random.default_rng(1)
        _row("  columns permuted", pd.DataFrame({c: rng.permutation(real[c]) for c in real}), real, control)
        _row("  columns in reverse order", real[real.columns[::-1]], real, control)
    rng = np.random.default_rng(0)
    cells = pd.DataFrame({f"c{i}": rng.integers(0, 3, 900).astype(str) for i in range(4)})
    parts = [cells[i : i + 300].reset_index(drop=True) for i in (0, 300, 600)]
    _row("4 categories of 3: fresh", parts[2], parts[0], parts[1])
    _row("4 categories of 3: the source", parts[0], parts[0], parts[1])
    rows = _cancer()
    _row("fresh, 375 against 94", rows[469:].reset_index(drop=True), rows[:375], rows[375:469].reset_index(drop=True))


def _mixed(fresh: pd.DataFrame, real: pd.DataFrame, share: float) -> pd.DataFrame:
    count = round(share * len(fresh))
    return pd.concat([real.iloc[:count], fresh.iloc[count:]]).reset_index(drop=True)


def _row(name: str, synthetic: pd.DataFrame, real: pd.DataFrame, control: pd.DataFrame) -> None:
    report = audit_memorization(synthetic, real, control)
    exact = report.rate("exact")
    told = f"exact {exact.hits}/{exact.n} (control {exact.baseline_hits}/{exact.baseline_n}) p {exact.p:.3f}"
    peers = _sdmetrics(synthetic, real, control), _anonymeter(synthetic, real, control)
    print(f"{name:32} {report.verdict:29} {told:48} {' '.join(peers)}")


def _sdmetrics(synthetic: pd.DataFrame, real: pd.DataFrame, control: pd.DataFrame) -> str:
    try:
        from sdmetrics.single_table import DCROverfittingProtection
    except ImportError:
        return ""
    numeric = {c: real[c].dtype.kind in "if" for c in real}
    columns = {c: {"sdtype": "numerical" if n else "categorical"} for c, n in numeric.items()}
    table = {"columns": columns, "METADATA_SPEC_VERSION": "SINGLE_TABLE_V1"}
    score = DCROverfittingProtection.compute_breakdown(
        real_training_data={"t": real},
        synthetic_data={"t": synthetic},
        real_validation_data=control,
        metadata={"tables": {"t": table}, "METADATA_SPEC_VERSION": "V1"},
        table_name="t",
    )
    return f"sdmetrics {score['score']:.2f}"


def _anonymeter(synthetic: pd.DataFrame, real: pd.DataFrame, control: pd.DataFrame) -> str:
    try:
        from anonymeter.evaluators import LinkabilityEvaluator
    except ImportError:
        return ""
    real, synthetic, control = (
        d.reset_index(drop=True).rename(columns=lambda c: c.replace(" ", "_")) for d in (real, synthetic, control)
    )
    names = list(real.columns)
    attacks = min(90, len(control), len(real))
    try:
        halves = names[: len(names) // 2], names[len(names) // 2 :]
        evaluator = LinkabilityEvaluator(
            ori=real, syn=synthetic[names], control=control, n_attacks=attacks, aux_cols=halves, n_neighbors=1
        )
        evaluator.evaluate()
        risk = evaluator.risk(confidence_level=0.95)
    except Exception as error:
        return f"anonymeter {type(error).__name__}"
    return f"anonymeter linkability {risk.value:.2f} [{risk.ci[0]:.2f}, {risk.ci[1]:.2f}]"


def draws(options: Any, count: int = 200) -> None:
    digits = pd.DataFrame(load_digits().data)
    mixed = _wide(3_000)
    rng = np.random.default_rng(0)
    cells = pd.DataFrame({f"c{i}": rng.integers(0, 3, 3_000).astype(str) for i in range(4)})
    coarse = pd.DataFrame({"age": rng.integers(18, 80, 3_000), "sex": rng.choice(["f", "m"], 3_000)})
    designs = {
        "breast_cancer 234/234/101": (_cancer(), 234, 234),
        "breast_cancer 375/94/100": (_cancer(), 375, 94),
        "digits 375/94/375": (digits, 375, 94),
        "numbers and categories 1000 each": (mixed, 1_000, 1_000),
        "all-categorical 375/94/375": (cells, 375, 94),
        "age and sex 1000 each": (coarse, 1_000, 1_000),
    }
    for name, (rows, size, other) in designs.items():
        alarms = sum(_draw(rows, size, other, seed) for seed in range(count))
        print(f"{name:36} false alarms {alarms} of {count} draws (stated level 1 %)", flush=True)
    texts = records(9_000)
    alarms = 0
    for seed in range(count):
        picked = np.random.default_rng(seed).permutation(len(texts))[:3_000]
        parts = [[texts[i] for i in picked[a : a + 1_000]] for a in (0, 1_000, 2_000)]
        alarms += audit_memorization(*parts).verdict == "copying found"
    print(f"{'templated texts 1000 each':36} false alarms {alarms} of {count} draws (stated level 1 %)")


def _draw(rows: pd.DataFrame, size: int, other: int, seed: int) -> bool:
    drawn = rows.sample(frac=1, random_state=seed).reset_index(drop=True)
    last = min(len(drawn), 2 * size + other)
    parts = drawn[size + other : last], drawn[:size], drawn[size : size + other]
    return audit_memorization(*(p.reset_index(drop=True) for p in parts), seed=seed).verdict == "copying found"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = {"text": text, "time": timing, "tables": tables, "draws": draws}
    parser.add_argument("steps", nargs="*", choices=[*steps, []], default=list(steps))
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--corpus")
    given = parser.parse_args()
    for step in given.steps or list(steps):
        print(f"# {step}", flush=True)
        steps[step](given)
