"""`/api/public/observations` (v1) and `/api/public/v2/observations`."""

import json
from decimal import Decimal
from typing import Any

import pytest
from rows import CREATED, insert, observation, trace, us

from spyglass.core.cost import Model, Tier

V1 = "/api/public/observations"
V2 = "/api/public/v2/observations"
LONG = "x" * 300


class OneModel:
    """Models of any project, so that prices are exact here whatever the built-in list says."""

    def models_of(self, _project_id: str) -> "OneModel":
        return self

    def by_id(self, model_id: str) -> Model | None:
        tier = Tier("tier-1", "Standard", {"input": Decimal("0.0000025"), "output": Decimal("0.00001")}, True)
        return Model("m1", "gpt", "gpt", (tier,)) if model_id == "m1" else None


@pytest.fixture(scope="module")
def owner(make_project, parts):
    made = make_project()
    p = made.id
    insert(
        parts.stores.analytics,
        trace(
            p,
            "t1",
            name="chat",
            user_id="u1",
            session_id="s1",
            tags=["a", "b"],
            release="r1",
            public=True,
            bookmarked=True,
        ),
        trace(p, "t2", name="other"),
        observation(p, "t1", "o1", "12:00:00", type="SPAN", name="root", version="v1", input="", output=""),
        observation(
            p,
            "t1",
            "o2",
            "12:00:01",
            parent_id="o1",
            type="GENERATION",
            name="call",
            end_time=us("12:00:03.5"),
            completion_start_time=us("12:00:01.250"),
            environment="production",
            level="WARNING",
            status_message="slow",
            version="v1",
            model="gpt",
            model_id="m1",
            model_parameters='{"temperature":0.5}',
            input='[{"role":"user","content":"Hello World"}]',
            output="Good bye",
            metadata={"short": "7", "long": LONG},
            usage={"input": 10, "cache_read_input_tokens": 2, "output": 5, "reasoning": 1, "total": 18},
            cost={
                "input": Decimal("0.000025"),
                "cache_read_input_tokens": Decimal("0.000001"),
                "output": Decimal("0.00005"),
                "total": Decimal("0.000076"),
            },
            total_cost=Decimal("0.000076"),
            pricing_tier="Standard",
            prompt_id="pid",
            prompt_name="greet",
            prompt_version=3,
        ),
        observation(
            p,
            "t2",
            "o3",
            "12:00:02",
            parent_id="lost",
            is_app_root=True,
            type="TOOL",
            name="tool",
            level="ERROR",
            output="hello there",
        ),
        observation(p, "t2", "o4", "12:00:02", parent_id="lost", type="EVENT", name="event"),
    )
    return made


@pytest.fixture
def get(client, owner, parts, monkeypatch):
    monkeypatch.setitem(parts.state.__dict__, "lookups", OneModel())
    return lambda path, **params: client.get(path, params=params, headers=owner.basic)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["data"]]


def where(*conditions: dict[str, Any]) -> str:
    return json.dumps(conditions)


def text(column: str, operator: str, value: str) -> dict[str, Any]:
    return {"type": "string", "column": column, "operator": operator, "value": value}


def whole_v1(project_id: str) -> dict[str, Any]:
    return {
        "id": "o2",
        "projectId": project_id,
        "traceId": "t1",
        "parentObservationId": "o1",
        "type": "GENERATION",
        "name": "call",
        "level": "WARNING",
        "statusMessage": "slow",
        "version": "v1",
        "environment": "production",
        "startTime": "2026-01-01T12:00:01.000Z",
        "endTime": "2026-01-01T12:00:03.500Z",
        "completionStartTime": "2026-01-01T12:00:01.250Z",
        "createdAt": CREATED,
        "updatedAt": CREATED,
        "latency": 2.5,
        "timeToFirstToken": 0.25,
        "model": "gpt",
        "modelId": "m1",
        "modelParameters": {"temperature": 0.5},
        "input": [{"role": "user", "content": "Hello World"}],
        "output": "Good bye",
        "metadata": {"short": 7, "long": LONG},
        "usage": {"input": 12, "output": 5, "total": 18, "unit": "TOKENS"},
        "usageSource": "provided",
        "usageDetails": {
            "input": 10,
            "cache_read_input_tokens": 2,
            "output": 5,
            "reasoning": 1,
            "total": 18,
        },
        "unit": "TOKENS",
        "promptTokens": 12,
        "completionTokens": 5,
        "totalTokens": 18,
        "costDetails": {
            "input": 0.000025,
            "cache_read_input_tokens": 0.000001,
            "output": 0.00005,
            "total": 0.000076,
        },
        "calculatedInputCost": 0.000026,
        "calculatedOutputCost": 0.00005,
        "calculatedTotalCost": 0.000076,
        "inputPrice": 0.0000025,
        "outputPrice": 0.00001,
        "totalPrice": None,
        "usagePricingTierName": "Standard",
        "usagePricingTierId": "tier-1",
        "promptId": "pid",
        "promptName": "greet",
        "promptVersion": 3,
    }


class TestListV1:
    def test_anonymous(self, client) -> None:
        assert client.get(V1).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        answer = client.get(V1, headers=stranger.basic)
        assert (answer.json()["data"], answer.json()["meta"]["totalItems"]) == ([], 0)

    def test_whole_body(self, get, owner) -> None:
        answer = get(V1, limit=1, page=3)
        assert answer.json() == {
            "data": [whole_v1(owner.id)],
            "meta": {"page": 3, "limit": 1, "totalItems": 4, "totalPages": 4},
        }

    def test_nothing_but_an_id(self, get) -> None:
        item = get(V1, name="event").json()["data"][0]
        nulls = (
            "endTime",
            "completionStartTime",
            "latency",
            "timeToFirstToken",
            "model",
            "modelId",
            "modelParameters",
            "input",
            "output",
            "statusMessage",
            "version",
            "calculatedInputCost",
            "calculatedOutputCost",
            "calculatedTotalCost",
            "inputPrice",
            "usagePricingTierId",
            "promptId",
            "promptVersion",
        )
        assert {name: item[name] for name in nulls} == dict.fromkeys(nulls)
        assert item["usage"] == {"input": 0, "output": 0, "total": 0, "unit": "TOKENS"}
        assert (item["usageDetails"], item["costDetails"], item["metadata"]) == ({}, {}, {})

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({}, ["o4", "o3", "o2", "o1"]),
            ({"page": 2, "limit": 3}, ["o1"]),
            ({"name": "call"}, ["o2"]),
            ({"userId": "u1"}, ["o2", "o1"]),
            ({"type": "TOOL"}, ["o3"]),
            ({"traceId": "t2"}, ["o4", "o3"]),
            ({"level": "ERROR"}, ["o3"]),
            ({"parentObservationId": "o1"}, ["o2"]),
            ({"environment": ["production", "staging"]}, ["o2"]),
            ({"fromStartTime": "2026-01-01T12:00:01Z"}, ["o4", "o3", "o2"]),
            ({"toStartTime": "2026-01-01T12:00:01Z"}, ["o1"]),
            ({"version": "v1"}, ["o2", "o1"]),
            ({"filter": where(text("traceName", "=", "chat"))}, ["o2", "o1"]),
            ({"filter": where(text("Model", "=", "gpt"))}, ["o2"]),
            ({"name": "call", "filter": where(text("name", "=", "tool"))}, ["o3"]),
            (
                {
                    "filter": where(
                        {"type": "number", "column": "tokensPerSecond", "operator": "=", "value": 2}
                    )
                },
                ["o2"],
            ),
        ],
    )
    def test_parameters(self, get, params: dict[str, Any], expected: list[str]) -> None:
        answer = get(V1, **params)
        assert ids(answer) == expected

    @pytest.mark.parametrize(
        "params",
        [
            {"type": "NONSENSE"},
            {"level": "LOUD"},
            {"limit": 101},
            {"fromStartTime": "x"},
            {"filter": where(text("input", "=", "x"))},
            {"filter": where(text("nope", "=", "x"))},
        ],
    )
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        assert get(V1, **params).status_code == 400


class TestGetV1:
    def test_anonymous(self, client) -> None:
        assert client.get(f"{V1}/o2").status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        answer = client.get(f"{V1}/o2", headers=stranger.basic)
        assert (answer.status_code, answer.json()["error"]) == (404, "LangfuseNotFoundError")

    def test_whole_body(self, get, owner) -> None:
        assert get(f"{V1}/o2").json() == whole_v1(owner.id)

    def test_of_several_with_one_id_the_latest_written(self, client, project, parts) -> None:
        insert(
            parts.stores.analytics,
            observation(project.id, "a", "same", "12:00:05", name="early", version_seq=3),
            observation(project.id, "b", "same", "12:00:00", name="late", version_seq=4),
        )
        answer = client.get(f"{V1}/same", headers=project.basic)
        assert (answer.json()["name"], answer.json()["traceId"]) == ("late", "b")


CORE = {
    "id": "o2",
    "traceId": "t1",
    "startTime": "2026-01-01T12:00:01.000Z",
    "endTime": "2026-01-01T12:00:03.500Z",
    "parentObservationId": "o1",
    "type": "GENERATION",
    "modelId": None,
    "inputPrice": None,
    "outputPrice": None,
    "totalPrice": None,
}
GROUPS: dict[str, dict[str, Any]] = {
    "basic": {
        "name": "call",
        "level": "WARNING",
        "statusMessage": "slow",
        "version": "v1",
        "environment": "production",
        "bookmarked": True,
        "public": True,
        "userId": "u1",
        "sessionId": "s1",
        "isRootObservation": False,
    },
    "time": {
        "completionStartTime": "2026-01-01T12:00:01.250Z",
        "createdAt": CREATED,
        "updatedAt": CREATED,
    },
    "io": {"input": '[{"role":"user","content":"Hello World"}]', "output": "Good bye"},
    "metadata": {"metadata": {"short": 7, "long": "x" * 200}},
    "model": {
        "providedModelName": "gpt",
        "internalModelId": "m1",
        "modelParameters": {"temperature": 0.5},
        "modelId": "m1",
        "inputPrice": "0.0000025",
        "outputPrice": "0.00001",
        "totalPrice": None,
    },
    "usage": {
        "usageSource": "provided",
        "usageDetails": whole_v1("")["usageDetails"],
        "costDetails": whole_v1("")["costDetails"],
        "totalCost": 0.000076,
        "usagePricingTierName": "Standard",
    },
    "prompt": {"promptId": "pid", "promptName": "greet", "promptVersion": 3},
    "metrics": {"latency": 2.5, "timeToFirstToken": 0.25},
    "trace_context": {"traceName": "chat", "tags": ["a", "b"], "release": "r1"},
}


class TestListV2:
    def test_anonymous(self, client) -> None:
        assert client.get(V2).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        assert client.get(V2, headers=stranger.basic).json() == {"data": [], "meta": {}}

    def test_default_fields(self, get, owner) -> None:
        answer = get(V2, name="call")
        assert answer.json() == {
            "data": [{**CORE, "projectId": owner.id, **GROUPS["basic"]}],
            "meta": {},
        }

    @pytest.mark.parametrize("group", GROUPS)
    def test_each_group(self, get, owner, group: str) -> None:
        (item,) = get(V2, traceId="t1", type="GENERATION", fields=f"{group},unknown").json()["data"]
        assert item == {**CORE, "projectId": owner.id, **GROUPS[group]}

    def test_expanded_metadata(self, get) -> None:
        (item,) = get(V2, name="call", fields="metadata", expandMetadata="other,long").json()["data"]
        assert item["metadata"] == {"short": 7, "long": LONG}

    def test_cursors_walk_through_everything_once(self, get) -> None:
        seen: list[str] = []
        cursor = None
        for _ in range(10):
            params = {"limit": 1, "fields": "core,io"} | ({"cursor": cursor} if cursor else {})
            body = get(V2, **params).json()
            seen += [item["id"] for item in body["data"]]
            cursor = body["meta"].get("cursor")
            if cursor is None:
                break
        assert seen == ["o4", "o3", "o2", "o1"]

    def test_limits(self, get) -> None:
        assert get(V2, limit=0).json() == {"data": [], "meta": {}}
        assert len(get(V2, limit=1000).json()["data"]) == 4
        assert get(V2, limit=1001).status_code == 400

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"userId": "u1", "sessionId": "s1"}, ["o2", "o1"]),
            ({"sessionId": "s2"}, []),
            ({"parentObservationId": ""}, ["o1"]),
            ({"parentObservationId": "lost"}, ["o4", "o3"]),
            ({"isRootObservation": "true"}, ["o3", "o1"]),
            ({"isRootObservation": "false"}, ["o4", "o2"]),
            ({"level": "WARNING"}, ["o2"]),
            ({"parseIoAsJson": "false", "type": "SPAN"}, ["o1"]),
            ({"filter": where(text("input", "matches", "hello world"))}, ["o2"]),
            ({"filter": where(text("input", "matches", "hell"))}, []),
            ({"filter": where(text("output", "matches", "HELLO"))}, ["o3"]),
            ({"filter": where(text("output", "=", "Good bye"))}, ["o2"]),
            (
                {"filter": where(text("output", "matches", "good"), text("output", "ends with", "bye"))},
                ["o2"],
            ),
            (
                {"filter": where(text("output", "matches", "good"), text("input", "contains", "nope"))},
                [],
            ),
            (
                {
                    "filter": where(
                        {"type": "arrayOptions", "column": "tags", "operator": "any of", "value": ["b"]}
                    )
                },
                ["o2", "o1"],
            ),
            (
                {"filter": where({"type": "boolean", "column": "hasInput", "operator": "=", "value": True})},
                ["o2"],
            ),
        ],
    )
    def test_parameters(self, get, params: dict[str, Any], expected: list[str]) -> None:
        assert ids(get(V2, **params)) == expected

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"cursor": "nonsense"}, "Invalid cursor format"),
            (
                {"parseIoAsJson": "true"},
                "parseIoAsJson=true is not supported: input and output are always returned as raw strings. "
                "Remove the parameter or set it to false.",
            ),
            (
                {"filter": where(text("input", "contains", "x"))},
                "Filters on input or output need at least one '=' or 'matches' condition on input or output",
            ),
            (
                {
                    "filter": where(
                        {"type": "stringOptions", "column": "input", "operator": "any of", "value": ["x"]}
                    )
                },
                "Invalid filter type 'stringOptions' for column input of type body. Expected one of string",
            ),
            (
                {
                    "filter": where(
                        {
                            "type": "numberObject",
                            "column": "scores_avg",
                            "key": "q",
                            "operator": "=",
                            "value": 1,
                        }
                    )
                },
                "Invalid filter column: scores_avg. Expected one of id, name, traceId,",
            ),
        ],
    )
    def test_invalid(self, get, params: dict[str, Any], message: str) -> None:
        answer = get(V2, **params)
        assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequestError")
        assert answer.json()["message"].startswith(message)
