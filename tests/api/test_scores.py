"""`/api/public/scores` in its three read generations, and delete."""

import json
from typing import Any

import pytest
from rows import CREATED, insert, score, trace

V1 = "/api/public/scores"
V2 = "/api/public/v2/scores"
V3 = "/api/public/v3/scores"


def seed(analytics: Any, p: str) -> None:
    insert(
        analytics,
        trace(p, "t1", user_id="u1", session_id="s1", tags=["a", "b"], environment="production", name="chat"),
        score(
            p,
            "numeric",
            "12:00:06",
            value=0.5,
            trace_id="t1",
            comment="fine",
            metadata={"k": '{"a":1}'},
            config_id="cfg",
            queue_id="queue",
            author_user_id="author",
            source="ANNOTATION",
            environment="production",
            execution_trace_id="exec",
        ),
        score(
            p,
            "boolean",
            "12:00:05",
            name="ok",
            value=1.0,
            string_value="True",
            data_type="BOOLEAN",
            trace_id="t1",
            observation_id="o1",
        ),
        score(
            p,
            "category",
            "12:00:04",
            value=0.0,
            string_value="good",
            data_type="CATEGORICAL",
            trace_id="gone",
        ),
        score(
            p,
            "text",
            "12:00:03",
            value=0.0,
            string_value="words",
            data_type="TEXT",
            trace_id="t1",
            source="EVAL",
        ),
        score(
            p,
            "correction",
            "12:00:02",
            name="output",
            value=0.0,
            long_string_value="better",
            data_type="CORRECTION",
            trace_id="t1",
        ),
        score(p, "session", "12:00:01", value=2.0, session_id="s1"),
        score(p, "run", "12:00:00", value=3.0, dataset_run_id="run1"),
    )


@pytest.fixture(scope="module")
def owner(make_project, parts):
    made = make_project()
    seed(parts.stores.analytics, made.id)
    return made


@pytest.fixture
def get(client, owner):
    return lambda path, **params: client.get(path, params=params, headers=owner.basic)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["data"]]


def where(*conditions: dict[str, Any]) -> str:
    return json.dumps(conditions)


def numeric(project_id: str) -> dict[str, Any]:
    return {
        "id": "numeric",
        "projectId": project_id,
        "timestamp": "2026-01-01T12:00:06.000Z",
        "createdAt": CREATED,
        "updatedAt": CREATED,
        "name": "quality",
        "dataType": "NUMERIC",
        "source": "ANNOTATION",
        "environment": "production",
        "traceId": "t1",
        "observationId": None,
        "authorUserId": "author",
        "comment": "fine",
        "metadata": {"k": {"a": 1}},
        "configId": "cfg",
        "queueId": "queue",
        "executionTraceId": "exec",
        "value": 0.5,
    }


COMMON = [
    ({"name": "ok"}, ["boolean"]),
    ({"userId": "u1", "dataType": "TEXT"}, ["text"]),
    ({"userId": "u2"}, []),
    ({"source": "EVAL"}, ["text"]),
    ({"configId": "cfg"}, ["numeric"]),
    ({"queueId": "queue"}, ["numeric"]),
    ({"dataType": "CATEGORICAL"}, ["category"]),
    ({"environment": ["production", "x"]}, ["numeric"]),
    ({"scoreIds": "text,boolean"}, ["boolean", "text"]),
    ({"value": 0.5, "operator": "="}, ["numeric"]),
    ({"value": 0.5}, ["numeric"]),
    ({"value": 0.25, "operator": ">", "traceTags": "a,b"}, ["numeric", "boolean"]),
    ({"traceTags": ["a", "c"]}, []),
    ({"fromTimestamp": "2026-01-01T12:00:06Z"}, ["numeric"]),
    (
        {"filter": where({"type": "string", "column": "comment", "operator": "=", "value": "fine"})},
        ["numeric"],
    ),
    (
        {"filter": where({"type": "boolean", "column": "booleanValue", "operator": "=", "value": True})},
        ["boolean"],
    ),
    (
        {
            "name": "ok",
            "filter": where(
                {"type": "stringOptions", "column": "name", "operator": "any of", "value": ["quality"]},
                {"type": "string", "column": "traceName", "operator": "=", "value": "chat"},
                {"type": "number", "column": "value", "operator": ">", "value": 0},
            ),
        },
        ["numeric"],
    ),
]
INVALID = [
    {"limit": 0},
    {"source": "NOBODY"},
    {"dataType": "numeric"},
    {"operator": "~", "value": 1},
    {"value": "x"},
    {"value": "nan"},
    {"filter": "x"},
]


@pytest.mark.parametrize("value", [0.00003233, 0.00004125, 0.1])
def test_a_value_equals_itself_to_the_last_bit(client, parts, project, value: float) -> None:
    insert(parts.stores.analytics, score(project.id, "s", trace_id="t", value=value, data_type="NUMERIC"))
    asked = [
        (V1, {"operator": "=", "value": value}),
        (V1, {"operator": ">=", "value": value}),
        (V1, {"filter": where({"type": "number", "column": "value", "operator": "<=", "value": value})}),
        (V3, {"dataType": "NUMERIC", "value": f"7,{value}"}),
        (V3, {"dataType": "NUMERIC", "valueMin": value, "valueMax": value}),
    ]
    for path, params in asked:
        assert ids(client.get(path, params=params, headers=project.basic)) == ["s"], params


class TestListV1:
    def test_anonymous(self, client) -> None:
        assert client.get(V1).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        assert client.get(V1, headers=stranger.basic).json()["data"] == []

    def test_whole_body(self, get, owner) -> None:
        body = get(V1, limit=1).json()
        assert body == {
            "data": [
                {
                    **numeric(owner.id),
                    "trace": {"userId": "u1", "tags": ["a", "b"], "environment": "production"},
                }
            ],
            "meta": {"page": 1, "limit": 1, "totalItems": 4, "totalPages": 4},
        }

    def test_only_scores_of_traces_and_no_corrections(self, get) -> None:
        assert ids(get(V1)) == ["numeric", "boolean", "category", "text"]

    def test_values_by_type(self, get) -> None:
        found = {item["id"]: item for item in get(V1).json()["data"]}
        assert (found["boolean"]["value"], found["boolean"]["stringValue"]) == (1, "True")
        assert (found["category"]["value"], found["category"]["stringValue"]) == (0, "good")
        assert ("value" in found["text"], found["text"]["stringValue"]) == (False, "words")
        assert found["category"]["trace"] is None

    @pytest.mark.parametrize(("params", "expected"), COMMON)
    def test_parameters(self, get, params: dict[str, Any], expected: list[str]) -> None:
        answer = get(V1, **params)
        assert ids(answer) == expected
        assert answer.json()["meta"]["totalItems"] == len(expected)

    @pytest.mark.parametrize("params", INVALID)
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        assert get(V1, **params).status_code == 400


class TestGetV1:
    def test_anonymous(self, client) -> None:
        assert client.get(f"{V1}/numeric").status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        assert client.get(f"{V1}/numeric", headers=stranger.basic).status_code == 404

    def test_whole_body(self, get, owner) -> None:
        assert get(f"{V1}/numeric").json() == numeric(owner.id)

    @pytest.mark.parametrize("id_", ["unknown", "correction", "session", "run"])
    def test_not_found(self, get, id_: str) -> None:
        answer = get(f"{V1}/{id_}")
        assert (answer.status_code, answer.json()["error"]) == (404, "LangfuseNotFoundError")


class TestListV2:
    def test_anonymous(self, client) -> None:
        assert client.get(V2).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        assert client.get(V2, headers=stranger.basic).json()["data"] == []

    def test_whole_body(self, get, owner) -> None:
        assert get(V2, limit=1).json() == {
            "data": [
                {
                    **numeric(owner.id),
                    "sessionId": None,
                    "datasetRunId": None,
                    "trace": {
                        "userId": "u1",
                        "tags": ["a", "b"],
                        "environment": "production",
                        "sessionId": "s1",
                    },
                }
            ],
            "meta": {"page": 1, "limit": 1, "totalItems": 7, "totalPages": 7},
        }

    def test_every_kind(self, get) -> None:
        found = {item["id"]: item for item in get(V2).json()["data"]}
        assert list(found) == ["numeric", "boolean", "category", "text", "correction", "session", "run"]
        assert (found["correction"]["value"], found["correction"]["stringValue"]) == (0, "better")
        assert (found["session"]["sessionId"], found["session"]["traceId"]) == ("s1", None)
        assert found["run"]["datasetRunId"] == "run1"
        assert "trace" not in found["session"]
        assert "trace" not in found["run"]

    def test_without_the_trace(self, get) -> None:
        assert all("trace" not in item for item in get(V2, fields="score").json()["data"])

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            *COMMON,
            ({"sessionId": "s1"}, ["session"]),
            ({"datasetRunId": "run1"}, ["run"]),
            ({"traceId": "gone"}, ["category"]),
            ({"observationId": "o0,o1"}, ["boolean"]),
            ({"value": 1, "operator": "!=", "dataType": "NUMERIC"}, ["numeric", "session", "run"]),
            (
                {"value": 2, "operator": "<="},
                ["numeric", "boolean", "category", "text", "correction", "session"],
            ),
        ],
    )
    def test_parameters(self, get, params: dict[str, Any], expected: list[str]) -> None:
        assert ids(get(V2, **params)) == expected

    @pytest.mark.parametrize(
        "params",
        [
            *INVALID,
            {"fields": "trace"},
            {"fields": "score", "userId": "u1"},
            {"fields": "score", "traceTags": "a"},
            {
                "fields": "score",
                "filter": where({"type": "string", "column": "traceName", "operator": "=", "value": "x"}),
            },
        ],
    )
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        assert get(V2, **params).status_code == 400


class TestGetV2:
    def test_anonymous(self, client) -> None:
        assert client.get(f"{V2}/numeric").status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        assert client.get(f"{V2}/numeric", headers=stranger.basic).status_code == 404

    def test_whole_body(self, get, owner) -> None:
        assert get(f"{V2}/numeric").json() == {
            **numeric(owner.id),
            "sessionId": None,
            "datasetRunId": None,
        }

    @pytest.mark.parametrize("id_", ["correction", "session", "run", "text"])
    def test_every_kind(self, get, id_: str) -> None:
        assert get(f"{V2}/{id_}").json()["id"] == id_


class TestListV3:
    def test_anonymous(self, client) -> None:
        assert client.get(V3).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        assert client.get(V3, headers=stranger.basic).json() == {"data": [], "meta": {"limit": 50}}

    def test_core(self, get, owner) -> None:
        (item,) = get(V3, id="numeric").json()["data"]
        assert item == {
            "id": "numeric",
            "projectId": owner.id,
            "name": "quality",
            "value": 0.5,
            "dataType": "NUMERIC",
            "source": "ANNOTATION",
            "timestamp": "2026-01-01T12:00:06.000Z",
            "environment": "production",
            "createdAt": CREATED,
            "updatedAt": CREATED,
        }

    def test_groups(self, get) -> None:
        (item,) = get(V3, id="numeric", fields="details,subject,annotation").json()["data"]
        added = ("comment", "configId", "metadata", "subject", "authorUserId", "queueId")
        assert {name: item[name] for name in added} == {
            "comment": "fine",
            "configId": "cfg",
            "metadata": {"k": {"a": 1}},
            "subject": {"kind": "trace", "id": "t1"},
            "authorUserId": "author",
            "queueId": "queue",
        }

    def test_one_value_by_type_and_every_subject(self, get) -> None:
        found = {item["id"]: item for item in get(V3, fields="core,subject").json()["data"]}
        assert {id_: item["value"] for id_, item in found.items()} == {
            "numeric": 0.5,
            "boolean": True,
            "category": "good",
            "text": "words",
            "correction": "better",
            "session": 2,
            "run": 3,
        }
        assert found["boolean"]["subject"] == {"kind": "observation", "id": "o1", "traceId": "t1"}
        assert found["session"]["subject"] == {"kind": "session", "id": "s1"}
        assert found["run"]["subject"] == {"kind": "experiment", "id": "run1"}

    def test_cursors_walk_through_everything_once(self, get) -> None:
        seen: list[str] = []
        params: dict[str, Any] = {"limit": 3, "cursor": ""}
        while True:
            body = get(V3, **params).json()
            assert body["meta"]["limit"] == 3
            seen += [item["id"] for item in body["data"]]
            if "cursor" not in body["meta"]:
                break
            params["cursor"] = body["meta"]["cursor"]
        assert seen == ["numeric", "boolean", "category", "text", "correction", "session", "run"]

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"id": "text,run"}, ["text", "run"]),
            ({"name": "ok,output"}, ["boolean", "correction"]),
            ({"source": "eval,annotation"}, ["numeric", "text"]),
            ({"dataType": "boolean,Text"}, ["boolean", "text"]),
            ({"environment": "production"}, ["numeric"]),
            ({"configId": "cfg"}, ["numeric"]),
            ({"queueId": "queue"}, ["numeric"]),
            ({"authorUserId": "author"}, ["numeric"]),
            ({"dataType": "NUMERIC", "value": "2,0.5"}, ["numeric", "session"]),
            ({"dataType": "BOOLEAN", "value": "true"}, ["boolean"]),
            ({"dataType": "BOOLEAN", "value": "false"}, []),
            ({"dataType": "CATEGORICAL", "value": "good,bad"}, ["category"]),
            ({"dataType": "NUMERIC", "valueMin": 2, "valueMax": 2.5}, ["session"]),
            ({"traceId": "t1,gone"}, ["numeric", "boolean", "category", "text", "correction"]),
            ({"traceId": "t1", "observationId": "o1"}, ["boolean"]),
            ({"sessionId": "s1"}, ["session"]),
            ({"experimentId": "run1"}, ["run"]),
            (
                {"fromTimestamp": "2026-01-01T12:00:04Z", "toTimestamp": "2026-01-01T12:00:06Z"},
                ["boolean", "category"],
            ),
        ],
    )
    def test_parameters(self, get, params: dict[str, Any], expected: list[str]) -> None:
        assert ids(get(V3, **params)) == expected

    @pytest.mark.parametrize(
        "params",
        [
            {"nonsense": "1"},
            {"userId": "u1"},
            {"traceTags": "a"},
            {"page": 1},
            {"fields": "core,nope"},
            {"limit": 101},
            {"value": "1"},
            {"value": "1", "dataType": "NUMERIC,BOOLEAN"},
            {"value": "x", "dataType": "TEXT"},
            {"value": "inf", "dataType": "NUMERIC"},
            {"value": "1", "dataType": "BOOLEAN"},
            {"valueMin": 1},
            {"valueMax": 1, "dataType": "BOOLEAN"},
            {"observationId": "o1"},
            {"traceId": "t1", "sessionId": "s1"},
            {"sessionId": "s1", "experimentId": "run1"},
            {"dataType": "NOPE"},
            {"source": "NOPE"},
        ],
    )
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        answer = get(V3, **params)
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")

    def test_a_cursor_of_another_list(self, get) -> None:
        answer = get(V3, cursor="eyJ2IjoxLCJrIjpbMSwiYSIsImIiXX0")
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid cursor format")


class TestDelete:
    def test_anonymous(self, client) -> None:
        assert client.delete(f"{V1}/numeric").status_code == 401

    def test_stranger_deletes_nothing(self, client, get, stranger) -> None:
        assert client.delete(f"{V1}/numeric", headers=stranger.basic).status_code == 202
        assert get(f"{V1}/numeric").status_code == 200

    @pytest.mark.parametrize("id_", ["numeric", "session", "correction"])
    def test_every_kind(self, client, project, parts, id_: str) -> None:
        seed(parts.stores.analytics, project.id)
        answer = client.delete(f"{V1}/{id_}", headers=project.basic)
        assert (answer.status_code, answer.json()) == (
            202,
            {"message": "Score deletion queued successfully"},
        )
        assert client.get(f"{V2}/{id_}", headers=project.basic).status_code == 404
        assert len(client.get(V2, headers=project.basic).json()["data"]) == 6

    def test_an_unknown_id_is_no_error(self, client, project) -> None:
        assert client.delete(f"{V1}/unknown", headers=project.basic).status_code == 202
