"""`/assets/...`, a few files at the top, and the page itself at every path that is no route of the API."""

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from spyglass.core.errors import NotFound
from spyglass.features.web import service

# Below these, what is unknown is a 404 of the API and never a page.
RESERVED = ("api", "v1", "assets", "openapi.json", "metrics")
CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
_READS = ("GET", "HEAD")
# A name in assets changes with its content; other files are asked for again, and mostly not sent again.
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


class PageRoute(APIRoute):
    """Matches what is neither below a reserved name nor a write: those are left to others, and to their errors."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        first = scope["path"].lstrip("/").partition("/")[0]
        if scope.get("method") not in _READS or first in RESERVED:
            return Match.NONE, {}
        return super().matches(scope)


assets_router = APIRouter(include_in_schema=False)
router = APIRouter(route_class=PageRoute, include_in_schema=False)


@assets_router.api_route("/assets/{name:path}", methods=list(_READS))
def get_asset(request: Request, name: str) -> Response:
    found = service.read_file(name, "assets", request.headers.get("accept-encoding", ""))
    if found is None:
        raise NotFound("Not Found")
    return _answer(request, found, _FOR_EVER)


@router.api_route("/{path:path}", methods=list(_READS))
def get_page(request: Request, path: str) -> Response:
    found = service.read_file(path, "", request.headers.get("accept-encoding", ""))
    if found is not None:
        return _answer(request, found, _ASK_AGAIN)
    page = service.read_page(request.scope.get("root_path", ""))
    if page is None:
        return PlainTextResponse(service.NOT_BUILT + "\n", status_code=503)
    headers = {"content-security-policy": CSP, "cache-control": "no-cache", "x-frame-options": "DENY"}
    if path.startswith("public/"):  # a published trace: for those who got the link, not to be found
        headers["x-robots-tag"] = "noindex, nofollow"
    return Response(page, media_type="text/html", headers=headers)


def _answer(request: Request, found: service.Content, caching: str) -> Response:
    headers = {"cache-control": caching, "etag": found.etag, "vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == found.etag:
        return Response(status_code=304, headers=headers)
    if found.encoding:
        headers["content-encoding"] = found.encoding
    # An SVG can hold scripts, and would run them when it is opened by itself. A worker is held to the policy of its
    # own file, not to that of the page: it needs the server and its chunks.
    script = "; script-src 'self'; connect-src 'self'" if found.type.startswith("text/javascript") else ""
    headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'" + script
    return Response(found.data, media_type=found.type, headers=headers)
