"""The shapes of the batch API's envelope and bodies (ingestion contract 1.4 - 1.6), as msgspec reads them.

Unknown keys are ignored; a key that is absent is UNSET where that differs from null. Free JSON values stay
raw bytes, so that nothing is parsed that is only stored.
"""

from typing import Any, Literal, get_args

from msgspec import UNSET, Raw, Struct, UnsetType

Text = str | None
Free = Raw | UnsetType
Level = Literal["DEBUG", "DEFAULT", "WARNING", "ERROR"]
LegacyType = Literal["GENERATION", "SPAN", "EVENT"]
DataType = Literal["NUMERIC", "CATEGORICAL", "BOOLEAN", "CORRECTION", "TEXT"]
# key of a body -> the words that a sender may choose from (EVAL is for evaluators of the server)
ALLOWED: dict[str, tuple[str, ...]] = {
    "level": get_args(Level),
    "type": get_args(LegacyType),
    "dataType": get_args(DataType),
    "source": ("API", "ANNOTATION"),
}
Parameter = str | int | float | bool | list[str] | dict[str, str] | None
PlainParameter = str | int | float | bool | None


class Batch(Struct):
    batch: list[Raw]


class Envelope(Struct):
    id: str
    timestamp: str
    type: str
    body: Raw


class EnvelopeId(Struct):
    """What is left to say about an event whose envelope is broken."""

    id: Any = None


class TraceBody(Struct, rename="camel", kw_only=True):
    id: Text = None
    timestamp: Text = None
    name: Text | UnsetType = UNSET
    external_id: Text = None
    input: Free = UNSET
    output: Free = UNSET
    session_id: Text | UnsetType = UNSET
    user_id: Text | UnsetType = UNSET
    release: Text | UnsetType = UNSET
    version: Text | UnsetType = UNSET
    environment: Text = None
    metadata: Free = UNSET
    public: bool | None = None
    tags: list[str] | None = None


class ObservationBody(Struct, rename="camel", kw_only=True):
    """What every observation has; `id` is checked by the event type, as legacy ones may lack it."""

    id: Text = None
    trace_id: Text = None
    environment: Text = None
    name: Text | UnsetType = UNSET
    start_time: Text = None
    metadata: Free = UNSET
    input: Free = UNSET
    output: Free = UNSET
    level: Level | UnsetType | None = UNSET
    status_message: Text = None
    version: Text = None
    parent_observation_id: Text = None


class EventBody(ObservationBody, rename="camel", kw_only=True):
    pass


class SpanBody(ObservationBody, rename="camel", kw_only=True):
    end_time: Text = None


class GenerationBody(SpanBody, rename="camel", kw_only=True):
    completion_start_time: Text = None
    model: Text | UnsetType = UNSET
    model_parameters: Free = UNSET
    usage: Free = UNSET
    usage_details: Free = UNSET
    cost_details: Free = UNSET
    prompt_name: Text = None
    prompt_version: int | float | None = None


class LegacyObservationBody(SpanBody, rename="camel", kw_only=True):
    """`observation-create` of the oldest clients: no environment, no prompt, simpler model parameters."""

    type: LegacyType
    environment: Any = None  # accepted and ignored, whatever it is
    completion_start_time: Text = None
    model: Text | UnsetType = UNSET
    model_parameters: Free = UNSET
    usage: Free = UNSET
    usage_details: Free = UNSET
    cost_details: Free = UNSET


class SdkLogBody(Struct):
    log: Raw
    id: Text = None


class ScoreBody(Struct, rename="camel", kw_only=True):
    """`score-create` and `POST /api/public/scores` (contract 4.1)."""

    id: Text = None
    name: str = ""
    value: float | str
    data_type: DataType | UnsetType = UNSET
    trace_id: Text | UnsetType = UNSET
    observation_id: Text | UnsetType = UNSET
    session_id: Text | UnsetType = UNSET
    dataset_run_id: Text | UnsetType = UNSET
    environment: Text = None
    comment: Text | UnsetType = UNSET
    metadata: Free = UNSET
    source: Literal["API", "EVAL", "ANNOTATION"] = "API"
    config_id: Text | UnsetType = UNSET
    queue_id: Text | UnsetType = UNSET
    execution_trace_id: Text | UnsetType = UNSET


class RestObservationBody(LegacyObservationBody, rename="camel", kw_only=True):
    """`/spans` and `/generations`: the route gives the type, an update names its id in its own way."""

    type: Any = None
    span_id: Text = None
    generation_id: Text = None
    prompt: Free = UNSET
    completion: Free = UNSET


class RestScoreBody(ScoreBody, rename="camel", kw_only=True):
    """`/scores` is stricter than the batch, and lets the sender name the time."""

    environment: str | UnsetType = UNSET  # type: ignore[assignment]
    source: Literal["API", "ANNOTATION"] = "API"
    execution_trace_id: Any = UNSET  # accepted and ignored
    timestamp: Text = None
