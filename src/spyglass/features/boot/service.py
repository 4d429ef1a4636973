"""Who is signed in, and what they may see and do."""

from typing import Any

from starlette.requests import Request

from spyglass import __version__
from spyglass.api.callers import Caller
from spyglass.api.identity_providers import takes_passwords
from spyglass.api.sessions import session_token
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now_us, to_us
from spyglass.core.permissions import Permission, Role, of_organization_role, of_project_role
from spyglass.query.overview import Glance, read_glances
from spyglass.stores.meta.invitations import invitations_to
from spyglass.stores.meta.people import Place, places_of
from spyglass.stores.meta.tables import Project, User


def read_boot(state: AppState, request: Request, caller: Caller) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        user = session.get_one(User, caller.user_id)
        places = places_of(session, user.id)
        invitations = len(invitations_to(session, user.id))
    creators = [email.strip().lower() for email in state.sign_in.organization_creators]
    return {
        "user": {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "preferences": user.preferences,
        },
        "csrf": state.sessions.csrf_of(session_token(request) or ""),
        "version": __version__,
        "organizations": [_render_place(place) for place in places],
        "invitations": invitations,
        "features": {
            "createOrganization": not creators or user.email in creators,
            "password": takes_passwords(state.sign_in, state.oidc),
            "smtp": False,
        },
        "publicUrl": state.url or str(request.base_url).rstrip("/"),
        "currency": "USD",
    }


def read_overview(state: AppState, caller: Caller) -> dict[str, Any]:
    """Of all projects that the person may see."""
    with state.stores.meta.read() as session:
        places = places_of(session, caller.user_id)
    ids = [project.id for place in places for project, _ in place.projects]
    glances = read_glances(state.stores.analytics, ids, now_us())
    return {"projects": [_render_glance(project_id, glance) for project_id, glance in glances.items()]}


def _render_place(place: Place) -> dict[str, Any]:
    return {
        "id": place.organization.id,
        "name": place.organization.name,
        "role": place.role,
        "permissions": _sorted(of_organization_role(place.role)),
        "projects": [_render_project(project, role) for project, role in place.projects],
    }


def _render_project(project: Project, role: Role) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "role": role,
        "permissions": _sorted(of_project_role(role)),
        "retentionDays": project.retention_days,
        "createdAt": iso_ms(to_us(project.created_at)),
    }


def _sorted(permissions: frozenset[Permission]) -> list[str]:
    return sorted(each.value for each in permissions)


def _render_glance(project_id: str, glance: Glance) -> dict[str, Any]:
    return {
        "id": project_id,
        "traces24h": glance.traces,
        "errors24h": glance.errors,
        "cost24h": None if glance.cost is None else float(glance.cost),
        "lastEventAt": None if glance.last_us is None else iso_ms(glance.last_us),
        "sparkline": glance.hours,
    }
