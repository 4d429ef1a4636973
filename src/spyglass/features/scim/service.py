"""Users of an organization as SCIM resources. A user is active here while a member: an identity provider gives
and takes away membership and role, never the account, its password or its name, which other organizations and
the user share.
"""

from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, role_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Conflict, Invalid, NotFound
from spyglass.core.permissions import Role
from spyglass.features.scim.descriptions import LIST, MAX_RESULTS, PREFIX, USER
from spyglass.features.scim.schemas import PatchIn, UserChangeIn, UserIn, UserListParams
from spyglass.stores.meta.memberships import find_former, find_member, give_role, limit_again, remove_member
from spyglass.stores.meta.people import add_user
from spyglass.stores.meta.tables import OrganizationMembership, User


def list_users(state: AppState, caller: Caller, params: UserListParams) -> dict[str, Any]:
    start, count = max(params.start_index, 1), min(max(params.count, 0), MAX_RESULTS)
    members = (
        select(User, OrganizationMembership)
        .join(OrganizationMembership, OrganizationMembership.user_id == User.id)
        .where(OrganizationMembership.organization_id == caller.organization_id)
    )
    if params.user_name is not None:
        members = members.where(User.email == params.user_name)
    with state.stores.meta.read() as session:
        total = session.scalar(select(func.count()).select_from(members.subquery())) or 0
        ordered = members.order_by(OrganizationMembership.created_at, User.id)
        rows = session.execute(ordered.offset(start - 1).limit(count)).all()
    resources = [_render(state, user, membership.role) for user, membership in rows]
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def read_user(state: AppState, caller: Caller, user_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        membership = find_member(session, caller.organization_id, user_id)
        return _render(state, session.get_one(User, user_id), membership.role)


def create_user(state: AppState, caller: Caller, body: UserIn) -> dict[str, Any]:
    """A membership, and the user too unless there is one of this address. Raises `Conflict` for a member."""
    if body.active is False:
        raise Invalid("An inactive user is no member, so there is nothing to create")
    role = body.roles[0] if body.roles else Role.NONE
    with state.stores.meta.begin() as session:
        user = session.scalars(select(User).where(User.email == body.user_name)).one_or_none()
        if user is None:
            user = add_user(session, body.user_name, body.called, None, actor_of(caller))
        elif session.get(OrganizationMembership, (caller.organization_id, user.id)) is not None:
            raise Conflict("User with this userName already exists")
        give_role(session, actor_of(caller), role_of(caller), caller.organization_id, user.id, role)
        return _render(state, user, role)


def replace_user(state: AppState, caller: Caller, user_id: str, body: UserChangeIn) -> dict[str, Any]:
    """Apply `active` and `roles`; another `userName` than the user's is refused, other fields are ignored."""
    with state.stores.meta.begin() as session:
        user = _find_present_or_former(session, caller, user_id)
        if body.user_name is not None and body.user_name.strip().lower() != user.email:
            raise Invalid("userName cannot be changed here: it is how the user signs in everywhere")
        return _apply(session, state, caller, user, body.active, body.roles[0] if body.roles else None)


def patch_user(state: AppState, caller: Caller, user_id: str, body: PatchIn) -> dict[str, Any]:
    """`replace` of `active` and `roles`, with a path or as an object. Raises `Invalid` for anything else."""
    try:
        change = UserChangeIn.model_validate(_changes(body))
    except ValidationError:
        roles = ", ".join(Role)
        raise Invalid(f"active must be true or false, roles a list of {roles}") from None
    with state.stores.meta.begin() as session:
        user = _find_present_or_former(session, caller, user_id)
        return _apply(session, state, caller, user, change.active, change.roles[0] if change.roles else None)


def remove_user(state: AppState, caller: Caller, user_id: str) -> None:
    """Ends the membership; the user stays."""
    with state.stores.meta.begin() as session:
        remove_member(session, actor_of(caller), role_of(caller), caller.organization_id, user_id)


def _find_present_or_former(session: Session, caller: Caller, user_id: str) -> User:
    """Providers switch a user off and on again by id; a user who never was a member here is unknown."""
    user = session.get(User, user_id)
    member = session.get(OrganizationMembership, (caller.organization_id, user_id))
    if user is None or (member is None and find_former(session, caller.organization_id, user_id) is None):
        raise NotFound("User not found in organization")
    return user


def _apply(
    session: Session, state: AppState, caller: Caller, user: User, active: bool | None, role: Role | None
) -> dict[str, Any]:
    organization_id, actor, own = caller.organization_id, actor_of(caller), role_of(caller)
    membership = session.get(OrganizationMembership, (organization_id, user.id))
    former = None
    if membership is None:
        if not active:
            return _render(state, user, None)
        former = find_former(session, organization_id, user.id)
        role = role or (former.role if former else Role.NONE)
    elif active is False:
        remove_member(session, actor, own, organization_id, user.id)
        return _render(state, user, None)
    if role is not None:
        membership = give_role(session, actor, own, organization_id, user.id, role)
    assert membership is not None
    if former is not None:
        limit_again(session, actor, own, membership, former)
    return _render(state, user, membership.role)


def _changes(body: PatchIn) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for number, operation in enumerate(body.operations):
        if operation.op.lower() != "replace":
            raise Invalid(f"Operations.{number}.op: only replace is supported")
        given = operation.value if operation.path is None else {operation.path: operation.value}
        if not isinstance(given, dict):
            raise Invalid(f"Operations.{number}.value: without a path it must be an object")
        for name, value in given.items():
            if str(name).lower() not in ("active", "roles"):
                raise Invalid(f"Operations.{number}.path: only active and roles can be replaced")
            changes[str(name).lower()] = value
    return changes


def _render(state: AppState, user: User, role: str | None) -> dict[str, Any]:
    """`role` is None for a user who is no member any more."""
    return {
        "schemas": [USER],
        "id": user.id,
        "userName": user.email,
        "name": {"formatted": user.name},
        "displayName": user.name,
        "emails": [{"primary": True, "value": user.email, "type": "work"}],
        "active": role is not None and user.disabled_at is None,
        "roles": [role] if role is not None else [],
        "meta": {
            "resourceType": "User",
            "created": iso_ms(to_us(user.created_at)),
            "lastModified": iso_ms(to_us(user.updated_at)),
            "location": f"{state.url}{PREFIX}/Users/{user.id}",
        },
    }
