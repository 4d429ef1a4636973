"""Members of organizations and projects: roles given, changed and taken away by the key of an organization."""

from typing import Any

import pytest
from sqlalchemy import select

from spyglass.core.clock import now
from spyglass.core.errors import Forbidden
from spyglass.core.ids import new_id
from spyglass.core.permissions import Role
from spyglass.stores.meta.audit import Actor, ActorType
from spyglass.stores.meta.memberships import (
    give_project_role,
    give_role,
    remove_member,
    remove_project_member,
)
from spyglass.stores.meta.tables import (
    AuditLog,
    OrganizationMembership,
    Project,
    ProjectMembership,
    User,
)

OF_ORGANIZATION = "/api/public/organizations/memberships"
LAST_OWNER = "The last owner of an organization cannot be removed or degraded"
NOT_A_ROLE = "Input should be 'OWNER', 'ADMIN', 'MEMBER', 'VIEWER' or 'NONE'"


def of_project(project_id: str) -> str:
    return f"/api/public/projects/{project_id}/memberships"


def text(message: str) -> dict[str, str]:
    return {"message": message, "error": message}


@pytest.fixture
def make_user(parts):
    def make(name: str, organization_id: str | None = None, role: str = "MEMBER") -> str:
        with parts.stores.meta.begin() as session:
            user = User(email=f"{new_id()}@example.com", name=name)
            session.add(user)
            session.flush()
            if organization_id:
                session.add(
                    OrganizationMembership(organization_id=organization_id, user_id=user.id, role=role)
                )
            return str(user.id)

    return make


@pytest.fixture
def owner(make_user, organization) -> str:
    return str(make_user("Olga", organization.id, "OWNER"))


@pytest.fixture
def call(client, organization):
    def send(method: str, path: str = OF_ORGANIZATION, body: Any = None, headers: Any = None) -> Any:
        return client.request(method, path, json=body, headers=headers or organization.basic)

    return send


@pytest.fixture
def roles(parts, organization):
    """user -> role in the organization, as stored."""

    def read() -> dict[str, str]:
        with parts.stores.meta.read() as session:
            rows = session.scalars(
                select(OrganizationMembership).where(
                    OrganizationMembership.organization_id == organization.id
                )
            ).all()
        return {row.user_id: row.role for row in rows}

    return read


@pytest.fixture
def entries(parts, organization):
    def read() -> list[Any]:
        with parts.stores.meta.read() as session:
            rows = session.scalars(
                select(AuditLog)
                .where(AuditLog.organization_id == organization.id, AuditLog.resource_type != "apiKey")
                .order_by(AuditLog.created_at)
            ).all()
        return [
            (row.action, row.resource_type, row.resource_id, row.project_id, row.before, row.after)
            for row in rows
        ]

    return read


class TestOrganization:
    def test_list(self, call, owner: str, make_user, parts, organization, make_organization) -> None:
        make_user("Elsewhere", make_organization().id)
        with parts.stores.meta.read() as session:
            email = session.get_one(User, owner).email
        answer = call("GET")
        assert (answer.status_code, answer.json()) == (
            200,
            {"memberships": [{"userId": owner, "role": "OWNER", "email": email, "name": "Olga"}]},
        )

    def test_a_role_is_given_changed_and_taken_away(
        self, call, owner: str, make_user, roles, entries
    ) -> None:
        user = make_user("Uwe")
        answer = call("PUT", body={"userId": user, "role": "ADMIN"})
        body = answer.json()
        assert answer.status_code == 200
        assert body == {"userId": user, "role": "ADMIN", "email": body["email"], "name": "Uwe"}
        assert call("PUT", body={"userId": user, "role": "NONE"}).json()["role"] == "NONE"
        assert call("PUT", body={"userId": user, "role": "NONE"}).status_code == 200  # changes nothing
        assert roles() == {owner: "OWNER", user: "NONE"}
        answer = call("DELETE", body={"userId": user})
        assert (answer.status_code, answer.json()) == (
            200,
            {"message": "Membership deleted successfully", "userId": user},
        )
        assert roles() == {owner: "OWNER"}
        kind = "organizationMembership"
        assert entries() == [
            ("create", kind, user, None, None, {"role": "ADMIN"}),
            ("update", kind, user, None, {"role": "ADMIN"}, {"role": "NONE"}),
            ("delete", kind, user, None, {"role": "NONE", "projectRoles": {}}, None),
        ]

    @pytest.mark.parametrize(
        ("body", "path", "message"),
        [
            ({"role": "ADMIN"}, ["userId"], "Field required"),
            ({"userId": "u"}, ["role"], "Field required"),
            ({"userId": "u", "role": "GOD"}, ["role"], NOT_A_ROLE),
            ({"userId": "", "role": "ADMIN"}, ["userId"], "must not be empty"),
            ({"userId": "a\0", "role": "ADMIN"}, ["userId"], "must not contain control characters"),
            ({"userId": "u", "role": "ADMIN", "orgId": "x"}, ["orgId"], "Extra inputs are not permitted"),
        ],
    )
    def test_invalid(self, call, body: Any, path: list[str], message: str) -> None:
        answer = call("PUT", body=body)
        (issue,) = answer.json()["error"]
        assert (answer.status_code, issue["path"], issue["message"]) == (400, path, message)

    def test_an_unknown_user(self, call) -> None:
        answer = call("PUT", body={"userId": "unknown", "role": "ADMIN"})
        assert (answer.status_code, answer.json()) == (404, text("User not found"))
        answer = call("DELETE", body={"userId": "unknown"})
        assert (answer.status_code, answer.json()) == (404, text("User not found in organization"))

    def test_a_member_of_another_organization_is_not_removed(
        self, call, make_user, make_organization, parts
    ) -> None:
        other = make_organization()
        user = make_user("Elsewhere", other.id)
        answer = call("DELETE", body={"userId": user})
        assert (answer.status_code, answer.json()) == (404, text("User not found in organization"))
        with parts.stores.meta.read() as session:
            assert session.get(OrganizationMembership, (other.id, user)) is not None

    def test_the_last_owner_stays(self, call, owner: str, make_user, roles, entries) -> None:
        for method, body in [
            ("PUT", {"userId": owner, "role": "ADMIN"}),
            ("DELETE", {"userId": owner}),
        ]:
            answer = call(method, body=body)
            assert (answer.status_code, answer.json()) == (403, text(LAST_OWNER))
        assert (roles(), entries()) == ({owner: "OWNER"}, [])
        assert call("PUT", body={"userId": make_user("Second"), "role": "OWNER"}).status_code == 200
        assert call("PUT", body={"userId": owner, "role": "VIEWER"}).status_code == 200
        assert roles()[owner] == "VIEWER"

    def test_an_owner_who_cannot_sign_in_does_not_count(
        self, call, owner: str, make_user, parts, organization
    ) -> None:
        second = make_user("Second", organization.id, "OWNER")
        with parts.stores.meta.begin() as session:
            session.get_one(User, second).disabled_at = now()
        assert call("DELETE", body={"userId": owner}).status_code == 403
        assert call("DELETE", body={"userId": second}).status_code == 200

    def test_who_leaves_leaves_the_projects_too(
        self, call, make_user, make_organization, organization, parts, entries
    ) -> None:
        other = make_organization()
        user = make_user("Uwe", organization.id)
        with parts.stores.meta.begin() as session:
            session.add(OrganizationMembership(organization_id=other.id, user_id=user, role="VIEWER"))
            for project_id in (organization.project.id, other.project.id):
                session.add(ProjectMembership(project_id=project_id, user_id=user, role="ADMIN"))
        assert call("DELETE", body={"userId": user}).status_code == 200
        with parts.stores.meta.read() as session:
            left = session.scalars(
                select(ProjectMembership.project_id).where(ProjectMembership.user_id == user)
            ).all()
        assert left == [other.project.id]
        before = {"role": "MEMBER", "projectRoles": {organization.project.id: "ADMIN"}}
        assert entries() == [("delete", "organizationMembership", user, None, before, None)]


class TestProject:
    def test_a_role_is_given_changed_and_taken_away(
        self, call, make_user, organization, entries, roles
    ) -> None:
        user = make_user("Uwe", organization.id, "NONE")
        path = of_project(organization.project.id)
        assert call("GET", path).json() == {"memberships": []}
        body = call("PUT", path, {"userId": user, "role": "VIEWER"}).json()
        assert body == {"userId": user, "role": "VIEWER", "email": body["email"], "name": "Uwe"}
        assert call("PUT", path, {"userId": user, "role": "ADMIN"}).status_code == 200
        assert call("GET", path).json() == {"memberships": [body | {"role": "ADMIN"}]}
        assert roles() == {user: "NONE"}
        answer = call("DELETE", path, {"userId": user})
        assert (answer.status_code, answer.json()) == (
            200,
            {"message": "Project membership deleted successfully", "userId": user},
        )
        assert call("GET", path).json() == {"memberships": []}
        kind, project_id = "projectMembership", organization.project.id
        assert entries() == [
            ("create", kind, user, project_id, None, {"role": "VIEWER"}),
            ("update", kind, user, project_id, {"role": "VIEWER"}, {"role": "ADMIN"}),
            ("delete", kind, user, project_id, {"role": "ADMIN"}, None),
        ]

    def test_a_user_outside_the_organization(
        self, call, make_user, organization, make_organization, parts
    ) -> None:
        for user in (make_user("Nowhere"), make_user("Elsewhere", make_organization().id), "unknown"):
            answer = call("PUT", of_project(organization.project.id), {"userId": user, "role": "VIEWER"})
            assert (answer.status_code, answer.json()) == (404, text("User not found in organization"))
        with parts.stores.meta.read() as session:
            rows = session.scalars(
                select(ProjectMembership).where(ProjectMembership.project_id == organization.project.id)
            ).all()
        assert rows == []

    def test_who_has_no_role_of_their_own(self, call, owner: str, organization) -> None:
        answer = call("DELETE", of_project(organization.project.id), {"userId": owner})
        assert (answer.status_code, answer.json()) == (404, text("Project membership not found"))

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_a_project_of_another_organization(
        self, call, make_user, make_organization, organization, method: str
    ) -> None:
        other = make_organization()
        user = make_user("Uwe", organization.id)
        body = {"userId": user} | ({"role": "ADMIN"} if method == "PUT" else {})
        for project_id in (other.project.id, "unknown"):
            answer = call(method, of_project(project_id), None if method == "GET" else body)
            assert (answer.status_code, answer.json()) == (404, text("Project not found"))

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_the_key_of_a_project(self, call, organization, owner: str, method: str) -> None:
        path, headers = of_project(organization.project.id), organization.project.basic
        body = {"userId": owner} | ({"role": "ADMIN"} if method == "PUT" else {})
        assert call(method, path, None if method == "GET" else body, headers).status_code == 403


class TestRanks:
    """What user sessions will be held to; the key of an organization acts as an owner."""

    ACTOR = Actor(ActorType.USER, "someone", "ADMIN", None, None)

    @pytest.mark.parametrize(
        ("own", "old", "new", "allowed"),
        [
            (Role.OWNER, "ADMIN", Role.OWNER, True),
            (Role.ADMIN, "VIEWER", Role.ADMIN, True),
            (Role.ADMIN, "VIEWER", Role.OWNER, False),
            (Role.ADMIN, "OWNER", Role.VIEWER, False),
            (Role.MEMBER, "ADMIN", Role.VIEWER, False),
            (Role.MEMBER, "VIEWER", Role.MEMBER, True),
        ],
    )
    def test_of_an_organization(
        self, parts, make_user, organization, owner: str, own: Role, old: str, new: Role, allowed: bool, roles
    ) -> None:
        user = make_user("Uwe", organization.id, old)

        def change() -> None:
            with parts.stores.meta.begin() as session:
                give_role(session, self.ACTOR, own, organization.id, user, new)

        if allowed:
            change()
        else:
            with pytest.raises(Forbidden, match=f"above your own, {own.value}"):
                change()
        assert roles()[user] == (new.value if allowed else old)

    def test_who_is_above_is_not_removed(self, parts, organization, owner: str, make_user, roles) -> None:
        make_user("Second", organization.id, "OWNER")
        with pytest.raises(Forbidden), parts.stores.meta.begin() as session:
            remove_member(session, self.ACTOR, Role.ADMIN, organization.id, owner)
        assert roles()[owner] == "OWNER"

    def test_of_a_project(self, parts, organization, make_user) -> None:
        user = make_user("Uwe", organization.id)
        meta, project_id = parts.stores.meta, organization.project.id
        with meta.begin() as session:
            project = session.get_one(Project, project_id)
            give_project_role(session, self.ACTOR, Role.OWNER, project, user, Role.OWNER)
        with pytest.raises(Forbidden), meta.begin() as session:
            give_project_role(session, self.ACTOR, Role.ADMIN, project, user, Role.VIEWER)
        with pytest.raises(Forbidden), meta.begin() as session:
            remove_project_member(session, self.ACTOR, Role.ADMIN, project, user)
        with meta.read() as session:
            assert session.get_one(ProjectMembership, (project_id, user)).role == "OWNER"
