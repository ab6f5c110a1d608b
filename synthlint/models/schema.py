"""What a call does, as data: the `Summary` that API models declare and project functions are given.

A row of a TOML file describes one or more calls by their full name.  `{a,b}` in a name stands for
alternatives, `*` for one name part, `**` for any number of them.  A class is followed from its
constructor: `openai.OpenAI.chat.completions.create` is what `client.chat.completions.create` means when
`client = openai.OpenAI()`, wherever the client is kept in between.

Arguments are named by `params` (the order of positional parameters), so that a field refers to an
argument by one word however it is passed.  A reference may step into the argument:

* `messages`               the argument
* `options.temperature`    a key of a dict argument, or an attribute (constructor argument) of an object
* `self.model`             an attribute or constructor argument of the receiver
* `self`                   the receiver
* `*`                      all positional arguments;  `**` all keyword arguments
* `data[]`                 the elements of an argument;  `data.prompt` the key of each element
* `self.prompt(@each)`     what a function of the project returns that the object has as method or argument
* `@each`                  the element of `each` that a library works on, when it loops over them itself
* `@answer`, `@row`        what a generator answered; the element of `each` with the answer in it

`returns` names the type of the result, so that its methods have rows too (`boto3.client` returns
`boto3.client`; `pandas.read_csv` returns `pandas.DataFrame`).  `result` says what the result holds:

* ``        the content of `data` (or, for `generate`, new content)
* `same`    the receiver or the data itself, of the same type
* `element` one element of `data`
* `object`  the object that was written: what lies under each of its keys and positions is other data
* `list`    many of what a single call gives (batch calls)
* `stream`  the same, each as soon as it is there
* `future`  the value a future or coroutine will give
* `fresh`   a value never seen before (uuid, time)
* `number`, `bool`, `none`  no content
* `pairs`   `train_test_split` of several arrays: train and test part of each, in order
* `parts`   a dict with `train` and `test`
* `halves`  a list of parts, the first for training
* `folds`   pairs of index arrays
* `link`    a place from which the data can be loaded
* `flags`   the data with a mark per row and nothing removed
* `rows`    the elements of `each`, with the new content under `fields` and the model's name under `tag`
* `columns` the data with no other columns than `fields` names

An attribute that holds data (`response.dataset`) has a row with `attribute = true`, and `[]` as its name for what an
item holds.  `reports` are the checks (`fidelity`, `memorization`) that a call makes by itself.  `file` names a file
whose content is written (a copy, an upload).  `absorbs` says that the receiver takes in the data, `into` names an
argument that does; `like` names a type whose methods a type has too.  `evaluation` marks what is made to evaluate
with: generated test sets, benchmarks that are loaded, answers that they score.  Objects whose with-block collects
steps have `gathers = true`; the role `run` carries the steps out, each by the row of its `process`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

ROLES = {
    "generate": "a generative model produces content",
    "fit": "a generative model sees data; the receiver remembers it",
    "resample": "rows of a labelled table are added or dropped",
    "augment": "variants of given rows are made",
    "load": "data enters from a file, a hub or a package",
    "write": "data leaves to a file, a table, a hub or a fine-tuning service",
    "mix": "data sets are joined",
    "split": "data is divided into parts",
    "train": "a model learns from data",
    "evaluate": "a model or its predictions are scored on data",
    "predict": "a trained model labels given data",
    "dedup": "repeated records are removed",
    "decontaminate": "records that occur in a benchmark are removed",
    "filter": "records are dropped by a test other than repetition",
    "provenance": "records or the dataset are marked with their origin",
    "fidelity": "generated and real data are compared",
    "memorization": "generated data is searched for copies of real data",
    "dp": "differential privacy is applied while a generator is fitted",
    "judge": "records are scored or selected by a model",
    "client": "an object is built whose methods have rows of their own",
    "apply": "a function that is passed is called, for each element or once",
    "cache": "equal calls return one stored result",
    "container": "an object made of steps (pipelines, chains)",
    "link": "the steps passed follow the receiver, or belong to it",
    "run": "the steps of a declared pipeline are carried out",
    "transform": "the content of the arguments passes through",
    "clean": "the result carries no content of the arguments",
    "random": "a value that differs from call to call",
    "not-a-generator": "looks like a generator and is none",
}
MEDIA = ("text", "image", "table", "audio")


@dataclass(frozen=True, slots=True)
class Setting:
    """A sampling parameter: the argument references that may set it, in order, and the library default.

    `default` is None when the service or checkpoint decides.
    """

    args: tuple[str, ...]
    default: float | int | str | bool | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on one argument: `present`, `equals` a value, `matches` a pattern, `has` one of some keys, `function`.

    `function` is true for what the project can call: its functions, lambdas and partials.
    """

    arg: str
    present: bool | None = None
    equals: Any = None
    matches: str | None = None
    has: tuple[str, ...] = ()
    function: bool | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What one call does.  Fields that a role does not use stay empty."""

    name: str
    role: str
    params: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    # generate, judge
    prompt: tuple[str, ...] = ()
    model: Setting | None = None
    temperature: Setting | None = None
    count: Setting | None = None
    seed: Setting | None = None
    sampling: Setting | None = None
    beams: Setting | None = None
    media: str = "text"
    chat: bool = False
    cached: bool = False
    constant_by_design: bool = False
    writes: bool = False
    evaluation: bool = False
    parse: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    tag: str = ""
    # data roles
    data: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    eval_data: tuple[str, ...] = ()
    real: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    file: tuple[str, ...] = ()
    format: str = ""
    many: bool = False
    public: bool = False
    marks: bool = False
    novel: bool = False
    copies: bool = False
    drops: bool = False
    cross_validation: bool = False
    private: bool = False
    reports: tuple[str, ...] = ()
    # apply
    func: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    # container
    steps: tuple[str, ...] = ()
    chain: bool = False
    gathers: bool = False
    attribute: bool = False
    absorbs: bool = False
    into: tuple[str, ...] = ()
    like: str = ""
    # the result
    returns: str = ""
    result: str = ""
    note: str = ""
    reference: str = ""
    origin: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Telling:
    """A name that tells its role although nothing resolves it; counts with a breadcrumb."""

    role: str
    names: tuple[str, ...]
    receivers: tuple[str, ...] = ()
    not_receivers: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    data: tuple[str, ...] = ("*", "**")

    def fits(self, receiver: str, module: str) -> bool:
        """Whether a call on a receiver of that name (lower case), imported from `module`, is meant."""
        if self.receivers and not any(re.search(one, receiver) for one in self.receivers):
            return False
        if any(re.search(one, receiver) for one in self.not_receivers):
            return False
        return not self.modules or any(re.fullmatch(one, module) for one in self.modules)


@dataclass(frozen=True, slots=True)
class Words:
    """A named list of words or patterns (`[words.NAME]`): key names, path tokens, split names."""

    name: str
    exact: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()


class ModelError(Exception):
    """A malformed row: the file, the row and what to do."""

    def __init__(self, file: str, row: str, problem: str) -> None:
        super().__init__(f"{file}: {row}: {problem}")
        self.file, self.row, self.problem = file, row, problem
