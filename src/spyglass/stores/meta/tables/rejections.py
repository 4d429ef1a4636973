"""Records that were refused at the door, so that a user can see what an SDK swallowed. The newest of each project
are kept, without their content."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, Table


class Rejection(Table):
    __tablename__ = "rejections"
    __table_args__ = (Index("ix_rejections_project_id_created_at", "project_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[str]  # what was refused: score, trace, observation, event (of no known type), request
    record_id: Mapped[str]  # as it was sent; empty when it had none
    status: Mapped[int]  # the HTTP status of the refusal
    message: Mapped[str]
    count: Mapped[int] = mapped_column(default=1)  # more than one: the rest of a request, told in one row
    public_key: Mapped[str]
    sdk_name: Mapped[str]
    sdk_version: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
