"""The audit log: who changed what, when. Rows are added and never removed; erasures empty `before` and `after` of what
they erase. Written by stores/meta/audit.py.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonValue, Table


class AuditLog(Table):
    # No foreign keys: an entry outlives what it tells of.
    __tablename__ = "audit_logs"
    __table_args__ = (
        Index("ix_audit_logs_project_id_created_at", "project_id", "created_at"),
        Index("ix_audit_logs_organization_id_created_at", "organization_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[str | None]  # None: of the whole instance
    project_id: Mapped[str | None]  # None: of the organization
    actor_type: Mapped[str]  # API_KEY, USER, ADMIN_KEY or SYSTEM
    actor_id: Mapped[str]  # of the key or the user; empty for the other two
    actor_role: Mapped[str]  # the role that a user had then
    resource_type: Mapped[str]
    resource_id: Mapped[str]
    action: Mapped[str]
    before: Mapped[Any | None] = mapped_column(JsonValue)
    after: Mapped[Any | None] = mapped_column(JsonValue)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
