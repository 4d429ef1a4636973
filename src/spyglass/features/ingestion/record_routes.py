"""The single-record write routes of older clients, and scores one by one or as an array (contract 1.13, 4.6).

The ids that they invent go to the log beside the body, so that decoding again gives the same record.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Caller, Ingester, ScoreWriter
from spyglass.api.openapi import errors, takes
from spyglass.api.schemas import MessageOut
from spyglass.api.state import state_of
from spyglass.core.ids import new_id
from spyglass.features.ingestion.receive import receive, submit
from spyglass.features.ingestion.schemas import IdOut, ScoreIn, ScoresOut
from spyglass.ingest.accept import inflate
from spyglass.ingest.dialects import ENTITY, entities
from spyglass.ingest.pipeline import Submission

# The router of the whole feature; `routes.py` adds the batch and OTLP routes to it.
router = APIRouter(tags=["ingestion"], responses=errors(400, 401, 403, 503))


@router.post("/api/public/traces")
async def create_trace(caller: Ingester, request: Request) -> Response:
    """Create a trace, or add to one."""
    return await _write(request, caller, "traces")


@router.post("/api/public/spans")
async def create_span(caller: Ingester, request: Request) -> Response:
    """Create a span, or add to one."""
    return await _write(request, caller, "spans")


@router.patch("/api/public/spans")
async def update_span(caller: Ingester, request: Request) -> Response:
    """Add to the span `spanId`."""
    return await _write(request, caller, "spans", update="1")


@router.post("/api/public/generations")
async def create_generation(caller: Ingester, request: Request) -> Response:
    """Create a generation, or add to one."""
    return await _write(request, caller, "generations")


@router.patch("/api/public/generations")
async def update_generation(caller: Ingester, request: Request) -> Response:
    """Add to the generation `generationId`."""
    return await _write(request, caller, "generations", update="1")


@router.post("/api/public/events")
async def create_event(caller: Ingester, request: Request) -> Response:
    """Create an event, or add to one."""
    return await _write(request, caller, "events")


@router.post(
    "/api/public/scores",
    response_model=IdOut,
    responses={202: {"model": MessageOut}, 207: {"model": ScoresOut}},
    openapi_extra=takes(ScoreIn),
)
async def create_score(caller: ScoreWriter, request: Request) -> Response:
    """Create or replace one score (200), or an array of scores (202, or 207 when some are refused)."""
    submission = await _store(request, caller, "scores")
    decoded = submission.decoded
    if not entities.is_array(inflate(submission.body, submission.headers.get("encoding", ""))):
        return FastJSON({"id": decoded.accepted[0]})
    status, body = entities.answer_scores(decoded)
    return FastJSON(body, status_code=status)


async def _write(request: Request, caller: Caller, entity: str, **facts: str) -> Response:
    submission = await _store(request, caller, entity, **facts)
    return FastJSON({"id": submission.decoded.accepted[0]})


async def _store(request: Request, caller: Caller, entity: str, **facts: str) -> Submission:
    state = state_of(request)
    limit_bytes = state.accept.batch_body_bytes
    submission = await receive(request, caller, ENTITY, limit_bytes, entity=entity, new_id=new_id(), **facts)
    await submit(state, submission)
    return submission
