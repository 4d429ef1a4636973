"""Counts the tokens of calls that report none (contract 3.5). The vocabularies come with the package `toktok-rs`, so
nothing is ever downloaded; a count takes half a millisecond for 100,000 characters, whatever they are.

What it gives is an estimate and is stored as one: providers add tokens of their own, pictures and sounds are not
counted, and Claude's vocabulary is not public (OpenAI's stands in for it).
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from spyglass.core.cost import Model
from spyglass.core.errors import Invalid
from spyglass.core.jsontext import loads, to_text
from spyglass.core.references import head_of, size_of

# Of a longer text the head is counted, and the rest taken to be like it.
MAX_CHARACTERS = 200_000

_NEWEST, _HARMONY, _OLDER = "o200k_base", "o200k_harmony", "cl100k_base"
_USES_NEWEST = re.compile(
    r"(^|[^a-z0-9])(chatgpt-4o|gpt-4o|gpt-4\.[1-9]|gpt-[5-9]|gpt-chat|o[1-9]([^a-z0-9]|$)|codex)"
)
_NO_CHAT = re.compile(r"embedding|instruct|davinci|babbage")
_PER_MESSAGE, _PER_NAME, _PER_CHAT = 3, 1, 3
_CALL_PARTS = ("tool_", "function_")
_CALLS = ("tool_calls", "function_call", "toolCalls", "functionCall")


class Scheme(NamedTuple):
    """How the tokens of a model are counted: the vocabulary, whether it is the model's own, and what a message and
    a name cost beyond their text. `chat`: whether messages are counted one by one."""

    encoding: str
    own: bool
    chat: bool
    per_message: int = _PER_MESSAGE
    per_name: int = _PER_NAME


def scheme_of(model: Model) -> Scheme | None:
    """None when the tokens of the model cannot be counted."""
    if model.tokenizer_id == "claude":
        return Scheme(_OLDER, own=False, chat=True)
    if model.tokenizer_id != "openai":
        return None
    config = model.tokenizer_config if isinstance(model.tokenizer_config, dict) else {}
    name = config.get("tokenizerModel")
    name = (name if isinstance(name, str) and name else model.name).lower()
    encoding = _HARMONY if "gpt-oss" in name else _NEWEST if _USES_NEWEST.search(name) else _OLDER
    return Scheme(
        encoding,
        own=True,
        chat=not _NO_CHAT.search(name),
        per_message=_count_or(config.get("tokensPerMessage"), _PER_MESSAGE),
        per_name=_count_or(config.get("tokensPerName"), _PER_NAME),
    )


class Tokenizer:
    """Thread-safe. A vocabulary is loaded when it is first needed (half a second, 50 MB)."""

    def estimate(self, model: Model, input: str, output: str) -> dict[str, int]:
        """Tokens by side, as `input` and `output` are stored; a side without text is left out, and nothing comes of
        a model whose tokens cannot be counted. An embedding has no output."""
        scheme = scheme_of(model)
        if scheme is None:
            return {}
        counts: dict[str, int] = {}
        if input:
            counts["input"] = _count_input(scheme, input)
        if output and "embedding" not in model.name.lower():
            counts["output"] = _count_output(scheme, output)
        return counts


def _count_input(scheme: Scheme, text: str) -> int:
    value = _parse(text)
    messages = _read_chat(value.get("messages") if isinstance(value, dict) else value)
    if not scheme.chat or messages is None:
        return _count_text(scheme, text)
    parts = [part for message in messages for part in _parts(message)]
    names = sum(1 for message in messages if message.get("name"))
    extra = len(messages) * scheme.per_message + names * scheme.per_name + _PER_CHAT
    return extra + _count_parts(scheme, parts)


def _count_output(scheme: Scheme, text: str) -> int:
    """What the model wrote: of messages their text and calls, not the JSON around them."""
    value = _parse(text)
    messages = _read_chat([value] if isinstance(value, dict) else value)
    if not scheme.chat or messages is None:
        return _count_text(scheme, text)
    return _count_parts(scheme, [part for message in messages for part in _parts({**message, "role": ""})])


def _parse(text: str) -> Any:
    if text[:1] not in ("{", "[") or len(text) > MAX_CHARACTERS:
        return None
    try:
        return loads(text)
    except Invalid:
        return None


def _read_chat(value: Any) -> list[dict[str, Any]] | None:
    """The messages of a chat; None for anything else."""
    return value if isinstance(value, list) and value and all(map(_is_message, value)) else None


def _is_message(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        return False
    name, content = message.get("name"), _content_of(message)
    if name is not None and not isinstance(name, str):
        return False
    if isinstance(content, str):
        return True
    return (content is None and any(key in message for key in _CALLS)) or _is_parts(content)


def _is_parts(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(part, dict) for part in content)


def _parts(message: dict[str, Any]) -> Iterator[str]:
    """The texts of a message; a picture or a sound among its parts is none."""
    content = _content_of(message)
    if isinstance(content, list):
        yield from filter(None, map(_text_of, content))
    elif content:
        yield content
    for key in ("role", "name", *_CALLS):
        if message.get(key):
            yield to_text(message[key])


def _content_of(message: dict[str, Any]) -> Any:
    """OpenTelemetry's conventions call it `parts`."""
    content = message.get("content")
    return message.get("parts") if content is None else content


def _text_of(part: dict[str, Any]) -> str:
    for key in ("text", "content"):
        if isinstance(part.get(key), str):
            return str(part[key])
    return to_text(part) if str(part.get("type")).startswith(_CALL_PARTS) else ""


def _count_text(scheme: Scheme, text: str) -> int:
    """Of a text that lies in the blob store only the head is at hand, and how long it is."""
    head = head_of(text)[:MAX_CHARACTERS]
    counted = _count_parts(scheme, [head])
    if len(head) == len(text):
        return counted
    if len(text) > MAX_CHARACTERS:
        return counted * len(text) // len(head)
    size = size_of(text)
    return counted * size // len(head.encode()) if size is not None and head else counted


def _count_parts(scheme: Scheme, parts: list[str]) -> int:
    from toktok import batch_count  # loads what a server that estimates nothing need not hold

    return sum(batch_count(parts, scheme.encoding, 1, True))


def _count_or(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000 else default
