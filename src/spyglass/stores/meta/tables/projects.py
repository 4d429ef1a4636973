"""Projects: the boundary that no read or write crosses."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonObject, JsonValue, Table


class Project(Table):
    __tablename__ = "projects"
    __table_args__ = (
        # A name is free again once its project is deleted.
        Index(
            "uq_projects_organization_id_name",
            "organization_id",
            "name",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    retention_days: Mapped[int | None]  # after which traces, observations and scores go; None: never
    body_retention_days: Mapped[int | None]  # after which inputs, outputs, metadata and media go; None: never
    extra: Mapped[JsonObject] = mapped_column("metadata", JsonValue, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
