"""Datasets, the versions of their items, runs over them and what each run did with each item.

An item keeps every state it had: a row is valid from `valid_from` until the next one; `valid_to` is None for
the present one. A deletion is a last row with `is_deleted`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, Table, UserJson

PROJECT = "projects.id"
DATASET = "datasets.id"


class Dataset(Table):
    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT))
    name: Mapped[str]
    description: Mapped[str | None]
    extra: Mapped[Any | None] = mapped_column("metadata", UserJson)
    input_schema: Mapped[Any | None] = mapped_column(UserJson)
    expected_output_schema: Mapped[Any | None] = mapped_column(UserJson)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class DatasetItem(Table):
    __tablename__ = "dataset_items"
    __table_args__ = (
        Index("ix_dataset_items_dataset_id_valid_to_created_at", "dataset_id", "valid_to", "created_at"),
        Index("ix_dataset_items_project_id_source_trace_id", "project_id", "source_trace_id"),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(Instant, primary_key=True, default=now)
    valid_to: Mapped[datetime | None] = mapped_column(Instant)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    dataset_id: Mapped[str] = mapped_column(ForeignKey(DATASET, ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(default="ACTIVE")  # or ARCHIVED
    input: Mapped[Any | None] = mapped_column(UserJson)
    expected_output: Mapped[Any | None] = mapped_column(UserJson)
    extra: Mapped[Any | None] = mapped_column("metadata", UserJson)
    source_trace_id: Mapped[str | None]
    source_observation_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(
        Instant, default=now
    )  # of the item, the same in all its rows
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)


class DatasetRun(Table):
    __tablename__ = "dataset_runs"
    __table_args__ = (
        UniqueConstraint("dataset_id", "name"),
        Index("ix_dataset_runs_project_id_created_at", "project_id", "created_at"),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # follows from project, dataset and name
    dataset_id: Mapped[str] = mapped_column(ForeignKey(DATASET, ondelete="CASCADE"))
    name: Mapped[str]
    description: Mapped[str | None]
    extra: Mapped[Any | None] = mapped_column("metadata", UserJson)
    # A deleted run keeps its row: spans that say they are of it, and began before then, are no longer shown.
    is_deleted: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class DatasetRunItem(Table):
    __tablename__ = "dataset_run_items"
    __table_args__ = (
        Index("ix_dataset_run_items_project_id_run_id_created_at", "project_id", "run_id", "created_at"),
        Index("ix_dataset_run_items_project_id_trace_id", "project_id", "trace_id"),
        Index("ix_dataset_run_items_project_id_item_id", "project_id", "item_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT))
    run_id: Mapped[str]
    item_id: Mapped[str]
    trace_id: Mapped[str]
    observation_id: Mapped[str | None]
    dataset_version: Mapped[datetime | None] = mapped_column(Instant)  # the state of the dataset that was run
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
