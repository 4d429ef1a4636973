"""Members of organizations and projects as rows: who there is, roles given and taken away.

Nobody gives or takes away a role above their own, in the organization and in each of its projects, and an
organization keeps an owner who can sign in. Each function works within the caller's transaction and is in the audit
log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from spyglass.core.errors import Forbidden, NotFound
from spyglass.core.permissions import Role, may_grant, rank
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.people import project_roles_of
from spyglass.stores.meta.sign_in import drop_resets
from spyglass.stores.meta.tables import (
    AuditLog,
    Organization,
    OrganizationMembership,
    Project,
    ProjectMembership,
    User,
)
from spyglass.stores.meta.tables.revisions import PEOPLE, raise_revision

IN_ORGANIZATION = "organizationMembership"
IN_PROJECT = "projectMembership"


def members_of(session: Session, organization_id: str) -> list[tuple[OrganizationMembership, User]]:
    """Oldest first."""
    rows = session.execute(
        select(OrganizationMembership, User)
        .join(User, User.id == OrganizationMembership.user_id)
        .where(OrganizationMembership.organization_id == organization_id)
        .order_by(OrganizationMembership.created_at, User.id)
    )
    return [(membership, user) for membership, user in rows]


def project_members_of(session: Session, project_id: str) -> list[tuple[ProjectMembership, User]]:
    """Those with a role of their own in the project, oldest first."""
    rows = session.execute(
        select(ProjectMembership, User)
        .join(User, User.id == ProjectMembership.user_id)
        .where(ProjectMembership.project_id == project_id)
        .order_by(ProjectMembership.created_at, User.id)
    )
    return [(membership, user) for membership, user in rows]


def project_roles_in(session: Session, organization_id: str) -> dict[str, list[tuple[str, str]]]:
    """User -> (project, role of their own there), for the projects that are not deleted."""
    rows = session.execute(
        select(ProjectMembership.user_id, Project.id, ProjectMembership.role)
        .join(Project, Project.id == ProjectMembership.project_id)
        .where(Project.organization_id == organization_id, Project.deleted_at.is_(None))
        .order_by(Project.created_at, Project.id)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for user_id, project_id, role in rows:
        found.setdefault(user_id, []).append((project_id, role))
    return found


def find_member(session: Session, organization_id: str, user_id: str) -> OrganizationMembership:
    """Raises `NotFound` also for a user of other organizations only."""
    membership = session.get(OrganizationMembership, (organization_id, user_id))
    if membership is None:
        raise NotFound("User not found in organization")
    return membership


def is_stranger(session: Session, organization_id: str, user_id: str) -> bool:
    """Whether there is such a user, outside the organization."""
    is_member = session.get(OrganizationMembership, (organization_id, user_id)) is not None
    return not is_member and session.get(User, user_id) is not None


def give_role(
    session: Session, actor: Actor, own: Role, organization_id: str, user_id: str, role: Role
) -> OrganizationMembership:
    """Make a user a member, or change the role of one. `own` is the role of who does it.

    Raises `NotFound` for an unknown user and `Forbidden` for a role, new or old, above `own` or of the last
    owner.
    """
    _lock(session, organization_id)
    membership = session.get(OrganizationMembership, (organization_id, user_id))
    if session.get(User, user_id) is None:
        raise NotFound("User not found")
    check_grant(own, role.value)
    before = None if membership is None else {"role": membership.role}
    if membership is None:
        membership = OrganizationMembership(organization_id=organization_id, user_id=user_id, role=role.value)
        session.add(membership)
    elif membership.role != role:
        _check_end(session, own, membership)
        membership.role = role.value
    after = {"role": role.value}
    if before != after:
        _record(session, actor, organization_id, user_id, before, after)
    session.flush()
    return membership


def remove_member(session: Session, actor: Actor, own: Role, organization_id: str, user_id: str) -> None:
    """Take a user out of an organization and out of all its projects. The user stays.

    Raises `NotFound` for one who is no member, `Forbidden` as `give_role` does, also for a role in a project that is
    above what a person has there.
    """
    _lock(session, organization_id)
    membership = find_member(session, organization_id, user_id)
    _check_end(session, own, membership)
    projects = select(Project.id).where(Project.organization_id == organization_id)
    in_projects = ProjectMembership.project_id.in_(projects)
    roles = {
        each.project_id: each.role
        for each in session.scalars(
            select(ProjectMembership).where(ProjectMembership.user_id == user_id, in_projects)
        )
    }
    mine = project_roles_of(session, actor.id) if actor.type is ActorType.USER else {}
    for project_id in roles.keys() & mine.keys():
        check_grant(mine[project_id][1], roles[project_id])
    session.execute(delete(ProjectMembership).where(ProjectMembership.user_id == user_id, in_projects))
    session.delete(membership)
    session.flush()
    before = {"role": membership.role, "projectRoles": roles}
    _record(session, actor, organization_id, user_id, before, None)


@dataclass(frozen=True)
class Former:
    """What a user had in an organization until they were taken out of it."""

    role: Role
    project_roles: Mapping[str, Role]  # by project


def find_former(session: Session, organization_id: str, user_id: str) -> Former | None:
    """Of a user who was a member once, as the audit log tells; None for one who never was."""
    before = session.scalar(
        select(AuditLog.before)
        .where(
            AuditLog.organization_id == organization_id,
            AuditLog.resource_type == IN_ORGANIZATION,
            AuditLog.resource_id == user_id,
            AuditLog.action == "delete",
        )
        .order_by(AuditLog.created_at.desc())
        .limit(1)
    )
    if before is None:
        return None
    roles = {project_id: Role(role) for project_id, role in before.get("projectRoles", {}).items()}
    return Former(Role(before["role"]), roles)


def limit_again(
    session: Session, actor: Actor, own: Role, membership: OrganizationMembership, former: Former
) -> None:
    """Who comes back with a role in the organization has no more in a project than they had there before: roles of
    their own that are lower are given again. Those that were higher are not."""
    lower = [each for each, role in former.project_roles.items() if rank(role) < rank(membership.role)]
    there = select(Project).where(
        Project.organization_id == membership.organization_id,
        Project.id.in_(lower),
        Project.deleted_at.is_(None),
    )
    for project in session.scalars(there.order_by(Project.id)).all():
        give_project_role(session, actor, own, project, membership.user_id, former.project_roles[project.id])


def give_project_role(
    session: Session, actor: Actor, own: Role, project: Project, user_id: str, role: Role
) -> ProjectMembership:
    """Give a member of the organization a role in one project, which there replaces that of the organization.

    Raises `NotFound` for a user outside the organization, `Forbidden` for a role above `own`.
    """
    _lock(session, project.organization_id)
    find_member(session, project.organization_id, user_id)
    membership = session.get(ProjectMembership, (project.id, user_id))
    check_grant(own, role.value)
    before = None if membership is None else {"role": membership.role}
    if membership is None:
        membership = ProjectMembership(project_id=project.id, user_id=user_id, role=role.value)
        session.add(membership)
    else:
        check_grant(own, membership.role)
        membership.role = role.value
    after = {"role": role.value}
    if before != after:
        _record(session, actor, project.organization_id, user_id, before, after, project.id)
    session.flush()
    return membership


def remove_project_member(session: Session, actor: Actor, own: Role, project: Project, user_id: str) -> None:
    """Take away the role in one project; that of the organization counts again. Raises as `give_project_role`."""
    membership = session.get(ProjectMembership, (project.id, user_id))
    if membership is None:
        raise NotFound("Project membership not found")
    check_grant(own, membership.role)
    check_grant(own, find_member(session, project.organization_id, user_id).role)  # what counts from now on
    session.delete(membership)
    before = {"role": membership.role}
    _record(session, actor, project.organization_id, user_id, before, None, project.id)


def _lock(session: Session, organization_id: str) -> None:
    """Two owners who remove each other at the same time take turns."""
    session.execute(select(Organization.id).where(Organization.id == organization_id).with_for_update())


def check_grant(own: Role, role: str) -> None:
    """Raises `Forbidden` for a role above one's own."""
    if not may_grant(own.value, role):
        raise Forbidden(f"The role {role} is above your own, {own.value}")


def check_reach(session: Session, actor: Actor, organization_id: str, role: Role, user_id: str = "") -> None:
    """A role in the organization counts in every project where its holder has no other. Raises `Forbidden` when a
    person would so give more than they themselves have in one. `user_id`: who gets it, when that is known; what keeps
    or lowers the role of a member gives nothing."""
    membership = session.get(OrganizationMembership, (organization_id, user_id))
    if membership is not None and may_grant(membership.role, role.value):
        return
    if reaches_further(session, actor, organization_id, role, user_id):
        raise Forbidden(
            f"As {role.value} this person could do more in one of the projects than you. Give a lower role, or one in "
            "single projects"
        )


def reaches_further(
    session: Session, actor: Actor, organization_id: str, role: Role, user_id: str = "", but: str = ""
) -> bool:
    """Whether `role` is above what a person has in a project of the organization where it would count: not in those
    where `user_id` has a role of their own, and not in the project `but`."""
    if actor.type is not ActorType.USER:
        return False
    own = project_roles_of(session, actor.id)
    others = select(ProjectMembership.project_id).where(ProjectMembership.user_id == user_id)
    kept = {but, *session.scalars(others)}
    return any(
        not may_grant(in_project, role)
        for project_id, (place, in_project) in own.items()
        if place == organization_id and project_id not in kept
    )


def _check_end(session: Session, own: Role, membership: OrganizationMembership) -> None:
    """Whether a member may lose the present role."""
    check_grant(own, membership.role)
    if membership.role != Role.OWNER:
        return
    others = (
        select(func.count())
        .select_from(OrganizationMembership)
        .join(User, User.id == OrganizationMembership.user_id)
        .where(
            OrganizationMembership.organization_id == membership.organization_id,
            OrganizationMembership.user_id != membership.user_id,
            OrganizationMembership.role == Role.OWNER.value,
            User.disabled_at.is_(None),
        )
    )
    if not session.scalar(others):
        raise Forbidden("The last owner of an organization cannot be removed or degraded")


def _record(
    session: Session,
    actor: Actor,
    organization_id: str,
    user_id: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    project_id: str | None = None,
) -> None:
    action = "create" if before is None else "delete" if after is None else "update"
    where = replace(actor, organization_id=organization_id, project_id=project_id)
    raise_revision(session, PEOPLE)
    # Who made a link for a new password had the roles of that person then: it is worth no more than they have now,
    # and opens nothing that the person got since.
    is_new_member = before is None and project_id is None
    drop_resets(session, user_id, "" if is_new_member else organization_id)
    resource = (IN_PROJECT if project_id else IN_ORGANIZATION, user_id)
    record_change(session, where, action, resource, before=before, after=after)
