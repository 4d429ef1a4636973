"""Error bodies of the routes that answer in a form of their own: of organizations, of the administrator, SCIM.

A router names one as its `route_class`; every error of its routes, also of the key check, then has that form.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.errors import RETRY_AFTER, error_response, invalid_data
from spyglass.api.limits import LimitReached
from spyglass.core.errors import InvalidData, SpyglassError, Unauthorized

SCIM_MEDIA_TYPE = "application/scim+json"
SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimJSON(FastJSON):
    media_type = SCIM_MEDIA_TYPE


class _OwnErrors(APIRoute):
    """Renders what is wrong with a request; what is wrong with the server goes on to `api/errors.py`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return self.render(invalid_data(error))
            except SpyglassError as error:
                if error.status == 500 or isinstance(error, LimitReached):
                    raise
                return self.render(error)

        return answer

    def render(self, error: SpyglassError) -> Response:
        raise NotImplementedError


class OrganizationRoute(_OwnErrors):
    """`message` and `error` both hold the text: clients of these routes read the one or the other."""

    def render(self, error: SpyglassError) -> Response:
        if isinstance(error, InvalidData | Unauthorized):
            return error_response(error)
        body = {"message": error.message, "error": error.message}
        return FastJSON(body, status_code=error.status, headers=_headers(error))


class AdministratorRoute(_OwnErrors):
    """`{error}`, and `details` with one issue per field where validation failed."""

    def render(self, error: SpyglassError) -> Response:
        body: dict[str, Any] = {"error": error.message}
        if isinstance(error, InvalidData):
            body["details"] = error.details
        return FastJSON(body, status_code=error.status, headers=_headers(error))


class ScimRoute(_OwnErrors):
    """The error object of RFC 7644, section 3.12, where `status` is a text."""

    def render(self, error: SpyglassError) -> Response:
        body = {"schemas": [SCIM_ERROR], "detail": _detail(error), "status": str(error.status)}
        if error.status == 409:
            body["scimType"] = "uniqueness"
        elif error.status == 400:
            body["scimType"] = "invalidValue"
        return ScimJSON(body, status_code=error.status, headers=_headers(error))


def _detail(error: SpyglassError) -> str:
    if not isinstance(error, InvalidData):
        return error.message
    issues = (
        f"{'.'.join(map(str, each['path'])) or 'body'}: {each['message']}" for each in error.details or ()
    )
    return f"{error.message}: {'; '.join(issues)}"


def _headers(error: SpyglassError) -> dict[str, str] | None:
    return RETRY_AFTER if error.retryable else None
