"""`/api/public/spyglass/...`: splits of labels by weight, and the labels of a project that are protected."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import PromptReader, PromptWriter, ProtectedLabelWriter, actor_of, project_of
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.features.prompts import labels
from spyglass.features.prompts.schemas import (
    Label,
    ProtectedLabelsIn,
    ProtectedLabelsOut,
    SplitIn,
    SplitOut,
)

router = APIRouter(prefix="/api/public/spyglass", tags=["Prompts"])

_LABEL = "/prompts/{name:path}/labels/{label}"
_PROTECTED = "/projects/{project_id}/protected-labels"


@router.get(_LABEL, response_model=SplitOut, responses=errors(401, 403, 404))
def get_prompt_label(request: Request, caller: PromptReader, name: str, label: str) -> Response:
    """The versions that a label points at, with their weights."""
    return FastJSON(labels.read_split(state_of(request).stores.meta, project_of(caller), name, label))


@router.put(_LABEL, response_model=SplitOut, responses=errors(400, 401, 403, 404))
def set_prompt_label(
    request: Request, caller: PromptWriter, name: str, label: Label, body: SplitIn
) -> Response:
    """Split the fetches of a label over versions by weight; one version is a plain label."""
    meta = state_of(request).stores.meta
    return FastJSON(labels.set_split(meta, caller, name, label, body.versions))


@router.delete(_LABEL, status_code=204, response_model=None, responses=errors(400, 401, 403, 404))
def delete_prompt_label(request: Request, caller: PromptWriter, name: str, label: str) -> Response:
    """Take a label away from every version."""
    labels.delete_split(state_of(request).stores.meta, caller, name, label)
    return Response(status_code=204)


@router.get(_PROTECTED, response_model=ProtectedLabelsOut, responses=errors(401, 403, 404))
def get_protected_labels(request: Request, caller: ProtectedLabelWriter, project_id: str) -> Response:
    meta = state_of(request).stores.meta
    return FastJSON({"labels": labels.read_protected(meta, caller.organization_id, project_id)})


@router.put(_PROTECTED, response_model=ProtectedLabelsOut, responses=errors(400, 401, 403, 404))
def set_protected_labels(
    request: Request, caller: ProtectedLabelWriter, project_id: str, body: ProtectedLabelsIn
) -> Response:
    """Protect these labels and no others: keys of the project can then not set, move or take them away."""
    found = labels.set_protected(state_of(request).stores.meta, actor_of(caller), project_id, body.labels)
    return FastJSON({"labels": found})
