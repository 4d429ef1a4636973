"""`/llm-connections`: list, create or replace by provider, delete. The administrator's key may act for a project."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import ConnectionDeleter, ConnectionReader, ConnectionWriter, project_of
from spyglass.api.openapi import errors
from spyglass.api.params import PageParams
from spyglass.api.schemas import MessageOut, Page, Text
from spyglass.api.state import state_of
from spyglass.features.llm_connections import service
from spyglass.features.llm_connections.schemas import (
    ConnectionTestIn,
    ConnectionTestOut,
    LlmConnectionOut,
    UpsertLlmConnectionRequest,
)

router = APIRouter(prefix="/api/public/llm-connections", tags=["LlmConnections"])
test_router = APIRouter(prefix="/api/public/spyglass/llm-connections", tags=["LlmConnections"])


@router.get("", response_model=Page[LlmConnectionOut], responses=errors(400, 401, 403))
def list_llm_connections(
    request: Request, caller: ConnectionReader, params: Annotated[PageParams, Query()]
) -> Response:
    return FastJSON(service.list_connections(state_of(request), project_of(caller), params))


@router.put(
    "",
    response_model=LlmConnectionOut,
    responses={**errors(400, 401, 403), 201: {"model": LlmConnectionOut, "description": "Created"}},
)
def upsert_llm_connection(
    request: Request, caller: ConnectionWriter, body: UpsertLlmConnectionRequest
) -> Response:
    connection, is_new = service.put_connection(state_of(request), caller, body)
    return FastJSON(connection, status_code=201 if is_new else 200)


@router.delete("/{connection_id}", response_model=MessageOut, responses=errors(401, 403, 404))
def delete_llm_connection(request: Request, caller: ConnectionDeleter, connection_id: Text) -> Response:
    service.delete_connection(state_of(request), caller, connection_id)
    return FastJSON({"message": "LLM connection successfully deleted"})


@test_router.post(
    "/{connection_id}/test",
    response_model=ConnectionTestOut,
    responses=errors(400, 401, 403, 404, 501),
)
def test_llm_connection(
    request: Request, caller: ConnectionWriter, connection_id: Text, body: ConnectionTestIn
) -> Response:
    """Ask the provider for one word, with the stored credentials. What goes wrong there is part of the answer."""
    return FastJSON(service.test_connection(state_of(request), caller, connection_id, body.model))
