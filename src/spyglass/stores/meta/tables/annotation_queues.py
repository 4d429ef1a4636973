"""Annotation queues: what people shall look at, by which score configs, and who is asked to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonValue, Table

PROJECT = "projects.id"
QUEUE = "annotation_queues.id"


class AnnotationQueue(Table):
    __tablename__ = "annotation_queues"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT))
    name: Mapped[str]
    description: Mapped[str | None]
    score_config_ids: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class AnnotationQueueItem(Table):
    __tablename__ = "annotation_queue_items"
    __table_args__ = (
        Index("ix_annotation_queue_items_queue_id_status_created_at", "queue_id", "status", "created_at"),
        Index("ix_annotation_queue_items_project_id_object_id", "project_id", "object_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT))
    queue_id: Mapped[str] = mapped_column(ForeignKey(QUEUE, ondelete="CASCADE"))
    object_id: Mapped[str]
    object_type: Mapped[str]  # TRACE, OBSERVATION or SESSION
    status: Mapped[str] = mapped_column(default="PENDING")  # or COMPLETED
    locked_at: Mapped[datetime | None] = mapped_column(Instant)
    locked_by_user_id: Mapped[str | None]
    annotator_user_id: Mapped[str | None]
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class AnnotationQueueAssignment(Table):
    __tablename__ = "annotation_queue_assignments"

    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT), primary_key=True)
    queue_id: Mapped[str] = mapped_column(ForeignKey(QUEUE, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
