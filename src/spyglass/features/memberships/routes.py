"""`/organizations/memberships` and `/projects/{projectId}/memberships`: roles for the key of an organization."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import MemberReader, MemberWriter, ProjectMemberReader, ProjectMemberWriter
from spyglass.api.error_bodies import OrganizationRoute
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.memberships import service
from spyglass.features.memberships.schemas import (
    InvitedOut,
    MembershipEndIn,
    MembershipEndOut,
    MembershipIn,
    MembershipOut,
    MembershipsOut,
)
from spyglass.stores.meta import Meta

router = APIRouter(prefix="/api/public", tags=["Organizations"], route_class=OrganizationRoute)

_OF_ORGANIZATION = "/organizations/memberships"
_OF_PROJECT = "/projects/{project_id}/memberships"


@router.get(_OF_ORGANIZATION, response_model=MembershipsOut, responses=errors(401, 403))
def list_organization_memberships(request: Request, caller: MemberReader) -> Response:
    """The members of the organization."""
    return FastJSON(service.list_members(_meta(request), caller))


@router.put(
    _OF_ORGANIZATION,
    response_model=MembershipOut,
    responses={
        **errors(400, 401, 403, 404),
        202: {"model": InvitedOut, "description": "A person, not a key, asked this for somebody new"},
    },
)
def update_organization_membership(request: Request, caller: MemberWriter, body: MembershipIn) -> Response:
    """Make a user a member, or change the role of one. The last owner keeps it. Asked by a person who is signed in
    instead of a key, somebody new is invited, and is a member once they accept."""
    member = service.set_member(_meta(request), caller, body)
    if member is None:
        message = "Invited: the membership begins when this person accepts"
        return FastJSON({"message": message, "userId": body.user_id}, status_code=202)
    return FastJSON(member)


@router.delete(_OF_ORGANIZATION, response_model=MembershipEndOut, responses=errors(400, 401, 403, 404))
def delete_organization_membership(request: Request, caller: MemberWriter, body: MembershipEndIn) -> Response:
    """Take a user out of the organization and all its projects. The last owner stays."""
    return FastJSON(service.end_member(_meta(request), caller, body))


@router.get(_OF_PROJECT, response_model=MembershipsOut, responses=errors(400, 401, 403, 404))
def list_project_memberships(request: Request, caller: ProjectMemberReader, project_id: Id) -> Response:
    """Who has a role of their own in the project."""
    return FastJSON(service.list_project_members(_meta(request), caller, project_id))


@router.put(_OF_PROJECT, response_model=MembershipOut, responses=errors(400, 401, 403, 404))
def update_project_membership(
    request: Request, caller: ProjectMemberWriter, project_id: Id, body: MembershipIn
) -> Response:
    """Give a member of the organization a role in the project, which there replaces the other."""
    return FastJSON(service.set_project_member(_meta(request), caller, project_id, body))


@router.delete(_OF_PROJECT, response_model=MembershipEndOut, responses=errors(400, 401, 403, 404))
def delete_project_membership(
    request: Request, caller: ProjectMemberWriter, project_id: Id, body: MembershipEndIn
) -> Response:
    """Take that role away; the role in the organization counts again."""
    return FastJSON(service.end_project_member(_meta(request), caller, project_id, body))


def _meta(request: Request) -> Meta:
    return state_of(request).stores.meta
