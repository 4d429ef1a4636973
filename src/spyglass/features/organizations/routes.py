"""`/api/public/organizations`: projects and API keys of the organization whose key asks."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import OrganizationKeyReader, OrganizationReader
from spyglass.api.error_bodies import OrganizationRoute
from spyglass.api.key_schemas import ApiKeyListOut
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.features.organizations import service
from spyglass.features.organizations.schemas import OrganizationProjectsOut

router = APIRouter(prefix="/api/public/organizations", tags=["Organizations"], route_class=OrganizationRoute)


@router.get("/projects", response_model=OrganizationProjectsOut, responses=errors(401, 403))
def list_organization_projects(request: Request, caller: OrganizationReader) -> Response:
    """All projects of the organization; to a person, those that they may see."""
    return FastJSON(service.list_projects(state_of(request).stores.meta, caller))


@router.get("/apiKeys", response_model=ApiKeyListOut, responses=errors(401, 403))
def list_organization_api_keys(request: Request, caller: OrganizationKeyReader) -> Response:
    """The keys of the organization itself, without their secrets. The administrator makes and ends them."""
    return FastJSON(service.list_keys(state_of(request).stores.meta, caller.organization_id))
