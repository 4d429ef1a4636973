"""The question of the metrics query language as clients send it, and the answers."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from spyglass.api.params import Instant, PageParams, Params
from spyglass.api.schemas import In, Out, PageMeta, Text
from spyglass.core.clock import MAX_US, MIN_US, parse_iso
from spyglass.query.metrics.question import DEFAULT_BINS
from spyglass.query.metrics.vocabulary import Aggregation


def _read_moment(text: Any) -> Any:
    """With an offset; nothing is stored outside of what the tables can hold."""
    found = parse_iso(text.replace(" ", "+")) if isinstance(text, str) else None
    if found is None:
        raise ValueError("Invalid ISO datetime: expected one with a time zone, as 2026-01-01T00:00:00Z")
    return min(max(found, MIN_US), MAX_US)


Moment = Annotated[int, BeforeValidator(_read_moment)]


class DimensionIn(In):
    field: Text
    key: Text | None = Field(None, description="With the field `metadata`: the metadata key")


class MetricIn(In):
    measure: Text
    aggregation: Aggregation


class TimeDimensionIn(In):
    granularity: Literal["auto", "minute", "5m", "15m", "hour", "3h", "6h", "day", "week", "month"]
    time_zone: Text | None = None


class OrderIn(In):
    field: Text
    direction: Literal["asc", "desc"]


class ConfigIn(In):
    bins: int = Field(DEFAULT_BINS, ge=1, le=100)
    row_limit: int | None = Field(None, ge=1, le=1000, alias="row_limit")


class QuestionIn(In):
    """The JSON of `query`. `timeZone`, `traceFilter`, `rowFilter` and metadata dimensions go beyond the published
    language."""

    view: Text
    dimensions: list[DimensionIn] = []
    metrics: list[MetricIn] = Field(min_length=1)
    filters: Annotated[Any, AfterValidator(lambda value: [] if value is None else value)] = []
    trace_filter: Any = None
    row_filter: Any = None
    time_dimension: TimeDimensionIn | None = None
    time_zone: Text | None = None
    from_timestamp: Moment
    to_timestamp: Moment
    order_by: list[OrderIn] | None = None
    config: ConfigIn | None = None

    @property
    def zone_name(self) -> str:
        own = self.time_dimension.time_zone if self.time_dimension else None
        return own or self.time_zone or "UTC"


class MetricsParams(Params):
    query: str = Field(
        description="JSON: view, dimensions, metrics, filters, timeDimension, fromTimestamp, toTimestamp, orderBy, "
        "config, timeZone; docs/reference/metrics.md has all words"
    )


class DailyParams(PageParams):
    trace_name: str | None = None
    user_id: str | None = None
    tags: list[str] | None = Field(None, description="Of traces that have all of these")
    environment: list[str] | None = Field(None, description="Any of these")
    from_timestamp: Instant | None = Field(None, description="Inclusive")
    to_timestamp: Instant | None = Field(None, description="Exclusive")


class MetricsMetaOut(Out):
    truncated: bool = Field(description="Whether rows were left out because of the limit")
    percentiles: Literal["exact", "approximate"] | None = None
    distinct_counts: Literal["exact", "approximate"] | None = None
    granularity: str | None = Field(None, description="Of the time dimension; what `auto` stood for")
    time_zone: str | None = None


class MetricsOut(Out):
    data: list[dict[str, Any]] = Field(
        description="A row per group: each dimension, `time_dimension`, each metric as <aggregation>_<measure>"
    )
    meta: MetricsMetaOut


class DailyUsageOut(Out):
    model: str | None
    input_usage: int
    output_usage: int
    total_usage: int
    total_cost: float
    count_observations: int
    count_traces: int


class DayOut(Out):
    date: str
    count_traces: int
    count_observations: int
    total_cost: float
    usage: list[DailyUsageOut]


class DailyOut(Out):
    data: list[DayOut]
    meta: PageMeta
