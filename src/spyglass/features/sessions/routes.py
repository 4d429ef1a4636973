"""`/api/public/sessions`: list and get."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Reader, project_of
from spyglass.api.openapi import errors
from spyglass.api.schemas import Page
from spyglass.api.state import state_of
from spyglass.features.sessions import service
from spyglass.features.sessions.schemas import SessionListParams, SessionOut, SessionWithTracesOut

router = APIRouter(prefix="/api/public/sessions", tags=["Sessions"])


@router.get("", response_model=Page[SessionOut], responses=errors(400, 401, 403))
def list_sessions(
    request: Request, caller: Reader, params: Annotated[SessionListParams, Query()]
) -> Response:
    return FastJSON(service.list_sessions(state_of(request), project_of(caller), params))


# A session id may hold slashes, and some servers decode them before they route.
@router.get("/{session_id:path}", response_model=SessionWithTracesOut, responses=errors(401, 403, 404))
def get_session(request: Request, caller: Reader, session_id: str) -> Response:
    return FastJSON(service.read_session(state_of(request), project_of(caller), session_id))
