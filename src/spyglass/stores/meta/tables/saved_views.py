"""Saved views of the web UI's tables, whose default is whose, and stored states that short links lead to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonValue, Table

PROJECT = "projects.id"


class SavedView(Table):
    """`version` grows with each change, so that nobody overwrites what they have not seen."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_project_id_table_name", "project_id", "table_name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT))
    table_name: Mapped[str]  # `traces`, `observations` and so on
    name: Mapped[str]
    state: Mapped[dict[str, Any]] = mapped_column(JsonValue)  # {q, sort, cols, row}
    shared: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[str]  # the id of a user, empty for what a key made
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)


class DefaultView(Table):
    """The view that a user's table opens with."""

    __tablename__ = "default_views"

    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    view_id: Mapped[str] = mapped_column(ForeignKey("saved_views.id", ondelete="CASCADE"), index=True)


class Snapshot(Table):
    """A state of a page that is too long for its address. The id follows from the contents."""

    __tablename__ = "snapshots"
    __table_args__ = (
        Index("ix_snapshots_project_id_owner_id_created_at", "project_id", "owner_id", "created_at"),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    owner_id: Mapped[str] = mapped_column(default="", server_default="")  # a user; empty: an API key's
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
