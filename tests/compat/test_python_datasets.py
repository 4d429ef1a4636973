"""Datasets, runs and experiments through the Python SDKs, and how the server shows them afterwards."""

import functools
import json
from collections.abc import Callable
from datetime import datetime

import pytest

from .dataset_views import (
    EVALUATIONS,
    EXPERIMENTING,
    PROGRAMS,
    find_experiments,
    find_items,
    find_run,
    item,
    item_id,
    path_of,
    play,
)
from .live_server import Target
from .programs import ENVIRONMENT_NAME
from .reading import Json, PublicApi, find_only
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

DESCRIPTION, METADATA = "Which country is it? 🌍", {"owner": "compat", "sources": ["atlas", None]}


@pytest.fixture(scope="module")
def runs(target: Target, api: PublicApi) -> Callable[[str], Json]:
    """Plays the scenario with a client when it is first asked for, and gives what the program reports."""
    return functools.cache(lambda name: play(name, target, api))


@pytest.fixture(params=list_clients(PROGRAMS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def report(name: str, runs: Callable[[str], Json]) -> Json:
    return runs(name)


class TestDataset:
    def test_created(self, name: str, report: Json, target: Target) -> None:
        expected = [f"{name}/capital cities", DESCRIPTION, METADATA, target.project_id]
        assert report["created"][1:] == expected

    def test_items(self, name: str, report: Json) -> None:
        """Page by page; the archived one is left out, the changed one is as it became."""
        assert report["items"] == [
            item(name, "bern", {"difficulty": 1}),
            item(name, "nowhere"),
            item(name, "paris", {"changed": True}),
        ]
        assert report["archived"] == item(name, "old", status="ARCHIVED")

    def test_what_an_update_does_not_name_is_sent_as_null(self, name: str, report: Json) -> None:
        kept = [None, None]  # the source: the SDKs write out each argument
        assert report["changed"] == [*item(name, "paris", {"changed": True}), *kept]

    def test_schema(self, name: str, report: Json) -> None:
        assert report["refused"] == ({} if name == "python-v2" else 400)


class TestRunsOfOld:
    """2.x: a run by `item.observe`, and one by `item.link`."""

    @pytest.fixture(params=list_clients(["python-v2"]))
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def test_runs(self, name: str, report: Json) -> None:
        runs = {run_name: values[1:] for run_name, values in report["runs"].items()}
        of_dataset = [report["created"][0], f"{name}/capital cities"]
        assert runs == {
            "observed": ["by the decorator", {"m": 1}, *of_dataset],
            "linked/by hand": ["by hand", {"m": 2}, *of_dataset],
        }

    def test_observed(self, report: Json, api: PublicApi) -> None:
        linked = {item: trace for item, trace, _ in report["run_items"]["observed"]}
        assert linked == report["observed"] and len(linked) == 3
        for linked_item, trace_id in linked.items():
            trace = api.get(f"/traces/{trace_id}")
            assert [trace["name"], trace["output"]] == ["answer", trace["input"]["args"][0][:2]]
            assert [score["value"] for score in trace["scores"]] == [float("bern" in linked_item)]

    def test_linked(self, report: Json) -> None:
        assert sorted(report["run_items"]["linked/by hand"]) == sorted(report["linked"])

    def test_each_run_is_one_experiment(self, report: Json, api: PublicApi) -> None:
        for run_name, count in {"observed": 3, "linked/by hand": 2}.items():
            [experiment] = find_experiments(api, run_name)
            fields = ("id", "description", "metadata", "datasetId", "itemCount")
            assert [experiment[field] for field in fields] == [*report["runs"][run_name][:4], count]

    def test_items_of_the_experiment(self, report: Json, api: PublicApi) -> None:
        found = {each["experimentItemId"]: each for each in find_items(api, "linked/by hand")}
        (first, trace_id, generation_id), (second, *_) = report["linked"]
        assert {key: each["traceId"] for key, each in found.items()} == {first: trace_id, second: trace_id}
        fields = ("id", "input", "output")
        assert [found[first][field] for field in fields] == [generation_id, "Bern", "CH"]
        assert [found[second][field] for field in fields[1:]] == ["q", "a"]


@pytest.mark.parametrize("name", list_clients(EXPERIMENTING))
class TestExperiment:
    """`dataset.run_experiment` over three items, of which one fails in the task; one evaluator fails always."""

    def test_result(self, name: str, report: Json, api: PublicApi, target: Target) -> None:
        result = report["experiment"]
        run = find_run(api, name, f"{name} experiment")
        assert {key: [output, names] for key, output, _, names in result["items"]} == {
            item_id(name, "bern"): ["CH", sorted(EVALUATIONS["bern"])],
            item_id(name, "paris"): ["Fr", sorted(EVALUATIONS["paris"])],
        }
        assert [result["id"], result["run_evaluations"]] == [run["id"], [["average", 0.5]]]
        project = f"{target.url}/project/{target.project_id}"
        assert result["url"] == (
            f"{project}/experiments/results?baseline={run['id']}"
            if name == "python-v5"
            else f"{project}/datasets/{report['created'][0]}/runs/{run['id']}"
        )
        assert result["url"] in result["text"]

    def test_run(self, name: str, report: Json, api: PublicApi) -> None:
        run = find_run(api, name, f"{name} experiment")
        fields = ("name", "description", "metadata", "datasetId", "datasetName")
        dataset = [report["created"][0], f"{name}/capital cities"]
        assert [run[field] for field in fields] == [
            f"{name} experiment",
            "all of them",
            {"model": "m1"},
            *dataset,
        ]
        traces = {item_id: trace_id for item_id, _, trace_id, _ in report["experiment"]["items"]}
        linked = {each["datasetItemId"]: each["traceId"] for each in run["datasetRunItems"]}
        assert len(run["datasetRunItems"]) == len(linked) == 3
        assert linked == traces | {item_id(name, "nowhere"): linked[item_id(name, "nowhere")]}
        listed = api.get("/dataset-run-items", datasetId=dataset[0], runName=run["name"])
        assert [each["id"] for each in listed["data"]] == [each["id"] for each in run["datasetRunItems"]]
        assert {each["datasetRunId"] for each in listed["data"]} == {run["id"]}

    def test_runs(self, name: str, report: Json, api: PublicApi) -> None:
        names = [each["name"] for each in api.get(path_of(name))["data"]]
        expected = [f"{name} of then", f"{name} experiment"] + (["item.run"] if name == "python-v3" else [])
        assert sorted(set(names) - {f"{name} short lived"}) == sorted(expected)
        assert len(names) == len(set(names))
        if report["runs"]:  # 5.x has no calls for runs any more
            assert report["runs"]["items"] == 3 and report["runs"]["id"] == report["experiment"]["id"]

    def test_scores_of_an_item(self, name: str, report: Json, api: PublicApi) -> None:
        for key, expected in EVALUATIONS.items():
            [trace_id] = [row[2] for row in report["experiment"]["items"] if row[0] == item_id(name, key)]
            page = api.get("/v3/scores", traceId=trace_id, fields="core,details,subject")
            assert {each["name"]: each["value"] for each in page["data"]} == expected
            by_name = {each["name"]: each for each in page["data"]}
            types = [by_name[each]["dataType"] for each in ("exact", "case", "short")]
            assert types == ["NUMERIC", "CATEGORICAL", "BOOLEAN"]
            assert by_name["exact"]["comment"] == "letter by letter"

    def test_score_of_the_run(self, report: Json, api: PublicApi) -> None:
        [score] = api.get("/v2/scores", datasetRunId=report["experiment"]["id"])["data"]
        fields = ("name", "value", "comment", "traceId")
        assert [score[field] for field in fields] == ["average", 0.5, "of all", None]

    def test_it_is_one_experiment(self, name: str, report: Json, api: PublicApi) -> None:
        [experiment] = find_experiments(api, f"{name} experiment")
        fields = ("id", "description", "itemCount", "datasetId", "metadata")
        assert [experiment[field] for field in fields] == [
            report["experiment"]["id"],
            "all of them",
            3,
            report["created"][0],
            {"model": "m1"},
        ]
        assert [[each["name"], each["value"]] for each in experiment["scores"]] == [["average", 0.5]]
        subject = {"kind": "experiment", "id": report["experiment"]["id"]}
        assert experiment["scores"][0]["subject"] == subject

    def test_its_items(self, name: str, report: Json, api: PublicApi) -> None:
        found = find_items(api, f"{name} experiment")
        items = {each["experimentItemId"]: each for each in found}
        assert len(found) == len(items) == 3
        traces = {item_id: trace_id for item_id, _, trace_id, _ in report["experiment"]["items"]}
        fields = ("traceId", "input", "output", "expectedOutput", "experimentDatasetId", "level")
        for key, city, output, country, metadata in (
            ("bern", "Bern", "CH", "CH", {"difficulty": 1}),
            ("paris", "Paris", "Fr", "FR", {"changed": True}),
        ):
            each = items[item_id(name, key)]
            place = [report["created"][0], "DEFAULT"]
            expected = [traces[item_id(name, key)], {"city": city}, output, country, *place]
            assert [each[field] for field in fields] == expected
            if name == "python-v4":  # writes each value as a text of its own
                metadata = {field: json.dumps(value) for field, value in metadata.items()}
            assert [each["experimentItemMetadata"], each["experimentMetadata"]] == [metadata, {"model": "m1"}]
            assert {score["name"]: score["value"] for score in each["scores"]} == EVALUATIONS[key]
        failed = items[item_id(name, "nowhere")]
        assert [failed["level"], failed["output"], failed["scores"]] == ["ERROR", "Error: 'Nowhere'", []]

    def test_trace(self, name: str, report: Json, api: PublicApi) -> None:
        trace = api.get(f"/traces/{report['experiment']['items'][0][2]}")
        root = find_only(trace["observations"], "experiment-item-run")
        answer = find_only(trace["observations"], "answer")
        assert [root["input"], root["output"], root["environment"]] == [
            {"city": "Bern"},
            "CH",
            "sdk-experiment",
        ]
        parent = root if name == "python-v3" else find_only(trace["observations"], "experiment-item-task")
        assert [answer["type"], answer["parentObservationId"]] == ["GENERATION", parent["id"]]
        # 3.x marks the span of the item alone.
        assert answer["environment"] == (ENVIRONMENT_NAME if name == "python-v3" else "sdk-experiment")


@pytest.mark.parametrize("name", list_clients(EXPERIMENTING))
class TestFormerVersion:
    """`get_dataset` with a version gives the items of then, and experiments over them are runs like others."""

    def test_items(self, name: str, report: Json) -> None:
        assert report["former_items"] == [
            item(name, "bern", {"difficulty": 1}),
            item(name, "nowhere"),
            item(name, "old"),
            item(name, "paris"),
        ]

    def test_run(self, name: str, report: Json, api: PublicApi) -> None:
        run = find_run(api, name, f"{name} of then")
        assert [run["id"], len(run["datasetRunItems"])] == [report["former"]["id"], 4]
        [experiment] = find_experiments(api, f"{name} of then")
        assert [experiment["id"], experiment["itemCount"]] == [run["id"], 4]

    def test_version_of_the_items(self, name: str, report: Json, api: PublicApi) -> None:
        versions = {each["experimentItemVersion"] for each in find_items(api, f"{name} of then")}
        assert len(versions) == 1
        version = versions.pop()
        if name != "python-v5":  # 5.x alone writes it on its spans
            assert version is None
            return
        read, asked = datetime.fromisoformat(version), datetime.fromisoformat(report["before"])
        assert read.timestamp() == pytest.approx(asked.timestamp(), abs=0.001)


@pytest.mark.parametrize("name", list_clients(EXPERIMENTING))
class TestLocalExperiment:
    """`run_experiment` over data that no dataset holds."""

    def test_it_is_one_experiment(self, name: str, report: Json, api: PublicApi) -> None:
        [experiment] = find_experiments(api, report["local"]["run"])
        assert [experiment["itemCount"], experiment["datasetId"]] == [1, None]
        [found] = find_items(api, report["local"]["run"])
        fields = ("input", "output", "expectedOutput", "experimentDatasetId", "traceId")
        expected = [{"city": "Rome"}, "IT", "IT", None, report["local"]["items"][0][2]]
        assert [found[field] for field in fields] == expected
        assert {each["name"]: each["value"] for each in found["scores"]} == {"exact": 1.0}
        # Only 5.x knows the experiment's id without a dataset, and so scores it.
        if name == "python-v5":
            assert experiment["id"] == report["local"]["id"]
        scores = [[each["name"], each["value"]] for each in experiment["scores"]]
        assert scores == ([["average", 1.0]] if name == "python-v5" else [])


class TestItemRun:
    """`item.run` of 3.x."""

    def test_link(self, runs: Callable[[str], Json], api: PublicApi) -> None:
        linked_item, trace_id = runs("python-v3")["item_run"]
        run = find_run(api, "python-v3", "item.run")
        assert [run["description"], run["metadata"]] == ["one", {"m": 3}]
        assert [[each["datasetItemId"], each["traceId"]] for each in run["datasetRunItems"]] == [
            [linked_item, trace_id]
        ]
        assert api.wait_for_trace(trace_id, 1, with_output=True)["name"] == "Dataset run: item.run"


@pytest.mark.parametrize("name", list_clients(EXPERIMENTING))
class TestDeletion:
    def test_a_run_goes_and_its_traces_stay(self, name: str, report: Json, api: PublicApi) -> None:
        run_name = f"{name} short lived"
        path = path_of(name, run_name)
        assert api.send("DELETE", path) == {"message": "Dataset run successfully deleted"}
        assert api.try_get(path)[0] == 404
        assert run_name not in [each["name"] for each in api.get(path_of(name))["data"]]
        assert [find_experiments(api, run_name), find_items(api, run_name)] == [[], []]
        for _, _, trace_id, _ in report["gone"]["items"]:
            assert len(api.get(f"/traces/{trace_id}")["scores"]) == 1
