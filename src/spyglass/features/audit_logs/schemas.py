"""Parameters and answers of `/spyglass/audit-logs`."""

from typing import Any

from pydantic import Field

from spyglass.api.params import Instant, Params
from spyglass.api.schemas import DateTime, Out
from spyglass.api.texts import Id, Line


class AuditLogParams(Params):
    project_id: Id | None = Field(None, description="One project of the organization")
    resource_type: Line | None = Field(None, description="As in `prompt`, `apiKey`, `project`")
    resource_id: Id | None = None
    action: Line | None = Field(None, description="create, update, delete or a verb of its own")
    actor_id: Id | None = Field(None, description="Id of the API key or the user")
    from_timestamp: Instant | None = Field(None, description="Inclusive")
    to_timestamp: Instant | None = Field(None, description="Exclusive")
    limit: int = Field(50, ge=1, le=100)
    cursor: str | None = Field(None, description="`meta.cursor` of the page before")


class ActorOut(Out):
    type: str = Field(description="API_KEY, USER, ADMIN_KEY or SYSTEM")
    id: str | None = Field(description="Of the key or the user")
    role: str | None = Field(description="What a user had then")


class AuditLogOut(Out):
    id: str
    timestamp: DateTime
    organization_id: str | None
    project_id: str | None = Field(description="null: a change of the organization itself")
    actor: ActorOut
    resource_type: str
    resource_id: str
    action: str
    before: Any
    after: Any


class AuditLogMetaOut(Out):
    limit: int
    cursor: str | None = Field(None, description="Absent on the last page")


class AuditLogsOut(Out):
    data: list[AuditLogOut]
    meta: AuditLogMetaOut
