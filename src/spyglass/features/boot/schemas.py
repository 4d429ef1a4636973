"""What the web UI begins with."""

from pydantic import Field

from spyglass.api.preferences import Preferences
from spyglass.api.schemas import DateTime, Out
from spyglass.core.permissions import Permission, Role


class BootUserOut(Out):
    id: str
    email: str
    name: str
    preferences: Preferences


class BootProjectOut(Out):
    id: str
    name: str
    role: Role
    permissions: list[Permission]
    retention_days: int | None
    created_at: DateTime


class BootOrganizationOut(Out):
    id: str
    name: str
    role: Role
    permissions: list[Permission]
    projects: list[BootProjectOut]


class BootFeaturesOut(Out):
    """What this server offers, as far as it depends on its settings."""

    create_organization: bool
    password: bool
    smtp: bool


class BootOut(Out):
    user: BootUserOut
    csrf: str
    version: str
    organizations: list[BootOrganizationOut]
    invitations: int = Field(description="How many wait for an answer of this account")
    features: BootFeaturesOut
    public_url: str
    currency: str


class GlanceOut(Out):
    """A project in the last 24 hours."""

    id: str
    traces24h: int = Field(alias="traces24h")
    errors24h: int = Field(alias="errors24h")
    cost24h: float | None = Field(alias="cost24h")
    last_event_at: DateTime | None
    sparkline: list[int]


class OverviewOut(Out):
    projects: list[GlanceOut]
