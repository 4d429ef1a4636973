"""Scheduled exports to a team's own bucket, one per project. Credentials are sealed (stores/vault.py)."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.stores.meta.tables.columns import Instant, JsonObject, JsonValue, Table


class BlobStorageIntegration(Table):
    __tablename__ = "blob_storage_integrations"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    type: Mapped[str]  # S3, S3_COMPATIBLE or AZURE_BLOB_STORAGE
    bucket_name: Mapped[str]
    endpoint: Mapped[str | None]
    region: Mapped[str]
    access_key_id: Mapped[str | None]
    secret_access_key: Mapped[str | None]  # sealed
    prefix: Mapped[str] = mapped_column(default="")
    force_path_style: Mapped[bool] = mapped_column(default=False)
    enabled: Mapped[bool] = mapped_column(default=True)
    export_frequency: Mapped[str]
    file_type: Mapped[str]
    compressed: Mapped[bool] = mapped_column(default=True)
    export_mode: Mapped[str]
    export_start_date: Mapped[datetime | None] = mapped_column(Instant)
    export_source: Mapped[str]
    export_field_groups: Mapped[list[str] | None] = mapped_column(JsonValue)
    next_sync_at: Mapped[datetime | None] = mapped_column(Instant)
    last_sync_at: Mapped[datetime | None] = mapped_column(Instant)  # up to which the data is exported
    exported_version: Mapped[int | None] = mapped_column(BigInteger)  # the same as a place in the ingest log
    run: Mapped[JsonObject | None] = mapped_column(
        JsonValue
    )  # how far the export at hand is (jobs/exports.py)
    run_started_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None]
    last_error_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
