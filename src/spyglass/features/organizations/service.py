"""What `/organizations` answers about the organization of a key."""

from typing import Any

from spyglass.stores.meta import Meta
from spyglass.stores.meta.keys import Owner, keys_of, render_key
from spyglass.stores.meta.organizations import projects_of, render_project_of_organization


def list_projects(meta: Meta, organization_id: str) -> dict[str, Any]:
    with meta.read() as session:
        rows = projects_of(session, [organization_id])[organization_id]
    return {"projects": [render_project_of_organization(row) for row in rows]}


def list_keys(meta: Meta, organization_id: str) -> dict[str, Any]:
    """The keys of the organization itself, not those of its projects."""
    with meta.read() as session:
        return {"apiKeys": [render_key(key) for key in keys_of(session, Owner(organization_id))]}
