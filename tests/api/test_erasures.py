"""Erasing through the API: who may, what is gone, and what the proof says. The job itself: tests/pipeline."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from conftest import OrganizationKeys, ProjectKeys
from rows import insert, observation, score, trace
from sqlalchemy import select
from starlette.testclient import TestClient

from spyglass.core.clock import monotonic_s
from spyglass.core.ids import new_id
from spyglass.server.wiring import Parts
from spyglass.stores.meta.tables import ApiKey, AuditLog, Comment, Organization, Project, Prompt

ERASURES = "/api/public/spyglass/erasures"
ORGANIZATION = "/api/public/spyglass/organization"


def ask(client: TestClient, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
    return client.request(method, path, headers=headers, json=body)


def wait(parts: Parts, client: TestClient, path: str, headers: dict[str, str]) -> dict[str, Any]:
    """The proof, once the job has ended well."""
    deadline = monotonic_s() + 30
    while True:
        parts.jobs.wake()
        answer = ask(client, "GET", path, headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        if found["status"] == "done" or monotonic_s() > deadline:
            assert found["status"] == "done", found
            return found


def send(client: TestClient, project: ProjectKeys, *traces: dict[str, Any]) -> None:
    events = [
        {"id": new_id(), "type": "trace-create", "timestamp": "2026-01-01T12:00:00Z", "body": body}
        for body in traces
    ]
    answer = client.post("/api/public/ingestion", headers=project.basic, json={"batch": events})
    assert answer.json()["errors"] == []
    deadline = monotonic_s() + 30
    while client.get(f"/api/public/traces/{traces[-1]['id']}", headers=project.basic).status_code != 200:
        assert monotonic_s() < deadline


class TestDeleteProject:
    def test_needs_the_key_of_an_organization(self, client: TestClient, project: ProjectKeys) -> None:
        path = f"/api/public/projects/{project.id}"
        assert client.delete(path).status_code == 401
        assert client.delete(path, headers=project.basic).status_code == 403
        assert client.get("/api/public/projects", headers=project.basic).status_code == 200

    def test_of_another_organization_is_unknown(
        self, client: TestClient, organization: OrganizationKeys, stranger: ProjectKeys
    ) -> None:
        foreign = client.delete(f"/api/public/projects/{stranger.id}", headers=organization.basic)
        unknown = client.delete("/api/public/projects/nothing", headers=organization.basic)
        assert (foreign.status_code, foreign.json()) == (404, unknown.json())
        assert unknown.status_code == 404
        assert client.get("/api/public/projects", headers=stranger.basic).status_code == 200

    def test_erases_everything_and_proves_it(
        self, client: TestClient, organization: OrganizationKeys, stranger: ProjectKeys, parts: Parts
    ) -> None:
        mine, stores = organization.project, parts.stores
        insert(
            stores.analytics,
            trace(mine.id, "t1", name="canary"),
            observation(mine.id, "t1", "o1"),
            score(mine.id, "s1", trace_id="t1"),
            trace(stranger.id, "t1"),
        )
        send(client, mine, {"id": "t2", "input": "canary " * 60_000})
        with stores.meta.begin() as session:
            for id_ in (mine.id, stranger.id):
                session.add(Prompt(project_id=id_, name="p", type="text"))
                session.add(Comment(project_id=id_, object_type="TRACE", object_id="t1", content="x"))
        answer = client.delete(f"/api/public/projects/{mine.id}", headers=organization.basic)
        assert answer.status_code == 202
        assert answer.json()["success"] is True
        assert answer.json()["message"] == "The project is deleted and its data is being erased"
        # At once: the key is refused, and the project is unknown.
        assert client.get("/api/public/traces", headers=mine.basic).status_code == 401
        again = client.delete(f"/api/public/projects/{mine.id}", headers=organization.basic)
        assert again.status_code == 404
        proof = wait(parts, client, f"{ERASURES}/{answer.json()['erasureId']}", organization.basic)
        assert (proof["kind"], proof["projectId"], proof["subject"]) == ("project", mine.id, mine.id)
        assert proof["organizationId"] == organization.id
        assert proof["requestedAt"] <= proof["startedAt"] <= proof["finishedAt"]
        assert proof["lastError"] is None
        counts = proof["counts"]
        assert {
            name: counts[name] for name in ("traces", "observations", "scores", "prompts", "comments")
        } == {
            "traces": 2,
            "observations": 1,
            "scores": 1,
            "prompts": 1,
            "comments": 1,
        }
        assert counts["blobs"] >= 1
        remaining = proof["verification"]["remaining"]
        assert set(remaining.values()) == {0}
        assert {"traces", "observations", "scores", "blobs", "requests"} <= set(remaining)
        self._check_stores(parts, mine, stranger, proof)

    def _check_stores(
        self, parts: Parts, mine: ProjectKeys, stranger: ProjectKeys, proof: dict[str, Any]
    ) -> None:
        with parts.stores.meta.read() as session:
            project = session.get(Project, mine.id)
            assert project is not None
            assert (project.name, project.extra, project.deleted_at is None) == ("", {}, False)
            assert session.scalars(select(ApiKey).where(ApiKey.project_id == mine.id)).all() == []
            assert session.get(Prompt, (stranger.id, "p")) is not None
            entries = session.scalars(
                select(AuditLog)
                .where(AuditLog.project_id == mine.id, AuditLog.resource_type == "project")
                .order_by(AuditLog.created_at)
            ).all()
        assert [(entry.actor_type, entry.action) for entry in entries] == [
            ("API_KEY", "delete"),
            ("SYSTEM", "erase"),
        ]
        assert proof["requestedBy"] == entries[0].actor_id
        assert entries[1].after["erasure"] == proof["id"]

    def test_a_name_is_free_at_once(
        self, client: TestClient, organization: OrganizationKeys, parts: Parts
    ) -> None:
        with parts.stores.meta.read() as session:
            name = session.get_one(Project, organization.project.id).name
        assert (
            client.delete(
                f"/api/public/projects/{organization.project.id}", headers=organization.basic
            ).status_code
            == 202
        )
        with parts.stores.meta.begin() as session:
            session.add(Project(organization_id=organization.id, name=name))


class TestDeleteOrganization:
    def test_needs_its_key_and_its_name(
        self, client: TestClient, organization: OrganizationKeys, project: ProjectKeys
    ) -> None:
        assert ask(client, "DELETE", ORGANIZATION, {}, {"name": "org"}).status_code == 401
        assert ask(client, "DELETE", ORGANIZATION, project.basic, {"name": "org"}).status_code == 403
        for body in ({"name": "Org"}, {}, {"name": "org", "force": True}, []):
            assert ask(client, "DELETE", ORGANIZATION, organization.basic, body).status_code == 400, body
        path = "/api/public/projects"
        assert client.get(path, headers=organization.project.basic).status_code == 200

    def test_erases_its_projects_and_itself(
        self,
        client: TestClient,
        organization: OrganizationKeys,
        stranger: ProjectKeys,
        parts: Parts,
        admin: dict[str, str],
    ) -> None:
        insert(parts.stores.analytics, trace(organization.project.id, "t1"), trace(stranger.id, "t1"))
        answer = ask(client, "DELETE", ORGANIZATION, organization.basic, {"name": "org"})
        assert answer.status_code == 202
        assert (answer.json()["kind"], answer.json()["subject"]) == ("organization", organization.id)
        assert client.get("/api/public/projects", headers=organization.project.basic).status_code == 401
        proof = wait(parts, client, f"/api/admin/erasures/{answer.json()['id']}", admin)
        assert set(proof["verification"]["remaining"].values()) == {0}
        assert proof["counts"]["organizations"] == 1
        assert proof["counts"]["projects"] == 1
        parts.state.keys.forget()
        assert client.get(ERASURES, headers=organization.basic).status_code == 401
        with parts.stores.meta.read() as session:
            assert session.get(Organization, organization.id) is None
            assert session.get(Project, organization.project.id) is None
        assert client.get("/api/public/traces/t1", headers=stranger.basic).status_code == 200
        listed = ask(client, "GET", "/api/admin/erasures?limit=100", admin).json()["data"]
        mine = [each for each in listed if each["organizationId"] == organization.id]
        assert sorted(each["kind"] for each in mine) == ["organization", "project"]
        assert {each["status"] for each in mine} == {"done"}


class TestDeleteUser:
    def test_needs_a_secret_key_of_the_project(
        self, client: TestClient, organization: OrganizationKeys, project: ProjectKeys
    ) -> None:
        path = "/api/public/spyglass/users/u"
        assert client.delete(path).status_code == 401
        assert client.delete(path, headers=project.bearer).status_code == 403
        assert client.delete(path, headers=organization.basic).status_code == 403

    def test_an_id_that_cannot_be_stored_is_refused(self, client: TestClient, project: ProjectKeys) -> None:
        answer = client.delete("/api/public/spyglass/users/a%00b", headers=project.basic)
        assert answer.status_code == 400
        assert "NUL" in answer.json()["message"]

    def test_erases_the_traces_of_that_user_only(
        self, client: TestClient, project: ProjectKeys, stranger: ProjectKeys, parts: Parts
    ) -> None:
        user = "a/b c@example.com"
        insert(
            parts.stores.analytics,
            trace(project.id, "mine", user_id=user),
            trace(project.id, "by-observation"),
            observation(project.id, "by-observation", "o1", user_id=user),
            observation(project.id, "by-observation", "o2"),
            trace(project.id, "other", user_id="a"),
            trace(stranger.id, "mine", user_id=user),
        )
        answer = client.delete("/api/public/spyglass/users/a%2Fb%20c%40example.com", headers=project.basic)
        assert answer.status_code == 202
        assert user not in answer.text
        assert answer.json()["status"] == "queued"
        proof = wait(parts, client, f"{ERASURES}/{answer.json()['id']}", project.basic)
        assert proof["subject"] == hashlib.sha256(user.encode()).hexdigest()
        assert proof["counts"] == {"traces": 2, "observations": 2}
        assert set(proof["verification"]["remaining"].values()) == {0}
        assert user not in json.dumps(proof)
        listed = client.get("/api/public/traces", headers=project.basic).json()["data"]
        assert [each["id"] for each in listed] == ["other"]
        assert client.get("/api/public/traces/mine", headers=stranger.basic).status_code == 200

    def test_of_nobody_proves_that_there_is_nothing(
        self, client: TestClient, project: ProjectKeys, parts: Parts
    ) -> None:
        answer = client.delete("/api/public/spyglass/users/nobody", headers=project.basic)
        proof = wait(parts, client, f"{ERASURES}/{answer.json()['id']}", project.basic)
        assert proof["counts"] == {}


class TestProofs:
    def test_belong_to_the_project_and_its_organization(
        self,
        client: TestClient,
        make_organization: Callable[[], OrganizationKeys],
        admin: dict[str, str],
        project: ProjectKeys,
    ) -> None:
        mine, other = make_organization(), make_organization()
        answer = client.delete("/api/public/spyglass/users/u", headers=mine.project.basic)
        path = f"{ERASURES}/{answer.json()['id']}"
        for headers in (mine.project.basic, mine.basic):
            assert ask(client, "GET", path, headers).status_code == 200
            listed = ask(client, "GET", ERASURES, headers).json()
            assert [each["id"] for each in listed["data"]] == [answer.json()["id"]]
            assert listed["meta"]["totalItems"] == 1
        for headers in (other.project.basic, other.basic, project.basic):
            found = ask(client, "GET", path, headers)
            assert (found.status_code, found.json()["message"]) == (404, "Erasure not found")
            assert ask(client, "GET", ERASURES, headers).json()["data"] == []
        assert ask(client, "GET", path, {}).status_code == 401
        assert ask(client, "GET", path, mine.project.bearer).status_code == 403
        assert ask(client, "GET", "/api/admin/erasures", mine.basic).status_code == 401
        assert ask(client, "GET", f"/api/admin/erasures/{answer.json()['id']}", admin).status_code == 200
        assert ask(client, "GET", "/api/admin/erasures/nothing", admin).status_code == 404
