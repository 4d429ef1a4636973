"""What `/organizations` answers about the organization of a key."""

from typing import Any

from spyglass.api.callers import Caller
from spyglass.core.permissions import Role
from spyglass.stores.meta import Meta
from spyglass.stores.meta.keys import Owner, keys_of, render_key
from spyglass.stores.meta.organizations import projects_of, render_project_of_organization
from spyglass.stores.meta.people import project_roles_of


def list_projects(meta: Meta, caller: Caller) -> dict[str, Any]:
    """A person sees those in which they have a role."""
    with meta.read() as session:
        rows = projects_of(session, [caller.organization_id])[caller.organization_id]
        if caller.user_id:
            roles = project_roles_of(session, caller.user_id)
            rows = [row for row in rows if row.id in roles and roles[row.id][1] is not Role.NONE]
    return {"projects": [render_project_of_organization(row) for row in rows]}


def list_keys(meta: Meta, organization_id: str) -> dict[str, Any]:
    """The keys of the organization itself, not those of its projects."""
    with meta.read() as session:
        return {"apiKeys": [render_key(key) for key in keys_of(session, Owner(organization_id))]}
