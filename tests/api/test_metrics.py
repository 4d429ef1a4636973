"""`/api/public/metrics`, `/api/public/v2/metrics` and `/api/public/metrics/daily`."""

import json
from decimal import Decimal
from typing import Any

import pytest
from rows import insert, observation, score, trace, us

V1, V2 = "/api/public/metrics", "/api/public/v2/metrics"
DAY = {"fromTimestamp": "2026-01-01T00:00:00Z", "toTimestamp": "2026-01-02T00:00:00Z"}
COUNT = {"measure": "count", "aggregation": "count"}


def question(view: str = "observations", **more: Any) -> dict[str, str]:
    return {"query": json.dumps({"view": view, "metrics": [COUNT], **DAY, **more})}


def ask(client: Any, project: Any, path: str = V2, **more: Any) -> Any:
    answer = client.get(path, params=question(**more), headers=project.basic)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(client: Any, project: Any, path: str = V2, **more: Any) -> Any:
    answer = client.get(path, params=question(**more), headers=project.basic)
    assert answer.status_code == 400, answer.text
    return answer.json()


def metric(text: str) -> dict[str, str]:
    aggregation, measure = text.split("_")
    return {"measure": measure, "aggregation": aggregation}


@pytest.fixture
def world(parts: Any, project: Any) -> Any:
    p = project.id
    spread = {"first_start": us("10:00:00"), "last_end": us("20:00:00")}
    insert(
        parts.stores.analytics,
        trace(
            p,
            "t1",
            "10:00:00",
            name="chat",
            user_id="ann",
            tags=["b", "a"],
            observation_count=2,
            total_cost=Decimal("0.3"),
            usage={"total": 30},
            release="r1",
            **spread,
        ),
        trace(
            p,
            "t2",
            "15:00:00",
            name="search",
            user_id="bob",
            tags=["a"],
            observation_count=1,
            error_count=1,
            session_id="s1",
            **spread,
        ),
        observation(
            p,
            "t1",
            "o1",
            "10:00:00",
            end_time=us("10:00:01"),
            model="m1",
            type="GENERATION",
            usage={"input": 5, "output": 15, "total": 20},
            metadata={"tenant": "x"},
            cost={"input": Decimal("0.05"), "output": Decimal("0.05")},
            total_cost=Decimal("0.1"),
            completion_start_time=us("10:00:00.5"),
        ),
        observation(
            p,
            "t1",
            "o2",
            "11:30:00",
            end_time=us("11:30:03"),
            model="m1",
            parent_id="o1",
            total_cost=Decimal("0.2"),
            cost={"input": Decimal("0.2")},
            usage={"input": 10, "total": 10},
        ),
        observation(
            p,
            "t2",
            "o3",
            "15:00:00",
            level="ERROR",
            status_message="TimeoutError: after 30 s",
            model="m2",
            metadata={"tenant": "y"},
        ),
        score(p, "s1", "12:00:00", value=0.5, trace_id="t1", observation_id="o1"),
        score(p, "s2", "12:00:00", value=1.0, data_type="BOOLEAN", name="ok", trace_id="t1"),
        score(p, "s3", "12:00:00", value=0.0, data_type="BOOLEAN", name="ok", trace_id="t2"),
        score(p, "s4", "12:00:00", string_value="good", data_type="CATEGORICAL", name="mood", trace_id="t2"),
    )
    return project


class TestAccess:
    @pytest.mark.parametrize("path", [V1, V2, "/api/public/metrics/daily"])
    def test_anonymous(self, client, path) -> None:
        assert client.get(path, params=question()).status_code == 401

    @pytest.mark.parametrize("path", [V1, V2])
    def test_a_stranger_sees_nothing(self, client, world, stranger, path) -> None:
        answer = ask(client, stranger, path, dimensions=[{"field": "name"}])
        assert answer["data"] == []

    def test_a_public_key_is_not_enough(self, client, project) -> None:
        assert client.get(V2, params=question(), headers=project.bearer).status_code == 403

    def test_no_join_reaches_another_project(self, client, parts, world, stranger) -> None:
        spread = {"first_start": us("09:00:00"), "last_end": us("21:00:00")}
        insert(parts.stores.analytics, trace(stranger.id, "t1", user_id="eve", tags=["secret"], **spread))
        found = ask(client, world, V1, dimensions=[{"field": "userId"}, {"field": "tags"}])["data"]
        assert {row["userId"] for row in found} == {"ann", "bob"}


class TestAnswers:
    def test_measures_of_observations(self, client, world) -> None:
        names = (
            "count_count",
            "sum_totalCost",
            "avg_inputCost",
            "sum_inputTokens",
            "max_latency",
            "p50_latency",
            "avg_errorRate",
            "sum_countScores",
            "avg_timeToFirstToken",
            "avg_tokensPerSecond",
            "avg_outputTokensPerSecond",
            "min_streamingLatency",
            "count_totalTokens",
        )
        answer = ask(client, world, metrics=list(map(metric, names)))
        assert answer["data"] == [
            {
                "count_count": 3,
                "sum_totalCost": 0.3,
                "avg_inputCost": 0.125,
                "sum_inputTokens": 15,
                "max_latency": 3000,
                "p50_latency": 2000.0,
                "avg_errorRate": pytest.approx(1 / 3),
                "sum_countScores": 1,
                "avg_timeToFirstToken": 500.0,
                "avg_tokensPerSecond": pytest.approx((20 + 10 / 3) / 2),
                "avg_outputTokensPerSecond": 30.0,
                "min_streamingLatency": 500,
                "count_totalTokens": 2,
            }
        ]
        assert answer["meta"] == {"truncated": False, "percentiles": "exact"}

    def test_measures_of_traces(self, client, world) -> None:
        names = (
            "count_count",
            "sum_observationsCount",
            "sum_scoresCount",
            "uniq_uniqueUserIds",
            "sum_uniqueSessionIds",
            "sum_totalTokens",
            "sum_totalCost",
            "avg_errorRate",
            "max_latency",
        )
        found = ask(client, world, V1, view="traces", metrics=list(map(metric, names)))["data"]
        assert found == [
            {
                "count_count": 2,
                "sum_observationsCount": 3,
                "sum_scoresCount": 4,
                "uniq_uniqueUserIds": 2,
                "sum_uniqueSessionIds": 1,
                "sum_totalTokens": 30,
                "sum_totalCost": 0.3,
                "avg_errorRate": 0.5,
                "max_latency": 36_000_000,
            }
        ]

    def test_default_order_is_the_first_metric_descending(self, client, world) -> None:
        found = ask(client, world, dimensions=[{"field": "providedModelName"}])["data"]
        assert found == [
            {"providedModelName": "m1", "count_count": 2},
            {"providedModelName": "m2", "count_count": 1},
        ]

    @pytest.mark.parametrize(
        ("dimension", "expected"),
        [
            ({"field": "tags"}, [(["a", "b"], 2), (["a"], 1)]),
            ({"field": "tag"}, [("a", 3), ("b", 2)]),
            ({"field": "traceName"}, [("chat", 2), ("search", 1)]),
            ({"field": "traceRelease"}, [("r1", 2), (None, 1)]),
            ({"field": "isRootObservation"}, [(True, 2), (False, 1)]),
            ({"field": "errorType"}, [(None, 2), ("TimeoutError", 1)]),
            ({"field": "metadata.tenant"}, [(None, 1), ("x", 1), ("y", 1)]),
            ({"field": "startTimeMonth"}, [("2026-01", 3)]),
            ({"field": "usageType"}, [("input", 2), ("total", 2), ("output", 1)]),
        ],
    )
    def test_dimensions(self, client, world, dimension, expected) -> None:
        found = ask(client, world, dimensions=[dimension])["data"]
        key = dimension["field"]
        assert sorted(((row[key], row["count_count"]) for row in found), key=repr) == sorted(
            expected, key=repr
        )

    def test_metadata_by_field_and_key(self, client, world) -> None:
        found = ask(client, world, dimensions=[{"field": "metadata", "key": "tenant"}])["data"]
        assert {row["metadata.tenant"] for row in found} == {"x", "y", None}

    def test_cost_by_type(self, client, world) -> None:
        found = ask(client, world, dimensions=[{"field": "costType"}], metrics=[metric("sum_costByType")])[
            "data"
        ]
        assert found == [
            {"costType": "input", "sum_costByType": 0.25},
            {"costType": "output", "sum_costByType": 0.05},
        ]

    def test_distinct_traces_and_users(self, client, world) -> None:
        names = ("uniq_traceId", "uniq_uniqueUserIds", "count_uniqueSessionIds")
        answer = ask(client, world, metrics=list(map(metric, names)))
        assert answer["data"] == [{"uniq_traceId": 2, "uniq_uniqueUserIds": 2, "count_uniqueSessionIds": 1}]
        assert answer["meta"]["distinctCounts"] == "exact"

    def test_histogram(self, client, world) -> None:
        found = ask(client, world, metrics=[metric("histogram_latency")], config={"bins": 2})["data"]
        assert found == [{"histogram_latency": [[1000.0, 2000.0, 1], [2000.0, 3000.0, 1]]}]

    def test_scores(self, client, world) -> None:
        numeric = ask(
            client,
            world,
            view="scores-numeric",
            metrics=[metric("avg_value"), COUNT],
            dimensions=[{"field": "name"}, {"field": "observationModelName"}],
        )["data"]
        assert numeric == [
            {"name": "ok", "observationModelName": None, "avg_value": 0.5, "count_count": 2},
            {"name": "quality", "observationModelName": "m1", "avg_value": 0.5, "count_count": 1},
        ]
        boolean = ask(
            client,
            world,
            view="scores-boolean",
            dimensions=[{"field": "booleanValue"}],
            orderBy=[{"field": "booleanValue", "direction": "asc"}],
        )["data"]
        assert boolean == [
            {"booleanValue": False, "count_count": 1},
            {"booleanValue": True, "count_count": 1},
        ]
        words = ask(
            client,
            world,
            view="scores-categorical",
            dimensions=[{"field": "stringValue"}, {"field": "traceName"}],
        )["data"]
        assert words == [{"stringValue": "good", "traceName": "search", "count_count": 1}]

    def test_nothing(self, client, project) -> None:
        names = (
            "count_count",
            "sum_totalCost",
            "avg_latency",
            "p99_latency",
            "histogram_latency",
            "max_latency",
        )
        assert ask(client, project, metrics=list(map(metric, names)))["data"] == [
            {
                "count_count": 0,
                "sum_totalCost": None,
                "avg_latency": None,
                "p99_latency": None,
                "histogram_latency": [],
                "max_latency": None,
            }
        ]


class TestTime:
    def test_gaps_are_filled(self, client, world) -> None:
        answer = ask(
            client,
            world,
            timeDimension={"granularity": "auto"},
            metrics=[COUNT, metric("avg_latency")],
            fromTimestamp="2026-01-01T10:00:00Z",
            toTimestamp="2026-01-01T13:00:00Z",
        )
        assert answer["data"] == [
            {"time_dimension": "2026-01-01T10:00:00.000Z", "count_count": 1, "avg_latency": 1000.0},
            {"time_dimension": "2026-01-01T11:00:00.000Z", "count_count": 1, "avg_latency": 3000.0},
            {"time_dimension": "2026-01-01T12:00:00.000Z", "count_count": 0, "avg_latency": None},
        ]
        assert answer["meta"] == {"truncated": False, "granularity": "hour", "timeZone": "UTC"}

    def test_with_an_order_they_are_not(self, client, world) -> None:
        found = ask(
            client,
            world,
            timeDimension={"granularity": "hour"},
            orderBy=[{"field": "time_dimension", "direction": "desc"}],
        )["data"]
        assert [row["time_dimension"][11:13] for row in found] == ["15", "11", "10"]

    @pytest.mark.parametrize("where", ["top", "inside"])
    def test_days_of_a_time_zone(self, client, world, where) -> None:
        time: dict[str, Any] = {"granularity": "day"}
        more = {"timeZone": "Pacific/Auckland"} if where == "top" else {}
        if where == "inside":
            time["timeZone"] = "Pacific/Auckland"
        answer = ask(client, world, timeDimension=time, **more)
        # Midnight there is at 11:00 UTC.
        assert answer["data"] == [
            {"time_dimension": "2026-01-01", "count_count": 1},
            {"time_dimension": "2026-01-02", "count_count": 2},
        ]
        assert answer["meta"]["timeZone"] == "Pacific/Auckland"

    def test_the_limit_counts_filled_rows(self, client, world) -> None:
        answer = ask(client, world, timeDimension={"granularity": "hour"}, config={"row_limit": 5})
        assert [row["time_dimension"][11:13] for row in answer["data"]] == ["00", "01", "02", "03", "04"]
        assert answer["meta"]["truncated"] is True


class TestFilters:
    @pytest.mark.parametrize(
        ("condition", "count"),
        [
            ({"column": "userId", "type": "string", "operator": "=", "value": "ann"}, 2),
            ({"column": "tags", "type": "arrayOptions", "operator": "all of", "value": ["a", "b"]}, 2),
            ({"column": "latency", "type": "number", "operator": ">", "value": 1000}, 1),
            (
                {
                    "column": "metadata",
                    "type": "stringObject",
                    "key": "tenant",
                    "operator": "=",
                    "value": "y",
                },
                1,
            ),
            ({"column": "usageType", "type": "arrayOptions", "operator": "any of", "value": ["output"]}, 1),
            ({"column": "totalCost", "type": "number", "operator": ">=", "value": 0.2}, 1),
            ({"column": "isRootObservation", "type": "boolean", "operator": "=", "value": False}, 1),
            ({"column": "errorType", "type": "string", "operator": "contains", "value": "Timeout"}, 1),
        ],
    )
    def test_columns(self, client, world, condition, count) -> None:
        assert ask(client, world, filters=[condition])["data"] == [{"count_count": count}]

    def test_scores_by_their_observation(self, client, world) -> None:
        condition = {"column": "observationModelName", "type": "string", "operator": "=", "value": "m1"}
        assert ask(client, world, view="scores-numeric", filters=[condition])["data"] == [{"count_count": 1}]

    @pytest.mark.parametrize("text", ["0.00003233", "0.00004125", "0.000083370001"])
    def test_a_cost_equals_what_was_answered(self, client, parts, project, text) -> None:
        insert(parts.stores.analytics, observation(project.id, "t", "o", total_cost=Decimal(text)))
        (row,) = ask(client, project, metrics=[metric("sum_totalCost")])["data"]
        for operator, count in (("=", 1), (">=", 1), ("<=", 1), (">", 0), ("<", 0)):
            condition = {
                "column": "totalCost",
                "type": "number",
                "operator": operator,
                "value": row["sum_totalCost"],
            }
            assert ask(client, project, filters=[condition])["data"] == [{"count_count": count}]

    def test_a_number_in_metadata_equals_itself(self, client, parts, project) -> None:
        values = [part / 1e12 for part in (32330000, 41250000, 83370001)]
        for number, value in enumerate(values):
            row = observation(project.id, "t", f"o{number}", metadata={"price": str(value)})
            insert(parts.stores.analytics, row)
        for value in values:
            condition = {
                "column": "metadata",
                "type": "numberObject",
                "key": "price",
                "operator": "=",
                "value": value,
            }
            assert ask(client, project, filters=[condition])["data"] == [{"count_count": 1}]

    def test_an_unknown_column(self, client, project) -> None:
        condition = {"column": "nope", "type": "string", "operator": "=", "value": "x"}
        message = refusal(client, project, filters=[condition])["message"]
        assert message.startswith("Invalid filter column: nope. Expected one of id, ")
        assert ", errorType, " in message

    @pytest.mark.parametrize(
        ("type_", "column", "operator", "value", "count"),
        [
            ("null", "userId", "is null", "", 2),
            ("null", "userId", "is not null", "", 2),
            ("string", "traceName", "does not contain", "chat", 2),
            ("string", "traceName", "=", "", 2),
            ("stringOptions", "userId", "none of", ["ann"], 2),
            ("stringOptions", "userId", "any of", ["", "ann"], 4),
            ("arrayOptions", "tags", "none of", ["a"], 2),
            ("arrayOptions", "tags", "any of", ["a", ""], 2),
            ("arrayOptions", "tags", "all of", ["b"], 2),
            ("null", "observationPromptVersion", "is null", "", 4),
            ("null", "observationModelName", "is null", "", 3),
            ("string", "observationModelName", "ends with", "1", 1),
        ],
    )
    def test_scores_without_a_trace_have_empty_values(
        self, client, parts, world, type_, column, operator, value, count
    ) -> None:
        insert(
            parts.stores.analytics,
            score(world.id, "s5", value=1.0, session_id="s9"),
            score(world.id, "s6", value=1.0, trace_id="nowhere"),
            score(world.id, "s7", value=1.0, trace_id="t1"),
        )
        condition = {"type": type_, "column": column, "operator": operator, "value": value}
        # Of s1, s5, s6, s7: those of the name `quality`.
        name = {"type": "string", "column": "name", "operator": "=", "value": "quality"}
        found = ask(client, world, view="scores-numeric", filters=[name, condition])["data"]
        assert found == [{"count_count": count}]

    def test_a_score_has_the_session_of_its_trace(self, client, parts, world) -> None:
        insert(
            parts.stores.analytics,
            score(world.id, "s5", value=1.0, session_id="s1"),
            score(world.id, "s6", value=1.0, session_id="s9", trace_id="t2"),
        )
        sessions = {"s1": 2, "s9": 1, None: 2}
        grouped = ask(client, world, V1, view="scores-numeric", dimensions=[{"field": "sessionId"}])["data"]
        assert {row["sessionId"]: row["count_count"] for row in grouped} == sessions
        for session, count in sessions.items():
            condition = {"column": "sessionId", "type": "string", "operator": "=", "value": session or ""}
            found = ask(client, world, view="scores-numeric", filters=[condition])["data"]
            assert found == [{"count_count": count}]


class TestOrder:
    @pytest.mark.parametrize(
        ("direction", "names"), [("asc", ["m1", "m2", None]), ("desc", ["m2", "m1", None])]
    )
    def test_nulls_come_last(self, client, parts, world, direction, names) -> None:
        insert(parts.stores.analytics, observation(world.id, "t1", "o4"))
        found = ask(
            client,
            world,
            dimensions=[{"field": "providedModelName"}],
            orderBy=[{"field": "providedModelName", "direction": direction}],
        )["data"]
        assert [row["providedModelName"] for row in found] == names


class TestManyValues:
    ORDER = ({"field": "count_count", "direction": "desc"},)

    def test_top_users(self, client, world) -> None:
        found = ask(
            client, world, dimensions=[{"field": "userId"}], orderBy=list(self.ORDER), config={"row_limit": 1}
        )
        assert found == {"data": [{"userId": "ann", "count_count": 2}], "meta": {"truncated": True}}

    @pytest.mark.parametrize(
        "more",
        [
            {},
            {"config": {"row_limit": 5}},
            {"orderBy": list(ORDER)},
            {"orderBy": [{"field": "userId", "direction": "desc"}], "config": {"row_limit": 5}},
            {"orderBy": [{"field": "count_count", "direction": "asc"}], "config": {"row_limit": 5}},
            {"orderBy": list(ORDER), "config": {"row_limit": 5}, "timeDimension": {"granularity": "day"}},
        ],
    )
    def test_v2_asks_for_order_and_limit(self, client, project, more) -> None:
        body = refusal(client, project, dimensions=[{"field": "userId"}], **more)
        assert "userId has many values" in body["message"]

    def test_v1_does_not(self, client, world) -> None:
        found = ask(client, world, V1, dimensions=[{"field": "userId"}])["data"]
        assert [row["userId"] for row in found] == ["ann", "bob"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ({"view": "traces"}, "Invalid view 'traces': expected one of observations, scores-numeric"),
            ({"dimensions": [{"field": "nope"}]}, "Invalid dimension 'nope' for view observations"),
            ({"dimensions": [{"field": "metadata"}]}, 'needs a "key"'),
            ({"metrics": [metric("sum_nope")]}, "Invalid measure 'nope'"),
            ({"metrics": [metric("sum_traceId")]}, "expected one of count, uniq"),
            ({"metrics": [metric("sum_costByType")]}, "needs the dimension costType"),
            ({"orderBy": [{"field": "x", "direction": "asc"}]}, "Invalid orderBy field 'x'"),
            ({"orderBy": [{"field": "time_dimension", "direction": "asc"}]}, "Invalid orderBy field"),
            ({"toTimestamp": DAY["fromTimestamp"]}, "fromTimestamp must be before toTimestamp"),
            (
                {"fromTimestamp": "1950-01-01T00:00:00Z", "toTimestamp": "1960-01-01T00:00:00Z"},
                "from 1970 to 2261",
            ),
            ({"timeZone": "Nowhere"}, "Unknown time zone 'Nowhere'"),
            (
                {"timeDimension": {"granularity": "minute"}, "toTimestamp": "2027-01-01T00:00:00Z"},
                "more than 50000",
            ),
        ],
    )
    def test_words(self, client, project, more, said) -> None:
        body = refusal(client, project, **more)
        assert said in body["message"]
        assert body["error"] == "InvalidRequestError"

    @pytest.mark.parametrize(
        ("more", "path"),
        [
            ({"metrics": []}, ["metrics"]),
            ({"metrics": [{"measure": "count", "aggregation": "median"}]}, ["metrics", 0, "aggregation"]),
            ({"fromTimestamp": "2026-01-01T00:00:00"}, ["fromTimestamp"]),
            ({"config": {"bins": 101}}, ["config", "bins"]),
            ({"filters": {}}, ["filters"]),
            (
                {"filters": [{"type": "number", "column": "latency", "operator": ">", "value": "x"}]},
                ["filters", 0, "value"],
            ),
            ({"config": {"row_limit": 1001}}, ["config", "row_limit"]),
            ({"timeDimension": {"granularity": "year"}}, ["timeDimension", "granularity"]),
            ({"dimensions": [{"field": "metadata", "key": "a\0b"}]}, ["dimensions", 0, "key"]),
        ],
    )
    def test_shape(self, client, project, more, path) -> None:
        body = refusal(client, project, **more)
        assert body["message"] == "Invalid request data"
        assert body["error"][0]["path"] == path

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"view": 1}', "[" * 5000])
    def test_no_question(self, client, project, text) -> None:
        assert client.get(V2, params={"query": text}, headers=project.basic).status_code == 400

    def test_no_word_becomes_sql(self, client, project) -> None:
        text = "') OR 1=1 -- \\"
        found = ask(client, project, dimensions=[{"field": "metadata", "key": text}])["data"]
        assert found == []
        refusal(client, project, dimensions=[{"field": text}])


class TestMemory:
    def test_new_data_is_seen_at_once(self, client, parts, world, stranger) -> None:
        answers = parts.state.metric_answers
        first = ask(client, world)["data"]
        mark = parts.stores.analytics.watermarks.of(world.id)
        insert(parts.stores.analytics, observation(stranger.id, "t", "o"))
        assert parts.stores.analytics.watermarks.of(world.id) == mark
        assert ask(client, world)["data"] == first == [{"count_count": 3}]
        insert(parts.stores.analytics, observation(world.id, "t9", "o9"))
        assert ask(client, world)["data"] == [{"count_count": 4}]
        assert parts.state.metric_answers is answers

    def test_a_deletion_is_seen_at_once(self, client, world) -> None:
        assert ask(client, world, V1, view="traces")["data"] == [{"count_count": 2}]
        assert client.delete("/api/public/traces/t1", headers=world.basic).status_code == 200
        assert ask(client, world, V1, view="traces")["data"] == [{"count_count": 1}]
        assert ask(client, world)["data"] == [{"count_count": 1}]


class TestDaily:
    URL = "/api/public/metrics/daily"

    def test_a_day(self, client, world) -> None:
        answer = client.get(self.URL, headers=world.basic).json()
        assert answer == {
            "data": [
                {
                    "date": "2026-01-01",
                    "countTraces": 2,
                    "countObservations": 3,
                    "totalCost": 0.3,
                    "usage": [
                        {
                            "model": "m1",
                            "inputUsage": 15,
                            "outputUsage": 15,
                            "totalUsage": 30,
                            "totalCost": 0.3,
                            "countObservations": 2,
                            "countTraces": 1,
                        },
                        {
                            "model": "m2",
                            "inputUsage": 0,
                            "outputUsage": 0,
                            "totalUsage": 0,
                            "totalCost": 0.0,
                            "countObservations": 1,
                            "countTraces": 1,
                        },
                    ],
                }
            ],
            "meta": {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1},
        }

    def test_pages_newest_first(self, client, parts, project) -> None:
        days = ["2026-01-01T01:00:00Z", "2026-01-02T01:00:00Z", "2026-01-04T01:00:00Z"]
        insert(parts.stores.analytics, *(observation(project.id, "t", f"o{at}", at) for at in days))
        answer = client.get(self.URL, params={"limit": 2}, headers=project.basic).json()
        assert [day["date"] for day in answer["data"]] == ["2026-01-04", "2026-01-02"]
        assert answer["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}
        answer = client.get(self.URL, params={"limit": 2, "page": 2}, headers=project.basic).json()
        assert [day["date"] for day in answer["data"]] == ["2026-01-01"]

    @pytest.mark.parametrize(
        ("params", "counts"),
        [
            ({"userId": "ann"}, (1, 2)),
            ({"traceName": "search"}, (1, 1)),
            ({"tags": ["a", "b"]}, (1, 2)),
            ({"environment": ["default"]}, (2, 3)),
            ({"fromTimestamp": "2026-01-01T11:00:00Z"}, (1, 2)),
        ],
    )
    def test_filters(self, client, world, params, counts) -> None:
        (day,) = client.get(self.URL, params=params, headers=world.basic).json()["data"]
        assert (day["countTraces"], day["countObservations"]) == counts

    def test_a_stranger_sees_nothing(self, client, world, stranger) -> None:
        assert client.get(self.URL, headers=stranger.basic).json()["data"] == []

    def test_nothing_matches(self, client, world) -> None:
        answer = client.get(self.URL, params={"userId": "nobody"}, headers=world.basic).json()
        assert answer == {"data": [], "meta": {"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0}}


class TestTraceFilter:
    """Beyond the published language: only what belongs to traces that meet a tree."""

    @pytest.mark.parametrize("view", ["traces", "observations", "scores-numeric"])
    def test_leaves_what_belongs_to_such_traces(
        self, client: Any, project: Any, world: Any, view: str
    ) -> None:
        def count(**more: Any) -> int:
            return sum(row["count_count"] for row in ask(client, project, V1, view=view, **more)["data"])

        ann = {"field": "user", "op": "is", "value": "ann"}
        everything, hers, others = count(), count(traceFilter=ann), count(traceFilter={"not": ann})
        named = [{"column": "userId", "type": "string", "operator": "=", "value": "ann"}]
        assert hers == count(filters=named)
        assert 0 < hers < everything
        # Negation is of traces: what has none (a score of a session) belongs to neither.
        assert hers + others <= everything
        assert count(traceFilter={"and": []}) == everything

    def test_is_part_of_what_is_remembered(self, client: Any, project: Any, world: Any) -> None:
        for user, expected in (("ann", 1), ("nobody", 0), ("ann", 1)):
            tree = {"field": "user", "op": "is", "value": user}
            assert ask(client, project, V1, view="traces", traceFilter=tree)["data"] == [
                {"count_count": expected}
            ]

    def test_by_what_a_trace_called(self, client: Any, project: Any, world: Any) -> None:
        tree = {"field": "model", "op": "is", "value": "no such model"}
        assert ask(client, project, V1, view="traces", traceFilter=tree)["data"] == [{"count_count": 0}]
        assert ask(client, project, traceFilter=tree)["data"] == [{"count_count": 0}]

    @pytest.mark.parametrize(
        "tree",
        [
            {"field": "comments", "op": "gt", "value": 1},
            {"not": {"field": "has", "op": "is", "value": "comment"}},
            {"field": "no such field", "op": "is", "value": "x"},
            {"field": "latency", "op": "gt", "value": "x"},
            "user:ann",
        ],
    )
    def test_refuses(self, client: Any, project: Any, tree: Any) -> None:
        assert "traceFilter" in json.dumps(refusal(client, project, V1, view="traces", traceFilter=tree))

    @pytest.mark.parametrize("granularity", ["5m", "15m", "3h", "6h"])
    def test_has_buckets_that_a_chart_wants(
        self, client: Any, project: Any, world: Any, granularity: str
    ) -> None:
        answer = ask(client, project, V1, timeDimension={"granularity": granularity})
        assert answer["meta"]["granularity"] == granularity
        assert len(answer["data"]) == {"5m": 288, "15m": 96, "3h": 8, "6h": 4}[granularity]
        assert answer["data"][1]["time_dimension"].endswith(":00.000Z")


class TestRowFilter:
    """Beyond the published language: only rows that meet a tree themselves, as in their list."""

    @pytest.mark.parametrize(
        ("view", "tree", "expected"),
        [
            ("observations", {"field": "model", "op": "is", "value": "m1"}, 2),
            ("observations", {"not": {"field": "model", "op": "is", "value": "m1"}}, 1),
            ("observations", {"field": "metadata", "key": "tenant", "op": "is", "value": "y"}, 1),
            ("observations", {"field": "latency", "op": "gte", "value": 3}, 1),
            ("observations", {"field": "user", "op": "is", "value": "ann"}, 2),
            ("observations", {"field": "has", "op": "is", "value": "score"}, 1),
            ("observations", {"and": []}, 3),
            ("traces", {"field": "level", "op": "is", "value": "ERROR"}, 1),
            ("traces", {"field": "model", "op": "is", "value": "m1"}, 1),
            ("scores-boolean", {"field": "value", "op": "eq", "value": 1}, 1),
            ("scores-categorical", {"field": "text", "op": "contains", "value": "good"}, 1),
        ],
    )
    def test_leaves_the_rows_of_the_list(
        self, client: Any, project: Any, world: Any, view: str, tree: Any, expected: int
    ) -> None:
        found = ask(client, project, V1, view=view, rowFilter=tree)["data"]
        assert found == [{"count_count": expected}]
        if not view.startswith("scores"):  # their list has all types
            body = {"filter": tree, "from": DAY["fromTimestamp"], "to": DAY["toTimestamp"]}
            path = f"/api/ui/projects/{project.id}/{view}/count"
            listed = client.post(path, json=body, headers=project.basic).json()
            assert listed == {"count": expected, "exact": True}

    def test_by_groups_over_time_and_beside_a_trace_filter(
        self, client: Any, project: Any, world: Any
    ) -> None:
        asked = {
            "dimensions": [{"field": "providedModelName"}],
            "rowFilter": {"field": "model", "op": "in", "value": ["m1", "m2"]},
            "traceFilter": {"field": "user", "op": "is", "value": "bob"},
        }
        assert ask(client, project, V1, **asked)["data"] == [{"providedModelName": "m2", "count_count": 1}]
        hours = ask(client, project, V1, timeDimension={"granularity": "hour"}, **asked)["data"]
        assert [row["time_dimension"] for row in hours if row["count_count"]] == ["2026-01-01T15:00:00.000Z"]

    def test_is_part_of_what_is_remembered(self, client: Any, project: Any, world: Any) -> None:
        for model, expected in (("m1", 2), ("m2", 1), ("m1", 2)):
            tree = {"field": "model", "op": "is", "value": model}
            assert ask(client, project, V1, rowFilter=tree)["data"] == [{"count_count": expected}]

    @pytest.mark.parametrize(
        ("view", "tree"),
        [
            ("observations", {"field": "comments", "op": "gt", "value": 1}),
            ("traces", {"not": {"field": "has", "op": "is", "value": "comment"}}),
            ("observations", {"field": "models", "op": "is", "value": "of traces only"}),
            ("scores-numeric", {"field": "latency", "op": "gt", "value": 1}),
            ("observations", "model:m1"),
        ],
    )
    def test_refuses(self, client: Any, project: Any, view: str, tree: Any) -> None:
        assert "rowFilter" in json.dumps(refusal(client, project, V1, view=view, rowFilter=tree))
