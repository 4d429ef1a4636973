"""`/api/public/v2/datasets`, `/datasets` (first generation, and runs), `/dataset-items`, `/dataset-run-items`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import DatasetReader, DatasetWriter, actor_of, project_of
from spyglass.api.encoded_paths import EncodedPathRoute
from spyglass.api.openapi import errors
from spyglass.api.params import PageParams
from spyglass.api.schemas import MessageOut, Page, Text
from spyglass.api.state import state_of
from spyglass.features.datasets import items, run_changes, runs, service, v1_service
from spyglass.features.datasets.schemas import (
    MAX_ITEM_BODY_BYTES,
    DatasetIn,
    DatasetItemIn,
    DatasetItemOut,
    DatasetItemParams,
    DatasetOut,
    DatasetRunItemIn,
    DatasetRunItemOut,
    DatasetRunItemParams,
    DatasetRunOut,
    DatasetRunWithItemsOut,
    DatasetWithItemsOut,
    DatasetWithNamesOut,
)


class DatasetRoute(EncodedPathRoute):
    """Takes bodies up to the size of the largest item."""

    max_body_bytes = MAX_ITEM_BODY_BYTES


router = APIRouter(prefix="/api/public", tags=["Datasets"], route_class=DatasetRoute)


@router.get("/v2/datasets", response_model=Page[DatasetOut], responses=errors(400, 401, 403))
def list_datasets(
    request: Request, caller: DatasetReader, params: Annotated[PageParams, Query()]
) -> Response:
    """All datasets, newest first."""
    return FastJSON(service.list_datasets(state_of(request), project_of(caller), params.page, params.limit))


@router.post("/v2/datasets", response_model=DatasetOut, responses=errors(400, 401, 403, 413))
def create_dataset(request: Request, caller: DatasetWriter, body: DatasetIn) -> Response:
    """Create a dataset, or change the one of that name."""
    return FastJSON(service.upsert_dataset(state_of(request), project_of(caller), actor_of(caller), body))


@router.get("/v2/datasets/{dataset_name:path}", response_model=DatasetOut, responses=errors(401, 403, 404))
def get_dataset(request: Request, caller: DatasetReader, dataset_name: Text) -> Response:
    return FastJSON(service.read_dataset(state_of(request), project_of(caller), dataset_name))


@router.delete(
    "/spyglass/datasets/{dataset_name:path}", response_model=MessageOut, responses=errors(401, 403, 404)
)
def delete_dataset(request: Request, caller: DatasetWriter, dataset_name: Text) -> Response:
    """Delete a dataset with its items and runs. Traces stay."""
    service.delete_dataset(state_of(request), project_of(caller), actor_of(caller), dataset_name)
    return FastJSON({"message": "Dataset successfully deleted"})


@router.get("/datasets", response_model=Page[DatasetWithNamesOut], responses=errors(400, 401, 403))
def list_datasets_v1(
    request: Request, caller: DatasetReader, params: Annotated[PageParams, Query()]
) -> Response:
    """All datasets with ids of their items and names of their runs."""
    return FastJSON(
        v1_service.list_datasets(state_of(request), project_of(caller), params.page, params.limit)
    )


@router.post("/datasets", response_model=DatasetWithNamesOut, responses=errors(400, 401, 403, 413))
def create_dataset_v1(request: Request, caller: DatasetWriter, body: DatasetIn) -> Response:
    """The same as in v2; `items` and `runs` of the answer are always empty."""
    found = service.upsert_dataset(state_of(request), project_of(caller), actor_of(caller), body)
    return FastJSON({**found, "items": [], "runs": []})


@router.get(
    "/datasets/{dataset_name:path}/runs",
    response_model=Page[DatasetRunOut],
    responses=errors(400, 401, 403, 404),
)
def list_dataset_runs(
    request: Request, caller: DatasetReader, dataset_name: Text, params: Annotated[PageParams, Query()]
) -> Response:
    """Runs over a dataset, newest first; also those that only spans tell of."""
    return FastJSON(
        runs.list_runs(state_of(request), project_of(caller), dataset_name, params.page, params.limit)
    )


@router.get(
    "/datasets/{dataset_name:path}/runs/{run_name:path}",
    response_model=DatasetRunWithItemsOut,
    responses=errors(401, 403, 404),
)
def get_dataset_run(request: Request, caller: DatasetReader, dataset_name: Text, run_name: Text) -> Response:
    return FastJSON(runs.read_run(state_of(request), project_of(caller), dataset_name, run_name))


@router.delete(
    "/datasets/{dataset_name:path}/runs/{run_name:path}",
    response_model=MessageOut,
    responses=errors(401, 403, 404),
)
def delete_dataset_run(
    request: Request, caller: DatasetWriter, dataset_name: Text, run_name: Text
) -> Response:
    """Delete a run with its links of items to traces. Traces stay."""
    run_changes.delete_run(state_of(request), project_of(caller), actor_of(caller), dataset_name, run_name)
    return FastJSON({"message": "Dataset run successfully deleted"})


@router.get(
    "/datasets/{dataset_name:path}", response_model=DatasetWithItemsOut, responses=errors(401, 403, 404)
)
def get_dataset_v1(request: Request, caller: DatasetReader, dataset_name: Text) -> Response:
    """A dataset with its items and the names of its runs."""
    return FastJSON(v1_service.read_dataset(state_of(request), request, project_of(caller), dataset_name))


@router.get("/dataset-items", response_model=Page[DatasetItemOut], responses=errors(400, 401, 403, 404))
def list_dataset_items(
    request: Request, caller: DatasetReader, params: Annotated[DatasetItemParams, Query()]
) -> Response:
    """Active items, newest first; as they were at `version` when it is given."""
    return FastJSON(items.list_items(state_of(request), request, project_of(caller), params))


@router.post("/dataset-items", response_model=DatasetItemOut, responses=errors(400, 401, 403, 404, 413))
def create_dataset_item(request: Request, caller: DatasetWriter, body: DatasetItemIn) -> Response:
    """Create an item, or change the one of that id: each change is a new version."""
    return FastJSON(items.upsert_item(state_of(request), request, project_of(caller), actor_of(caller), body))


@router.get("/dataset-items/{item_id:path}", response_model=DatasetItemOut, responses=errors(401, 403, 404))
def get_dataset_item(request: Request, caller: DatasetReader, item_id: Text) -> Response:
    return FastJSON(items.read_item(state_of(request), request, project_of(caller), item_id))


@router.delete("/dataset-items/{item_id:path}", response_model=MessageOut, responses=errors(401, 403, 404))
def delete_dataset_item(request: Request, caller: DatasetWriter, item_id: Text) -> Response:
    items.delete_item(state_of(request), project_of(caller), actor_of(caller), item_id)
    return FastJSON({"message": "Dataset item successfully deleted"})


@router.post(
    "/dataset-run-items", response_model=DatasetRunItemOut, responses=errors(400, 401, 403, 404, 413)
)
def create_dataset_run_item(request: Request, caller: DatasetWriter, body: DatasetRunItemIn) -> Response:
    """Link an item to the trace that a run made of it; the run is made when it is new."""
    return FastJSON(run_changes.link_item(state_of(request), project_of(caller), actor_of(caller), body))


@router.get(
    "/dataset-run-items", response_model=Page[DatasetRunItemOut], responses=errors(400, 401, 403, 404)
)
def list_dataset_run_items(
    request: Request, caller: DatasetReader, params: Annotated[DatasetRunItemParams, Query()]
) -> Response:
    return FastJSON(
        runs.list_run_items(
            state_of(request),
            project_of(caller),
            params.dataset_id,
            params.run_name,
            params.page,
            params.limit,
        )
    )
