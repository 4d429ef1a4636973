"""Every route names one permission in its signature, or stands on the list of public ones."""

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from spyglass.api.callers import Of, Requires
from spyglass.core.permissions import Permission
from spyglass.server.wiring import ROUTERS

PUBLIC = {
    ("GET", "/api/public/health"),
    ("GET", "/api/public/ready"),
    # The signed link in the path is the permission: SDKs and browsers send no key with it (contract 5.1).
    ("PUT", "/api/public/spyglass/media/{token}"),
    ("GET", "/api/public/spyglass/media/{token}"),
    # The files of the web UI hold nothing of anybody; what it shows comes from routes that ask who it is.
    ("GET", "/assets/{name:path}"),
    ("HEAD", "/assets/{name:path}"),
    ("GET", "/{path:path}"),
    ("HEAD", "/{path:path}"),
    # Of a published trace alone (test_published.py).
    *(("GET", f"/api/ui/published/{what}") for what in ("trace", "span", "span/text", "media")),
    *(
        ("GET", f"/api/ui/published/trace/{what}")
        for what in ("skeleton", "children", "ancestors", "find", "conversation")
    ),
    # How one gets a session. What is in the body or the path - a password, a token, a code - is the permission.
    ("GET", "/api/ui/auth/options"),
    ("POST", "/api/ui/auth/first-user"),
    ("POST", "/api/ui/auth/sign-up"),
    ("POST", "/api/ui/auth/sign-in"),
    ("POST", "/api/ui/auth/reset-password"),
    ("GET", "/api/ui/auth/oidc/{provider}/start"),
    ("GET", "/api/ui/auth/oidc/{provider}/callback"),
    ("GET", "/api/ui/auth/invitations/{token}"),
    ("POST", "/api/ui/auth/invitations/{token}/accept"),
}
# Questions whose filter is larger than an address may be, and states that are kept for a link: they change no record.
ASKED_BY_POST = {
    *(
        ("POST", f"/api/ui/projects/{{project_id}}/{{entity}}/{what}")
        for what in ("query", "count", "histogram")
    ),
    *(("POST", f"/api/ui/projects/{{project_id}}/{{entity}}/{what}") for what in ("facets", "values")),
    ("POST", "/api/ui/projects/{project_id}/{entity}/bulk-jobs/preview"),
    ("POST", "/api/ui/projects/{project_id}/snapshots"),
}
# What a public key alone may call; the batch route lets each of its events ask for more.
FOR_PUBLIC_KEYS = {("POST", "/api/public/ingestion"), ("POST", "/api/public/scores")}

# Whoever may change these may also see them: there is no permission only for reading.
BOTH_WAYS = {
    Permission.INTEGRATIONS_WRITE,
    Permission.ORGANIZATION_API_KEYS,
    Permission.ORGANIZATION_UPDATE,
    Permission.ORGANIZATION_MEMBERS_WRITE,
    Permission.PROMPT_PROTECTED_LABELS_WRITE,
    Permission.TRACES_DELETE,
}

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
    found = list(required(route.dependant))
    place = (method, route.path)
    if place in PUBLIC:
        assert found == []
        return
    assert len(found) == 1, "name one alias of api/callers.py in the signature"
    needed = found[0].permission
    assert (needed is Permission.SCORES_CREATE) == (place in FOR_PUBLIC_KEYS)
    if found[0].of is Of.PERSON:
        # What is one's own: the service looks it up by the person of the session.
        assert needed is None
    elif needed is None:
        assert method == "GET"
    elif needed not in (Permission.INGEST, Permission.INSTANCE_ADMIN, Permission.SCORES_CREATE):
        reads = needed.value.endswith(":read")
        asks = method == "GET" or place in ASKED_BY_POST
        assert reads is asks or needed in BOTH_WAYS, f"{needed} on a {method}"
