"""Parameters and answers of `/spyglass/rejections`."""

from typing import Literal

from pydantic import Field

from spyglass.api.params import Instant, PageParams
from spyglass.api.schemas import DateTime, Out

RejectionKind = Literal["score", "trace", "observation", "event", "request"]


class RejectionListParams(PageParams):
    kind: RejectionKind | None = Field(None, description="`event`: its type is not known")
    from_timestamp: Instant | None = Field(None, description="Of createdAt, inclusive")
    to_timestamp: Instant | None = Field(None, description="Of createdAt, exclusive")


class RejectionOut(Out):
    id: str
    project_id: str
    created_at: DateTime
    kind: RejectionKind
    record_id: str | None = Field(description="As it was sent, its first 200 characters")
    status: int = Field(description="What the sender was answered")
    message: str
    count: int = Field(description="More than one: the rest of a request, in one row")
    public_key: str | None
    sdk_name: str | None
    sdk_version: str | None
