"""Made-up requests of every operation of our own document: none may fail with a 5xx, none may answer with a
status or a body that the document does not know. `make fuzz` asks many more of them than the test suite does.
"""

from collections.abc import Callable, Mapping

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, settings
from people import add_person
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from starlette.testclient import TestClient

from spyglass.api.app import create_app
from spyglass.api.callers import Of, Requires
from spyglass.api.sessions import COOKIE
from spyglass.server.wiring import ROUTERS, Parts
from spyglass.stores.meta.sign_in import Client, open_session
from spyglass.stores.meta.tables import User

DOCUMENT = create_app(None, ROUTERS).openapi()
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
# Each is asked with a key of the kind that it takes, so that what is behind the key check is reached.
KINDS: dict[str, Of] = {
    route.name: inner.call.of
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for inner in route.dependant.dependencies
    if isinstance(inner.call, Requires)
}
# `--hypothesis-profile=fuzz` of `make fuzz` asks for more.
EXAMPLES = 8 if settings.get_current_profile_name() == "default" else settings.default.max_examples
schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="session")
def organization(make_organization: Callable[[], object]) -> object:
    return make_organization()


@pytest.fixture(scope="session")
def keys(organization: object, parts: object) -> Mapping[Of, dict[str, str]]:
    return {
        Of.PROJECT: organization.project.basic,  # type: ignore[attr-defined]
        Of.ANY: organization.project.basic,  # type: ignore[attr-defined]
        Of.ORGANIZATION: organization.basic,  # type: ignore[attr-defined]
        Of.INSTANCE: {"authorization": f"Bearer {parts.state.admin_key}"},  # type: ignore[attr-defined]
    }


@pytest.fixture(scope="session")
def user(organization: object, parts: Parts) -> User:
    return add_person(parts, organization.id, "OWNER")  # type: ignore[attr-defined]


@pytest.fixture
def session_of_user(parts: Parts, user: User) -> dict[str, str]:
    """A new one for each operation: some end it."""
    with parts.stores.meta.begin() as session:
        _, token = open_session(session, user.id, Client("", ""), parts.state.sign_in.lifetimes)
    return {"cookie": f"{COOKIE}={token}", "x-spyglass-csrf": parts.state.sessions.csrf_of(token)}


@schema.parametrize()
@settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
)
def test_an_operation_answers_as_documented(
    case: schemathesis.Case,
    client: TestClient,
    keys: Mapping[Of, dict[str, str]],
    organization: object,
    session_of_user: dict[str, str],
) -> None:
    client.cookies.clear()
    if case.operation.path.startswith("/api/ui/projects/{project_id}"):
        # What is behind the check of the place is reached only in a place of one's own.
        case.path_parameters["project_id"] = organization.project.id  # type: ignore[attr-defined]
    if case.operation.path.startswith("/api/ui/organizations/{organization_id}/"):
        case.path_parameters["organization_id"] = organization.id  # type: ignore[attr-defined]
    request = case.as_transport_kwargs(base_url="http://testserver")
    given = {name: text for name, text in (request.pop("headers", None) or {}).items()}
    kind = KINDS.get(case.operation.definition.raw["operationId"])
    sent = {name: text for name, text in given.items() if name.lower() != "authorization"}
    if kind is not None:
        sent |= session_of_user if kind is Of.PERSON else keys[kind]
    data = request.pop("data", None)
    response = client.request(
        request["method"], request["url"], params=request.get("params"), json=request.get("json"), content=data,
        headers=sent, follow_redirects=False,
    )  # fmt: skip
    # A 503 is what the health route is for, and a 501 is an answer where the document names it.
    expected = response.status_code == 501 or (kind is None and "Health" in str(case.operation.tags))
    checks = CHECKS[1:] if expected else CHECKS
    case.validate_response(response, checks=checks)
