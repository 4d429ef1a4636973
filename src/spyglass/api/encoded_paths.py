"""Routes whose names may hold slashes: a percent-encoded `/` is part of a name, a plain one separates. The framework
decodes the path before it routes, which would take `a%2Fruns` for `a` and its `runs`.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar
from urllib.parse import unquote

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Message, Scope

from spyglass.ingest.accept import read_body


class EncodedPathRoute(APIRoute):
    """For `APIRouter(route_class=...)`. Matches the path as it was sent and decodes the parameters then. With
    `{name:path}` the requests of proxies that decode slashes are understood too, as far as they can be.
    """

    max_body_bytes: ClassVar[int | None] = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        raw: bytes | None = scope.get("raw_path")
        if not raw:
            return super().matches(scope)
        given = scope.get("path_params", {})
        match, found = super().matches({**scope, "path": raw.decode("ascii", "replace")})
        parameters: dict[str, Any] = found.get("path_params", {})
        for name, value in parameters.items():
            if name not in given and isinstance(value, str):
                parameters[name] = unquote(value)
        return match, found

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answers 413 to a body over `max_body_bytes`, read no further than that."""
        handle = super().get_route_handler()
        limit = self.max_body_bytes
        if limit is None:
            return handle

        async def read_and_handle(request: Request) -> Response:
            body = await read_body(request.stream(), request.headers.get("content-length"), limit)

            async def receive() -> Message:
                return {"type": "http.request", "body": body, "more_body": False}

            return await handle(Request(request.scope, receive))

        return read_and_handle
