"""`/api/public/comments`."""

from typing import Any

import pytest
from people import add_person, signed_in
from rows import insert, observation, trace

from spyglass.core.ids import new_id
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import (
    AuditLog,
    OrganizationMembership,
    Project,
    Prompt,
    PromptVersion,
    User,
)

PATH = "/api/public/comments"


def add_user(parts: Any, project: Any, role: str | None) -> str:
    """A user; a member of the project's organization when a role is given."""
    with parts.stores.meta.begin() as session:
        user = User(email=f"{new_id()}@example.com", name="Ann")
        session.add(user)
        session.flush()
        owner = session.get(Project, project.id)
        if role is not None:
            session.add(
                OrganizationMembership(organization_id=owner.organization_id, user_id=user.id, role=role)
            )
        return user.id


@pytest.fixture
def post(client, project):
    def send(headers: dict[str, str] | None = None, **changes: Any) -> Any:
        body = {"projectId": project.id, "objectType": "TRACE", "objectId": "t1", "content": "look"}
        return client.post(PATH, json={**body, **changes}, headers=headers or project.basic)

    return send


@pytest.fixture
def records(parts, project):
    insert(
        parts.stores.analytics,
        trace(project.id, "t1", session_id="s/1"),
        observation(project.id, "t1", "o1"),
    )
    with parts.stores.meta.begin() as session:
        session.add(Prompt(project_id=project.id, name="p", type="text"))
        session.flush()
        version = PromptVersion(project_id=project.id, name="p", version=1, prompt="hello", created_by="API")
        session.add(version)
        session.flush()
        return {"TRACE": "t1", "OBSERVATION": "o1", "SESSION": "s/1", "PROMPT": version.id}


class TestCreate:
    def test_anonymous(self, client) -> None:
        assert client.post(PATH, json={}).status_code == 401

    @pytest.mark.parametrize("kind", ["TRACE", "OBSERVATION", "SESSION", "PROMPT"])
    def test_valid(self, client, post, records, project, parts, kind: str) -> None:
        answer = post(objectType=kind, objectId=records[kind], content="  look here \n")
        assert answer.status_code == 200
        assert set(answer.json()) == {"id"}
        found = client.get(f"{PATH}/{answer.json()['id']}", headers=project.basic).json()
        assert {**found, "createdAt": "", "updatedAt": ""} == {
            "id": answer.json()["id"],
            "projectId": project.id,
            "createdAt": "",
            "updatedAt": "",
            "objectType": kind,
            "objectId": records[kind],
            "content": "look here",
            "authorUserId": None,
        }
        with parts.stores.meta.read() as session:
            entries = session.scalars(
                scoped(AuditLog, project.id).where(AuditLog.resource_type == "comment")
            ).all()
        assert [(each.action, each.resource_id, each.after) for each in entries] == [
            ("create", found["id"], found)
        ]

    @pytest.mark.parametrize("kind", ["TRACE", "OBSERVATION", "SESSION", "PROMPT"])
    def test_the_object_of_another_project_is_missing(
        self, client, post, records, project, stranger, kind: str
    ) -> None:
        unknown = post(objectType=kind, objectId="none")
        foreign = post(stranger.basic, objectType=kind, objectId=records[kind])
        assert (unknown.status_code, foreign.status_code) == (404, 404)
        assert unknown.json() == {
            "message": f"{kind.capitalize()} none not found within authorized project",
            "error": "LangfuseNotFoundError",
        }
        assert foreign.json()["message"] == unknown.json()["message"].replace("none", records[kind])
        for caller in (project, stranger):
            assert client.get(PATH, headers=caller.basic).json()["data"] == []

    def test_author(self, client, post, records, parts, project, stranger) -> None:
        member = add_user(parts, project, "VIEWER")
        id_ = post(authorUserId=member).json()["id"]
        assert client.get(f"{PATH}/{id_}", headers=project.basic).json()["authorUserId"] == member

    def test_who_is_no_member_is_no_author(self, client, post, records, parts, project, stranger) -> None:
        for user in ("nobody", add_user(parts, project, None), add_user(parts, stranger, "OWNER")):
            answer = post(authorUserId=user)
            assert (answer.status_code, answer.json()["error"]) == (404, "LangfuseNotFoundError")
        assert client.get(PATH, headers=project.basic).json()["data"] == []

    @pytest.mark.parametrize(
        "changes",
        [
            {"content": ""},
            {"content": "   "},
            {"content": "x" * 5001},
            {"content": "a\0"},
            {"content": None},
            {"objectType": "DATASET"},
            {"objectId": ""},
            {"objectId": "a\0"},
            {"projectId": None},
            {"dataField": "input"},
            {"author_id": "x"},
        ],
    )
    def test_invalid(self, post, records, changes: dict[str, Any]) -> None:
        answer = post(**changes)
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")

    def test_the_longest(self, post, records) -> None:
        assert post(content=" " + "x" * 5000 + " ").status_code == 200

    def test_the_project_of_the_key_counts(self, client, post, records, project, stranger) -> None:
        id_ = post(projectId=stranger.id).json()["id"]
        assert client.get(f"{PATH}/{id_}", headers=project.basic).json()["projectId"] == project.id


class TestList:
    def test_anonymous(self, client) -> None:
        assert client.get(PATH).status_code == 401

    def test_filters(self, client, post, records, parts, project) -> None:
        member = add_user(parts, project, "MEMBER")
        post(content="first")
        post(content="second", authorUserId=member)
        post(content="third", objectType="SESSION", objectId="s/1")

        def contents(**params: Any) -> list[str]:
            body = client.get(PATH, params=params, headers=project.basic).json()
            return [each["content"] for each in body["data"]]

        assert contents() == ["third", "second", "first"]
        assert contents(objectType="TRACE") == ["second", "first"]
        assert contents(objectType="SESSION", objectId="s/1") == ["third"]
        assert contents(objectType="TRACE", objectId="s/1") == []
        assert contents(authorUserId=member) == ["second"]
        assert contents(limit=1, page=2) == ["second"]
        assert contents(objectType="", objectId="") == ["third", "second", "first"]

    @pytest.mark.parametrize(
        "params", [{"objectId": "t1"}, {"objectType": "trace"}, {"limit": 101}, {"authorUserId": "a\0"}]
    )
    def test_invalid(self, client, project, params: dict[str, Any]) -> None:
        assert client.get(PATH, params=params, headers=project.basic).status_code == 400


class TestGet:
    def test_anonymous(self, client) -> None:
        assert client.get(f"{PATH}/x").status_code == 401

    def test_unknown_and_stranger(self, client, post, records, project, stranger) -> None:
        id_ = post().json()["id"]
        for path, caller in ((f"{PATH}/none", project), (f"{PATH}/{id_}", stranger)):
            answer = client.get(path, headers=caller.basic)
            assert (answer.status_code, answer.json()["message"]) == (
                404,
                "Comment not found within authorized project",
            )


class TestPeople:
    """Comments of people who are signed in: they are the author, and delete only what they wrote."""

    @pytest.fixture
    def organization(self, parts, project) -> str:
        with parts.stores.meta.read() as session:
            return session.get(Project, project.id).organization_id

    def browser(self, parts, organization: str, project: Any, role: str = "MEMBER") -> Any:
        user = add_person(parts, organization, role)
        return signed_in(parts, user, project=project.id), user

    def test_the_person_is_the_author_whatever_the_body_says(
        self, client, parts, project, records, organization
    ) -> None:
        browser, user = self.browser(parts, organization, project)
        body = {"projectId": project.id, "objectType": "TRACE", "objectId": "t1", "content": "mine"}
        made = browser.post(PATH, {**body, "authorUserId": "somebody else"})
        assert made.status_code == 200, made.text
        found = client.get(f"{PATH}/{made.json()['id']}", headers=project.basic).json()
        assert found["authorUserId"] == user.id

    def test_delete_own_only(self, client, parts, project, stranger, records, organization) -> None:
        browser, _ = self.browser(parts, organization, project)
        other, _ = self.browser(parts, organization, project, "OWNER")
        viewer, _ = self.browser(parts, organization, project, "VIEWER")
        body = {"projectId": project.id, "objectType": "TRACE", "objectId": "t1", "content": "mine"}
        id_ = browser.post(PATH, body).json()["id"]
        path = f"/api/ui/projects/{project.id}/comments/{id_}"
        assert client.delete(path).status_code == 401
        assert client.delete(path, headers=stranger.basic).status_code == 404
        assert viewer.ask("DELETE", path).status_code == 403
        refused = other.ask("DELETE", path)
        assert (refused.status_code, refused.json()["message"]) == (
            403,
            "Only its author may delete a comment",
        )
        assert browser.ask("DELETE", path).status_code == 204
        assert browser.ask("DELETE", path).status_code == 404
        with parts.stores.meta.read() as session:
            audited = scoped(AuditLog, project.id).where(AuditLog.resource_id == id_)
            assert [each.action for each in session.scalars(audited)] == ["create", "delete"]

    def test_a_key_deletes_any(self, client, post, records, project) -> None:
        id_ = post().json()["id"]
        path = f"/api/ui/projects/{project.id}/comments/{id_}"
        assert client.delete(path, headers=project.basic).status_code == 204
        assert client.get(f"{PATH}/{id_}", headers=project.basic).status_code == 404
