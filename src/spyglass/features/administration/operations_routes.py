"""`/api/admin` beside organizations: keys of projects, background jobs. Off until ADMIN_API_KEY is set."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Administrator
from spyglass.api.error_bodies import AdministratorRoute
from spyglass.api.openapi import errors
from spyglass.api.schemas import MessageOut
from spyglass.api.state import state_of
from spyglass.features.administration import operations
from spyglass.features.administration.schemas import ApiKeysActionIn, JobsActionIn, QueueOut, ReplayIn

router = APIRouter(prefix="/api/admin", tags=["Instance administration"], route_class=AdministratorRoute)


@router.post("/api-keys", response_model=MessageOut, responses=errors(400, 401))
def act_on_api_keys(request: Request, caller: Administrator, body: ApiKeysActionIn) -> Response:
    """End all keys of projects, or forget what is remembered about keys."""
    return FastJSON(operations.act_on_keys(state_of(request), caller, body))


@router.get("/bullmq", response_model=list[QueueOut], responses=errors(401))
def count_jobs(request: Request, caller: Administrator) -> Response:
    """How many background jobs of each kind wait, run, ended and failed."""
    return FastJSON(operations.count_by_queue(state_of(request)))


@router.post("/bullmq", response_model=MessageOut, responses=errors(400, 401, 501))
def act_on_jobs(request: Request, caller: Administrator, body: JobsActionIn) -> Response:
    """`retry`: failed jobs of these kinds run again. The other actions have no meaning here."""
    return FastJSON(operations.act_on_jobs(state_of(request), caller, body))


@router.post("/ingestion-replay", response_model=MessageOut, responses=errors(400, 401, 501))
def replay_ingestion(caller: Administrator, body: ReplayIn) -> Response:
    """Not here: `spyglass replay` does this, beside a server that is stopped."""
    operations.refuse_replay()
