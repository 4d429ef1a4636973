"""API keys of projects and organizations. The secret itself is never stored."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, Table


class Scope(StrEnum):
    PROJECT = "PROJECT"
    ORGANIZATION = "ORGANIZATION"


class ApiKey(Table):
    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    public_key: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]  # HMAC-SHA-256 under the pepper, hexadecimal
    display_secret_key: Mapped[str]
    scope: Mapped[str]  # a `Scope`
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"), index=True)
    note: Mapped[str | None]
    created_by: Mapped[str | None]  # the user, where it was one
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
