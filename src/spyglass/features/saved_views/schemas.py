"""Bodies and answers of saved views and snapshots."""

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from spyglass.api.params import Params
from spyglass.api.schemas import DateTime, Out, StrictIn, Text
from spyglass.api.texts import Line, Metadata
from spyglass.stores.meta.tables.columns import JsonObject

_MAX_STATE_BYTES = 16 << 10
_MAX_SNAPSHOT_CHARACTERS = 64 << 10

TableName = Literal["traces", "observations", "sessions", "users", "scores"]


def _check_size(value: JsonObject | None) -> JsonObject:
    if value is None:
        raise ValueError("must be a JSON object")
    if len(json.dumps(value).encode()) > _MAX_STATE_BYTES:
        raise ValueError(f"must have at most {_MAX_STATE_BYTES} bytes as JSON")
    return value


def _check_named(name: str) -> str:
    if not name.strip():
        raise ValueError("must not be empty")
    return name.strip()


ViewState = Annotated[Metadata, AfterValidator(_check_size)]
ViewName = Annotated[Line, Field(max_length=100), AfterValidator(_check_named)]


class ViewListParams(Params):
    table: TableName | None = None


class ViewIn(StrictIn):
    table: TableName
    name: ViewName
    state: ViewState = Field(description="q, sort, cols, row: what the address of the page holds")
    shared: bool = False


class ViewUpdateIn(StrictIn):
    """What is left out stays as it is; `state` is replaced as a whole."""

    name: ViewName | None = None
    state: ViewState | None = None
    shared: bool | None = None


class DefaultIn(StrictIn):
    on: bool


class SnapshotIn(StrictIn):
    state: Annotated[Text, Field(min_length=1, max_length=_MAX_SNAPSHOT_CHARACTERS)]


class ViewOut(Out):
    id: str
    table: TableName
    name: str
    state: JsonObject
    shared: bool
    is_default: bool
    owner_id: str | None = Field(None, description="Null for what an API key made")
    owner_name: str | None = None
    mine: bool
    updated_at: DateTime
    version: int = Field(description="Goes into `If-Match` of a change")


class ViewsOut(Out):
    data: list[ViewOut]


class ViewConflictOut(Out):
    message: str
    error: str
    current: ViewOut


class SnapshotOut(Out):
    id: str


class SnapshotStateOut(Out):
    state: str
