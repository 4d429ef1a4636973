"""Every Langfuse SDK plays the same scenario; what the public API gives back is compared value by value."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from .live_server import Target
from .programs import ENVIRONMENT_NAME, RELEASE
from .reading import Json, PublicApi, parse_cost, parse_costs, parse_ms
from .sdk_profiles import (
    ANSWER_COST,
    ANSWER_USAGE,
    CHILDREN,
    DRAFT_COST,
    OBSERVATIONS,
    PROFILES,
    TRACE_COST,
    TRACE_VERSION,
)
from .sdk_profiles import SCENARIO as S
from .sdk_runs import Run, RunBook, list_clients

pytestmark = pytest.mark.compat
# What the server itself may add to the metadata of something that came by OTLP.
EMPTY: dict[str, Any] = {"usageDetails": {}}
ADDED_METADATA = {"attributes", "resourceAttributes", "scope"}


@pytest.fixture(params=list_clients(PROFILES))
def run(request: pytest.FixtureRequest, run_book: RunBook) -> Run:
    return run_book.get(request.param)


class TestTrace:
    def test_client_logs_no_problem(self, run: Run) -> None:
        assert not re.search(r"\b(errors?|failed|exception|traceback)\b", run.log, re.IGNORECASE), run.log

    def test_fields(self, run: Run, target: Target) -> None:
        trace = run.trace
        fields = (
            "name",
            "userId",
            "sessionId",
            "tags",
            "environment",
            "release",
            "version",
            "public",
            "projectId",
        )
        assert {field: trace[field] for field in fields} == {
            "name": S["trace"]["name"],
            "userId": S["trace"]["user"],
            "sessionId": run.sent["session"],
            "tags": S["trace"]["tags"],
            "environment": ENVIRONMENT_NAME,
            "release": RELEASE,
            "version": TRACE_VERSION,
            "public": True,
            "projectId": target.project_id,
        }
        assert trace["htmlPath"] == f"/project/{target.project_id}/traces/{trace['id']}"

    def test_input_and_output(self, run: Run) -> None:
        assert [run.trace["input"], run.trace["output"]] == [S["trace"]["input"], S["trace"]["output"]]

    def test_metadata(self, run: Run) -> None:
        own = without_additions(run, run.trace["metadata"])
        assert own == run.profile.trace_metadata

    def test_timestamp(self, run: Run) -> None:
        earliest, latest = run.sent["trace_window"]
        assert earliest <= parse_ms(run.trace["timestamp"]) <= latest

    def test_cost_is_the_sum(self, run: Run) -> None:
        assert parse_cost(run.trace["totalCost"]) == TRACE_COST

    def test_latency_spans_the_observations(self, run: Run) -> None:
        starts = [parse_ms(each["startTime"]) for each in run.trace["observations"]]
        ends = [parse_ms(each["endTime"]) for each in run.trace["observations"] if each["endTime"]]
        assert run.trace["latency"] == pytest.approx((max([*starts, *ends]) - min(starts)) / 1000, abs=0.0015)

    def test_list_shows_the_same(self, run: Run, api: PublicApi) -> None:
        page = api.get("/traces", sessionId=run.sent["session"], name=S["trace"]["name"])
        assert [each["id"] for each in page["data"]] == [run.sent["trace"]]
        listed, trace = page["data"][0], run.trace
        assert set(listed["observations"]) == {each["id"] for each in trace["observations"]}
        assert set(listed["scores"]) == {each["id"] for each in trace["scores"]}
        same = set(trace) - {"observations", "scores"}
        assert {key: listed.get(key) for key in same} == {key: trace[key] for key in same}

    def test_session_has_it(self, run: Run, api: PublicApi) -> None:
        session = api.get(f"/sessions/{run.sent['session']}")
        assert [session["id"], session["environment"]] == [run.sent["session"], ENVIRONMENT_NAME]
        expected = {run.sent["trace"], run.sent.get("decorated", run.sent["trace"])}
        assert {each["id"] for each in session["traces"]} == expected


class TestObservations:
    def test_tree(self, run: Run) -> None:
        ids = run.sent["observations"]
        spans = run.profile.spans
        types = {"answer": "GENERATION", "draft": "GENERATION", "event": "EVENT"}
        typed = (
            {"agent": "AGENT", "retriever": "RETRIEVER", "tool": "TOOL", "broken": "TOOL"} if spans else {}
        )
        expected = {
            key: [
                S[key]["name"],
                {**types, **typed}.get(key, "SPAN"),
                ids["agent"] if key in CHILDREN else None,
            ]
            for key in OBSERVATIONS
        }
        if spans:
            expected["agent"][2] = ids["root"]
            expected["root"] = ["root of the trace", "SPAN", None]
        assert run.pick("name", "type", "parentObservationId") == expected

    def test_input_and_output(self, run: Run) -> None:
        expected = {key: [S[key].get("input"), S[key].get("output")] for key in OBSERVATIONS}
        found = run.pick("input", "output")
        if run.profile.spans:
            root = found.pop("root")
            own_io = [{"args": [], "kwargs": {}}, run.sent["trace"]]  # of the decorated function in Python 3
            trace_io = [S["trace"]["input"], S["trace"]["output"]]
            assert root == (own_io if run.profile.name == "python-v3" else trace_io)
        assert found == expected

    def test_metadata(self, run: Run) -> None:
        found = {
            key: without_additions(run, run.observations[key]["metadata"], S[key]) for key in OBSERVATIONS
        }
        assert found == {key: S[key].get("metadata", {}) for key in OBSERVATIONS}

    def test_levels(self, run: Run) -> None:
        expected: dict[str, list[Any]] = {key: ["DEFAULT", None] for key in run.observations}
        expected["event"] = [S["event"]["level"], S["event"]["status_message"]]
        expected["broken"] = ["ERROR", run.profile.broken_message]
        assert run.pick("level", "statusMessage") == expected

    def test_environment_version_and_no_prompt(self, run: Run) -> None:
        version = run.profile.version_of_children
        expected = {key: [ENVIRONMENT_NAME, version, None, None, None] for key in OBSERVATIONS}
        expected["agent"][1] = S["agent"]["version"]
        if run.profile.spans:
            expected["root"] = [ENVIRONMENT_NAME, TRACE_VERSION, None, None, None]
        assert run.pick("environment", "version", "promptId", "promptName", "promptVersion") == expected

    def test_models(self, run: Run) -> None:
        expected: dict[str, list[Any]] = {key: [None, {}] for key in run.observations}
        expected["answer"] = [S["answer"]["model"], run.profile.answer_parameters]
        expected["draft"] = [S["draft"]["model"], S["draft"]["model_parameters"]]
        found = {
            key: [model, params or {}]
            for key, (model, params) in run.pick("model", "modelParameters").items()
        }
        assert found == expected

    def test_prices_come_from_the_matched_model(self, run: Run) -> None:
        answer, draft = run.observations["answer"], run.observations["draft"]
        assert answer["modelId"] and draft["modelId"] is None
        assert [parse_cost(answer[key]) for key in ("inputPrice", "outputPrice")] == [
            Decimal("0.000000150000"),
            Decimal("0.000000600000"),
        ]
        assert [draft[key] or 0 for key in ("inputPrice", "outputPrice", "totalPrice")] == [0, 0, 0]

    def test_usage(self, run: Run) -> None:
        expected: dict[str, Any] = {key: {} for key in run.observations}
        expected |= {"answer": ANSWER_USAGE, "draft": S["draft"]["usage"]}
        assert {key: each["usageDetails"] for key, each in run.observations.items()} == expected
        usage = run.observations["answer"]["usage"]
        assert [usage["input"], usage["output"], usage["total"]] == [1400, 345, 1745]

    def test_cost(self, run: Run) -> None:
        expected: dict[str, Any] = {key: {} for key in run.observations}
        expected |= {"answer": ANSWER_COST, "draft": DRAFT_COST}
        assert {key: parse_costs(each["costDetails"]) for key, each in run.observations.items()} == expected
        totals = {key: parse_cost(each["calculatedTotalCost"]) for key, each in run.observations.items()}
        assert totals == {key: cost.get("total") for key, cost in expected.items()}

    @pytest.mark.parametrize("edge", ["start", "end", "first_token"])
    def test_times(self, run: Run, edge: str) -> None:
        field = {"start": "startTime", "end": "endTime", "first_token": "completionStartTime"}[edge]
        slack_ms = run.profile.slack_ms
        for key, windows in run.sent["times"].items():
            if edge in windows:
                earliest, latest = windows[edge]
                at = parse_ms(run.observations[key][field])
                assert earliest - slack_ms <= at <= latest + slack_ms, (key, edge, at, earliest, latest)
        sent = {key for key, windows in run.sent["times"].items() if edge in windows}
        assert len(sent) == {"start": 7, "end": 6, "first_token": 1}[edge]

    def test_durations_follow_from_the_times(self, run: Run) -> None:
        for key, each in run.observations.items():
            if each["endTime"] is not None:
                length_ms = parse_ms(each["endTime"]) - parse_ms(each["startTime"])
                assert each["latency"] == pytest.approx(length_ms / 1000, abs=0.0015), key
        answer = run.observations["answer"]
        wait_ms = parse_ms(answer["completionStartTime"]) - parse_ms(answer["startTime"])
        assert answer["timeToFirstToken"] == pytest.approx(wait_ms / 1000, abs=0.0015)


class TestOtherReads:
    def test_observation_list_v1(self, run: Run, run_book: RunBook, api: PublicApi) -> None:
        embedded = {each["id"]: each for each in run.trace["observations"]}
        found = run_book.list_v1(run)
        assert set(found) == set(embedded)
        for observation_id, view in embedded.items():
            assert found[observation_id] == without_unknown_prices(view)
        answer_id = run.sent["observations"]["answer"]
        assert api.get(f"/observations/{answer_id}") == found[answer_id]

    def test_observation_list_v2(self, run: Run, run_book: RunBook) -> None:
        same = ["id", "traceId", "name", "type", "parentObservationId", "startTime", "endTime", "level"]
        same += ["statusMessage", "version", "environment", "usageDetails", "completionStartTime"]
        found = run_book.list_v2(run)
        embedded = {each["id"]: each for each in run.trace["observations"]}
        assert project(found, same) == project(embedded, same)
        for key, observation_id in run.sent["observations"].items():
            row, view = found[observation_id], embedded[observation_id]
            assert [parse_text(row["input"]), parse_text(row["output"])] == [view["input"], view["output"]], (
                key
            )
            assert row["providedModelName"] == view["model"], key
            assert parse_costs(row["costDetails"] or {}) == parse_costs(view["costDetails"]), key
            trace_fields = [row[name] for name in ("traceName", "userId", "sessionId", "tags", "release")]
            assert trace_fields == [
                run.trace[n] for n in ("name", "userId", "sessionId", "tags", "release")
            ], key

    def test_root_filter_v2(self, run: Run, api: PublicApi) -> None:
        page = api.get("/v2/observations", traceId=run.sent["trace"], isRootObservation="true")
        root = "root" if run.profile.spans else "agent"
        assert [each["id"] for each in page["data"]] == [run.sent["observations"][root]]

    def test_own_sdk_reads_it_back(self, run: Run, run_book: RunBook) -> None:
        read = run_book.read_with_sdk(run)
        assert [read["name"], read["user"], read["tags"]] == [
            S["trace"]["name"],
            S["trace"]["user"],
            S["trace"]["tags"],
        ]
        assert round(Decimal(str(read["cost"])), 12) == TRACE_COST
        expected = {
            each["id"]: [each["name"], each["type"], each["parentObservationId"]]
            for each in run.trace["observations"]
        }
        assert read["observations"] == expected
        assert len(read["scores"]) == run.profile.score_count


class TestScores:
    def test_on_the_trace(self, run: Run) -> None:
        found = {each["id"]: describe_score(each) for each in run.trace["scores"]}
        assert found == expected_scores(run, lambda key: not key.startswith("session"))

    def test_v2(self, run: Run, api: PublicApi) -> None:
        ids = ",".join(run.sent["scores"].values())
        found = {each["id"]: describe_score(each) for each in api.get("/v2/scores", scoreIds=ids)["data"]}
        assert found == expected_scores(run, lambda key: True)

    def test_v3(self, run: Run, api: PublicApi) -> None:
        page = api.get("/v3/scores", traceId=run.sent["trace"], fields="core,details,subject")
        by_id = {each["id"]: each for each in page["data"]}
        values = {
            "trace_numeric": 0.75,
            "trace_categorical": "friendly",
            "trace_boolean": True,
            "observation_numeric": 4,
            "observation_categorical": "français",
            "observation_boolean": False,
        }
        ids = run.sent["scores"]
        assert {score_id: each["value"] for score_id, each in by_id.items()} == {
            ids[k]: v for k, v in values.items()
        }
        assert by_id[ids["trace_boolean"]]["value"] is True
        subjects = {key: by_id[ids[key]]["subject"] for key in ("trace_numeric", "observation_numeric")}
        answer = {
            "kind": "observation",
            "id": run.sent["observations"]["answer"],
            "traceId": run.sent["trace"],
        }
        assert (
            subjects["trace_numeric"]["kind"] == "trace"
            and subjects["trace_numeric"]["id"] == run.sent["trace"]
        )
        assert subjects["observation_numeric"] == answer
        assert by_id[ids["trace_numeric"]]["comment"] == S["scores"]["trace_numeric"]["comment"]


def without_additions(run: Run, metadata: Json, scenario: Json | None = None) -> Json:
    """The metadata less what a server may add: resource and scope, and on an observation the trace's own."""
    if not run.profile.spans:
        return metadata or {}
    added = set(ADDED_METADATA)
    if scenario is not None:
        added |= set(S["trace"]["metadata"]) - set(scenario.get("metadata", {}))
    return {key: value for key, value in metadata.items() if key not in added}


def without_unknown_prices(view: Json) -> Json:
    """An observation as the lists show it: a price that is not known is null there, but 0 inside a trace."""
    return view | {key: view[key] or None for key in ("inputPrice", "outputPrice", "totalPrice")}


def project(rows: dict[str, Json], fields: list[str]) -> dict[str, list[Any]]:
    """These fields of each row; a map that is null counts as empty."""
    return {
        key: [row[name] or (None if name != "usageDetails" else {}) for name in fields]
        for key, row in rows.items()
    }


def parse_text(text: str | None) -> Any:
    """What a raw text of the v2 list means: JSON when it is JSON, else the text itself."""
    assert text is None or isinstance(text, str), text
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def describe_score(score: Json) -> list[Any]:
    """The fields of a v1 or v2 score that the client decides."""
    names = (
        "name",
        "dataType",
        "value",
        "stringValue",
        "comment",
        "source",
        "environment",
        "traceId",
        "observationId",
    )
    return [score.get(name) for name in names]


def expected_scores(run: Run, is_wanted: Any) -> dict[str, list[Any]]:
    """What the scenario's scores must look like in v1 and v2, by id."""
    return {
        score_id: expected_score(run, key) for key, score_id in run.sent["scores"].items() if is_wanted(key)
    }


def expected_score(run: Run, key: str) -> list[Any]:
    score, (target, kind) = S["scores"][key], key.split("_")
    values = {
        "numeric": ["NUMERIC", score["value"], None],
        "categorical": ["CATEGORICAL", 0, score["value"]],
        "boolean": ["BOOLEAN", score["value"], "True" if score["value"] else "False"],
    }
    trace_id = None if target == "session" else run.sent["trace"]
    observation_id = run.sent["observations"]["answer"] if target == "observation" else None
    return [
        score["name"],
        *values[kind],
        score.get("comment"),
        "API",
        ENVIRONMENT_NAME,
        trace_id,
        observation_id,
    ]
