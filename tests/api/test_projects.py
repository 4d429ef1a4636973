"""`/api/public/projects`: what a project key reads, and what an organization's key creates, changes and keeps."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from spyglass.core.clock import iso_ms, now, to_us
from spyglass.features.projects.service import create_key, revoke_key
from spyglass.stores.meta.tables import ApiKey, AuditLog, Project

PATH = "/api/public/projects"
NO_TAGS = "Text cannot contain HTML tags"


def basic(public_key: str, secret_key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()}


@pytest.fixture
def call(client, organization):
    def send(method: str, path: str = "", body: Any = None, headers: Any = None) -> Any:
        return client.request(method, PATH + path, json=body, headers=headers or organization.basic)

    return send


@pytest.fixture
def entries(parts, organization):
    """What the audit log says about the organization: (action, type, project, before, after), oldest first."""

    def read() -> list[Any]:
        with parts.stores.meta.read() as session:
            rows = session.scalars(
                select(AuditLog)
                .where(AuditLog.organization_id == organization.id, AuditLog.actor_type == "API_KEY")
                .order_by(AuditLog.created_at)
            ).all()
        return [(row.action, row.resource_type, row.project_id, row.before, row.after) for row in rows]

    return read


class TestGet:
    def test_whole_body(self, client, parts, organization) -> None:
        with parts.stores.meta.begin() as session:
            row = session.get_one(Project, organization.project.id)
            row.extra, row.retention_days, row.body_retention_days = {"a": [1]}, 30, 7
            name = row.name
        answer = client.get(PATH, headers=organization.project.basic)
        assert (answer.status_code, answer.json()) == (
            200,
            {
                "data": [
                    {
                        "id": organization.project.id,
                        "name": name,
                        "organization": {"id": organization.id, "name": "org"},
                        "metadata": {"a": [1]},
                        "retentionDays": 30,
                        "bodyRetentionDays": 7,
                    }
                ]
            },
        )

    def test_without_retention(self, client, project) -> None:
        found = client.get(PATH, headers=project.basic).json()["data"][0]
        assert sorted(found) == ["id", "metadata", "name", "organization"]

    def test_the_key_of_an_organization(self, call) -> None:
        answer = call("GET")
        assert answer.status_code == 403
        assert answer.json()["message"] == "Invalid API key. Are you using an organization key?"


class TestCreate:
    def test_whole_body(self, call, organization, entries) -> None:
        answer = call(
            "POST",
            body={"name": "New one", "metadata": {"team": "x"}, "retention": 30, "bodyRetentionDays": 7},
        )
        body = answer.json()
        assert (answer.status_code, body) == (
            201,
            {
                "id": body["id"],
                "name": "New one",
                "organization": {"id": organization.id, "name": "org"},
                "metadata": {"team": "x"},
                "retentionDays": 30,
                "bodyRetentionDays": 7,
            },
        )
        after = {"name": "New one", "metadata": {"team": "x"}, "retentionDays": 30, "bodyRetentionDays": 7}
        assert entries() == [("create", "project", body["id"], None, after)]

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"name": "abc"}, {"metadata": {}}),
            ({"name": "abc", "retention": 0, "metadata": None, "other": 1}, {"metadata": {}}),
            ({"name": "abc", "retention": None}, {"metadata": {}}),
            ({"name": "abc", "metadata": '{"a":{"b":1}}'}, {"metadata": {"a": {"b": 1}}}),
            ({"name": "x" * 60, "retention": 3}, {"metadata": {}, "retentionDays": 3}),
            ({"name": "abc", "bodyRetentionDays": 1}, {"metadata": {}, "bodyRetentionDays": 1}),
            (
                {"name": "abc", "retention": 3, "bodyRetentionDays": 3},
                {"metadata": {}, "retentionDays": 3, "bodyRetentionDays": 3},
            ),
        ],
    )
    def test_valid(self, call, body: dict[str, Any], expected: dict[str, Any]) -> None:
        answer = call("POST", body=body)
        found = {
            name: value for name, value in answer.json().items() if name not in ("id", "name", "organization")
        }
        assert (answer.status_code, found) == (201, expected)

    @pytest.mark.parametrize(
        ("body", "path", "message"),
        [
            ({}, ["name"], "Field required"),
            ({"name": "ab"}, ["name"], "String should have at least 3 characters"),
            ({"name": "x" * 61}, ["name"], "String should have at most 60 characters"),
            ({"name": "a <b>x</b>"}, ["name"], NO_TAGS),
            ({"name": "a\0bc"}, ["name"], "must not contain control characters"),
            ({"name": 7}, ["name"], "Input should be a valid string"),
            ({"name": "abc", "retention": 2}, ["retention"], "must be 0 or at least 3 days"),
            (
                {"name": "abc", "retention": -1},
                ["retention"],
                "Input should be greater than or equal to 0",
            ),
            (
                {"name": "abc", "retention": 10**12},
                ["retention"],
                "Input should be less than or equal to 36500",
            ),
            (
                {"name": "abc", "metadata": [1]},
                ["metadata"],
                "must be a JSON object or a text that encodes one",
            ),
            (
                {"name": "abc", "metadata": "nonsense"},
                ["metadata"],
                "must be a JSON object or a text that encodes one",
            ),
            (
                {"name": "abc", "metadata": "[1]"},
                ["metadata"],
                "must be a JSON object or a text that encodes one",
            ),
            (
                {"name": "abc", "metadata": {"a": ["\0"]}},
                ["metadata"],
                "must not contain NUL characters or halves of surrogate pairs",
            ),
            (
                {"name": "abc", "metadata": {"a": 2**63}},
                ["metadata"],
                "must not contain integers of more than 64 bits",
            ),
        ],
    )
    def test_invalid(self, call, body: dict[str, Any], path: list[str], message: str) -> None:
        answer = call("POST", body=body)
        (issue,) = answer.json()["error"]
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")
        assert (issue["path"], issue["message"]) == (path, message)

    def test_bodies_do_not_outlive_their_records(self, call) -> None:
        answer = call("POST", body={"name": "abc", "retention": 3, "bodyRetentionDays": 4})
        text = "bodyRetentionDays must be at most the retention of 3 days, not 4"
        assert (answer.status_code, answer.json()) == (400, {"message": text, "error": text})

    def test_a_name_is_given_once_in_an_organization(self, call, make_organization) -> None:
        assert call("POST", body={"name": "Twice"}).status_code == 201
        answer = call("POST", body={"name": "Twice"})
        text = "A project with this name already exists in your organization"
        assert (answer.status_code, answer.json()) == (409, {"message": text, "error": text})
        assert call("POST", body={"name": "Twice"}, headers=make_organization().basic).status_code == 201

    def test_the_name_of_a_deleted_project_is_free(self, call, parts) -> None:
        project_id = call("POST", body={"name": "Gone"}).json()["id"]
        with parts.stores.meta.begin() as session:
            session.get_one(Project, project_id).deleted_at = now()
        assert call("POST", body={"name": "Gone"}).status_code == 201

    def test_the_key_of_a_project(self, call, organization) -> None:
        answer = call("POST", body={"name": "abc"}, headers=organization.project.basic)
        text = "Invalid API key. Organization-scoped API key required for this operation."
        assert (answer.status_code, answer.json()) == (403, {"message": text, "error": text})

    def test_a_public_key_alone(self, call, organization) -> None:
        header = {"authorization": f"Bearer {organization.public_key}"}
        assert call("POST", body={"name": "abc"}, headers=header).status_code == 401


class TestUpdate:
    @pytest.fixture
    def made(self, call) -> str:
        body = {"name": "First", "metadata": {"a": 1}, "retention": 30, "bodyRetentionDays": 7}
        return str(call("POST", body=body).json()["id"])

    def test_what_is_left_out_stays(self, call, made: str, organization, entries) -> None:
        answer = call("PUT", f"/{made}", {"name": "Second"})
        assert (answer.status_code, answer.json()) == (
            200,
            {
                "id": made,
                "name": "Second",
                "organization": {"id": organization.id, "name": "org"},
                "metadata": {"a": 1},
                "retentionDays": 30,
                "bodyRetentionDays": 7,
            },
        )
        before = {"name": "First", "metadata": {"a": 1}, "retentionDays": 30, "bodyRetentionDays": 7}
        assert entries()[1:] == [("update", "project", made, before, before | {"name": "Second"})]

    def test_everything_changes(self, call, made: str) -> None:
        body = {"name": "First", "metadata": '{"b":2}', "retention": 0, "bodyRetentionDays": None}
        found = call("PUT", f"/{made}", body).json()
        assert found["metadata"] == {"b": 2}
        assert "retentionDays" not in found
        assert "bodyRetentionDays" not in found
        assert call("PUT", f"/{made}", {"name": "First", "metadata": None}).json()["metadata"] == {}

    def test_retention_below_that_of_bodies(self, call, made: str) -> None:
        assert call("PUT", f"/{made}", {"name": "First", "retention": 5}).status_code == 400
        answer = call("PUT", f"/{made}", {"name": "First", "retention": 5, "bodyRetentionDays": 5})
        assert answer.json()["retentionDays"] == 5

    def test_a_name_that_is_taken(self, call, made: str) -> None:
        assert call("POST", body={"name": "Other"}).status_code == 201
        assert call("PUT", f"/{made}", {"name": "Other"}).status_code == 409
        assert call("PUT", f"/{made}", {"name": "First"}).status_code == 200

    def test_of_another_organization(self, call, made: str, make_organization, parts) -> None:
        foreign = call("PUT", f"/{made}", {"name": "Mine"}, make_organization().basic)
        unknown = call("PUT", "/unknown", {"name": "Mine"})
        assert foreign.status_code == unknown.status_code == 404
        assert (
            foreign.json() == unknown.json() == {"message": "Project not found", "error": "Project not found"}
        )
        with parts.stores.meta.read() as session:
            assert session.get_one(Project, made).name == "First"

    def test_a_deleted_project(self, call, made: str, parts) -> None:
        with parts.stores.meta.begin() as session:
            session.get_one(Project, made).deleted_at = now()
        assert call("PUT", f"/{made}", {"name": "Again"}).status_code == 404

    @pytest.mark.parametrize("path", ["/%00", "/a%0Ab"])
    def test_an_id_that_cannot_be(self, call, path: str) -> None:
        assert call("PUT", path, {"name": "Again"}).status_code == 400


class TestKeys:
    @pytest.fixture
    def path(self, organization) -> str:
        return f"/{organization.project.id}/apiKeys"

    def test_a_key_lives_and_ends(self, call, client, path: str, organization, entries) -> None:
        answer = call("POST", path, {"note": "for CI"})
        made = answer.json()
        assert answer.status_code == 201
        assert sorted(made) == [
            "createdAt",
            "displaySecretKey",
            "expiresAt",
            "id",
            "note",
            "publicKey",
            "secretKey",
        ]
        assert (made["note"], made["expiresAt"]) == ("for CI", None)
        assert re.fullmatch(r"pk-lf-[\w-]{43}", made["publicKey"])
        assert re.fullmatch(r"sk-lf-[\w-]{43}", made["secretKey"])
        header = basic(made["publicKey"], made["secretKey"])
        assert client.get(PATH, headers=header).json()["data"][0]["id"] == organization.project.id

        listed = call("GET", path).json()["apiKeys"]
        assert [each["publicKey"] for each in listed] == [
            organization.project.public_key,
            made["publicKey"],
        ]
        shown = {name: value for name, value in made.items() if name != "secretKey"}
        used = listed[1].pop("lastUsedAt")
        assert listed[1] == shown
        assert used is not None
        assert made["secretKey"] not in str(listed)

        answer = call("DELETE", f"{path}/{made['id']}")
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert client.get(PATH, headers=header).status_code == 401
        answer = call("DELETE", f"{path}/{made['id']}")
        assert (answer.status_code, answer.json()["message"]) == (404, "API key not found")

        key = {
            "publicKey": made["publicKey"],
            "displaySecretKey": made["displaySecretKey"],
            "scope": "PROJECT",
            "note": "for CI",
            "expiresAt": None,
        }
        assert entries() == [
            ("create", "apiKey", organization.project.id, None, key),
            ("delete", "apiKey", organization.project.id, key, None),
        ]
        assert made["secretKey"] not in str(entries())

    def test_without_a_body(self, client, path: str, organization) -> None:
        assert client.post(PATH + path, headers=organization.basic).status_code == 201

    def test_a_pair_that_is_brought_along(self, call, client, path: str, organization, parts) -> None:
        pair = {"publicKey": f"pk-lf-{organization.id}", "secretKey": "sk-lf-of:mine"}
        assert client.get(PATH, headers=basic(*pair.values())).status_code == 401
        made = call("POST", path, pair).json()
        assert (made["publicKey"], made["secretKey"], made["note"]) == (*pair.values(), None)
        assert client.get(PATH, headers=basic(*pair.values())).status_code == 200
        answer = call("POST", path, pair)
        text = f"The public key {pair['publicKey']} exists already"
        assert (answer.status_code, answer.json()) == (409, {"message": text, "error": text})
        with parts.stores.meta.read() as session:
            row = session.get_one(ApiKey, made["id"])
        assert "sk-lf-of:mine" not in (row.secret_hash, row.display_secret_key)

    def test_a_key_that_expires(self, call, client, path: str, parts) -> None:
        ends = iso_ms(to_us(now() + timedelta(hours=1)))
        made = call("POST", path, {"expiresAt": ends}).json()
        assert made["expiresAt"] == ends
        header = basic(made["publicKey"], made["secretKey"])
        assert client.get(PATH, headers=header).status_code == 200
        with parts.stores.meta.begin() as session:
            session.get_one(ApiKey, made["id"]).expires_at = now() - timedelta(seconds=1)
        parts.state.keys.forget()
        assert client.get(PATH, headers=header).status_code == 401

    @pytest.mark.parametrize(
        "body",
        [
            {"publicKey": "pk-lf-1"},
            {"secretKey": "sk-lf-1"},
            {"publicKey": "pk-1", "secretKey": "sk-lf-1"},
            {"publicKey": "pk-lf-1", "secretKey": "pk-lf-1"},
            {"publicKey": "pk-lf-", "secretKey": "sk-lf-1"},
            {"publicKey": "pk-lf-a:b", "secretKey": "sk-lf-1"},
            {"publicKey": "pk-lf-a b", "secretKey": "sk-lf-1"},
            {"publicKey": "pk-lf-" + "x" * 251, "secretKey": "sk-lf-1"},
            {"publicKey": "pk-lf-1\0", "secretKey": "sk-lf-1"},
            {"note": "a\0b"},
            {"expiresAt": "2020-01-01T00:00:00Z"},
            {"expiresAt": "tomorrow"},
            {"scope": "ORGANIZATION"},
            {"projectId": "another"},
        ],
    )
    def test_invalid(self, call, path: str, body: dict[str, Any]) -> None:
        before = call("GET", path).json()
        answer = call("POST", path, body)
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")
        assert call("GET", path).json() == before

    def test_of_another_organization(self, call, path: str, make_organization, organization) -> None:
        other = make_organization()
        key_id = call("GET", path).json()["apiKeys"][0]["id"]
        not_found = {"message": "Project not found", "error": "Project not found"}
        for method, where, body in [
            ("GET", path, None),
            ("POST", path, {"note": "x"}),
            ("DELETE", f"{path}/{key_id}", None),
        ]:
            answer = call(method, where, body, other.basic)
            assert (answer.status_code, answer.json()) == (404, not_found)
        # Also through a project of one's own.
        answer = call("DELETE", f"/{other.project.id}/apiKeys/{key_id}", headers=other.basic)
        assert (answer.status_code, answer.json()["message"]) == (404, "API key not found")
        assert len(call("GET", path).json()["apiKeys"]) == 1

    def test_the_key_of_the_organization_is_no_key_of_the_project(self, call, client, organization) -> None:
        found = client.get("/api/public/organizations/apiKeys", headers=organization.basic).json()
        key_id = found["apiKeys"][0]["id"]
        assert call("DELETE", f"/{organization.project.id}/apiKeys/{key_id}").status_code == 404
        assert call("GET", f"/{organization.project.id}/apiKeys").status_code == 200

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_the_key_of_a_project(self, call, path: str, organization, method: str) -> None:
        assert call(method, path, headers=organization.project.basic).status_code == 403

    def test_the_command_line_is_in_the_audit_log(self, parts, organization) -> None:
        key = create_key(parts.stores.meta, parts.state.pepper, organization.project.id, note="by hand")
        with parts.stores.meta.read() as session:
            row = session.scalars(select(AuditLog).where(AuditLog.resource_id == key.id)).one()
        assert (row.actor_type, row.actor_id, row.action) == ("SYSTEM", "", "create")
        assert (row.organization_id, row.project_id) == (organization.id, organization.project.id)
        assert key.secret_key not in str(row.after)
        revoke_key(parts.stores.meta, key.public_key)
        with parts.stores.meta.read() as session:
            rows = session.scalars(select(AuditLog).where(AuditLog.resource_id == key.id)).all()
        (ended,) = [each for each in rows if each.action == "delete"]
        assert (ended.actor_type, ended.project_id, ended.before) == (
            "SYSTEM",
            organization.project.id,
            row.after,
        )
