"""`/api/public/v2/prompts`, and the first generation of it, `/api/public/prompts`."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import PromptReader, PromptWriter, project_of
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.features.prompts import reading, service
from spyglass.features.prompts.listing import list_prompts as list_names
from spyglass.features.prompts.schemas import (
    DeletionParams,
    FirstPromptParams,
    NewLabels,
    NewPrompt,
    PromptListParams,
    PromptOut,
    PromptPageOut,
    PromptParams,
)

router = APIRouter(prefix="/api/public", tags=["Prompts"])

_SUBJECT = "x-spyglass-subject"


@router.get("/v2/prompts", response_model=PromptPageOut, responses=errors(400, 401, 403))
def list_prompts(
    request: Request, caller: PromptReader, params: Annotated[PromptListParams, Query()]
) -> Response:
    return FastJSON(list_names(state_of(request).stores.meta, project_of(caller), params))


@router.post("/v2/prompts", status_code=201, response_model=PromptOut, responses=errors(400, 401, 403))
def create_prompt(request: Request, caller: PromptWriter, body: Annotated[NewPrompt, Body()]) -> Response:
    found = service.create_prompt(state_of(request).stores.meta, caller, body)
    return FastJSON(found, status_code=201)


# A name may hold slashes, which some clients do not encode and some servers decode before they route.
@router.get("/v2/prompts/{name:path}", response_model=PromptOut, responses=errors(400, 401, 403, 404, 409))
async def get_prompt(
    request: Request, caller: PromptReader, name: str, params: Annotated[PromptParams, Query()]
) -> Response:
    """Answered on the spot when it is in memory; only a first fetch goes to a thread."""
    state, project_id = state_of(request), project_of(caller)
    wanted = reading.wanted_of(name, params.version, params.label, params.resolve)
    subject = _subject_of(request, params.subject)
    answer = reading.known_answer(state, project_id, wanted, subject)
    if answer is None:
        answer = await run_in_threadpool(reading.read_answer, state, project_id, wanted, subject)
    return _respond(answer)


@router.delete(
    "/v2/prompts/{name:path}", status_code=204, response_model=None, responses=errors(400, 401, 403, 404)
)
def delete_prompt(
    request: Request, caller: PromptWriter, name: str, params: Annotated[DeletionParams, Query()]
) -> Response:
    service.delete_versions(state_of(request).stores.meta, caller, name, params)
    return Response(status_code=204)


@router.patch(
    "/v2/prompts/{name:path}/versions/{version}",
    response_model=PromptOut,
    responses=errors(400, 401, 403, 404),
)
def update_prompt_version(
    request: Request, caller: PromptWriter, name: str, version: int, body: NewLabels
) -> Response:
    meta = state_of(request).stores.meta
    return FastJSON(service.add_labels(meta, caller, name, version, body.new_labels))


@router.get("/prompts", response_model=PromptOut, responses=errors(400, 401, 403, 404, 409))
def get_prompt_v1(
    request: Request, caller: PromptReader, params: Annotated[FirstPromptParams, Query()]
) -> Response:
    wanted = reading.wanted_of(params.name, params.version, None)
    subject = _subject_of(request, None)
    return _respond(reading.read_answer(state_of(request), project_of(caller), wanted, subject))


@router.post("/prompts", status_code=201, response_model=PromptOut, responses=errors(400, 401, 403))
def create_prompt_v1(request: Request, caller: PromptWriter, body: Annotated[NewPrompt, Body()]) -> Response:
    found = service.create_prompt(state_of(request).stores.meta, caller, body)
    return FastJSON(found, status_code=201)


def _subject_of(request: Request, parameter: str | None) -> bytes | None:
    if parameter is not None:
        return parameter.encode()
    header = request.headers.get(_SUBJECT)
    return header.encode("latin-1") if header else None  # the bytes that the client sent


def _respond(answer: reading.Answer) -> Response:
    headers = {"x-spyglass-split": answer.split} if answer.split else None
    return Response(answer.body, media_type="application/json", headers=headers)
