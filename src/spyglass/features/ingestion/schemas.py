"""The bodies of the write routes, for the OpenAPI document only: the routes take raw bytes, and the decoders of
`ingest/dialects` judge every event by itself instead of refusing a whole request.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from spyglass.api.record_schemas import Level
from spyglass.api.schemas import DateTime, In, Out

EventType = Literal[
    "trace-create",
    "score-create",
    "span-create",
    "span-update",
    "generation-create",
    "generation-update",
    "event-create",
    "agent-create",
    "tool-create",
    "chain-create",
    "retriever-create",
    "evaluator-create",
    "embedding-create",
    "guardrail-create",
    "observation-create",
    "observation-update",
    "sdk-log",
]
Number = int | float
Tokens = int | None


class UsageIn(In):
    """Tokens and cost: the newer names, or those of the first SDKs."""

    input: Tokens = None
    output: Tokens = None
    total: Tokens = None
    unit: str | None = None
    input_cost: float | None = None
    output_cost: float | None = None
    total_cost: float | None = None
    prompt_tokens: Tokens = None
    completion_tokens: Tokens = None
    total_tokens: Tokens = None


Count = int | None
Parts = dict[str, Count] | None


class UsageDetailsIn(In, extra="allow"):
    """Counts by kind, or what OpenAI's APIs return."""

    __pydantic_extra__: dict[str, int | None]
    prompt_tokens: Annotated[Count, Field(alias="prompt_tokens")] = None
    completion_tokens: Annotated[Count, Field(alias="completion_tokens")] = None
    total_tokens: Annotated[Count, Field(alias="total_tokens")] = None
    input_tokens: Annotated[Count, Field(alias="input_tokens")] = None
    output_tokens: Annotated[Count, Field(alias="output_tokens")] = None
    prompt_tokens_details: Annotated[Parts, Field(alias="prompt_tokens_details")] = None
    completion_tokens_details: Annotated[Parts, Field(alias="completion_tokens_details")] = None
    input_tokens_details: Annotated[Parts, Field(alias="input_tokens_details")] = None
    output_tokens_details: Annotated[Parts, Field(alias="output_tokens_details")] = None


ModelParameters = dict[str, str | int | float | bool | list[str] | None]


class EventBodyIn(In):
    """The fields of all kinds of event; which ones mean something depends on its type."""

    id: str | None = None
    name: str | None = None
    timestamp: DateTime | None = None
    trace_id: str | None = None
    observation_id: str | None = None
    parent_observation_id: str | None = None
    session_id: str | None = None
    dataset_run_id: str | None = None
    user_id: str | None = None
    type: str | None = None
    start_time: DateTime | None = None
    end_time: DateTime | None = None
    completion_start_time: DateTime | None = None
    environment: str | None = None
    release: str | None = None
    version: str | None = None
    tags: list[str] | None = None
    public: bool | None = None
    level: Level | None = None
    status_message: str | None = None
    input: Any = None
    output: Any = None
    metadata: Any = None
    model: str | None = None
    model_parameters: ModelParameters | None = None
    usage: UsageIn | None = None
    usage_details: UsageDetailsIn | None = None
    cost_details: dict[str, float] | None = None
    prompt_name: str | None = None
    prompt_version: int | None = None
    value: Number | str | None = None
    data_type: Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "CORRECTION", "TEXT"] | None = None
    config_id: str | None = None
    queue_id: str | None = None
    comment: str | None = None
    log: Any = None


class EventIn(In):
    id: str = Field(description="Of the event; the answer names it")
    timestamp: DateTime = Field(description="Orders the events of one record")
    type: EventType
    body: EventBodyIn
    metadata: Any = None


class BatchIn(In):
    batch: list[EventIn]
    metadata: Any = None


class AcceptedOut(Out):
    id: str
    status: int


class RefusedOut(Out):
    id: str
    status: int
    message: str | None = None
    error: Any = None


class BatchOut(Out):
    successes: list[AcceptedOut]
    errors: list[RefusedOut]


class ScoreIn(In):
    """One score; an array of them is taken too."""

    id: str | None = None
    name: str
    value: Number | str
    trace_id: str | None = None
    observation_id: str | None = None
    session_id: str | None = None
    dataset_run_id: str | None = None
    comment: str | None = None
    metadata: dict[str, Any] | None = None
    environment: str | None = None
    queue_id: str | None = None
    data_type: Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "CORRECTION", "TEXT"] | None = None
    config_id: str | None = None
    source: Literal["API", "ANNOTATION"] | None = None


class IdOut(Out):
    id: str


class ScoreErrorOut(Out):
    message: str


class ScoresOut(Out):
    """Of an array: 207 when some were refused. When all were accepted (202): only a message."""

    accepted: int
    rejected: int
    errors: list[ScoreErrorOut]


class OtlpValueIn(In):
    string_value: str | None = None
    int_value: int | str | None = None
    double_value: float | None = None
    bool_value: bool | None = None


class OtlpAttributeIn(In):
    key: str | None = None
    value: OtlpValueIn | None = None


class OtlpResourceIn(In):
    attributes: list[OtlpAttributeIn] | None = None


class OtlpScopeIn(In):
    name: str | None = None
    version: str | None = None
    attributes: list[OtlpAttributeIn] | None = None


class OtlpSpanIn(In):
    trace_id: Any = None
    span_id: Any = None
    parent_span_id: Any = None
    name: str | None = None
    kind: int | str | None = None
    start_time_unix_nano: Any = None
    end_time_unix_nano: Any = None
    attributes: list[OtlpAttributeIn] | None = None
    status: Any = None


class OtlpScopeSpansIn(In):
    scope: OtlpScopeIn | None = None
    spans: list[OtlpSpanIn] | None = None


class OtlpResourceSpansIn(In):
    resource: OtlpResourceIn | None = None
    scope_spans: list[OtlpScopeSpansIn] | None = None


class OtlpTracesIn(In):
    """An `ExportTraceServiceRequest` of OTLP, in its JSON form."""

    resource_spans: list[OtlpResourceSpansIn]


class OtlpAnswerOut(Out):
    """Empty when all spans were stored; otherwise `partialSuccess` says which not."""

    partial_success: dict[str, Any] | None = None
