"""A project and its keys as its settings in the web UI show and change them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import KeyReader, KeyWriter, ProjectCreator, Reader, SettingsWriter
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.projects import ui_service as service
from spyglass.features.projects.schemas import (
    KeyIn,
    KeysOut,
    NewKeyOut,
    NewProjectIn,
    NewProjectOut,
    ProjectPatchIn,
    ProjectSettingsOut,
    RetentionPreviewIn,
    RetentionPreviewOut,
)

ui_router = APIRouter(prefix="/api/ui", tags=["Web UI: projects"])
_PROJECT = "/projects/{project_id}"


@ui_router.post(
    "/organizations/{organization_id}/projects",
    status_code=201,
    response_model=NewProjectOut,
    responses=errors(400, 401, 403, 404, 409),
)
def create_project_with_key(
    request: Request, caller: ProjectCreator, organization_id: Id, body: NewProjectIn
) -> Response:
    """With a first pair of keys, whose secret is only in this answer."""
    return FastJSON(service.create_project(state_of(request), caller, body), status_code=201)


@ui_router.get(_PROJECT, response_model=ProjectSettingsOut, responses=errors(401, 403, 404))
def get_project_settings(request: Request, caller: Reader, project_id: Id) -> Response:
    return FastJSON(service.read_settings(state_of(request), caller, project_id))


@ui_router.patch(_PROJECT, response_model=ProjectSettingsOut, responses=errors(400, 401, 403, 404, 409))
def update_project_settings(
    request: Request, caller: SettingsWriter, project_id: Id, body: ProjectPatchIn
) -> Response:
    """What is left out stays; null keeps data for ever."""
    return FastJSON(service.change_settings(state_of(request), caller, project_id, body))


@ui_router.post(
    _PROJECT + "/retention/preview",
    response_model=RetentionPreviewOut,
    responses=errors(400, 401, 403, 404, 503),
)
def preview_retention(
    request: Request, caller: SettingsWriter, project_id: Id, body: RetentionPreviewIn
) -> Response:
    """How many records there are now that would be older than that."""
    return FastJSON(service.preview_retention(state_of(request), caller, body.retention_days))


@ui_router.get(_PROJECT + "/keys", response_model=KeysOut, responses=errors(401, 403, 404))
def list_keys(request: Request, caller: KeyReader, project_id: Id) -> Response:
    """Without their secrets, oldest first."""
    return FastJSON(service.list_keys(state_of(request), caller, project_id))


@ui_router.post(
    _PROJECT + "/keys", status_code=201, response_model=NewKeyOut, responses=errors(400, 401, 403, 404)
)
def create_key(request: Request, caller: KeyWriter, project_id: Id, body: KeyIn) -> Response:
    """The secret is only in this answer."""
    return FastJSON(service.create_key(state_of(request), caller, project_id, body.note), status_code=201)


@ui_router.delete(_PROJECT + "/keys/{api_key_id}", status_code=204, responses=errors(401, 403, 404))
def delete_key(request: Request, caller: KeyWriter, project_id: Id, api_key_id: Id) -> Response:
    """It is refused from now on, by other processes within two seconds."""
    service.delete_key(state_of(request), caller, project_id, api_key_id)
    return Response(status_code=204)
