"""`/api/public/observations` (v1) and `/api/public/v2/observations`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Reader, project_of
from spyglass.api.openapi import errors
from spyglass.api.record_schemas import ObservationOut
from spyglass.api.schemas import Page
from spyglass.api.state import state_of
from spyglass.features.observations import service
from spyglass.features.observations.schemas import (
    ObservationListParams,
    ObservationV2ListParams,
    ObservationV2PageOut,
)

router = APIRouter(prefix="/api/public", tags=["Observations"])


@router.get("/v2/observations", response_model=ObservationV2PageOut, responses=errors(400, 401, 403))
def list_observations_v2(
    request: Request, caller: Reader, params: Annotated[ObservationV2ListParams, Query()]
) -> Response:
    return FastJSON(service.list_observations_v2(state_of(request), project_of(caller), params))


@router.get("/observations", response_model=Page[ObservationOut], responses=errors(400, 401, 403))
def list_observations(
    request: Request, caller: Reader, params: Annotated[ObservationListParams, Query()]
) -> Response:
    return FastJSON(service.list_observations(state_of(request), project_of(caller), params))


@router.get(
    "/observations/{observation_id:path}", response_model=ObservationOut, responses=errors(401, 403, 404)
)
def get_observation(request: Request, caller: Reader, observation_id: str) -> Response:
    return FastJSON(service.read_observation(state_of(request), project_of(caller), observation_id))
