"""The OpenAPI document: operation ids are the names of the route functions, and what the framework says about
422 is replaced by the 400 that we answer.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from spyglass.api.schemas import ErrorOut

_METHODS = ("get", "post", "put", "patch", "delete")
_SCHEMAS = "#/components/schemas/"
_WORDS = {
    400: "The request breaks a rule",
    401: "No or wrong credentials",
    403: "The credentials do not allow this",
    404: "No such record in the project",
    408: "The body did not arrive in time",
    409: "It exists already, or something needs it",
    413: "The body is too large",
    415: "The encoding of the body is not known",
    422: "The question takes too much time or memory",
    429: "Too many requests",
    501: "Not available here",
    503: "Try again",
}
_described: dict[str, type[BaseModel]] = {}


def operation_id(route: APIRoute) -> str:
    return route.name


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """For `openapi_extra=` of a route that reads the raw body: what it understands."""
    _described[model.__name__] = model
    schema = {"$ref": _SCHEMAS + model.__name__}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: the error bodies that it may answer beside its success."""
    return {status: {"model": ErrorOut, "description": _WORDS[status]} for status in statuses}


def install_openapi(app: FastAPI) -> None:
    """Make `app.openapi()` answer the adjusted document."""
    original = app.openapi

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_described(_with_common_errors(_without_422(original())))
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _without_422(document: dict[str, Any]) -> dict[str, Any]:
    for path in document.get("paths", {}).values():
        for method in _METHODS:
            path.get(method, {}).get("responses", {}).pop("422", None)
    schemas = document.get("components", {}).get("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document


def _with_common_errors(document: dict[str, Any]) -> dict[str, Any]:
    """What the layers around every route may answer."""
    error = {"application/json": {"schema": {"$ref": f"{_SCHEMAS}ErrorOut"}}}
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if method not in item:
                continue
            statuses = {400, 401, 403, 429, 503}
            statuses |= {404} if "{" in path else set()
            statuses |= {408, 413, 415} if "requestBody" in item[method] else set()
            for status in sorted(statuses):
                answer = {"description": _WORDS[status], "content": error}
                item[method]["responses"].setdefault(str(status), answer)
    return document


def _with_described(document: dict[str, Any]) -> dict[str, Any]:
    _, found = models_json_schema(
        [(model, "validation") for model in _described.values()], ref_template=_SCHEMAS + "{model}"
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    document["components"]["schemas"] = dict(sorted({**schemas, **found.get("$defs", {})}.items()))
    return document
