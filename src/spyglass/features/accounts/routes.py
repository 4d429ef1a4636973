"""`/api/ui/account`: of whoever is signed in."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import SignedIn
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.accounts import service
from spyglass.features.accounts.schemas import AccountIn, AccountOut, PasswordChangeIn, SessionsOut

router = APIRouter(prefix="/api/ui/account", tags=["Web UI: account"])


@router.get("", response_model=AccountOut, responses=errors(401))
def get_account(request: Request, caller: SignedIn) -> Response:
    return FastJSON(service.read_account(state_of(request), caller))


@router.patch("", response_model=AccountOut, responses=errors(400, 401, 403))
def update_account(request: Request, caller: SignedIn, body: AccountIn) -> Response:
    """What is left out stays as it is."""
    return FastJSON(service.change_account(state_of(request), caller, body))


@router.post("/password", status_code=204, responses=errors(400, 401, 403, 429))
def change_password(request: Request, caller: SignedIn, body: PasswordChangeIn) -> Response:
    """Signs out everywhere else."""
    service.change_password(state_of(request), caller, body)
    return Response(status_code=204)


@router.get("/sessions", response_model=SessionsOut, responses=errors(401))
def list_account_sessions(request: Request, caller: SignedIn) -> Response:
    """The browsers that are signed in, the last used first."""
    return FastJSON(service.list_sessions(state_of(request), caller))


@router.delete("/sessions", status_code=204, responses=errors(401, 403))
def delete_other_sessions(request: Request, caller: SignedIn) -> Response:
    """All but this one."""
    service.end_other_sessions(state_of(request), caller)
    return Response(status_code=204)


@router.delete("/sessions/{id}", status_code=204, responses=errors(401, 403, 404))
def delete_session(request: Request, caller: SignedIn, id: Id) -> Response:
    service.end_one_session(state_of(request), caller, id)
    return Response(status_code=204)
