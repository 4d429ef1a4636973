"""`/api/public/v2/prompts`: create, fetch, label, list, delete; and the first generation of the API."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from prompt_calls import V2, Api
from sqlalchemy import select
from starlette.testclient import TestClient

from spyglass.server.wiring import Parts
from spyglass.stores.meta.tables import AuditLog

V1 = "/api/public/prompts"


@pytest.fixture
def api(client: TestClient, project: Any) -> Api:
    return Api(client, project.basic)


class TestCreate:
    def test_the_whole_object(self, api: Api, project: Any) -> None:
        found = api.create(
            "folder/greeting",
            "Hello {{name}}",
            labels=["production", "a.b-c_1", "production"],
            tags=["x", "y", "x"],
            config={"z": 1, "a": [None, 2.5]},
            commitMessage="first",
        )
        assert {key: found[key] for key in found if key not in ("id", "createdAt", "updatedAt")} == {
            "projectId": project.id,
            "name": "folder/greeting",
            "version": 1,
            "type": "text",
            "prompt": "Hello {{name}}",
            "config": {"z": 1, "a": [None, 2.5]},
            "labels": ["a.b-c_1", "latest", "production"],
            "tags": ["x", "y"],
            "isActive": True,
            "commitMessage": "first",
            "resolutionGraph": None,
            "createdBy": "API",
        }
        assert list(found["config"]) == ["z", "a"]
        assert found["createdAt"].endswith("Z")
        assert len(found["createdAt"]) == 24
        assert api.get("folder/greeting") == found

    def test_versions_labels_and_tags_of_the_next(self, api: Api) -> None:
        api.create("p", "one", labels=["production", "staging"], tags=["old"])
        second = api.create("p", "two", labels=["staging"])
        assert (second["version"], second["labels"], second["tags"]) == (2, ["latest", "staging"], ["old"])
        assert (second["isActive"], second["config"], second["commitMessage"]) == (False, {}, None)
        assert api.get("p", version=1)["labels"] == ["production"]
        third = api.create("p", "three", tags=["new"])
        assert third["labels"] == ["latest"]
        assert api.get("p", version=1)["tags"] == ["new"]
        assert api.create("p", "four", tags=[])["tags"] == []

    def test_a_chat_keeps_its_messages_and_placeholders(self, api: Api) -> None:
        messages = [
            {"role": "system", "content": "Be {{mood}}", "type": "chatmessage"},
            {"type": "placeholder", "name": "history"},
            {"role": "user", "content": "hi", "extra": {"kept": True}},
        ]
        found = api.create("chat", [*messages, {"name": "bare"}], type="chat", labels=["production"])
        assert found["type"] == "chat"
        assert found["prompt"] == [*messages, {"type": "placeholder", "name": "bare"}]
        assert api.get("chat") == found

    @pytest.mark.parametrize("kind", ["message", "", None])
    def test_a_type_of_message_that_clients_cannot_read_is_left_out(self, api: Api, kind: str | None) -> None:
        found = api.create("chat", [{"type": kind, "role": "user", "content": "x"}], type="chat")
        assert found["prompt"] == [{"role": "user", "content": "x"}]

    def test_the_type_of_a_name_stays(self, api: Api) -> None:
        api.create("p", "one")
        refused = api.create("p", [{"role": "user", "content": "x"}], 400, type="chat")
        assert refused["error"] == "InvalidRequestError"
        assert "'p' is of type text" in refused["message"]
        assert api.list(name="p")["data"][0]["versions"] == [1]

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "a" * 256,
            "/a",
            "a/",
            "a//b",
            "a|b",
            "<b>a</b>",
            "new",
            "metrics",
            "prompt-detail",
            "a\0",
            "a\n",
        ],
    )
    def test_a_bad_name(self, api: Api, name: str) -> None:
        refused = api.create(name, "x", 400)
        assert refused["message"] == "Invalid request data"
        assert refused["error"][0]["path"][-1] == "name"

    @pytest.mark.parametrize("name", ["a" * 255, "a/new", "a b?&#ü😀 5%", "x/versions/1", "1 < 2", "a.b"])
    def test_a_good_name(self, api: Api, name: str) -> None:
        made = api.create(name, "x", labels=["production"])
        assert made["name"] == name
        assert api.get(name) == made
        assert api.label(name, 1, ["extra"])["labels"] == ["extra", "latest", "production"]

    def test_a_folder_whose_slash_was_not_encoded(self, api: Api) -> None:
        made = api.create("a/b/c", "x", labels=["production"])
        assert api.client.get(f"{V2}/a/b/c", headers=api.headers).json() == made

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"prompt": "x"}, ["name"]),
            ({"name": "p"}, ["prompt"]),
            ({"name": "p", "prompt": ["x"]}, ["prompt"]),
            ({"name": "p", "prompt": "a\0b"}, ["prompt"]),
            ({"name": "p", "prompt": "x", "type": "other"}, ["type"]),
            ({"name": "p", "prompt": "x", "type": ["text"]}, ["type"]),
            ([], []),
            ({"name": "p", "prompt": "x", "type": "chat"}, ["prompt"]),
            ({"name": "p", "prompt": "x", "labels": ["Upper"]}, ["labels", 0]),
            ({"name": "p", "prompt": "x", "labels": ["a" * 37]}, ["labels", 0]),
            ({"name": "p", "prompt": "x", "labels": "production"}, ["labels"]),
            ({"name": "p", "prompt": "x", "tags": ["a\0"]}, ["tags", 0]),
            ({"name": "p", "prompt": "x", "config": {"a\0": 1}}, ["config"]),
            ({"name": "p", "prompt": "x", "config": {"a": "\ud800"}}, ["config"]),
            ({"name": "p", "prompt": "x", "commitMessage": "m" * 501}, ["commitMessage"]),
            (
                {"name": "p", "type": "chat", "prompt": [{"role": "user"}]},
                ["prompt", 0, "content"],
            ),
            ({"name": "p", "type": "chat", "prompt": ["x"]}, ["prompt", 0]),
            (
                {"name": "p", "type": "chat", "prompt": [{"type": "placeholder", "name": "1a"}]},
                ["prompt", 0, "name"],
            ),
            (
                {
                    "name": "p",
                    "type": "chat",
                    "prompt": [{"role": "user", "content": "{{ a }}"}, {"type": "placeholder", "name": "a"}],
                },
                ["prompt"],
            ),
        ],
    )
    def test_a_bad_body(self, api: Api, body: Any, path: list[Any]) -> None:
        headers = {**api.headers, "content-type": "application/json"}
        answer = api.client.post(V2, content=json.dumps(body), headers=headers)
        assert answer.status_code == 400
        assert [issue["path"] for issue in answer.json()["error"]] == [path]
        assert api.list()["meta"]["totalItems"] == 0

    def test_no_body_and_no_json(self, api: Api) -> None:
        headers = {**api.headers, "content-type": "application/json"}
        assert api.client.post(V2, content=b"{", headers=headers).status_code == 400
        assert api.client.post(V2, content=b"", headers=headers).status_code == 400
        assert api.client.post(V2, content=b"[" * 100_000, headers=headers).status_code == 400

    def test_longest_commit_message_and_any_config(self, api: Api) -> None:
        assert api.create("p", "x", commitMessage="m" * 500)["commitMessage"] == "m" * 500
        for config in ([1], "text", 5, False, {"deep": [[[]]]}):
            assert api.create("p", "x", config=config)["config"] == config
        assert api.create("p", "x", config=None)["config"] == {}

    def test_a_label_that_the_server_keeps_is_no_offence_at_creation(self, api: Api) -> None:
        assert api.create("p", "x", labels=["latest"])["labels"] == ["latest"]

    def test_a_version_is_given_once(self, api: Api) -> None:
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda n: api.create("p", str(n), labels=["production"]), range(12)))
        assert sorted(each["version"] for each in made) == list(range(1, 13))
        assert api.get("p", label="latest")["version"] == 12
        listed = api.list(name="p", label="production")["data"][0]
        assert len(listed["versions"]) == 1

    def test_anonymous_and_public_key(self, client: TestClient, project: Any) -> None:
        body = {"name": "p", "prompt": "x"}
        assert client.post(V2, json=body).status_code == 401
        assert client.post(V2, json=body, headers=project.bearer).status_code == 403
        assert client.get(f"{V2}/p", headers=project.bearer).status_code == 403
        assert client.get(f"{V2}/p").status_code == 401


class TestFetch:
    def test_by_label_by_version_and_by_default(self, api: Api) -> None:
        api.create("p", "one", labels=["production"])
        api.create("p", "two", labels=["staging"])
        assert api.get("p")["prompt"] == "one"
        assert api.get("p", label="")["prompt"] == "one"
        assert api.get("p", label="latest")["prompt"] == "two"
        assert api.get("p", label="staging")["version"] == 2
        assert api.get("p", version=1)["labels"] == ["production"]

    def test_the_words_of_a_miss(self, api: Api) -> None:
        api.create("p", "one")
        error = "LangfuseNotFoundError"
        assert api.get("p", 404) == {
            "message": "Prompt not found: 'p' with label 'production'",
            "error": error,
        }
        assert api.get("p", 404, version=7) == {
            "message": "Prompt not found: 'p' with version 7",
            "error": error,
        }
        assert api.get("a/b", 404, label="x")["message"] == "Prompt not found: 'a/b' with label 'x'"
        assert api.get("nul\0", 404, label="nul\0")["error"] == error

    def test_bad_parameters(self, api: Api) -> None:
        api.create("p", "one", labels=["production"])
        both = api.get("p", 400, version=1, label="production")
        assert both["error"] == "InvalidRequestError"
        for params in ({"version": "x"}, {"version": 0}, {"version": 2**31}, {"resolve": "perhaps"}):
            assert api.get("p", 400, **params)["message"] == "Invalid request data"

    def test_a_stranger_finds_and_changes_nothing(self, api: Api, stranger: Any) -> None:
        made = api.create("p", "one", labels=["production"])
        other = Api(api.client, stranger.basic)
        assert other.get("p", 404)["message"] == "Prompt not found: 'p' with label 'production'"
        assert other.label("p", 1, ["x"], 404)["message"] == "Prompt not found: 'p' with version 1"
        assert other.delete("p", 404)["message"] == "Prompt not found: 'p'"
        assert other.list()["data"] == []
        assert other.create("p", "theirs", labels=["production"])["version"] == 1
        assert api.get("p") == made

    def test_what_was_fetched_before_is_outdated_by_each_write(self, api: Api) -> None:
        assert api.get("p", 404)["error"] == "LangfuseNotFoundError"
        api.create("p", "one", labels=["production"])
        assert api.get("p")["prompt"] == "one"
        api.create("p", "two", labels=["production"], tags=["t"])
        assert api.get("p")["prompt"] == "two"
        assert api.get("p", version=1)["tags"] == ["t"]
        api.label("p", 1, ["production"])
        assert api.get("p")["prompt"] == "one"
        api.delete("p", version=1)
        assert api.get("p", 404)["error"] == "LangfuseNotFoundError"
        assert api.get("p", 404, version=1)["error"] == "LangfuseNotFoundError"

    def test_a_repeated_fetch_asks_no_database(
        self, api: Api, parts: Parts, project: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api.create("p", "one", labels=["production"])
        first = api.get("p")
        meta = parts.stores.meta
        monkeypatch.setattr(meta, "_check_at_s", float("inf"))
        monkeypatch.setattr(parts.state.keys, "_check_at_s", float("inf"))
        monkeypatch.setattr(meta, "read", lambda: pytest.fail("a database was asked"))
        assert api.get("p") == first


class TestLabels:
    def test_labels_are_added_and_move(self, api: Api) -> None:
        api.create("p", "one", labels=["production", "a"])
        api.create("p", "two")
        found = api.label("p", 2, ["production", "b", "b"])
        assert found["labels"] == ["b", "latest", "production"]
        assert found["version"] == 2
        assert api.get("p", version=1)["labels"] == ["a"]
        assert api.label("p", 1, ["b"])["labels"] == ["a", "b"]
        assert api.get("p", version=2)["labels"] == ["latest", "production"]
        assert api.label("p", 1, [])["labels"] == ["a", "b"]

    def test_what_is_refused(self, api: Api) -> None:
        api.create("p", "one")
        latest = api.label("p", 1, ["latest"], 400)
        assert "kept by the server" in latest["error"][0]["message"]
        assert api.label("p", 1, ["NO"], 400)["error"][0]["path"] == ["newLabels", 0]
        assert api.label("p", "x", ["a"], 400)["error"][0]["path"] == ["version"]
        assert api.label("p", 2, ["a"], 404)["message"] == "Prompt not found: 'p' with version 2"
        assert api.label("p", 2**40, ["a"], 404)["error"] == "LangfuseNotFoundError"
        assert api.label("q", 1, ["a"], 404)["message"] == "Prompt not found: 'q' with version 1"


class TestDelete:
    def test_all_versions(self, api: Api) -> None:
        api.create("p", "one", labels=["production"])
        api.create("p", "two")
        api.create("keep", "x")
        assert api.delete("p") is None
        assert [each["name"] for each in api.list()["data"]] == ["keep"]
        assert api.delete("p", 404)["message"] == "Prompt not found: 'p'"

    def test_the_newest_hands_latest_on_and_its_number_is_not_given_again(self, api: Api) -> None:
        for text in ("one", "two", "three"):
            api.create("p", text)
        api.delete("p", version=3)
        assert api.get("p", label="latest")["version"] == 2
        assert api.create("p", "four")["version"] == 4
        api.delete("p", version=1)
        assert api.get("p", label="latest")["version"] == 4

    def test_an_end_of_line_is_no_end_of_a_name(self, api: Api) -> None:
        api.create("p", "one", labels=["production"])
        assert api.delete("p\n", 404) == {"message": "Not Found", "error": "LangfuseNotFoundError"}
        api.get("p\n", 404)
        assert api.get("p")["version"] == 1

    def test_by_label_and_by_both(self, api: Api) -> None:
        api.create("p", "one", labels=["a"])
        api.create("p", "two", labels=["b"])
        assert api.delete("p", 404, label="c")["message"] == "Prompt not found: 'p' with label 'c'"
        assert api.delete("p", 404, label="a", version=2)["error"] == "LangfuseNotFoundError"
        api.delete("p", label="a", version=1)
        assert api.list()["data"][0]["versions"] == [2]
        api.delete("p", label="b")
        assert api.list()["data"] == []
        assert api.create("p", [{"role": "user", "content": "x"}], type="chat")["version"] == 1


class TestList:
    def test_a_row_for_each_name(self, api: Api) -> None:
        api.create("b", "one", labels=["production"], config={"v": 1}, tags=["t"])
        second = api.create("b", "two", labels=["staging"], config={"v": 2})
        api.create("a", [{"role": "user", "content": "x"}], type="chat")
        found = api.list()
        assert [each["name"] for each in found["data"]] == ["a", "b"]
        assert found["data"][1] == {
            "name": "b",
            "type": "text",
            "versions": [1, 2],
            "labels": ["latest", "production", "staging"],
            "tags": ["t"],
            "lastUpdatedAt": second["updatedAt"],
            "lastConfig": {"v": 2},
        }
        assert found["data"][0]["type"] == "chat"
        assert found["meta"] == {"page": 1, "limit": 10, "totalItems": 2, "totalPages": 1}
        assert found["pagination"] == found["meta"]

    def test_filters_leave_the_versions_that_pass(self, api: Api) -> None:
        api.create("p", "one", labels=["production"], config={"v": 1})
        api.create("p", "two", config={"v": 2})
        api.create("q", "x", tags=["red", "gr\u00fcn"])
        by_label = api.list(label="production")["data"]
        assert [(each["name"], each["versions"], each["labels"]) for each in by_label] == [
            ("p", [1], ["production"])
        ]
        assert by_label[0]["lastConfig"] == {"v": 1}
        assert [each["name"] for each in api.list(tag="gr\u00fcn")["data"]] == ["q"]
        assert api.list(tag="re")["data"] == []
        assert [each["versions"] for each in api.list(version=2)["data"]] == [[2]]
        assert [each["name"] for each in api.list(name="q")["data"]] == ["q"]
        assert api.list(name="Q")["data"] == []
        assert api.list(label="production", version=2)["data"] == []
        assert api.list(label="latest")["meta"]["totalItems"] == 2

    def test_by_time_of_update(self, api: Api) -> None:
        made = api.create("p", "one")
        assert api.list(fromUpdatedAt="2100-01-01T00:00:00Z")["data"] == []
        assert api.list(toUpdatedAt="2000-01-01T00:00:00Z")["data"] == []
        assert len(api.list(fromUpdatedAt=made["updatedAt"])["data"]) == 1
        assert len(api.list(fromUpdatedAt="0001-01-01T00:00:00Z")["data"]) == 1
        assert len(api.list(toUpdatedAt="9999-12-31T23:59:59Z")["data"]) == 1

    def test_pages(self, api: Api) -> None:
        for name in "cab":
            api.create(name, "x", tags=["t"])
        for more in ({}, {"tag": "t"}):
            page = api.list(limit=2, page=2, **more)
            assert [each["name"] for each in page["data"]] == ["c"]
            assert page["meta"] == {"page": 2, "limit": 2, "totalItems": 3, "totalPages": 2}
            assert api.list(limit=2, page=9, **more)["data"] == []

    @pytest.mark.parametrize(
        "params",
        [
            {"limit": 0},
            {"limit": 101},
            {"page": 0},
            {"fromUpdatedAt": "x"},
            {"toUpdatedAt": "9999-12-31T23:59:59-14:00"},
            {"name": "a\0"},
        ],
    )
    def test_bad_parameters(self, api: Api, params: dict[str, Any]) -> None:
        assert api.client.get(V2, params=params, headers=api.headers).status_code == 400

    def test_anonymous(self, client: TestClient) -> None:
        assert client.get(V2).status_code == 401


class TestFirstGeneration:
    def test_create_and_fetch(self, api: Api) -> None:
        body = {"name": "p", "prompt": "one", "isActive": True, "config": {"t": 0}}
        made = api.client.post(V1, json=body, headers=api.headers)
        assert made.status_code == 201
        assert (made.json()["isActive"], made.json()["labels"]) == (True, ["latest", "production"])
        body = {"name": "p", "prompt": "two", "isActive": False}
        assert api.client.post(V1, json=body, headers=api.headers).json()["isActive"] is False
        found = api.client.get(V1, params={"name": "p"}, headers=api.headers)
        assert found.status_code == 200
        assert (found.json()["prompt"], found.json()["isActive"]) == ("one", True)
        assert (found.json()["version"], found.json()["labels"]) == (1, ["production"])
        second = api.client.get(V1, params={"name": "p", "version": 2}, headers=api.headers).json()
        assert (second["prompt"], second["isActive"]) == ("two", False)

    def test_what_is_refused(self, api: Api) -> None:
        missing = api.client.get(V1, params={"name": "p", "version": 2}, headers=api.headers)
        assert missing.status_code == 404
        assert missing.json()["message"] == "Prompt not found: 'p' with version 2"
        assert api.client.get(V1, headers=api.headers).status_code == 400
        assert api.client.get(V1, params={"name": "p"}).status_code == 401
        assert api.client.post(V1, json={"name": "p", "prompt": "x"}).status_code == 401


class TestAudit:
    def test_each_write_leaves_one_entry_and_a_refused_one_none(
        self, api: Api, parts: Parts, project: Any
    ) -> None:
        made = api.create("p", "one", labels=["production"])
        api.label("p", 1, ["x"])
        api.create("p", [], 400, type="chat")
        api.delete("p", version=1)
        api.delete("p", 404)
        with parts.stores.meta.read() as session:
            statement = (
                select(AuditLog).where(AuditLog.project_id == project.id).order_by(AuditLog.created_at)
            )
            entries = [each for each in session.scalars(statement) if each.resource_type == "prompt"]
        assert [(each.action, each.resource_id) for each in entries] == [
            (action, made["id"]) for action in ("create", "update", "delete")
        ]
        assert (entries[0].before, entries[0].after) == (None, made)
        assert entries[1].before["labels"] == ["latest", "production"]
        assert entries[1].after["labels"] == ["latest", "production", "x"]
        assert (entries[2].before["prompt"], entries[2].after) == ("one", None)
        assert {each.actor_type for each in entries} == {"API_KEY"}
