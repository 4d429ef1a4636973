"""`/health` says whether the process answers, `/ready` whether it wants traffic. Both are open to anyone and
show nothing but the version. The counters of the way in are for keys: numbers of the whole server, no content.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass import __version__
from spyglass.api.answers import FastJSON
from spyglass.api.callers import Reader
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.core.clock import now_us
from spyglass.features.health.schemas import HealthOut, HealthParams, IngestOut
from spyglass.ingest.pipeline import REFUSED
from spyglass.query.health import has_events_since

router = APIRouter(prefix="/api/public", tags=["Health"])

_RECENT_US = 3 * 60 * 1_000_000
_COUNTERS = (
    "received",
    "acknowledged",
    "refused",
    "visible",
    "pending",
    "quarantined",
    "released",
    "deleted",
)


def _answer(status: str, code: int = 200) -> Response:
    headers = {"retry-after": "1"} if code == 503 else None
    return FastJSON({"status": status, "version": __version__}, status_code=code, headers=headers)


@router.get("/health", response_model=HealthOut, responses=errors(503))
def get_health(request: Request, params: Annotated[HealthParams, Query()]) -> Response:
    stores = state_of(request).stores
    if params.fail_if_database_unavailable and not stores.meta.healthy():
        return _answer("Database not available", 503)
    if params.fail_if_no_recent_events and not has_events_since(stores.analytics, now_us() - _RECENT_US):
        return _answer("No recent events within the last 3 minutes", 503)
    return _answer("OK")


@router.get("/ready", response_model=HealthOut, responses=errors(503))
def get_readiness(request: Request) -> Response:
    pipeline = state_of(request).pipeline
    if pipeline.draining:
        return _answer("Shutting down", 500)
    if not pipeline.ready:
        return _answer("Starting", 503)
    return _answer("OK")


@router.get("/spyglass/ingest", response_model=IngestOut, responses=errors(401, 403, 503))
def get_ingest_counters(request: Request, _caller: Reader) -> Response:
    """Where the events are that this server received: what is not visible has another place in the sums."""
    pipeline = state_of(request).pipeline
    counts = pipeline.counters()
    reasons = {name.removeprefix(REFUSED): n for name, n in counts.items() if name.startswith(REFUSED)}
    shown = {name: counts[name] for name in _COUNTERS}
    return FastJSON({**shown, "refusedByReason": reasons, "stalled": pipeline.stalled})
