"""Projects and the API keys of projects: read, create, list, revoke. Used by the routes and the command line.

A secret leaves this module once, in `NewKey`; the store has only its hash.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from spyglass.core.errors import Conflict, Invalid, Misconfigured, NotFound
from spyglass.core.keys import display_secret, hash_secret, new_key_pair
from spyglass.features.projects.schemas import OrganizationOut, ProjectOut
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.tables import ApiKey, Fact, Organization, Project
from spyglass.stores.meta.tables.api_keys import Scope
from spyglass.stores.meta.tables.facts import PEPPER
from spyglass.stores.meta.tables.revisions import API_KEYS, raise_revision


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
    project, organization = row
    return ProjectOut(
        id=project.id,
        name=project.name,
        organization=OrganizationOut(id=organization.id, name=organization.name),
        metadata=project.extra,
        retention_days=project.retention_days,
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
    public_key, secret_key = new_key_pair()
    with meta.begin() as session:
        project = session.get(Project, project_id)
        if project is None or project.deleted_at is not None:
            raise NotFound("Project not found")
        key = add_key(session, pepper, project, (public_key, secret_key), note=note, expires_at=expires_at)
    return NewKey(key.id, public_key, secret_key)


def add_key(
    session: Session,
    pepper: bytes,
    project: Project,
    pair: tuple[str, str],
    *,
    note: str | None,
    expires_at: datetime | None = None,
) -> ApiKey:
    """Insert a key within the caller's transaction. Raises `Conflict` when its public half is taken."""
    check_pepper(session, pepper)
    public_key, secret_key = pair
    if session.scalar(select(ApiKey.id).where(ApiKey.public_key == public_key)) is not None:
        raise Conflict(f"The public key {public_key} exists already")
    key = ApiKey(
        public_key=public_key,
        secret_hash=hash_secret(pepper, secret_key),
        display_secret_key=display_secret(secret_key),
        scope=Scope.PROJECT.value,
        organization_id=project.organization_id,
        project_id=project.id,
        note=note,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    raise_revision(session, API_KEYS)
    return key


def check_pepper(session: Session, pepper: bytes) -> None:
    """Refuse another pepper than the one of the existing keys: none of them would work, and nobody would
    see why. Raises `Misconfigured`; once all keys are revoked, a new pepper is taken.
    """
    fingerprint = hash_secret(pepper, "fingerprint of the pepper")[:16]
    known = session.get(Fact, PEPPER)
    if known is None:
        session.add(Fact(name=PEPPER, value=fingerprint))
    elif known.value != fingerprint:
        if session.scalar(select(func.count()).select_from(ApiKey)):
            raise Misconfigured(
                "The pepper (SALT, SPYGLASS_SECRETS__PEPPER or secrets.json in the data directory) is not the one "
                "of the existing API keys, so none of them would work. Set that one again, also for commands "
                "beside a running server, or revoke all keys (`spyglass keys list`, `spyglass keys revoke`)."
            )
        known.value = fingerprint
    session.flush()


def list_keys(meta: Meta, project_id: str) -> list[ApiKey]:
    """Keys of a project, oldest first."""
    with meta.read() as session:
        return list(session.scalars(scoped(ApiKey, project_id).order_by(ApiKey.created_at, ApiKey.id)))


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
        session.execute(delete(ApiKey).where(ApiKey.id == key.id))
        raise_revision(session, API_KEYS)
        return key
