"""Whether a model response is fit to become a record: complete, not refused, not empty, parsable.

Responses are read by their shape, so no client library is needed: OpenAI chat, completions and Responses,
Anthropic, Google, Cohere, Ollama, LiteLLM, Bedrock Converse, LangChain messages, lines of batch results,
transformers pipelines; objects, dicts, or plain text. A mapping of no known shape counts as a finished record.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from synthlint.runtime._errors import UnusableResponseError

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


@dataclass
class _Answer:
    """One answer in a response, whatever the provider calls its parts."""

    text: str = ""
    finish: str = ""
    refusal: str = ""
    has_calls: bool = False


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
    (``synthlint.runtime``, INFO).
    """
    verdict = _judge(response, parse)
    if not verdict:
        _log.info("%s", verdict)
        if strict:
            verdict.raise_for_status()
    return verdict


def _judge(response: Any, parse: Parse) -> Usability:
    if failure := _failure(response):
        return Usability("failed", failure)
    if blocked := _name(_get(_get(response, "prompt_feedback", "promptFeedback"), "block_reason", "blockReason")):
        return Usability("refused", f"the prompt was blocked: {blocked}")
    answers = list(_answers(response))
    if not answers:
        return Usability("empty", "the response holds no answer")
    text = "\n".join(a.text for a in answers if a.text)
    for number, answer in enumerate(answers):
        verdict = _judge_answer(answer)
        if not verdict:
            where = f"choice {number}: " if len(answers) > 1 else ""
            return Usability(verdict.reason, where + verdict.detail, text)
    return replace(_parsed(answers[0], parse), text=text)


def _judge_answer(answer: _Answer) -> Usability:
    reason = answer.finish
    if reason in _FAILED:
        return Usability("failed", f"finish reason {reason!r}")
    if answer.refusal or reason in _REFUSED:
        return Usability("refused", answer.refusal[:200] or f"finish reason {reason!r}")
    if reason in _TRUNCATED:
        return Usability("truncated", f"finish reason {reason!r}")
    if not answer.text.strip():
        return Usability() if answer.has_calls else Usability("empty", "the text is empty")
    if found := _REFUSAL.match(answer.text[:400]):
        return Usability("refused", f"begins with {found.group().strip()!r}")
    return Usability()


def _parsed(answer: _Answer, parse: Parse) -> Usability:
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


def _get(source: Any, *names: str) -> Any:
    """The first of the named fields that a mapping or an object has, else None."""
    for name in names:
        value = source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
        if value is not None and not callable(value):
            return value
    return None


def _name(value: Any) -> str:
    """A finish reason as text: providers use strings and enums."""
    if value is None:
        return ""
    named = getattr(value, "name", value)
    return str(named).rpartition(".")[2].lower()


def _failure(response: Any) -> str:
    if isinstance(response, BaseException):
        return f"{type(response).__name__}: {response}"
    error = _get(response, "error")
    if error and not isinstance(error, str):
        return str(_get(error, "message", "code") or error)
    status = _get(response, "status_code")
    if isinstance(status, int) and status >= 400:
        return f"status code {status}"
    if _get(response, "type") in ("error", "errored", "canceled", "expired"):
        return f"result type {_get(response, 'type')!r}"
    return ""


def _answers(response: Any) -> Iterator[_Answer]:
    """The answers of a response, by the first shape that fits."""
    if response is None:
        return
    if isinstance(response, str):
        yield _Answer(response)
        return
    if isinstance(response, (list, tuple)):
        for item in response:
            yield from _answers(item)
        return
    for shape in _SHAPES:
        found = shape(response)
        if found is not None:
            yield from found
            return
    if isinstance(response, Mapping):
        yield from _record(response)
    else:
        yield _Answer(str(response))


Shape: TypeAlias = Callable[[Any], "list[_Answer] | None"]


def _is_object(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, bytes, int, float, list, tuple))


def _choices(response: Any) -> list[_Answer] | None:
    """OpenAI chat and completions, LiteLLM, Mistral, Groq, vLLM."""
    choices = _get(response, "choices")
    if not isinstance(choices, (list, tuple)) or not all(map(_is_object, choices)):
        return None
    return [_choice(choice) for choice in choices]


def _choice(choice: Any) -> _Answer:
    answer = _message(_get(choice, "message", "delta") or choice)
    answer.finish = _name(_get(choice, "finish_reason", "stop_reason"))
    return answer


def _message(message: Any) -> _Answer:
    calls = bool(_get(message, "tool_calls", "function_call"))
    text, block_calls, refusal = _content(_get(message, "content", "text", "parts"))
    parsed = _get(message, "parsed") is not None
    return _Answer(text, "", str(_get(message, "refusal") or refusal), calls or block_calls or parsed)


def _content(content: Any) -> tuple[str, bool, str]:
    """Text, whether there is a call of a tool, and the refusal, of a string or a list of blocks."""
    if not isinstance(content, (list, tuple)):
        return ("" if content is None else str(content)), False, ""
    texts, calls, refusal = [], False, ""
    for block in content:
        if isinstance(block, str):
            texts.append(block)
            continue
        refusal = refusal or str(_get(block, "refusal") or "")
        calls = calls or _is_call(block)
        if not _get(block, "thought") and isinstance(text := _get(block, "text"), str):
            texts.append(text)
    return "".join(texts), calls, refusal


def _is_call(block: Any) -> bool:
    kind = str(_get(block, "type") or "")
    return kind.endswith(("_use", "_call")) or _get(block, "function_call", "functionCall", "toolUse") is not None


def _openai_responses(response: Any) -> list[_Answer] | None:
    output = _get(response, "output")
    if not isinstance(output, (list, tuple)) or not all(_is_object(i) and _get(i, "type") for i in output):
        return None
    answer = _Answer(finish=_name(_get(response, "status")))
    if answer.finish == "incomplete":
        answer.finish = _name(_get(_get(response, "incomplete_details"), "reason")) or "incomplete"
    for item in output:
        text, calls, refusal = _content(_get(item, "content"))
        if _get(item, "type") == "message":
            answer.text += text
        answer.has_calls |= calls or _is_call(item)
        answer.refusal = answer.refusal or refusal
    return [answer]


def _candidates(response: Any) -> list[_Answer] | None:
    """Google Gemini and Vertex AI."""
    candidates = _get(response, "candidates")
    if not isinstance(candidates, (list, tuple)) or not all(map(_is_object, candidates)):
        return None
    answers = []
    for candidate in candidates:
        answer = _message(_get(candidate, "content") or {})
        answer.finish = _name(_get(candidate, "finish_reason", "finishReason"))
        answers.append(answer)
    return answers


def _converse(response: Any) -> list[_Answer] | None:
    """Amazon Bedrock Converse."""
    message = _get(_get(response, "output"), "message")
    if message is None:
        return None
    answer = _message(message)
    answer.finish = _name(_get(response, "stopReason"))
    return [answer]


def _one_message(response: Any) -> list[_Answer] | None:
    """Anthropic, Cohere, Ollama chat, LangChain messages, and single messages."""
    message = _get(response, "message")
    message = message if _is_object(message) else response
    content = _get(message, "content")
    metadata = _get(response, "response_metadata") or {}
    reason = _get(response, "stop_reason", "finish_reason", "done_reason") or _get(
        metadata, "finish_reason", "stop_reason", "done_reason"
    )
    blocks = isinstance(content, (list, tuple)) and all(_is_object(b) and _get(b, "type", "text") for b in content)
    if not blocks and not (isinstance(content, str) and (reason or _get(message, "role", "type"))):
        return None
    answer = _message(message)
    answer.finish = _name(reason)
    return [answer]


def _generated(response: Any) -> list[_Answer] | None:
    """Ollama generate, Cohere generate, text-generation-inference, transformers pipelines."""
    finish = _name(_get(response, "done_reason", "finish_reason") or _get(_get(response, "details"), "finish_reason"))
    text = _get(response, "generated_text")
    if isinstance(text, (list, tuple)) and text:
        return [_message(text[-1])]
    if text is None and finish:
        text = _get(response, "response", "text")
    return [_Answer(text, finish)] if isinstance(text, str) else None


def _wrapped(response: Any) -> list[_Answer] | None:
    """A line of a batch result: the response stands inside."""
    result = _get(response, "result")
    inside = _get(_get(response, "response"), "body") or _get(result, "message") or _get(response, "body")
    if inside is None and _is_object(result) and _get(result, "type"):
        inside = result
    if not _is_object(inside):
        return None
    if failure := _failure(inside) or _failure(_get(response, "response")):
        return [_Answer(failure, "failed")]
    return list(_answers(inside))


_SHAPES: tuple[Shape, ...] = (
    _choices,
    _candidates,
    _converse,
    _openai_responses,
    _generated,
    _one_message,
    _wrapped,
)


def _record(record: Mapping[Any, Any]) -> list[_Answer]:
    """A parsed record: every text in it must be usable, and something must be said."""
    texts = [text for text in _leaves(record) if text.strip()]
    refused = [text for text in texts if _REFUSAL.match(text[:400])]
    return [_Answer((refused or texts or [""])[0] if refused else "\n".join(texts))]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield str(value)
