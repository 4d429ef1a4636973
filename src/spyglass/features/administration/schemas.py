"""Bodies and answers of `/api/admin`."""

from typing import Any, Literal

from pydantic import Field, model_validator

from spyglass.api.schemas import DateTime, Out, StrictIn
from spyglass.api.texts import Id, Line, Metadata, Name


class OrganizationIn(StrictIn):
    name: Name
    metadata: Metadata | None = None


class OrganizationKeyIn(StrictIn):
    note: Line | None = None


class ApiKeysActionIn(StrictIn):
    """What to do with the keys of projects."""

    action: Literal["delete", "invalidate", "invalidate-all"]
    project_ids: list[Id] = Field(default_factory=list, max_length=1000)

    @model_validator(mode="after")
    def _check_projects(self) -> "ApiKeysActionIn":
        if (self.action == "invalidate-all") is bool(self.project_ids):
            raise ValueError("projectIds is for delete and invalidate, which need it")
        return self


class JobsActionIn(StrictIn):
    action: Literal["retry", "remove", "add"]
    queue_names: list[Id] = Field(default_factory=list, max_length=1000)
    queue_name: str | None = None
    bull_status: str | None = None
    events: list[Any] | None = None


class ReplayIn(StrictIn):
    keys: list[str] = Field(min_length=1, max_length=1000)


class ProjectOfOrganizationOut(Out):
    id: str
    name: str
    metadata: dict[str, Any] | None = None
    created_at: DateTime
    updated_at: DateTime


class OrganizationWithProjectsOut(Out):
    id: str
    name: str
    created_at: DateTime
    metadata: dict[str, Any]
    projects: list[ProjectOfOrganizationOut]


class OrganizationsOut(Out):
    organizations: list[OrganizationWithProjectsOut]


class SuccessOut(Out):
    success: bool


class QueueOut(Out):
    queue_name: str
    job_counts: dict[str, int]
