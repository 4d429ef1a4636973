"""`/api/public/projects` for the key of an organization: create and change projects, keep their API keys."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import ProjectCreator, ProjectKeyReader, ProjectKeyWriter, ProjectUpdater
from spyglass.api.error_bodies import OrganizationRoute
from spyglass.api.key_schemas import ApiKeyListOut, NewApiKeyOut
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.projects import administration
from spyglass.features.projects.schemas import (
    ApiKeyIn,
    DeletionOut,
    ProjectIn,
    ProjectOut,
)

router = APIRouter(prefix="/api/public/projects", tags=["Projects"], route_class=OrganizationRoute)


@router.post("", status_code=201, response_model=ProjectOut, responses=errors(400, 401, 403, 409))
def create_project(request: Request, caller: ProjectCreator, body: ProjectIn) -> ProjectOut:
    """A new project of the organization."""
    return administration.create_project(state_of(request), caller, body)


@router.put("/{project_id}", response_model=ProjectOut, responses=errors(400, 401, 403, 404, 409))
def update_project(request: Request, caller: ProjectUpdater, project_id: Id, body: ProjectIn) -> ProjectOut:
    """What the body leaves out, but for the name, stays as it is."""
    return administration.update_project(state_of(request), caller, project_id, body)


@router.get("/{project_id}/apiKeys", response_model=ApiKeyListOut, responses=errors(400, 401, 403, 404))
def list_project_api_keys(request: Request, caller: ProjectKeyReader, project_id: Id) -> Response:
    """The keys of a project, without their secrets."""
    return FastJSON(administration.list_keys(state_of(request), caller, project_id))


@router.post(
    "/{project_id}/apiKeys",
    status_code=201,
    response_model=NewApiKeyOut,
    responses=errors(400, 401, 403, 404, 409),
)
def create_project_api_key(
    request: Request, caller: ProjectKeyWriter, project_id: Id, body: ApiKeyIn | None = None
) -> Response:
    """A new key; its secret is only in this answer."""
    made = administration.create_key(state_of(request), caller, project_id, body or ApiKeyIn())
    return FastJSON(made, status_code=201)


@router.delete(
    "/{project_id}/apiKeys/{api_key_id}",
    response_model=DeletionOut,
    responses=errors(400, 401, 403, 404),
)
def delete_project_api_key(
    request: Request, caller: ProjectKeyWriter, project_id: Id, api_key_id: Id
) -> Response:
    """The key is refused from now on, by other processes within two seconds."""
    administration.delete_key(state_of(request), caller, project_id, api_key_id)
    return FastJSON({"success": True})
