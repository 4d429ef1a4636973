"""`/api/ui/projects/{project_id}/views` and `/snapshots`."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import Reader, ViewReader, ViewWriter
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.saved_views import service, snapshots
from spyglass.features.saved_views.schemas import (
    DefaultIn,
    SnapshotIn,
    SnapshotOut,
    SnapshotStateOut,
    ViewConflictOut,
    ViewIn,
    ViewListParams,
    ViewOut,
    ViewsOut,
    ViewUpdateIn,
)

router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web UI: saved views"])


@router.get("/views", response_model=ViewsOut, responses=errors(400, 401, 403, 404))
def list_saved_views(
    request: Request, caller: ViewReader, project_id: Id, params: Annotated[ViewListParams, Query()]
) -> Response:
    """One's own views and those that are shared."""
    return FastJSON(service.list_views(state_of(request), caller, params.table))


@router.post("/views", response_model=ViewOut, responses=errors(400, 401, 403, 404))
def create_saved_view(request: Request, caller: ViewWriter, project_id: Id, body: ViewIn) -> Response:
    return FastJSON(service.create_view(state_of(request), caller, body))


@router.put(
    "/views/{view_id}",
    response_model=ViewOut,
    responses={
        **errors(400, 401, 403, 404),
        409: {"model": ViewConflictOut, "description": "Changed meanwhile"},
    },
)
def update_saved_view(
    request: Request,
    caller: ViewWriter,
    project_id: Id,
    view_id: Id,
    body: ViewUpdateIn,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """`If-Match` holds the version that the change was made on; 409 answers with the current one."""
    try:
        return FastJSON(service.update_view(state_of(request), caller, view_id, if_match, body))
    except service.ChangedMeanwhileError as error:
        answer = {"message": error.message, "error": error.name, "current": error.current}
        return FastJSON(answer, status_code=error.status)


@router.delete("/views/{view_id}", status_code=204, responses=errors(401, 403, 404))
def delete_saved_view(request: Request, caller: ViewWriter, project_id: Id, view_id: Id) -> Response:
    service.delete_view(state_of(request), caller, view_id)
    return Response(status_code=204)


@router.put("/views/{view_id}/default", response_model=ViewOut, responses=errors(400, 401, 403, 404))
def set_default_view(
    request: Request, caller: ViewWriter, project_id: Id, view_id: Id, body: DefaultIn
) -> Response:
    """Whether the caller's table opens with this view."""
    return FastJSON(service.set_default(state_of(request), caller, view_id, body.on))


@router.post("/snapshots", response_model=SnapshotOut, responses=errors(400, 401, 403, 404))
def create_snapshot(request: Request, caller: Reader, project_id: Id, body: SnapshotIn) -> Response:
    """Keep a state of a page that is too long for its address."""
    return FastJSON(snapshots.create_snapshot(state_of(request), caller, body.state))


@router.get("/snapshots/{snapshot_id}", response_model=SnapshotStateOut, responses=errors(401, 403, 404))
def get_snapshot(request: Request, caller: Reader, project_id: Id, snapshot_id: Id) -> Response:
    return FastJSON(snapshots.read_snapshot(state_of(request), caller, snapshot_id))
