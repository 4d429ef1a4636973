"""Parameters, bodies and answers of `/api/ui` about one trace, one session, one user."""

from typing import Any, Literal

from pydantic import Field

from spyglass.api.params import Instant, Params
from spyglass.api.schemas import DateTime, Out, StrictIn, Tag, Text

SpanField = Literal["input", "output", "metadata"]


class TraceParams(Params):
    id: Text = Field(description="Of the trace")
    near: Instant | None = Field(None, description="An instant close to the trace: it is found faster then")


class SkeletonParams(TraceParams):
    since: int | None = Field(
        None, ge=0, le=2**63 - 1, description="The cursor of an earlier answer: only what changed after it"
    )


class BranchParams(TraceParams):
    of: Text = Field(description="Of the observation")


class FindParams(TraceParams):
    text: Text = Field(min_length=1, max_length=200, description="Upper and lower case are alike")


class SpanParams(Params):
    trace: Text
    id: Text
    near: Instant | None = None


class SpanTextParams(Params):
    trace: Text
    id: Text | None = Field(None, description="Of the observation; left out: the trace itself")
    field: SpanField
    from_: int = Field(0, alias="from", ge=0, description="First character")
    to: int = Field(2**31, ge=0, description="The character after the last; at most 4,194,304 are answered")


class SessionParams(Params):
    id: Text


class TurnParams(SessionParams):
    cursor: str | None = None


class UserParams(Params):
    id: Text


class Published(Params):
    project: Text | None = Field(
        None, description="The project that published it; needed where several have published this id"
    )


class PublishedTraceParams(TraceParams, Published):
    pass


class PublishedSkeletonParams(SkeletonParams, Published):
    pass


class PublishedBranchParams(BranchParams, Published):
    pass


class PublishedFindParams(FindParams, Published):
    pass


class PublishedSpanParams(SpanParams, Published):
    pass


class PublishedTextParams(SpanTextParams, Published):
    pass


class PublishedMediaParams(Published):
    trace: Text
    id: Text = Field(description="Of the medium")


class TraceEditIn(StrictIn):
    bookmarked: bool | None = None
    tags: list[Tag] | None = Field(None, max_length=200, description="All tags of the trace from now on")
    public: bool | None = None


class ResolveParams(Params):
    text: Text = Field("", max_length=2000, description="An id, a name, or a link")


class TraceProjectParams(Params):
    id: Text


class TokensOut(Out):
    in_: int = Field(alias="in")
    out: int
    total: int
    cached: int


class TextOut(Out):
    text: str = Field(description="As it is stored, from its beginning")
    length: int = Field(description="Characters (code points) of the whole text")
    truncated: bool
    kind: Literal["json", "text", "none"]


class SdkOut(Out):
    name: str
    version: str | None


class ViewScoreOut(Out):
    id: str
    name: str
    value: float | None
    string_value: str | None
    data_type: str
    source: str
    comment: str | None
    author: str | None = Field(description="The name of the person who gave it")
    author_user_id: str | None
    trace_id: str | None
    observation_id: str | None
    timestamp: DateTime
    config_id: str | None
    execution_trace_id: str | None


class TraceHeadOut(Out):
    id: str
    name: str | None
    time: DateTime
    env: str
    user: str | None
    session: str | None
    release: str | None
    version: str | None
    tags: list[str]
    level: str
    latency: float | None
    tokens: TokensOut | None
    cost: float | None
    observations: int
    errors: int
    warnings: int


class TraceViewOut(TraceHeadOut):
    project_id: str
    public: bool
    bookmarked: bool
    input: TextOut
    output: TextOut
    metadata: dict[str, Any]
    metadata_truncated: list[str] = Field(description="Keys of values that were cut")
    scores: list[ViewScoreOut]
    comments: int
    running: bool
    sdk: SdkOut | None
    first_start: DateTime | None
    last_end: DateTime | None
    updated_at: DateTime


class SkeletonOut(Out):
    """Columns of equal length; `name`, `type` and `model` are places in `strings`."""

    trace_id: str
    n: int
    total: int
    truncated: bool
    cursor: str
    t0: str = Field(description="Microseconds since 1970 that `start` counts from")
    strings: list[str]
    id: list[str]
    parent: list[int] = Field(description="Place in `id`; -1: none, -2: not in this answer")
    missing: dict[str, str] = Field(description="Row -> id of the parent, where `parent` is -2")
    name: list[int]
    type: list[int]
    level: list[int] = Field(description="0 DEBUG, 1 DEFAULT, 2 WARNING, 3 ERROR")
    start: list[int]
    duration: list[int] = Field(description="Microseconds; -1: without an end")
    ttft: list[int]
    model: list[int]
    tokens_in: list[int]
    tokens_out: list[int]
    tokens: list[int]
    cost: list[float | None]
    flags: list[int] = Field(
        description="1 scores, 2 comments, 4 input, 8 output, 16 estimated, 32 a roll-up: not summed"
    )
    rollups: list[str] = Field(description="The ids of all roll-ups of the trace")
    children: list[int] = Field(
        description="How many children each observation has, where not all of them are here; else empty"
    )


class FoundTextOut(Out):
    ids: list[str] = Field(description="Observations whose input or output holds the text, in order of time")
    more: bool = Field(description="There are others beyond the first 1,000")
    unread: int = Field(description="Observations with a text so long that only its beginning was looked at")


class ToolOut(Out):
    name: str
    definition: Any


class SpanOut(Out):
    id: str
    trace_id: str
    parent_id: str | None
    type: str
    name: str | None
    level: str
    status_message: str | None
    start_time: DateTime
    end_time: DateTime | None
    completion_start_time: DateTime | None
    latency: float | None
    ttft: float | None
    model: str | None
    model_id: str | None
    model_parameters: Any
    prompt_name: str | None
    prompt_version: int | None
    prompt_id: str | None
    usage_details: dict[str, int]
    cost_details: dict[str, float]
    usage_pricing_tier: str | None
    estimated: bool
    total_cost: float | None
    input: TextOut
    output: TextOut
    metadata: dict[str, Any]
    metadata_truncated: list[str]
    tools: list[ToolOut]
    tool_calls: list[Any]
    tool_call_names: list[str]
    environment: str
    version: str | None
    release: str | None
    user: str | None
    session: str | None
    source: str
    service_name: str | None
    service_version: str | None
    scope_name: str | None
    scope_version: str | None
    sdk_language: str | None
    sdk: SdkOut | None
    experiment: dict[str, str] | None
    created_at: DateTime
    updated_at: DateTime
    scores: list[ViewScoreOut]
    comments: int


class PublishedMediaOut(Out):
    media_id: str
    content_type: str
    content_length: int
    url: str = Field(description="Where to read the bytes, until `urlExpiry`")
    url_expiry: str


class GenerationOut(Out):
    id: str
    name: str | None
    type: str
    level: str
    model: str | None
    agent: str | None = Field(description="The nearest agent above it")
    start: DateTime
    input: TextOut
    output: TextOut
    scope: str | None


class ConversationOut(Out):
    generations: list[GenerationOut]
    truncated: bool


class SessionViewOut(Out):
    id: str
    created_at: DateTime
    first: DateTime
    last: DateTime
    traces: int
    users: list[str]
    observations: int
    errors: int
    cost: float | None
    tokens: TokensOut | None
    environments: list[str]
    tags: list[str]
    bookmarked: bool
    scores: list[ViewScoreOut]


class StepsOut(Out):
    generations: int
    tools: int
    other: int


class TurnOut(Out):
    trace: TraceHeadOut
    input: TextOut
    output: TextOut
    scores: list[ViewScoreOut]
    steps: StepsOut


class TurnsOut(Out):
    turns: list[TurnOut]
    cursor: str | None


class ModelShareOut(Out):
    model: str
    cost: float | None
    calls: int


class UserViewOut(Out):
    id: str
    first: DateTime
    last: DateTime
    traces: int
    sessions: int
    observations: int
    errors: int
    tokens: TokensOut | None
    cost: float | None
    models: list[ModelShareOut]


class TraceEditOut(Out):
    id: str
    bookmarked: bool
    public: bool
    tags: list[str]


class MatchOut(Out):
    kind: Literal["url", "trace", "observation", "session", "user", "prompt"]
    project_id: str
    project_name: str
    id: str
    trace_id: str | None
    path: str = Field(description="Of the page, below the base path")


class ResolveOut(Out):
    matches: list[MatchOut]


class TraceProjectOut(Out):
    project_id: str
