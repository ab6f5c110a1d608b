"""Model responses of every provider as answers: text, finish reason, refusal, calls of tools.

Responses are read by their shape, so no client library is needed: OpenAI chat, completions and Responses,
Anthropic, Google, Cohere, Ollama, LiteLLM, vLLM, Bedrock Converse, LangChain messages, lines of batch results,
transformers pipelines; objects, dicts, or plain text. A mapping of no known shape counts as a finished record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from synthlint.runtime._errors import KindError
from synthlint.runtime._records import fields_of

_BARE_OBJECT = re.compile(r"<.* at 0x[0-9a-fA-F]+\b.*>", re.DOTALL)


@dataclass
class Answer:
    """One answer in a response, whatever the provider calls its parts."""

    text: str = ""
    finish: str = ""
    """Why the model stopped, in the provider's word, lower case; empty where it does not say."""
    refusal: str = ""
    has_calls: bool = False
    parts: tuple[str, ...] = ()
    """The texts of a parsed record, each of which can be a refusal."""


def get(source: Any, *names: str) -> Any:
    """The first of the named fields that a mapping or an object has, else None."""
    for name in names:
        value = source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
        if value is not None and not callable(value):
            return value
    return None


def name_of(value: Any) -> str:
    """A finish reason as text: providers use strings and enums."""
    if value is None:
        return ""
    named = getattr(value, "name", value)
    return str(named).rpartition(".")[2].lower()


def failure_of(response: Any) -> str:
    if isinstance(response, BaseException):
        return f"{type(response).__name__}: {response}"
    error = get(response, "error")
    if error and not isinstance(error, str):
        return str(get(error, "message", "code") or error)
    status = get(response, "status_code")
    if isinstance(status, int) and status >= 400:
        return f"status code {status}"
    if get(response, "type") in ("error", "errored", "canceled", "expired"):
        return f"result type {get(response, 'type')!r}"
    return ""


def answers_of(response: Any) -> Iterator[Answer]:
    """The answers of a response, by the first shape that fits."""
    if response is None:
        return
    if isinstance(response, (str, bytes)):
        yield Answer(response if isinstance(response, str) else response.decode("utf-8", "replace"))
        return
    if isinstance(response, (list, tuple)):
        for item in response:
            yield from answers_of(item)
        return
    for shape in _SHAPES:
        found = shape(response)
        if found is not None:
            yield from found
            return
    yield from _other(response)


Shape: TypeAlias = Callable[[Any], "list[Answer] | None"]


def _is_object(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, bytes, int, float, list, tuple))


def _choices(response: Any) -> list[Answer] | None:
    """OpenAI chat and completions, LiteLLM, Mistral, Groq, vLLM."""
    choices = get(response, "choices", "outputs")
    if not isinstance(choices, (list, tuple)) or not all(map(_is_object, choices)):
        return None
    return [_choice(choice) for choice in choices]


def _choice(choice: Any) -> Answer:
    answer = _message(get(choice, "message", "delta") or choice)
    answer.finish = name_of(get(choice, "finish_reason", "stop_reason"))
    return answer


def _message(message: Any) -> Answer:
    calls = bool(get(message, "tool_calls", "function_call"))
    text, block_calls, refusal = _content(get(message, "content", "text", "parts"))
    parsed = get(message, "parsed") is not None
    return Answer(text, "", str(get(message, "refusal") or refusal), calls or block_calls or parsed)


def _content(content: Any) -> tuple[str, bool, str]:
    """Text, whether there is a call of a tool, and the refusal, of a string or a list of blocks."""
    if not isinstance(content, (list, tuple)):
        return ("" if content is None else str(content)), False, ""
    texts, calls, refusal = [], False, ""
    for block in content:
        if isinstance(block, str):
            texts.append(block)
            continue
        refusal = refusal or str(get(block, "refusal") or "")
        calls = calls or _is_call(block)
        if not get(block, "thought") and isinstance(text := get(block, "text"), str):
            texts.append(text)
    return "".join(texts), calls, refusal


def _is_call(block: Any) -> bool:
    kind = str(get(block, "type") or "")
    return kind.endswith(("_use", "_call")) or get(block, "function_call", "functionCall", "toolUse") is not None


def _openai_responses(response: Any) -> list[Answer] | None:
    output = get(response, "output")
    if not isinstance(output, (list, tuple)) or not all(_is_object(i) and get(i, "type") for i in output):
        return None
    answer = Answer(finish=name_of(get(response, "status")))
    if answer.finish == "incomplete":
        answer.finish = name_of(get(get(response, "incomplete_details"), "reason")) or "incomplete"
    for item in output:
        text, calls, refusal = _content(get(item, "content"))
        if get(item, "type") == "message":
            answer.text += text
        answer.has_calls |= calls or _is_call(item)
        answer.refusal = answer.refusal or refusal
    return [answer]


def _candidates(response: Any) -> list[Answer] | None:
    """Google Gemini and Vertex AI."""
    candidates = get(response, "candidates")
    if not isinstance(candidates, (list, tuple)) or not all(map(_is_object, candidates)):
        return None
    answers = []
    for candidate in candidates:
        answer = _message(get(candidate, "content") or {})
        answer.finish = name_of(get(candidate, "finish_reason", "finishReason"))
        answers.append(answer)
    return answers


def _converse(response: Any) -> list[Answer] | None:
    """Amazon Bedrock Converse."""
    message = get(get(response, "output"), "message")
    if message is None:
        return None
    answer = _message(message)
    answer.finish = name_of(get(response, "stopReason"))
    return [answer]


def _one_message(response: Any) -> list[Answer] | None:
    """Anthropic, Cohere, Ollama chat, LangChain messages, and single messages."""
    message = get(response, "message")
    message = message if _is_object(message) else response
    content = get(message, "content")
    metadata = get(response, "response_metadata") or {}
    reason = get(response, "stop_reason", "finish_reason", "done_reason") or get(
        metadata, "finish_reason", "stop_reason", "done_reason"
    )
    blocks = isinstance(content, (list, tuple)) and all(_is_object(b) and get(b, "type", "text") for b in content)
    if not blocks and not (isinstance(content, str) and (reason or get(message, "role", "type"))):
        return None
    answer = _message(message)
    answer.finish = name_of(reason)
    return [answer]


def _generated(response: Any) -> list[Answer] | None:
    """Ollama generate, Cohere generate, text-generation-inference, transformers pipelines."""
    finish = name_of(get(response, "done_reason", "finish_reason") or get(get(response, "details"), "finish_reason"))
    text = get(response, "generated_text")
    if isinstance(text, (list, tuple)) and text:
        return [_message(text[-1])]
    if text is None and finish:
        text = get(response, "response", "text")
    return [Answer(text, finish)] if isinstance(text, str) else None


def _wrapped(response: Any) -> list[Answer] | None:
    """A line of a batch result: the response stands inside."""
    result = get(response, "result")
    inside = get(get(response, "response"), "body") or get(result, "message") or get(response, "body")
    if inside is None and _is_object(result) and get(result, "type"):
        inside = result
    if not _is_object(inside):
        return None
    if failure := failure_of(inside) or failure_of(get(response, "response")):
        return [Answer(failure, "failed")]
    return list(answers_of(inside))


_SHAPES: tuple[Shape, ...] = (
    _choices,
    _candidates,
    _converse,
    _openai_responses,
    _generated,
    _one_message,
    _wrapped,
)


def _other(response: Any) -> list[Answer]:
    """What no provider returns: a record that is parsed already, or an object with a text."""
    record = fields_of(response)
    if isinstance(record, Mapping):
        return [_record(record)]
    if not isinstance(response, (int, float)):
        text = get(response, "text", "content", "output_text")
        response = text if isinstance(text, str) else _told(response)
    return [Answer(str(response))]


def _told(response: Any) -> str:
    """What an object says of itself; an object that says nothing is a mistake in the program."""
    kind = type(response).__name__
    if hasattr(response, "__await__"):
        raise KindError(f"usable() was given a {kind} that was not awaited; write usable(await ...)")
    if hasattr(response, "__next__") or hasattr(response, "__anext__"):
        raise KindError(f"usable() was given a {kind}, an answer that was not read yet; collect its text first")
    told = str(response)
    if _BARE_OBJECT.fullmatch(told):
        raise KindError(f"usable() cannot read a {kind}; pass the response of the client, a record, or the text")
    return told


def _record(record: Mapping[Any, Any]) -> Answer:
    """A parsed record: every text in it must be usable, and something must be said."""
    texts = tuple(text for text in _leaves(record) if text.strip())
    return Answer("\n".join(texts), parts=texts)


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
