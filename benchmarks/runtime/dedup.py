#!/usr/bin/env python3
"""Near-duplicate removal beside datasketch, rensa, gaoya and semhash, on generated texts with known truth.

    python benchmarks/runtime/dedup.py --n 100000 --backends ours,rensa,datasketch --rounds 3

Needs numpy, and each peer that is named (a peer that is not installed is an error, not a skip). Every run is a
process of its own; the backends take turns, so that a noisy machine hits all of them, and the ratios of a round
are what to read. Truth: an exact all-pairs join written for this file, independent of the library's own.
Recall: records with an earlier neighbour at the threshold that are removed. Precision: removed records that have
a neighbour. Groups lost: classes of which nothing is left.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
WORD = re.compile(r"\w+")
KINDS = {"exact": 0.06, "format": 0.02, "edit1": 0.06, "edit3": 0.04, "edit20pct": 0.06, "twin": 0.02}


# ---------------------------------------------------------------- texts
def generate(count: int, seed: int = 7) -> list[str]:
    """Template frames of about 25 words with about 35 topical words; a quarter are copies with 0 to 20 % edits."""
    rng = np.random.default_rng(seed)
    vocabulary = [
        f"{a}{b}{c}" for a in "bdfgklmnprstvw" for b in ("a", "e", "i", "o", "u", "ai", "ou") for c in range(300)
    ]
    weights = 1 / np.arange(1, 601) ** 0.8
    topics = [rng.choice(len(vocabulary), 600, replace=False) for _ in range(300)]
    frames = [rng.choice(2_000, int(rng.integers(20, 30))) for _ in range(400)]

    def body(topic: int, size: int) -> Any:
        return topics[topic][rng.choice(600, size, p=weights / weights.sum())]

    def edited(listed: Any, changes: int) -> Any:
        out = np.array(listed)
        out[rng.choice(len(out), min(changes, len(out)), replace=False)] = rng.integers(0, len(vocabulary), changes)
        return out

    bases = int(count * (1 - sum(KINDS.values())))
    made = [(int(rng.integers(400)), int(rng.integers(300)), int(rng.integers(25, 46))) for _ in range(bases)]
    listed = [np.concatenate([frames[f], body(t, k)]) for f, t, k in made]
    hot = rng.choice(bases, max(1, bases // 1_000), replace=False)
    names = rng.choice(list(KINDS), count - bases, p=np.array(list(KINDS.values())) / sum(KINDS.values()))
    texts = [" ".join(vocabulary[w] for w in row) + "." for row in listed]
    for name in names:
        source = int(rng.choice(hot)) if rng.random() < 0.2 else int(rng.integers(bases))
        _, topic, size = made[source]
        changes = {"edit1": 1, "edit3": 3, "edit20pct": len(listed[source]) // 5}.get(str(name), 0)
        row = edited(listed[source], changes) if changes else listed[source]
        if name == "twin":
            row = np.concatenate([row[: len(row) - size // 2], body(topic, size // 2)])
        text = " ".join(vocabulary[w] for w in row) + "."
        texts.append(text.upper().replace(" ", "  ") if name == "format" else text)
    return [texts[i] for i in rng.permutation(count)]


def load(args: argparse.Namespace) -> list[str]:
    path = Path(args.dir) / f"corpus_{args.n}.jsonl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps({"text": text}) for text in generate(args.n))
        path.write_text("".join(f"{line}\n" for line in lines))
    with path.open() as file:
        texts = [json.loads(line)["text"] for line in file]
    return texts if args.join == 1 else [" ".join(texts[i : i + args.join]) for i in range(0, len(texts), args.join)]


# ---------------------------------------------------------------- truth
def truth(texts: list[str], args: argparse.Namespace) -> tuple[Any, Any, Any]:
    """All pairs (earlier, later) with Jaccard >= threshold - 0.1, and their similarity; kept in a file."""
    name = f"pairs_{args.n}_{args.join}_{args.gram}_{args.boilerplate}_{args.t}.npz"
    path = Path(args.dir) / name
    if not path.exists():
        np.savez(path, **dict(zip("abj", all_pairs(texts, args.gram, args.boilerplate, args.t - 0.1), strict=True)))
    saved = np.load(path)
    return saved["a"], saved["b"], saved["j"]


def all_pairs(texts: list[str], gram: int, share: float | None, low: float) -> tuple[Any, Any, Any]:
    numbers: dict[str, int] = {}
    shingles: dict[tuple[int, ...], int] = {}
    different: set[tuple[int, ...]] = set()
    rows, fresh = [], []
    for text in texts:
        ids = tuple(numbers.setdefault(w, len(numbers)) for w in WORD.findall(text.lower()))
        runs = set(zip(*(ids[i:] for i in range(gram)), strict=False)) if len(ids) >= gram else {ids}
        rows.append(np.fromiter((shingles.setdefault(r, len(shingles)) for r in runs), np.int64, len(runs)))
        fresh.append(ids not in different)
        different.add(ids)
    counts = np.bincount(np.concatenate([r for r, f in zip(rows, fresh, strict=True) if f]), minlength=len(shingles))
    if share is not None:
        hidden = counts > max(int(share * len(different)), 10)
        rows = [r[~hidden[r]] for r in rows]
    frequency = np.bincount(np.concatenate(rows), minlength=len(shingles))
    rank = np.empty(len(shingles), np.int64)
    rank[np.argsort(frequency, kind="stable")] = np.arange(len(shingles))
    sets = [np.sort(rank[r]) for r in rows]
    return _join(sets, low)


def _join(sets: list[Any], low: float) -> tuple[Any, Any, Any]:
    lists: dict[int, list[int]] = {}
    frozen = [frozenset(s.tolist()) for s in sets]
    found: list[tuple[int, int, float]] = []
    for row, (ordered, members) in enumerate(zip(sets, frozen, strict=True)):
        size = len(members)
        near = set()
        prefix = ordered[: size - int(np.ceil(low * size - 1e-9)) + 1].tolist() if size else []
        for item in prefix:
            there = lists.setdefault(item, [])
            near.update(there)
            there.append(row)
        for other in near:
            if min(size, len(frozen[other])) >= low * max(size, len(frozen[other])) - 1e-9:
                overlap = len(members & frozen[other])
                value = overlap / (size + len(frozen[other]) - overlap)
                if value >= low - 1e-9:
                    found.append((other, row, value))
    columns = tuple(zip(*found, strict=True)) if found else ((), (), ())
    return np.array(columns[0], int), np.array(columns[1], int), np.array(columns[2], float)


def score(removed: Any, pairs: tuple[Any, Any, Any], threshold: float) -> dict[str, Any]:
    a, b, j = pairs
    near = j >= threshold - 1e-6
    later, some = np.zeros(len(removed), bool), np.zeros(len(removed), bool)
    later[b[near]] = True
    some[a[near]] = some[b[near]] = True
    parent = list(range(len(removed)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for x, y in zip(a.tolist(), b.tolist(), strict=True):
        parent[root(y)] = root(x)
    left = {root(i) for i in np.flatnonzero(~removed).tolist()}
    lost = {root(i) for i in range(len(removed))} - left
    return {
        "recall": round(float((removed & later).sum() / max(1, later.sum())), 4),
        "precision": round(float((removed & some).sum() / max(1, removed.sum())), 4),
        "groups_lost": len(lost),
    }


# ---------------------------------------------------------------- backends
def shingle_strings(text: str, gram: int) -> list[str]:
    listed = WORD.findall(text.lower())
    return list({" ".join(r) for r in zip(*(listed[i:] for i in range(gram)), strict=False)} or {" ".join(listed)})


def _ours(texts: list[str], args: argparse.Namespace, processes: int, standard: bool) -> Any:
    sys.path.insert(0, str(ROOT))
    from synthlint.runtime import _dedup

    if standard:
        _dedup._NUMPY_FROM = 10**12
    got: list[Any] = []
    preset = "edits" if args.gram == 3 else "loose"
    options = {"threshold": args.t, "preset": preset, "boilerplate": args.boilerplate, "processes": processes}
    _dedup.dedup(texts, report=got.append, **options)  # type: ignore[call-overload]
    removed: Any = np.zeros(len(texts), bool)
    removed[[repeat.row for repeat in got[0].repeats]] = True
    return removed


def ours(texts: list[str], args: argparse.Namespace) -> Any:
    return _ours(texts, args, 1, False)


def ours_2p(texts: list[str], args: argparse.Namespace) -> Any:
    return _ours(texts, args, 2, False)


def ours_4p(texts: list[str], args: argparse.Namespace) -> Any:
    return _ours(texts, args, 4, False)


def ours_stdlib(texts: list[str], args: argparse.Namespace) -> Any:
    return _ours(texts, args, 1, True)


def ours_stream(texts: list[str], args: argparse.Namespace) -> Any:
    sys.path.insert(0, str(ROOT))
    from synthlint.runtime import Deduplicator

    seen = Deduplicator(threshold=args.t, preset="edits" if args.gram == 3 else "loose", boilerplate=args.boilerplate)
    return np.array([not seen.is_new(text) for text in texts])


def rensa(texts: list[str], args: argparse.Namespace) -> Any:
    from rensa import RMinHash, RMinHashDeduplicator

    index = RMinHashDeduplicator(threshold=args.t, num_perm=128, use_lsh=True)

    def add(number: int, text: str) -> bool:
        sketch = RMinHash(128, 42)
        sketch.update(shingle_strings(text, args.gram))
        return not index.add(str(number), sketch)

    return np.array([add(i, text) for i, text in enumerate(texts)])


def datasketch(texts: list[str], args: argparse.Namespace) -> Any:
    from datasketch import MinHash, MinHashLSH

    index, empty = MinHashLSH(threshold=args.t, num_perm=128), MinHash(num_perm=128)
    out = []
    for number, text in enumerate(texts):
        sketch = empty.copy()
        sketch.update_batch([s.encode() for s in shingle_strings(text, args.gram)])
        out.append(bool(index.query(sketch)))
        index.insert(number, sketch, check_duplication=False)
    return np.array(out)


def gaoya(texts: list[str], args: argparse.Namespace) -> Any:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32, jaccard_threshold=args.t, num_bands=20, band_size=6, num_hashes=None, analyzer="word",
        lowercase=True, ngram_range=(args.gram, args.gram),
    )  # fmt: skip
    out = []
    for number, text in enumerate(texts):
        out.append(bool(index.query(text)))
        index.insert_document(number, text)
    return np.array(out)


def semhash(texts: list[str], args: argparse.Namespace) -> Any:
    """With a hashed word encoder, since model weights are a download: this measures the index, not the meaning."""
    from semhash import SemHash

    table = np.random.default_rng(0).standard_normal((1 << 16, 256)).astype(np.float32)

    class Encoder:
        def encode(self, sentences: list[str], **options: Any) -> Any:
            out = np.zeros((len(sentences), 256), np.float32)
            for i, sentence in enumerate(sentences):
                ids = [zlib.crc32(s.encode()) & 0xFFFF for n in (1, 2) for s in shingle_strings(sentence, n)]
                out[i] = table[ids].sum(0)
            return out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-9)

    records = [{"text": text, "i": str(i)} for i, text in enumerate(texts)]
    index = SemHash.from_records(records=records, columns=["text"], model=Encoder())
    removed: Any = np.ones(len(texts), bool)
    removed[[int(r["i"]) for r in index.self_deduplicate(threshold=0.85).selected]] = False
    return removed


BACKENDS: dict[str, Callable[[list[str], argparse.Namespace], Any]] = {
    f.__name__: f for f in (ours, ours_2p, ours_4p, ours_stdlib, ours_stream, rensa, datasketch, gaoya, semhash)
}


# ---------------------------------------------------------------- runs
def tree_memory(pid: int) -> float:
    """Resident memory of a process and its descendants in MB (Linux)."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text()
            except OSError:
                continue
            children.setdefault(int(status[status.rindex(")") + 2 :].split()[1]), []).append(int(entry.name))
    todo, total = [pid], 0
    while todo:
        current = todo.pop()
        todo += children.get(current, [])
        try:
            total += int(Path(f"/proc/{current}/statm").read_text().split()[1])
        except OSError:
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 1e6


def child(args: argparse.Namespace) -> None:
    texts = load(args)
    wall, cpu = time.perf_counter(), os.times()
    removed = BACKENDS[args.child](texts, args)
    wall, now = time.perf_counter() - wall, os.times()
    np.save(args.out, np.asarray(removed, dtype=bool))
    used = now.user + now.system + now.children_user + now.children_system - sum(cpu[:4])
    print(json.dumps({"n": len(texts), "wall_s": round(wall, 2), "cpu_s": round(used, 2)}))


def run(name: str, args: argparse.Namespace, command: list[str]) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(suffix=".npy") as out:
        process = subprocess.Popen([*command, "--child", name, "--out", out.name], stdout=subprocess.PIPE, text=True)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(0.05)
        if process.returncode:
            raise SystemExit(f"{name} failed; install it, or leave it out of --backends")
        assert process.stdout is not None
        result = {"backend": name, **json.loads(process.stdout.read()), "peak_mb": round(peak)}
        return {**result, "removed": np.load(out.name)}


def rounds(args: argparse.Namespace) -> Iterator[list[dict[str, Any]]]:
    options = {"--n": args.n, "--dir": args.dir, "--t": args.t, "--gram": args.gram, "--join": args.join}
    command = [sys.executable, __file__, *(str(x) for pair in options.items() for x in pair)]
    command += [] if args.boilerplate is None else ["--boilerplate", str(args.boilerplate)]
    for _ in range(args.rounds):
        yield [run(name, args, command) for name in args.backends.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--dir", default=str(Path(tempfile.gettempdir()) / "synthlint-benchmark"))
    parser.add_argument("--backends", default="ours,rensa")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--t", type=float, default=0.7, help="Jaccard threshold")
    parser.add_argument("--gram", type=int, default=3, choices=[1, 3], help="words in a shingle")
    parser.add_argument("--boilerplate", type=float, default=None, help="share of rows, default: all shingles count")
    parser.add_argument("--join", type=int, default=1, help="texts joined into one, for long records")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args)
        return
    pairs = truth(load(args), args)
    for number, results in enumerate(rounds(args)):
        for result in results:
            removed = result.pop("removed")
            ratio = result["cpu_s"] / results[0]["cpu_s"], result["wall_s"] / results[0]["wall_s"]
            result |= {"round": number, "cpu_ratio": round(ratio[0], 2), "wall_ratio": round(ratio[1], 2)}
            print(json.dumps({**result, "removed": int(removed.sum()), **score(removed, pairs, args.t)}), flush=True)


if __name__ == "__main__":
    main()
