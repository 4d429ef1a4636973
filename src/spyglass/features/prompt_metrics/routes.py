"""`GET /api/public/spyglass/prompt-metrics`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import PromptReader, project_of
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.features.prompt_metrics import service
from spyglass.features.prompt_metrics.schemas import PromptMetricsOut, PromptMetricsParams

router = APIRouter(prefix="/api/public/spyglass", tags=["Prompts"])


@router.get("/prompt-metrics", response_model=PromptMetricsOut, responses=errors(400, 401, 403, 422))
def compare_prompt_versions(
    request: Request, caller: PromptReader, params: Annotated[PromptMetricsParams, Query()]
) -> Response:
    """What generations with each version of a prompt took, cost and scored, and whether versions differ. May be
    looked at as often as you like: see `method`."""
    return FastJSON(service.compare_versions(state_of(request), project_of(caller), params))
