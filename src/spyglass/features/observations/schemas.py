"""Parameters and answers of `/observations` and `/v2/observations`."""

from typing import Any, ClassVar

from pydantic import Field

from spyglass.api.params import Instant, PageParams, Params
from spyglass.api.record_schemas import Level, ObservationType, UsageSource
from spyglass.api.schemas import CursorMeta, DateTime, Out


class _Named(Params):
    name: str | None = None
    user_id: str | None = None
    type: ObservationType | None = None
    trace_id: str | None = None
    level: Level | None = None
    parent_observation_id: str | None = None
    environment: list[str] | None = Field(None, description="Any of these")
    from_start_time: Instant | None = Field(None, description="Inclusive")
    to_start_time: Instant | None = Field(None, description="Exclusive")
    version: str | None = None
    filter: str | None = Field(None, description="JSON array of filter conditions")


class ObservationListParams(_Named, PageParams):
    pass


class ObservationV2ListParams(_Named):
    keeps_blank: ClassVar[frozenset[str]] = frozenset({"parentObservationId"})

    fields: str | None = Field(
        None,
        description="Comma list of core, basic, time, io, metadata, model, usage, prompt, metrics, "
        "trace_context; default core,basic",
    )
    expand_metadata: str | None = Field(None, description="Comma list of keys whose values are not cut")
    limit: int = Field(50, ge=0, le=1000)
    cursor: str | None = None
    parse_io_as_json: bool = Field(False, description="Input and output are always text: only false is valid")
    session_id: str | None = None
    is_root_observation: bool | None = None


class ObservationV2Out(Out):
    id: str
    trace_id: str | None
    start_time: DateTime
    end_time: DateTime | None
    project_id: str
    parent_observation_id: str | None
    type: ObservationType
    # basic
    name: str | None = None
    level: Level | None = None
    status_message: str | None = None
    version: str | None = None
    environment: str | None = None
    bookmarked: bool | None = None
    public: bool | None = None
    user_id: str | None = None
    session_id: str | None = None
    is_root_observation: bool | None = None
    # time
    completion_start_time: DateTime | None = None
    created_at: DateTime | None = None
    updated_at: DateTime | None = None
    # io, metadata
    input: str | None = None
    output: str | None = None
    metadata: dict[str, Any] | None = None
    # model
    provided_model_name: str | None = None
    internal_model_id: str | None = None
    model_parameters: Any = None
    model_id: str | None
    input_price: str | None = Field(description="USD per unit, as exact decimal text")
    output_price: str | None
    total_price: str | None
    # usage
    usage_details: dict[str, int] | None = None
    usage_source: UsageSource | None = None
    cost_details: dict[str, float] | None = None
    total_cost: float | None = None
    usage_pricing_tier_name: str | None = None
    # prompt
    prompt_id: str | None = None
    prompt_name: str | None = None
    prompt_version: int | None = None
    # metrics, trace_context
    latency: float | None = Field(None, description="Seconds")
    time_to_first_token: float | None = Field(None, description="Seconds")
    trace_name: str | None = None
    tags: list[str] | None = None
    release: str | None = None


class ObservationV2PageOut(Out):
    data: list[ObservationV2Out]
    meta: CursorMeta
