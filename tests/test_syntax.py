"""One door from text to IR: both front ends agree, and nothing but Unparsable comes out."""

from __future__ import annotations

import dataclasses
import gc
import pickle
import random
import subprocess
import sys
import sysconfig
import textwrap
import warnings
from pathlib import Path
from typing import Any

import pytest

from synthlint.sources.nesting import MAX_BRACKETS, MAX_CHAIN, too_deep
from synthlint.sources.text import Unreadable, read
from synthlint.syntax import Unparsable, from_ast, from_cst, ir, lower

ROOT = Path(__file__).parent.parent
LIBRARY = Path(sysconfig.get_paths()["stdlib"])

SNIPPETS = [
    "x = 1\ny: int = -2\nz: str\nx += 3.5\nw = -1j\nv = -x\n",
    "a = b, = (c, d), [*e, f], {g, *h}, {'k': v, **rest}, ()\n",
    "for i, in x: pass\nfor x in *a, b: continue\nelse:\n    x;\n",
    "f(a, *b, c=1, **d)\nf(x for x in y)\nf((x for x in y), z)\nf(a)(b)[c].d\n",
    "a[1], a[1,], a[1:2, ::3], a[:], a[1:], a[::], a[:2:], a[ : ], a[(1, 2)], a[b][c]\n",
    "(a and b) and c\na and b and c or not d\na < b <= c is not d not in e\n(((a)))\n",
    "x = [i async for i in y if a if b for j in i]\nz = {k: v for k, v in w}\ng = (i for i in h)\n",
    "s = 'a' \"b\" '''c'''\nb = b'x' b'y'\nr = r'\\d' u'é'\n",
    "s = f'{a}{{b}}\\n{c!r:>{w}}{d:{e}.2f}' 'tail' rf'\\d{g}' f''\nt = f'{x = }{y=!r}'\n",
    's = f"""<a href="{x}">\n"{y}"\'\'\' """\n',
    "if a:\n    b\nelif c: d; e\nelif f:\n    g\nelse:\n    h\n",
    "try:\n    a\nexcept (B, C) as d:\n    e\nexcept F: g\nexcept:\n    h\nelse:\n    i\nfinally:\n    j\n",
    "with a as b, c as (d, e):\n    f\nwith (a):\n    b\nwith (a, b):\n    c\n",
    "def f(a, b: int, /, c=1, *d: str, e, f=2, **g) -> int:\n    '''doc'''\n    return a, *b\n",
    "def f():\n    x = yield\n    y = yield x, 1\n    yield from z\n    def g(): return 1\n    return (yield)\n",
    "async def f():\n    async with a as b:\n        await c\n    async for d in e:\n        f\n    else:\n        g\n",
    "@a.b(c)\nclass D(E, *F, metaclass=G, **h):\n    '''doc'''\n    x = 1;\n    def m(self): pass;\n",
    "import a.b as c, d\nfrom . import e\nfrom ..f.g import (h as i, j,)\nfrom k import *\n",
    "del a, b[0]\ndel (c, d)\ndel (e)\nassert a, b\nraise A from b\nglobal c, d\nraise\n",
    "match a, b:\n    case [x, *rest] | {'k': x, **rest} if x > 1:\n        y\n    case C(d=z): v\n    case _: pass\n",
    "f = lambda: 0\ng = lambda a, *b, c=1, **d: (yield a)\nh = a if b else c\nif (n := 1): pass\n",
    "while a:\n    break\nelse:\n    b\nprint(...)\nx = (yield)\n",
    "é = 'ü'; ﬁ = é.ﬁ(é='日本', b=1)  # comment\nx = '日本', é\n",
    "'''module doc'''\nx = (  # comment\n    1,\n    2,  # more\n)\n",
    "pass\n'not a doc'\n",
    "x = a @ b ** -c // ~d % e << f >> g & h ^ i | j\na @= b\nc **= d\ne >>= f\n",
    "",
]  # fmt: skip
NEWER = [
    "type X[T] = list[T]\n",
    "def f[T: int, *U, **P](a: T) -> T:\n    return a\n",
    "class C[T](B):\n    pass\n",
    's = f"{a["k"]} {\'\\n\'.join(b)}"\n',
    "try:\n    a\nexcept* B as c:\n    d\n",
]


@pytest.mark.parametrize("code", SNIPPETS)
def test_both_front_ends_agree(code: str) -> None:
    assert from_cst.lower(code) == from_ast.lower(code)


def sample() -> list[Path]:
    """The fixtures, this package, and some of the standard library: the same files on every run."""
    modules = sorted(LIBRARY.glob("*.py"))
    own = sorted(ROOT.glob("fixtures/**/*.py")) + sorted((ROOT / "synthlint").rglob("*.py"))
    return random.Random(1).sample(own, min(len(own), 60)) + random.Random(1).sample(modules, min(len(modules), 25))


@pytest.mark.parametrize("path", sample(), ids=lambda path: path.name)
def test_both_front_ends_agree_on_real_files(path: Path) -> None:
    text = read(path, ROOT).program
    try:
        expected = from_ast.lower(text)
    except SyntaxError:
        pytest.skip("newer or broken syntax")
    assert comparable(from_cst.lower(text)) == comparable(expected)


def comparable(node: Any, loose: bool = False) -> Any:
    """A copy without positions inside f-strings, which Python before 3.12 gets wrong."""
    if isinstance(node, tuple):
        return tuple(comparable(one, loose) for one in node)
    if not dataclasses.is_dataclass(node):
        return node
    inside = loose or (isinstance(node, ir.FString) and sys.version_info < (3, 12))
    fields = {one.name: getattr(node, one.name) for one in dataclasses.fields(node)}
    if loose:
        fields.pop("pos", None)
    return type(node).__name__, {key: comparable(value, inside) for key, value in fields.items()}


@pytest.mark.parametrize("code", NEWER)
def test_newer_syntax_than_the_running_python(code: str) -> None:
    assert isinstance(lower(code), ir.Module)
    assert isinstance(from_cst.lower(code), ir.Module)


def test_newer_syntax_keeps_its_positions() -> None:
    function = from_cst.lower('x = 1\ndef f[T](a: T):\n    return f"{a["k"]}"\n').body[1]
    assert isinstance(function, ir.Function) and function.pos == (2, 1, 3, 23)
    assert [one.name for one in function.params] == ["a"]


def test_libcst_is_imported_only_when_ast_refuses() -> None:
    code = "import sys\nfrom synthlint import syntax\nsyntax.lower('x = 1')\nprint('libcst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("x = 1\ny = (\n", 2, "never closed"),
        ("print 'a'\n", 1, "Missing parentheses"),
        ("x = 1\n  y = 2\n", 2, "unexpected indent"),
        ("if a:\n\tb\n        c\n", 3, ""),
        ("a\0b", 1, "null"),
        ("x = '\ud800'", 1, ""),
        ("x = <key>\n", 1, "invalid syntax"),
    ],
)
def test_unparsable_text_names_line_and_cause(code: str, line: int, words: str) -> None:
    with pytest.raises(Unparsable) as caught:
        lower(code)
    assert caught.value.line == line and caught.value.column >= 1
    assert words in caught.value.message and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "code",
    [
        "(" * 10_000 + ")" * 10_000, "[" * 10_000, "-" * 50_000 + "1", "+".join("a" * 20_000), "a" + ".b" * 20_000,
        "a" + "()" * 20_000, "not " * 20_000 + "a", "lambda: " * 5000 + "a", "a if b else " * 5000 + "c",
        "a" + "**a" * 20_000, "if a:\n b\n" + "elif a:\n b\n" * 5000, 'f"{' * 300 + "a",
        "type X = " + "-" * 20_000 + "1", 'type X = f"{' + "-" * 20_000 + '1}"', "type X = " + "f(" * 5000,
        "type X = 1\nif a:\n b\n" + "elif a:\n b\n" * 5000,
        "".join(" " * one + "if a:\n" for one in range(500)) + " " * 500 + "a",
    ],
    ids=lambda code: code[:12],
)  # fmt: skip
def test_deep_nesting_is_refused_and_kills_nothing(code: str) -> None:
    with pytest.raises(Unparsable):
        lower(code)


def test_depth_is_measured_by_what_nests() -> None:
    assert not too_deep("x = [" + "1, 'a', f(b), " * 20_000 + "]\n" + "y = 1\n" * 20_000)
    assert not too_deep('"(((("\n# ((((\n' * 500)
    assert too_deep("(" * (MAX_BRACKETS + 1)) and too_deep("-" * (MAX_CHAIN + 1))
    assert too_deep("f(a, " * 100 + "-" * MAX_CHAIN)


def test_warnings_stay_quiet_and_gc_comes_back() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lower("x = '\\d' is 1\n")
    assert gc.isenabled()
    gc.disable()
    try:
        lower("x = 1")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_unparsable_is_picklable() -> None:
    error = pickle.loads(pickle.dumps(Unparsable(3, 4, "odd")))
    assert (error.line, error.column, str(error)) == (3, 4, "line 3: odd")


@pytest.mark.parametrize("seed", range(30))
def test_damaged_files_never_surprise(seed: int, tmp_path: Path) -> None:
    generator = random.Random(seed)
    data = bytearray(textwrap.dedent("".join(generator.sample(SNIPPETS, 8))).encode())
    for _ in range(generator.randrange(1, 12)):
        data[generator.randrange(len(data))] = generator.randrange(256)
    (tmp_path / "a.py").write_bytes(bytes(data))
    try:
        lower(read("a.py", tmp_path).program)
    except (Unreadable, Unparsable) as error:
        assert "\n" not in str(error)


@pytest.mark.slow
def test_both_front_ends_agree_on_the_top_of_the_standard_library() -> None:
    for path in sorted(LIBRARY.glob("*.py")):
        text = read(path, LIBRARY).program
        assert comparable(from_cst.lower(text)) == comparable(from_ast.lower(text)), path.name
