"""Requests erasures and shows how far they are."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic.alias_generators import to_camel
from sqlalchemy import Select
from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Invalid, NotFound
from spyglass.core.paging import page_meta
from spyglass.features.erasures.schemas import ErasureListParams
from spyglass.jobs.erasure_requests import delete_project, delete_projects, request_erasure
from spyglass.stores.meta import Meta, find_project, read_page
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.erasures import select_erasures
from spyglass.stores.meta.tables import Erasure, Job, Organization
from spyglass.stores.meta.tables.erasures import ErasureKind
from spyglass.stores.meta.tables.jobs import JobState

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_STATUS = {
    JobState.WAITING.value: "queued",
    JobState.RUNNING.value: "running",
    JobState.DONE.value: "done",
    JobState.FAILED.value: "failed",
}


def erase_project(state: AppState, caller: Caller, project_id: str) -> dict[str, Any]:
    """Raises `NotFound` for an unknown, a deleted and another organization's project alike."""
    with state.stores.meta.begin() as session:
        project = find_project(session, caller.organization_id, project_id)
        actor = replace(actor_of(caller), project_id=project.id)
        before = {"id": project.id, "name": project.name, "retentionDays": project.retention_days}
        erasure = delete_project(session, project, actor)
        after = {"erasure": erasure.id}
        record_change(session, actor, "delete", ("project", project.id), before=before, after=after)
        erasure_id = erasure.id
    state.keys.forget()
    message = "The project is deleted and its data is being erased"
    return {"success": True, "message": message, "erasureId": erasure_id}


def erase_organization(state: AppState, caller: Caller, name: str) -> dict[str, Any]:
    """The keys of the organization itself work until all is gone, so that its erasures can be watched."""
    with state.stores.meta.begin() as session:
        organization = session.get(Organization, caller.organization_id)
        if organization is None:
            raise NotFound("Organization not found")
        if name != organization.name:
            raise Invalid("`name` must be the name of the organization of this key, as a confirmation")
        actor = actor_of(caller)
        projects = delete_projects(session, organization.id, actor)
        erasure = request_erasure(session, ErasureKind.ORGANIZATION, actor)
        before = {"name": organization.name, "projects": projects}
        after = {"erasure": erasure.id}
        record_change(session, actor, "delete", ("organization", organization.id), before=before, after=after)
        rendered = _render(session, erasure)
    state.keys.forget()
    return rendered


def erase_own_organization(state: AppState, caller: Caller) -> dict[str, Any]:
    """For a person, whom the page has asked for the name."""
    with state.stores.meta.read() as session:
        organization = session.get(Organization, caller.organization_id)
        if organization is None:
            raise NotFound("Organization not found")
    return erase_organization(state, caller, organization.name)


def erase_user(state: AppState, caller: Caller, user_id: str) -> dict[str, Any]:
    """Also of a user of whom there is nothing: who asks learns it from the proof."""
    if not user_id or _UNSTORABLE.search(user_id):
        raise Invalid("The user id must not be empty and must not hold NUL characters")
    with state.stores.meta.begin() as session:
        actor = actor_of(caller)
        erasure = request_erasure(
            session, ErasureKind.USER, actor, project_id=project_of(caller), user_id=user_id
        )
        after = {"erasure": erasure.id}
        record_change(session, actor, "erase", ("user", erasure.subject), after=after)
        return _render(session, erasure)


def list_erasures(meta: Meta, visible: Select[Erasure], params: ErasureListParams) -> dict[str, Any]:
    with meta.read() as session:
        rows, total = read_page(session, visible, params.page, params.limit)
        data = [_render(session, row) for row in rows]
    return {"data": data, "meta": page_meta(params.page, params.limit, total)}


def read_erasure(meta: Meta, visible: Select[Erasure], erasure_id: str) -> dict[str, Any]:
    """Raises `NotFound` also for one that the caller may not see."""
    with meta.read() as session:
        erasure = session.scalars(visible.where(Erasure.id == erasure_id)).one_or_none()
        if erasure is None:
            raise NotFound("Erasure not found")
        return _render(session, erasure)


def visible_to(caller: Caller) -> Select[Erasure]:
    """To a key of a project those of the project, to a key of an organization also those of all its projects."""
    return select_erasures(caller.organization_id, caller.project_id)


def visible_to_all() -> Select[Erasure]:
    return select_erasures(None, None)


def _render(session: Session, erasure: Erasure) -> dict[str, Any]:
    job = session.get(Job, erasure.job_id) if erasure.job_id is not None else None
    status = "done" if erasure.finished_at else _STATUS[job.state] if job is not None else "failed"
    verification = None
    if erasure.checked_at is not None:
        verification = {"checkedAt": _iso(erasure.checked_at), "remaining": _named(erasure.remaining or {})}
    return {
        "id": erasure.id,
        "kind": erasure.kind,
        "status": status,
        "organizationId": erasure.organization_id,
        "projectId": erasure.project_id,
        "subject": erasure.subject,
        "requestedBy": erasure.requested_by,
        "requestedAt": _iso(erasure.created_at),
        "startedAt": _iso(erasure.started_at),
        "finishedAt": _iso(erasure.finished_at),
        "counts": _named(erasure.counts),
        "kept": _named(erasure.kept),
        "verification": verification,
        "lastError": None if job is None or erasure.finished_at else job.last_error,
    }


def _named(counts: dict[str, Any]) -> dict[str, Any]:
    """Names of tables as JSON has them."""
    return {to_camel(name): count for name, count in sorted(counts.items())}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso_ms(to_us(moment))
