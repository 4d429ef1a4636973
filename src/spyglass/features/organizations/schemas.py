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


class OrganizationApiKeyOut(Out):
    id: str
    created_at: DateTime
    expires_at: DateTime | None = None
    last_used_at: DateTime | None = None
    note: str | None = None
    public_key: str
    display_secret_key: str


class OrganizationApiKeysOut(Out):
    api_keys: list[OrganizationApiKeyOut]
