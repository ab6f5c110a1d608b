"""Whether a model response is fit to become a record: complete, not refused, not empty, parsable."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from synthlint.runtime._errors import UnusableResponseError
from synthlint.runtime._responses import Answer, answers_of, failure_of, get, name_of

Reason: TypeAlias = Literal["truncated", "refused", "empty", "unparsable", "failed"]
Parse: TypeAlias = "Literal['json'] | Callable[[str], Any] | type[Any] | None"

_log = logging.getLogger("synthlint.runtime")

# Finish reasons as the providers name them (API references of OpenAI, Anthropic, Google, Cohere, Mistral,
# Ollama and Amazon Bedrock), lower case. What is in none of the three sets is a normal end.
_TRUNCATED = frozenset(
    {
        "length",
        "max_tokens",
        "max_output_tokens",
        "max_completion_tokens",
        "model_length",
        "token_limit",
        "incomplete",
        "in_progress",
        "queued",
        "pause_turn",
        "model_context_window_exceeded",
    }
)
_REFUSED = frozenset(
    {
        "content_filter",
        "content_filtered",
        "guardrail_intervened",
        "refusal",
        "safety",
        "recitation",
        "blocklist",
        "spii",
        "prohibited_content",
        "image_safety",
        "image_prohibited_content",
        "error_toxic",
        "blocked",
    }
)
_FAILED = frozenset(
    {
        "error",
        "failed",
        "cancelled",
        "user_cancel",
        "timeout",
        "malformed_function_call",
        "malformed_tool_use",
        "expired",
        "errored",
        "malformed_model_output",
        "unexpected_tool_call",
    }
)

_CANNOT = r"(?:can(?:no|['’])t|can not|couldn['’]t|won['’]t|will not|(?:am|['’]m) (?:unable|not able) to|must decline)"
_SORRY = r"(?:(?:i['’]?m|i am) (?:\w+ )?sorry|sorry|(?:my |i )?apolog\w+|unfortunately|no)"
_ASKED = (
    r"(?:assist|help|provide|fulfil+|comply|generate|create|write|answer|do (?:that|this|so)|continue|engage|"
    r"discuss|support|complete|produce|respond|participate|translate|access|browse)"
)
_AN_AI = r"an? (?:ai|artificial intelligence|(?:large )?language model)(?: language)?(?: model| assistant| system)?"
_REFUSALS = (
    rf"{_SORRY}\b[^.!?\n]{{0,60}}\bi ?{_CANNOT}[^.!?\n]{{0,20}}\b{_ASKED}\b",
    rf"i ?{_CANNOT} (?:\w+ )?(?:assist|comply|fulfil+|engage|help (?:you )?with|help (?:you|create)|"
    r"provide (?:that|this|you|any|information|instructions|assistance|guidance)|"
    r"(?:generate|create|produce|write) (?:that|this|such|any|content)|do that|support that)\b",
    rf"(?:as|being) {_AN_AI},? [^.!?\n]{{0,60}}\bi ?(?:{_CANNOT}|do(?:n['’]t| not) (?:have|possess))",
    r"(?:抱歉|对不起|很抱歉|對不起)[，,、 ]?(?:但|但是)?我?(?:无法|不能|無法)",
    r"(?:申し訳(?:ありません|ございません)が|すみませんが)[、,]?[^。\n]{0,40}(?:できません|お答え|お手伝い)",
    r"죄송(?:하지만|합니다)[^.\n]{0,40}(?:수 없|어렵)",
    r"(?:es tut mir leid|tut mir leid|entschuldigung),? (?:aber )?(?:ich|dabei|das)\b[^.\n]{0,40}\b(?:nicht|kein)",
    r"(?:je suis )?désolée?,? (?:mais )?je ne (?:peux|suis)",
    r"lo siento,? (?:pero )?no (?:puedo|me es posible)",
    r"(?:desculpe|sinto muito|lamento),? (?:mas )?(?:eu )?não posso",
    r"mi dispiace,? (?:ma )?non posso",
)
_REFUSAL = re.compile(r"[\W_]*(?:" + "|".join(_REFUSALS) + ")", re.IGNORECASE)
_FENCE = re.compile(r"\A\s*```[\w-]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Usability:
    """The verdict on one response. It is true when the response can be used."""

    reason: Reason | None = None
    """Why not; None when the response is usable."""
    detail: str = ""
    text: str = field(default="", repr=False)
    """The text of the response, of all its parts together."""
    value: Any = field(default=None, repr=False)
    """What ``parse`` made of the text."""

    def __bool__(self) -> bool:
        return self.reason is None

    def __str__(self) -> str:
        return "usable" if self else f"not usable: {self.reason} ({self.detail})"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, without ``value``."""
        return {"usable": bool(self), "reason": self.reason, "detail": self.detail, "text": self.text}

    def raise_for_status(self) -> Usability:
        """This verdict; raises :class:`UnusableResponseError` unless the response is usable."""
        if not self:
            raise UnusableResponseError(f"the response is {self.reason}: {self.detail}. {_ADVICE[self.reason]}", self)
        return self


_ADVICE: dict[Reason | None, str] = {
    "truncated": "Raise the token limit or ask for less, and do not keep the piece.",
    "refused": "Leave the record out, count it, and look at the prompt if there are many.",
    "empty": "Ask again, and count how often it happens.",
    "unparsable": "Ask for structured output, or ask again with the error in the prompt.",
    "failed": "Ask again later; the provider reported an error.",
}


def usable(response: Any, *, parse: Parse = None, strict: bool = False) -> Usability:
    """Whether a response can become a record: ``if not usable(response): continue``.

    Parameters
    ----------
    response
        What a client returned, as object or dict, or the text. With several choices all must be usable.
    parse
        ``"json"`` (with or without a Markdown fence), a pydantic model, or a function that takes the text and
        raises when it cannot be used. The result is in ``.value``.
    strict
        Raise :class:`UnusableResponseError` instead of returning a false result.

    A refusal is known by the provider's flag or by how the text *begins* ("I'm sorry, but I can't assist with
    ...", also in eight other languages); text that only quotes one is not refused. Of a plain string nobody can
    tell that it was cut off, so pass the response object where there is one. Drops are logged
    (``synthlint.runtime``, INFO). The shapes of responses that are read: see ``_responses``.

    Raises
    ------
    UnusableResponseError
        With ``strict``, the response cannot be used.
    KindError
        What was given is no response: not awaited, a stream that was not read, an object without any text.
    ValueError
        ``parse`` is none of the above.
    """
    if not (parse is None or parse == "json" or callable(parse)):
        raise ValueError(f'parse is "json", a pydantic model or a function of the text, not {parse!r}')
    verdict = _judge(response, parse)
    if not verdict:
        _log.info("%s", verdict)
        if strict:
            verdict.raise_for_status()
    return verdict


def _judge(response: Any, parse: Parse) -> Usability:
    if failure := failure_of(response):
        return Usability("failed", failure)
    if blocked := name_of(get(get(response, "prompt_feedback", "promptFeedback"), "block_reason", "blockReason")):
        return Usability("refused", f"the prompt was blocked: {blocked}")
    answers = list(answers_of(response))
    if not answers:
        return Usability("empty", "the response holds no answer")
    text = "\n".join(a.text for a in answers if a.text)
    for number, answer in enumerate(answers):
        verdict = _judge_answer(answer)
        if not verdict:
            where = f"choice {number}: " if len(answers) > 1 else ""
            return Usability(verdict.reason, where + verdict.detail, text)
    return replace(_parsed(answers[0], parse), text=text)


def _judge_answer(answer: Answer) -> Usability:
    reason = answer.finish
    if reason in _FAILED:
        return Usability("failed", f"finish reason {reason!r}")
    if answer.refusal or reason in _REFUSED:
        return Usability("refused", answer.refusal[:200] or f"finish reason {reason!r}")
    if reason in _TRUNCATED:
        return Usability("truncated", f"finish reason {reason!r}")
    if not answer.text.strip():
        return Usability() if answer.has_calls else Usability("empty", "the text is empty")
    for text in answer.parts or (answer.text,):
        if found := _REFUSAL.match(text[:400]):
            return Usability("refused", f"begins with {found.group().strip()!r}")
    return Usability()


def _parsed(answer: Answer, parse: Parse) -> Usability:
    if parse is None or (answer.has_calls and not answer.text.strip()):
        return Usability()
    fenced = _FENCE.match(answer.text)
    text = fenced.group(1) if fenced else answer.text
    try:
        if parse == "json":
            return Usability(value=json.loads(text))
        validate = getattr(parse, "model_validate_json", parse)
        return Usability(value=validate(text))
    except Exception as error:  # whatever a caller's parser raises is the verdict
        return Usability("unparsable", f"{type(error).__name__}: {error}".splitlines()[0][:200])
