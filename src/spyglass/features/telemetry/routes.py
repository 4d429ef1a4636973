"""`GET /metrics` for the operator, and the same format for a project's own key."""

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from spyglass.api.callers import Reader, project_of
from spyglass.api.openapi import errors
from spyglass.api.scrapers import Scraper
from spyglass.api.state import state_of
from spyglass.features.telemetry import service

router = APIRouter(tags=["Telemetry"])

_NEVER_KEPT = {"cache-control": "no-store"}


@router.get("/metrics", response_class=PlainTextResponse, responses=errors(401))
def scrape_server(request: Request, _caller: Scraper) -> Response:
    """The server itself in Prometheus' text format."""
    body = service.scrape_server(state_of(request))
    return Response(body, media_type=service.CONTENT_TYPE, headers=_NEVER_KEPT)


@router.get("/api/public/spyglass/metrics", response_class=PlainTextResponse, responses=errors(401, 403))
def scrape_project(request: Request, caller: Reader) -> Response:
    """LLM calls of the key's project in Prometheus' text format: requests, errors, tokens, cost, latency."""
    body = service.scrape_project(state_of(request), project_of(caller))
    return Response(body, media_type=service.CONTENT_TYPE, headers=_NEVER_KEPT)
