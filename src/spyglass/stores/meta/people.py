"""People as rows: found by e-mail address or by what an identity provider calls them, added, changed, and what
they may see. Whatever changes how somebody signs in is in the audit log of the server, without the password.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from spyglass.core.permissions import Role, effective_role
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.organizations import projects_of
from spyglass.stores.meta.setup_link import end_setup
from spyglass.stores.meta.sign_in import end_sessions
from spyglass.stores.meta.tables import (
    Erasure,
    OidcIdentity,
    Organization,
    OrganizationMembership,
    Project,
    ProjectMembership,
    User,
)
from spyglass.stores.meta.tables.erasures import ErasureKind
from spyglass.stores.meta.tables.revisions import PEOPLE, Revision

AUDITED = "user"


@dataclass(frozen=True)
class Place:
    """An organization of a person, with the projects that they may see, oldest first."""

    organization: Organization
    role: Role
    projects: Sequence[tuple[Project, Role]]


def actor_of_user(user: User, role: str = "", organization_id: str | None = None) -> Actor:
    return Actor(ActorType.USER, user.id, role, organization_id, None)


def has_people(session: Session) -> bool:
    return session.scalar(select(User.id).limit(1)) is not None


def lock_people(session: Session) -> None:
    """Whoever makes an account because there is none, or counts an attempt, takes turns with others that do."""
    session.execute(select(Revision.number).where(Revision.name == PEOPLE).with_for_update())


def find_by_email(session: Session, email: str) -> User | None:
    return session.scalars(select(User).where(User.email == email)).one_or_none()


def find_by_identity(session: Session, issuer: str, subject: str) -> User | None:
    identity = session.get(OidcIdentity, (issuer, subject))
    return None if identity is None else session.get(User, identity.user_id)


def link_identity(session: Session, user: User, issuer: str, subject: str) -> None:
    """From now on this person signs in as `user`."""
    session.add(OidcIdentity(issuer=issuer, subject=subject, user_id=user.id))
    session.flush()
    after = {"issuer": issuer, "subject": subject}
    record_change(session, actor_of_user(user), "link", (AUDITED, user.id), after=after)


def add_user(
    session: Session, email: str, name: str, password_hash: str | None, actor: Actor | None = None
) -> User:
    """Without `actor` a person makes their own account. The set-up link ends with the first one. Raises `Conflict` when
    the address is taken."""
    user = User(email=email, name=name, password_hash=password_hash)
    session.add(user)
    session.flush()
    end_setup(session)
    after = {"email": user.email, "name": user.name}
    record_change(session, actor or actor_of_user(user), "create", (AUDITED, user.id), after=after)
    return user


def set_password(session: Session, user: User, password_hash: str, but: str = "") -> None:
    """Ends the person's sessions, except for the one with the id `but`."""
    user.password_hash = password_hash
    session.flush()
    end_sessions(session, user.id, but)
    record_change(session, actor_of_user(user), "changePassword", (AUDITED, user.id))


def clear_password(session: Session, user: User) -> None:
    """Whoever knew the password is out: only an identity provider, or a link of an administrator, lets in."""
    if user.password_hash is None:
        return
    user.password_hash = None
    session.flush()
    end_sessions(session, user.id)
    record_change(session, actor_of_user(user), "removePassword", (AUDITED, user.id))


def places_of(session: Session, user_id: str) -> list[Place]:
    """What a person is a member of. Projects in which their role is NONE are left out, and organizations that are
    being deleted."""
    going = exists().where(
        Erasure.organization_id == Organization.id, Erasure.kind == ErasureKind.ORGANIZATION
    )
    memberships = session.execute(
        select(Organization, OrganizationMembership.role)
        .join(OrganizationMembership, OrganizationMembership.organization_id == Organization.id)
        .where(OrganizationMembership.user_id == user_id, ~going)
        .order_by(Organization.created_at, Organization.id)
    ).all()
    roles = project_roles_of(session, user_id)
    projects = projects_of(session, [organization.id for organization, _ in memberships])
    return [
        Place(
            each,
            Role(role),
            [
                (project, roles[project.id][1])
                for project in projects[each.id]
                if project.id in roles and roles[project.id][1] is not Role.NONE
            ],
        )
        for each, role in memberships
    ]


def organization_roles_of(session: Session, user_id: str) -> dict[str, Role]:
    """Organization -> role."""
    rows = session.execute(
        select(OrganizationMembership.organization_id, OrganizationMembership.role).where(
            OrganizationMembership.user_id == user_id
        )
    )
    return {organization_id: Role(role) for organization_id, role in rows}


def project_roles_of(session: Session, user_id: str) -> dict[str, tuple[str, Role]]:
    """Project -> (its organization, the role that counts in it), of all projects of their
    organizations: also of those with the role NONE, which they may not see."""
    own = and_(ProjectMembership.project_id == Project.id, ProjectMembership.user_id == user_id)
    rows = session.execute(
        select(Project.id, Project.organization_id, OrganizationMembership.role, ProjectMembership.role)
        .join(OrganizationMembership, OrganizationMembership.organization_id == Project.organization_id)
        .outerjoin(ProjectMembership, own)
        .where(OrganizationMembership.user_id == user_id, Project.deleted_at.is_(None))
    )
    return {
        project_id: (organization_id, effective_role(in_organization, in_project))
        for project_id, organization_id, in_organization, in_project in rows
    }
