"""`/api/ui/projects/{project_id}/trace…`, `session…`, `user`, and `/api/ui/resolve`.

Ids that clients choose are query parameters: proxies and frameworks decode `%2F` within paths.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Reader, SignedIn, TraceEditor
from spyglass.api.openapi import errors
from spyglass.api.reads import read_while_connected
from spyglass.api.state import state_of
from spyglass.features.trace_view import (
    conversations,
    edits,
    finding,
    heads,
    resolving,
    sessions,
    spans,
    users,
)
from spyglass.features.trace_view.answers import TEXT, answer_columns, answer_skeleton, answer_text
from spyglass.features.trace_view.schemas import (
    BranchParams,
    ConversationOut,
    FindParams,
    FoundTextOut,
    ResolveOut,
    ResolveParams,
    SessionParams,
    SessionViewOut,
    SkeletonOut,
    SkeletonParams,
    SpanOut,
    SpanParams,
    SpanTextParams,
    TraceEditIn,
    TraceEditOut,
    TraceParams,
    TraceProjectOut,
    TraceProjectParams,
    TraceViewOut,
    TurnParams,
    TurnsOut,
    UserParams,
    UserViewOut,
)
from spyglass.features.trace_view.skeletons import SkeletonAsked

router = APIRouter(prefix="/api/ui", tags=["Web UI"])

_TRACE = "/projects/{project_id}/trace"


@router.get(_TRACE, response_model=TraceViewOut, responses=errors(400, 401, 403, 404))
def get_trace_view(
    request: Request, caller: Reader, project_id: str, params: Annotated[TraceParams, Query()]
) -> Response:
    return FastJSON(heads.read_head(state_of(request), project_id, params.id, params.near))


@router.patch(_TRACE, response_model=TraceEditOut, responses=errors(400, 401, 403, 404, 503))
async def edit_trace_view(
    request: Request,
    caller: TraceEditor,
    project_id: str,
    params: Annotated[TraceParams, Query()],
    body: TraceEditIn,
) -> Response:
    """Only what the body names is changed; durable and readable on return."""
    return FastJSON(await edits.edit_trace(state_of(request), caller, params.id, body))


@router.get(_TRACE + "/skeleton", response_model=SkeletonOut, responses=errors(400, 401, 403, 404, 422))
async def get_trace_skeleton(
    request: Request, caller: Reader, project_id: str, params: Annotated[SkeletonParams, Query()]
) -> Response:
    """What a tree and a timeline need of each observation, ordered by start: 50,000 at most, the top
    levels of a larger trace. With `If-None-Match`
    of the `ETag` that came with the former answer it may be 304."""
    asked = await _ask(request, project_id, params)
    return await answer_skeleton(request, asked, params.since)


async def _ask(request: Request, project_id: str, params: TraceParams) -> SkeletonAsked:
    return await run_in_threadpool(SkeletonAsked, state_of(request), project_id, params.id, params.near)


@router.get(_TRACE + "/children", response_model=SkeletonOut, responses=errors(400, 401, 403, 404, 422))
async def get_trace_children(
    request: Request, caller: Reader, project_id: str, params: Annotated[BranchParams, Query()]
) -> Response:
    """Of a trace of more than 50,000 observations what lies below one of them, level by level: up to 5,000."""
    asked = await _ask(request, project_id, params)
    return await answer_columns(request, lambda ticket: asked.read_below(params.of, ticket))


@router.get(_TRACE + "/ancestors", response_model=SkeletonOut, responses=errors(400, 401, 403, 404, 422))
async def get_trace_ancestors(
    request: Request, caller: Reader, project_id: str, params: Annotated[BranchParams, Query()]
) -> Response:
    """An observation and all those above it."""
    asked = await _ask(request, project_id, params)
    return await answer_columns(request, lambda ticket: asked.read_path(params.of, ticket))


@router.get(_TRACE + "/find", response_model=FoundTextOut, responses=errors(400, 401, 403, 404, 422))
async def find_in_trace(
    request: Request, caller: Reader, project_id: str, params: Annotated[FindParams, Query()]
) -> Response:
    """Which observations hold a text in their input or output."""
    found = finding.Finding(state_of(request), project_id, params.id, params.near, params.text)
    return FastJSON(await read_while_connected(request, state_of(request).stores.analytics, found.read))


@router.get(
    _TRACE + "/conversation", response_model=ConversationOut, responses=errors(400, 401, 403, 404, 422)
)
def get_trace_conversation(
    request: Request, caller: Reader, project_id: str, params: Annotated[TraceParams, Query()]
) -> Response:
    """The first 200 calls of models with their texts."""
    found = conversations.read_conversation(state_of(request), project_id, params.id, params.near)
    return FastJSON(found)


@router.get("/projects/{project_id}/span", response_model=SpanOut, responses=errors(400, 401, 403, 404))
def get_span(
    request: Request, caller: Reader, project_id: str, params: Annotated[SpanParams, Query()]
) -> Response:
    found = spans.read_span(state_of(request), project_id, params.trace, params.id, params.near)
    return FastJSON(found)


@router.get(
    "/projects/{project_id}/span/text",
    response_class=Response,
    responses={**TEXT, **errors(400, 401, 403, 404)},
)
def get_span_text(
    request: Request, caller: Reader, project_id: str, params: Annotated[SpanTextParams, Query()]
) -> Response:
    """A piece of a text; `X-Total-Length` says how many characters the whole has."""
    end = min(params.to, params.from_ + spans.SLICE_CHARACTERS)
    found = spans.read_slice(
        state_of(request), project_id, params.trace, params.id, params.field, params.from_, end
    )
    return answer_text(*found)


@router.get(
    "/projects/{project_id}/session", response_model=SessionViewOut, responses=errors(400, 401, 403, 404)
)
def get_session_view(
    request: Request, caller: Reader, project_id: str, params: Annotated[SessionParams, Query()]
) -> Response:
    return FastJSON(sessions.read_session(state_of(request), project_id, params.id))


@router.get(
    "/projects/{project_id}/session/turns", response_model=TurnsOut, responses=errors(400, 401, 403, 404)
)
def get_session_turns(
    request: Request, caller: Reader, project_id: str, params: Annotated[TurnParams, Query()]
) -> Response:
    """The traces of a session from the first on, 50 at a time."""
    return FastJSON(sessions.read_turns(state_of(request), project_id, params.id, params.cursor))


@router.get(
    "/projects/{project_id}/user", response_model=UserViewOut, responses=errors(400, 401, 403, 404, 422)
)
def get_user_view(
    request: Request, caller: Reader, project_id: str, params: Annotated[UserParams, Query()]
) -> Response:
    return FastJSON(users.read_user(state_of(request), project_id, params.id))


@router.get("/resolve", response_model=ResolveOut, responses=errors(400, 401, 403))
def resolve_text(request: Request, caller: SignedIn, params: Annotated[ResolveParams, Query()]) -> Response:
    """Where an id, a name or a link leads, in all projects that the person may see."""
    state = state_of(request)
    projects = resolving.projects_of(state, caller.user_id)
    return FastJSON({"matches": resolving.resolve(state, projects, params.text)})


@router.get("/trace-project", response_model=TraceProjectOut, responses=errors(400, 401, 403, 404))
def get_project_of_trace(
    request: Request, caller: SignedIn, params: Annotated[TraceProjectParams, Query()]
) -> Response:
    """The project of a trace, for links that do not name it."""
    state = state_of(request)
    projects = resolving.projects_of(state, caller.user_id)
    return FastJSON({"projectId": resolving.find_project_of_trace(state, projects, params.id)})
