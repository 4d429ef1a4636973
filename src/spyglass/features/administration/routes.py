"""`/api/admin`: organizations and their keys. Off until ADMIN_API_KEY is set."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Administrator
from spyglass.api.error_bodies import AdministratorRoute
from spyglass.api.key_schemas import ApiKeyListOut, NewApiKeyOut
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.administration import service
from spyglass.features.administration.schemas import (
    OrganizationIn,
    OrganizationKeyIn,
    OrganizationsOut,
    OrganizationWithProjectsOut,
    SuccessOut,
)
from spyglass.stores.meta import Meta

router = APIRouter(
    prefix="/api/admin/organizations", tags=["Instance administration"], route_class=AdministratorRoute
)

_ONE = "/{organization_id}"
_KEYS = "/{organization_id}/apiKeys"


@router.get("", response_model=OrganizationsOut, responses=errors(401))
def list_organizations(request: Request, caller: Administrator) -> Response:
    """All organizations of this server with their projects."""
    return FastJSON(service.list_all(_meta(request)))


@router.post("", status_code=201, response_model=OrganizationWithProjectsOut, responses=errors(400, 401))
def create_organization(request: Request, caller: Administrator, body: OrganizationIn) -> Response:
    return FastJSON(service.create(_meta(request), caller, body), status_code=201)


@router.get(_ONE, response_model=OrganizationWithProjectsOut, responses=errors(400, 401, 404))
def get_organization(request: Request, caller: Administrator, organization_id: Id) -> Response:
    return FastJSON(service.read_one(_meta(request), organization_id))


@router.put(_ONE, response_model=OrganizationWithProjectsOut, responses=errors(400, 401, 404))
def update_organization(
    request: Request, caller: Administrator, organization_id: Id, body: OrganizationIn
) -> Response:
    """Metadata that the body leaves out stays as it is."""
    return FastJSON(service.change(_meta(request), caller, organization_id, body))


@router.delete(_ONE, response_model=SuccessOut, responses=errors(400, 401, 404))
def delete_organization(request: Request, caller: Administrator, organization_id: Id) -> Response:
    """Only one without projects, with its keys and memberships."""
    service.remove(state_of(request), caller, organization_id)
    return FastJSON({"success": True})


@router.get(_KEYS, response_model=ApiKeyListOut, responses=errors(400, 401, 404))
def list_api_keys_of_organization(request: Request, caller: Administrator, organization_id: Id) -> Response:
    """The keys of the organization itself, without their secrets."""
    return FastJSON(service.list_keys(_meta(request), organization_id))


@router.post(_KEYS, status_code=201, response_model=NewApiKeyOut, responses=errors(400, 401, 404))
def create_api_key_of_organization(
    request: Request, caller: Administrator, organization_id: Id, body: OrganizationKeyIn | None = None
) -> Response:
    """A new key; its secret is only in this answer."""
    made = service.create_key(state_of(request), caller, organization_id, body or OrganizationKeyIn())
    return FastJSON(made, status_code=201)


@router.delete(_KEYS + "/{api_key_id}", response_model=SuccessOut, responses=errors(400, 401, 404))
def delete_api_key_of_organization(
    request: Request, caller: Administrator, organization_id: Id, api_key_id: Id
) -> Response:
    """The key is refused from now on, by other processes within two seconds."""
    service.delete_key(state_of(request), caller, organization_id, api_key_id)
    return FastJSON({"success": True})


def _meta(request: Request) -> Meta:
    return state_of(request).stores.meta
