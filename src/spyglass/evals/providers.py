"""Asks language models in the protocols of their providers: one message in, the text of the answer out. A protocol is a
row of a table: where it lives, which call it makes of a message, where the text is in an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from spyglass.core import jsontext
from spyglass.core.clock import monotonic_s
from spyglass.core.errors import Invalid, NotSupported, Unavailable
from spyglass.stores.egress import Guard, network_errors, open_client

_TIMEOUT_S, _WHOLE_S = 20.0, 30.0
_MOST_BYTES = 1 << 20
_MOST_SHOWN = 4000
_SHORTEST_SECRET = 4
_SHORTEST_WORD = 8  # of a header such as `Bearer KEY`; what is shorter is no secret by itself
_AZURE_VERSION = "2025-02-01-preview"
_ANTHROPIC_VERSION = "2023-06-01"


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a provider is and what it wants to see. `base_url`: None for the provider's own."""

    adapter: str
    secret_key: str = field(repr=False)
    base_url: str | None = None
    extra_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """`status`: of the provider's HTTP answer, None when none came. `error`: None where `text` is what the model
    said; else the provider's own words, without the credentials that were sent. `latency_s`: until the last byte."""

    status: int | None
    text: str | None
    error: str | None
    latency_s: float


@dataclass(frozen=True, slots=True)
class _Call:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Protocol:
    """`model`: a small one of the provider's own; empty where only customers know the names."""

    base_url: str
    model: str
    call: Callable[[Connection, str, str], _Call]
    read: Callable[[Any], Any]


def default_model(adapter: str) -> str:
    """A small model of the provider; empty where only customers know the names. Raises `NotSupported`."""
    return _protocol(adapter).model


def ask_model(guard: Guard, connection: Connection, model: str, message: str) -> Reply:
    """One call, never repeated. Raises `Invalid` where the guard refuses the destination and `NotSupported` for a
    protocol that is not spoken here; everything else that goes wrong is an answer."""
    protocol = _protocol(connection.adapter)
    call = protocol.call(connection, model, message)
    url = (connection.base_url or protocol.base_url).rstrip("/") + call.path
    headers = call.headers | dict(connection.extra_headers)
    began = monotonic_s()
    try:
        with network_errors("the provider"):
            status, body = _post(guard, url, headers, call.body)
    except Unavailable as error:
        return Reply(None, None, error.message, monotonic_s() - began)
    took = monotonic_s() - began
    said = _text_of(protocol, body) if 200 <= status < 300 else None
    if said is not None:
        return Reply(status, _without_secrets(said, connection), None, took)
    error_text = body.decode("utf-8", "replace").strip() or f"Status {status}, and nothing else"
    return Reply(status, None, _without_secrets(error_text, connection), took)


def _post(guard: Guard, url: str, headers: Mapping[str, str], body: Any) -> tuple[int, bytes]:
    with (
        open_client(guard, timeout_s=_TIMEOUT_S, whole_s=_WHOLE_S) as client,
        client.stream("POST", url, headers=headers, json=body) as answer,
    ):
        found = bytearray()
        for chunk in answer.iter_bytes():
            found += chunk
            if len(found) > _MOST_BYTES:
                raise Unavailable(f"The provider answered more than {_MOST_BYTES} bytes")
        return answer.status_code, bytes(found)


def _text_of(protocol: _Protocol, body: bytes) -> str | None:
    """None where the answer is not of the protocol."""
    try:
        found = protocol.read(jsontext.loads(body))
    except (Invalid, LookupError, TypeError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def _without_secrets(text: str, connection: Connection) -> str:
    for secret in sorted(_secrets_of(connection), key=len, reverse=True):  # one may hold another
        text = text.replace(secret, "***")
    return text[:_MOST_SHOWN]


def _secrets_of(connection: Connection) -> set[str]:
    """What was sent, whole and word by word, also as the JSON of an answer may write it."""
    headers = connection.extra_headers.values()
    words = {word for value in headers for word in value.split() if len(word) >= _SHORTEST_WORD}
    whole = {each for each in (connection.secret_key, *headers) if len(each) >= _SHORTEST_SECRET}
    plain = whole | words
    quoted = {jsontext.to_text([each])[2:-2] for each in plain}
    return plain | quoted | {each.replace("/", "\\/") for each in quoted}


def _messages(message: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": message}]


def _ask_openai(connection: Connection, model: str, message: str) -> _Call:
    headers = {"Authorization": f"Bearer {connection.secret_key}"}
    if connection.config.get("useResponsesApi"):
        return _Call("/responses", headers, {"model": model, "input": message})
    return _Call("/chat/completions", headers, {"model": model, "messages": _messages(message)})


def _read_openai(answer: Any) -> Any:
    if "output" in answer:
        parts = [part for item in answer["output"] for part in item.get("content") or ()]
        return "".join(part["text"] for part in parts if part.get("type") == "output_text")
    return answer["choices"][0]["message"]["content"]


def _ask_azure(connection: Connection, model: str, message: str) -> _Call:
    path = f"/{quote(model, safe='')}/chat/completions?api-version={_AZURE_VERSION}"
    return _Call(path, {"api-key": connection.secret_key}, {"messages": _messages(message)})


def _ask_anthropic(connection: Connection, model: str, message: str) -> _Call:
    headers = {"x-api-key": connection.secret_key, "anthropic-version": _ANTHROPIC_VERSION}
    return _Call("/v1/messages", headers, {"model": model, "max_tokens": 64, "messages": _messages(message)})


def _read_anthropic(answer: Any) -> Any:
    return "".join(part["text"] for part in answer["content"] if part.get("type") == "text")


def _ask_google(connection: Connection, model: str, message: str) -> _Call:
    path = f"/v1beta/models/{quote(model, safe='')}:generateContent"
    body = {"contents": [{"role": "user", "parts": [{"text": message}]}]}
    return _Call(path, {"x-goog-api-key": connection.secret_key}, body)


def _read_google(answer: Any) -> Any:
    parts = answer["candidates"][0]["content"]["parts"]
    return "".join(part["text"] for part in parts if "text" in part)


_PROTOCOLS = {
    "openai": _Protocol("https://api.openai.com/v1", "gpt-4o-mini", _ask_openai, _read_openai),
    "azure": _Protocol("", "", _ask_azure, _read_openai),
    "anthropic": _Protocol("https://api.anthropic.com", "claude-haiku-4-5", _ask_anthropic, _read_anthropic),
    "google-ai-studio": _Protocol(
        "https://generativelanguage.googleapis.com", "gemini-2.5-flash-lite", _ask_google, _read_google
    ),
}


def _protocol(adapter: str) -> _Protocol:
    found = _PROTOCOLS.get(adapter)
    if found is None:
        raise NotSupported(f"Calls of {adapter} are not made from here, only of {', '.join(_PROTOCOLS)}")
    return found
