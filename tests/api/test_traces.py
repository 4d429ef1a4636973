"""`/api/public/traces`: list, get, delete."""

import json
from decimal import Decimal
from typing import Any

import pytest
from rows import CREATED, insert, observation, score, trace, us

from spyglass.core.references import MARKER, project_prefix
from spyglass.stores.analytics import Analytics

PATH = "/api/public/traces"


def seed(analytics: Analytics, p: str) -> None:
    """Three traces, from the oldest; the newest with everything."""
    insert(
        analytics,
        trace(p, "t1", "10:00:00", name="alpha", tags=["a"], user_id="u1", environment="default"),
        trace(p, "t2", "11:00:00", name="beta", tags=["a", "b"], release="r1", environment="production"),
        trace(
            p,
            "t3",
            "12:00:00.123456",
            name="gamma",
            environment="production",
            user_id="u1",
            session_id="s1",
            release="r1",
            version="v1",
            tags=["b", "c"],
            public=True,
            bookmarked=True,
            input='{"question": [1, 2]}',
            output="plain text",
            metadata={"text": "x", "number": "5", "object": '{"a":1}'},
            observation_count=2,
            first_start=us("12:00:00.100"),
            last_end=us("12:00:02.600"),
            error_count=1,
            usage={"input": 10, "output": 5, "total": 15},
            total_cost=Decimal("0.000459"),
        ),
        observation(p, "t3", "o1", "12:00:01", name="second"),
        observation(
            p, "t3", "o0", "12:00:00.100", name="first", cost={"input": Decimal(1)}, total_cost=Decimal(1)
        ),
        score(p, "c1", trace_id="t3", value=0.5),
        score(p, "c2", trace_id="t3", data_type="CORRECTION", name="output", long_string_value="better"),
    )


@pytest.fixture(scope="module")
def owner(make_project, parts):
    """A project with these traces that no test changes."""
    made = make_project()
    seed(parts.stores.analytics, made.id)
    return made


@pytest.fixture
def seeded(client, owner):
    return lambda query="": client.get(PATH + query, headers=owner.basic)


@pytest.fixture
def own(client, project, parts):
    """The same traces in the test's own project."""
    seed(parts.stores.analytics, project.id)
    return lambda query="": client.get(PATH + query, headers=project.basic)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["data"]]


WHOLE = {
    "id": "t3",
    "timestamp": "2026-01-01T12:00:00.123Z",
    "name": "gamma",
    "environment": "production",
    "userId": "u1",
    "sessionId": "s1",
    "release": "r1",
    "version": "v1",
    "public": True,
    "bookmarked": True,
    "tags": ["b", "c"],
    "input": {"question": [1, 2]},
    "output": "plain text",
    "metadata": {"text": "x", "number": 5, "object": {"a": 1}},
    "externalId": None,
    "createdAt": CREATED,
    "updatedAt": CREATED,
    "latency": 2.5,
    "totalCost": 0.000459,
}


class TestList:
    def test_anonymous(self, client) -> None:
        answer = client.get(PATH)
        assert (answer.status_code, answer.json()) == (401, {"message": "No authorization header"})

    def test_a_public_key_alone_may_not_read(self, client, project) -> None:
        assert client.get(PATH, headers=project.bearer).status_code == 403

    def test_stranger(self, client, seeded, stranger) -> None:
        answer = client.get(PATH, headers=stranger.basic)
        assert answer.json() == {
            "data": [],
            "meta": {"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0},
        }

    def test_whole_body(self, seeded, owner) -> None:
        answer = seeded("?limit=1")
        expected = {
            **WHOLE,
            "projectId": owner.id,
            "htmlPath": f"/project/{owner.id}/traces/t3",
            "observations": ["o0", "o1"],
            "scores": ["c1", "c2"],
        }
        assert answer.json() == {
            "data": [expected],
            "meta": {"page": 1, "limit": 1, "totalItems": 3, "totalPages": 3},
        }

    def test_nothing_but_an_id(self, seeded) -> None:
        item = seeded("?page=3&limit=1").json()["data"][0]
        assert item["id"] == "t1"
        assert (item["input"], item["output"], item["metadata"]) == (None, None, {})
        assert (item["sessionId"], item["release"], item["version"]) == (None, None, None)
        assert (item["latency"], item["totalCost"]) == (0, 0)
        assert (item["observations"], item["scores"]) == ([], [])

    @pytest.mark.parametrize(
        ("fields", "changed"),
        [
            ("core", {"input": None, "output": None, "metadata": {}, "latency": -1, "totalCost": -1}),
            ("core,io,unknown", {"latency": -1, "totalCost": -1}),
            ("core,metrics", {"input": None, "output": None, "metadata": {}}),
        ],
    )
    def test_fields_empty_what_is_left_out(self, seeded, fields: str, changed: dict[str, Any]) -> None:
        item = seeded(f"?limit=1&fields={fields}").json()["data"][0]
        assert {name: item[name] for name in WHOLE} == {**WHOLE, **changed}
        assert (item["observations"], item["scores"]) == ([], [])

    def test_fields_of_ids(self, seeded) -> None:
        item = seeded("?limit=1&fields=core,observations").json()["data"][0]
        assert (item["observations"], item["scores"]) == (["o0", "o1"], [])

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["t3", "t2", "t1"]),
            ("?page=2&limit=2", ["t1"]),
            ("?page=9", []),
            ("?page=&limit=", ["t3", "t2", "t1"]),
            ("?name=beta", ["t2"]),
            ("?name=Beta", []),
            ("?userId=u1", ["t3", "t1"]),
            ("?sessionId=s1", ["t3"]),
            ("?version=v1", ["t3"]),
            ("?release=r1", ["t3", "t2"]),
            ("?tags=a&tags=b", ["t2"]),
            ("?tags=b,c", ["t3"]),
            ("?environment=default&environment=staging", ["t1"]),
            ("?environment=default&environment=production", ["t3", "t2", "t1"]),
            ("?fromTimestamp=2026-01-01T11:00:00Z", ["t3", "t2"]),
            ("?toTimestamp=2026-01-01T11:00:00Z", ["t1"]),
            ("?fromTimestamp=2026-01-01T13:30:00%2B02:30&toTimestamp=2026-01-01T12:00:00.124Z", ["t3", "t2"]),
            ("?orderBy=timestamp.asc", ["t1", "t2", "t3"]),
            ("?orderBy=name.desc", ["t3", "t2", "t1"]),
            ("?orderBy=release.asc", ["t1", "t3", "t2"]),
            ("?orderBy=bookmarked.desc", ["t3", "t2", "t1"]),
            ("?unknown=1", ["t3", "t2", "t1"]),
        ],
    )
    def test_parameters(self, seeded, query: str, expected: list[str]) -> None:
        answer = seeded(query)
        assert ids(answer) == expected

    @pytest.mark.parametrize(
        ("conditions", "expected"),
        [
            (
                [{"type": "string", "column": "name", "operator": "contains", "value": "a"}],
                ["t3", "t2", "t1"],
            ),
            ([{"type": "number", "column": "latency", "operator": ">", "value": 2}], ["t3"]),
            ([{"type": "number", "column": "Total Cost ($)", "operator": ">", "value": 0}], ["t3"]),
            # Over the observations of a trace; t1 and t2 have none.
            ([{"type": "null", "column": "inputCost", "operator": "is null", "value": ""}], ["t2", "t1"]),
            ([{"type": "null", "column": "inputCost", "operator": "is not null", "value": ""}], ["t3"]),
            (
                [{"type": "stringOptions", "column": "level", "operator": "any of", "value": ["ERROR"]}],
                ["t3"],
            ),
            (
                [
                    {
                        "type": "stringObject",
                        "column": "metadata",
                        "key": "text",
                        "operator": "=",
                        "value": "x",
                    }
                ],
                ["t3"],
            ),
            (
                [
                    {"type": "arrayOptions", "column": "tags", "operator": "any of", "value": ["a", "c"]},
                    {"type": "boolean", "column": "bookmarked", "operator": "=", "value": False},
                ],
                ["t2", "t1"],
            ),
            (
                [
                    {
                        "type": "numberObject",
                        "column": "scores",
                        "key": "quality",
                        "operator": ">",
                        "value": 0.4,
                    }
                ],
                ["t3"],
            ),
        ],
    )
    def test_filter(self, seeded, conditions: list[dict[str, Any]], expected: list[str]) -> None:
        answer = seeded("?filter=" + json.dumps(conditions).replace("&", "%26").replace("+", "%2B"))
        assert ids(answer) == expected
        assert answer.json()["meta"]["totalItems"] == len(expected)

    @pytest.mark.parametrize(
        ("column", "text", "expected"),
        [
            ("output", "PLAIN", ["t3"]),
            ("output", "plain text", ["t3"]),
            ("output", "text plain", []),
            ("output", "plai", []),
            ("input", "question", ["t3"]),
        ],
    )
    def test_words_of_texts(self, seeded, column: str, text: str, expected: list[str]) -> None:
        condition = {"type": "string", "column": column, "operator": "matches", "value": text}
        answer = seeded("?filter=" + json.dumps([condition]))
        assert ids(answer) == expected
        assert answer.json()["meta"]["totalItems"] == len(expected)

    def test_a_filter_wins_over_the_parameter_of_its_column(self, seeded) -> None:
        conditions = [{"type": "string", "column": "traceName", "operator": "=", "value": "alpha"}]
        assert ids(seeded("?name=beta&filter=" + json.dumps(conditions))) == ["t1"]

    @pytest.mark.parametrize(
        ("query", "path"),
        [
            ("?page=0", ["page"]),
            ("?page=x", ["page"]),
            ("?limit=0", ["limit"]),
            ("?limit=101", ["limit"]),
            ("?fromTimestamp=yesterday", ["fromTimestamp"]),
            ("?orderBy=name", ["orderBy"]),
            ("?orderBy=input.asc", ["orderBy"]),
            ("?orderBy=name.up", ["orderBy"]),
            ("?filter={}", []),
        ],
    )
    def test_invalid(self, seeded, query: str, path: list[str]) -> None:
        answer = seeded(query)
        assert answer.status_code == 400
        body = answer.json()
        assert body["message"] == "Invalid request data"
        assert [issue["path"] for issue in body["error"]] == [path]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[", "Invalid JSON in filter parameter"),
            (
                '[{"type":"string","column":"x","operator":"=","value":"y"}]',
                "Invalid filter column: x. Expected one of id, name, userId,",
            ),
            (
                '[{"type":"number","column":"name","operator":"=","value":1}]',
                "Invalid filter type 'number' for column name of type stringOptions. "
                "Expected one of null, string, stringOptions",
            ),
        ],
    )
    def test_invalid_filter(self, seeded, text: str, message: str) -> None:
        answer = seeded("?filter=" + text)
        assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequestError")
        assert answer.json()["message"].startswith(message)


class TestGet:
    def test_anonymous(self, client) -> None:
        assert client.get(f"{PATH}/t3").status_code == 401

    def test_stranger(self, client, seeded, stranger) -> None:
        answer = client.get(f"{PATH}/t3", headers=stranger.basic)
        assert (answer.status_code, answer.json()) == (
            404,
            {
                "message": "Trace t3 not found within authorized project",
                "error": "LangfuseNotFoundError",
            },
        )

    def test_whole_body(self, seeded, owner) -> None:
        found = seeded("/t3").json()
        observations, scores = found.pop("observations"), found.pop("scores")
        assert found == {
            **WHOLE,
            "projectId": owner.id,
            "htmlPath": f"/project/{owner.id}/traces/t3",
        }
        assert [(each["id"], each["name"], each["traceId"]) for each in observations] == [
            ("o0", "first", "t3"),
            ("o1", "second", "t3"),
        ]
        assert observations[0]["calculatedTotalCost"] == 1
        assert [observations[0][name] for name in ("inputPrice", "outputPrice", "totalPrice")] == [0, 0, 0]
        assert [(each["id"], each["value"], each["dataType"]) for each in scores] == [("c1", 0.5, "NUMERIC")]

    def test_fields(self, seeded) -> None:
        found = seeded("/t3?fields=core,scores").json()
        assert (found["observations"], len(found["scores"])) == ([], 1)
        assert (found["input"], found["metadata"], found["latency"]) == (None, {}, -1)

    def test_only_the_latest_version_counts(self, own, project, parts) -> None:
        moved = trace(project.id, "t1", "09:00:00", name="moved", version_seq=5)
        gone = trace(project.id, "t1", "10:00:00", version_seq=5, is_deleted=1)
        insert(parts.stores.analytics, moved, gone)
        assert own("/t1").json()["name"] == "moved"
        assert ids(own()) == ["t3", "t2", "t1"]

    @pytest.mark.parametrize("id_", ["a/b", "ü 1", "../x", "a?b=c#d", "x" * 800])
    def test_odd_ids(self, client, project, parts, id_: str) -> None:
        from urllib.parse import quote

        insert(parts.stores.analytics, trace(project.id, id_))
        answer = client.get(f"{PATH}/{quote(id_, safe='')}", headers=project.basic)
        assert (answer.status_code, answer.json().get("id")) == (200, id_)

    def test_an_offloaded_body_comes_back_whole(self, client, project, parts) -> None:
        whole = json.dumps({"text": "x" * 5000})
        key = f"{project_prefix(project.id)}/test/whole"
        parts.stores.blobs.put(key, whole.encode())
        stored = f"{MARKER}key={key}|bytes={len(whole)}@@@{whole[:100]}"
        insert(parts.stores.analytics, trace(project.id, "big", input=stored, metadata={"k": stored}))
        found = client.get(f"{PATH}/big", headers=project.basic).json()
        assert found["input"] == {"text": "x" * 5000}
        assert found["metadata"] == {"k": {"text": "x" * 5000}}

    def test_a_reference_to_another_project_is_only_text(self, client, project, stranger, parts) -> None:
        key = f"{project_prefix(stranger.id)}/test/secret"
        parts.stores.blobs.put(key, b"secret")
        stored = f"{MARKER}key={key}|bytes=6@@@head"
        insert(parts.stores.analytics, trace(project.id, "nosy", input=stored))
        assert client.get(f"{PATH}/nosy", headers=project.basic).json()["input"] == stored


class TestDelete:
    def test_anonymous(self, client) -> None:
        assert client.delete(f"{PATH}/t3").status_code == 401
        assert client.request("DELETE", PATH, json={"traceIds": ["t3"]}).status_code == 401

    def test_stranger_deletes_nothing(self, client, own, stranger) -> None:
        assert client.delete(f"{PATH}/t3", headers=stranger.basic).status_code == 200
        assert ids(own()) == ["t3", "t2", "t1"]

    def test_one(self, client, own, project) -> None:
        answer = client.delete(f"{PATH}/t3", headers=project.basic)
        assert (answer.status_code, answer.json()) == (200, {"message": "Trace deleted successfully"})
        assert ids(own()) == ["t2", "t1"]
        assert own("/t3").status_code == 404
        for path in ("/api/public/observations/o1", "/api/public/scores/c1"):
            assert client.get(path, headers=project.basic).status_code == 404

    def test_many(self, client, own, project) -> None:
        answer = client.request(
            "DELETE", PATH, json={"traceIds": ["t1", "t2", "t1", "unknown"]}, headers=project.basic
        )
        assert (answer.status_code, answer.json()) == (200, {"message": "Traces deleted successfully"})
        assert ids(own()) == ["t3"]

    @pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
    def test_an_empty_id_names_nothing(self, client, own, project, parts, path: str) -> None:
        insert(parts.stores.analytics, score(project.id, "c3", session_id="s1"))
        body = {"traceIds": [""]} if path == PATH else None
        assert client.request("DELETE", path, json=body, headers=project.basic).status_code == 200
        assert ids(own()) == ["t3", "t2", "t1"]
        # The trace id of a session's score is empty too.
        assert client.get("/api/public/v2/scores/c3", headers=project.basic).status_code == 200

    @pytest.mark.parametrize(
        "body", [{}, {"traceIds": []}, {"traceIds": "t1"}, {"traceIds": [1]}, {"traceIds": ["x"] * 1001}]
    )
    def test_invalid(self, client, own, project, body: dict[str, Any]) -> None:
        answer = client.request("DELETE", PATH, json=body, headers=project.basic)
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")
        assert answer.json()["error"][0]["path"][0] == "traceIds"
        assert ids(own()) == ["t3", "t2", "t1"]
