"""What `/organizations` answers."""

from typing import Any

from spyglass.api.schemas import DateTime, Out


class OrganizationProjectOut(Out):
    id: str
    name: str
    metadata: dict[str, Any] | None = None
    created_at: DateTime
    updated_at: DateTime


class OrganizationProjectsOut(Out):
    projects: list[OrganizationProjectOut]
