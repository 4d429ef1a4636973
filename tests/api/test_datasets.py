"""`/api/public/v2/datasets`, `/datasets`, `/spyglass/datasets`: datasets and their schemas."""

from typing import Any
from urllib.parse import quote

import pytest

V2 = "/api/public/v2/datasets"
V1 = "/api/public/datasets"
OWN = "/api/public/spyglass/datasets"
ITEMS = "/api/public/dataset-items"
EMPTY_PAGE = {"data": [], "meta": {"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0}}


@pytest.fixture
def post(client, project):
    return lambda path, body: client.post(path, json=body, headers=project.basic)


@pytest.fixture
def get(client, project):
    return lambda path, **params: client.get(path, params=params, headers=project.basic)


class TestCreate:
    def test_anonymous(self, client) -> None:
        assert client.post(V2, json={"name": "a"}).status_code == 401

    def test_public_key_alone(self, client, project) -> None:
        assert client.post(V2, json={"name": "a"}, headers=project.bearer).status_code == 403

    def test_whole_body(self, post, project) -> None:
        answer = post(V2, {"name": "qa/easy", "description": "d", "metadata": [1, {"b": 2, "a": 1}]})
        found = answer.json()
        assert answer.status_code == 200
        assert len(found.pop("id")) == 36
        assert found.pop("createdAt").endswith("Z")
        assert found.pop("updatedAt").endswith("Z")
        assert found == {
            "projectId": project.id,
            "name": "qa/easy",
            "description": "d",
            "metadata": [1, {"b": 2, "a": 1}],
            "inputSchema": None,
            "expectedOutputSchema": None,
        }

    def test_absent_keys_keep_and_null_clears(self, post) -> None:
        schema = {"type": "object"}
        first = post(
            V2, {"name": "a", "description": "d", "metadata": {"x": 1}, "inputSchema": schema}
        ).json()
        again = post(V2, {"name": "a"}).json()
        assert {**again, "updatedAt": None} == {**first, "updatedAt": None}
        cleared = post(V2, {"name": "a", "description": None, "inputSchema": None}).json()
        assert (cleared["id"], cleared["description"], cleared["metadata"], cleared["inputSchema"]) == (
            first["id"],
            None,
            {"x": 1},
            None,
        )

    def test_one_name_in_two_projects(self, client, project, stranger) -> None:
        ids = {
            client.post(V2, json={"name": "a"}, headers=keys.basic).json()["id"]
            for keys in (project, stranger)
        }
        assert len(ids) == 2

    @pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "a<b>c", "x" * 256, "a\0b", "a\nb", None, 5])
    def test_bad_names(self, post, name: Any) -> None:
        answer = post(V2, {"name": name})
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")
        assert answer.json()["error"][0]["path"] == ["name"]

    def test_unknown_fields_are_ignored(self, post) -> None:
        assert post(V2, {"name": "a", "later": 1}).status_code == 200

    def test_what_json_cannot_carry_on(self, post) -> None:
        found = post(V2, {"name": "a", "metadata": {"n": 2**70, "ok": 2**63}}).json()
        assert found["metadata"] == {"n": str(2**70), "ok": 2**63}

    def test_halves_of_surrogate_pairs(self, client, project) -> None:
        body = b'{"name":"a","metadata":"x\\ud800y"}'
        headers = {**project.basic, "content-type": "application/json"}
        answer = client.post(V2, content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"][0]["path"]) == (400, ["metadata"])


class TestSchemas:
    @pytest.mark.parametrize(
        ("schema", "path", "reason"),
        [
            ({"type": "objct"}, ["inputSchema", "type"], "Invalid JSON Schema"),
            (5, ["inputSchema"], "Invalid JSON Schema"),
            ({"$ref": "http://127.0.0.1:9/x"}, ["inputSchema"], "is not fetched"),
            ({"properties": {"a": {"$ref": "file:///etc/passwd"}}}, ["inputSchema"], "is not fetched"),
            ({"properties": {"a": {"pattern": "("}}}, ["inputSchema", "properties", "a", "pattern"], "regex"),
            ({"$ref": "#"}, ["inputSchema"], "no reference within the schema"),
        ],
    )
    def test_no_schema(self, post, get, schema: Any, path: list[str], reason: str) -> None:
        answer = post(V2, {"name": "a", "inputSchema": schema})
        assert answer.status_code == 400
        [issue] = answer.json()["error"]
        assert issue["path"] == path
        assert reason in issue["message"]
        assert get(V2).json() == EMPTY_PAGE

    def test_new_items(self, post, get) -> None:
        schema = {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}}
        post(V2, {"name": "a", "inputSchema": schema, "expectedOutputSchema": {"type": ["integer", "null"]}})
        good = post(ITEMS, {"datasetName": "a", "input": {"q": "x"}, "id": "i"})
        assert good.status_code == 200
        bad = post(ITEMS, {"datasetName": "a", "input": {"q": 5}, "expectedOutput": "no"})
        assert (bad.status_code, bad.json()) == (
            400,
            {
                "message": "The item does not keep the schema of the dataset a",
                "error": [
                    {"code": "custom", "path": ["input", "q"], "message": '5 is not of type "string"'},
                    {
                        "code": "custom",
                        "path": ["expectedOutput"],
                        "message": '"no" is not of types "null", "integer"',
                    },
                ],
            },
        )
        # An update is checked with what it keeps.
        assert post(ITEMS, {"datasetName": "a", "id": "i", "expectedOutput": 3}).status_code == 200
        assert post(ITEMS, {"datasetName": "a", "id": "i", "input": None}).status_code == 400
        assert [item["input"] for item in get(ITEMS).json()["data"]] == [{"q": "x"}]

    def test_items_that_are_there(self, post, get) -> None:
        post(V2, {"name": "a"})
        for number in range(12):
            post(ITEMS, {"datasetName": "a", "id": f"i{number:02}", "input": number})
        post(ITEMS, {"datasetName": "a", "id": "text", "input": "x"})
        answer = post(V2, {"name": "a", "inputSchema": {"type": "string"}})
        assert answer.status_code == 400
        assert answer.json()["message"] == (
            "The schema does not fit the items of the dataset: 10 or more of them break it"
        )
        assert [issue["path"] for issue in answer.json()["error"]] == [
            ["items", f"i{number:02}", "input"] for number in range(10)
        ]
        assert get(f"{V2}/a").json()["inputSchema"] is None
        assert post(V2, {"name": "a", "inputSchema": {"type": ["integer", "string"]}}).status_code == 200

    def test_deleted_items_do_not_count(self, post, client, project) -> None:
        post(V2, {"name": "a"})
        post(ITEMS, {"datasetName": "a", "id": "i", "input": 1})
        assert post(V2, {"name": "a", "inputSchema": {"type": "string"}}).status_code == 400
        assert client.delete(f"{ITEMS}/i", headers=project.basic).status_code == 200
        assert post(V2, {"name": "a", "inputSchema": {"type": "string"}}).status_code == 200

    def test_work_without_end_is_refused(self, post) -> None:
        doubling: dict[str, Any] = {
            f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]}
            for n in range(60)
        }
        doubling["d60"] = {"type": "integer"}
        assert (
            post(V2, {"name": "a", "inputSchema": {"$ref": "#/$defs/d0", "$defs": doubling}}).status_code
            == 200
        )
        answer = post(ITEMS, {"datasetName": "a", "input": 5})
        assert answer.status_code == 400
        assert (
            answer.json()["error"][0]["message"]
            == "is too large or too deep to be checked against the schema"
        )


class TestList:
    def test_anonymous(self, client) -> None:
        assert client.get(V2).status_code == 401

    def test_stranger(self, client, post, stranger) -> None:
        post(V2, {"name": "a"})
        assert client.get(V2, headers=stranger.basic).json() == EMPTY_PAGE

    def test_newest_first_in_pages(self, post, get) -> None:
        for name in ("a", "b", "c"):
            post(V2, {"name": name})
        found = get(V2, limit=2).json()
        assert [each["name"] for each in found["data"]] == ["c", "b"]
        assert found["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}
        assert [each["name"] for each in get(V2, limit=2, page=2).json()["data"]] == ["a"]

    @pytest.mark.parametrize("params", [{"limit": 101}, {"page": 0}])
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        assert get(V2, **params).status_code == 400


class TestGet:
    def test_stranger(self, client, post, stranger) -> None:
        post(V2, {"name": "a"})
        answer = client.get(f"{V2}/a", headers=stranger.basic)
        assert (answer.status_code, answer.json()) == (
            404,
            {"message": "Dataset not found", "error": "LangfuseNotFoundError"},
        )

    @pytest.mark.parametrize("name", ["a/b", "x/runs", "x/runs/y", "100%", "a%2Fb", "ä ö?#&"])
    def test_names(self, post, get, name: str) -> None:
        made = post(V2, {"name": name}).json()
        assert get(f"{V2}/{quote(name, safe='')}").json() == made
        assert get(f"{V1}/{quote(name, safe='')}").json()["id"] == made["id"]

    def test_a_name_that_was_encoded_twice(self, post, get) -> None:
        post(V2, {"name": "a/b"})
        assert get(f"{V2}/a%252Fb").json()["name"] == "a/b"

    def test_a_slash_that_is_not_encoded(self, post, get) -> None:
        post(V2, {"name": "a/b"})
        assert get(f"{V2}/a/b").json()["name"] == "a/b"

    def test_nul(self, get) -> None:
        assert get(f"{V2}/a%00b").status_code == 400


class TestFirstGeneration:
    def test_create(self, post) -> None:
        found = post(V1, {"name": "a", "metadata": {"x": 1}}).json()
        assert (found["name"], found["items"], found["runs"]) == ("a", [], [])

    def test_list_and_get(self, post, get) -> None:
        post(V1, {"name": "a"})
        post(V1, {"name": "b"})
        for id_ in ("i1", "i2"):
            post(ITEMS, {"datasetName": "a", "id": id_, "input": id_})
        post(ITEMS, {"datasetName": "a", "id": "old", "status": "ARCHIVED"})
        link = {"datasetItemId": "i1", "traceId": "t"}
        for run in ("r2", "r1"):
            post("/api/public/dataset-run-items", {**link, "runName": run})
        found = {each["name"]: (each["items"], each["runs"]) for each in get(V1).json()["data"]}
        assert found == {"a": (["i2", "i1"], ["r1", "r2"]), "b": ([], [])}
        one = get(f"{V1}/a").json()
        assert one["runs"] == ["r1", "r2"]
        assert [(item["id"], item["input"], item["mediaReferences"]) for item in one["items"]] == [
            ("i2", "i2", []),
            ("i1", "i1", []),
        ]


class TestDelete:
    def test_anonymous(self, client) -> None:
        assert client.delete(f"{OWN}/a").status_code == 401

    def test_stranger(self, client, post, get, stranger) -> None:
        post(V2, {"name": "a"})
        assert client.delete(f"{OWN}/a", headers=stranger.basic).status_code == 404
        assert get(f"{V2}/a").status_code == 200

    def test_with_items_and_runs(self, client, project, post, get) -> None:
        post(V2, {"name": "a/b"})
        post(V2, {"name": "other"})
        for name, id_ in (("a/b", "i1"), ("other", "i2")):
            post(ITEMS, {"datasetName": name, "id": id_})
            post("/api/public/dataset-run-items", {"runName": "r", "datasetItemId": id_, "traceId": "t"})
        answer = client.delete(f"{OWN}/a%2Fb", headers=project.basic)
        assert (answer.status_code, answer.json()) == (200, {"message": "Dataset successfully deleted"})
        assert [each["name"] for each in get(V2).json()["data"]] == ["other"]
        assert get(f"{ITEMS}/i1").status_code == 404
        assert get(f"{V1}/other/runs/r").json()["datasetRunItems"][0]["datasetItemId"] == "i2"
        # Made anew it is empty.
        post(V2, {"name": "a/b"})
        assert get(f"{V1}/a%2Fb/runs").json() == EMPTY_PAGE
