"""Parameters, bodies and answers of `/traces`."""

from pydantic import Field

from spyglass.api.params import CommaList, Instant, PageParams, Params
from spyglass.api.record_schemas import ObservationOut, ScoreV1Out, TraceMetricsOut
from spyglass.api.schemas import In


class TraceListParams(PageParams):
    user_id: str | None = None
    name: str | None = None
    session_id: str | None = None
    from_timestamp: Instant | None = Field(None, description="Inclusive")
    to_timestamp: Instant | None = Field(None, description="Exclusive")
    order_by: str | None = Field(None, description="<column>.<asc|desc>, default timestamp.desc")
    tags: CommaList | None = Field(None, description="Traces that have all of these")
    version: str | None = None
    release: str | None = None
    environment: list[str] | None = Field(None, description="Any of these")
    fields: str | None = Field(None, description="Comma list of core, io, scores, observations, metrics")
    filter: str | None = Field(None, description="JSON array of filter conditions")


class TraceParams(Params):
    fields: str | None = Field(None, description="Comma list of core, io, scores, observations, metrics")


class TraceDeleteIn(In):
    trace_ids: list[str] = Field(min_length=1, max_length=1000)


class TraceWithIdsOut(TraceMetricsOut):
    observations: list[str] | None = Field(None, description="Ids")
    scores: list[str] | None = Field(None, description="Ids")


class TraceWithDetailsOut(TraceMetricsOut):
    observations: list[ObservationOut]
    scores: list[ScoreV1Out]
