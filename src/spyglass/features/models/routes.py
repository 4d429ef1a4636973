"""`/api/public/models`: list, create, replace, get, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import ModelReader, ModelWriter, project_of
from spyglass.api.openapi import errors
from spyglass.api.params import PageParams
from spyglass.api.schemas import MessageOut, Page, Text
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.models import preview, service
from spyglass.features.models.schemas import ModelIn, ModelOut, ModelPreviewOut

router = APIRouter(prefix="/api/public/models", tags=["Models"])
preview_router = APIRouter(prefix="/api/public/spyglass/models", tags=["Models"])


@router.get("", response_model=Page[ModelOut], responses=errors(400, 401, 403))
def list_models(request: Request, caller: ModelReader, params: Annotated[PageParams, Query()]) -> Response:
    """Built-in models and those of the project, by name."""
    return FastJSON(service.list_models(state_of(request), project_of(caller), params))


@router.post("", response_model=ModelOut, responses=errors(400, 401, 403))
def create_model(request: Request, caller: ModelWriter, body: ModelIn) -> Response:
    """Prices what is ingested from now on; what is stored keeps its cost."""
    return FastJSON(service.create_model(state_of(request), caller, body))


# Ids of built-in models may hold slashes.
@router.get("/{model_id:path}", response_model=ModelOut, responses=errors(400, 401, 403, 404))
def get_model(request: Request, caller: ModelReader, model_id: Text) -> Response:
    return FastJSON(service.read_model(state_of(request), project_of(caller), model_id))


@router.put("/{model_id:path}", response_model=ModelOut, responses=errors(400, 401, 403))
def upsert_model(request: Request, caller: ModelWriter, model_id: Id, body: ModelIn) -> Response:
    """Creates or replaces a model of the project; what is stored keeps its cost. Built-in ones stay as they are."""
    return FastJSON(service.replace_model(state_of(request), caller, model_id, body))


@router.delete("/{model_id:path}", response_model=MessageOut, responses=errors(400, 401, 403, 404))
def delete_model(request: Request, caller: ModelWriter, model_id: Text) -> Response:
    """Built-in models cannot be deleted."""
    service.delete_model(state_of(request), caller, model_id)
    return FastJSON({"message": "Model successfully deleted"})


@preview_router.post("/preview", response_model=ModelPreviewOut, responses=errors(400, 401, 403, 422))
def preview_model(request: Request, caller: ModelWriter, body: ModelIn) -> Response:
    """Which observations of the last 30 days the definition would match, and what would change. Nothing is stored."""
    return FastJSON(preview.preview_model(state_of(request), project_of(caller), body))
