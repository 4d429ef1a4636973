"""`/api/public/comments`: create, list, get; the web UI deletes, too."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import CommentReader, CommentWriter, project_of
from spyglass.api.openapi import errors
from spyglass.api.schemas import Page, Text
from spyglass.api.state import state_of
from spyglass.features.comments import service
from spyglass.features.comments.schemas import CommentCreatedOut, CommentIn, CommentListParams, CommentOut

router = APIRouter(tags=["Comments"])

_COMMENTS = "/api/public/comments"


@router.post(_COMMENTS, response_model=CommentCreatedOut, responses=errors(400, 401, 403, 404))
def create_comment(request: Request, caller: CommentWriter, body: CommentIn) -> Response:
    return FastJSON(service.create_comment(state_of(request), caller, body))


@router.get(_COMMENTS, response_model=Page[CommentOut], responses=errors(400, 401, 403))
def list_comments(
    request: Request, caller: CommentReader, params: Annotated[CommentListParams, Query()]
) -> Response:
    return FastJSON(service.list_comments(state_of(request), project_of(caller), params))


@router.get(_COMMENTS + "/{comment_id}", response_model=CommentOut, responses=errors(400, 401, 403, 404))
def get_comment(request: Request, caller: CommentReader, comment_id: Text) -> Response:
    return FastJSON(service.read_comment(state_of(request), project_of(caller), comment_id))


@router.delete(
    "/api/ui/projects/{project_id}/comments/{comment_id}",
    status_code=204,
    tags=["Web UI"],
    responses=errors(400, 401, 403, 404),
)
def delete_comment(request: Request, caller: CommentWriter, project_id: str, comment_id: Text) -> Response:
    """One that the person wrote."""
    service.delete_comment(state_of(request), caller, comment_id)
    return Response(status_code=204)
