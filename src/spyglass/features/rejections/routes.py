"""`/api/public/spyglass/rejections`: what was refused of what the project's clients sent, and why."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Reader, project_of
from spyglass.api.openapi import errors
from spyglass.api.schemas import Page
from spyglass.api.state import state_of
from spyglass.features.rejections import service
from spyglass.features.rejections.schemas import RejectionListParams, RejectionOut

router = APIRouter(prefix="/api/public/spyglass", tags=["Rejections"])


@router.get("/rejections", response_model=Page[RejectionOut], responses=errors(400, 401, 403))
def list_rejections(
    request: Request, caller: Reader, params: Annotated[RejectionListParams, Query()]
) -> Response:
    """The newest thousand or so, newest first; without the content of what was refused."""
    return FastJSON(service.list_rejections(state_of(request), project_of(caller), params))
