"""`/api/ui/published/…`: the reads of one trace for whoever has its link, without credentials. Each asks first whether
the trace is published; what is not is as unknown as what does not exist.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.openapi import errors
from spyglass.api.reads import read_while_connected
from spyglass.api.state import state_of
from spyglass.api.visitors import check_visitor
from spyglass.features.trace_view import conversations, finding, publishing, skeletons, spans
from spyglass.features.trace_view.answers import NO_INDEX, TEXT, answer_columns, answer_skeleton, answer_text
from spyglass.features.trace_view.schemas import (
    ConversationOut,
    FoundTextOut,
    PublishedBranchParams,
    PublishedFindParams,
    PublishedMediaOut,
    PublishedMediaParams,
    PublishedSkeletonParams,
    PublishedSpanParams,
    PublishedTextParams,
    PublishedTraceParams,
    SkeletonOut,
    SpanOut,
    TraceViewOut,
)

router = APIRouter(prefix="/api/ui/published", tags=["Web UI: published traces"])

_ERRORS = errors(400, 404, 429)


@router.get("/trace", response_model=TraceViewOut, responses=_ERRORS)
def get_published_trace(request: Request, params: Annotated[PublishedTraceParams, Query()]) -> Response:
    """Without people, their comments and what leads into the project."""
    state, project_id = state_of(request), _enter(request, params.id, params.project)
    return _answer(publishing.read_trace(state, project_id, params.id, params.near))


@router.get("/trace/skeleton", response_model=SkeletonOut, responses={**_ERRORS, **errors(422)})
async def get_published_skeleton(
    request: Request, params: Annotated[PublishedSkeletonParams, Query()]
) -> Response:
    asked = await run_in_threadpool(_ask, request, params)
    return await answer_skeleton(request, asked, params.since, NO_INDEX)


@router.get("/trace/children", response_model=SkeletonOut, responses={**_ERRORS, **errors(422)})
async def get_published_children(
    request: Request, params: Annotated[PublishedBranchParams, Query()]
) -> Response:
    asked = await run_in_threadpool(_ask, request, params)
    return await answer_columns(request, lambda ticket: asked.read_below(params.of, ticket), NO_INDEX)


@router.get("/trace/ancestors", response_model=SkeletonOut, responses={**_ERRORS, **errors(422)})
async def get_published_ancestors(
    request: Request, params: Annotated[PublishedBranchParams, Query()]
) -> Response:
    asked = await run_in_threadpool(_ask, request, params)
    return await answer_columns(request, lambda ticket: asked.read_path(params.of, ticket), NO_INDEX)


@router.get("/trace/find", response_model=FoundTextOut, responses={**_ERRORS, **errors(422)})
async def find_in_published_trace(
    request: Request, params: Annotated[PublishedFindParams, Query()]
) -> Response:
    state = state_of(request)
    project_id = await run_in_threadpool(_enter, request, params.id, params.project)
    found = finding.Finding(state, project_id, params.id, params.near, params.text)
    return _answer(await read_while_connected(request, state.stores.analytics, found.read))


@router.get("/trace/conversation", response_model=ConversationOut, responses={**_ERRORS, **errors(422)})
def get_published_conversation(
    request: Request, params: Annotated[PublishedTraceParams, Query()]
) -> Response:
    state, project_id = state_of(request), _enter(request, params.id, params.project)
    return _answer(conversations.read_conversation(state, project_id, params.id, params.near))


@router.get("/span", response_model=SpanOut, responses=_ERRORS)
def get_published_span(request: Request, params: Annotated[PublishedSpanParams, Query()]) -> Response:
    state, project_id = state_of(request), _enter(request, params.trace, params.project)
    return _answer(publishing.read_span(state, project_id, params.trace, params.id, params.near))


@router.get("/span/text", response_class=Response, responses={**TEXT, **_ERRORS})
def get_published_text(request: Request, params: Annotated[PublishedTextParams, Query()]) -> Response:
    project_id = _enter(request, params.trace, params.project)
    end = min(params.to, params.from_ + spans.SLICE_CHARACTERS)
    found = spans.read_slice(
        state_of(request), project_id, params.trace, params.id, params.field, params.from_, end
    )
    return answer_text(*found, NO_INDEX)


@router.get("/media", response_model=PublishedMediaOut, responses=_ERRORS)
def get_published_media(request: Request, params: Annotated[PublishedMediaParams, Query()]) -> Response:
    """A medium that the trace refers to."""
    state, project_id = state_of(request), _enter(request, params.trace, params.project)
    return _answer(publishing.read_media(state, request, project_id, params.trace, params.id))


def _ask(
    request: Request, params: PublishedSkeletonParams | PublishedBranchParams
) -> skeletons.SkeletonAsked:
    project_id = _enter(request, params.id, params.project)
    return skeletons.SkeletonAsked(state_of(request), project_id, params.id, params.near, comments=False)


def _enter(request: Request, trace_id: str, project_id: str | None) -> str:
    """The project of a published trace, for a visitor who has not come too often."""
    check_visitor(request)
    return publishing.find_publisher(state_of(request), trace_id, project_id)


def _answer(found: dict[str, Any]) -> Response:
    return FastJSON(found, headers=NO_INDEX)
