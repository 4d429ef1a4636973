"""Invitations: of an organization for its administrators, and by their link for those who are invited."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import MemberWriter
from spyglass.api.openapi import errors
from spyglass.api.signed_in import SignedInOut, answer_signed_in, check_origin
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.invitations import service
from spyglass.features.invitations.schemas import (
    AcceptIn,
    InvitationIn,
    InvitationsOut,
    NewInvitationOut,
    OfferOut,
)

router = APIRouter(prefix="/api/ui/organizations/{organization_id}/invitations", tags=["Web UI: members"])
link_router = APIRouter(prefix="/api/ui/auth/invitations/{token}", tags=["Web UI: sign-in"])

Token = Annotated[str, Path(max_length=200)]


@router.post("", status_code=201, response_model=NewInvitationOut, responses=errors(400, 401, 403, 404, 409))
def create_invitation(
    request: Request, caller: MemberWriter, organization_id: Id, body: InvitationIn
) -> Response:
    """The link in the answer works once, for seven days. Send it to the person."""
    state = state_of(request)
    base = state.url or str(request.base_url).rstrip("/")
    return FastJSON(service.invite(state, caller, base, body), status_code=201)


@router.get("", response_model=InvitationsOut, responses=errors(401, 403, 404))
def list_invitations(request: Request, caller: MemberWriter, organization_id: Id) -> Response:
    """Those that are open, newest first."""
    return FastJSON(service.list_invitations(state_of(request), caller))


@router.delete("/{invitation_id}", status_code=204, responses=errors(401, 403, 404))
def delete_invitation(
    request: Request, caller: MemberWriter, organization_id: Id, invitation_id: Id
) -> Response:
    """Its link stops working."""
    service.withdraw(state_of(request), caller, invitation_id)
    return Response(status_code=204)


@link_router.get("", response_model=OfferOut, responses=errors(404))
def get_invitation(request: Request, token: Token) -> Response:
    """What somebody is invited to."""
    return FastJSON(service.read_offer(state_of(request), token))


@link_router.post("/accept", response_model=SignedInOut, responses=errors(400, 401, 403, 404, 429))
def accept_invitation(request: Request, token: Token, body: AcceptIn) -> Response:
    """Makes an account with this name and password; who has one signs in first, or sends its password."""
    check_origin(request)
    return answer_signed_in(request, *service.accept(state_of(request), request, token, body))
