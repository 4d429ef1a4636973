"""What an organization does to its projects: create, change, and keep their API keys."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of
from spyglass.api.state import AppState
from spyglass.core.clock import from_us, parse_iso
from spyglass.core.errors import Conflict, Invalid
from spyglass.features.projects.schemas import ApiKeyIn, ProjectIn, ProjectOut
from spyglass.features.projects.service import render_project
from spyglass.stores.meta import find_project
from spyglass.stores.meta.audit import Actor, record_change
from spyglass.stores.meta.keys import (
    KeyPair,
    add_key,
    end_key,
    find_key,
    keys_of,
    new_pair,
    owner_of,
    render_key,
    render_new_key,
)
from spyglass.stores.meta.tables import Organization, Project
from spyglass.stores.meta.tables.revisions import PEOPLE, raise_revision


def create_project(state: AppState, caller: Caller, body: ProjectIn) -> ProjectOut:
    """Raises `Conflict` when a project of the organization has this name."""
    with state.stores.meta.begin() as session:
        organization = session.get_one(Organization, caller.organization_id)
        project = Project(organization_id=organization.id, name=body.name)
        _check_name(session, project, body.name)
        _apply(project, body)
        session.add(project)
        session.flush()
        raise_revision(session, PEOPLE)  # who may see it
        record_change(
            session, _at(project, caller), "create", ("project", project.id), after=_audited(project)
        )
        return render_project(project, organization)


def update_project(state: AppState, caller: Caller, project_id: str, body: ProjectIn) -> ProjectOut:
    """What the body leaves out stays as it is. Raises `NotFound` and `Conflict`."""
    with state.stores.meta.begin() as session:
        organization = session.get_one(Organization, caller.organization_id)
        project = find_project(session, organization.id, project_id)
        before = _audited(project)
        _check_name(session, project, body.name)
        project.name = body.name
        _apply(project, body)
        session.flush()
        resource = ("project", project.id)
        record_change(
            session, _at(project, caller), "update", resource, before=before, after=_audited(project)
        )
        return render_project(project, organization)


def list_keys(state: AppState, caller: Caller, project_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        project = find_project(session, caller.organization_id, project_id)
        return {"apiKeys": [render_key(key) for key in keys_of(session, owner_of(project))]}


def create_key(state: AppState, caller: Caller, project_id: str, body: ApiKeyIn) -> dict[str, Any]:
    """Raises `Conflict` when the public key that was brought along is taken, by whatever project."""
    pair = KeyPair(body.public_key, body.secret_key) if body.public_key and body.secret_key else new_pair()
    ends_us = parse_iso(body.expires_at) if body.expires_at else None
    with state.stores.meta.begin() as session:
        project = find_project(session, caller.organization_id, project_id)
        key = add_key(
            session,
            state.pepper,
            owner_of(project),
            pair,
            actor_of(caller),
            note=body.note,
            expires_at=from_us(ends_us) if ends_us is not None else None,
        )
    state.keys.forget()  # it may have been refused a moment ago
    return render_new_key(key, pair)


def delete_key(state: AppState, caller: Caller, project_id: str, key_id: str) -> None:
    with state.stores.meta.begin() as session:
        project = find_project(session, caller.organization_id, project_id)
        end_key(session, find_key(session, owner_of(project), key_id), actor_of(caller))
    state.keys.forget()


def _check_name(session: Session, project: Project, name: str) -> None:
    taken = select(Project.id).where(
        Project.organization_id == project.organization_id,
        Project.name == name,
        Project.id != (project.id or ""),
        Project.deleted_at.is_(None),
    )
    if session.scalar(taken) is not None:
        raise Conflict("A project with this name already exists in your organization")


def _apply(project: Project, body: ProjectIn) -> None:
    given = body.model_fields_set
    if "metadata" in given or project.extra is None:
        project.extra = body.metadata or {}
    if "retention" in given:
        project.retention_days = body.retention or None
    if "body_retention_days" in given:
        project.body_retention_days = body.body_retention_days or None
    if project.retention_days and (project.body_retention_days or 0) > project.retention_days:
        raise Invalid(
            f"bodyRetentionDays must be at most the retention of {project.retention_days} days, "
            f"not {project.body_retention_days}"
        )


def _at(project: Project, caller: Caller) -> Actor:
    return replace(actor_of(caller), project_id=project.id)


def _audited(project: Project) -> dict[str, Any]:
    return {
        "name": project.name,
        "metadata": project.extra,
        "retentionDays": project.retention_days,
        "bodyRetentionDays": project.body_retention_days,
    }
