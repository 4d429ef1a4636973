"""Invitations: of an organization for its administrators; by their link, or where an account was named also where it
is signed in, for those who are invited."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import MemberWriter, SignedIn
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
    PendingsOut,
)

router = APIRouter(prefix="/api/ui/organizations/{organization_id}/invitations", tags=["Web UI: members"])
link_router = APIRouter(prefix="/api/ui/auth/invitations/{token}", tags=["Web UI: sign-in"])

account_router = APIRouter(prefix="/api/ui/account/invitations", tags=["Web UI: account"])

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


@link_router.post("/accept", response_model=SignedInOut, responses=errors(400, 401, 403, 404))
def accept_invitation(request: Request, token: Token, body: AcceptIn) -> Response:
    """Makes an account with this name and password; who has one signs in first."""
    check_origin(request)
    return answer_signed_in(request, *service.accept(state_of(request), request, token, body))


@account_router.get("", response_model=PendingsOut, responses=errors(401))
def list_account_invitations(request: Request, caller: SignedIn) -> Response:
    """Those in which this account was named, oldest first."""
    return FastJSON(service.list_pending(state_of(request), caller))


@account_router.post("/{invitation_id}/accept", status_code=204, responses=errors(401, 403, 404))
def accept_account_invitation(request: Request, caller: SignedIn, invitation_id: Id) -> Response:
    """The membership begins."""
    service.answer_pending(state_of(request), caller, invitation_id, accepts=True)
    return Response(status_code=204)


@account_router.delete("/{invitation_id}", status_code=204, responses=errors(401, 403, 404))
def decline_account_invitation(request: Request, caller: SignedIn, invitation_id: Id) -> Response:
    service.answer_pending(state_of(request), caller, invitation_id, accepts=False)
    return Response(status_code=204)
