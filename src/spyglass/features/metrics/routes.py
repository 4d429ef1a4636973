"""`/api/public/metrics` in two versions, and `/api/public/metrics/daily`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Caller, Reader, project_of
from spyglass.api.openapi import errors
from spyglass.api.reads import read_while_connected
from spyglass.api.state import state_of
from spyglass.features.metrics import service
from spyglass.features.metrics.schemas import DailyOut, DailyParams, MetricsOut, MetricsParams
from spyglass.query.metrics.catalogue import V1, V2
from spyglass.query.metrics.vocabulary import MetricView
from spyglass.stores.analytics import Ticket

router = APIRouter(prefix="/api/public", tags=["Metrics"])


@router.get("/metrics", response_model=MetricsOut, responses=errors(400, 401, 403, 422))
async def query_metrics_v1(
    request: Request, caller: Reader, params: Annotated[MetricsParams, Query()]
) -> Response:
    return await _answer(request, caller, params.query, V1)


@router.get("/v2/metrics", response_model=MetricsOut, responses=errors(400, 401, 403, 422))
async def query_metrics(
    request: Request, caller: Reader, params: Annotated[MetricsParams, Query()]
) -> Response:
    return await _answer(request, caller, params.query, V2)


@router.get("/metrics/daily", response_model=DailyOut, responses=errors(400, 401, 403, 422))
def list_daily_metrics(request: Request, caller: Reader, params: Annotated[DailyParams, Query()]) -> Response:
    return FastJSON(service.list_daily(state_of(request), project_of(caller), params))


async def _answer(request: Request, caller: Caller, text: str, views: dict[str, MetricView]) -> Response:
    """In a thread, and no longer than somebody waits for it."""
    state = state_of(request)

    def read(ticket: Ticket) -> bytes:
        return service.answer(state, project_of(caller), text, views, ticket)

    encoded = await read_while_connected(request, state.stores.analytics, read)
    return Response(encoded, media_type="application/json")
