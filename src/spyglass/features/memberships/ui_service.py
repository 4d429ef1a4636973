"""Members for the web UI. Who may give which role is decided in `stores/meta/memberships.py`."""

from typing import Any

from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, role_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Forbidden
from spyglass.core.permissions import Role, may_grant
from spyglass.stores.meta import find_project
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.memberships import (
    check_reach,
    find_member,
    give_project_role,
    give_role,
    members_of,
    project_roles_in,
    remove_member,
    remove_project_member,
)
from spyglass.stores.meta.people import AUDITED, organization_roles_of, project_roles_of
from spyglass.stores.meta.sign_in import add_reset


def list_members(state: AppState, caller: Caller) -> dict[str, Any]:
    """Roles in projects that the caller may not see are left out."""
    with state.stores.meta.read() as session:
        members = members_of(session, caller.organization_id)
        roles = project_roles_in(session, caller.organization_id)
        hidden = _hidden(session, caller)
    data = [
        {
            "userId": user.id,
            "name": user.name,
            "email": user.email,
            "role": membership.role,
            "createdAt": iso_ms(to_us(membership.created_at)),
            "disabled": user.disabled_at is not None,
            "projects": [
                {"projectId": project_id, "role": role}
                for project_id, role in roles.get(user.id, ())
                if project_id not in hidden
            ],
        }
        for membership, user in members
    ]
    return {"data": data}


def set_role(state: AppState, caller: Caller, user_id: str, role: Role) -> None:
    """Raises `NotFound` for who is no member: others are invited."""
    with state.stores.meta.begin() as session:
        find_member(session, caller.organization_id, user_id)
        check_reach(session, actor_of(caller), caller.organization_id, role, user_id)
        give_role(session, actor_of(caller), role_of(caller), caller.organization_id, user_id, role)


def remove(state: AppState, caller: Caller, user_id: str) -> None:
    with state.stores.meta.begin() as session:
        remove_member(session, actor_of(caller), role_of(caller), caller.organization_id, user_id)


def set_project_role(state: AppState, caller: Caller, project_id: str, user_id: str, role: Role) -> None:
    with state.stores.meta.begin() as session:
        project = find_project(session, caller.organization_id, project_id)
        give_project_role(session, actor_of(caller), role_of(caller), project, user_id, role)


def remove_project_role(state: AppState, caller: Caller, project_id: str, user_id: str) -> None:
    with state.stores.meta.begin() as session:
        project = find_project(session, caller.organization_id, project_id)
        remove_project_member(session, actor_of(caller), role_of(caller), project, user_id)


def make_reset_link(state: AppState, caller: Caller, base: str, user_id: str) -> dict[str, Any]:
    """Raises `Forbidden` when the link would give the caller more than they have, wherever that is."""
    with state.stores.meta.begin() as session:
        find_member(session, caller.organization_id, user_id)
        if not _covers(session, caller, user_id):
            raise Forbidden(
                "This person may do things that you may not; ask an owner, or the operator of the server"
            )
        token, ends = add_reset(session, user_id)
        record_change(session, actor_of(caller), "createResetLink", (AUDITED, user_id))
    return {"url": f"{base}/auth/reset-password?token={token}", "expiresAt": iso_ms(to_us(ends))}


def _covers(session: Session, caller: Caller, user_id: str) -> bool:
    """Whether the caller has every role of a user. The key of an organization has all of that organization."""
    organizations = organization_roles_of(session, user_id)
    if not caller.user_id:
        return set(organizations) == {caller.organization_id}
    own = organization_roles_of(session, caller.user_id)
    if not all(may_grant(own.get(each, Role.NONE), role) for each, role in organizations.items()):
        return False
    own_projects = project_roles_of(session, caller.user_id)
    nothing = ("", Role.NONE)
    return all(
        may_grant(own_projects.get(project_id, nothing)[1], role)
        for project_id, (_, role) in project_roles_of(session, user_id).items()
    )


def _hidden(session: Session, caller: Caller) -> set[str]:
    if not caller.user_id:
        return set()
    roles = project_roles_of(session, caller.user_id)
    return {project_id for project_id, (_, role) in roles.items() if role is Role.NONE}
