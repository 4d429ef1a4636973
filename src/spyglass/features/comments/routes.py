"""`/api/public/comments`: create, list, get."""

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

router = APIRouter(prefix="/api/public/comments", tags=["Comments"])


@router.post("", response_model=CommentCreatedOut, responses=errors(400, 401, 403, 404))
def create_comment(request: Request, caller: CommentWriter, body: CommentIn) -> Response:
    return FastJSON(service.create_comment(state_of(request), caller, body))


@router.get("", response_model=Page[CommentOut], responses=errors(400, 401, 403))
def list_comments(
    request: Request, caller: CommentReader, params: Annotated[CommentListParams, Query()]
) -> Response:
    return FastJSON(service.list_comments(state_of(request), project_of(caller), params))


@router.get("/{comment_id}", response_model=CommentOut, responses=errors(400, 401, 403, 404))
def get_comment(request: Request, caller: CommentReader, comment_id: Text) -> Response:
    return FastJSON(service.read_comment(state_of(request), project_of(caller), comment_id))
