"""What people do to organizations."""

from typing import Any

from spyglass.api.callers import Caller, actor_of
from spyglass.api.state import AppState
from spyglass.core.errors import Forbidden
from spyglass.core.permissions import Role
from spyglass.stores.meta.memberships import give_role
from spyglass.stores.meta.organizations import add_organization, change_organization, find_organization
from spyglass.stores.meta.people import actor_of_user
from spyglass.stores.meta.tables import User


def create(state: AppState, caller: Caller, name: str) -> dict[str, Any]:
    """Raises `Forbidden` where the operator lets only some people create organizations."""
    creators = [email.strip().lower() for email in state.sign_in.organization_creators]
    with state.stores.meta.begin() as session:
        user = session.get_one(User, caller.user_id)
        if creators and user.email not in creators:
            raise Forbidden("You may not create organizations on this server; ask its operator")
        actor = actor_of_user(user, Role.OWNER)
        organization = add_organization(session, actor, name, {})
        give_role(session, actor, Role.OWNER, organization.id, user.id, Role.OWNER)
        return {"id": organization.id, "name": organization.name}


def rename(state: AppState, caller: Caller, name: str) -> dict[str, Any]:
    with state.stores.meta.begin() as session:
        organization = find_organization(session, caller.organization_id)
        change_organization(session, actor_of(caller), organization, name, None)
        return {"id": organization.id, "name": organization.name}
