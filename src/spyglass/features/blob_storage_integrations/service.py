"""Settings of scheduled exports, one per project of the organization whose key asks.

A secret that is left out stays only while everything that says where it is sent stays the same (S52). What is
saved enabled has been tried: a small object is written first.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of
from spyglass.api.state import AppState
from spyglass.core.clock import now
from spyglass.core.errors import Invalid, NotFound, SpyglassError
from spyglass.features.blob_storage_integrations.rendering import render, render_status
from spyglass.features.blob_storage_integrations.schemas import (
    BlobStorageExportMode,
    BlobStorageExportSource,
    CreateBlobStorageIntegrationRequest,
)
from spyglass.jobs.export_run import FREQUENCIES, LAG, folder_of, lock_integration, open_bucket
from spyglass.query.export_columns import GROUPS
from spyglass.stores.meta import delete_scoped, find_project
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.tables import BlobStorageIntegration, Project
from spyglass.stores.sealed import BUCKET_SECRET

_RESOURCE = "blobStorageIntegration"
# Where the secret is sent: it is entered again when one of these changes.
_DESTINATION = ("type", "endpoint", "bucket_name", "region", "access_key_id")
# What a run at hand was begun with: it begins anew when one of these changes.
_OUTPUT = (
    *_DESTINATION,
    *("prefix", "force_path_style", "file_type", "compressed", "export_source", "export_field_groups"),
)
_HISTORY = ("export_mode", "export_start_date")
_TEST_OBJECT = b"Spyglass can write here.\n"
_TEST_S = 30.0  # a request waits for it


def list_integrations(state: AppState, caller: Caller) -> dict[str, Any]:
    projects = (
        select(Project.id)
        .where(Project.organization_id == caller.organization_id, Project.deleted_at.is_(None))
        .order_by(Project.created_at, Project.id)
    )
    with state.stores.meta.read() as session:
        rows = [session.get(BlobStorageIntegration, id_) for id_ in session.scalars(projects).all()]
    return {"data": [render(row) for row in rows if row is not None]}


def read_status(state: AppState, caller: Caller, project_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        return render_status(_find(session, caller, project_id))


def put_integration(
    state: AppState, caller: Caller, body: CreateBlobStorageIntegrationRequest
) -> dict[str, Any]:
    """Create or replace the integration of a project, after a test upload when it is enabled."""
    with state.stores.meta.read() as session:
        project_id = find_project(session, caller.organization_id, body.project_id).id
        before = session.get(BlobStorageIntegration, project_id)
    values = _values(state, body, before)
    if body.enabled:
        _try_upload(state, BlobStorageIntegration(project_id=project_id, **values))
    with state.stores.meta.begin() as session:
        find_project(session, caller.organization_id, project_id)
        row = lock_integration(session, project_id)
        # What is kept of an earlier row was checked against that row.
        if _secret_of(row) != _secret_of(before):
            raise Invalid("The integration was changed meanwhile; try again")
        shown_before = None if row is None else render(row)
        if row is None:
            row = BlobStorageIntegration(project_id=project_id, **values)
            session.add(row)
        else:
            _change(row, values)
        session.flush()
        shown = render(row)
        action = "create" if shown_before is None else "update"
        record_change(
            session,
            actor_of(caller),
            action,
            (_RESOURCE, project_id),
            before=shown_before,
            after=shown,
        )
    return shown


def delete_integration(state: AppState, caller: Caller, project_id: str) -> None:
    """What was exported stays in the bucket; a run at hand ends at its next file."""
    with state.stores.meta.begin() as session:
        row = _find(session, caller, project_id)
        session.execute(delete_scoped(BlobStorageIntegration, project_id))
        record_change(session, actor_of(caller), "delete", (_RESOURCE, project_id), before=render(row))


def _find(session: Session, caller: Caller, project_id: str) -> BlobStorageIntegration:
    find_project(session, caller.organization_id, project_id)
    row = session.get(BlobStorageIntegration, project_id)
    if row is None:
        raise NotFound("Blob storage integration not found")
    return row


def _secret_of(row: BlobStorageIntegration | None) -> str | None:
    return None if row is None else row.secret_access_key


def _values(
    state: AppState, body: CreateBlobStorageIntegrationRequest, before: BlobStorageIntegration | None
) -> dict[str, Any]:
    """The columns that a request sets; what it may leave out comes from the row as it is, or has its default."""
    values: dict[str, Any] = {
        "type": body.type.value,
        "bucket_name": body.bucket_name,
        "endpoint": body.endpoint or None,
        "region": body.region,
        "access_key_id": body.access_key_id or (before.access_key_id if before else None),
        "prefix": body.prefix or "",
        "force_path_style": body.force_path_style,
        "enabled": body.enabled,
        "export_frequency": body.export_frequency.value,
        "file_type": body.file_type.value,
        "compressed": body.compressed is not False,
        "export_mode": body.export_mode.value,
        "export_start_date": body.start_date,
        "export_source": _source(body, before),
        "export_field_groups": _groups(body, before),
    }
    if body.export_mode is BlobStorageExportMode.FULL_HISTORY:
        values["export_start_date"] = None
    elif body.export_mode is BlobStorageExportMode.FROM_TODAY:
        same = before is not None and before.export_mode == body.export_mode.value
        values["export_start_date"] = before.export_start_date if before and same else now()
    values["secret_access_key"] = _sealed_secret(state, body, before, values)
    return values


def _source(body: CreateBlobStorageIntegrationRequest, before: BlobStorageIntegration | None) -> str:
    if body.export_source is not None:
        return body.export_source.value
    default = BlobStorageExportSource.LEGACY_TRACES_OBSERVATIONS.value
    return before.export_source if before is not None else default


def _groups(
    body: CreateBlobStorageIntegrationRequest, before: BlobStorageIntegration | None
) -> list[str] | None:
    if body.export_field_groups is not None:
        return [group.value for group in body.export_field_groups]
    return before.export_field_groups if before is not None else list(GROUPS)


def _sealed_secret(
    state: AppState,
    body: CreateBlobStorageIntegrationRequest,
    before: BlobStorageIntegration | None,
    values: dict[str, Any],
) -> str:
    if not values["access_key_id"]:
        raise Invalid("accessKeyId: required; credentials of the server itself are not used for exports")
    if body.secret_access_key:
        return state.vault.seal(body.secret_access_key, *BUCKET_SECRET.place(body.project_id))
    if before is None or before.secret_access_key is None:
        raise Invalid("secretAccessKey: required")
    if any(getattr(before, name) != values[name] for name in _DESTINATION):
        raise Invalid(
            "secretAccessKey: required when type, endpoint, bucketName, region or accessKeyId change"
        )
    return before.secret_access_key


def _try_upload(state: AppState, row: BlobStorageIntegration) -> None:
    try:
        bucket = open_bucket(row, state.vault, state.egress.blob_storage)
        key = f"{folder_of(row)}/connection-test.txt"
        bucket.put(key, _TEST_OBJECT, "text/plain", within_s=_TEST_S)
    except SpyglassError as error:
        raise Invalid(f"The test upload failed: {error.message}") from error


def _change(row: BlobStorageIntegration, values: dict[str, Any]) -> None:
    """Replace the settings, and what follows from that for the run at hand and the next one."""
    anew = any(getattr(row, name) != values[name] for name in _OUTPUT)
    from_start = any(getattr(row, name) != values[name] for name in _HISTORY)
    oftener = row.export_frequency != values["export_frequency"]
    for name, value in values.items():
        setattr(row, name, value)
    if row.last_error is not None:
        row.last_error = row.last_error_at = None
        row.next_sync_at = now()
    if anew or from_start:
        row.run = row.run_started_at = None
    if from_start:
        row.exported_version = row.last_sync_at = row.next_sync_at = None
    elif row.last_sync_at is not None and row.run is None and oftener:
        row.next_sync_at = row.last_sync_at + FREQUENCIES[row.export_frequency] + LAG
    row.updated_at = now()
