"""Exceptions -> the error bodies of the public API. The only place that renders them; details of unexpected
ones go to the log under the request id, never into an answer.
"""

import logging
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.limits import LimitReached
from spyglass.api.places import is_ui
from spyglass.core.errors import (
    Invalid,
    InvalidData,
    MethodNotAllowed,
    NotFound,
    SpyglassError,
    TooLarge,
    TooManyAttempts,
    Unavailable,
)

log = logging.getLogger(__name__)

RETRY_AFTER = {"retry-after": "1"}

# What pydantic calls a problem -> what zod, whose words clients know, calls it.
_CODES = {
    "missing": "invalid_type",
    "greater_than_equal": "too_small",
    "greater_than": "too_small",
    "too_short": "too_small",
    "string_too_short": "too_small",
    "less_than_equal": "too_big",
    "less_than": "too_big",
    "too_long": "too_big",
    "string_too_long": "too_big",
    "enum": "invalid_value",
    "literal_error": "invalid_value",
    "extra_forbidden": "unrecognized_keys",
    "value_error": "custom",
}


def install_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(SpyglassError, _answer_known)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


def error_response(error: SpyglassError, request: Request | None = None) -> Response:
    """The answer for one of our errors; in the form of the web UI where `request` is of one of its routes."""
    if isinstance(error, LimitReached):
        return FastJSON(error.body, status_code=error.status, headers=error.headers)
    body: dict[str, Any] = {"message": error.message}
    if isinstance(error, InvalidData):
        body["error"] = error.details
    elif error.name:
        body["error"] = error.name
    headers = RETRY_AFTER if error.retryable else None
    if isinstance(error, TooManyAttempts):
        headers = {"retry-after": str(error.wait_s)}
    if request is not None and is_ui(request):
        body = _body_for_ui(error, request)
    return FastJSON(body, status_code=error.status, headers=headers)


def _body_for_ui(error: SpyglassError, request: Request) -> dict[str, Any]:
    """One form for all errors: what is wrong in words, its name, the id to find it in the log, and for each field of
    a form what is wrong with it."""
    body: dict[str, Any] = {
        "message": error.message,
        "error": error.name or type(error).__name__,
        "requestId": getattr(request.state, "request_id", ""),
    }
    if isinstance(error, InvalidData):
        fields = {".".join(map(str, each["path"])): each["message"] for each in error.details or ()}
        body["fields"] = fields
        body["message"] = "; ".join(f"{name}: {text}" if name else text for name, text in fields.items())
    return body


def unexpected_response() -> Response:
    return FastJSON({"message": "Internal Server Error", "error": "Internal Server Error"}, status_code=500)


async def _answer_known(request: Request, error: Exception) -> Response:
    assert isinstance(error, SpyglassError)
    if error.status >= 500 and not isinstance(error, Unavailable):
        log.error("%s %s failed: %s", request.method, request.url.path, error.message, exc_info=error)
    return error_response(error, request)


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return error_response(invalid_data(error), request)


def invalid_data(error: RequestValidationError) -> InvalidData:
    """What the framework found wrong with a request, as one of our errors."""
    return InvalidData([_issue(found) for found in error.errors()])


def _issue(found: dict[str, Any]) -> dict[str, Any]:
    """One pydantic problem in the form of a zod issue: `path` without the part of the request it is in."""
    where = (
        found["loc"][1:] if found["loc"] and found["loc"][0] in ("query", "body", "path") else found["loc"]
    )
    code = _CODES.get(found["type"])
    if code is None:
        code = "invalid_type" if found["type"].endswith(("_type", "_parsing")) else "custom"
    return {"code": code, "path": list(where), "message": found["msg"].removeprefix("Value error, ")}


async def _answer_http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)
    headers = error.headers
    if error.status_code == 404:
        body = {"message": "Not Found", "error": NotFound.name}
    elif error.status_code == 405:
        body = {"message": "Method not allowed", "error": MethodNotAllowed.name}
    else:
        name = TooLarge.name if error.status_code == 413 else Invalid.name
        body = {"message": str(error.detail), "error": name}
    if is_ui(request):
        body["requestId"] = getattr(request.state, "request_id", "")
    return FastJSON(body, status_code=error.status_code, headers=headers)
