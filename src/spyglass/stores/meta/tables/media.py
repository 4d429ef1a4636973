"""Media: images, audio and files, stored once per project and content, and where they are referred to."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, Table

PROJECT = "projects.id"


class Media(Table):
    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("project_id", "sha256"),
        Index("ix_media_project_id_created_at", "project_id", "created_at"),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # the first 22 characters of the hash in base64url
    sha256: Mapped[str]  # base64, 44 characters
    content_type: Mapped[str]
    content_length: Mapped[int] = mapped_column(BigInteger)
    blob_key: Mapped[str]
    uploaded_at: Mapped[datetime | None] = mapped_column(Instant)
    upload_status: Mapped[int | None]  # the HTTP status of the upload
    upload_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class MediaLink(Table):
    """A field of a trace, an observation or a dataset item that refers to a medium. Ids that do not apply are
    empty texts, so that the unique constraint covers them."""

    __tablename__ = "media_links"
    __table_args__ = (
        UniqueConstraint("project_id", "media_id", "trace_id", "observation_id", "dataset_item_id", "field"),
        Index("ix_media_links_project_id_trace_id", "project_id", "trace_id"),
        Index("ix_media_links_project_id_dataset_item_id", "project_id", "dataset_item_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT))
    media_id: Mapped[str]
    trace_id: Mapped[str] = mapped_column(default="")
    observation_id: Mapped[str] = mapped_column(default="")
    dataset_id: Mapped[str] = mapped_column(default="")
    dataset_item_id: Mapped[str] = mapped_column(default="")
    field: Mapped[str]  # input, output, metadata or expectedOutput
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
