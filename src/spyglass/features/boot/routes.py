"""`/api/ui/boot` and `/api/ui/overview`: the first two questions of the web UI."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import SignedIn
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.features.boot import service
from spyglass.features.boot.schemas import BootOut, OverviewOut

router = APIRouter(prefix="/api/ui", tags=["Web UI: boot"])


@router.get("/boot", response_model=BootOut, responses=errors(401))
def get_boot(request: Request, caller: SignedIn) -> Response:
    """Who is signed in, where they have which role, and the token that each change needs."""
    return FastJSON(service.read_boot(state_of(request), request, caller))


@router.get("/overview", response_model=OverviewOut, responses=errors(401, 503))
def get_overview(request: Request, caller: SignedIn) -> Response:
    """The last 24 hours of all projects that the person may see."""
    return FastJSON(service.read_overview(state_of(request), caller))
