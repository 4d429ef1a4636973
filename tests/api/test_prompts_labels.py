"""`/api/public/spyglass/...`: labels that split the traffic, labels that are protected."""

from collections import Counter
from typing import Any

import pytest
from prompt_calls import SPYGLASS, V2, Api
from sqlalchemy import select
from starlette.testclient import TestClient

from spyglass.server.wiring import Parts
from spyglass.stores.meta.tables import AuditLog


@pytest.fixture
def api(client: TestClient, project: Any) -> Api:
    return Api(client, project.basic)


@pytest.fixture
def split(api: Api) -> Api:
    """Two versions of `f/p`; production goes to the first for 90 of 100."""
    api.create("f/p", "one", labels=["production"], tags=["t"])
    api.create("f/p", "two", labels=["staging"])
    api.split("f/p", "production", {1: 90, 2: 10})
    return api


def versions(api: Api, count: int, **more: Any) -> list[int]:
    return [api.fetch("f/p", **more).json()["version"] for _ in range(count)]


class TestSplit:
    def test_what_is_set_is_read(self, split: Api) -> None:
        expected = {
            "name": "f/p",
            "label": "production",
            "versions": [{"version": 1, "weight": 90}, {"version": 2, "weight": 10}],
        }
        answer = split.client.get(split.url_of_label("f/p", "production"), headers=split.headers)
        assert (answer.status_code, answer.json()) == (200, expected)
        assert split.split("f/p", "production", {2: 10, 1: 90}) == expected
        plain = split.client.get(split.url_of_label("f/p", "staging"), headers=split.headers)
        assert plain.json()["versions"] == [{"version": 2, "weight": 1}]

    def test_fetches_have_the_shares(self, split: Api) -> None:
        assert 8 <= Counter(versions(split, 100))[2] <= 12

    def test_the_answer_is_of_its_version(self, split: Api) -> None:
        answers = [split.fetch("f/p") for _ in range(40)]
        found = {answer.json()["version"]: answer for answer in answers}
        assert {version: answer.json()["labels"] for version, answer in found.items()} == {
            1: ["production"],
            2: ["latest", "production", "staging"],
        }
        assert {version: answer.json()["prompt"] for version, answer in found.items()} == {1: "one", 2: "two"}
        assert found[2].headers["x-spyglass-split"] == "label=production; version=2; weight=10/100"
        assert "x-spyglass-split" not in split.fetch("f/p", label="staging").headers
        assert "x-spyglass-split" not in split.fetch("f/p", version=1).headers

    def test_other_writes_do_not_restart_the_sequence(self, split: Api) -> None:
        found = []
        for count in range(60):
            found += versions(split, 1)
            if count % 3 == 0:
                split.create("other", str(count))
        assert 4 <= found.count(2) <= 8

    def test_a_subject_keeps_its_version(self, split: Api) -> None:
        subjects = [f"user-{n}" for n in range(60)]
        first = {subject: versions(split, 1, subject=subject)[0] for subject in subjects}
        assert set(first.values()) == {1, 2}
        for subject in subjects:
            assert versions(split, 1, headers={"x-spyglass-subject": subject}) == [first[subject]]
        split.split("f/p", "production", {1: 50, 2: 50})
        moved = {s: versions(split, 1, subject=s)[0] for s in subjects}
        assert all(moved[subject] == 2 for subject in subjects if first[subject] == 2)
        assert sum(moved[subject] != first[subject] for subject in subjects) < 40

    def test_the_same_subject_in_header_and_parameter(self, split: Api) -> None:
        split.split("f/p", "production", {1: 1, 2: 1})
        for subject in (f"Zoë 日本 {n}" for n in range(20)):
            header = {"x-spyglass-subject": subject.encode()}
            assert versions(split, 1, headers=header) == versions(split, 1, subject=subject)

    def test_the_first_generation_is_split_too(self, split: Api) -> None:
        calls = [
            split.client.get("/api/public/prompts", params={"name": "f/p"}, headers=split.headers)
            for _ in range(40)
        ]
        assert {call.json()["version"] for call in calls} == {1, 2}

    def test_a_plain_move_ends_it(self, split: Api) -> None:
        split.label("f/p", 2, ["production"])
        assert set(versions(split, 20)) == {2}
        split.split("f/p", "production", {1: 1, 2: 1})
        split.create("f/p", "three", labels=["production"])
        assert set(versions(split, 20)) == {3}
        split.split("f/p", "production", {1: 7})
        assert set(versions(split, 5)) == {1}

    def test_a_version_that_is_deleted_leaves_it(self, split: Api) -> None:
        split.delete("f/p", version=2)
        assert set(versions(split, 20)) == {1}

    def test_take_a_label_away(self, split: Api) -> None:
        url = split.url_of_label("f/p", "production")
        assert split.client.delete(url, headers=split.headers).status_code == 204
        assert split.get("f/p", 404)["message"] == "Prompt not found: 'f/p' with label 'production'"
        assert split.client.delete(url, headers=split.headers).status_code == 404
        assert split.client.get(url, headers=split.headers).status_code == 404
        assert split.get("f/p", version=2)["labels"] == ["latest", "staging"]

    def test_names_that_look_like_the_rest_of_the_path(self, api: Api) -> None:
        api.create("a/labels/b", "x", labels=["production"])
        assert api.split("a/labels/b", "new", {1: 3})["name"] == "a/labels/b"

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"versions": []},
            {"versions": [{"version": 1, "weight": 0}]},
            {"versions": [{"version": 1, "weight": 1_000_001}]},
            {"versions": [{"version": 1, "weight": 1}, {"version": 1, "weight": 2}]},
            {"versions": [{"version": 0, "weight": 1}]},
            {"versions": [{"version": 1, "weight": 1, "wieght": 2}]},
            {"versions": [{"version": 1, "weight": 1}], "more": 1},
            {"versions": [{"version": n, "weight": 1} for n in range(1, 102)]},
        ],
    )
    def test_a_bad_body(self, split: Api, body: dict[str, Any]) -> None:
        url = split.url_of_label("f/p", "production")
        assert split.client.put(url, json=body, headers=split.headers).status_code == 400
        assert len(split.client.get(url, headers=split.headers).json()["versions"]) == 2

    def test_what_is_refused(self, split: Api) -> None:
        assert "kept by the server" in split.split("f/p", "latest", {1: 1}, 400)["message"]
        refused = split.split("f/p", "production", {1: 1, 9: 1, 5: 1}, 400)
        assert refused["message"] == "The prompt 'f/p' has no version 5, 9"
        assert split.split("f/p", "UPPER", {1: 1}, 400)["message"] == "Invalid request data"
        assert split.split("q", "x", {1: 1}, 404)["message"] == "Prompt not found: 'q'"
        latest = split.client.delete(split.url_of_label("f/p", "latest"), headers=split.headers)
        assert latest.status_code == 400

    def test_strangers_and_nobody(self, split: Api, stranger: Any) -> None:
        url = split.url_of_label("f/p", "production")
        body = {"versions": [{"version": 1, "weight": 1}]}
        for headers, status in ((stranger.basic, 404), ({}, 401)):
            assert split.client.get(url, headers=headers).status_code == status
            assert split.client.put(url, json=body, headers=headers).status_code == status
            assert split.client.delete(url, headers=headers).status_code == status
        assert len(split.client.get(url, headers=split.headers).json()["versions"]) == 2

    def test_the_audit_log(self, split: Api, parts: Parts, project: Any) -> None:
        split.split("f/p", "beta", {1: 1})
        split.client.delete(split.url_of_label("f/p", "beta"), headers=split.headers)
        with parts.stores.meta.read() as session:
            statement = select(AuditLog).where(
                AuditLog.project_id == project.id, AuditLog.resource_type == "promptLabel"
            )
            found = session.scalars(statement.order_by(AuditLog.created_at)).all()
        assert [(each.action, each.resource_id) for each in found] == [
            ("update", "f/p:production"),
            ("create", "f/p:beta"),
            ("delete", "f/p:beta"),
        ]
        assert found[0].before["versions"] == [{"version": 1, "weight": 1}]
        assert found[0].after["versions"][1] == {"version": 2, "weight": 10}


class TestProtected:
    @pytest.fixture
    def guarded(self, client: TestClient, organization: Any) -> Api:
        """`production` of the project is protected and on version 1 of `p`."""
        api = Api(client, organization.project.basic)
        api.create("p", "one", labels=["production"])
        api.create("p", "two")
        self.protect(client, organization, ["production"])
        return api

    @staticmethod
    def protect(client: TestClient, organization: Any, labels: list[str], status: int = 200) -> Any:
        url = f"{SPYGLASS}/projects/{organization.project.id}/protected-labels"
        answer = client.put(url, json={"labels": labels}, headers=organization.basic)
        assert answer.status_code == status, answer.text
        return answer.json()

    def test_set_and_read(self, client: TestClient, organization: Any) -> None:
        url = f"{SPYGLASS}/projects/{organization.project.id}/protected-labels"
        assert client.get(url, headers=organization.basic).json() == {"labels": []}
        assert self.protect(client, organization, ["b", "a", "b"]) == {"labels": ["a", "b"]}
        assert client.get(url, headers=organization.basic).json() == {"labels": ["a", "b"]}
        assert self.protect(client, organization, []) == {"labels": []}
        for labels in (["latest"], ["NO"], "x"):
            self.protect(client, organization, labels, 400)

    def test_a_key_of_the_project_changes_nothing_about_it(self, guarded: Api) -> None:
        before = guarded.get("p")
        for refused in (
            guarded.create("p", "three", 403, labels=["production"]),
            guarded.label("p", 2, ["x", "production"], 403),
            guarded.delete("p", 403),
            guarded.delete("p", 403, version=1),
            guarded.delete("p", 403, label="production"),
            guarded.split("p", "production", {1: 1, 2: 1}, 403),
        ):
            assert refused["error"] == "ForbiddenError"
            assert refused["message"].endswith("with an API key of the project: production")
        url = guarded.url_of_label("p", "production")
        assert guarded.client.delete(url, headers=guarded.headers).status_code == 403
        body = {"name": "p", "prompt": "x", "isActive": True}
        assert (
            guarded.client.post("/api/public/prompts", json=body, headers=guarded.headers).status_code == 403
        )
        assert guarded.get("p") == before
        assert guarded.list()["data"][0]["versions"] == [1, 2]

    def test_what_is_not_protected_goes_on(self, guarded: Api, client: TestClient, organization: Any) -> None:
        assert guarded.label("p", 1, ["staging"])["labels"] == ["production", "staging"]
        guarded.create("p", "three")
        guarded.delete("p", version=2)
        self.protect(client, organization, [])
        assert guarded.label("p", 3, ["production"])["version"] == 3

    def test_who_may_protect(self, client: TestClient, organization: Any, make_organization: Any) -> None:
        url = f"{SPYGLASS}/projects/{organization.project.id}/protected-labels"
        other = make_organization()
        for headers, status in (({}, 401), (organization.project.basic, 403), (other.basic, 404)):
            assert client.get(url, headers=headers).status_code == status
            assert client.put(url, json={"labels": ["a"]}, headers=headers).status_code == status
        assert client.get(url, headers=organization.basic).json() == {"labels": []}
        unknown = client.get(f"{SPYGLASS}/projects/a%00/protected-labels", headers=organization.basic)
        assert (unknown.status_code, unknown.json()["message"]) == (404, "Project not found")
        extra = client.put(url, json={"labels": [], "more": 1}, headers=organization.basic)
        assert extra.status_code == 400
        assert client.get(f"{V2}/p", headers=organization.basic).status_code == 403

    def test_the_audit_log(self, parts: Parts, client: TestClient, organization: Any) -> None:
        self.protect(client, organization, ["a"])
        self.protect(client, organization, ["a"])
        with parts.stores.meta.read() as session:
            statement = select(AuditLog).where(AuditLog.resource_id == organization.project.id)
            found = [
                each for each in session.scalars(statement) if each.resource_type == "promptProtectedLabels"
            ]
        assert [(each.action, each.before, each.after) for each in found] == [("update", [], ["a"])]
        assert found[0].organization_id == organization.id
