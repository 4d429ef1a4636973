"""Caps the bodies that the framework reads whole, before anything asks who sent them.

The write routes and the upload of media have limits of their own and read bodies in pieces.
"""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spyglass.api.errors import error_response
from spyglass.ingest.accept import too_large

LIMIT_BYTES = 16 << 20
_OWN_LIMITS = (
    "/api/public/ingestion",
    "/api/public/otel/",
    "/v1/",
    "/api/public/spyglass/media/",
    *(f"/api/public/{each}" for each in ("traces", "spans", "generations", "events", "scores")),
)


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "GET" or _has_own_limit(scope):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length[:20]) > LIMIT_BYTES:
            await error_response(too_large(LIMIT_BYTES))(scope, receive, send)
            return
        size = 0

        async def receive_some() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LIMIT_BYTES:
                # The framework takes any other exception of a body for one that cannot be parsed.
                raise HTTPException(413, too_large(LIMIT_BYTES).message)
            return message

        await self._app(scope, receive_some, send)


def _has_own_limit(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(_OWN_LIMITS) and (scope["method"] != "DELETE")
