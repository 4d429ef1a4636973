"""Without credentials every route is refused, but for the two that are open; with half a pair too."""

import base64

import pytest
from fastapi.routing import APIRoute

from spyglass.server import ROUTERS

OPEN = {"/api/public/health", "/api/public/ready"}
CALLS = [
    pytest.param(method, route.path, id=f"{method} {route.path}")
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]


def example(path: str) -> str:
    """The path with an id in the place of its parameter."""
    head, opened, rest = path.partition("{")
    return head + "x" + rest.partition("}")[2] if opened else path


def basic(pair: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_credentials(client, method: str, path: str) -> None:
    answer = client.request(method, example(path))
    if path in OPEN:
        assert answer.status_code == 200
    else:
        # Only the batch endpoint has always named the error too.
        named = {"error": "UnauthorizedError"} if path == "/api/public/ingestion" else {}
        assert (answer.status_code, answer.json()) == (401, {"message": "No authorization header", **named})


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_with_halves_that_do_not_belong_together(client, project, stranger, method: str, path: str) -> None:
    answer = client.request(
        method, example(path), headers=basic(f"{project.public_key}:{stranger.secret_key}")
    )
    assert answer.status_code == (200 if path in OPEN else 401)
