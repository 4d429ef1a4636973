"""The lists of the web UI: pages under filters and sorts, counts, histograms, facets, completions, exports, bulk."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from people import add_person, signed_in
from rows import insert, observation, score, trace, us

from spyglass.core.records import Observation, Score, Trace
from spyglass.query import facets

DAY = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}


def path(project: Any, rest: str) -> str:
    return f"/api/ui/projects/{project.id}/{rest}"


def ask(client: Any, project: Any, rest: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(path(project, rest), json=body, headers=project.basic)
    assert answer.status_code == status, answer.text
    return answer.json()


def is_(field: str, value: Any, op: str = "is", **more: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value, **more}


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in answer["rows"]]


def small_world(project_id: str) -> list[Trace | Observation | Score]:
    """Three traces; the second failed, the third has next to nothing."""
    return [
        trace(
            project_id, "t1", "12:00:00", name="checkout", environment="production", user_id="ada", session_id="s1",
            tags=["a", "b"], input='[{"role":"user","content":"Where is my refund policy?"}]', output="Here.",
            input_preview="Where is my refund policy?", output_preview="Here.", first_start=us("12:00:00"),
            last_end=us("12:00:02.5"), observation_count=2, default_count=2, estimated=True,
            usage={"input": 10, "output": 5, "total": 15},
            total_cost=Decimal("0.25"), metadata={"tenant": "eu", "size": "3"}, release="r1", bookmarked=True,
        ),
        trace(
            project_id, "t2", "13:00:00", name="search", environment="dev", user_id="bob", session_id="s1", tags=["b"],
            first_start=us("13:00:00"), last_end=us("13:00:01"), observation_count=1, error_count=1,
            total_cost=Decimal("1.5"), input="x" * 5000, input_preview="x" * 400,
        ),
        trace(project_id, "t3", "14:00:00", name="", environment="production"),
        observation(
            project_id, "t1", "o1", "12:00:00", type="GENERATION", name="llm", model="gpt-4o", end_time=us("12:00:02"),
            completion_start_time=us("12:00:00.5"), usage={"input": 10, "output": 5, "total": 15},
            cost={"input": Decimal("0.2"), "output": Decimal("0.05")}, total_cost=Decimal("0.25"),
            input='{"messages":[{"role":"user","content":"Hello there"}]}', prompt_name="greet", prompt_version=2,
            tool_call_names=["lookup"], parent_id="o2", usage_source="estimated",
        ),
        observation(project_id, "t1", "o2", "12:00:00", type="TOOL", name="search", end_time=us("12:00:01")),
        observation(
            project_id, "t2", "o3", "13:00:00", type="SPAN", name="work", level="ERROR", status_message="Boom",
            end_time=us("13:00:01"), environment="dev",
        ),
        score(project_id, "c1", "12:10:00", name="quality", value=1.0, trace_id="t1"),
        score(project_id, "c2", "12:11:00", name="quality", value=0.5, trace_id="t1"),
        score(
            project_id, "c3", "13:11:00", name="verdict", data_type="CATEGORICAL", string_value="bad", trace_id="t2",
            comment="=SUM(1)",
        ),
        score(project_id, "c4", "13:12:00", name="mood", value=0.75, session_id="s1"),
        score(project_id, "c5", "12:12:00", name="speed", value=2.0, trace_id="t1", observation_id="o1"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def shop(parts: Any, make_project: Any) -> Any:
    """A project with the small world, and another with the same ids that must never matter."""
    made, other = make_project(), make_project()
    insert(parts.stores.analytics, *small_world(made.id))
    strange = small_world(other.id)
    for row in strange:
        if not isinstance(row, Score):
            row.name = "canary"
    insert(parts.stores.analytics, *strange)
    return made


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not turn counts into estimates; those have their own test."""
    monkeypatch.setattr(facets, "BUDGET_S", 30.0)


class TestFields:
    def test_what_each_entity_has(self, client, project) -> None:
        fields = client.get(path(project, "fields"), headers=project.basic).json()
        assert set(fields) == {"traces", "observations", "sessions", "users", "scores"}
        latency = next(each for each in fields["traces"] if each["name"] == "latency")
        assert latency == {
            "name": "latency", "column": "latency", "type": "duration", "label": "Latency",
            "help": "From the first start to the last end of its observations", "filter": True, "sort": True,
            "facet": "range", "show": True, "indexed": False, "unit": "s",
            "operators": ["eq", "gt", "gte", "lt", "lte", "between", "is", "in", "exists"],
        }  # fmt: skip
        level = next(each for each in fields["observations"] if each["name"] == "level")
        assert level["options"] == ["DEBUG", "DEFAULT", "WARNING", "ERROR"]

    def test_anonymous_and_stranger(self, client, project, stranger) -> None:
        assert client.get(path(project, "fields")).status_code == 401
        assert client.get(path(project, "fields"), headers=stranger.basic).status_code == 404


class TestTraceRows:
    def test_newest_first_with_all_that_a_row_shows(self, client, shop) -> None:
        answer = ask(client, shop, "traces/query", **DAY)
        assert ids(answer) == ["t3", "t2", "t1"]
        assert answer["cursor"] is None
        assert isinstance(answer["ms"], int)
        assert answer["rows"][2] == {
            "id": "t1", "time": "2026-01-01T12:00:00.000Z", "name": "checkout", "env": "production", "user": "ada",
            "session": "s1", "release": "r1", "version": None, "tags": ["a", "b"], "level": "DEFAULT", "latency": 2.5,
            "ttft": 0.5, "tokens": {"in": 10, "out": 5, "total": 15, "cached": 0}, "estimated": True, "cost": 0.25,
            "cost.in": 0.2, "cost.out": 0.05, "observations": 2, "errors": 0, "warnings": 0, "models": ["gpt-4o"],
            "prompt": ["greet"], "tools": ["lookup", "search"], "bookmarked": True, "public": False,
            "input": "Where is my refund policy?", "output": "Here.",
            "scores": [
                {"name": "quality", "type": "NUMERIC", "n": 2, "value": 0.75},
                {"name": "speed", "type": "NUMERIC", "n": 1, "value": 2},
            ],
            "comments": 0,
        }  # fmt: skip
        bare = answer["rows"][0]
        assert (
            bare["latency"],
            bare["tokens"],
            bare["cost"],
            bare["models"],
            bare["ttft"],
            bare["name"],
        ) == ((None, None, None, [], None, None))

    def test_only_the_asked_columns_and_the_identity(self, client, shop) -> None:
        answer = ask(
            client, shop, "traces/query", columns=["metadata", "input"], preview=5, filter=is_("id", "t1")
        )
        assert answer["rows"] == [
            {
                "id": "t1",
                "time": "2026-01-01T12:00:00.000Z",
                "metadata": {"tenant": "eu", "size": "3"},
                "input": "Where",
            }
        ]

    def test_a_long_text_is_cut(self, client, shop) -> None:
        for asked, expected in ((400, 400), (1500, 1500)):
            (row,) = ask(
                client, shop, "traces/query", columns=["input"], preview=asked, filter=is_("id", "t2")
            )["rows"]
            assert row["input"] == "x" * expected

    @pytest.mark.parametrize(
        ("tree", "found"),
        [
            (is_("env", "production"), ["t3", "t1"]),
            ({"not": is_("user", "ada")}, ["t3", "t2"]),
            ({"or": [is_("name", "CHECK", "starts"), is_("errors", 0, "gt")]}, ["t2", "t1"]),
            (is_("text", "Refund P", "contains"), ["t1"]),
            (is_("text", "Refund", "words"), ["t1"]),
            (is_("text", "efund", "words"), []),
            (is_("model", "gpt*", "matches"), ["t1"]),
            (is_("tool", ["search", "lookup"], "all"), ["t1"]),
            (is_("ttft", 0.5, "lte"), ["t1"]),
            (is_("cost", [1, 2], "between"), ["t2"]),
            (is_("score", 0.75, "gte", key="quality"), ["t1"]),
            (is_("score", "bad", key="verdict"), ["t2"]),
            (is_("metadata", "eu", key="tenant"), ["t1"]),
            (is_("metadata", 2, "gt", key="size"), ["t1"]),
            (is_("has", "error"), ["t2"]),
            ({"not": is_("has", ["score"], "in")}, ["t3"]),
            (is_("level", "ERROR"), ["t2"]),
            (is_("tags", False, "exists"), ["t3"]),
            (is_("name", ""), ["t3"]),
            (is_("time", "2026-01-01T13:00:00Z", "gte"), ["t3", "t2"]),
        ],
    )
    def test_filters(self, client, shop, tree, found) -> None:
        assert ids(ask(client, shop, "traces/query", filter=tree, **DAY)) == found
        assert ask(client, shop, "traces/count", filter=tree) == {"count": len(found), "exact": True}

    def test_the_time_range_ends_before_its_end(self, client, shop) -> None:
        bounds = {"from": "2026-01-01T12:00:00Z", "to": "2026-01-01T14:00:00Z"}
        assert ids(ask(client, shop, "traces/query", **bounds)) == ["t2", "t1"]
        assert ids(ask(client, shop, "traces/query", environments=["dev"], **DAY)) == ["t2"]

    @pytest.mark.parametrize(
        ("field", "descending", "found"),
        [
            ("time", False, ["t1", "t2", "t3"]),
            ("cost", True, ["t2", "t1", "t3"]),
            ("cost", False, ["t1", "t2", "t3"]),
            ("name", False, ["t1", "t2", "t3"]),
            ("name", True, ["t2", "t1", "t3"]),
            ("latency", True, ["t1", "t2", "t3"]),
            ("level", True, ["t2", "t3", "t1"]),  # what has no observations is no DEBUG
            ("bookmarked", True, ["t1", "t3", "t2"]),
        ],
    )
    @pytest.mark.parametrize("limit", [1, 2, 50])
    def test_every_order_goes_on_behind_a_cursor(self, client, shop, field, descending, found, limit) -> None:
        seen, cursor = [], None
        for _ in range(4):
            sort = {"field": field, "descending": descending}
            answer = ask(
                client, shop, "traces/query", sort=sort, limit=limit, cursor=cursor, columns=["name"], **DAY
            )
            seen += ids(answer)
            cursor = answer["cursor"]
            if cursor is None:
                break
        assert seen == found

    def test_many_rows_of_one_instant_each_come_once(self, client, parts, make_project) -> None:
        made = make_project()
        rows = [trace(made.id, f"t{n:02}", "12:00:00", total_cost=Decimal(n % 3)) for n in range(25)]
        insert(parts.stores.analytics, *rows)
        for sort in (None, {"field": "time", "descending": False}, {"field": "cost", "descending": True}):
            seen, cursor = [], None
            while True:
                answer = ask(client, made, "traces/query", sort=sort, limit=7, cursor=cursor, columns=[])
                seen += ids(answer)
                cursor = answer["cursor"]
                if cursor is None:
                    break
            assert sorted(seen) == [f"t{n:02}" for n in range(25)]

    @pytest.mark.parametrize(
        ("body", "place", "words"),
        [
            (
                {"filter": {"and": [is_("name", "a"), is_("latency", "2s", "gt")]}},
                "filter.and[1].value",
                "expected a number",
            ),
            ({"filter": is_("nme", "a")}, "filter.field", "expected one of time, id, name"),
            ({"filter": is_("latency", 1, "contains")}, "filter.op", "expected one of eq, gt"),
            ({"sort": {"field": "tags"}}, "sort.field", "expected one of time, name"),
            ({"columns": ["name", "nope"]}, "columns[1]", "expected one of time, id"),
            ({"limit": 201}, "limit", "less than or equal to 200"),
            ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "from", "must not be after"),
            ({"unknown": 1}, "unknown", "not permitted"),
        ],
    )  # fmt: skip
    def test_bad_questions_name_the_place(self, client, shop, body, place, words) -> None:
        answer = ask(client, shop, "traces/query", status=400, **body)
        assert words in answer["fields"][place]
        assert place in answer["message"]

    def test_a_cursor_of_another_order_or_made_up(self, client, shop) -> None:
        cursor = ask(client, shop, "traces/query", limit=1)["cursor"]
        sort = {"field": "cost", "descending": True}
        for wrong in (cursor[:-3], "x", "é", ""):
            ask(client, shop, "traces/query", status=400, cursor=wrong)
        assert (
            "another order"
            in ask(client, shop, "traces/query", status=400, cursor=cursor, sort=sort)["message"]
        )
        ask(client, shop, "observations/query", status=400, cursor=cursor)

    def test_unknown_entity_anonymous_and_stranger(self, client, shop, stranger) -> None:
        assert ask(client, shop, "things/query", status=400)
        assert client.post(path(shop, "traces/query"), json={}).status_code == 401
        assert client.post(path(shop, "traces/query"), json={}, headers=stranger.basic).status_code == 404
        assert client.post(path(shop, "traces/query"), json={}, headers=shop.bearer).status_code == 403

    def test_an_empty_project(self, client, project) -> None:
        answer = ask(client, project, "traces/query")
        assert (answer["rows"], answer["cursor"]) == ([], None)
        assert ask(client, project, "sessions/query")["rows"] == []
        assert ask(client, project, "users/query")["rows"] == []

    def test_comments_are_counted_and_filtered_by(self, client, parts, make_project) -> None:
        made = make_project()
        insert(parts.stores.analytics, trace(made.id, "t1"), trace(made.id, "t2", "12:01:00"))
        body = {"projectId": made.id, "objectType": "TRACE", "objectId": "t1", "content": "Look"}
        assert client.post("/api/public/comments", json=body, headers=made.basic).status_code == 200
        answer = ask(client, made, "traces/query", columns=["comments"])
        assert [(row["id"], row["comments"]) for row in answer["rows"]] == [("t2", 0), ("t1", 1)]
        assert ids(ask(client, made, "traces/query", filter=is_("has", "comment"))) == ["t1"]
        assert ids(ask(client, made, "traces/query", filter=is_("comments", 1, "lt"))) == ["t2"]


class TestOtherRows:
    def test_observations(self, client, shop) -> None:
        answer = ask(client, shop, "observations/query", **DAY)
        assert [(row["trace"], row["id"]) for row in answer["rows"]] == [
            ("t2", "o3"),
            ("t1", "o2"),
            ("t1", "o1"),
        ]
        row = answer["rows"][2]
        shown = {
            name: row[name]
            for name in ("type", "name", "tracename", "user", "session", "tags", "model", "release")
        }
        assert shown == {
            "type": "GENERATION", "name": "llm", "tracename": "checkout", "user": "ada", "session": "s1",
            "tags": ["a", "b"], "model": "gpt-4o", "release": "r1",
        }  # fmt: skip
        assert (row["latency"], row["ttft"], row["tps"], row["prompt"], row["promptversion"]) == (
            2,
            0.5,
            2.5,
            "greet",
            2,
        )
        assert (row["input"], row["parent"]) == ("Hello there", "o2")
        assert (row["tokens"], row["estimated"]) == ({"in": 10, "out": 5, "total": 15, "cached": 0}, True)
        assert row["scores"] == [{"name": "speed", "type": "NUMERIC", "n": 1, "value": 2}]
        assert answer["rows"][0]["status"] == "Boom"

    def test_observations_by_their_trace(self, client, shop) -> None:
        assert ids(ask(client, shop, "observations/query", filter=is_("user", "ada"))) == ["o2", "o1"]
        assert ids(ask(client, shop, "observations/query", filter={"not": is_("tags", "a")})) == ["o3"]
        slowest = {"field": "latency", "descending": True}
        assert ids(ask(client, shop, "observations/query", sort=slowest, limit=1)) == ["o1"]

    def test_sessions(self, client, shop) -> None:
        (row,) = ask(client, shop, "sessions/query", **DAY)["rows"]
        assert row == {
            "id": "s1", "time": "2026-01-01T12:00:00.000Z", "last": "2026-01-01T13:00:01.000Z", "duration": 3601,
            "traces": 2, "users": ["ada", "bob"], "observations": 3, "errors": 1, "cost": 1.75,
            "tokens": {"in": 10, "out": 5, "total": 15}, "env": ["dev", "production"], "tags": ["a", "b"],
            "bookmarked": True, "input": "Where is my refund policy?", "comments": 0,
            "scores": [{"name": "mood", "type": "NUMERIC", "n": 1, "value": 0.75}],
        }  # fmt: skip
        assert ids(ask(client, shop, "sessions/query", filter=is_("traces", 2, "eq"))) == ["s1"]
        assert ids(ask(client, shop, "sessions/query", filter=is_("cost", 2, "gt"))) == []

    def test_a_session_is_what_lies_in_the_range(self, client, shop) -> None:
        (row,) = ask(client, shop, "sessions/query", **(DAY | {"to": "2026-01-01T12:30:00Z"}))["rows"]
        assert (row["traces"], row["users"], row["cost"]) == (1, ["ada"], 0.25)

    def test_users_by_cost(self, client, shop) -> None:
        sort = {"field": "cost", "descending": True}
        rows = ask(client, shop, "users/query", sort=sort, **DAY)["rows"]
        assert [(row["id"], row["cost"], row["traces"], row["model"]) for row in rows] == [
            ("bob", 1.5, 1, None),
            ("ada", 0.25, 1, "gpt-4o"),
        ]
        assert rows[0]["spark"] == [0, 0, 0, 0, 0, 0, 1.5]
        assert (rows[1]["firstseen"], rows[1]["lastseen"], rows[1]["sessions"]) == (
            "2026-01-01T12:00:00.000Z", "2026-01-01T12:00:02.500Z", 1,
        )  # fmt: skip
        assert ids(ask(client, shop, "users/query", filter=is_("id", "B", "contains"))) == ["bob"]
        first = ask(client, shop, "users/query", sort=sort, limit=1)
        assert ids(first) == ["bob"]
        assert ids(ask(client, shop, "users/query", sort=sort, limit=1, cursor=first["cursor"])) == ["ada"]
        assert ids(ask(client, shop, "users/query")) == ["bob", "ada"]

    def test_scores(self, client, shop) -> None:
        rows = ask(client, shop, "scores/query", **DAY)["rows"]
        assert [row["id"] for row in rows] == ["c4", "c3", "c5", "c2", "c1"]
        verdict = rows[1]
        shown = (
            "name",
            "value",
            "text",
            "type",
            "trace",
            "observation",
            "session",
            "comment",
            "tracename",
            "user",
        )
        assert [verdict[name] for name in shown] == [
            "verdict", None, "bad", "CATEGORICAL", "t2", None, None, "=SUM(1)", "search", "bob",
        ]  # fmt: skip
        assert (rows[0]["value"], rows[0]["session"], rows[0]["tracename"]) == (0.75, "s1", None)
        assert ids(ask(client, shop, "scores/query", filter=is_("text", "BAD", "contains"))) == ["c3"]
        assert ids(ask(client, shop, "scores/query", filter=is_("value", 0.6, "lt"))) == ["c2"]


class TestHistogram:
    def test_buckets_by_how_the_traces_ended(self, client, shop) -> None:
        answer = ask(client, shop, "traces/histogram", **DAY)
        assert (answer["bucketMs"], answer["from"], len(answer["buckets"])) == (
            900_000,
            "2026-01-01T00:00:00.000Z",
            96,
        )
        full = {
            (each["at"] - us("00:00:00") // 1000) // 3_600_000: (each["ok"], each["warning"], each["error"])
            for each in answer["buckets"]
            if each["ok"] + each["warning"] + each["error"]
        }
        assert full == {12: (1, 0, 0), 13: (0, 0, 1), 14: (1, 0, 0)}

    @pytest.mark.parametrize(
        ("until", "bucket_ms", "count"),
        [("00:01:00", 1000, 60), ("00:05:00", 5000, 60), ("01:00:00", 60_000, 60), ("06:00:00", 300_000, 72)],
    )
    def test_as_many_buckets_as_a_strip_shows(self, client, shop, until, bucket_ms, count) -> None:
        answer = ask(client, shop, "traces/histogram", **(DAY | {"to": f"2026-01-01T{until}Z"}))
        assert (answer["bucketMs"], len(answer["buckets"])) == (bucket_ms, count)

    def test_days_of_the_time_zone(self, client, shop) -> None:
        asked = {"from": "2025-12-01T00:00:00Z", "to": "2026-02-01T00:00:00Z", "timeZone": "Europe/Berlin"}
        answer = ask(client, shop, "traces/histogram", **asked)
        assert answer["bucketMs"] == 86_400_000
        (day,) = [each for each in answer["buckets"] if each["error"]]
        assert (day["at"], day["ok"]) == (us("2025-12-31T23:00:00Z") // 1000, 2)

    def test_without_a_range_it_is_that_of_the_rows(self, client, shop, project) -> None:
        buckets = ask(client, shop, "observations/histogram")["buckets"]
        assert (sum(each["ok"] for each in buckets), sum(each["error"] for each in buckets)) == (2, 1)
        assert sum(each["ok"] for each in ask(client, project, "traces/histogram")["buckets"]) == 0

    @pytest.mark.parametrize(
        ("entity", "rows"),
        [("observations", (2, 0, 1)), ("sessions", (0, 0, 1)), ("users", (1, 0, 1)), ("scores", (5, 0, 0))],
    )
    def test_of_every_entity(self, client, shop, entity, rows) -> None:
        buckets = ask(client, shop, f"{entity}/histogram", **DAY)["buckets"]
        assert tuple(sum(each[name] for each in buckets) for name in ("ok", "warning", "error")) == rows

    @pytest.mark.parametrize("entity", ["traces", "sessions"])
    def test_ends_of_time(self, client, shop, entity) -> None:
        for asked in ({"to": "0001-01-01T00:00:00Z"}, {"from": "9999-12-31T23:59:59Z"}):
            buckets = ask(client, shop, f"{entity}/histogram", timeZone="Asia/Tokyo", **asked)["buckets"]
            assert sum(each["ok"] + each["error"] for each in buckets) == 0
        whole = {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"}
        buckets = ask(client, shop, "traces/histogram", **whole)["buckets"]
        assert sum(each["ok"] + each["error"] for each in buckets) == 3

    def test_an_unknown_time_zone(self, client, shop) -> None:
        assert "IANA" in ask(client, shop, "traces/histogram", status=400, timeZone="Mars")["message"]


class TestFacets:
    def ask_facets(self, client, shop, entity="traces", **body: Any) -> Any:
        answer = ask(client, shop, f"{entity}/facets", **body)
        assert answer["estimated"] is False
        return answer["facets"]

    def test_options_and_how_often(self, client, shop) -> None:
        found = self.ask_facets(
            client, shop, fields=["env", "tags", "model", "tool", "bookmarked", "level"], **DAY
        )
        assert found["env"] == {
            "options": [{"value": "production", "count": 2}, {"value": "dev", "count": 1}],
            "more": False,
        }
        assert found["tags"]["options"] == [{"value": "b", "count": 2}, {"value": "a", "count": 1}]
        assert found["model"]["options"] == [{"value": "gpt-4o", "count": 1}]
        assert found["tool"]["options"] == [{"value": "lookup", "count": 1}, {"value": "search", "count": 1}]
        assert found["bookmarked"]["options"] == [
            {"value": "false", "count": 2},
            {"value": "true", "count": 1},
        ]
        levels = {each["value"]: each["count"] for each in found["level"]["options"]}
        assert levels == {"DEFAULT": 2, "ERROR": 1}

    def test_counts_are_under_the_other_conditions(self, client, shop) -> None:
        tree = {"and": [is_("env", "dev"), is_("user", True, "exists")]}
        found = self.ask_facets(client, shop, fields=["env", "name"], filter=tree)
        assert found["env"]["options"] == [{"value": "dev", "count": 1}, {"value": "production", "count": 1}]
        assert found["name"]["options"] == [{"value": "search", "count": 1}]

    def test_search_and_limit(self, client, shop) -> None:
        found = self.ask_facets(client, shop, fields=["name", "user"], search={"name": "CHECK"}, limit=1)
        assert found["name"] == {"options": [{"value": "checkout", "count": 1}], "more": False}
        assert found["user"]["more"] is True

    def test_ranges(self, client, shop) -> None:
        found = self.ask_facets(client, shop, fields=["cost", "ttft", "tokens.cached", "latency"])
        assert (found["cost"]["min"], found["cost"]["max"], len(found["cost"]["histogram"])) == (
            0.25,
            1.5,
            12,
        )
        assert [each[2] for each in found["cost"]["histogram"]] == [1, *[0] * 10, 1]
        assert found["ttft"] == {"min": 0.5, "max": 0.5, "histogram": [[0.5, 0.5, 1]]}

    def test_numbers_too_far_apart_for_bins(self, client, parts, project) -> None:
        far = [score(project.id, f"far{value}", value=value, trace_id="t") for value in (1e308, -1e308)]
        insert(parts.stores.analytics, *far)
        found = self.ask_facets(client, project, "scores", fields=["value"])["value"]
        assert found == {"min": -1e308, "max": 1e308, "histogram": [[-1e308, 1e308, 2]]}

    def test_keys(self, client, shop) -> None:
        found = self.ask_facets(client, shop, fields=["metadata", "score"])
        assert found["metadata"]["keys"] == [{"value": "size", "count": 1}, {"value": "tenant", "count": 1}]
        assert found["score"]["keys"] == [
            {"value": "quality", "type": "NUMERIC", "count": 2},
            {"value": "speed", "type": "NUMERIC", "count": 1},
            {"value": "verdict", "type": "CATEGORICAL", "count": 1},
        ]

    def test_of_observations_also_by_their_trace(self, client, shop) -> None:
        found = self.ask_facets(
            client, shop, "observations", fields=["type", "user", "tags", "tracename"], **DAY
        )
        assert len(found["type"]["options"]) == 3
        assert found["user"]["options"] == [{"value": "ada", "count": 2}, {"value": "bob", "count": 1}]
        assert found["tags"]["options"] == [{"value": "b", "count": 3}, {"value": "a", "count": 2}]
        assert found["tracename"]["options"] == [
            {"value": "checkout", "count": 2},
            {"value": "search", "count": 1},
        ]

    def test_of_sessions_users_and_scores(self, client, shop) -> None:
        assert self.ask_facets(client, shop, "sessions", fields=["user", "cost", "score"])["user"][
            "options"
        ] == [
            {"value": "ada", "count": 1},
            {"value": "bob", "count": 1},
        ]
        assert self.ask_facets(client, shop, "users", fields=["env"])["env"]["options"][0]["count"] == 1
        found = self.ask_facets(client, shop, "scores", fields=["name", "value", "tracename"])
        assert found["name"]["options"][0] == {"value": "quality", "count": 2}
        assert (found["value"]["min"], found["value"]["max"]) == (0.5, 2)
        assert {each["value"] for each in found["tracename"]["options"]} == {"checkout", "search"}

    def test_every_facet_of_the_registry_can_be_asked(self, client, shop) -> None:
        fields = client.get(path(shop, "fields"), headers=shop.basic).json()
        for entity, each in fields.items():
            names = [field["name"] for field in each if field["facet"] and field["filter"]]
            assert set(self.ask_facets(client, shop, entity, fields=names)) == set(names)

    def test_a_field_without_facet(self, client, shop) -> None:
        answer = ask(client, shop, "traces/facets", status=400, fields=["env", "input"])
        assert "fields[1]" in answer["fields"]


class TestValues:
    @pytest.mark.parametrize(
        ("entity", "body", "found"),
        [
            ("traces", {"field": "name", "prefix": "CHE"}, [("checkout", 1)]),
            ("traces", {"field": "name"}, [("checkout", 1), ("search", 1)]),
            ("traces", {"field": "name", "prefix": "c"}, [("checkout", 1), ("search", 1)]),
            ("traces", {"field": "id", "prefix": "t2"}, [("t2", 1)]),
            ("traces", {"field": "tags"}, [("b", 2), ("a", 1)]),
            ("traces", {"field": "metadata"}, [("size", 1), ("tenant", 1)]),
            ("traces", {"field": "metadata", "key": "tenant"}, [("eu", 1)]),
            ("traces", {"field": "score"}, [("quality", 2), ("speed", 1), ("verdict", 1)]),
            ("traces", {"field": "score", "key": "verdict"}, [("bad", 1)]),
            ("traces", {"field": "name", "filter": is_("env", "dev")}, [("search", 1)]),
            ("traces", {"field": "model"}, [("gpt-4o", 1)]),
            ("traces", {"field": "has", "prefix": "err"}, [("error", 0)]),
            ("observations", {"field": "user", "prefix": "a"}, [("ada", 2)]),
            ("users", {"field": "id", "limit": 1}, [("ada", 1)]),
        ],
    )
    def test_completion(self, client, shop, entity, body, found) -> None:
        answer = ask(client, shop, f"{entity}/values", **body)
        assert [(each["value"], each["count"]) for each in answer["values"]] == found

    def test_a_field_without_values(self, client, shop) -> None:
        assert "no values" in ask(client, shop, "traces/values", status=400, field="latency")["message"]
        assert "unknown field" in ask(client, shop, "traces/values", status=400, field="nope")["message"]


class TestExport:
    def export(self, client, shop, entity: str, **body: Any) -> Any:
        answer = client.post(path(shop, f"{entity}/export"), json=body, headers=shop.basic)
        assert answer.status_code == 200, answer.text
        return answer

    def test_csv_cannot_hold_a_formula(self, client, shop) -> None:
        columns = ["name", "comment", "value"]
        answer = self.export(client, shop, "scores", columns=columns, filter=is_("id", ["c3", "c2"], "in"))
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"].startswith('attachment; filename="scores-')
        assert list(csv.reader(io.StringIO(answer.text, newline=""))) == [
            ["id", "time", "name", "comment", "value"],
            ["c3", "2026-01-01T13:11:00.000Z", "verdict", "'=SUM(1)", ""],
            ["c2", "2026-01-01T12:11:00.000Z", "quality", "", "0.5"],
        ]

    def test_json_lines_with_whole_texts(self, client, shop) -> None:
        columns = ["input", "tokens", "tags"]
        answer = self.export(client, shop, "traces", format="jsonl", columns=columns, **DAY)
        rows = [json.loads(line) for line in answer.text.splitlines()]
        assert [row["id"] for row in rows] == ["t3", "t2", "t1"]
        assert rows[1] == {
            "id": "t2", "time": "2026-01-01T13:00:00.000Z", "input": "x" * 5000, "tokens": None, "tags": ["b"],
        }  # fmt: skip

    def test_every_page_and_a_text_from_the_blob_store(self, client, parts, make_project) -> None:
        made = make_project()
        long = "word " * 80_000
        answer = client.post("/api/public/traces", json={"id": "big", "input": long}, headers=made.basic)
        assert answer.status_code == 200
        insert(parts.stores.analytics, *(trace(made.id, f"t{n:03}") for n in range(120)))
        parts.pipeline.wait_applied(parts.pipeline.last_seq())
        lines = self.export(client, made, "traces", format="jsonl", columns=["input"]).text.splitlines()
        rows = {row["id"]: row for row in map(json.loads, lines)}
        assert len(lines) == len(rows) == 121
        assert rows["big"]["input"] == long
        (shown,) = ask(client, made, "traces/query", columns=["input"], filter=is_("id", "big"))["rows"]
        assert shown["input"].startswith("word word") and len(shown["input"]) == 400

    def test_a_viewer_exports_nothing(self, parts, make_organization) -> None:
        organization = make_organization()
        place = path(organization.project, "traces/export")
        for role, status in (("VIEWER", 403), ("MEMBER", 200)):
            browser = signed_in(parts, add_person(parts, organization.id, role))
            assert browser.post(place).status_code == status
            assert browser.post(path(organization.project, "traces/query")).status_code == 200

    def test_what_is_wrong_is_answered_as_for_a_list(self, client, shop, stranger) -> None:
        ask(client, shop, "traces/export", status=400, columns=["nope"])
        assert client.post(path(shop, "traces/export"), json={}, headers=stranger.basic).status_code == 404


class TestColumnsOfAKey:
    @pytest.fixture
    def keyed(self, parts, make_project) -> Any:
        made = make_project()
        insert(
            parts.stores.analytics,
            trace(made.id, "t1", metadata={"tenant": "eu", "a.b": "dotted"}),
            trace(made.id, "t2", metadata={"tenant": ""}),
            observation(
                made.id,
                "t1",
                "o1",
                usage={"input": 5, "input_cached": 2},
                cost={"input": Decimal("0.25")},
                model_parameters='{"temperature":0.5,"stop":["a"],"mode":"fast","on":true}',
            ),
            score(made.id, "s1", trace_id="t1", metadata={"by": "ann"}),
        )
        return made

    def test_metadata(self, client, keyed) -> None:
        columns = ["metadata.tenant", "metadata.a.b", "metadata.none"]
        found = ask(client, keyed, "traces/query", columns=columns)["rows"]
        values = {row["id"]: [row[name] for name in columns] for row in found}
        assert values == {"t1": ["eu", "dotted", None], "t2": ["", None, None]}
        (row,) = ask(client, keyed, "scores/query", columns=["metadata.by"])["rows"]
        assert row["metadata.by"] == "ann"

    def test_usage_costs_and_parameters_of_observations(self, client, keyed) -> None:
        wanted = {
            "usagedetails.input_cached": 2,
            "usagedetails.output": None,
            "costdetails.input": 0.25,
            "costdetails.output": None,
            "parameters.temperature": 0.5,
            "parameters.stop": '["a"]',
            "parameters.mode": "fast",
            "parameters.on": True,
            "parameters.none": None,
        }
        (row,) = ask(client, keyed, "observations/query", columns=[*wanted, "user"])["rows"]
        assert {name: row[name] for name in wanted} == wanted

    def test_are_exported(self, client, keyed) -> None:
        body = {"format": "csv", "columns": ["metadata.tenant"]}
        answer = client.post(path(keyed, "traces/export"), json=body, headers=keyed.basic)
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert {row["id"]: row["metadata.tenant"] for row in rows} == {"t1": "eu", "t2": ""}

    @pytest.mark.parametrize(
        ("entity", "column"),
        [
            ("sessions", "metadata.tenant"),
            ("traces", "usagedetails.input"),
            ("traces", "metadata."),
            ("traces", "nope.key"),
        ],
    )
    def test_of_nothing(self, client, project, entity: str, column: str) -> None:
        answer = ask(client, project, f"{entity}/query", status=400, columns=[column])
        assert f"unknown column '{column}'" in answer["message"]

    def test_are_no_order(self, client, project) -> None:
        sort = {"field": "metadata.tenant", "descending": True}
        answer = ask(client, project, "traces/query", status=400, sort=sort)
        assert "cannot be sorted by 'metadata.tenant'" in answer["message"]


class TestBulk:
    @pytest.fixture
    def three(self, client, project) -> Any:
        for n in range(3):
            body = {"id": f"b{n}", "tags": ["old"]}
            assert client.post("/api/public/traces", json=body, headers=project.basic).status_code == 200
        return project

    def rows(self, client, project) -> dict[str, tuple[Any, Any]]:
        found = ask(client, project, "traces/query", columns=["tags", "bookmarked"])["rows"]
        return {row["id"]: (row["tags"], row["bookmarked"]) for row in found}

    def bulk(self, client, project, action: str, ids: list[str], status: int = 200, **more: Any) -> Any:
        return ask(client, project, "traces/bulk", status=status, action=action, ids=ids, **more)

    def test_tags_and_bookmarks(self, client, parts, three) -> None:
        parts.pipeline.wait_applied(parts.pipeline.last_seq())
        assert self.bulk(client, three, "tag", ["b0", "b1", "unknown"], tag="new") == {"affected": 2}
        assert self.bulk(client, three, "untag", ["b1"], tag="old") == {"affected": 1}
        assert self.bulk(client, three, "bookmark", ["b0", "b2"]) == {"affected": 2}
        assert self.bulk(client, three, "unbookmark", ["b2"]) == {"affected": 1}
        assert self.rows(client, three) == {
            "b0": (["new", "old"], True),
            "b1": (["new"], False),
            "b2": (["old"], False),
        }

    def test_delete_and_the_audit_log(self, client, parts, three) -> None:
        parts.pipeline.wait_applied(parts.pipeline.last_seq())
        assert self.bulk(client, three, "delete", ["b0", "b2", "b2"]) == {"affected": 2}
        assert set(self.rows(client, three)) == {"b1"}
        assert self.bulk(client, three, "delete", ["b0"]) == {"affected": 0}
        logged = client.get("/api/public/spyglass/audit-logs", headers=three.basic).json()["data"]
        entry = next(each for each in logged if each["action"] == "delete")
        assert (entry["resourceType"], entry["resourceId"]) == ("trace", "2 traces")

    def test_traces_of_another_project_stay(self, client, parts, three, stranger) -> None:
        parts.pipeline.wait_applied(parts.pipeline.last_seq())
        assert self.bulk(client, stranger, "delete", ["b0", "b1"]) == {"affected": 0}
        assert client.post(path(three, "traces/bulk"), json={}, headers=stranger.basic).status_code == 404
        assert len(self.rows(client, three)) == 3

    def test_each_action_needs_its_permission(self, client, parts, make_organization) -> None:
        organization = make_organization()
        place = path(organization.project, "traces/bulk")
        statuses = {}
        for role in ("VIEWER", "MEMBER", "ADMIN"):
            browser = signed_in(parts, add_person(parts, organization.id, role))
            for action in ("bookmark", "tag", "delete"):
                body = {"action": action, "ids": ["none"], "tag": "t"}
                statuses[role, action] = browser.post(place, body).status_code
        assert [each for each, status in statuses.items() if status == 403] == [
            ("VIEWER", "bookmark"),
            ("VIEWER", "tag"),
            ("VIEWER", "delete"),
            ("MEMBER", "delete"),
        ]
        assert set(statuses.values()) == {200, 403}

    @pytest.mark.parametrize(
        "body",
        [
            {"action": "tag", "ids": ["b0"]},
            {"action": "explode", "ids": ["b0"]},
            {"action": "delete", "ids": []},
            {"action": "delete", "ids": ["x"] * 1001},
            {"action": "delete"},
        ],
    )
    def test_bad_bodies(self, client, project, body) -> None:
        ask(client, project, "traces/bulk", status=400, **body)
