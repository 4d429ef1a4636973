"""`/api/ui/live`: a stream of server-sent events about one project."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from spyglass.api.callers import Reader, Requires, project_of
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.core.errors import NotFound
from spyglass.core.permissions import Permission
from spyglass.features.live import service
from spyglass.features.live.schemas import LiveParams

router = APIRouter(prefix="/api/ui", tags=["Web UI"])

# Proxies must neither keep nor gather nor compress what has to arrive at once.
_HEADERS = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events"}
}
_check = Requires(Permission.PROJECT_READ)


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses={**_STREAM, **errors(400, 401, 403, 404, 429, 503)},
)
async def watch_project(
    request: Request, caller: Reader, params: Annotated[LiveParams, Query()]
) -> StreamingResponse:
    """`hello`, `reset` (read anew: something was missed), `alone` (`on`: only what this server itself brings is told
    now) and messages `{topic, changes, more?}`. Send the id of the last event as `Last-Event-ID` to get what came
    since."""
    if project_of(caller) != params.project:
        raise NotFound("Project not found")
    who = caller.user_id or caller.key_id
    service.SEATS.check(who)
    last_id = request.headers.get("last-event-id")

    async def events() -> AsyncIterator[bytes]:
        with service.SEATS.taken(who) as seated:
            if not seated:
                return
            found = service.stream(
                state_of(request), params.project, params.topics, last_id, lambda: _check(request)
            )
            async with aclosing(found):
                async for chunk in found:
                    yield chunk

    return StreamingResponse(events(), media_type="text/event-stream", headers=_HEADERS)
