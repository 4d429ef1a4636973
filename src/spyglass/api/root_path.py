"""Serving under a path such as `/spyglass`. Plain ASGI, around everything else: what is within never sees the prefix.

A proxy may pass the prefix on or take it away; both work.
"""

from starlette.types import ASGIApp, Receive, Scope, Send


class RootPath:
    def __init__(self, app: ASGIApp, root_path: str) -> None:
        """`root_path` begins with a slash and does not end with one."""
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "root_path": self._root_path, "path": self._without(scope["path"])}
            raw: bytes | None = scope.get("raw_path")
            if raw is not None:
                scope["raw_path"] = self._without(raw.decode("latin-1")).encode("latin-1")
        await self._app(scope, receive, send)

    def _without(self, path: str) -> str:
        if path == self._root_path:
            return "/"
        return path.removeprefix(self._root_path) if path.startswith(self._root_path + "/") else path
