"""What ``usable`` says about responses of every provider shape, as objects and as dicts."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from synthlint.runtime import KindError, UnusableResponseError, usable

GOOD = "The tide comes in twice a day."
REFUSED = "I'm sorry, but I can't assist with that request."


class Finish(enum.Enum):
    STOP = 1
    MAX_TOKENS = 2
    SAFETY = 3


def as_object(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{k: as_object(v) for k, v in value.items()})
    return [as_object(v) for v in value] if isinstance(value, list) else value


def openai_chat(text: str | None, finish: str = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"finish_reason": finish, "message": {"role": "assistant", "content": text, **more}}]}


def openai_completion(text: str, finish: str = "stop") -> dict[str, Any]:
    return {"object": "text_completion", "choices": [{"text": text, "finish_reason": finish, "index": 0}]}


def openai_responses(text: str, finish: str = "completed") -> dict[str, Any]:
    message = {"type": "message", "content": [{"type": "output_text", "text": text}]}
    cut = {"reason": "max_output_tokens"} if finish == "incomplete" else None
    return {"status": finish, "error": None, "incomplete_details": cut, "output": [{"type": "reasoning"}, message]}


def anthropic(text: str, finish: str = "end_turn") -> dict[str, Any]:
    content = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": text}]
    return {"type": "message", "role": "assistant", "content": content, "stop_reason": finish}


def gemini(text: str, finish: Any = "STOP") -> dict[str, Any]:
    parts = [{"text": "let me think", "thought": True}, {"text": text}]
    return {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finish_reason": finish}],
        "prompt_feedback": None,
    }


def cohere(text: str, finish: str = "COMPLETE") -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": [{"type": "text", "text": text}]}, "finish_reason": finish}


def ollama_chat(text: str, finish: str = "stop") -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}, "done": True, "done_reason": finish}


def ollama_generate(text: str, finish: str = "stop") -> dict[str, Any]:
    return {"response": text, "done": True, "done_reason": finish}


def bedrock(text: str, finish: str = "end_turn") -> dict[str, Any]:
    return {"output": {"message": {"role": "assistant", "content": [{"text": text}]}}, "stopReason": finish}


def langchain(text: str, finish: str = "stop") -> dict[str, Any]:
    return {"content": text, "type": "ai", "response_metadata": {"finish_reason": finish}}


def openai_batch(text: str, finish: str = "stop") -> dict[str, Any]:
    return {"custom_id": "7", "error": None, "response": {"status_code": 200, "body": openai_chat(text, finish)}}


def anthropic_batch(text: str, finish: str = "end_turn") -> dict[str, Any]:
    return {"custom_id": "7", "result": {"type": "succeeded", "message": anthropic(text, finish)}}


def vllm(text: str, finish: str = "stop") -> dict[str, Any]:
    return {"request_id": "1", "outputs": [{"index": 0, "text": text, "finish_reason": finish, "stop_reason": None}]}


SHAPES: list[tuple[Callable[..., dict[str, Any]], Any, Any]] = [
    (openai_chat, "length", "content_filter"),
    (openai_completion, "length", "content_filter"),
    (openai_responses, "incomplete", None),
    (anthropic, "max_tokens", "refusal"),
    (gemini, "MAX_TOKENS", "SAFETY"),
    (gemini, Finish.MAX_TOKENS, Finish.SAFETY),
    (cohere, "MAX_TOKENS", "ERROR_TOXIC"),
    (ollama_chat, "length", None),
    (ollama_generate, "length", None),
    (bedrock, "max_tokens", "guardrail_intervened"),
    (langchain, "length", "content_filter"),
    (openai_batch, "length", "content_filter"),
    (anthropic_batch, "max_tokens", "refusal"),
    (vllm, "length", None),
]


@pytest.mark.parametrize("form", [dict, as_object])
@pytest.mark.parametrize(("build", "cut", "blocked"), SHAPES)
class TestProviders:
    def test_good(self, build: Any, cut: Any, blocked: Any, form: Any) -> None:
        verdict = usable(form(build(GOOD)))
        assert verdict
        assert verdict.text == GOOD
        assert verdict.reason is None

    def test_truncated(self, build: Any, cut: Any, blocked: Any, form: Any) -> None:
        verdict = usable(form(build(GOOD, cut)))
        assert not verdict
        assert verdict.reason == "truncated"

    def test_blocked(self, build: Any, cut: Any, blocked: Any, form: Any) -> None:
        if blocked is None:
            assert usable(form(build(REFUSED))).reason == "refused"
        else:
            assert usable(form(build("", blocked))).reason == "refused"

    def test_refusing_text(self, build: Any, cut: Any, blocked: Any, form: Any) -> None:
        assert usable(form(build(REFUSED))).reason == "refused"

    def test_empty(self, build: Any, cut: Any, blocked: Any, form: Any) -> None:
        assert usable(form(build(" \n"))).reason == "empty"


@pytest.mark.parametrize(
    "response",
    [
        openai_chat(None, refusal="I can't help with that."),
        {"status": "completed", "output": [{"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}]},
        {"candidates": [], "prompt_feedback": {"block_reason": "SAFETY"}},
    ],
)
def test_flags_of_providers(response: dict[str, Any]) -> None:
    assert usable(response).reason == "refused"
    assert usable(as_object(response)).reason == "refused"


@pytest.mark.parametrize(
    "response",
    [
        openai_chat(None, "tool_calls", tool_calls=[{"function": {"name": "f", "arguments": "{}"}}]),
        {"content": [{"type": "tool_use", "name": "f", "input": {}}], "stop_reason": "tool_use", "role": "assistant"},
        {"candidates": [{"content": {"parts": [{"function_call": {"name": "f"}}]}, "finish_reason": "STOP"}]},
        {"status": "completed", "output": [{"type": "function_call", "name": "f"}]},
    ],
)
def test_a_call_of_a_tool_is_an_answer(response: dict[str, Any]) -> None:
    assert usable(response)
    assert usable(as_object(response))


@pytest.mark.parametrize(
    "response",
    [
        {"error": {"message": "rate limit", "code": 429}},
        {"custom_id": "1", "response": {"status_code": 500, "body": {"error": {"message": "down"}}}},
        {"custom_id": "1", "result": {"type": "errored", "error": {"message": "x"}}},
        {"status": "failed", "output": [{"type": "message", "content": []}]},
        TimeoutError("too slow"),
    ],
)
def test_errors_are_failures(response: Any) -> None:
    assert usable(response).reason == "failed"


@pytest.mark.parametrize(
    "text",
    [
        REFUSED,
        "I’m really sorry, but I can’t help you with creating that.",
        "Sorry, I am unable to provide instructions for this.",
        "I cannot fulfill this request.",
        "I can't assist with that.",
        "As an AI language model, I do not have personal opinions.",
        "As an AI, I cannot browse the internet.",
        "**I apologize, but I cannot generate** this content",
        "抱歉，我无法回答这个问题。",
        "申し訳ありませんが、そのリクエストにはお答えできません。",
        "Es tut mir leid, aber ich kann dabei nicht helfen.",
        "Je suis désolé, mais je ne peux pas vous aider.",
        "Lo siento, pero no puedo ayudar con eso.",
        "Desculpe, mas não posso ajudar.",
        "Mi dispiace, ma non posso aiutarti.",
    ],
)
def test_refusals(text: str) -> None:
    assert usable(text).reason == "refused"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "I'm sorry to hear that you lost your luggage. We will refund the ticket.",
        "I cannot help but admire the way the light falls on the sea.",
        "I can't write about my father without smelling tobacco.",
        "As an AI researcher, I spend my days with broken experiments.",
        "Unfortunately, we cannot offer a refund after 30 days.",
        "She said: \"I'm sorry, but I can't assist with that.\"",
        "No, I won't go there again, the captain said.",
        "Sorry is a short word.",
        "0",
    ],
)
def test_texts_that_only_look_like_refusals(text: str) -> None:
    assert usable(text)


class TestParse:
    def test_json_with_and_without_fence(self) -> None:
        assert usable('{"a": 1}', parse="json").value == {"a": 1}
        assert usable('```json\n{"a": 1}\n```', parse="json").value == {"a": 1}
        assert usable(openai_chat('{"a": 1}'), parse=json.loads).value == {"a": 1}

    def test_broken_json(self) -> None:
        verdict = usable('{"a": [1, 2', parse="json")
        assert verdict.reason == "unparsable"
        assert "JSONDecodeError" in str(verdict)

    def test_a_class_with_model_validate_json(self) -> None:
        class Model:
            @classmethod
            def model_validate_json(cls, text: str) -> int:
                return int(text)

        assert usable("7", parse=Model).value == 7
        assert usable("seven", parse=Model).reason == "unparsable"

    def test_a_parser_that_cannot_be_one_is_a_mistake_of_the_program(self) -> None:
        with pytest.raises(ValueError, match=r"parse is .* a function of the text, not 'yaml'"):
            usable("{}", parse="yaml")  # type: ignore[arg-type]


@dataclasses.dataclass
class Question:
    question: str
    answer: str


class TestRecords:
    def test_a_record_that_is_an_object(self) -> None:
        assert usable(Question("Why?", "Because."))
        assert usable(Question("Why?", REFUSED)).reason == "refused"
        assert usable(Question("", "")).reason == "empty"

    def test_an_object_with_a_text(self) -> None:
        assert usable(SimpleNamespace(text=GOOD)).text == GOOD
        assert usable(SimpleNamespace(text=REFUSED)).reason == "refused"
        assert usable(GOOD.encode()).text == GOOD
        assert usable(3)

    def test_what_is_no_answer_yet(self) -> None:
        async def ask() -> str:
            return GOOD

        waiting = ask()
        with pytest.raises(KindError, match=r"usable\(await ...\)"):
            usable(waiting)
        waiting.close()
        with pytest.raises(KindError, match="collect its text first"):
            usable(part for part in GOOD)
        with pytest.raises(KindError, match="cannot read a object; pass the response of the client"):
            usable(object())

    def test_a_parsed_record(self) -> None:
        assert usable({"question": "Why?", "choices": ["a", "b"], "answer": 3})
        assert usable({"title": "T", "content": "C"})
        assert usable({"question": "", "answer": None}).reason == "empty"
        assert usable({"question": "Why?", "answer": REFUSED}).reason == "refused"

    def test_nothing(self) -> None:
        assert [usable(x).reason for x in (None, "", [], {})] == ["empty"] * 4

    def test_one_bad_choice_of_several(self) -> None:
        response = {"choices": [openai_chat(GOOD)["choices"][0], openai_chat(GOOD, "length")["choices"][0]]}
        assert usable(response).detail.startswith("choice 1: ")
        assert [bool(usable(choice)) for choice in response["choices"]] == [True, False]


def test_the_verdict_prints_serialises_and_raises(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="synthlint.runtime")
    verdict = usable(openai_chat(GOOD, "length"))
    assert str(verdict) == "not usable: truncated (finish reason 'length')"
    assert json.loads(json.dumps(verdict.to_dict()))["reason"] == "truncated"
    assert "truncated" in caplog.text
    with pytest.raises(UnusableResponseError, match="Raise the token limit"):
        verdict.raise_for_status()
    with pytest.raises(UnusableResponseError):
        usable("", strict=True)
    usable(GOOD).raise_for_status()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "content", "output", "candidates", "result", "response", "text", "error", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_anything_gets_a_verdict(response: Any) -> None:
    assert isinstance(bool(usable(response)), bool)
    assert isinstance(bool(usable(as_object(response))), bool)
