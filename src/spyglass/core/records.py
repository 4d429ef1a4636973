"""The records that the pipeline carries.

`Observation` is a whole row: an OTLP span arrives as one. A `Patch` is a partial statement about a trace, an
observation or a score: a batch event, or what a span says about its trace. `ingest/merge.py` folds patches
into `Observation`, `Trace` and `Score` rows. Names of fields are the names of the columns
(`stores/analytics/tables.py`). An empty text means null, everywhere; instants are microseconds since 1970. They
come in thousands and hold no cycles, so the garbage collector need not watch them (`gc=False`).
"""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any

import msgspec

OBSERVATION_TYPES = frozenset(
    {
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
    }
)
LEVELS = ("DEBUG", "DEFAULT", "WARNING", "ERROR")
ESTIMATED = "estimated"


class Kind(StrEnum):
    TRACE = "trace"
    OBSERVATION = "observation"
    SCORE = "score"


class Rank(IntEnum):
    """Which of two statements of the same instant goes first: creates before updates (contract 1.9)."""

    CREATE = 0
    UPDATE = 1


class ScoreRule(msgspec.Struct, frozen=True, array_like=True):
    """What a score config asks of the scores that name it. `categories`: label -> number."""

    name: str
    data_type: str
    min_value: float | None = None
    max_value: float | None = None
    categories: dict[str, float] = {}
    archived: bool = False


# The rule of a score config by its id; None when the project has no such config.
FindRule = Callable[[str], ScoreRule | None]


class Arrival(msgspec.Struct, frozen=True):
    """What the door knows about a request: whose it is, when it came, which client sent it. Without
    `find_rule` scores are not held against their configs."""

    project_id: str
    received_us: int
    public_key: str = ""
    sdk_name: str = ""
    sdk_version: str = ""
    find_rule: FindRule | None = None
    author_user_id: str = ""  # the person, where it came from the web UI


class Patch(msgspec.Struct, gc=False):
    """A partial statement about one entity.

    `explicit` holds the fields that the sender named, with null kept as None; `implied` those that follow
    from the statement without being named (a start time that is only the envelope's). An implied value never
    beats an explicit one, whatever the order (contract 1.10, 8.2).
    """

    kind: Kind
    id: str
    time_us: int
    rank: Rank = Rank.UPDATE
    explicit: dict[str, Any] = {}
    implied: dict[str, Any] = {}


class Observation(msgspec.Struct, kw_only=True, gc=False):
    """One row of `observations`. `input` and `output` are text as received, other values as JSON text;
    `metadata` is one text per top-level key. The fields below the line are filled by `ingest/steps.py`.
    """

    project_id: str
    trace_id: str
    id: str
    start_time: int
    parent_id: str = ""
    type: str = "SPAN"
    name: str = ""
    end_time: int | None = None
    completion_start_time: int | None = None
    environment: str = "default"
    level: str = "DEFAULT"
    status_message: str = ""
    version: str = ""
    release: str = ""
    user_id: str = ""
    session_id: str = ""
    is_app_root: bool = False
    model: str = ""
    model_parameters: str = ""
    prompt_name: str = ""
    prompt_version: int | None = None
    input: str = ""
    output: str = ""
    metadata: dict[str, str] = {}
    provided_usage: dict[str, int] = {}
    provided_cost: dict[str, float] = {}
    tool_definitions: dict[str, str] = {}
    tool_calls: list[str] = []
    tool_call_names: list[str] = []
    experiment: dict[str, str] = {}
    service_name: str = ""
    service_version: str = ""
    scope_name: str = ""
    scope_version: str = ""
    sdk_language: str = ""
    source: str = "otel"
    public_key: str = ""
    sdk_name: str = ""
    sdk_version: str = ""
    # ---
    prompt_id: str = ""
    model_id: str = ""
    usage: dict[str, int] = {}
    usage_source: str = ""  # ESTIMATED, or empty when the sender stated the usage
    cost: dict[str, Any] = {}  # Decimal per usage key
    total_cost: Any = None  # Decimal | None: unknown is null, never 0
    pricing_tier: str = ""
    created_at: int = 0
    updated_at: int = 0
    merge_state: str = ""
    version_seq: int = 0
    is_deleted: int = 0


class Trace(msgspec.Struct, kw_only=True, gc=False):
    """One row of `traces`: what was said about the trace, and what its observations add up to."""

    project_id: str
    id: str
    timestamp: int
    name: str = ""
    environment: str = "default"
    user_id: str = ""
    session_id: str = ""
    release: str = ""
    version: str = ""
    tags: list[str] = []
    public: bool = False
    bookmarked: bool = False
    input: str = ""
    output: str = ""
    metadata: dict[str, str] = {}
    # --- sums over the observations, recomputed whenever one of them changes
    observation_count: int = 0
    first_start: int | None = None
    last_end: int | None = None
    error_count: int = 0
    warning_count: int = 0
    default_count: int = 0
    debug_count: int = 0
    estimated: bool = False  # whether some of the usage is
    usage: dict[str, int] = {}
    total_cost: Any = None
    # ---
    input_preview: str = ""
    output_preview: str = ""
    created_at: int = 0
    updated_at: int = 0
    merge_state: str = ""
    version_seq: int = 0
    is_deleted: int = 0


class Score(msgspec.Struct, kw_only=True, gc=False):
    """One row of `scores`."""

    project_id: str
    id: str
    timestamp: int
    name: str = ""
    value: float | None = None
    string_value: str = ""
    long_string_value: str = ""
    data_type: str = "NUMERIC"
    source: str = "API"
    environment: str = "default"
    trace_id: str = ""
    observation_id: str = ""
    session_id: str = ""
    dataset_run_id: str = ""
    comment: str = ""
    metadata: dict[str, str] = {}
    config_id: str = ""
    queue_id: str = ""
    author_user_id: str = ""
    execution_trace_id: str = ""
    public_key: str = ""
    sdk_name: str = ""
    sdk_version: str = ""
    # ---
    created_at: int = 0
    updated_at: int = 0
    merge_state: str = ""
    version_seq: int = 0
    is_deleted: int = 0


class Rejection(msgspec.Struct):
    """One event or span that was refused: its id, an HTTP-like status, and why. Nothing else of its request
    is affected. `kind` and `record_id` say of which record, as far as that can be read."""

    id: str
    status: int
    message: str
    error: str = ""
    kind: str = ""
    record_id: str = ""


class Decoded(msgspec.Struct):
    """What a dialect made of one request body. `accepted` are the ids that are answered as stored, in the
    order of the answer (batch API); `received` counts events or spans, refused ones included."""

    observations: list[Observation] = []
    patches: list[Patch] = []
    accepted: list[str] = []
    rejections: list[Rejection] = []
    received: int = 0
