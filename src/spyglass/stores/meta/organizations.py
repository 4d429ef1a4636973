"""Organizations as rows, with their projects. A change is in the audit log of the organization."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Invalid, NotFound
from spyglass.stores.meta.audit import Actor, record_change
from spyglass.stores.meta.erasures import remove_organization as remove_rows
from spyglass.stores.meta.tables import Erasure, Organization, Project
from spyglass.stores.meta.tables.revisions import API_KEYS, raise_revision

AUDITED = "organization"


def list_organizations(session: Session) -> Sequence[Organization]:
    """All of this server, oldest first."""
    return session.scalars(select(Organization).order_by(Organization.created_at, Organization.id)).all()


def find_organization(session: Session, organization_id: str) -> Organization:
    organization = session.get(Organization, organization_id)
    if organization is None:
        raise NotFound("Organization not found")
    return organization


def projects_of(session: Session, organization_ids: Sequence[str]) -> dict[str, list[Project]]:
    """Organization -> its projects, oldest first, without the deleted ones."""
    found: dict[str, list[Project]] = {each: [] for each in organization_ids}
    rows = session.scalars(
        select(Project)
        .where(Project.organization_id.in_(organization_ids), Project.deleted_at.is_(None))
        .order_by(Project.created_at, Project.id)
    )
    for project in rows:
        found[project.organization_id].append(project)
    return found


def add_organization(session: Session, actor: Actor, name: str, extra: dict[str, Any]) -> Organization:
    organization = Organization(name=name, extra=extra)
    session.add(organization)
    session.flush()
    at = replace(actor, organization_id=organization.id)
    record_change(session, at, "create", (AUDITED, organization.id), after=_audited(organization))
    return organization


def change_organization(
    session: Session, actor: Actor, organization: Organization, name: str, extra: dict[str, Any] | None
) -> None:
    """Without `extra` the metadata stays as it is."""
    before = _audited(organization)
    organization.name = name
    if extra is not None:
        organization.extra = extra
    session.flush()
    at = replace(actor, organization_id=organization.id)
    resource = (AUDITED, organization.id)
    record_change(session, at, "update", resource, before=before, after=_audited(organization))


def remove_organization(session: Session, actor: Actor, organization: Organization) -> None:
    """Remove an organization without projects, with its keys and memberships; its audit log stays.

    Raises `Invalid` while it has projects, or data of deleted ones that is not erased yet.
    """
    owned = Project.organization_id == organization.id
    session.execute(select(Organization.id).where(Organization.id == organization.id).with_for_update())
    if session.scalar(select(func.count()).select_from(Project).where(owned, Project.deleted_at.is_(None))):
        raise Invalid("Cannot delete organization with existing projects. Delete its projects first.")
    unfinished = select(func.count()).where(
        Erasure.organization_id == organization.id, Erasure.finished_at.is_(None)
    )
    if session.scalar(unfinished):
        raise Invalid("The data of deleted projects of this organization is still being erased. Try again.")
    before = _audited(organization)
    remove_rows(session, organization.id)
    raise_revision(session, API_KEYS)
    at = replace(actor, organization_id=organization.id)
    record_change(session, at, "delete", (AUDITED, organization.id), before=before)


def render_project_of_organization(project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "metadata": project.extra,
        "createdAt": iso_ms(to_us(project.created_at)),
        "updatedAt": iso_ms(to_us(project.updated_at)),
    }


def render_organization(organization: Organization, projects: list[Project]) -> dict[str, Any]:
    return {
        "id": organization.id,
        "name": organization.name,
        "createdAt": iso_ms(to_us(organization.created_at)),
        "metadata": organization.extra,
        "projects": [render_project_of_organization(project) for project in projects],
    }


def _audited(organization: Organization) -> dict[str, Any]:
    return {"name": organization.name, "metadata": organization.extra}
