"""Scores of every data type through the Python SDKs, those that must be refused, and the session they hang on."""

import functools
import json
from collections.abc import Callable
from typing import Any

import pytest

from .live_server import Target
from .programs import ENVIRONMENT_NAME, run_program
from .reading import Json, PublicApi
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

NAMES = ("python-v2", "python-v3", "python-v4", "python-v5")
TEXT = ("A remark « in French » 🙂. " * 18).strip()
FIELDS = ("name", "dataType", "value", "stringValue", "comment")

# What each score reads like in v2: name, type, value, stringValue, comment.
OF_TRACE: dict[str, list[Any]] = {
    "number": ["accuracy", "NUMERIC", 0.25, None, "commenté 🙂"],
    "word": ["tone", "CATEGORICAL", 0, "friendly", None],
    "yes": ["helpful", "BOOLEAN", 1, "True", None],
    "no": ["harmful", "BOOLEAN", 0, "False", None],
    "text": ["remark", "TEXT", None, TEXT, None],
    "correction": ["output", "CORRECTION", 0, "What should have been said.", None],
    "grade": ["{} grade", "CATEGORICAL", 7, "good", None],
    "points": ["{} points", "NUMERIC", 10, None, None],
    "flag": ["{} flag", "BOOLEAN", 1, "True", None],
    "afterwards": ["afterwards", "NUMERIC", 1, None, None],
}
NEW_TYPES = ("text", "correction")
REFUSED = ("too-many", "no-category", "other-type", "no-config", "archived", "not-a-flag")
CONFIGS: dict[str, Json] = {
    "grade": {
        "dataType": "CATEGORICAL",
        "categories": [{"label": "bad", "value": 0}, {"label": "good", "value": 7}],
    },
    "points": {"dataType": "NUMERIC", "minValue": 0, "maxValue": 10},
    "flag": {"dataType": "BOOLEAN"},
    "archived": {"dataType": "NUMERIC"},
}


def make_configs(api: PublicApi, name: str) -> dict[str, str]:
    """The ids of the configs by key; one of them is archived."""
    ids = {
        key: api.send("POST", "/score-configs", {"name": f"{name} {key}", **body})["id"]
        for key, body in CONFIGS.items()
    }
    api.send("PATCH", f"/score-configs/{ids['archived']}", {"isArchived": True})
    return ids


def make_run(api: PublicApi, name: str) -> str:
    """The id of a dataset run."""
    dataset = f"{name} scored"
    api.send("POST", "/v2/datasets", {"name": dataset})
    item = api.send("POST", "/dataset-items", {"datasetName": dataset, "input": 1})["id"]
    body = {"runName": "scored", "datasetItemId": item, "traceId": f"{name}-of-run"}
    return api.send("POST", "/dataset-run-items", body)["datasetRunId"]


@pytest.fixture(scope="module")
def runs(target: Target, api: PublicApi) -> Callable[[str], Json]:
    """Plays the scenario with a client when it is first asked for, and gives what the program reports."""

    @functools.cache
    def run(name: str) -> Json:
        configs, run_id = make_configs(api, name), make_run(api, name)
        finished = run_program(name, "python_scores.py", target, json.dumps(configs), run_id)
        keys = {each["id"] for each in api.get("/score-configs", limit=100)["data"]}
        assert keys >= {*configs.values()}
        is_there = f"/v2/scores/{name}-score-afterwards"
        api.wait(is_there, lambda score: True)
        api.wait(f"/sessions/{name}-scored-session", lambda session: len(session["traces"]) == 3)
        return finished.report | {"log": finished.log, "configs": configs, "run": run_id}

    return run


@pytest.fixture(params=list_clients(NAMES))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def report(name: str, runs: Callable[[str], Json]) -> Json:
    return runs(name)


def read(api: PublicApi, name: str, key: str) -> Json:
    return api.get(f"/v2/scores/{name}-score-{key}")


def describe(score: Json) -> list[Any]:
    return [score.get(field) for field in FIELDS]


class TestValues:
    @pytest.mark.parametrize("key", list(OF_TRACE))
    def test_of_the_trace(self, name: str, report: Json, api: PublicApi, key: str) -> None:
        if name == "python-v2" and key in NEW_TYPES:
            assert api.try_get(f"/v2/scores/{name}-score-{key}")[0] == 404  # 2.x cannot say it
            return
        score = read(api, name, key)
        title, *rest = OF_TRACE[key]
        assert describe(score) == [title.format(name), *rest]
        places = ("traceId", "observationId", "sessionId", "source", "configId", "environment")
        assert [score[place] for place in places] == [
            report["trace"],
            None,
            None,
            "API",
            report["configs"].get(key),
            ENVIRONMENT_NAME,
        ]

    def test_sent_again(self, name: str, report: Json, api: PublicApi) -> None:
        score = read(api, name, "replaced")
        assert [score["value"], score["comment"]] == [2, "first"]  # what the later one does not say stays

    def test_of_the_observation(self, name: str, report: Json, api: PublicApi) -> None:
        score = read(api, name, "on-observation")
        assert describe(score) == ["relevance", "NUMERIC", 0.5, None, None]
        assert [score["traceId"], score["observationId"]] == [report["trace"], report["observation"]]

    def test_metadata(self, name: str, report: Json, api: PublicApi) -> None:
        assert read(api, name, "number")["metadata"] == {"by": ["me", None]}


@pytest.mark.parametrize("name", list_clients(["python-v3", "python-v4", "python-v5"]))
class TestOtherSubjects:
    def test_of_the_session(self, name: str, report: Json, api: PublicApi) -> None:
        score = read(api, name, "on-session")
        assert describe(score) == ["mood", "CATEGORICAL", 0, "calm", None]
        assert [score["traceId"], score["sessionId"]] == [None, f"{name}-scored-session"]

    def test_of_the_run(self, name: str, report: Json, api: PublicApi) -> None:
        score = read(api, name, "on-run")
        assert [score["name"], score["value"], score["traceId"]] == ["recall", 0.75, None]
        assert score["datasetRunId"] == report["run"]
        [v3] = api.get("/v3/scores", experimentId=report["run"], fields="core,subject")["data"]
        assert [v3["id"], v3["subject"]] == [score["id"], {"kind": "experiment", "id": report["run"]}]


@pytest.mark.parametrize("name", list_clients(["python-v4", "python-v5"]))
def test_of_the_current_span(name: str, report: Json, api: PublicApi) -> None:
    score = read(api, name, "current-2")
    assert [score["traceId"], score["observationId"], score["value"]] == [
        report["trace"],
        report["observation"],
        0.5,
    ]


class TestRefused:
    @pytest.mark.parametrize("key", REFUSED)
    def test_not_stored(self, name: str, report: Json, api: PublicApi, key: str) -> None:
        assert api.try_get(f"/v2/scores/{name}-score-{key}")[0] == 404

    def test_said_in_the_rejections(self, name: str, report: Json, api: PublicApi) -> None:
        wanted = {f"{name}-score-{key}" for key in REFUSED}

        def is_complete(page: Json) -> bool:
            return wanted <= {each["recordId"] for each in page["data"]}

        page = api.wait("/spyglass/rejections", is_complete, kind="score", limit=100)
        found = {each["recordId"]: each for each in page["data"] if each["recordId"] in wanted}
        assert set(found) == wanted
        assert {each["sdkName"] for each in found.values()} == {"python"}
        assert {each["sdkVersion"].split(".")[0] for each in found.values()} == {name[-1]}
        assert {each["status"] for each in found.values()} == {400}
        assert "archived" in found[f"{name}-score-archived"]["message"]


class TestSessions:
    def test_read_back(self, name: str, report: Json, api: PublicApi) -> None:
        session = api.get(f"/sessions/{name}-scored-session")
        assert [session["id"], session["environment"]] == [f"{name}-scored-session", ENVIRONMENT_NAME]
        found = {
            each["name"]: [each["input"], each["userId"], each["sessionId"]] for each in session["traces"]
        }
        expected = {f"trace {n}": [f"input {n}", "scored", f"{name}-scored-session"] for n in range(3)}
        assert found == expected

    # 5.x has no calls for sessions any more.
    @pytest.mark.parametrize("name", list_clients(["python-v2", "python-v3", "python-v4"]))
    def test_own_sdk_reads_it(self, name: str, report: Json, target: Target) -> None:
        session = f"{name}-scored-session"
        read = run_program(name, "python_session_read.py", target, session).report
        assert sorted(read["traces"]) == [[f"trace {n}", f"input {n}"] for n in range(3)]
        assert [read["environment"], read["listed"]] == [ENVIRONMENT_NAME, 1]
