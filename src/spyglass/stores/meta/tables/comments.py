"""Comments on traces, observations, sessions and prompts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, Table


class Comment(Table):
    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_project_id_object_type_object_id", "project_id", "object_type", "object_id"),
        Index("ix_comments_project_id_created_at", "project_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    object_type: Mapped[str]  # TRACE, OBSERVATION, SESSION or PROMPT
    object_id: Mapped[str]
    content: Mapped[str]
    author_user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
