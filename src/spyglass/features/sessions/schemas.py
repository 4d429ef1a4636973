"""Parameters and answers of `/sessions`."""

from pydantic import Field

from spyglass.api.params import Instant, PageParams
from spyglass.api.record_schemas import TraceOut
from spyglass.api.schemas import DateTime, Out


class SessionListParams(PageParams):
    from_timestamp: Instant | None = Field(None, description="Of createdAt, inclusive")
    to_timestamp: Instant | None = Field(None, description="Of createdAt, exclusive")
    environment: list[str] | None = Field(None, description="Any of these")


class SessionOut(Out):
    id: str
    created_at: DateTime
    project_id: str
    environment: str


class SessionWithTracesOut(SessionOut):
    traces: list[TraceOut]
