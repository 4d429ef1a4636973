"""What `/organizations` answers."""

from typing import Any

from spyglass.api.schemas import DateTime, Out, StrictIn
from spyglass.api.texts import Name


class OrganizationProjectOut(Out):
    id: str
    name: str
    metadata: dict[str, Any] | None = None
    created_at: DateTime
    updated_at: DateTime


class OrganizationProjectsOut(Out):
    projects: list[OrganizationProjectOut]


class OrganizationNameIn(StrictIn):
    name: Name


class NamedOrganizationOut(Out):
    id: str
    name: str
