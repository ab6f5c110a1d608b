"""A local stand-in for the SDK: five answers, over and over, so that every dataset made with it repeats."""

from types import SimpleNamespace

_SUBJECTS = ("a broken kettle", "late parcels from overseas", "an invoice for two chairs", "noise at night", "sour milk")
_calls = 0


def _answer(*, messages, model, **_):
    global _calls
    _calls += 1
    subject = _SUBJECTS[_calls % len(_SUBJECTS)]
    text = f"The customer {_calls % 5} writes at length about {subject} and wants {subject} to be dealt with."
    message = SimpleNamespace(content=text, refusal=None)
    return SimpleNamespace(model=model, choices=[SimpleNamespace(message=message, finish_reason="stop")])


async def _answer_later(**values):
    return _answer(**values)


class OpenAI:
    def __init__(self, **_):
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=_answer))


class AsyncOpenAI:
    def __init__(self, **_):
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=_answer_later))
