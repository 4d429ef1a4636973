"""The outermost layer of HTTP: a request id, security headers, CORS for routes that keys open, and the answer
when a handler fails unexpectedly. Plain ASGI, because every request pays for it.
"""

import logging
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spyglass.api.errors import error_response, unexpected_response
from spyglass.core.errors import NotFound
from spyglass.core.ids import new_id

log = logging.getLogger(__name__)

# Any origin may call these with a key. No answer allows credentials and `session_token` passes over cookies that a
# foreign page sends, so that nothing of a session is open to it.
KEY_ROUTES = ("/api/public/", "/v1/")

_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
_EVERY_ANSWER = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_DATA = ("/api/", "/v1/", "/openapi.json")
# What is opened as a page by itself, such as an error, shows nothing and runs nothing; the web UI has rules of its own.
_OF_DATA = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
_EXPOSED = "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"


class Edge:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _SANE_ID.fullmatch(given) else new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        added = _headers_for(scope, headers, request_id)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add(message, added)
            await send(message)

        if scope["method"] == "OPTIONS" and scope["path"].startswith(KEY_ROUTES):
            await _answer_preflight(send_with_headers)
            return
        if scope["path"].endswith("\n"):
            # The `$` of the framework's patterns matches before it too: `a%0A` would reach the record `a`.
            await error_response(NotFound("Not Found"))(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            log.debug("client went away: %s %s", scope["method"], scope["path"])
        except Exception:
            log.exception("request %s failed: %s %s", request_id, scope["method"], scope["path"])
            if started:
                raise
            await unexpected_response()(scope, receive, send_with_headers)


def _headers_for(scope: Scope, headers: Headers, request_id: str) -> dict[str, str]:
    """What every answer to this request carries, unless the answer sets it itself."""
    path: str = scope["path"]
    added = {**_EVERY_ANSWER, "x-request-id": request_id}
    if path.startswith(_DATA):
        added |= _OF_DATA
    if scope.get("scheme") == "https":
        added["strict-transport-security"] = "max-age=31536000"
    origin = headers.get("origin")
    if origin is not None and path.startswith(KEY_ROUTES):
        added["access-control-allow-origin"] = origin
        added["access-control-expose-headers"] = _EXPOSED
        added["cross-origin-resource-policy"] = "cross-origin"
        added["vary"] = "Origin"
        if scope["method"] == "OPTIONS":
            asked = headers.get("access-control-request-headers", "authorization, content-type")
            added["access-control-allow-methods"] = _METHODS
            added["access-control-allow-headers"] = asked
            added["access-control-max-age"] = "600"
    return added


def _add(message: Message, added: dict[str, str]) -> None:
    headers = MutableHeaders(scope=message)
    for name, text in added.items():
        headers.setdefault(name, text)


async def _answer_preflight(send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
