"""What traces, observations and scores look like in answers, for the OpenAPI document. `api/records.py` makes
them as plain dicts.
"""

from typing import Any, Literal

from pydantic import Field

from spyglass.api.schemas import ABSENT, DateTime, Out

Level = Literal["DEBUG", "DEFAULT", "WARNING", "ERROR"]
ObservationType = Literal[
    "SPAN",
    "GENERATION",
    "EVENT",
    "AGENT",
    "TOOL",
    "CHAIN",
    "RETRIEVER",
    "EVALUATOR",
    "EMBEDDING",
    "GUARDRAIL",
]
UsageSource = Literal["provided", "estimated"]
ScoreSource = Literal["API", "ANNOTATION", "EVAL"]
ScoreDataType = Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT", "CORRECTION"]


class TraceOut(Out):
    id: str
    project_id: str
    timestamp: DateTime
    name: str | None
    environment: str
    user_id: str | None
    session_id: str | None
    release: str | None
    version: str | None
    public: bool
    bookmarked: bool
    tags: list[str]
    input: Any = None
    output: Any = None
    metadata: Any = None
    external_id: str | None = None
    created_at: DateTime
    updated_at: DateTime


class TraceMetricsOut(TraceOut):
    html_path: str
    latency: float | None = Field(None, description="Seconds; -1 when the group `metrics` was left out")
    total_cost: float | None = Field(None, description="USD; -1 when the group `metrics` was left out")


class UsageOut(Out):
    input: int
    output: int
    total: int
    unit: str | None


class ObservationOut(Out):
    id: str
    project_id: str
    trace_id: str | None
    parent_observation_id: str | None
    type: ObservationType
    name: str | None
    level: Level
    status_message: str | None
    version: str | None
    environment: str
    start_time: DateTime
    end_time: DateTime | None
    completion_start_time: DateTime | None
    created_at: DateTime
    updated_at: DateTime
    latency: float | None = Field(description="Seconds")
    time_to_first_token: float | None = Field(description="Seconds")
    model: str | None
    model_id: str | None
    model_parameters: Any
    input: Any
    output: Any
    metadata: Any
    usage: UsageOut
    usage_details: dict[str, int]
    usage_source: UsageSource | None = Field(
        None, description="`estimated`: the texts were counted here, because no usage was reported"
    )
    cost_details: dict[str, float]
    unit: str | None
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    input_price: float | None = Field(description="USD per unit")
    output_price: float | None
    total_price: float | None
    calculated_input_cost: float | None = Field(description="USD")
    calculated_output_cost: float | None
    calculated_total_cost: float | None
    usage_pricing_tier_name: str | None
    usage_pricing_tier_id: str | None
    prompt_id: str | None
    prompt_name: str | None
    prompt_version: int | None


class ScoreOut(Out):
    id: str
    project_id: str
    timestamp: DateTime
    created_at: DateTime
    updated_at: DateTime
    name: str
    data_type: ScoreDataType
    source: ScoreSource
    value: float = Field(ABSENT, description="Absent for TEXT")
    string_value: str = Field(ABSENT, description="Absent for NUMERIC")
    environment: str
    trace_id: str | None = None
    observation_id: str | None = None
    author_user_id: str | None
    comment: str | None
    metadata: Any
    config_id: str | None
    queue_id: str | None
    execution_trace_id: str | None = None


class ScoreV1Out(ScoreOut):
    """A score as older clients read it within a trace."""

    data_type: Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT"]
    trace_id: str
