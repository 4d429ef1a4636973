"""`/api/ui/organizations`: made by whoever is signed in, changed by its administrators."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import OrganizationUpdater, SignedIn
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.organizations import ui_service as service
from spyglass.features.organizations.schemas import NamedOrganizationOut, OrganizationNameIn

ui_router = APIRouter(prefix="/api/ui/organizations", tags=["Web UI: organizations"])


@ui_router.post("", status_code=201, response_model=NamedOrganizationOut, responses=errors(400, 401, 403))
def create_own_organization(request: Request, caller: SignedIn, body: OrganizationNameIn) -> Response:
    """Whoever makes it is its owner."""
    return FastJSON(service.create(state_of(request), caller, body.name), status_code=201)


@ui_router.patch(
    "/{organization_id}", response_model=NamedOrganizationOut, responses=errors(400, 401, 403, 404)
)
def rename_organization(
    request: Request, caller: OrganizationUpdater, organization_id: Id, body: OrganizationNameIn
) -> Response:
    return FastJSON(service.rename(state_of(request), caller, body.name))
