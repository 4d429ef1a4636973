"""`/api/public/scim`: how identity providers find, make, switch off and remove members of an organization."""

from typing import Any

import pytest
from people import add_person, signed_in
from sqlalchemy import select

from spyglass.core.clock import iso_ms, to_us
from spyglass.core.ids import new_id
from spyglass.stores.meta.people import project_roles_of
from spyglass.stores.meta.tables import AuditLog, OrganizationMembership, User

PATH = "/api/public/scim"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
NO_MEMBER = "User not found in organization"


def error(status: int, detail: str, kind: str | None = None) -> dict[str, Any]:
    body = {"schemas": [ERROR], "detail": detail, "status": str(status)}
    return body | ({"scimType": kind} if kind else {})


def replace(path: str | None, value: Any, op: str = "replace") -> dict[str, Any]:
    operation = {"op": op, "value": value} | ({"path": path} if path else {})
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}


@pytest.fixture
def call(client, organization):
    def send(method: str, path: str, body: Any = None, headers: Any = None, **params: Any) -> Any:
        return client.request(
            method, PATH + path, json=body, params=params, headers=headers or organization.basic
        )

    return send


@pytest.fixture
def address() -> str:
    return f"{new_id()}@example.com"


@pytest.fixture
def owner(parts, organization) -> str:
    """So that others may leave."""
    with parts.stores.meta.begin() as session:
        user = User(email=f"{new_id()}@example.com", name="Olga")
        session.add(user)
        session.flush()
        session.add(OrganizationMembership(organization_id=organization.id, user_id=user.id, role="OWNER"))
        return str(user.id)


@pytest.fixture
def made(call, address: str) -> str:
    body = {"userName": address, "name": {"formatted": "Uwe"}, "roles": ["MEMBER"]}
    return str(call("POST", "/Users", body).json()["id"])


@pytest.fixture
def role_of(parts, organization):
    def read(user_id: str) -> str | None:
        with parts.stores.meta.read() as session:
            row = session.get(OrganizationMembership, (organization.id, user_id))
            return row.role if row else None

    return read


class TestDescriptions:
    def test_service_provider_config(self, call) -> None:
        answer = call("GET", "/ServiceProviderConfig")
        assert answer.headers["content-type"] == "application/scim+json"
        assert answer.json() == {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
            "patch": {"supported": False},
            "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": True, "maxResults": 100},
            "changePassword": {"supported": False},
            "sort": {"supported": False},
            "etag": {"supported": False},
            "authenticationSchemes": [
                {
                    "name": "HTTP Basic",
                    "description": "Public and secret key of an organization as user name and password",
                    "specUri": "https://www.rfc-editor.org/rfc/rfc7617",
                    "type": "httpbasic",
                    "primary": True,
                }
            ],
            "meta": {
                "resourceType": "ServiceProviderConfig",
                "location": f"{PATH}/ServiceProviderConfig",
            },
        }

    def test_resource_types(self, call) -> None:
        body = call("GET", "/ResourceTypes").json()
        assert (body["schemas"], body["totalResults"]) == ([LIST], 1)
        assert body["Resources"] == [
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
                "id": "User",
                "name": "User",
                "endpoint": "/Users",
                "description": "A member of the organization",
                "schema": USER,
                "schemaExtensions": [],
                "meta": {"resourceType": "ResourceType", "location": f"{PATH}/ResourceTypes/User"},
            }
        ]

    def test_schemas(self, call) -> None:
        body = call("GET", "/Schemas").json()
        assert (body["schemas"], body["totalResults"]) == ([LIST], 1)
        (schema,) = body["Resources"]
        assert (schema["id"], schema["name"]) == (USER, "User")
        assert schema["meta"] == {"resourceType": "Schema", "location": f"{PATH}/Schemas/{USER}"}
        names = [attribute["name"] for attribute in schema["attributes"]]
        assert names == ["userName", "name", "displayName", "emails", "active", "roles"]


@pytest.mark.parametrize(
    "path", ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/Users", "/Users/x"]
)
def test_the_key_of_a_project(call, project, path: str) -> None:
    answer = call("GET", path, headers=project.basic)
    text = "Invalid API key. Organization-scoped API key required for this operation."
    assert (answer.status_code, answer.json()) == (403, error(403, text))
    assert answer.headers["content-type"] == "application/scim+json"


class TestCreate:
    def test_a_new_user(self, call, address: str, parts, organization, role_of) -> None:
        body = {
            "schemas": [USER],
            "userName": address.upper(),
            "name": {"givenName": "Uwe", "familyName": "Um"},
            "emails": [{"primary": True, "value": address, "type": "work"}],
            "active": True,
            "password": "not taken",
            "externalId": "x",
        }
        answer = call("POST", "/Users", body)
        made = answer.json()
        assert answer.headers["content-type"] == "application/scim+json"
        with parts.stores.meta.read() as session:
            user = session.get_one(User, made["id"])
        assert (answer.status_code, made) == (
            201,
            {
                "schemas": [USER],
                "id": user.id,
                "userName": address,
                "name": {"formatted": "Uwe Um"},
                "displayName": "Uwe Um",
                "emails": [{"primary": True, "value": address, "type": "work"}],
                "active": True,
                "roles": ["NONE"],
                "meta": {
                    "resourceType": "User",
                    "created": iso_ms(to_us(user.created_at)),
                    "lastModified": iso_ms(to_us(user.updated_at)),
                    "location": f"{PATH}/Users/{user.id}",
                },
            },
        )
        assert (user.email, user.name, user.password_hash) == (address, "Uwe Um", None)
        assert role_of(user.id) == "NONE"
        assert call("GET", f"/Users/{user.id}").json() == made
        with parts.stores.meta.read() as session:
            rows = session.scalars(
                select(AuditLog).where(AuditLog.resource_id == user.id).order_by(AuditLog.created_at)
            ).all()
        assert [(row.action, row.resource_type, row.after) for row in rows] == [
            ("create", "user", {"email": address, "name": "Uwe Um"}),
            ("create", "organizationMembership", {"role": "NONE"}),
        ]

    @pytest.mark.parametrize(
        ("fields", "name", "role"),
        [
            ({}, None, "NONE"),
            ({"displayName": "D"}, "D", "NONE"),
            ({"name": {"formatted": "F"}, "displayName": "D"}, "F", "NONE"),
            ({"name": {}, "roles": []}, None, "NONE"),
            ({"roles": ["ADMIN", "OWNER"]}, None, "ADMIN"),
            ({"roles": [{"value": "VIEWER", "primary": True}]}, None, "VIEWER"),
            ({"roles": "OWNER", "active": "True"}, None, "OWNER"),
        ],
    )
    def test_names_and_roles(
        self, call, address: str, role_of, fields: dict[str, Any], name: str | None, role: str
    ) -> None:
        made = call("POST", "/Users", {"userName": address, **fields}).json()
        assert (made["name"]["formatted"], role_of(made["id"])) == (name or address, role)

    def test_a_user_of_another_organization_becomes_a_member(
        self, call, made: str, address: str, make_organization, parts
    ) -> None:
        other = make_organization()
        assert call("GET", "/Users", headers=other.basic).json()["totalResults"] == 0
        body = {"userName": address, "name": {"formatted": "Renamed"}, "roles": ["VIEWER"]}
        answer = call("POST", "/Users", body, other.basic)
        assert (answer.status_code, answer.json()["id"]) == (201, made)
        assert (answer.json()["name"], answer.json()["roles"]) == ({"formatted": "Uwe"}, ["VIEWER"])
        assert call("GET", f"/Users/{made}").json()["roles"] == ["MEMBER"]

    def test_a_member(self, call, made: str, address: str) -> None:
        answer = call("POST", "/Users", {"userName": address})
        detail = "User with this userName already exists"
        assert (answer.status_code, answer.json()) == (409, error(409, detail, "uniqueness"))

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            ({}, "Invalid request data: userName: Field required"),
            ({"userName": "uwe"}, "Invalid request data: userName: must be an e-mail address"),
            (
                {"userName": "a@b.c\0"},
                "Invalid request data: userName: must not contain control characters",
            ),
            (
                {"userName": "a@b.c", "roles": ["GOD"]},
                "Invalid request data: roles.0: Input should be 'OWNER', 'ADMIN', 'MEMBER', 'VIEWER' or 'NONE'",
            ),
            (
                {"userName": "a@b.c", "active": False},
                "An inactive user is no member, so there is nothing to create",
            ),
        ],
    )
    def test_invalid(self, call, body: Any, detail: str) -> None:
        answer = call("POST", "/Users", body)
        assert (answer.status_code, answer.json()) == (400, error(400, detail, "invalidValue"))
        assert call("GET", "/Users").json()["totalResults"] == 0

    def test_the_media_type_of_scim(self, client, organization, address: str) -> None:
        headers = organization.basic | {"content-type": "application/scim+json; charset=utf-8"}
        answer = client.post(f"{PATH}/Users", content=f'{{"userName":"{address}"}}'.encode(), headers=headers)
        assert answer.status_code == 201


class TestList:
    @pytest.fixture
    def members(self, call) -> list[str]:
        """Addresses, oldest first."""
        addresses = [f"{new_id()}@example.com" for _ in range(3)]
        for each in addresses:
            assert call("POST", "/Users", {"userName": each}).status_code == 201
        return addresses

    def test_whole_body(self, call, made: str) -> None:
        assert call("GET", "/Users").json() == {
            "schemas": [LIST],
            "totalResults": 1,
            "startIndex": 1,
            "itemsPerPage": 1,
            "Resources": [call("GET", f"/Users/{made}").json()],
        }

    @pytest.mark.parametrize(
        ("params", "expected", "start"),
        [
            ({}, [0, 1, 2], 1),
            ({"startIndex": 2}, [1, 2], 2),
            ({"startIndex": 2, "count": 1}, [1], 2),
            ({"startIndex": 0, "count": 1}, [0], 1),
            ({"startIndex": 9}, [], 9),
            ({"count": 0}, [], 1),
            ({"count": -1}, [], 1),
            ({"filter": 'displayName co "x"'}, [0, 1, 2], 1),
        ],
    )
    def test_pages(
        self, call, members: list[str], params: dict[str, Any], expected: list[int], start: int
    ) -> None:
        body = call("GET", "/Users", **params).json()
        assert [user["userName"] for user in body["Resources"]] == [members[at] for at in expected]
        assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (3, start, len(expected))

    def test_filter(self, call, members: list[str], make_organization) -> None:
        asked = f'username EQ "{members[1].upper()}"'
        body = call("GET", "/Users", filter=asked).json()
        assert ([user["userName"] for user in body["Resources"]], body["totalResults"]) == ([members[1]], 1)
        other = call("GET", "/Users", headers=make_organization().basic, filter=asked).json()
        assert (other["Resources"], other["totalResults"]) == ([], 0)

    @pytest.mark.parametrize("params", [{"startIndex": "x"}, {"count": 10**12}, {"filter": "a\0"}])
    def test_invalid(self, call, params: dict[str, Any]) -> None:
        answer = call("GET", "/Users", **params)
        assert (answer.status_code, answer.json()["status"]) == (400, "400")


class TestPeople:
    """SCIM asks nobody: a person who administers an organization must not make members by it, or raise them."""

    def test_a_session_is_not_enough(self, parts, organization, address: str, role_of) -> None:
        project_id = organization.project.id
        limited = add_person(parts, organization.id, "ADMIN", {project_id: "NONE"})
        nobody, stranger = add_person(parts, organization.id, "NONE"), add_person(parts)
        browser = signed_in(parts, limited, organization=organization.id)
        raised = replace("roles", ["ADMIN"])
        for method, path, body in (
            ("GET", "/Users", None),
            ("POST", "/Users", {"userName": stranger.email, "roles": ["ADMIN"]}),
            ("POST", "/Users", {"userName": address, "roles": ["ADMIN"]}),
            ("PUT", f"/Users/{nobody.id}", {"roles": ["ADMIN"]}),
            ("PATCH", f"/Users/{nobody.id}", raised),
            ("DELETE", f"/Users/{nobody.id}", None),
        ):
            answer = browser.ask(method, PATH + path, json=body)
            assert (answer.status_code, answer.json()) == (
                403,
                error(403, "This needs an API key, not a person who is signed in"),
            )
        assert (role_of(nobody.id), role_of(stranger.id)) == ("NONE", None)


class TestSwitchingOff:
    def test_who_comes_back_has_no_more_in_a_project(self, call, parts, organization, owner: str) -> None:
        """A lower role in a project keeps its holder from what the organization would give."""
        project_id = organization.project.id
        lower = add_person(parts, organization.id, "ADMIN", {project_id: "NONE"})
        higher = add_person(parts, organization.id, "VIEWER", {project_id: "OWNER"})
        for user in (lower, higher):
            for active in (False, True):
                answer = call("PATCH", f"/Users/{user.id}", replace("active", active))
                assert (answer.status_code, answer.json()["active"]) == (200, active)
        with parts.stores.meta.read() as session:
            found = {each.id: project_roles_of(session, each.id)[project_id][1] for each in (lower, higher)}
        assert found == {lower.id: "NONE", higher.id: "VIEWER"}

    def test_a_role_that_the_provider_names_is_limited_too(
        self, call, parts, organization, owner: str
    ) -> None:
        project_id = organization.project.id
        user = add_person(parts, organization.id, "MEMBER", {project_id: "VIEWER"})
        call("PATCH", f"/Users/{user.id}", replace("active", False))
        answer = call("PUT", f"/Users/{user.id}", {"active": True, "roles": ["ADMIN"]})
        assert answer.json()["roles"] == ["ADMIN"]
        with parts.stores.meta.read() as session:
            assert project_roles_of(session, user.id)[project_id][1] == "VIEWER"

    @pytest.mark.parametrize(
        ("method", "off", "on"),
        [
            ("PATCH", replace("active", False), replace("active", True)),
            ("PATCH", replace(None, {"active": False}), replace(None, {"active": True})),
            ("PATCH", replace("active", "False", "Replace"), replace("active", "True", "Replace")),
            ("PUT", {"active": False}, {"active": True, "name": {"formatted": "Ignored"}}),
        ],
    )
    def test_access_ends_and_comes_back_with_the_role(
        self, call, made: str, role_of, parts, method: str, off: Any, on: Any
    ) -> None:
        answer = call(method, f"/Users/{made}", off)
        body = answer.json()
        assert (answer.status_code, body["id"], body["active"], body["roles"]) == (200, made, False, [])
        assert role_of(made) is None
        assert call(method, f"/Users/{made}", off).json() == body  # repeated
        assert call("GET", f"/Users/{made}").status_code == 404
        answer = call(method, f"/Users/{made}", on)
        assert (answer.status_code, answer.json()["active"], answer.json()["roles"]) == (
            200,
            True,
            ["MEMBER"],
        )
        assert role_of(made) == "MEMBER"
        with parts.stores.meta.read() as session:
            assert session.get_one(User, made).name == "Uwe"

    def test_the_last_owner_stays(self, call, owner: str, role_of) -> None:
        detail = "The last owner of an organization cannot be removed or degraded"
        for method, path, body in [
            ("PATCH", f"/Users/{owner}", replace("active", False)),
            ("PATCH", f"/Users/{owner}", replace("roles", ["VIEWER"])),
            ("PUT", f"/Users/{owner}", {"active": False}),
            ("DELETE", f"/Users/{owner}", None),
        ]:
            answer = call(method, path, body)
            assert (answer.status_code, answer.json()) == (403, error(403, detail))
        assert role_of(owner) == "OWNER"

    def test_a_user_who_never_was_a_member(self, call, made: str, make_organization, role_of) -> None:
        other = make_organization()
        for method, body in [
            ("GET", None),
            ("PUT", {"active": True}),
            ("PATCH", replace("active", True)),
            ("PATCH", replace("active", False)),
            ("DELETE", None),
        ]:
            foreign = call(method, f"/Users/{made}", body, other.basic)
            unknown = call(method, "/Users/unknown", body, other.basic)
            assert foreign.status_code == unknown.status_code == 404
            assert foreign.json() == unknown.json() == error(404, NO_MEMBER)
        assert role_of(made) == "MEMBER"


class TestChange:
    def test_roles(self, call, made: str, owner: str, role_of) -> None:
        answer = call("PUT", f"/Users/{made}", {"active": True, "roles": ["ADMIN"]})
        assert (answer.status_code, answer.json()["roles"]) == (200, ["ADMIN"])
        assert call("PATCH", f"/Users/{made}", replace("roles", [{"value": "VIEWER"}])).status_code == 200
        assert role_of(made) == "VIEWER"

    def test_the_address_stays(self, call, made: str, address: str, parts) -> None:
        assert call("PUT", f"/Users/{made}", {"userName": address.upper()}).status_code == 200
        answer = call("PUT", f"/Users/{made}", {"userName": "thief@example.com", "active": True})
        detail = "userName cannot be changed here: it is how the user signs in everywhere"
        assert (answer.status_code, answer.json()) == (400, error(400, detail, "invalidValue"))
        with parts.stores.meta.read() as session:
            assert session.get_one(User, made).email == address

    def test_a_password_is_never_set(self, call, made: str, parts) -> None:
        assert call("PUT", f"/Users/{made}", {"password": "hunter2", "active": True}).status_code == 200
        assert call("PATCH", f"/Users/{made}", replace("password", "hunter2")).status_code == 400
        with parts.stores.meta.read() as session:
            assert session.get_one(User, made).password_hash is None

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            (replace("displayName", "x"), "Operations.0.path: only active and roles can be replaced"),
            (replace("active", True, "add"), "Operations.0.op: only replace is supported"),
            (replace(None, True), "Operations.0.value: without a path it must be an object"),
            (
                replace("active", "maybe"),
                "active must be true or false, roles a list of OWNER, ADMIN, MEMBER, VIEWER, NONE",
            ),
            (
                replace("roles", ["GOD"]),
                "active must be true or false, roles a list of OWNER, ADMIN, MEMBER, VIEWER, NONE",
            ),
            ({}, "Invalid request data: Operations: Field required"),
        ],
    )
    def test_invalid(self, call, made: str, role_of, body: Any, detail: str) -> None:
        answer = call("PATCH", f"/Users/{made}", body)
        assert (answer.status_code, answer.json()) == (400, error(400, detail, "invalidValue"))
        assert role_of(made) == "MEMBER"


class TestRemove:
    def test_the_user_stays(self, call, made: str, parts, role_of) -> None:
        answer = call("DELETE", f"/Users/{made}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert role_of(made) is None
        with parts.stores.meta.read() as session:
            assert session.get(User, made) is not None
        answer = call("DELETE", f"/Users/{made}")
        assert (answer.status_code, answer.json()) == (404, error(404, NO_MEMBER))
