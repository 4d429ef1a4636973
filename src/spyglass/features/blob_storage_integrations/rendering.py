"""Integrations as answers and the audit log show them: everything but the secret."""

from datetime import datetime
from typing import Any

from spyglass.core.clock import iso_ms, now, to_us
from spyglass.features.blob_storage_integrations.schemas import BlobStorageSyncStatus
from spyglass.stores.meta.tables import BlobStorageIntegration


def render(row: BlobStorageIntegration) -> dict[str, Any]:
    return {
        "id": row.project_id,
        "projectId": row.project_id,
        "type": row.type,
        "bucketName": row.bucket_name,
        "endpoint": row.endpoint,
        "region": row.region,
        "accessKeyId": row.access_key_id,
        "prefix": row.prefix,
        "exportFrequency": row.export_frequency,
        "enabled": row.enabled,
        "forcePathStyle": row.force_path_style,
        "fileType": row.file_type,
        "exportMode": row.export_mode,
        "exportStartDate": _iso(row.export_start_date),
        "compressed": row.compressed,
        "exportSource": row.export_source,
        "exportFieldGroups": row.export_field_groups,
        "nextSyncAt": _iso(row.next_sync_at),
        "lastSyncAt": _iso(row.last_sync_at),
        "lastError": row.last_error,
        "lastErrorAt": _iso(row.last_error_at),
        "createdAt": _iso(row.created_at),
        "updatedAt": _iso(row.updated_at),
    }


def render_status(row: BlobStorageIntegration) -> dict[str, Any]:
    return {
        "id": row.project_id,
        "projectId": row.project_id,
        "syncStatus": status_of(row).value,
        "enabled": row.enabled,
        "lastSyncAt": _iso(row.last_sync_at),
        "nextSyncAt": _iso(row.next_sync_at),
        "lastError": row.last_error,
        "lastErrorAt": _iso(row.last_error_at),
    }


def status_of(row: BlobStorageIntegration) -> BlobStorageSyncStatus:
    if not row.enabled:
        return BlobStorageSyncStatus.DISABLED
    if row.last_error is not None:
        return BlobStorageSyncStatus.ERROR
    if row.run_started_at is not None:
        return BlobStorageSyncStatus.RUNNING
    if row.next_sync_at is not None and row.next_sync_at <= now():
        return BlobStorageSyncStatus.QUEUED
    return BlobStorageSyncStatus.IDLE if row.last_sync_at is None else BlobStorageSyncStatus.UP_TO_DATE


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso_ms(to_us(moment))
