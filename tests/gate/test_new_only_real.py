"""What can happen to findings of the real engine in a real project, judged by a baseline and by `--since`."""

from __future__ import annotations

import json

import pytest

GEN = """\
import json

from ask import ask


def complaints():
    with open("complaints.jsonl", "w") as file:
        for topic in ["late parcel", "wrong size"] * 500:
            file.write(json.dumps({"text": ask(f"Write a complaint about a {topic}.")}) + "\\n")


def praise():
    with open("praise.jsonl", "w") as file:
        for topic in open("topics.txt"):
            file.write(json.dumps({"praise": ask(f"Praise this: {topic}")}) + "\\n")


if __name__ == "__main__":
    complaints()
    praise()
"""
ASK = """\
from openai import OpenAI

client = OpenAI()


def ask(prompt):
    reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
    return reply.choices[0].message.content
"""
WRITE = GEN.splitlines()[8]
HEAD, COMPLAINTS, PRAISE, END = (part.strip("\n") for part in GEN.split("\n\n\n"))
RIDDLES = COMPLAINTS.replace("complaints", "riddles").replace('"text"', '"riddle"').replace("complaint", "riddle")
SEEN = """\
        seen = set()
        for topic in ["late parcel", "wrong size"] * 500:
            text = ask(f"Write a complaint about a {topic}.")
            if text in seen:
                continue
            seen.add(text)
            file.write(json.dumps({"text": text}) + "\\n")
"""


def _program(*parts):
    return "\n\n\n".join(parts) + "\n"


def _rename(real):
    (real.folder / "gen.py").rename(real.folder / "make.py")


def _edit(text):
    return lambda real: real.write("gen.py", text)


def _elsewhere(real):
    real.write("ask.py", ASK.replace("client = ", "import logging\n\nlogging.info('x')\nclient = "))
    real.write("gen.py", GEN.replace("import json\n", "import json\nimport os\n\nos.makedirs('out', exist_ok=True)\n"))
    real.write("topics.txt", "parcels\n")


# what happens, the change, the findings to report, and what the run says about the others
CASES = [
    ("old", lambda real: None, [], "2 known"),
    (
        "new",
        _edit(_program(HEAD, COMPLAINTS, PRAISE, RIDDLES, END + "\n    riddles()")),
        ["gen.py:21"],
        "2 known",
    ),
    ("fixed", _edit(GEN.replace("\n".join(COMPLAINTS.splitlines()[2:]) + "\n", SEEN)), [], "1 known"),
    ("moved", _edit(_program(HEAD, PRAISE, COMPLAINTS, END)), [], "2 known"),
    ("renamed file", _rename, [], "2 known"),
    ("edited elsewhere", _elsewhere, [], "2 known"),
    ("duplicated", _edit(GEN.replace(WRITE, f"{WRITE}\n{WRITE}")), ["gen.py:10"], "2 known"),
    (
        "suppressed",
        _edit(GEN.replace(WRITE, f"{WRITE}  # synthlint: ignore[SYN201] -- wanted")),
        [],
        "1 known",
    ),
    ("worse", _edit(GEN.replace('open("topics.txt")', '["shoes"] * 500')), ["gen.py:15"], "1 known"),
]


@pytest.fixture
def project(real):
    real.write("synthlint.toml", 'select = ["SYN201"]\nmin-confidence = "low"\n')
    real.write("gen.py", GEN)
    real.write("ask.py", ASK)
    real.commit()
    return real


@pytest.fixture(params=["baseline", "since"])
def new_only(request, project):
    """Run what tells new findings from old ones, as it was before the change."""
    if request.param == "since":
        return lambda *options: project.check("--since", "main", *options)
    assert "2 findings written" in project.check("--write-baseline", "base.jsonl").err
    return lambda *options: project.check("--baseline", "base.jsonl", *options)


@pytest.mark.parametrize(("change", "reported", "said"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
@pytest.mark.parametrize("committed", [False, True], ids=["dirty", "committed"])
def test_nine_cases(project, new_only, change, reported, said, committed, request):
    project.git("checkout", "-q", "-b", "work")
    change(project)
    if committed:
        project.commit()
    before = project.git("status", "--porcelain")
    result = new_only()
    assert result.places == reported, result.out
    assert result.code == (1 if reported else 0)
    assert said in result.err
    assert ("fixed since" in result.err) is request.node.callspec.id.endswith("fixed")
    assert project.git("status", "--porcelain") == before
    assert len(project.git("worktree", "list").splitlines()) == 1


class TestFixing:
    """`--fix` repairs what is new; what was there before is neither touched nor in the way."""

    BASE = GEN.replace("import json\n", "import json\nimport sys\n")

    @pytest.fixture
    def changed(self, project, new_only):
        project.write("synthlint.toml", "")
        project.commit()
        if (project.folder / "base.jsonl").exists():
            project.check("--write-baseline", "base.jsonl")
        project.git("checkout", "-q", "-b", "work")
        project.write("gen.py", _program(HEAD, COMPLAINTS, PRAISE, RIDDLES, END + "\n    riddles()"))
        return new_only

    def test_only_the_new_finding_is_fixed(self, project, changed):
        before = changed("--select", "SYN201")
        assert before.places == ["gen.py:21"]
        result = changed("--fix", "--unsafe-fixes", "--select", "SYN201")
        assert (result.places, result.code) == ([], 0)
        assert "fixed 1 problem in 1 file: 1 SYN201" in result.err
        assert "2 known" in result.err or "1 known problem" in result.err
        text = (project.folder / "gen.py").read_text("utf-8")
        assert COMPLAINTS in text and RIDDLES not in text

    def test_a_diff_shows_only_that(self, project, changed):
        result = changed("--diff", "--unsafe-fixes", "--select", "SYN201")
        assert result.code == 1
        added = [line for line in result.out.splitlines() if line.startswith("+ ")]
        assert "riddle" in "".join(added) and "complaint" not in "".join(added)


def test_both_at_once(project):
    """What the baseline accepts and what was there at the base are both left out; neither counts as fixed."""
    project.check("--write-baseline", "base.jsonl")
    entries = (project.folder / "base.jsonl").read_text("utf-8").splitlines()
    project.write(
        "base.jsonl", "\n".join([entries[0], *(one for one in entries if json.loads(one).get("scope") == "praise")])
    )
    result = project.check("--baseline", "base.jsonl", "--since", "HEAD")
    assert (result.places, result.code) == ([], 0)
    assert "fixed" not in result.err
