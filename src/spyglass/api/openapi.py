"""The OpenAPI document: operation ids are the names of the route functions, and what the framework says about
422 is replaced by the 400 that we answer.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from spyglass.api.schemas import ErrorOut

_METHODS = ("get", "post", "put", "patch", "delete")


def operation_id(route: APIRoute) -> str:
    return route.name


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: the error bodies that it may answer beside its success."""
    words = {
        400: "The request breaks a rule",
        401: "No or wrong credentials",
        403: "The credentials do not allow this",
        404: "No such record in the project",
        503: "Try again",
    }
    return {status: {"model": ErrorOut, "description": words[status]} for status in statuses}


def install_openapi(app: FastAPI) -> None:
    """Make `app.openapi()` answer the adjusted document."""
    original = app.openapi

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _without_422(original())
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
