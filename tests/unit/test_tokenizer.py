"""Tokens of calls that report none: OpenAI's own counts where they publish them, bounded whatever the text."""

import json
from typing import Any

import pytest
from toktok import batch_count

from spyglass.core.cost import Model
from spyglass.core.jsontext import to_text
from spyglass.core.references import MARKER, project_prefix
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.tokenizer import MAX_CHARACTERS, Tokenizer, scheme_of

TOKENIZER = Tokenizer()
CATALOGUE = Catalogue()


def model(name: str) -> Model:
    found = CATALOGUE.match(name)
    assert found is not None
    return found


def own(tokenizer_id: str, config: Any = None, name: str = "mine") -> Model:
    return Model("own", name, "^mine$", (), tokenizer_id=tokenizer_id, tokenizer_config=config)


def estimate(of: Model | str, input: Any = "", output: Any = "") -> dict[str, int]:
    found = model(of) if isinstance(of, str) else of
    return TOKENIZER.estimate(found, to_text(input), to_text(output))


# The example of OpenAI's cookbook, "How to count tokens with tiktoken", section 6: what the API itself counted.
COOKBOOK = [
    {
        "role": "system",
        "content": "You are a helpful, pattern-following assistant that translates corporate jargon into"
        " plain English.",
    },
    {
        "role": "system",
        "name": "example_user",
        "content": "New synergies will help drive top-line growth.",
    },
    {
        "role": "system",
        "name": "example_assistant",
        "content": "Things working well together will increase revenue.",
    },
    {
        "role": "system",
        "name": "example_user",
        "content": "Let's circle back when we have more bandwidth to touch base on opportunities for"
        " increased leverage.",
    },
    {
        "role": "system",
        "name": "example_assistant",
        "content": "Let's talk later when we're less busy about how to do better.",
    },
    {
        "role": "user",
        "content": "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    },
]


@pytest.mark.parametrize(("name", "tokens"), [("gpt-4", 129), ("gpt-3.5-turbo", 129), ("gpt-4o", 124)])
def test_a_chat_as_the_provider_counts_it(name: str, tokens: int) -> None:
    assert estimate(name, COOKBOOK) == {"input": tokens}
    assert estimate(name, {"messages": COOKBOOK}) == {"input": tokens}


@pytest.mark.parametrize(
    ("name", "encoding", "own_vocabulary"),
    [
        ("gpt-4o-mini", "o200k_base", True),
        ("gpt-4.1", "o200k_base", True),
        ("gpt-5-mini", "o200k_base", True),
        ("o3", "o200k_base", True),
        ("chatgpt-4o-latest", "o200k_base", True),
        ("gpt-4", "cl100k_base", True),
        ("gpt-4-turbo", "cl100k_base", True),
        ("gpt-35-turbo", "cl100k_base", True),
        ("text-embedding-3-small", "cl100k_base", True),
        ("openrouter/openai/gpt-4o", "o200k_base", True),
        ("openai.gpt-oss-20b-1:0", "o200k_harmony", True),
        ("claude-sonnet-4-20250514", "cl100k_base", False),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", "cl100k_base", False),
    ],
)
def test_whose_vocabulary(name: str, encoding: str, own_vocabulary: bool) -> None:
    scheme = scheme_of(model(name))
    assert scheme is not None
    assert (scheme.encoding, scheme.own) == (encoding, own_vocabulary)


@pytest.mark.parametrize(
    "name", ["gemini-2.5-pro", "gpt-4o-audio-preview", "ollama/llama3", "mistral-large-latest"]
)
def test_models_whose_tokens_cannot_be_counted(name: str) -> None:
    assert scheme_of(model(name)) is None
    assert estimate(name, "hello", "hello") == {}


def test_texts_and_values() -> None:
    assert estimate("gpt-4o", "hello world", "hi") == {"input": 2, "output": 1}
    assert estimate("gpt-4o", "", "hi") == {"output": 1}
    assert estimate("gpt-4o", "hi", "") == {"input": 1}
    assert estimate("gpt-4o", "", "") == {}
    assert estimate("gpt-4o", {"question": "hello"}) == {"input": 5}  # as the JSON text that it is
    assert estimate("text-embedding-3-small", "hello world", "[0.1, 0.2]") == {"input": 2}
    assert estimate("gpt-4o", "<|endoftext|>") == {"input": 1}


def test_what_a_model_wrote_is_counted_without_the_json_around_it() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    plain = estimate("gpt-4o", "", {"role": "assistant", "content": "hello world"})
    assert plain == {"output": 2}
    with_call = estimate("gpt-4o", "", {"role": "assistant", "content": None, "tool_calls": [call]})
    assert with_call == estimate("gpt-4o", "", [call])


def test_pictures_are_not_counted_as_text() -> None:
    def ask(*parts: dict[str, Any]) -> int:
        return estimate("gpt-4o", [{"role": "user", "content": list(parts)}])["input"]

    text = {"type": "text", "text": "hello world"}
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 50_000}}
    assert ask(text, picture) == ask(text) == 9


def test_parts_as_opentelemetry_and_anthropic_name_them() -> None:
    plain = estimate("gpt-4o", [{"role": "user", "content": "hello world"}])
    parts = [{"role": "user", "parts": [{"type": "text", "content": "hello world"}]}]
    assert estimate("gpt-4o", parts) == plain
    call = {"type": "tool_use", "id": "t", "name": "search", "input": {"q": "x"}}
    asked = [{"role": "assistant", "content": [{"type": "text", "text": "hello world"}, call]}]
    assert estimate("gpt-4o", "", asked)["output"] == 2 + estimate("gpt-4o", "", to_text(call))["output"]


@pytest.mark.parametrize(
    "value",
    [
        [],
        [1],
        ["a"],
        [{"role": 1, "content": "a"}],
        [{"role": "user"}],
        [{"role": "user", "content": 5}],
        [{"role": "user", "content": "a", "name": 5}],
        [{"role": "user", "content": [1]}],
        {"messages": "x"},
    ],
)
def test_what_is_no_chat_is_counted_as_its_text(value: Any) -> None:
    plain = scheme_of(model("gpt-4o"))
    assert plain is not None
    assert estimate("gpt-4o", value)["input"] == batch_count([to_text(value)], plain.encoding, 1)[0]


def test_an_own_model_says_how() -> None:
    chat = [{"role": "user", "name": "ada", "content": "hello world"}]
    base = estimate(own("openai"), chat)["input"]
    config = {"tokenizerModel": "gpt-4o", "tokensPerMessage": 10, "tokensPerName": 20}
    assert estimate(own("openai", config), chat)["input"] == base + 7 + 19
    assert scheme_of(own("openai", {"tokenizerModel": "gpt-4o"})) == scheme_of(model("gpt-4o"))
    odd = {"tokenizerModel": 5, "tokensPerMessage": True, "tokensPerName": -1}
    assert scheme_of(own("openai", odd)) == scheme_of(own("openai")) == scheme_of(own("openai", "x"))
    assert scheme_of(own("", config)) is None
    assert scheme_of(own("claude")) is not None


def test_of_a_long_text_the_head_is_counted() -> None:
    long = "hello world " * (MAX_CHARACTERS // 6)
    assert len(long) > 1.9 * MAX_CHARACTERS
    exact = len(long) // 12 * 2
    assert abs(estimate("gpt-4o", long)["input"] - exact) <= exact // 100
    nested = json.dumps([{"role": "user", "content": long}])
    assert estimate("gpt-4o", nested)["input"] > exact * 0.95


def test_a_text_in_the_blob_store_is_estimated_by_its_head() -> None:
    head = "hello world " * 100
    text = f"{MARKER}key={project_prefix('p')}/a/b|bytes={len(head) * 50}@@@{head}"
    assert estimate("gpt-4o", text)["input"] == pytest.approx(200 * 50, rel=0.02)


@pytest.mark.parametrize(
    "text", ["a" * 200_000, " " * 200_000, "ab" * 100_000, "中" * 100_000, "\U0001f600" * 50_000]
)
def test_hostile_texts_take_no_longer(text: str) -> None:
    assert 0 < estimate("gpt-4o", text)["input"] <= 3 * len(text)
