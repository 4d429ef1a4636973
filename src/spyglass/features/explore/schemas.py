"""Bodies and answers of the lists of the web UI. The filter is described in `core/filter_tree.py`."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from spyglass.api.params import Instant
from spyglass.api.schemas import DateTime, Json, Out, StrictIn, Text
from spyglass.jobs.bulk_actions import Action
from spyglass.query.ui_rows import MOST_PREVIEW_CHARACTERS, PREVIEW_CHARACTERS

MAX_BULK_IDS = 1000
MAX_FACETS = 40

Name = Annotated[Text, Field(max_length=100)]
Value = Annotated[Text, Field(max_length=500)]


class EntityName(StrEnum):
    TRACES = "traces"
    OBSERVATIONS = "observations"
    SESSIONS = "sessions"
    USERS = "users"
    SCORES = "scores"


class WhichIn(StrictIn):
    """Which rows."""

    filter: Json = Field(
        None,
        description="{and: […]}, {or: […]}, {not: …} or {field, op, value, key}; at most 8 levels and 100 conditions",
    )
    from_: Instant | None = Field(None, alias="from", description="Inclusive")
    to: Instant | None = Field(None, description="Exclusive")
    environments: list[Value] = Field(default=[], max_length=100, description="Any of these; none: all")


class SortIn(StrictIn):
    field: Name
    descending: bool = True


class QueryIn(WhichIn):
    sort: SortIn | None = None
    columns: list[Name] | None = Field(
        None,
        max_length=100,
        description="Names of fields, default all but metadata; also of one key: metadata.KEY, and of observations"
        " usagedetails.KEY, costdetails.KEY, parameters.KEY",
    )
    cursor: Annotated[Text, Field(max_length=20_000)] | None = None
    limit: int = Field(50, ge=1, le=200)
    preview: int = Field(
        PREVIEW_CHARACTERS, ge=1, le=MOST_PREVIEW_CHARACTERS, description="Characters of long texts"
    )


class HistogramIn(WhichIn):
    time_zone: Name = "UTC"


class FacetsIn(WhichIn):
    fields: list[Name] = Field(min_length=1, max_length=MAX_FACETS)
    search: dict[Name, Value] = Field(
        default={}, max_length=MAX_FACETS, description="Field -> what its options must contain"
    )
    limit: int = Field(20, ge=1, le=200)


class ValuesIn(WhichIn):
    field: Name
    key: Value = ""
    prefix: Value = ""
    limit: int = Field(20, ge=1, le=200)


class ExportIn(WhichIn):
    sort: SortIn | None = None
    columns: list[Name] | None = Field(None, max_length=100)
    format: Literal["csv", "jsonl"] = "csv"


class BulkIn(StrictIn):
    action: Literal["delete", "tag", "untag", "bookmark", "unbookmark"]
    ids: list[Text] = Field(min_length=1, max_length=MAX_BULK_IDS)
    tag: Annotated[Text, Field(min_length=1, max_length=500)] | None = Field(
        None, description="For tag and untag"
    )


FieldType = Literal[
    "string",
    "option",
    "array",
    "number",
    "duration",
    "money",
    "datetime",
    "boolean",
    "text",
    "map",
    "score",
    "has",
]


class BulkScoreIn(StrictIn):
    """A score that each of the rows gets."""

    name: Annotated[Text, Field(min_length=1, max_length=200)]
    value: float | Annotated[Text, Field(min_length=1, max_length=500)] = Field(
        description="A number; for CATEGORICAL and TEXT a word; for BOOLEAN 0 or 1",
        union_mode="left_to_right",
    )
    data_type: Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT"] | None = Field(
        None, description="Absent: what the config says, else what the value suggests"
    )
    config_id: Annotated[Text, Field(min_length=1)] | None = Field(
        None, description="The score config that it follows, which names it; a person's score needs one"
    )
    comment: Annotated[Text, Field(max_length=2000)] | None = None


class BulkJobIn(WhichIn):
    """Confirms a preview: the same rows, its `asOf` and its `count`."""

    action: Action
    tag: Annotated[Text, Field(min_length=1, max_length=500)] | None = Field(
        None, description="For tag and untag"
    )
    score: BulkScoreIn | None = Field(None, description="For score")
    as_of: Instant = Field(description="What came in later is not meant")
    count: int = Field(ge=1, description="How many rows the person was told of")


class BulkPreviewOut(Out):
    count: int
    as_of: DateTime


class BulkJobOut(Out):
    id: str
    entity: EntityName
    action: Action
    tag: str | None = None
    score_name: str | None = None
    status: Literal["queued", "running", "stopping", "done", "cancelled", "failed"]
    count: int = Field(description="How many rows were confirmed")
    done: int
    requested_at: DateTime
    finished_at: DateTime | None = None
    last_error: str | None = None


class BulkJobsOut(Out):
    data: list[BulkJobOut]


class FieldOut(Out):
    name: str = Field(description="As the query language names it")
    column: str = Field(description="As the filters of the public API name it")
    type: FieldType
    label: str
    help: str
    filter: bool
    sort: bool
    facet: Literal["options", "range", "keys"] | None = None
    show: bool = Field(description="Whether it is a column of the table")
    indexed: bool
    operators: list[str]
    unit: str | None = None
    options: list[str] | None = None


class FieldsOut(Out):
    traces: list[FieldOut]
    observations: list[FieldOut]
    sessions: list[FieldOut]
    users: list[FieldOut]
    scores: list[FieldOut]


class RowsOut(Out):
    rows: list[dict[str, Any]] = Field(
        description="Flat, by the names of the asked fields, always with the id"
    )
    cursor: str | None = Field(None, description="Null at the end")
    as_of: DateTime
    ms: int


class CountOut(Out):
    count: int
    exact: bool


class BucketOut(Out):
    at: int = Field(description="Milliseconds since 1970")
    ok: int
    warning: int
    error: int


class HistogramOut(Out):
    bucket_ms: int = Field(description="Days, weeks and months may be longer or shorter")
    from_: DateTime = Field(alias="from")
    buckets: list[BucketOut]


class FacetOptionOut(Out):
    value: str
    count: int


class FacetKeyOut(FacetOptionOut):
    type: str = Field(default="", description="Of scores: their data type. Absent for metadata")


class FacetOut(Out):
    """By the kind of the field: options and more; or min, max and histogram; or keys."""

    options: list[FacetOptionOut] = Field(default=[], description="Values, the frequent ones first")
    more: bool = Field(default=False, description="There are more options than were asked for")
    min: float | None = None
    max: float | None = None
    histogram: list[tuple[float, float, int]] = Field(default=[], description="From, to and rows of each bin")
    keys: list[FacetKeyOut] = Field(default=[], description="Of metadata, or the names of scores")
    partial: bool = Field(default=False, description="Only the newest part of the time range was counted")


class FacetsOut(Out):
    facets: dict[str, FacetOut] = Field(description="By field")
    estimated: bool


class ValuesOut(Out):
    values: list[FacetOptionOut]


class BulkOut(Out):
    affected: int
