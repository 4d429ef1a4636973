"""Body and answers of `/llm-connections`, and what each adapter asks of them (contract 2.16)."""

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from spyglass.api.schemas import DateTime, In, Out, Text
from spyglass.core import jsontext
from spyglass.core.errors import Invalid

# Instead of credentials: those that the server itself finds where it runs.
BEDROCK_DEFAULT = "__BEDROCK_DEFAULT_CREDENTIALS__"
VERTEX_DEFAULT = "__VERTEXAI_DEFAULT_CREDENTIALS__"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}", re.ASCII)
_PLACE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)  # becomes part of a host name
# Of the connection itself, not of what is asked over it.
_RESERVED_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer"}
)


class LlmAdapter(StrEnum):
    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    AZURE = "azure"
    BEDROCK = "bedrock"
    VERTEX = "google-vertex-ai"
    GOOGLE = "google-ai-studio"


def _check_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text


def _check_headers(headers: dict[str, str] | None) -> dict[str, str] | None:
    for name, value in (headers or {}).items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _RESERVED_HEADERS:
            raise ValueError(f"{name[:100]!r} cannot be the name of an extra header")
        if not value.isascii() or _CONTROL.search(value) or len(value) > 8000:
            raise ValueError(f"the value of {name!r} must be printable ASCII of at most 8000 characters")
    return headers


Line = Annotated[Text, AfterValidator(_check_line)]
Model = Annotated[Line, Field(min_length=1, max_length=500)]
Headers = Annotated[dict[str, str], Field(max_length=50), AfterValidator(_check_headers)]


class UpsertLlmConnectionRequest(In):
    """The whole connection: what is left out has its default, also when one of this provider exists."""

    provider: Annotated[Line, Field(min_length=1, max_length=200)]
    adapter: LlmAdapter
    secret_key: Line = Field(min_length=1, max_length=20_000, repr=False)
    base_url: Line | None = Field(None, alias="baseURL")
    custom_models: Annotated[list[Model], Field(max_length=1000)] | None = None
    with_default_models: bool | None = None
    extra_headers: Headers | None = Field(None, repr=False)
    config: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _check_adapter(self) -> "UpsertLlmConnectionRequest":
        check = {
            LlmAdapter.BEDROCK: _check_bedrock,
            LlmAdapter.OPENAI: _check_openai,
            LlmAdapter.VERTEX: _check_vertex,
        }.get(self.adapter, _check_no_config)
        check(self)
        return self


def _check_bedrock(body: UpsertLlmConnectionRequest) -> None:
    config = body.config or {}
    if set(config) != {"region"} or not _is_place(config["region"]):
        raise ValueError('config: bedrock needs {"region": "<aws-region>"}, and nothing else')
    if body.secret_key != BEDROCK_DEFAULT and not _is_key_pair(body.secret_key):
        raise ValueError(
            'secretKey: bedrock needs the JSON {"accessKeyId": "...", "secretAccessKey": "..."}, '
            f"or {BEDROCK_DEFAULT} for the credentials of this server"
        )


def _check_openai(body: UpsertLlmConnectionRequest) -> None:
    config = body.config
    if config is None:
        return
    if set(config) != {"useResponsesApi"} or not isinstance(config["useResponsesApi"], bool):
        raise ValueError('config: openai takes {"useResponsesApi": <boolean>}, and nothing else')


def _check_vertex(body: UpsertLlmConnectionRequest) -> None:
    config = body.config
    if config is not None and (set(config) != {"location"} or not _is_place(config["location"])):
        raise ValueError('config: google-vertex-ai takes {"location": "<gcp-location>"}, and nothing else')


def _check_no_config(body: UpsertLlmConnectionRequest) -> None:
    if body.config is not None:
        raise ValueError(f"config: {body.adapter.value} takes none; leave it out")


def _is_place(value: Any) -> bool:
    return isinstance(value, str) and _PLACE.fullmatch(value) is not None


def _is_key_pair(text: str) -> bool:
    try:
        pair = jsontext.loads(text)
    except Invalid:
        return False
    names = ("accessKeyId", "secretAccessKey")
    return isinstance(pair, dict) and all(isinstance(pair.get(name), str) and pair[name] for name in names)


class ConnectionTestIn(In):
    model: Model | None = Field(
        None, description="By default the first custom model, else a small one of the provider"
    )


class ConnectionTestOut(Out):
    ok: bool = Field(description="Whether the model answered")
    model: str
    status: int | None = Field(description="Of the provider's HTTP answer; null when none came")
    answer: str | None = Field(description="What the model said")
    error: str | None = Field(
        description="What the provider said instead, in its own words; at most 4000 characters"
    )
    latency_ms: int


class LlmConnectionOut(Out):
    id: str
    provider: str
    adapter: str
    display_secret_key: str = Field(description="Its last four characters at most")
    base_url: str | None = Field(alias="baseURL")
    custom_models: list[str]
    with_default_models: bool
    extra_header_keys: list[str]
    config: dict[str, Any] | None
    created_at: DateTime
    updated_at: DateTime
