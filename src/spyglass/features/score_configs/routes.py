"""`/api/public/score-configs`: create, list, get, change. There is no delete: a config is archived."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import ScoreConfigReader, ScoreConfigWriter, project_of
from spyglass.api.openapi import errors
from spyglass.api.params import PageParams
from spyglass.api.schemas import Page, Text
from spyglass.api.state import state_of
from spyglass.features.score_configs import service
from spyglass.features.score_configs.schemas import ScoreConfigChangeIn, ScoreConfigIn, ScoreConfigOut

router = APIRouter(prefix="/api/public/score-configs", tags=["Score configs"])


@router.post("", response_model=ScoreConfigOut, responses=errors(400, 401, 403))
def create_score_config(request: Request, caller: ScoreConfigWriter, body: ScoreConfigIn) -> Response:
    return FastJSON(service.create_config(state_of(request), caller, body))


@router.get("", response_model=Page[ScoreConfigOut], responses=errors(400, 401, 403))
def list_score_configs(
    request: Request, caller: ScoreConfigReader, params: Annotated[PageParams, Query()]
) -> Response:
    return FastJSON(service.list_configs(state_of(request), project_of(caller), params))


@router.get("/{config_id}", response_model=ScoreConfigOut, responses=errors(400, 401, 403, 404))
def get_score_config(request: Request, caller: ScoreConfigReader, config_id: Text) -> Response:
    return FastJSON(service.read_config(state_of(request), project_of(caller), config_id))


@router.patch("/{config_id}", response_model=ScoreConfigOut, responses=errors(400, 401, 403, 404))
def update_score_config(
    request: Request, caller: ScoreConfigWriter, config_id: Text, body: ScoreConfigChangeIn
) -> Response:
    """Change what the body names; `isArchived: true` refuses new scores under the config."""
    return FastJSON(service.change_config(state_of(request), caller, config_id, body))
