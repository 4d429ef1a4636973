"""What the projects endpoints answer."""

from typing import Any

from pydantic import Field

from spyglass.api.schemas import Out


class OrganizationOut(Out):
    id: str
    name: str


class ProjectOut(Out):
    id: str
    name: str
    organization: OrganizationOut
    metadata: dict[str, Any]
    retention_days: int | None = Field(None, exclude_if=lambda days: not days)


class ProjectsOut(Out):
    data: list[ProjectOut]
