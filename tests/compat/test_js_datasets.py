"""Datasets, runs and experiments through the JavaScript SDKs, and how the server shows them afterwards."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from .live_server import Target
from .programs import run_program
from .reading import Json, PublicApi, find_only
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

PROGRAMS = {"js-v3": "js_v3_datasets.mjs", "js-v4": "js_v5_datasets.mjs", "js-v5": "js_v5_datasets.mjs"}
SPEAKS_OTLP = ("js-v4", "js-v5")
LONG_AGO = "2020-01-01T00:00:00Z"
DESCRIPTION, METADATA = "Which country is it? 🌍", {"owner": "compat", "sources": ["atlas", None]}


@pytest.fixture(scope="module")
def runs(target: Target, api: PublicApi) -> Callable[[str], Json]:
    """Plays the scenario with a client when it is first asked for, and gives what the program reports."""

    @functools.cache
    def run(name: str) -> Json:
        report = run_program(name, PROGRAMS[name], target).report
        if name in SPEAKS_OTLP:
            for run in ("experiment", "formerRun", "local"):
                for _, _, trace_id, scores in report[run]["items"]:
                    api.wait_for_trace(trace_id, 2, scores)
        else:
            for trace_id in report["traces"].values():
                api.wait_for_trace(trace_id, 1, 1)
        return report

    return run


@pytest.fixture(params=list_clients(PROGRAMS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def report(name: str, runs: Callable[[str], Json]) -> Json:
    return runs(name)


def item(name: str, key: str, metadata: Any = None) -> list[Any]:
    """An item as the programs describe it."""
    city, country = {"bern": ("Bern", "CH"), "paris": ("Paris", "FR"), "nowhere": ("Nowhere", None)}[key]
    return [f"{name}-item-{key}", {"city": city}, country, metadata, "ACTIVE", f"{name}/capital cities"]


def find_experiments(api: PublicApi, name: str) -> list[Json]:
    page = api.get("/experiments", fromStartTime=LONG_AGO, name=name, fields="core,metadata,scores")
    return page["data"]


def find_items(api: PublicApi, experiment_id: str) -> list[Json]:
    fields = "core,dataset,io,metadata,itemMetadata,experimentMetadata,scores"
    query = {"fromStartTime": LONG_AGO, "experimentId": experiment_id, "fields": fields}
    return api.get("/experiment-items", **query)["data"]


class TestDataset:
    def test_created(self, name: str, report: Json, target: Target) -> None:
        created = report["created"]
        fields = ("name", "description", "metadata", "projectId")
        assert [created[field] for field in fields] == [
            f"{name}/capital cities",
            DESCRIPTION,
            METADATA,
            target.project_id,
        ]
        if name == "js-v3":  # its route of old gives these too
            assert [created["items"], created["runs"]] == [[], []]

    def test_an_item_changes_only_where_said(self, name: str, report: Json) -> None:
        changed = item(name, "paris", {"changed": True})
        assert [report["changed"], report["read"]] == [changed, changed]

    def test_read_page_by_page(self, name: str, report: Json) -> None:
        assert report["dataset"] == {
            "id": report["created"]["id"],
            "name": f"{name}/capital cities",
            "description": DESCRIPTION,
            "metadata": METADATA,
            "items": [
                item(name, "bern", {"difficulty": 1}),
                item(name, "nowhere"),
                item(name, "paris", {"changed": True}),
            ],
        }


class TestLinkOfOld:
    """`item.link` of 3.x: a run of three items, one linked by a generation and two by their traces."""

    @pytest.fixture(params=["js-v3"])
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def test_run(self, name: str, report: Json) -> None:
        run = report["run"]
        fields = ("name", "description", "metadata", "datasetId", "datasetName")
        assert [run[field] for field in fields] == [
            "run one",
            "by hand",
            {"model": "m1"},
            report["created"]["id"],
            f"{name}/capital cities",
        ]
        found = {each["datasetItemId"]: each for each in run["datasetRunItems"]}
        assert {key: each["traceId"] for key, each in found.items()} == report["traces"]
        observations = {key: each["observationId"] for key, each in found.items()}
        assert observations == dict.fromkeys(found) | report["observations"]

    def test_runs(self, report: Json) -> None:
        assert [[each["name"], each["description"]] for each in report["runs"]] == [
            ["run/two", None],
            ["run one", "by hand"],
        ]

    def test_it_is_one_experiment(self, name: str, report: Json, api: PublicApi) -> None:
        [experiment] = [e for e in find_experiments(api, "run one") if e["id"] == report["run"]["id"]]
        fields = ("name", "description", "itemCount", "datasetId", "metadata")
        assert [experiment[field] for field in fields] == [
            "run one",
            "by hand",
            3,
            report["created"]["id"],
            {"model": "m1"},
        ]

    def test_its_items(self, name: str, report: Json, api: PublicApi) -> None:
        items = {each["experimentItemId"]: each for each in find_items(api, report["run"]["id"])}
        assert {key: each["traceId"] for key, each in items.items()} == report["traces"]
        bern = items[f"{name}-item-bern"]
        assert [bern["input"], bern["output"], bern["expectedOutput"]] == [{"city": "Bern"}, "CH", "CH"]


class TestLinkByHand:
    """`item.link` of 4.x and 5.x."""

    @pytest.fixture(params=list_clients(SPEAKS_OTLP))
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def test_link(self, name: str, report: Json) -> None:
        sent, linked = report["byHand"], report["byHand"]["linked"]
        fields = ("datasetRunName", "datasetItemId", "traceId", "observationId")
        assert [linked[field] for field in fields] == [
            "run/two",
            sent["item"],
            sent["trace"],
            sent["span"] if name == "js-v5" else None,  # 4.x links the trace
        ]


class TestExperiment:
    """`dataset.runExperiment` over three items, of which one fails in the task."""

    @pytest.fixture(params=list_clients(SPEAKS_OTLP))
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    @pytest.fixture
    def traces(self, report: Json) -> dict[str, str]:
        """item id -> trace id of those that went well."""
        return {item_id: trace_id for item_id, _, trace_id, _ in report["experiment"]["items"]}

    def test_result(self, name: str, report: Json, target: Target) -> None:
        result, run_id = report["experiment"], report["run"]["id"]
        assert {item_id: output for item_id, output, _, _ in result["items"]} == {
            f"{name}-item-bern": "CH",
            f"{name}-item-paris": "Fr",
        }
        assert [result["datasetRunId"], result["experimentId"]] == [
            run_id,
            run_id if name == "js-v5" else None,
        ]
        dataset_url = f"{target.url}/project/{target.project_id}/datasets/{report['created']['id']}"
        assert result["datasetRunUrl"] == f"{dataset_url}/runs/{run_id}"
        assert result["datasetRunUrl"] in report["text"]

    def test_run(self, name: str, report: Json, traces: dict[str, str]) -> None:
        run = report["run"]
        assert [run["name"], run["description"], run["metadata"]] == [
            f"{name} experiment",
            "all of them",
            {"model": "m1"},
        ]
        linked = {each["datasetItemId"]: each["traceId"] for each in run["datasetRunItems"]}
        failed = f"{name}-item-nowhere"
        assert set(linked) == {*traces, failed}
        assert {key: value for key, value in linked.items() if key != failed} == traces
        assert {each["name"] for each in report["runs"]} == {
            f"{name} experiment",
            f"{name} of then",
            "run/two",
        }

    def test_scores_of_an_item(self, name: str, traces: dict[str, str], api: PublicApi) -> None:
        for key, expected in {
            "bern": {"exact": 1, "length": 2, "case": "upper"},
            "paris": {"exact": 0, "length": 2, "case": "mixed"},
        }.items():
            page = api.get("/v3/scores", traceId=traces[f"{name}-item-{key}"], fields="core,details")
            assert {each["name"]: each["value"] for each in page["data"]} == expected
            assert {each["comment"] for each in page["data"] if each["name"] == "exact"} == {
                "letter by letter"
            }

    def test_score_of_the_run(self, report: Json, api: PublicApi) -> None:
        [score] = api.get("/v2/scores", datasetRunId=report["run"]["id"])["data"]
        assert [score["name"], score["value"], score["traceId"]] == ["average", 0.5, None]

    def test_trace(self, name: str, traces: dict[str, str], api: PublicApi) -> None:
        trace = api.get(f"/traces/{traces[f'{name}-item-bern']}")
        root = find_only(trace["observations"], "experiment-item-run")
        answer = find_only(trace["observations"], "answer")
        assert answer["parentObservationId"] == root["id"]
        assert [root["input"], root["output"]] == [{"city": "Bern"}, "CH"]
        assert root["environment"] == "sdk-experiment"

    def test_it_is_one_experiment(self, name: str, report: Json, api: PublicApi) -> None:
        [experiment] = find_experiments(api, f"{name} experiment")
        fields = ("id", "description", "itemCount", "datasetId", "metadata")
        assert [experiment[field] for field in fields] == [
            report["run"]["id"],
            "all of them",
            3,
            report["created"]["id"],
            {"model": "m1"},
        ]
        assert [[each["name"], each["value"]] for each in experiment["scores"]] == [["average", 0.5]]
        assert experiment["scores"][0]["subject"] == {"kind": "experiment", "id": report["run"]["id"]}

    def test_its_items(self, name: str, report: Json, traces: dict[str, str], api: PublicApi) -> None:
        items = {each["experimentItemId"]: each for each in find_items(api, report["run"]["id"])}
        assert set(items) == {*traces, f"{name}-item-nowhere"}
        bern = items[f"{name}-item-bern"]
        fields = ("traceId", "input", "output", "expectedOutput", "experimentDatasetId", "experimentName")
        assert [bern[field] for field in fields] == [
            traces[f"{name}-item-bern"],
            {"city": "Bern"},
            "CH",
            "CH",
            report["created"]["id"],
            f"{name} experiment",
        ]
        assert [bern["experimentItemMetadata"], bern["experimentMetadata"]] == [
            {"difficulty": 1},
            {"model": "m1"},
        ]
        assert {each["name"] for each in bern["scores"]} == {"exact", "length", "case"}
        failed = items[f"{name}-item-nowhere"]
        assert [failed["level"], failed["output"]] == ["ERROR", None]


class TestFormerVersion:
    """`dataset.get` with a version gives the items of then, and experiments over them are runs like others."""

    @pytest.fixture(params=list_clients(SPEAKS_OTLP))
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def test_items(self, name: str, report: Json) -> None:
        assert report["former"]["items"] == [
            item(name, "bern", {"difficulty": 1}),
            item(name, "nowhere"),
            item(name, "paris"),
        ]

    def test_run(self, name: str, report: Json, api: PublicApi) -> None:
        run_id = report["formerRun"]["datasetRunId"]
        assert {each["id"]: each["name"] for each in report["runs"]}[run_id] == f"{name} of then"
        [experiment] = find_experiments(api, f"{name} of then")
        assert [experiment["id"], experiment["itemCount"]] == [run_id, 3]


class TestLocalExperiment:
    """`experiment.run` over data that no dataset holds."""

    @pytest.fixture(params=list_clients(SPEAKS_OTLP))
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def test_it_is_one_experiment(self, name: str, report: Json, api: PublicApi) -> None:
        [experiment] = find_experiments(api, f"{name} local")
        assert [experiment["itemCount"], experiment["datasetId"]] == [1, None]
        if name == "js-v5":
            assert experiment["id"] == report["local"]["experimentId"]
        [found] = find_items(api, experiment["id"])
        assert [found["input"], found["output"], found["expectedOutput"]] == [{"city": "Bern"}, "CH", "CH"]
        assert found["traceId"] == report["local"]["items"][0][2]
        assert {each["name"] for each in found["scores"]} == {"exact", "length", "case"}
