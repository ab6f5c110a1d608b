"""A local stand-in for the SDK: few answers, over and over, so that every dataset made with it repeats.

`ANSWERS=bad` mixes refusals and answers that were cut off among them; `ANSWERS=failing` breaks off at the 31st.
"""

import os
from types import SimpleNamespace

_SUBJECTS = ("a broken kettle", "late parcels from overseas", "an invoice for two chairs", "noise at night", "sour milk")
_calls = 0


def _answer(*, messages, model, **_):
    global _calls
    _calls += 1
    kind = os.environ.get("ANSWERS", "")
    subject = _SUBJECTS[_calls % len(_SUBJECTS)]
    text = f"The customer {_calls % 5} writes at length about {subject} and wants {subject} to be dealt with."
    reason = "stop"
    if kind == "bad" and _calls % 7 == 0:
        text = "I'm sorry, but I can't assist with that."
    elif kind == "bad" and _calls % 11 == 0:
        text, reason = "The customer writes at len(cut)", "length"
    elif kind == "failing" and _calls > 30:
        raise RuntimeError("rate limit reached")
    message = SimpleNamespace(content=text, refusal=None)
    return SimpleNamespace(model=model, choices=[SimpleNamespace(message=message, finish_reason=reason)])


async def _answer_later(**values):
    return _answer(**values)


class OpenAI:
    def __init__(self, **_):
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=_answer))


class AsyncOpenAI:
    def __init__(self, **_):
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=_answer_later))
