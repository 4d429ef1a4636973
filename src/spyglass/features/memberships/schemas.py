"""Bodies and answers of the membership endpoints."""

from typing import Any

from spyglass.api.schemas import DateTime, Out, StrictIn
from spyglass.api.texts import Id
from spyglass.core.permissions import Role
from spyglass.stores.meta.tables import User


class MembershipIn(StrictIn):
    """The role that a user shall have."""

    user_id: Id
    role: Role


class MembershipEndIn(StrictIn):
    user_id: Id


class MembershipOut(Out):
    user_id: str
    role: Role
    email: str
    name: str


class MembershipsOut(Out):
    memberships: list[MembershipOut]


class InvitedOut(Out):
    message: str
    user_id: str


class MembershipEndOut(Out):
    message: str
    user_id: str


def render_member(user: User, role: str) -> dict[str, Any]:
    return {"userId": user.id, "role": role, "email": user.email, "name": user.name}


class RoleIn(StrictIn):
    role: Role


class ProjectRoleOut(Out):
    project_id: str
    role: Role


class MemberOut(Out):
    user_id: str
    name: str
    email: str
    role: Role
    created_at: DateTime
    disabled: bool
    projects: list[ProjectRoleOut]


class MembersOut(Out):
    data: list[MemberOut]


class ResetLinkOut(Out):
    url: str
    expires_at: DateTime
