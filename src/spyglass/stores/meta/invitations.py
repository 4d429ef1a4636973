"""Invitations as rows: made, listed, withdrawn, accepted, declined. Nobody invites to more than they have, in the
organization and in each of its projects, also when they have less by the time that the invitation is accepted. Each
change is in the audit log of the organization.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.core.errors import Conflict, Forbidden, NotFound
from spyglass.core.ids import new_secret
from spyglass.core.permissions import Permission, Role, effective_role, may_grant, of_organization_role, rank
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.memberships import check_grant, give_project_role, give_role, reaches_further
from spyglass.stores.meta.people import actor_of_user, find_by_email
from spyglass.stores.meta.sign_in import hash_token
from spyglass.stores.meta.tables import Invitation, OrganizationMembership, Project, ProjectMembership, User

AUDITED = "invitation"
LIFETIME = timedelta(days=7)
_GONE = "This invitation is not known, was used, was withdrawn or is over"


@dataclass(frozen=True)
class Offer:
    """What somebody is invited to: a role in the organization, and at will one in a project of it."""

    email: str
    role: Role
    project: Project | None = None
    project_role: Role | None = None
    user_id: str | None = None  # of the account that is meant, where it was named


@dataclass(frozen=True)
class Host:
    """Who invites: the role in the organization, and in the project of the offer."""

    actor: Actor
    role: Role
    project_role: Role


def add_invitation(
    session: Session, organization_id: str, host: Host, offer: Offer
) -> tuple[Invitation, str]:
    """(invitation, token for its link). An earlier one of this address stops working. Raises `Forbidden` for a role
    above the host's own, `Conflict` for a member."""
    check_grant(host.role, offer.role)
    if offer.project_role is not None:
        check_grant(host.project_role, offer.project_role)
    project_id = "" if offer.project is None else offer.project.id
    if reaches_further(session, host.actor, organization_id, offer.role, but=project_id):
        raise Forbidden(
            f"As {offer.role.value} this person could do more in one of the projects than you. Invite to a lower role, "
            "or to one in a single project"
        )
    user = find_by_email(session, offer.email)
    if user is not None and session.get(OrganizationMembership, (organization_id, user.id)) is not None:
        raise Conflict("This person is a member already; change their role instead")
    earlier = (Invitation.organization_id == organization_id, Invitation.email == offer.email)
    session.execute(delete(Invitation).where(*earlier))
    token, moment = new_secret(""), now()
    row = Invitation(
        token_hash=hash_token(token),
        organization_id=organization_id,
        email=offer.email,
        user_id=offer.user_id,
        role=offer.role.value,
        project_id=None if offer.project is None else offer.project.id,
        project_role=None if offer.project_role is None else offer.project_role.value,
        invited_by=host.actor.id if host.actor.type is ActorType.USER else None,
        created_at=moment,
        expires_at=moment + LIFETIME,
    )
    session.add(row)
    session.flush()
    _record(session, host.actor, "create", row, after=_audited(row))
    return row, token


def invitations_of(session: Session, organization_id: str) -> Sequence[Invitation]:
    """Those that can still be accepted, newest first."""
    statement = select(Invitation).where(
        Invitation.organization_id == organization_id, Invitation.expires_at > now()
    )
    return session.scalars(statement.order_by(Invitation.created_at.desc(), Invitation.id)).all()


def withdraw_invitation(session: Session, organization_id: str, invitation_id: str, actor: Actor) -> None:
    """Raises `NotFound` also for one of another organization."""
    row = session.get(Invitation, invitation_id)
    if row is None or row.organization_id != organization_id:
        raise NotFound("Invitation not found")
    session.execute(delete(Invitation).where(Invitation.id == row.id))
    _record(session, actor, "delete", row, before=_audited(row))


def find_invitation(session: Session, token: str, *, lock: bool = False) -> Invitation:
    """Raises `NotFound` for one that cannot be accepted any more."""
    statement = select(Invitation).where(
        Invitation.token_hash == hash_token(token), Invitation.expires_at > now()
    )
    row = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if row is None or not _stands(session, row):
        raise NotFound(_GONE)
    return row


def invitations_to(session: Session, user_id: str) -> list[Invitation]:
    """All that an account was named in and can still accept, oldest first."""
    statement = select(Invitation).where(Invitation.user_id == user_id, Invitation.expires_at > now())
    found = session.scalars(statement.order_by(Invitation.created_at, Invitation.id)).all()
    return [row for row in found if _stands(session, row)]


def find_invitation_to(session: Session, user: User, invitation_id: str) -> Invitation:
    """Raises `NotFound` also for one of somebody else."""
    statement = select(Invitation).where(
        Invitation.id == invitation_id, Invitation.user_id == user.id, Invitation.expires_at > now()
    )
    row = session.scalars(statement.with_for_update()).one_or_none()
    if row is None or not _stands(session, row):
        raise NotFound(_GONE)
    return row


def decline_invitation(session: Session, invitation: Invitation, user: User) -> None:
    """The account does not want to."""
    session.execute(delete(Invitation).where(Invitation.id == invitation.id))
    actor = actor_of_user(user, "", invitation.organization_id)
    _record(session, actor, "decline", invitation, before=_audited(invitation))


def standing_invitations(session: Session, email: str) -> list[Invitation]:
    """All that this address can still accept."""
    found = session.scalars(
        select(Invitation).where(Invitation.email == email, Invitation.expires_at > now())
    ).all()
    return [row for row in found if _stands(session, row)]


def accept_invitation(session: Session, invitation: Invitation, user: User) -> None:
    """Make the user a member, once. A role that they have already is raised and never lowered."""
    organization_id = invitation.organization_id
    actor = actor_of_user(user, "", organization_id)
    session.execute(delete(Invitation).where(Invitation.id == invitation.id))
    _record(session, actor, "accept", invitation, before=_audited(invitation))
    membership = session.get(OrganizationMembership, (organization_id, user.id))
    if membership is None or rank(membership.role) < rank(invitation.role):
        give_role(session, actor, Role.OWNER, organization_id, user.id, Role(invitation.role))
    project = session.get(Project, invitation.project_id) if invitation.project_id else None
    if project is None or project.deleted_at is not None or invitation.project_role is None:
        return
    own = session.get(ProjectMembership, (project.id, user.id))
    if own is None or rank(own.role) < rank(invitation.project_role):
        give_project_role(session, actor, Role.OWNER, project, user.id, Role(invitation.project_role))


def _stands(session: Session, row: Invitation) -> bool:
    """Whether who invited may still invite, and give these roles away. The key of an organization may everything."""
    if row.invited_by is None:
        return True
    host = session.get(User, row.invited_by)
    membership = session.get(OrganizationMembership, (row.organization_id, row.invited_by))
    if host is None or host.disabled_at is not None or membership is None:
        return False
    may_invite = Permission.ORGANIZATION_MEMBERS_WRITE in of_organization_role(Role(membership.role))
    if not may_invite or not may_grant(membership.role, row.role):
        return False
    if reaches_further(
        session, actor_of_user(host), row.organization_id, Role(row.role), but=row.project_id or ""
    ):
        return False
    if row.project_id is None or row.project_role is None:
        return True
    in_project = session.get(ProjectMembership, (row.project_id, row.invited_by))
    own = effective_role(membership.role, None if in_project is None else in_project.role)
    return may_grant(own, row.project_role)


def _record(session: Session, actor: Actor, action: str, row: Invitation, **changes: Any) -> None:
    at = replace(actor, organization_id=row.organization_id, project_id=None)
    record_change(session, at, action, (AUDITED, row.id), **changes)


def _audited(row: Invitation) -> dict[str, Any]:
    return {
        "email": row.email,
        "role": row.role,
        "projectId": row.project_id,
        "projectRole": row.project_role,
    }
