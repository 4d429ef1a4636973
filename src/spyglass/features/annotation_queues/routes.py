"""`/api/public/annotation-queues`: queues, their items, and who is assigned to them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import QueueAssigner, QueueReader, QueueWriter, project_of
from spyglass.api.openapi import errors
from spyglass.api.schemas import Page, Text
from spyglass.api.state import state_of
from spyglass.features.annotation_queues import items_service as items
from spyglass.features.annotation_queues import service
from spyglass.features.annotation_queues.schemas import (
    AssignmentDeletedOut,
    AssignmentIn,
    AssignmentOut,
    ItemChangeIn,
    ItemDeletedOut,
    ItemIn,
    ItemListParams,
    ItemOut,
    NoParams,
    QueueIn,
    QueueListParams,
    QueueOut,
)

router = APIRouter(prefix="/api/public/annotation-queues", tags=["Annotation queues"])

Nothing = Annotated[NoParams, Query()]


@router.get("", response_model=Page[QueueOut], responses=errors(400, 401, 403))
def list_annotation_queues(
    request: Request, caller: QueueReader, params: Annotated[QueueListParams, Query()]
) -> Response:
    return FastJSON(service.list_queues(state_of(request), project_of(caller), params))


@router.post("", response_model=QueueOut, responses=errors(400, 401, 403, 409))
def create_annotation_queue(
    request: Request, caller: QueueWriter, body: QueueIn, _params: Nothing
) -> Response:
    return FastJSON(service.create_queue(state_of(request), caller, body))


@router.get("/{queue_id}", response_model=QueueOut, responses=errors(400, 401, 403, 404))
def get_annotation_queue(request: Request, caller: QueueReader, queue_id: Text, _params: Nothing) -> Response:
    return FastJSON(service.read_queue(state_of(request), project_of(caller), queue_id))


@router.get("/{queue_id}/items", response_model=Page[ItemOut], responses=errors(400, 401, 403, 404))
def list_annotation_queue_items(
    request: Request, caller: QueueReader, queue_id: Text, params: Annotated[ItemListParams, Query()]
) -> Response:
    return FastJSON(items.list_items(state_of(request), project_of(caller), queue_id, params))


@router.post("/{queue_id}/items", response_model=ItemOut, responses=errors(400, 401, 403, 404))
def create_annotation_queue_item(
    request: Request, caller: QueueWriter, queue_id: Text, body: ItemIn, _params: Nothing
) -> Response:
    return FastJSON(items.add_item(state_of(request), caller, queue_id, body))


@router.get("/{queue_id}/items/{item_id}", response_model=ItemOut, responses=errors(400, 401, 403, 404))
def get_annotation_queue_item(
    request: Request, caller: QueueReader, queue_id: Text, item_id: Text, _params: Nothing
) -> Response:
    return FastJSON(items.read_item(state_of(request), project_of(caller), queue_id, item_id))


@router.patch("/{queue_id}/items/{item_id}", response_model=ItemOut, responses=errors(400, 401, 403, 404))
def update_annotation_queue_item(
    request: Request, caller: QueueWriter, queue_id: Text, item_id: Text, body: ItemChangeIn, _params: Nothing
) -> Response:
    return FastJSON(items.change_item(state_of(request), caller, queue_id, item_id, body))


@router.delete(
    "/{queue_id}/items/{item_id}", response_model=ItemDeletedOut, responses=errors(400, 401, 403, 404)
)
def delete_annotation_queue_item(
    request: Request, caller: QueueWriter, queue_id: Text, item_id: Text, _params: Nothing
) -> Response:
    return FastJSON(items.delete_item(state_of(request), caller, queue_id, item_id))


@router.post("/{queue_id}/assignments", response_model=AssignmentOut, responses=errors(400, 401, 403, 404))
def create_annotation_queue_assignment(
    request: Request, caller: QueueAssigner, queue_id: Text, body: AssignmentIn, _params: Nothing
) -> Response:
    return FastJSON(service.assign(state_of(request), caller, queue_id, body.user_id))


@router.delete(
    "/{queue_id}/assignments", response_model=AssignmentDeletedOut, responses=errors(400, 401, 403, 404)
)
def delete_annotation_queue_assignment(
    request: Request, caller: QueueAssigner, queue_id: Text, body: AssignmentIn, _params: Nothing
) -> Response:
    return FastJSON(service.unassign(state_of(request), caller, queue_id, body.user_id))
