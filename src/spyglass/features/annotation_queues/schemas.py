"""Bodies, parameters and answers of `/annotation-queues`; what is not known is refused, also in queries."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from spyglass.api.params import PageParams, Params
from spyglass.api.schemas import DateTime, Out, StrictIn, Text
from spyglass.core.ids import MAX_ID_CHARACTERS

QueueStatus = Literal["PENDING", "COMPLETED"]
QueueObjectType = Literal["TRACE", "OBSERVATION", "SESSION"]

_STRICT = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class NoParams(Params):
    model_config = _STRICT


class QueueListParams(PageParams):
    model_config = _STRICT


class ItemListParams(PageParams):
    model_config = _STRICT

    status: QueueStatus | None = None


class QueueIn(StrictIn):
    name: Annotated[Text, Field(min_length=1, max_length=500)]
    description: Text | None = None
    score_config_ids: Annotated[list[Text], Field(min_length=1, max_length=1000)]


class ItemIn(StrictIn):
    object_id: Annotated[Text, Field(min_length=1, max_length=MAX_ID_CHARACTERS)]
    object_type: QueueObjectType
    status: QueueStatus | None = Field(None, description="Default PENDING")


class ItemChangeIn(StrictIn):
    status: QueueStatus | None = None


class AssignmentIn(StrictIn):
    user_id: Text


class QueueOut(Out):
    id: str
    name: str
    description: str | None
    score_config_ids: list[str]
    created_at: DateTime
    updated_at: DateTime


class ItemOut(Out):
    id: str
    queue_id: str
    object_id: str
    object_type: QueueObjectType
    status: QueueStatus
    completed_at: DateTime | None
    created_at: DateTime
    updated_at: DateTime


class ItemDeletedOut(Out):
    success: bool
    message: str


class AssignmentOut(Out):
    user_id: str
    queue_id: str
    project_id: str


class AssignmentDeletedOut(Out):
    success: bool
