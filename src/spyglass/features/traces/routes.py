"""`/api/public/traces`: list, get, delete one, delete many."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Reader, TraceDeleter, project_of
from spyglass.api.openapi import errors
from spyglass.api.schemas import MessageOut, Page
from spyglass.api.state import state_of
from spyglass.features.traces import service
from spyglass.features.traces.schemas import (
    TraceDeleteIn,
    TraceListParams,
    TraceParams,
    TraceWithDetailsOut,
    TraceWithIdsOut,
)
from spyglass.jobs.deletion import delete_records

# Ids may hold slashes, which arrive decoded.
router = APIRouter(prefix="/api/public/traces", tags=["Traces"])


@router.get("", response_model=Page[TraceWithIdsOut], responses=errors(400, 401, 403))
def list_traces(request: Request, caller: Reader, params: Annotated[TraceListParams, Query()]) -> Response:
    return FastJSON(service.list_traces(state_of(request), project_of(caller), params))


@router.get("/{trace_id:path}", response_model=TraceWithDetailsOut, responses=errors(401, 403, 404))
def get_trace(
    request: Request, caller: Reader, trace_id: str, params: Annotated[TraceParams, Query()]
) -> Response:
    return FastJSON(service.read_trace(state_of(request), project_of(caller), trace_id, params.fields))


@router.delete("/{trace_id:path}", response_model=MessageOut, responses=errors(401, 403, 503))
async def delete_trace(request: Request, caller: TraceDeleter, trace_id: str) -> Response:
    state = state_of(request)
    await delete_records(state.stores, state.pipeline, project_of(caller), {"traces": [trace_id]})
    return FastJSON({"message": "Trace deleted successfully"})


@router.delete("", response_model=MessageOut, responses=errors(400, 401, 403, 503))
async def delete_traces(request: Request, caller: TraceDeleter, body: TraceDeleteIn) -> Response:
    state = state_of(request)
    ids = list(dict.fromkeys(body.trace_ids))
    await delete_records(state.stores, state.pipeline, project_of(caller), {"traces": ids})
    return FastJSON({"message": "Traces deleted successfully"})
