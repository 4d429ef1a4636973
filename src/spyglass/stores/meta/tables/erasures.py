"""Erasures: that somebody's data was to be deleted, what was found, and the proof that nothing is left.

No foreign keys: the proof outlives the project, the organization and the job. The rows of projects also say, for
good, whose data is never written again.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonObject, JsonValue, Table, UserJson


class ErasureKind(StrEnum):
    PROJECT = "project"
    ORGANIZATION = "organization"
    USER = "user"  # all that a project holds of one of its end users


class Erasure(Table):
    __tablename__ = "erasures"
    __table_args__ = (
        Index("ix_erasures_organization_id_created_at", "organization_id", "created_at"),
        Index("ix_erasures_project_id_created_at", "project_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]  # an `ErasureKind`
    organization_id: Mapped[str]
    project_id: Mapped[str | None]  # None: of an organization
    subject: Mapped[str]  # the id of the project or organization; of a user the SHA-256, never the id
    user_id: Mapped[str | None]  # of the user, until all is done
    requested_by: Mapped[str]  # the id of a key, or what else the audit log names
    job_id: Mapped[str | None]  # the job that works on it
    position: Mapped[int | None] = mapped_column(BigInteger)  # of the ingest log: what came later is no part
    work: Mapped[JsonObject | None] = mapped_column(UserJson)  # ids that are being deleted right now
    counts: Mapped[JsonObject] = mapped_column(JsonValue, default=dict)  # what was deleted, per kind of thing
    kept: Mapped[JsonObject] = mapped_column(JsonValue, default=dict)  # what refers to it and was not deleted
    remaining: Mapped[JsonObject | None] = mapped_column(JsonValue)  # what the last check still found
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
