"""Without credentials every route is refused, but for the two that are open; with half a pair too."""

import base64

import pytest
from fastapi.routing import APIRoute

from spyglass.server.wiring import ROUTERS

OPEN = {"/api/public/health", "/api/public/ready"}
# Opened by the signed link in their path alone: whatever the key, another path is refused.
SIGNED = {"/api/public/spyglass/media/{token}"}
# The files of the web UI, which hold nothing of anybody (test_web.py).
PAGES = {"/assets/{name:path}", "/{path:path}"}
# Whoever comes here wants credentials: a form that is empty, a link and a provider that nobody knows.
SIGN_IN = {
    "/api/ui/auth/options": 200,
    "/api/ui/auth/first-user": 400,
    "/api/ui/auth/sign-up": 400,
    "/api/ui/auth/sign-in": 400,
    "/api/ui/auth/reset-password": 400,
    "/api/ui/auth/oidc/{provider}/start": 404,
    "/api/ui/auth/oidc/{provider}/callback": 404,
    "/api/ui/auth/invitations/{token}": 404,
    "/api/ui/auth/invitations/{token}/accept": 400,
}
# Of a published trace, which an empty question does not name (test_published.py).
PUBLISHED = "/api/ui/published/"
CALLS = [
    pytest.param(method, route.path, id=f"{method} {route.path}")
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.path not in PAGES
    for method in sorted(route.methods)
]


def example(path: str) -> str:
    """The path with an id in the place of its parameter."""
    head, opened, rest = path.partition("{")
    return head + "x" + rest.partition("}")[2] if opened else path


def refusal(path: str) -> dict[str, object]:
    """The body of the 401, of which three groups of routes have a form of their own."""
    if path.startswith("/api/admin/"):
        return {"error": "Invalid token"}
    if path.startswith("/api/public/scim/"):
        schema = "urn:ietf:params:scim:api:messages:2.0:Error"
        return {"schemas": [schema], "detail": "No authorization header", "status": "401"}
    if path.startswith("/api/ui/"):
        return {"message": "You are not signed in", "error": "UnauthorizedError"}
    # Only the batch endpoint has always named the error too.
    named = {"error": "UnauthorizedError"} if path == "/api/public/ingestion" else {}
    return {"message": "No authorization header", **named}


def basic(pair: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_credentials(client, method: str, path: str) -> None:
    answer = client.request(method, example(path))
    if path in OPEN:
        assert answer.status_code == 200
    elif path in SIGNED:
        assert (answer.status_code, answer.json()["error"]) == (403, "ForbiddenError")
    elif path.startswith(PUBLISHED):
        assert answer.status_code == 400
    elif path in SIGN_IN:
        assert answer.status_code == SIGN_IN[path] and "set-cookie" not in answer.headers
    else:
        body = answer.json()
        if path.startswith("/api/ui/"):
            assert body.pop("requestId") == answer.headers["x-request-id"]
        assert (answer.status_code, body) == (401, refusal(path))


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_with_halves_that_do_not_belong_together(client, project, stranger, method: str, path: str) -> None:
    answer = client.request(
        method, example(path), headers=basic(f"{project.public_key}:{stranger.secret_key}")
    )
    if path.startswith(PUBLISHED):
        assert answer.status_code == 400  # whatever the credentials
        return
    expected = SIGN_IN.get(path) or (200 if path in OPEN else 403 if path in SIGNED else 401)
    assert answer.status_code == expected
