"""The first sieve: which files can matter, decided on bytes alone.

It must lose nothing, so every doubt keeps a file.  When no file of a project can generate data, nothing else
of the project is read twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from synthlint.sources import seeds as known

SMALL_PROJECT = 300
SPARSE = 0.01  # a bigger project with a smaller share of seed files is searched near them only
MAX_STEPS = 3
_CLAUSE_ENDS = (b";", b":", b'"', b"'")
_FRONT = (b"", b" ", b"\t", b"\n", b";", b":", b".", b'"', b"'")
_AFTER = (b" ", b"\t", b"(", b"*", b"\\")
_DYNAMIC = (b"_", b"o")  # import_module, __import__, importorskip
_LATE = re.compile(rb"(?:import_module|__import__|importorskip)\(\s*\\?[\"']([\w.]+)")
_NAMED = re.compile(
    rb"[\"'][^\"'\n]{0,120}(?:[sS]ynth|generated|augmented|gpt|GPT|llm|LLM)[^\"'\n]{0,120}"
    rb"\.(?:csv|tsv|jsonl?|parquet|pkl|pickle|arrow|feather|xlsx?|txt|h5)(?:\.gz)?[\"']"
)
_WORD = re.compile(rb"\w+")
_DOTTED = re.compile(rb"[.\w]+")


class Files(Mapping[str, bytes]):
    """The files of a folder, read when asked for and not kept; one that cannot be read is empty."""

    def __init__(self, root: str | Path, paths: Iterable[str], limit: int = 50_000_000) -> None:
        self._root, self._paths, self._limit = str(root), dict.fromkeys(paths), limit

    def __getitem__(self, path: str) -> bytes:
        if path not in self._paths:
            raise KeyError(path)
        try:
            with open(f"{self._root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123, called for every file
                return file.read(self._limit)
        except OSError:
            return b""

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def imports(data: bytes) -> set[str]:
    """First names of all packages that `data` imports, at any indent (relative imports left out)."""
    return {one.decode("ascii", "replace") for one in _packages(data)}


def may_matter(data: bytes, names: frozenset[str]) -> bool:
    """Whether `data` imports one of the packages `names`."""
    return not names.isdisjoint(imports(data))


class Sieved(NamedTuple):
    """The paths that can matter, sorted, and those among them that may generate."""

    live: list[str]
    seeds: set[str]


def sieve(
    files: Mapping[str, bytes],
    seeds: frozenset[str] = frozenset(),
    calls: frozenset[str] = frozenset(),
    together: Callable[[], Iterable[set[str]]] = tuple,
    declared: Iterable[str] = (),
) -> Sieved:
    """What of a project can matter; `seeds` are packages beside those of `seeds.py`, `calls` names that matter.

    `together` gives the files that one shell script or the like starts; it is asked when a file can generate.
    `declared` are datasets that the settings call synthetic: who names one can matter, too.
    """
    found = _seed_files(files, known.PACKAGES | {one.encode() for one in seeds})
    names = [max(one.rstrip("/").rpartition("/")[2].split("*"), key=len) for one in declared]
    tokens = [one.encode() for one in (*names, *calls) if one]
    if tokens:
        found |= {path for path in files if _has(files[path], tokens)}
    return Sieved(sorted(_Project(files).around(found, together())) if found else [], found)


def live(files: Mapping[str, bytes], seeds: frozenset[str] = frozenset()) -> list[str]:
    """The paths that can matter, sorted."""
    return sieve(files, seeds).live


def _seed_files(files: Mapping[str, bytes], certain: frozenset[bytes]) -> set[str]:
    """The files that generate by what they import, or by what they call when a model is loaded elsewhere."""
    found: set[str] = set()
    meanings = _Meanings(certain)
    models = False
    for path in files:
        data = _program(path, files[path])
        names = _packages(data)
        models = models or not names.isdisjoint(known.MODELS)
        if _generates(data, names, meanings):
            found.add(path)
    if models:
        found |= {path for path in files if b".generate(" in files[path]}
    return found


class _Meanings(dict[bytes, tuple[known.Token, ...] | None]):
    """What importing a package says: None that the file matters, else the tokens that would make it matter."""

    def __init__(self, certain: frozenset[bytes]) -> None:
        super().__init__()
        self.certain = certain

    def __missing__(self, name: bytes) -> tuple[known.Token, ...] | None:
        sure = name in self.certain or name.startswith(known.PREFIXES) or _has(name, known.WRAPPERS)
        self[name] = None if sure else known.CONDITIONAL.get(name, ())
        return self[name]


def _generates(data: bytes, names: set[bytes], meanings: _Meanings) -> bool:
    if not names:
        return _has(data, known.TOKENS)
    for name in names:
        tokens = meanings[name]
        if tokens is None or (tokens and _has(data, tokens)):
            return True
    return not names.isdisjoint(known.READERS) and _has(data, known.NAMED) and _NAMED.search(data) is not None


def _program(path: str, data: bytes) -> bytes:
    """The bytes to search: one code line a line, also where a notebook keeps a cell as one string."""
    if not path.endswith(".ipynb"):
        return data if b"\n" in data else data.replace(b"\r", b"\n")
    joined = b'"source": "' in data or b'"source":"' in data or data.count(b"\n", 0, 20_000) < 20
    return data.replace(b"\\n", b"\n") if joined else data


def _has(data: bytes, tokens: Iterable[known.Token]) -> bool:
    """Whether one of the tokens, or all parts of one that is a tuple, occur."""
    for token in tokens:
        if isinstance(token, bytes):
            if token in data:
                return True
        elif all(part in data for part in token):
            return True
    return False


def _packages(data: bytes) -> set[bytes]:
    names: set[bytes] = set()
    at = data.find(b"import")
    while at >= 0:
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        end = len(data) if end < 0 else end
        _read_line(data, start, at, end, names)
        at = data.find(b"import", at + 6)
    return names


def _read_line(data: bytes, start: int, at: int, end: int, names: set[bytes]) -> None:
    """Add the packages of the import at `at`, on the line from `start` to `end`, if it is one."""
    after = data[at + 6 : at + 7]
    if after in _DYNAMIC:
        names.update(match[1].partition(b".")[0] for match in _LATE.finditer(data, start, end))
        return
    head = _before(data, start, at)
    if after not in _AFTER or data[at - 1 : at] not in _FRONT or head.startswith(b"#"):
        return
    clause = head.rfind(b"from")
    if clause >= 0:
        _add(names, head[clause + 4 :])
    elif not head or head.endswith(_CLAUSE_ENDS):
        for part in data[at + 6 : end].partition(b"#")[0].split(b";")[0].split(b","):
            _add(names, part)


def _before(data: bytes, start: int, at: int) -> bytes:
    """What stands before an import on its line, or on the line that a backslash joins to it."""
    head = data[start:at].strip()
    if not head and data[max(start - 2, 0) : start] == b"\\\n":
        head = data[data.rfind(b"\n", 0, start - 2) + 1 : start - 2].strip()
    return head


def _add(names: set[bytes], text: bytes) -> None:
    match = _WORD.match(text.strip(b" \t\\(\r"))
    if match:
        names.add(match.group())


def _statements(data: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
    """Dotted module and imported words of each import; for `import a, b` one pair per module."""
    at = data.find(b"import")
    while at >= 0:
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        end = len(data) if end < 0 else end
        head = _before(data, start, at)
        clause = head.rfind(b"from")
        if clause >= 0 and not head.startswith(b"#"):
            match = _DOTTED.match(head[clause + 4 :].strip(b" \t\\\r"))
            if b"(" in data[at + 6 : at + 9]:
                end = max(data.find(b")", at), end)
            if match:
                yield match.group(), _WORD.findall(data, at + 6, end)
        elif not head or head.endswith(_CLAUSE_ENDS):
            for part in data[at + 6 : end].split(b","):
                yield part.strip().partition(b" ")[0], []
        at = data.find(b"import", at + 6)


class _Project:
    """Who imports whom within a project that generates, and what else its files do; built only for such."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.modules = _module_index(files)
        self.uses: dict[str, set[str]] = {}
        self.users: defaultdict[str, set[str]] = defaultdict(set)
        for path in files:
            self.uses[path] = set(self._targets(path, _program(path, files[path])))
            for one in self.uses[path]:
                self.users[one].add(path)

    def around(self, found: set[str], together: Iterable[set[str]] = ()) -> set[str]:
        """The seed files, those that use them, those that train on or keep data, and what all these import."""
        alive = found | _closure(found, self.users)
        small = len(self.files) <= SMALL_PROJECT
        everywhere = small or len(found) >= SPARSE * len(self.files)
        folders = {_folder(path) for path in alive}
        for path in self.files:
            near = _folder(path) in folders
            if (near or everywhere) and self._joins(path, near or small):
                alive.add(path)
        for group in together:
            if group & alive:
                alive |= group & set(self.files)
        return alive | _closure(alive, self.uses)

    def _joins(self, path: str, near: bool) -> bool:
        """Whether a file that generates nothing trains, evaluates, starts scripts or (near others) keeps data."""
        data = self.files[path]
        return _acts(data) or (near and _has(data, known.DATA))

    def _targets(self, path: str, data: bytes) -> Iterator[str]:
        """The project files that an import in `path` can mean."""
        for module, words in _statements(data):
            if module.endswith(b".") or module.rpartition(b".")[2] in self.modules:
                yield from self._resolve(path, module.decode("ascii", "replace"))
            for word in words:
                if word in self.modules:
                    joint = b"" if module.endswith(b".") else b"."
                    yield from self._resolve(path, (module + joint + word).decode("ascii", "replace"))

    def _resolve(self, path: str, module: str) -> Iterator[str]:
        name = module.lstrip(".")
        folder = _folder(path)
        if name != module:
            for _ in range(len(module) - len(name) - 1):
                folder = folder.rpartition("/")[0]
            full = ".".join(one for one in (folder.replace("/", "."), name) if one)
            yield from (one for one in self.modules.get(_last(full), ()) if _dotted(one) == full)
            return
        matches = [one for one in self.modules.get(_last(name), ()) if _ends(_dotted(one), name)]
        near = [one for one in matches if _base(one, name) in {"", folder} or folder.startswith(_base(one, name) + "/")]
        yield from near or matches


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    """What is reached from `start` in a bounded number of steps."""
    reached, edge = set(start), set(start)
    for _ in range(MAX_STEPS):
        edge = {one for path in edge for one in edges.get(path, ())} - reached
        reached |= edge
    return reached


def _module_index(files: Iterable[str]) -> dict[bytes, list[str]]:
    """The Python files by the last part of their module name."""
    index: defaultdict[bytes, list[str]] = defaultdict(list)
    for path in files:
        if path.endswith((".py", ".pyw")):
            index[_last(_dotted(path))].append(path)
    return index


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _last(dotted: str) -> bytes:
    return dotted.rpartition(".")[2].encode("utf-8", "surrogateescape")


def _dotted(path: str) -> str:
    return path.rpartition(".")[0].removesuffix("/__init__").replace("/", ".")


def _ends(dotted: str, name: str) -> bool:
    return dotted == name or dotted.endswith("." + name)


def _base(path: str, name: str) -> str:
    """The folder from which `path` is the module `name`."""
    dotted = _dotted(path)
    return path[: max(len(dotted) - len(name) - 1, 0)]


def _acts(data: bytes) -> bool:
    """Whether a file of a project with generators trains, evaluates, calls like a generator or starts scripts."""
    return _has(data, known.TRAIN) or _has(data, known.TOKENS) or (b".py" in data and _has(data, known.RUN))
