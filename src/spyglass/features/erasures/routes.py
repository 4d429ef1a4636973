"""Delete a project, an organization, a user's data; read the proof. A user id may hold slashes."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import (
    Administrator,
    KeyHolder,
    OrganizationDeleter,
    ProjectDeleter,
    ProjectEnder,
    TraceDeleter,
)
from spyglass.api.error_bodies import AdministratorRoute, OrganizationRoute
from spyglass.api.openapi import errors
from spyglass.api.schemas import Page
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.erasures import service
from spyglass.features.erasures.schemas import (
    ErasureListParams,
    ErasureOut,
    OrganizationErasureIn,
    ProjectDeletionOut,
)

router = APIRouter(prefix="/api/public/spyglass", tags=["Erasures"])
project_router = APIRouter(prefix="/api/public/projects", tags=["Projects"], route_class=OrganizationRoute)
ui_router = APIRouter(prefix="/api/ui", tags=["Web UI: projects"])
admin_router = APIRouter(
    prefix="/api/admin/erasures", tags=["Instance administration"], route_class=AdministratorRoute
)


@project_router.delete(
    "/{project_id}",
    status_code=202,
    response_model=ProjectDeletionOut,
    responses=errors(400, 401, 403, 404),
)
def delete_project(request: Request, caller: ProjectDeleter, project_id: Id) -> Response:
    """No key of the project works from now on; all its data is erased by a job."""
    return FastJSON(service.erase_project(state_of(request), caller, project_id), status_code=202)


@router.delete(
    "/organization", status_code=202, response_model=ErasureOut, responses=errors(400, 401, 403, 404)
)
def delete_organization_of_key(
    request: Request, caller: OrganizationDeleter, body: OrganizationErasureIn
) -> Response:
    """All its projects, then its members, its keys and itself. Its audit log stays."""
    return FastJSON(service.erase_organization(state_of(request), caller, body.name), status_code=202)


@router.delete(
    "/users/{user_id:path}", status_code=202, response_model=ErasureOut, responses=errors(400, 401, 403)
)
def delete_user_data(request: Request, caller: TraceDeleter, user_id: str) -> Response:
    """All traces that are of this user, or have an observation that is, with all that belongs to them."""
    return FastJSON(service.erase_user(state_of(request), caller, user_id), status_code=202)


@router.get("/erasures", response_model=Page[ErasureOut], responses=errors(400, 401, 403))
def list_erasures(
    request: Request, caller: KeyHolder, params: Annotated[ErasureListParams, Query()]
) -> Response:
    """Newest first: of the project of the key, or of the organization with its projects."""
    return FastJSON(service.list_erasures(state_of(request).stores.meta, service.visible_to(caller), params))


@router.get("/erasures/{erasure_id}", response_model=ErasureOut, responses=errors(400, 401, 403, 404))
def get_erasure(request: Request, caller: KeyHolder, erasure_id: Id) -> Response:
    """What was erased, and what the check afterwards found. Once a project is gone, a key of its organization can
    read it; once the organization is gone, the administrator of the server."""
    visible = service.visible_to(caller)
    return FastJSON(service.read_erasure(state_of(request).stores.meta, visible, erasure_id))


@admin_router.get("", response_model=Page[ErasureOut], responses=errors(400, 401))
def list_all_erasures(
    request: Request, caller: Administrator, params: Annotated[ErasureListParams, Query()]
) -> Response:
    """Of all organizations, also of those that are gone."""
    visible = service.visible_to_all()
    return FastJSON(service.list_erasures(state_of(request).stores.meta, visible, params))


@admin_router.get("/{erasure_id}", response_model=ErasureOut, responses=errors(400, 401, 404))
def get_any_erasure(request: Request, caller: Administrator, erasure_id: Id) -> Response:
    visible = service.visible_to_all()
    return FastJSON(service.read_erasure(state_of(request).stores.meta, visible, erasure_id))


@ui_router.delete(
    "/projects/{project_id}",
    status_code=202,
    response_model=ProjectDeletionOut,
    responses=errors(401, 403, 404),
)
def delete_own_project(request: Request, caller: ProjectEnder, project_id: Id) -> Response:
    """As the key of an organization does it: nothing works there from now on, and all its data is erased by a job."""
    return FastJSON(service.erase_project(state_of(request), caller, project_id), status_code=202)


@ui_router.delete(
    "/organizations/{organization_id}",
    status_code=202,
    response_model=ErasureOut,
    responses=errors(401, 403, 404),
)
def delete_own_organization(request: Request, caller: OrganizationDeleter, organization_id: Id) -> Response:
    """All its projects, then its members, its keys and itself. Its audit log stays."""
    return FastJSON(service.erase_own_organization(state_of(request), caller), status_code=202)
