"""`/api/public/experiments` and `/api/public/experiment-items`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import DatasetReader, project_of
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.features.experiments import items_service, service
from spyglass.features.experiments.schemas import (
    ExperimentItemListParams,
    ExperimentItemsOut,
    ExperimentListParams,
    ExperimentsOut,
)

router = APIRouter(prefix="/api/public", tags=["Experiments"])


@router.get("/experiments", response_model=ExperimentsOut, responses=errors(400, 401, 403))
def list_experiments(
    request: Request, caller: DatasetReader, params: Annotated[ExperimentListParams, Query()]
) -> Response:
    """Experiments with something in the stretch of time, the latest active first."""
    return FastJSON(service.list_experiments(state_of(request), project_of(caller), params))


@router.get("/experiment-items", response_model=ExperimentItemsOut, responses=errors(400, 401, 403))
def list_experiment_items(
    request: Request, caller: DatasetReader, params: Annotated[ExperimentItemListParams, Query()]
) -> Response:
    """Items that were begun in the stretch of time, the latest first."""
    return FastJSON(items_service.list_items(state_of(request), project_of(caller), params))
