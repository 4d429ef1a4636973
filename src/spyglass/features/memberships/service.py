"""Reads and changes of memberships. Who may give which role is decided in `stores/meta/memberships.py`."""

from typing import Any

from spyglass.api.callers import Caller, actor_of, role_of
from spyglass.features.memberships.schemas import MembershipEndIn, MembershipIn, render_member
from spyglass.stores.meta import Meta, find_project
from spyglass.stores.meta.invitations import Host, Offer, add_invitation
from spyglass.stores.meta.memberships import (
    check_reach,
    give_project_role,
    give_role,
    is_stranger,
    members_of,
    project_members_of,
    remove_member,
    remove_project_member,
)
from spyglass.stores.meta.tables import User


def list_members(meta: Meta, caller: Caller) -> dict[str, Any]:
    with meta.read() as session:
        rows = members_of(session, caller.organization_id)
    return {"memberships": [render_member(user, membership.role) for membership, user in rows]}


def set_member(meta: Meta, caller: Caller, body: MembershipIn) -> dict[str, Any] | None:
    """The member as it is then. With a key at once, as published; a person invites an account that is no member yet,
    and None says so: the membership begins when that one accepts."""
    with meta.begin() as session:
        actor = actor_of(caller)
        if caller.user_id and is_stranger(session, caller.organization_id, body.user_id):
            user = session.get_one(User, body.user_id)
            host = Host(actor, role_of(caller), role_of(caller))
            add_invitation(
                session, caller.organization_id, host, Offer(user.email, body.role, user_id=user.id)
            )
            return None
        check_reach(session, actor, caller.organization_id, body.role, body.user_id)
        membership = give_role(
            session, actor_of(caller), role_of(caller), caller.organization_id, body.user_id, body.role
        )
        return render_member(session.get_one(User, body.user_id), membership.role)


def end_member(meta: Meta, caller: Caller, body: MembershipEndIn) -> dict[str, Any]:
    with meta.begin() as session:
        remove_member(session, actor_of(caller), role_of(caller), caller.organization_id, body.user_id)
    return {"message": "Membership deleted successfully", "userId": body.user_id}


def list_project_members(meta: Meta, caller: Caller, project_id: str) -> dict[str, Any]:
    with meta.read() as session:
        project = find_project(session, caller.organization_id, project_id)
        rows = project_members_of(session, project.id)
    return {"memberships": [render_member(user, membership.role) for membership, user in rows]}


def set_project_member(meta: Meta, caller: Caller, project_id: str, body: MembershipIn) -> dict[str, Any]:
    with meta.begin() as session:
        project = find_project(session, caller.organization_id, project_id)
        membership = give_project_role(
            session, actor_of(caller), role_of(caller), project, body.user_id, body.role
        )
        return render_member(session.get_one(User, body.user_id), membership.role)


def end_project_member(meta: Meta, caller: Caller, project_id: str, body: MembershipEndIn) -> dict[str, Any]:
    with meta.begin() as session:
        project = find_project(session, caller.organization_id, project_id)
        remove_project_member(session, actor_of(caller), role_of(caller), project, body.user_id)
    return {"message": "Project membership deleted successfully", "userId": body.user_id}
