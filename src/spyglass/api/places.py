"""Where a request acts: which project or organization its path and headers name, and what a person may do there.

What is not there and what a person may not see are the same 404.
"""

from enum import StrEnum

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from spyglass.api.key_ring import Caller
from spyglass.api.sessions import Person
from spyglass.core.errors import Invalid, NotFound
from spyglass.core.permissions import (
    OF_THE_WHOLE,
    Permission,
    Role,
    effective_role,
    of_organization_role,
    of_project_role,
)
from spyglass.stores.meta.tables import ProjectMembership

PROJECT_HEADER = "x-spyglass-project"
ORGANIZATION_HEADER = "x-spyglass-organization"
UI_ROUTES = "/api/ui/"


class Of(StrEnum):
    """Whose key, or session in which place, a route takes."""

    PROJECT = "project"
    ORGANIZATION = "organization"
    ANY = "any"  # of either: the route tells them apart itself
    PERSON = "person"  # a session, wherever its person has a role
    INSTANCE = "instance"  # of the administrator of this server


def check_place(caller: Caller, request: HTTPConnection) -> None:
    """The routes of the UI name their project or organization in the path: a key reaches its own there. Raises
    `NotFound` for another; that a project is of an organization is for the route to check."""
    project_id, organization_id = _in_path(request)
    if project_id is not None and caller.project_id not in (None, project_id):
        raise NotFound("Project not found")
    if organization_id is not None and organization_id != caller.organization_id:
        raise NotFound("Organization not found")


def place_person(person: Person, request: HTTPConnection, of: Of) -> Caller:
    """A person as the caller of a route. Raises `Invalid` when the request does not say where it acts."""
    if of is Of.PERSON:
        return _caller(person, None, "", "", frozenset())
    if of is Of.PROJECT:
        return _in_project(person, _named_project(request))
    if of is Of.ORGANIZATION:
        return _in_organization(person, request)
    if _in_path(request)[0] is not None or PROJECT_HEADER in request.headers:
        return _in_project(person, _named_project(request))
    return _in_organization(person, request)


def _in_project(person: Person, project_id: str) -> Caller:
    found = person.projects.get(project_id)
    if found is None:
        raise NotFound("Project not found")
    organization_id, role = found
    return _caller(person, project_id, organization_id, role, of_project_role(role))


def _in_organization(person: Person, request: HTTPConnection) -> Caller:
    """The role in the organization, and for what concerns projects as a whole that in the project of the path.
    Without one there any project of the organization may be meant, so what counts is a role that is had in all."""
    project_id, _ = _path_ids(request)
    organization_id = _named_organization(person, request, project_id)
    own = person.organizations.get(organization_id)
    if own is None:
        raise NotFound("Organization not found")
    permissions = of_organization_role(own)
    if project_id is None:
        whole = of_project_role(person.least[organization_id]) & OF_THE_WHOLE
        return _caller(person, None, organization_id, own, permissions | whole)
    found = person.projects.get(project_id)
    if found is None or found[0] != organization_id:
        raise NotFound("Project not found")
    role = found[1]
    # In the project it acts with the role there: nobody gives away more than that.
    return _caller(person, None, organization_id, role, permissions | (of_project_role(role) & OF_THE_WHOLE))


def _caller(
    person: Person,
    project_id: str | None,
    organization_id: str,
    role: Role | str,
    permissions: frozenset[Permission],
) -> Caller:
    return Caller(
        project_id, organization_id, permissions, "", "", person.user_id, str(role), person.session_id
    )


def _named_project(request: HTTPConnection) -> str:
    in_path, _ = _in_path(request)
    named = in_path or request.headers.get(PROJECT_HEADER)
    if not named and is_ui(request):
        named = request.query_params.get("project")  # streams of events cannot send headers
    if not named:
        raise Invalid(f"Say which project is meant: the header {PROJECT_HEADER} is missing")
    return named


def _named_organization(person: Person, request: HTTPConnection, project_id: str | None) -> str:
    _, in_path = _in_path(request)
    named = in_path or request.headers.get(ORGANIZATION_HEADER)
    if not named and project_id is not None:  # it follows from the project
        named = person.projects.get(project_id, ("", Role.NONE))[0] or None
        if named is None:
            raise NotFound("Project not found")
    if not named:
        raise Invalid(f"Say which organization is meant: the header {ORGANIZATION_HEADER} is missing")
    return named


def _in_path(request: HTTPConnection) -> tuple[str | None, str | None]:
    """(project, organization) in the path of a route of the UI; other routes mean other things by such parameters."""
    return _path_ids(request) if is_ui(request) else (None, None)


def _path_ids(request: HTTPConnection) -> tuple[str | None, str | None]:
    found = request.path_params
    return found.get("project_id"), found.get("organization_id")


def is_ui(request: HTTPConnection) -> bool:
    """Whether this is a route of the web UI."""
    return str(request.scope["path"]).startswith(UI_ROUTES)


def project_role_of(session: Session, user_id: str, own: Role, project_id: str) -> Role:
    """The role that counts in a project for who has the role `own` in its organization. A key has no other there."""
    membership = session.get(ProjectMembership, (project_id, user_id)) if user_id else None
    return effective_role(own.value, None if membership is None else membership.role)
