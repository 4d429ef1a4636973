"""`/api/public/scim`: SCIM 2.0 for the key of an organization."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.callers import ScimReader, ScimWriter
from spyglass.api.error_bodies import ScimJSON, ScimRoute
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.scim import descriptions, service
from spyglass.features.scim.schemas import (
    PatchIn,
    ProviderConfigOut,
    ResourceTypesOut,
    SchemasOut,
    ScimUserOut,
    ScimUsersOut,
    UserChangeIn,
    UserIn,
    UserListParams,
)

router = APIRouter(
    prefix="/api/public/scim", tags=["Scim"], route_class=ScimRoute, default_response_class=ScimJSON
)

_USER = "/Users/{user_id}"


@router.get("/ServiceProviderConfig", response_model=ProviderConfigOut, responses=errors(401, 403))
def get_scim_service_provider_config(request: Request, caller: ScimReader) -> Response:
    """What this server can do."""
    return ScimJSON(descriptions.provider_config(state_of(request).url))


@router.get("/ResourceTypes", response_model=ResourceTypesOut, responses=errors(401, 403))
def get_scim_resource_types(request: Request, caller: ScimReader) -> Response:
    """Only users."""
    return ScimJSON(descriptions.resource_types(state_of(request).url))


@router.get("/Schemas", response_model=SchemasOut, responses=errors(401, 403))
def get_scim_schemas(request: Request, caller: ScimReader) -> Response:
    """What a user consists of."""
    return ScimJSON(descriptions.schemas(state_of(request).url))


@router.get("/Users", response_model=ScimUsersOut, responses=errors(400, 401, 403))
def list_scim_users(
    request: Request, caller: ScimReader, params: Annotated[UserListParams, Query()]
) -> Response:
    """The members of the organization."""
    return ScimJSON(service.list_users(state_of(request), caller, params))


@router.post("/Users", status_code=201, response_model=ScimUserOut, responses=errors(400, 401, 403, 409))
def create_scim_user(request: Request, caller: ScimWriter, body: UserIn) -> Response:
    """Make a user a member; one who has no account yet gets one, without a password."""
    return ScimJSON(service.create_user(state_of(request), caller, body), status_code=201)


@router.get(_USER, response_model=ScimUserOut, responses=errors(400, 401, 403, 404))
def get_scim_user(request: Request, caller: ScimReader, user_id: Id) -> Response:
    return ScimJSON(service.read_user(state_of(request), caller, user_id))


@router.put(_USER, response_model=ScimUserOut, responses=errors(400, 401, 403, 404))
def replace_scim_user(request: Request, caller: ScimWriter, user_id: Id, body: UserChangeIn) -> Response:
    """Applies `active` and `roles`; the account itself belongs to the user."""
    return ScimJSON(service.replace_user(state_of(request), caller, user_id, body))


@router.patch(_USER, response_model=ScimUserOut, responses=errors(400, 401, 403, 404))
def patch_scim_user(request: Request, caller: ScimWriter, user_id: Id, body: PatchIn) -> Response:
    """`replace` of `active` and `roles`."""
    return ScimJSON(service.patch_user(state_of(request), caller, user_id, body))


@router.delete(_USER, status_code=204, response_class=Response, responses=errors(400, 401, 403, 404))
def delete_scim_user(request: Request, caller: ScimWriter, user_id: Id) -> Response:
    """Ends the membership; the user stays."""
    service.remove_user(state_of(request), caller, user_id)
    return Response(status_code=204)
