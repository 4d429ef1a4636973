"""Every route names one permission in its signature, or stands on the list of public ones."""

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from spyglass.api.callers import Requires
from spyglass.core.permissions import Permission
from spyglass.server import ROUTERS

PUBLIC = {("GET", "/api/public/health"), ("GET", "/api/public/ready")}
# What a public key alone may call; the batch route lets each of its events ask for more.
FOR_PUBLIC_KEYS = {("POST", "/api/public/ingestion"), ("POST", "/api/public/scores")}

# `ROUTERS` and not `app.routes`: the framework does not flatten included routers.
ROUTES = [route for router in ROUTERS for route in router.routes]
CALLS = [
    (method, route) for route in ROUTES if isinstance(route, APIRoute) for method in sorted(route.methods)
]


def required(dependant: Dependant) -> Iterator[Requires]:
    if isinstance(dependant.call, Requires):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from required(inner)


def test_only_routes_that_this_test_understands() -> None:
    assert [route for route in ROUTES if not isinstance(route, APIRoute)] == []
    assert {(method, route.path) for method, route in CALLS} > PUBLIC | FOR_PUBLIC_KEYS


@pytest.mark.parametrize(
    ("method", "route"), [pytest.param(*call, id=f"{call[0]} {call[1].path}") for call in CALLS]
)
def test_a_route_names_its_permission(method: str, route: APIRoute) -> None:
    found = [each.permission for each in required(route.dependant)]
    place = (method, route.path)
    if place in PUBLIC:
        assert found == []
        return
    assert len(found) == 1, "name one alias of api/callers.py in the signature"
    assert (found[0] is Permission.SCORES_WRITE) == (place in FOR_PUBLIC_KEYS)
    if method == "GET":
        assert found[0] in (Permission.READ, None)  # None: any pair of keys, as `GET /projects`
    elif method == "DELETE":
        assert found[0] is Permission.DELETE
    else:
        assert found[0] in (Permission.INGEST, Permission.SCORES_WRITE)
