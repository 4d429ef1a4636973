"""Scores of every data type through the JavaScript SDKs, of the browser client too, and the session they hang on."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from .live_server import Target
from .programs import ENVIRONMENT_NAME, run_program
from .reading import Json, PublicApi
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

PROGRAMS = {"js-v3": "js_v3_scores.mjs", "js-v4": "js_v5_scores.mjs", "js-v5": "js_v5_scores.mjs"}
TEXT = ("A remark « in French » 🙂. " * 18).strip()
FIELDS = ("name", "dataType", "value", "stringValue", "comment")

# What each score reads like in v2: name, type, value, stringValue, comment.
OF_TRACE: dict[str, list[Any]] = {
    "number": ["accuracy", "NUMERIC", 0.25, None, "commenté 🙂"],
    "negative": ["delta", "NUMERIC", -3.5, None, None],
    "word": ["tone", "CATEGORICAL", 0, "friendly", None],
    "yes": ["helpful", "BOOLEAN", 1, "True", None],
    "no": ["harmful", "BOOLEAN", 0, "False", None],
    "text": ["remark", "TEXT", None, TEXT, None],
    "correction": ["output", "CORRECTION", 0, "What should have been said.", None],
    "grade": ["{} grade", "CATEGORICAL", 7, "good", None],
    "points": ["{} points", "NUMERIC", 10, None, None],
    # Sent twice: events of one id are merged, and what the later one does not say stays.
    "replaced": ["replaced", "NUMERIC", 2, None, "first"],
}
OF_OBSERVATION: dict[str, list[Any]] = {
    "onObservation": ["relevance", "NUMERIC", 0.5, None, None],
    "onActive": ["activity", "CATEGORICAL", 0, "high", None],
}
UNKNOWN_TO_TRACES = ("correction",)
OF_BROWSER: dict[str, list[Any]] = {"browser": ["user-feedback", "NUMERIC", 1, None, "from a page"]}


@pytest.fixture(scope="module")
def runs(target: Target, api: PublicApi) -> Callable[[str], Json]:
    """Plays the scenario with a client when it is first asked for, and gives what the program reports."""

    @functools.cache
    def run(name: str) -> Json:
        report = run_program(name, PROGRAMS[name], target).report
        shown = len(OF_TRACE) + len(OF_OBSERVATION) + len(OF_BROWSER if name == "js-v3" else ())
        # A trace shows only the types of scores that its generation of the API knows.
        api.wait_for_trace(report["trace"], 1, shown - len(UNKNOWN_TO_TRACES))
        return report

    return run


@pytest.fixture(params=list_clients(PROGRAMS))
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
        score = read(api, name, key)
        title, *rest = OF_TRACE[key]
        assert describe(score) == [title.format(name), *rest]
        places = ("traceId", "observationId", "sessionId", "source", "configId")
        assert [score[place] for place in places] == [
            report["trace"],
            None,
            None,
            "API",
            report["configs"].get(key),
        ]

    @pytest.mark.parametrize("key", list(OF_OBSERVATION))
    def test_of_the_observation(self, name: str, report: Json, api: PublicApi, key: str) -> None:
        score = read(api, name, key)
        assert describe(score) == OF_OBSERVATION[key]
        assert [score["traceId"], score["observationId"]] == [report["trace"], report["observation"]]

    def test_of_the_session(self, name: str, report: Json, api: PublicApi) -> None:
        score = read(api, name, "onSession")
        assert [score["value"], score["traceId"], score["sessionId"]] == [3, None, f"{name}-scored-session"]

    def test_metadata(self, name: str, report: Json, api: PublicApi) -> None:
        assert read(api, name, "number")["metadata"] == {"judge": "me", "steps": [1, None]}

    def test_environment(self, name: str, report: Json, api: PublicApi) -> None:
        assert read(api, name, "number")["environment"] == ENVIRONMENT_NAME


class TestRefused:
    def test_a_value_outside_its_config(self, name: str, report: Json, api: PublicApi) -> None:
        assert api.try_get(f"/v2/scores/{name}-score-tooMany")[0] == 404

    def test_deleted(self, name: str, report: Json, api: PublicApi) -> None:
        assert api.try_get(f"/v2/scores/{name}-score-deleted")[0] == 404


class TestV3List:
    def test_values_have_their_type(self, name: str, report: Json, api: PublicApi) -> None:
        page = api.get("/v3/scores", traceId=report["trace"], fields="core,subject", limit=100)
        found = {each["id"].removeprefix(f"{name}-score-"): each for each in page["data"]}
        expected = {
            "number": 0.25,
            "negative": -3.5,
            "word": "friendly",
            "yes": True,
            "no": False,
            "text": TEXT,
            "correction": "What should have been said.",
            "grade": "good",
            "points": 10,
            "replaced": 2,
            "onObservation": 0.5,
            "onActive": "high",
        }
        expected |= {"browser": 1} if name == "js-v3" else {}
        values = {key: each["value"] for key, each in found.items()}
        assert values == expected
        assert [values["yes"], values["no"]] == [True, False] and values["yes"] is True
        kinds = {key: each["subject"]["kind"] for key, each in found.items()}
        assert kinds == {key: "observation" if key in OF_OBSERVATION else "trace" for key in expected}


class TestTrace:
    def test_shows_its_scores(self, name: str, report: Json, api: PublicApi) -> None:
        keys = {*OF_TRACE, *OF_OBSERVATION, *(OF_BROWSER if name == "js-v3" else ())}
        scores = api.get(f"/traces/{report['trace']}")["scores"]
        assert {each["id"].removeprefix(f"{name}-score-") for each in scores} == keys - {*UNKNOWN_TO_TRACES}


class TestSessions:
    def test_own_sdk_reads_it(self, name: str, report: Json) -> None:
        [listed] = report["session"]["listed"]
        assert [listed["id"], listed["environment"]] == [f"{name}-scored-session", ENVIRONMENT_NAME]
        assert report["session"]["traces"] == [report["trace"]]


class TestBrowser:
    """`LangfuseWeb` of npm `langfuse` knows a public key alone and may send scores with it."""

    @pytest.fixture(params=["js-v3"])
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def test_score_of_a_page(self, name: str, report: Json, api: PublicApi) -> None:
        score = read(api, name, "browser")
        assert describe(score) == OF_BROWSER["browser"]
        assert [score["traceId"], score["source"]] == [report["trace"], "API"]

    def test_an_unknown_public_key_writes_nothing(self, name: str, report: Json, api: PublicApi) -> None:
        assert api.try_get(f"/v2/scores/{name}-score-unknown")[0] == 404
