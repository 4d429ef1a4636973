"""Organizations and their keys for the administrator of the server."""

from typing import Any

from spyglass.api.callers import Caller, actor_of
from spyglass.api.state import AppState
from spyglass.features.administration.schemas import OrganizationIn, OrganizationKeyIn
from spyglass.stores.meta import Meta
from spyglass.stores.meta.keys import (
    Owner,
    add_key,
    end_key,
    find_key,
    keys_of,
    new_pair,
    render_key,
    render_new_key,
)
from spyglass.stores.meta.organizations import (
    add_organization,
    change_organization,
    find_organization,
    list_organizations,
    projects_of,
    remove_organization,
    render_organization,
)


def list_all(meta: Meta) -> dict[str, Any]:
    with meta.read() as session:
        rows = list_organizations(session)
        projects = projects_of(session, [row.id for row in rows])
    return {"organizations": [render_organization(row, projects[row.id]) for row in rows]}


def read_one(meta: Meta, organization_id: str) -> dict[str, Any]:
    with meta.read() as session:
        row = find_organization(session, organization_id)
        return render_organization(row, projects_of(session, [row.id])[row.id])


def create(meta: Meta, caller: Caller, body: OrganizationIn) -> dict[str, Any]:
    with meta.begin() as session:
        row = add_organization(session, actor_of(caller), body.name, body.metadata or {})
    return render_organization(row, [])


def change(meta: Meta, caller: Caller, organization_id: str, body: OrganizationIn) -> dict[str, Any]:
    extra = (body.metadata or {}) if "metadata" in body.model_fields_set else None
    with meta.begin() as session:
        row = find_organization(session, organization_id)
        change_organization(session, actor_of(caller), row, body.name, extra)
        return render_organization(row, projects_of(session, [row.id])[row.id])


def remove(state: AppState, caller: Caller, organization_id: str) -> None:
    with state.stores.meta.begin() as session:
        remove_organization(session, actor_of(caller), find_organization(session, organization_id))
    state.keys.forget()


def list_keys(meta: Meta, organization_id: str) -> dict[str, Any]:
    with meta.read() as session:
        row = find_organization(session, organization_id)
        return {"apiKeys": [render_key(key) for key in keys_of(session, Owner(row.id))]}


def create_key(
    state: AppState, caller: Caller, organization_id: str, body: OrganizationKeyIn
) -> dict[str, Any]:
    pair = new_pair()
    with state.stores.meta.begin() as session:
        owner = Owner(find_organization(session, organization_id).id)
        key = add_key(session, state.pepper, owner, pair, actor_of(caller), note=body.note)
    return render_new_key(key, pair)


def delete_key(state: AppState, caller: Caller, organization_id: str, key_id: str) -> None:
    with state.stores.meta.begin() as session:
        owner = Owner(find_organization(session, organization_id).id)
        end_key(session, find_key(session, owner, key_id), actor_of(caller))
    state.keys.forget()
