"""Members of an organization as its page in the web UI shows and changes them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import MemberReader, MemberWriter, ProjectMemberWriter
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.memberships import ui_service as service
from spyglass.features.memberships.schemas import MembersOut, ResetLinkOut, RoleIn

ui_router = APIRouter(prefix="/api/ui/organizations/{organization_id}/members", tags=["Web UI: members"])


@ui_router.get("", response_model=MembersOut, responses=errors(401, 403, 404))
def list_members(request: Request, caller: MemberReader, organization_id: Id) -> Response:
    """Oldest first, each with the roles that they have in single projects."""
    return FastJSON(service.list_members(state_of(request), caller))


@ui_router.put("/{user_id}", status_code=204, responses=errors(400, 401, 403, 404))
def set_member_role(
    request: Request, caller: MemberWriter, organization_id: Id, user_id: Id, body: RoleIn
) -> Response:
    """Nobody gives more than they have; the last owner keeps the role."""
    service.set_role(state_of(request), caller, user_id, body.role)
    return Response(status_code=204)


@ui_router.delete("/{user_id}", status_code=204, responses=errors(401, 403, 404))
def delete_member(request: Request, caller: MemberWriter, organization_id: Id, user_id: Id) -> Response:
    """Out of the organization and all its projects."""
    service.remove(state_of(request), caller, user_id)
    return Response(status_code=204)


@ui_router.put("/{user_id}/projects/{project_id}", status_code=204, responses=errors(400, 401, 403, 404))
def set_member_project_role(
    request: Request,
    caller: ProjectMemberWriter,
    organization_id: Id,
    user_id: Id,
    project_id: Id,
    body: RoleIn,
) -> Response:
    """In this project it replaces the role in the organization."""
    service.set_project_role(state_of(request), caller, project_id, user_id, body.role)
    return Response(status_code=204)


@ui_router.delete("/{user_id}/projects/{project_id}", status_code=204, responses=errors(401, 403, 404))
def delete_member_project_role(
    request: Request, caller: ProjectMemberWriter, organization_id: Id, user_id: Id, project_id: Id
) -> Response:
    """The role in the organization counts again."""
    service.remove_project_role(state_of(request), caller, project_id, user_id)
    return Response(status_code=204)


@ui_router.post(
    "/{user_id}/reset-link", status_code=201, response_model=ResetLinkOut, responses=errors(401, 403, 404)
)
def create_reset_link(request: Request, caller: MemberWriter, organization_id: Id, user_id: Id) -> Response:
    """A link with which the person chooses a new password, once, within a day. It opens the account, so only who
    has at least the roles of that person, in every organization and project, may make it."""
    state = state_of(request)
    base = state.url or str(request.base_url).rstrip("/")
    return FastJSON(service.make_reset_link(state, caller, base, user_id), status_code=201)
