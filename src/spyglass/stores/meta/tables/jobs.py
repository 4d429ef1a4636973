"""Durable background work: one row is one piece of it, kept after it ended so that it can be looked at."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonObject, JsonValue, Table


class JobState(StrEnum):
    WAITING = "waiting"  # runs at or after `run_after`
    RUNNING = "running"  # held until `lease_until`; after that any worker may take it over
    DONE = "done"
    FAILED = "failed"  # gave up; `last_error` says why


class Job(Table):
    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_run_after", "state", "run_after"),
        Index("ix_jobs_project_id_created_at", "project_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]  # of the registered function
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"))  # None: of the whole server
    unique_key: Mapped[str | None] = mapped_column(unique=True)  # a second job of the same key is refused
    arguments: Mapped[JsonObject] = mapped_column(JsonValue, default=dict)
    state: Mapped[str] = mapped_column(default=JobState.WAITING.value)
    attempts: Mapped[int] = mapped_column(default=0)  # counted before the work starts
    run_after: Mapped[datetime] = mapped_column(Instant, default=now)
    lease_token: Mapped[str | None]  # only the holder of this token may write the outcome
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None]
    result: Mapped[Any | None] = mapped_column(JsonValue)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
