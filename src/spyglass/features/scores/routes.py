"""Reads of scores in three generations, and delete. Writing is a matter of `features/ingestion`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Reader, ScoreDeleter, project_of
from spyglass.api.openapi import errors
from spyglass.api.record_schemas import ScoreOut
from spyglass.api.schemas import MessageOut, Page
from spyglass.api.state import state_of
from spyglass.features.scores import service
from spyglass.features.scores.schemas import (
    ScoreListParams,
    ScoreV2ListParams,
    ScoreV2Out,
    ScoreV2WithTraceOut,
    ScoreV3ListParams,
    ScoreV3PageOut,
    ScoreWithTraceOut,
)
from spyglass.jobs.deletion import delete_records

router = APIRouter(prefix="/api/public", tags=["Scores"])


@router.get("/v3/scores", response_model=ScoreV3PageOut, responses=errors(400, 401, 403))
def list_scores_v3(
    request: Request, caller: Reader, params: Annotated[ScoreV3ListParams, Query()]
) -> Response:
    return FastJSON(service.list_scores_v3(state_of(request), project_of(caller), params))


@router.get("/v2/scores", response_model=Page[ScoreV2WithTraceOut], responses=errors(400, 401, 403))
def list_scores_v2(
    request: Request, caller: Reader, params: Annotated[ScoreV2ListParams, Query()]
) -> Response:
    return FastJSON(service.list_scores_v2(state_of(request), project_of(caller), params))


@router.get("/v2/scores/{score_id:path}", response_model=ScoreV2Out, responses=errors(401, 403, 404))
def get_score_v2(request: Request, caller: Reader, score_id: str) -> Response:
    return FastJSON(service.read_score_v2(state_of(request), project_of(caller), score_id))


@router.get("/scores", response_model=Page[ScoreWithTraceOut], responses=errors(400, 401, 403))
def list_scores(request: Request, caller: Reader, params: Annotated[ScoreListParams, Query()]) -> Response:
    return FastJSON(service.list_scores(state_of(request), project_of(caller), params))


@router.get("/scores/{score_id:path}", response_model=ScoreOut, responses=errors(401, 403, 404))
def get_score(request: Request, caller: Reader, score_id: str) -> Response:
    return FastJSON(service.read_score(state_of(request), project_of(caller), score_id))


@router.delete(
    "/scores/{score_id:path}", status_code=202, response_model=MessageOut, responses=errors(401, 403, 503)
)
async def delete_score(request: Request, caller: ScoreDeleter, score_id: str) -> Response:
    state = state_of(request)
    await delete_records(state.stores, state.pipeline, project_of(caller), {"scores": [score_id]})
    return FastJSON({"message": "Score deletion queued successfully"}, status_code=202)
