"""Projects and their API keys for the operator: read, create, list, revoke. Used by the routes and the command
line; what an organization does to its projects is in `administration.py`.

A secret leaves this module once, in `NewKey`; the store has only its hash.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from spyglass.core.errors import Invalid, NotFound
from spyglass.features.projects.schemas import OrganizationOut, ProjectOut
from spyglass.stores.meta import Meta
from spyglass.stores.meta.audit import Actor, ActorType
from spyglass.stores.meta.keys import add_key, end_key, keys_of, new_pair, owner_of
from spyglass.stores.meta.tables import ApiKey, Organization, Project

# The operator at the command line, and the server at its first start.
SYSTEM = Actor(ActorType.SYSTEM, "", "", None, None)


@dataclass(frozen=True, repr=False)
class NewKey:
    """A key at its creation: the only moment at which its secret can be read."""

    id: str
    public_key: str
    secret_key: str


def read_project(meta: Meta, project_id: str) -> ProjectOut:
    """One project as the public API shows it. Raises `NotFound`, also for a deleted one."""
    statement = (
        select(Project, Organization)
        .join(Organization, Organization.id == Project.organization_id)
        .where(Project.id == project_id, Project.deleted_at.is_(None))
    )
    with meta.read() as session:
        row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("Project not found")
    return render_project(*row)


def render_project(project: Project, organization: Organization) -> ProjectOut:
    return ProjectOut(
        id=project.id,
        name=project.name,
        organization=OrganizationOut(id=organization.id, name=organization.name),
        metadata=project.extra,
        retention_days=project.retention_days,
        body_retention_days=project.body_retention_days,
    )


def find_project(meta: Meta, name_or_id: str | None) -> Project:
    """The project that an operator means; without a name the only one there is."""
    with meta.read() as session:
        projects = session.scalars(
            select(Project).where(Project.deleted_at.is_(None)).order_by(Project.created_at)
        ).all()
    matches = [p for p in projects if name_or_id in (None, p.id)] or [
        p for p in projects if p.name == name_or_id
    ]
    if len(matches) == 1:
        return matches[0]
    known = ", ".join(f"{p.id} ({p.name})" for p in projects) or "none"
    if not matches:
        raise NotFound(f"There is no project {name_or_id}. Projects: {known}")
    raise Invalid(f"Say which project by its id. Projects: {known}")


def create_key(
    meta: Meta, pepper: bytes, project_id: str, *, note: str | None = None, expires_at: datetime | None = None
) -> NewKey:
    """Add a key pair to a project. Raises `NotFound` for an unknown or deleted project."""
    pair = new_pair()
    with meta.begin() as session:
        project = session.get(Project, project_id)
        if project is None or project.deleted_at is not None:
            raise NotFound("Project not found")
        key = add_key(session, pepper, owner_of(project), pair, SYSTEM, note=note, expires_at=expires_at)
    return NewKey(key.id, pair.public, pair.secret)


def list_keys(meta: Meta, project_id: str) -> list[ApiKey]:
    """Keys of a project, oldest first."""
    with meta.read() as session:
        return keys_of(session, owner_of(session.get_one(Project, project_id)))


def revoke_key(meta: Meta, public_key_or_id: str) -> ApiKey:
    """Remove a key; servers refuse it within seconds. Raises `NotFound` for one that does not exist.

    For the operator, who may revoke a leaked key without knowing its project.
    """
    with meta.begin() as session:
        key = session.scalars(
            select(ApiKey).where((ApiKey.public_key == public_key_or_id) | (ApiKey.id == public_key_or_id))
        ).one_or_none()
        if key is None:
            raise NotFound(f"There is no key {public_key_or_id}")
        end_key(session, key, SYSTEM)
        return key
