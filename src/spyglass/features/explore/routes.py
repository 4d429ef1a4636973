"""`/api/ui/projects/{project_id}/fields`, `/{entity}/query` and its like, `/traces/bulk`.

Questions are POST because a filter is larger than an address may be; they change nothing.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Caller, Exporter, Reader, TraceEditor, project_of
from spyglass.api.openapi import errors
from spyglass.api.reads import read_while_connected
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.explore import bulk, bulk_jobs, exporting, service
from spyglass.features.explore.schemas import (
    BulkIn,
    BulkJobIn,
    BulkJobOut,
    BulkJobsOut,
    BulkOut,
    BulkPreviewOut,
    CountOut,
    EntityName,
    ExportIn,
    FacetsIn,
    FacetsOut,
    FieldsOut,
    HistogramIn,
    HistogramOut,
    QueryIn,
    RowsOut,
    ValuesIn,
    ValuesOut,
    WhichIn,
)

router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web UI: lists"])
_ERRORS = errors(400, 401, 403, 404, 422)


@router.get("/fields", response_model=FieldsOut, responses=errors(401, 403, 404))
def list_fields(caller: Reader, project_id: Id) -> Response:
    """What can be filtered, sorted and shown, by entity."""
    return FastJSON(service.describe_fields())


@router.post("/{entity}/query", response_model=RowsOut, responses=_ERRORS)
async def query_rows(
    request: Request, caller: Reader, project_id: Id, entity: EntityName, body: QueryIn
) -> Response:
    """A page of rows under a filter, from behind a cursor."""
    return await _answer(request, caller, entity, body, service.list_rows)


@router.post("/{entity}/count", response_model=CountOut, responses=_ERRORS)
async def count_matching(
    request: Request, caller: Reader, project_id: Id, entity: EntityName, body: WhichIn
) -> Response:
    """How many rows there are; an estimate where counting takes too long."""
    return await _answer(request, caller, entity, body, service.count_rows)


@router.post("/{entity}/histogram", response_model=HistogramOut, responses=_ERRORS)
async def get_histogram(
    request: Request, caller: Reader, project_id: Id, entity: EntityName, body: HistogramIn
) -> Response:
    """How the rows lie in time, by how they ended; at most 120 buckets."""
    return await _answer(request, caller, entity, body, service.read_histogram)


@router.post("/{entity}/facets", response_model=FacetsOut, responses=_ERRORS)
async def get_facets(
    request: Request, caller: Reader, project_id: Id, entity: EntityName, body: FacetsIn
) -> Response:
    """What there is to filter by, with counts under the conditions on the other fields."""
    return await _answer(request, caller, entity, body, service.read_facets)


@router.post("/{entity}/values", response_model=ValuesOut, responses=_ERRORS)
async def complete_values(
    request: Request, caller: Reader, project_id: Id, entity: EntityName, body: ValuesIn
) -> Response:
    """The values of a field that contain a text, the frequent ones first; of maps and scores the keys, or the values
    of one key."""
    return await _answer(request, caller, entity, body, service.complete_values)


@router.post("/{entity}/export", response_class=StreamingResponse, responses=_ERRORS)
async def export_rows(
    request: Request, caller: Exporter, project_id: Id, entity: EntityName, body: ExportIn
) -> Response:
    """A file of at most 100,000 rows with whole texts."""
    state, project = state_of(request), project_of(caller)
    name, parts = await run_in_threadpool(exporting.export_rows, state, project, entity, body)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(parts, media_type=exporting.MEDIA_TYPES[body.format], headers=headers)


@router.post("/traces/bulk", response_model=BulkOut, responses=errors(400, 401, 403, 404, 503))
async def change_traces(request: Request, caller: TraceEditor, project_id: Id, body: BulkIn) -> Response:
    """Delete, tag or bookmark up to 1,000 traces; deleting needs the permission for it."""
    return FastJSON(await bulk.act_on_traces(state_of(request), caller, body))


@router.post("/{entity}/bulk-jobs/preview", response_model=BulkPreviewOut, responses=_ERRORS)
async def preview_bulk_job(
    request: Request, caller: Reader, project_id: Id, entity: EntityName, body: WhichIn
) -> Response:
    """How many rows an action on everything that matches would be done with, exactly, as of now."""
    return await _answer(request, caller, entity, body, bulk_jobs.preview_bulk)


@router.post(
    "/{entity}/bulk-jobs",
    status_code=202,
    response_model=BulkJobOut,
    responses=errors(400, 401, 403, 404, 409, 422),
)
def create_bulk_job(
    request: Request, caller: TraceEditor, project_id: Id, entity: EntityName, body: BulkJobIn
) -> Response:
    """An action on everything that matches a query, by a job. What came in after `asOf` is not meant; when other than
    `count` rows match, nothing is done (409). Each action needs the permission for it."""
    return FastJSON(bulk_jobs.start_bulk(state_of(request), caller, entity, body), status_code=202)


@router.get("/bulk-jobs", response_model=BulkJobsOut, responses=errors(401, 403, 404))
def list_bulk_jobs(request: Request, caller: Reader, project_id: Id) -> Response:
    """The last 20, newest first."""
    return FastJSON(bulk_jobs.list_bulk(state_of(request), project_of(caller)))


@router.get("/bulk-jobs/{bulk_job_id}", response_model=BulkJobOut, responses=errors(401, 403, 404))
def get_bulk_job(request: Request, caller: Reader, project_id: Id, bulk_job_id: Id) -> Response:
    """How far it is."""
    return FastJSON(bulk_jobs.read_bulk(state_of(request), project_of(caller), bulk_job_id))


@router.post(
    "/bulk-jobs/{bulk_job_id}/cancel", response_model=BulkJobOut, responses=errors(400, 401, 403, 404)
)
def cancel_bulk_job(request: Request, caller: TraceEditor, project_id: Id, bulk_job_id: Id) -> Response:
    """Stop before the next piece; what is done stays done."""
    return FastJSON(bulk_jobs.stop_bulk(state_of(request), caller, bulk_job_id))


async def _answer(
    request: Request, caller: Caller, entity: str, body: Any, read: Callable[..., dict[str, Any]]
) -> Response:
    """What one of the service's questions finds; it is given up when the client goes away."""
    state, project = state_of(request), project_of(caller)
    analytics = state.stores.analytics
    return FastJSON(
        await read_while_connected(
            request, analytics, lambda ticket: read(state, project, entity, body, ticket)
        )
    )
