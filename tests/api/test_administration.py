"""`/api/admin`: organizations and their keys, keys of projects and jobs, for the administrator of the server."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from spyglass.api.app import create_app
from spyglass.core.clock import iso_ms, now, to_us
from spyglass.core.ids import new_id
from spyglass.features.administration.routes import router
from spyglass.stores.meta.tables import (
    ApiKey,
    AuditLog,
    Erasure,
    Job,
    Organization,
    OrganizationMembership,
    Project,
    Revision,
    User,
)

PATH = "/api/admin/organizations"


def basic(made: dict[str, str]) -> dict[str, str]:
    pair = f"{made['publicKey']}:{made['secretKey']}"
    return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@pytest.fixture
def call(client, admin):
    def send(method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        return client.request(method, path, json=body, headers=admin if headers is None else headers)

    return send


@pytest.fixture
def entries(parts):
    def read(organization_id: str) -> list[Any]:
        with parts.stores.meta.read() as session:
            rows = session.scalars(
                select(AuditLog)
                .where(AuditLog.organization_id == organization_id, AuditLog.actor_type == "ADMIN_KEY")
                .order_by(AuditLog.created_at)
            ).all()
        return [(row.action, row.resource_type, row.resource_id, row.before, row.after) for row in rows]

    return read


class TestAccess:
    @pytest.mark.parametrize(
        "header", ["Bearer wrong", "Bearer", "Basic {key}", "{key}", "Bearer {key}x", "Bearer ä"]
    )
    def test_a_wrong_key(self, call, admin_key: str, header: str) -> None:
        value = header.format(key=admin_key).encode("latin-1")
        answer = call("GET", PATH, headers={b"authorization": value})
        assert (answer.status_code, answer.json()) == (401, {"error": "Invalid token"})

    def test_keys_of_projects_and_organizations(self, call, organization) -> None:
        for headers in (organization.basic, organization.project.basic, organization.project.bearer):
            assert call("GET", PATH, headers=headers).status_code == 401

    def test_the_key_of_the_administrator_opens_nothing_else(self, call) -> None:
        assert call("GET", "/api/public/projects").status_code == 401
        assert call("GET", "/api/public/organizations/projects").status_code == 401

    @pytest.mark.parametrize("header", ["Bearer ", "Bearer", "Bearer x", ""])
    def test_off_without_a_key(self, parts, header: str) -> None:
        with TestClient(create_app(replace(parts.state, admin_key=""), [router])) as client:
            answer = client.get(PATH, headers={"authorization": header})
        text = "The administration API is off: no ADMIN_API_KEY is set"
        assert (answer.status_code, answer.json()) == (401, {"error": text})


class TestOrganizations:
    def test_whole_bodies(self, call, parts, entries) -> None:
        answer = call("POST", PATH, {"name": "Acme", "metadata": {"a": 1}})
        made = answer.json()
        with parts.stores.meta.read() as session:
            row = session.get_one(Organization, made["id"])
        assert (answer.status_code, made) == (
            201,
            {
                "id": row.id,
                "name": "Acme",
                "createdAt": iso_ms(to_us(row.created_at)),
                "metadata": {"a": 1},
                "projects": [],
            },
        )
        with parts.stores.meta.begin() as session:
            project = Project(organization_id=row.id, name="One", extra={"b": 2})
            session.add_all(
                [project, Project(organization_id=row.id, name="Gone", deleted_at=now())],
            )
        shown = {
            "id": project.id,
            "name": "One",
            "metadata": {"b": 2},
            "createdAt": iso_ms(to_us(project.created_at)),
            "updatedAt": iso_ms(to_us(project.updated_at)),
        }
        expected = made | {"projects": [shown]}
        assert call("GET", f"{PATH}/{row.id}").json() == expected
        listed = call("GET", PATH).json()
        assert list(listed) == ["organizations"]
        assert [each for each in listed["organizations"] if each["id"] == row.id] == [expected]

        changed = call("PUT", f"{PATH}/{row.id}", {"name": "Acme 2"})
        assert (changed.status_code, changed.json()) == (200, expected | {"name": "Acme 2"})
        changed = call("PUT", f"{PATH}/{row.id}", {"name": "Acme 2", "metadata": '{"c":3}'})
        assert changed.json()["metadata"] == {"c": 3}
        one, two = {"name": "Acme", "metadata": {"a": 1}}, {"name": "Acme 2", "metadata": {"a": 1}}
        assert entries(row.id) == [
            ("create", "organization", row.id, None, one),
            ("update", "organization", row.id, one, two),
            ("update", "organization", row.id, two, two | {"metadata": {"c": 3}}),
        ]

    @pytest.mark.parametrize(
        ("body", "path", "message"),
        [
            ({}, ["name"], "Field required"),
            ({"name": "ab"}, ["name"], "String should have at least 3 characters"),
            ({"name": "<i>Acme"}, ["name"], "Text cannot contain HTML tags"),
            ({"name": "Acme", "id": "mine"}, ["id"], "Extra inputs are not permitted"),
            (
                {"name": "Acme", "metadata": 1},
                ["metadata"],
                "must be a JSON object or a text that encodes one",
            ),
        ],
    )
    @pytest.mark.parametrize("method", ["POST", "PUT"])
    def test_invalid(self, call, organization, method: str, body: Any, path: list[str], message: str) -> None:
        where = PATH if method == "POST" else f"{PATH}/{organization.id}"
        answer = call(method, where, body)
        (issue,) = answer.json()["details"]
        assert (answer.status_code, answer.json()["error"]) == (400, "Invalid request data")
        assert (issue["path"], issue["message"]) == (path, message)

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("GET", "", None),
            ("PUT", "", {"name": "Acme"}),
            ("DELETE", "", None),
            ("GET", "/apiKeys", None),
            ("POST", "/apiKeys", {}),
            ("DELETE", "/apiKeys/x", None),
        ],
    )
    def test_unknown(self, call, method: str, path: str, body: Any) -> None:
        answer = call(method, f"{PATH}/unknown{path}", body)
        assert (answer.status_code, answer.json()) == (404, {"error": "Organization not found"})


class TestDeleteOrganization:
    def test_not_while_it_has_projects(self, call, organization, client) -> None:
        answer = call("DELETE", f"{PATH}/{organization.id}")
        text = "Cannot delete organization with existing projects. Delete its projects first."
        assert (answer.status_code, answer.json()) == (400, {"error": text})
        assert client.get("/api/public/projects", headers=organization.project.basic).status_code == 200

    def test_not_while_data_is_being_erased(self, call, organization, parts) -> None:
        with parts.stores.meta.begin() as session:
            session.get_one(Project, organization.project.id).deleted_at = now()
            erasure = Erasure(
                kind="project",
                organization_id=organization.id,
                project_id=organization.project.id,
                subject=organization.project.id,
                requested_by="x",
            )
            session.add(erasure)
        answer = call("DELETE", f"{PATH}/{organization.id}")
        assert (answer.status_code, "still being erased" in answer.json()["error"]) == (400, True)
        with parts.stores.meta.begin() as session:
            session.get_one(Erasure, erasure.id).finished_at = now()
        assert call("DELETE", f"{PATH}/{organization.id}").status_code == 200

    def test_keys_and_memberships_go_with_it(self, call, organization, client, parts, entries) -> None:
        with parts.stores.meta.begin() as session:
            session.get_one(Project, organization.project.id).deleted_at = now()
            user = User(email=f"{new_id()}@example.com", name="Olga")
            session.add(user)
            session.flush()
            session.add(
                OrganizationMembership(organization_id=organization.id, user_id=user.id, role="OWNER")
            )
        members = "/api/public/organizations/memberships"
        assert client.get(members, headers=organization.basic).status_code == 200
        answer = call("DELETE", f"{PATH}/{organization.id}")
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert client.get(members, headers=organization.basic).status_code == 401
        with parts.stores.meta.read() as session:
            left = session.scalars(select(ApiKey).where(ApiKey.organization_id == organization.id)).all()
            assert (left, session.get(Organization, organization.id)) == ([], None)
            assert session.get(User, user.id) is not None
        before = {"name": "org", "metadata": {}}
        assert entries(organization.id) == [("delete", "organization", organization.id, before, None)]
        assert call("DELETE", f"{PATH}/{organization.id}").status_code == 404


class TestOrganizationKeys:
    def test_a_key_lives_and_ends(self, call, client, organization, entries) -> None:
        path = f"{PATH}/{organization.id}/apiKeys"
        answer = call("POST", path, {"note": "SCIM"})
        made = answer.json()
        assert answer.status_code == 201
        assert {"id", "createdAt", "publicKey", "secretKey", "displaySecretKey", "note"} <= set(made)
        assert len(made["secretKey"]) == len("sk-lf-") + 43
        projects = client.get("/api/public/organizations/projects", headers=basic(made)).json()["projects"]
        assert [each["id"] for each in projects] == [organization.project.id]
        keys = call("GET", path).json()["apiKeys"]
        assert [(key["publicKey"], key["note"]) for key in keys] == [
            (organization.public_key, None),
            (made["publicKey"], "SCIM"),
        ]
        assert made["secretKey"] not in str(keys)
        answer = call("DELETE", f"{path}/{made['id']}")
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert client.get("/api/public/organizations/projects", headers=basic(made)).status_code == 401
        answer = call("DELETE", f"{path}/{made['id']}")
        assert (answer.status_code, answer.json()) == (404, {"error": "API key not found"})
        assert [entry[:2] for entry in entries(organization.id)] == [
            ("create", "apiKey"),
            ("delete", "apiKey"),
        ]
        assert made["secretKey"] not in str(entries(organization.id))

    def test_without_a_body(self, client, admin, organization) -> None:
        assert client.post(f"{PATH}/{organization.id}/apiKeys", headers=admin).status_code == 201

    def test_the_key_of_a_project_or_of_another_organization(
        self, call, organization, make_organization, parts
    ) -> None:
        other = make_organization()
        with parts.stores.meta.read() as session:
            ids = session.scalars(
                select(ApiKey.id).where(
                    ApiKey.public_key.in_([other.public_key, organization.project.public_key])
                )
            ).all()
        assert len(ids) == 2
        for key_id in ids:
            assert call("DELETE", f"{PATH}/{organization.id}/apiKeys/{key_id}").status_code == 404


class TestKeysOfProjects:
    PATH = "/api/admin/api-keys"

    def test_delete(self, call, client, make_organization) -> None:
        one, two, three = (make_organization() for _ in range(3))
        ids = [one.project.id, two.project.id, "unknown", one.project.id]
        answer = call("POST", self.PATH, {"action": "delete", "projectIds": ids})
        assert (answer.status_code, answer.json()) == (200, {"message": "Deleted 2 API keys"})
        seen = [
            client.get("/api/public/projects", headers=each.project.basic).status_code
            for each in (one, two, three)
        ]
        assert seen == [401, 401, 200]
        assert client.get("/api/public/organizations/projects", headers=one.basic).status_code == 200

    @pytest.mark.parametrize(
        "body", [{"action": "invalidate", "projectIds": ["x"]}, {"action": "invalidate-all"}]
    )
    def test_invalidate(self, call, client, project, parts, body: dict[str, Any]) -> None:
        assert client.get("/api/public/projects", headers=project.basic).status_code == 200
        number = revision(parts)
        answer = call("POST", self.PATH, body)
        text = "API keys are looked up again, by every process within two seconds"
        assert (answer.status_code, answer.json()) == (200, {"message": text})
        assert revision(parts) == number + 1
        assert parts.state.keys.known(project.basic["authorization"]) is None
        assert client.get("/api/public/projects", headers=project.basic).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"action": "delete"},
            {"action": "delete", "projectIds": []},
            {"action": "invalidate-all", "projectIds": ["x"]},
            {"action": "rotate", "projectIds": ["x"]},
            {"action": "delete", "projectIds": "x"},
        ],
    )
    def test_invalid(self, call, body: dict[str, Any]) -> None:
        answer = call("POST", self.PATH, body)
        assert (answer.status_code, answer.json()["error"]) == (400, "Invalid request data")


class TestJobs:
    PATH = "/api/admin/bullmq"

    @pytest.fixture
    def name(self, parts) -> str:
        """A kind of job that no runner takes."""
        made = f"test {new_id()}"
        later = now().replace(year=2200)
        with parts.stores.meta.begin() as session:
            session.add_all(
                Job(name=made, state=state, attempts=11, **other)
                for state, other in [
                    ("waiting", {}),
                    ("waiting", {"run_after": later}),
                    ("running", {}),
                    ("done", {}),
                    ("done", {}),
                    ("failed", {"finished_at": now(), "run_after": later}),
                ]
            )
        return made

    def counts(self, call, name: str) -> dict[str, int]:
        (found,) = [each for each in call("GET", self.PATH).json() if each["queueName"] == name]
        return {kind: count for kind, count in found["jobCounts"].items() if count}

    def test_counts(self, call, name: str) -> None:
        assert self.counts(call, name) == {
            "waiting": 1,
            "delayed": 1,
            "active": 1,
            "completed": 2,
            "failed": 1,
        }
        (found,) = [each for each in call("GET", self.PATH).json() if each["queueName"] == name]
        assert {kind for kind, count in found["jobCounts"].items() if not count} == {
            "paused",
            "prioritized",
            "waiting-children",
        }

    def test_retry(self, call, name: str, parts) -> None:
        answer = call("POST", self.PATH, {"action": "retry", "queueNames": [name]})
        assert (answer.status_code, answer.json()) == (200, {"message": "1 failed jobs run again"})
        assert self.counts(call, name) == {"waiting": 2, "delayed": 1, "active": 1, "completed": 2}
        with parts.stores.meta.read() as session:
            attempts = session.scalars(select(Job.attempts).where(Job.name == name)).all()
        assert sorted(attempts) == [0, 11, 11, 11, 11, 11]
        again = call("POST", self.PATH, {"action": "retry", "queueNames": [name]})
        assert again.json() == {"message": "0 failed jobs run again"}

    @pytest.mark.parametrize(
        "body",
        [
            {"action": "remove", "queueNames": ["purge"], "bullStatus": "completed"},
            {"action": "add", "queueName": "secondary-ingestion-queue", "events": [{}]},
        ],
    )
    def test_what_has_no_meaning_here(self, call, body: dict[str, Any]) -> None:
        answer = call("POST", self.PATH, body)
        assert answer.status_code == 501
        assert list(answer.json()) == ["error"]

    @pytest.mark.parametrize("body", [{}, {"action": "pause", "queueNames": ["x"]}])
    def test_invalid(self, call, body: dict[str, Any]) -> None:
        assert call("POST", self.PATH, body).status_code == 400

    def test_replay(self, call) -> None:
        answer = call("POST", "/api/admin/ingestion-replay", {"keys": ["a/b.json"]})
        assert (answer.status_code, "spyglass replay" in answer.json()["error"]) == (501, True)
        assert call("POST", "/api/admin/ingestion-replay", {"keys": []}).status_code == 400


def revision(parts: Any) -> int:
    with parts.stores.meta.read() as session:
        return int(session.get_one(Revision, "api_keys").number)
