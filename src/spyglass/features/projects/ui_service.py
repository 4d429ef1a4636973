"""What people do to a project and its keys; the work is that of `administration.py`."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, project_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now, to_us
from spyglass.features.projects import administration
from spyglass.features.projects.schemas import ApiKeyIn, NewProjectIn, ProjectIn, ProjectPatchIn
from spyglass.jobs.retention import cutoff_us
from spyglass.jobs.retention_records import TIMES, count_old, old_rows
from spyglass.stores.meta import find_project
from spyglass.stores.meta.keys import find_key, keys_of, owner_of
from spyglass.stores.meta.tables import ApiKey, Project, User

_FIRST_KEY = "Made with the project"


def create_project(state: AppState, caller: Caller, body: NewProjectIn) -> dict[str, Any]:
    asked = ProjectIn(name=body.name, retention=body.retention_days or 0, body_retention_days=0)
    made = administration.create_project(state, caller, asked)
    key = administration.create_key(state, caller, made.id, ApiKeyIn(note=_FIRST_KEY))
    pair = {"publicKey": key["publicKey"], "secretKey": key["secretKey"]}
    return {"id": made.id, "name": made.name, "key": pair}


def read_settings(state: AppState, caller: Caller, project_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        return _render(find_project(session, caller.organization_id, project_id))


def change_settings(state: AppState, caller: Caller, project_id: str, body: ProjectPatchIn) -> dict[str, Any]:
    """What is left out stays as it is, also a name that is not allowed any more."""
    with state.stores.meta.read() as session:
        name = body.name or find_project(session, caller.organization_id, project_id).name
    given = {"name"}
    if "retention_days" in body.model_fields_set:
        given.add("retention")
    if "body_retention_days" in body.model_fields_set:
        given.add("body_retention_days")
    change = ProjectIn.model_construct(
        _fields_set=given,
        name=name,
        metadata=None,
        retention=body.retention_days or 0,
        body_retention_days=body.body_retention_days or 0,
    )
    administration.update_project(state, caller, project_id, change)
    return read_settings(state, caller, project_id)


def preview_retention(state: AppState, caller: Caller, days: int) -> dict[str, int]:
    """table -> rows that are older than so many days."""
    project_id = project_of(caller)
    cutoffs = {project_id: cutoff_us(now(), days)}
    analytics = state.stores.analytics
    return {
        table: sum(
            counts.get(project_id, 0)
            for counts in count_old(analytics, table, old_rows(table, cutoffs)).values()
        )
        for table in TIMES
    }


def list_keys(state: AppState, caller: Caller, project_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        keys = keys_of(session, owner_of(find_project(session, caller.organization_id, project_id)))
        names = _names(session, keys)
    return {"data": [_render_key(key, names) for key in keys]}


def create_key(state: AppState, caller: Caller, project_id: str, note: str | None) -> dict[str, Any]:
    made = administration.create_key(state, caller, project_id, ApiKeyIn(note=note))
    with state.stores.meta.read() as session:
        project = find_project(session, caller.organization_id, project_id)
        key = find_key(session, owner_of(project), made["id"])
        return {**_render_key(key, _names(session, [key])), "secretKey": made["secretKey"]}


def delete_key(state: AppState, caller: Caller, project_id: str, key_id: str) -> None:
    administration.delete_key(state, caller, project_id, key_id)


def _names(session: Session, keys: list[ApiKey]) -> dict[str, str]:
    ids = {key.created_by for key in keys if key.created_by}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {user_id: name for user_id, name in rows}


def _render_key(key: ApiKey, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": key.id,
        "publicKey": key.public_key,
        "secretKeyMasked": key.display_secret_key,
        "note": key.note,
        "createdAt": iso_ms(to_us(key.created_at)),
        "lastUsedAt": iso_ms(to_us(key.last_used_at)) if key.last_used_at else None,
        "expiresAt": iso_ms(to_us(key.expires_at)) if key.expires_at else None,
        "createdBy": names.get(key.created_by or ""),
    }


def _render(project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "organizationId": project.organization_id,
        "retentionDays": project.retention_days,
        "bodyRetentionDays": project.body_retention_days,
        "createdAt": iso_ms(to_us(project.created_at)),
    }
