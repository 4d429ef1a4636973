"""`/api/public/experiments` and `/experiment-items`: what spans tell of, runs of links, and both as one."""

import json
from typing import Any

import pytest
from rows import insert, observation, score, trace, us

DATASETS = "/api/public/v2/datasets"
DATASET_ITEMS = "/api/public/dataset-items"
RUN_ITEMS = "/api/public/dataset-run-items"
PATH = "/api/public/experiments"
ITEMS = "/api/public/experiment-items"
WINDOW = {"fromStartTime": "2026-01-01T00:00:00Z", "toStartTime": "2026-01-02T00:00:00Z"}


def about(experiment: str, item: str, root: str, **more: str) -> dict[str, str]:
    return {
        "id": experiment,
        "name": f"name of {experiment}",
        "item_id": item,
        "item_root_observation_id": root,
        **more,
    }


@pytest.fixture(scope="module")
def owner(client, make_project, parts):
    """Experiment e1 of two items with children, e2 of one item in another dataset, and spans of no experiment."""
    made = make_project()
    p = made.id
    first = about(
        "e1",
        "i1",
        "o1",
        dataset_id="d1",
        description="first",
        metadata='{"model":"m"}',
        item_metadata='{"level":2}',
        item_version="2026-01-01T00:00:00.5+00:00",
        item_expected_output='{"answer":42}',
    )
    second = about("e1", "i2", "o2", dataset_id="d1")
    insert(
        parts.stores.analytics,
        trace(p, "t1", "10:00:00"),
        observation(p, "t1", "o0", "10:00:00", end_time=us("10:00:09"), experiment=first),
        observation(
            p,
            "t1",
            "o1",
            "10:00:01",
            end_time=us("10:00:05"),
            experiment=first,
            input='{"q":1}',
            output="text",
            metadata={"k": "v"},
            environment="sdk-experiment",
            parent_id="o0",
        ),
        observation(p, "t1", "c1", "10:00:02", parent_id="o1", experiment=first),
        observation(p, "t2", "o2", "11:00:00", experiment=second, level="ERROR"),
        observation(p, "t3", "o3", "09:00:00", end_time=us("09:30:00"), experiment=about("e2", "i9", "o3")),
        observation(p, "t4", "o4", "12:00:00"),
        score(p, "s1", "10:00:06", trace_id="t1", name="of trace", value=1.0),
        score(p, "s2", "10:00:07", trace_id="t1", observation_id="o1", name="of root", value=2.0),
        score(p, "s3", "10:00:08", trace_id="t1", observation_id="c1", name="of child", value=3.0),
        score(p, "s4", "12:00:00", dataset_run_id="e1", name="of run", value=0.5, comment="c"),
        score(p, "s5", "12:00:01", dataset_run_id="e1", name="of run 2", value=1.0, data_type="BOOLEAN"),
    )
    return made


@pytest.fixture
def get(client, owner):
    return lambda path=PATH, **params: client.get(path, params={**WINDOW, **params}, headers=owner.basic)


def condition(column: str, operator: str, value: Any, type_: str = "string") -> str:
    return json.dumps([{"type": type_, "column": column, "operator": operator, "value": value}])


class TestExperiments:
    def test_anonymous(self, client) -> None:
        assert client.get(PATH, params=WINDOW).status_code == 401

    def test_public_key_alone(self, client, owner) -> None:
        assert client.get(PATH, params=WINDOW, headers=owner.bearer).status_code == 403

    def test_stranger(self, client, owner, stranger) -> None:
        assert client.get(PATH, params=WINDOW, headers=stranger.basic).json() == {"data": [], "meta": {}}

    def test_whole_body(self, get) -> None:
        assert get().json() == {
            "data": [
                {
                    "id": "e1",
                    "name": "name of e1",
                    "description": "first",
                    "startTime": "2026-01-01T10:00:00.000Z",
                    "endTime": "2026-01-01T11:00:00.000Z",
                    "itemCount": 2,
                    "datasetId": "d1",
                },
                {
                    "id": "e2",
                    "name": "name of e2",
                    "description": None,
                    "startTime": "2026-01-01T09:00:00.000Z",
                    "endTime": "2026-01-01T09:30:00.000Z",
                    "itemCount": 1,
                    "datasetId": None,
                },
            ],
            "meta": {},
        }

    def test_groups(self, get, owner) -> None:
        first, second = get(fields="metadata,scores").json()["data"]
        assert (first["metadata"], second["metadata"], second["scores"]) == ({"model": "m"}, None, [])
        assert [(each["id"], each["value"]) for each in first["scores"]] == [("s5", True), ("s4", 0.5)]
        assert first["scores"][1] == {
            "id": "s4",
            "projectId": owner.id,
            "name": "of run",
            "value": 0.5,
            "dataType": "NUMERIC",
            "source": "API",
            "timestamp": "2026-01-01T12:00:00.000Z",
            "environment": "default",
            "createdAt": "2026-01-02T00:00:00.000Z",
            "updatedAt": "2026-01-02T00:00:00.000Z",
            "comment": "c",
            "configId": None,
            "metadata": {},
            "authorUserId": None,
            "queueId": None,
            "subject": {"kind": "experiment", "id": "e1"},
        }
        [limited] = get(fields="scores", scoreLimit=1, id="e1").json()["data"]
        assert [each["id"] for each in limited["scores"]] == ["s5"]
        assert "metadata" not in limited

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"id": "e2,e3"}, ["e2"]),
            ({"name": "name of e1,x"}, ["e1"]),
            ({"datasetId": "d1"}, ["e1"]),
            ({"datasetId": "d1", "id": "e2"}, []),
            ({"filter": condition("name", "ends with", "e2")}, ["e2"]),
            ({"filter": condition("name", "contains", "NAME")}, []),
            ({"filter": condition("datasetId", "is null", "", "null")}, ["e2"]),
            ({"filter": condition("id", "none of", ["e1"], "stringOptions")}, ["e2"]),
            # Where both speak of one column, the advanced one stands alone.
            ({"id": "e2", "filter": condition("id", "=", "e1")}, ["e1"]),
            ({"fromStartTime": "2026-01-01T10:30:00Z"}, ["e1"]),
            ({"toStartTime": "2026-01-01T09:00:00Z"}, []),
            (
                {"fromStartTime": "2026-01-01T09:00:00+00:00", "toStartTime": "2026-01-01T09:00:00.001Z"},
                ["e2"],
            ),
            ({"cursor": "", "limit": "", "scoreLimit": ""}, ["e1", "e2"]),
        ],
    )
    def test_parameters(self, get, params: dict[str, Any], expected: list[str]) -> None:
        assert [each["id"] for each in get(**params).json()["data"]] == expected

    def test_times_are_those_within_the_window(self, get) -> None:
        [found] = get(fromStartTime="2026-01-01T10:00:02Z", id="e1").json()["data"]
        assert (found["startTime"], found["itemCount"]) == ("2026-01-01T10:00:02.000Z", 1)

    def test_pages(self, get) -> None:
        first = get(limit=1).json()
        assert [each["id"] for each in first["data"]] == ["e1"]
        second = get(limit=1, cursor=first["meta"]["cursor"]).json()
        assert ([each["id"] for each in second["data"]], second["meta"]) == (["e2"], {})

    @pytest.mark.parametrize(
        "params",
        [
            {"fromStartTime": ""},
            {"fromStartTime": "2026-01-01T00:00:00"},
            {"fromStartTime": "x"},
            {"limit": 0},
            {"limit": 101},
            {"scoreLimit": 51},
            {"fields": "core,io"},
            {"cursor": "x"},
            {"filter": "x"},
            {"filter": condition("startTime", "=", "x")},
            {"filter": condition("name", ">", 1, "number")},
            {"id": "a\0b"},
            {"filter": condition("name", "any of", ["a", "b\0"], "stringOptions")},
            {"filter": condition("name", "contains", "\0")},
        ],
    )
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        assert get(**params).status_code == 400


class TestItems:
    def test_anonymous(self, client) -> None:
        assert client.get(ITEMS, params=WINDOW).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        assert client.get(ITEMS, params=WINDOW, headers=stranger.basic).json() == {"data": [], "meta": {}}

    def test_whole_body(self, get) -> None:
        found = get(ITEMS).json()
        assert found["meta"] == {}
        assert [each["id"] for each in found["data"]] == ["o2", "o1", "o3"]
        assert found["data"][1] == {
            "id": "o1",
            "traceId": "t1",
            "startTime": "2026-01-01T10:00:01.000Z",
            "endTime": "2026-01-01T10:00:05.000Z",
            "level": "DEFAULT",
            "environment": "sdk-experiment",
            "experimentId": "e1",
            "experimentName": "name of e1",
            "experimentItemId": "i1",
            "experimentDatasetId": "d1",
            "experimentItemVersion": "2026-01-01T00:00:00.500Z",
        }
        last = found["data"][2]
        assert (last["experimentDatasetId"], last["experimentItemVersion"]) == (None, None)
        assert (found["data"][0]["endTime"], found["data"][0]["level"]) == (None, "ERROR")

    def test_groups(self, get) -> None:
        core = get(ITEMS, fields="core", experimentItemId="i1").json()["data"][0]
        assert "experimentDatasetId" not in core
        groups = "io,metadata,itemMetadata,experimentMetadata,scores"
        found = get(ITEMS, fields=groups, experimentItemId="i1").json()["data"][0]
        scores = found.pop("scores")
        assert {key: value for key, value in found.items() if key not in core} == {
            "input": {"q": 1},
            "output": "text",
            "expectedOutput": {"answer": 42},
            "metadata": {"k": "v"},
            "experimentItemMetadata": {"level": 2},
            "experimentMetadata": {"model": "m"},
            "experimentDescription": "first",
        }
        assert [(each["id"], each["subject"]["kind"]) for each in scores] == [
            ("s2", "observation"),
            ("s1", "trace"),
        ]
        limited = get(ITEMS, fields="scores", experimentItemId="i1", scoreLimit=1).json()["data"][0]
        assert [each["id"] for each in limited["scores"]] == ["s2"]

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"experimentId": "e1"}, ["o2", "o1"]),
            ({"experimentName": "name of e2"}, ["o3"]),
            ({"experimentItemId": "i2,i9"}, ["o2", "o3"]),
            ({"datasetId": "d1"}, ["o2", "o1"]),
            ({"filter": condition("experimentItemId", "starts with", "i")}, ["o2", "o1", "o3"]),
            ({"filter": condition("datasetId", "is null", "", "null")}, ["o3"]),
            ({"fromStartTime": "2026-01-01T10:00:01Z"}, ["o2", "o1"]),
            ({"toStartTime": "2026-01-01T10:00:01Z"}, ["o3"]),
        ],
    )
    def test_parameters(self, get, params: dict[str, Any], expected: list[str]) -> None:
        assert [each["id"] for each in get(ITEMS, **params).json()["data"]] == expected

    @pytest.mark.parametrize(
        "params", [{"fromStartTime": ""}, {"limit": 101}, {"fields": "all"}, {"cursor": "eyJ2IjoxfQ"}]
    )
    def test_invalid(self, get, params: dict[str, Any]) -> None:
        assert get(ITEMS, **params).status_code == 400


class TestRunsOfLinks:
    @pytest.fixture
    def linked(self, client, project, parts):
        """Run r1 of three links, at 10, 11 and 12 o'clock: to a span, to a trace, to what has not arrived."""
        headers = project.basic
        client.post(DATASETS, json={"name": "a"}, headers=headers)
        for id_ in ("i1", "i2"):
            body = {
                "datasetName": "a",
                "id": id_,
                "expectedOutput": f"expected {id_}",
                "metadata": {"n": id_},
            }
            client.post(DATASET_ITEMS, json=body, headers=headers)
        insert(
            parts.stores.analytics,
            observation(
                project.id, "t1", "o1", "09:59:00", end_time=us("10:01:00"), output="span", level="WARNING"
            ),
            trace(
                project.id,
                "t2",
                "10:58:00",
                output="trace",
                environment="production",
                first_start=us("10:59:00"),
                last_end=us("11:01:00"),
                error_count=1,
            ),
            score(project.id, "s1", "13:00:00", trace_id="t2"),
        )

        def link(**body: str) -> str:
            answer = client.post(
                RUN_ITEMS,
                json={"runName": "r1", "runDescription": "d", "metadata": [1], **body},
                headers=headers,
            )
            assert answer.status_code == 200
            return answer.json()["datasetRunId"]

        link(datasetItemId="i1", traceId="t1", observationId="o1", createdAt="2026-01-01T10:00:00Z")
        link(datasetItemId="i2", traceId="t2", createdAt="2026-01-01T11:00:00Z")
        self.run_id = link(datasetItemId="i1", traceId="t9", createdAt="2026-01-01T12:00:00Z")
        self.link = link
        return lambda path=PATH, **params: client.get(path, params={**WINDOW, **params}, headers=headers)

    def test_as_an_experiment(self, linked, client, project) -> None:
        dataset = client.get(f"{DATASETS}/a", headers=project.basic).json()["id"]
        assert linked(fields="metadata").json()["data"] == [
            {
                "id": self.run_id,
                "name": "r1",
                "description": "d",
                "startTime": "2026-01-01T10:00:00.000Z",
                "endTime": "2026-01-01T12:00:00.000Z",
                "itemCount": 3,
                "datasetId": dataset,
                "metadata": {"metadata": [1]},
            }
        ]
        assert len(linked(datasetId=dataset, name="r1", id=self.run_id).json()["data"]) == 1
        assert linked(datasetId="other").json()["data"] == []
        assert linked(name="other").json()["data"] == []
        [clipped] = linked(fromStartTime="2026-01-01T10:30:00Z", toStartTime="2026-01-01T12:00:00Z").json()[
            "data"
        ]
        assert (clipped["startTime"], clipped["itemCount"]) == ("2026-01-01T11:00:00.000Z", 1)

    def test_as_items(self, linked) -> None:
        fields = "dataset,io,metadata,itemMetadata,experimentMetadata,scores"
        found = linked(ITEMS, fields=fields).json()["data"]
        shown = ("traceId", "startTime", "endTime", "level", "environment", "output", "expectedOutput")
        assert [tuple(each[name] for name in shown) for each in found] == [
            ("t9", "2026-01-01T12:00:00.000Z", None, "DEFAULT", "default", None, "expected i1"),
            (
                *("t2", "2026-01-01T10:59:00.000Z", "2026-01-01T11:01:00.000Z"),
                *("ERROR", "production", "trace", "expected i2"),
            ),
            (
                *("t1", "2026-01-01T09:59:00.000Z", "2026-01-01T10:01:00.000Z"),
                *("WARNING", "default", "span", "expected i1"),
            ),
        ]
        assert found[2]["id"] == "o1"
        assert len({each["id"] for each in found}) == 3
        assert found[1]["experimentItemMetadata"] == {"n": "i2"}
        assert (found[1]["experimentMetadata"], found[1]["experimentDescription"]) == ({"metadata": [1]}, "d")
        assert [[each["id"] for each in item["scores"]] for item in found] == [[], ["s1"], []]
        assert {each["experimentName"] for each in found} == {"r1"}

    def test_filters_of_items(self, linked) -> None:
        def traces(**params: str) -> list[str]:
            return [each["traceId"] for each in linked(ITEMS, **params).json()["data"]]

        assert traces(experimentItemId="i1") == ["t9", "t1"]
        assert traces(experimentId=self.run_id) == ["t9", "t2", "t1"]
        assert traces(experimentId="other") == []
        assert traces(experimentName="r1", experimentItemId="i2") == ["t2"]
        assert traces(filter=condition("experimentName", "starts with", "r")) == ["t9", "t2", "t1"]
        assert traces(filter=condition("experimentName", "does not contain", "r")) == []
        assert traces(toStartTime="2026-01-01T11:00:00Z") == ["t1"]

    def test_both_are_one(self, linked, parts, project) -> None:
        told = about(self.run_id, "i1", "o1", description="told", metadata='{"m":1}')
        new = about(self.run_id, "i2", "o8")
        insert(
            parts.stores.analytics,
            observation(
                project.id, "t1", "o1", "09:59:00", end_time=us("10:01:00"), experiment=told, version_seq=2
            ),
            observation(project.id, "t8", "o8", "12:00:00", experiment=new),
        )
        [found] = linked(fields="metadata").json()["data"]
        assert (found["name"], found["description"], found["itemCount"]) == ("r1", "d", 4)
        assert found["metadata"] == {"metadata": [1]}
        assert found["startTime"] == "2026-01-01T09:59:00.000Z"
        assert [each["traceId"] for each in linked(ITEMS).json()["data"]] == ["t8", "t9", "t2", "t1"]

    def test_pages_over_both(self, linked, parts, project) -> None:
        # All of one instant: the hardest order there is.
        for number in range(4):
            told = about("e", f"i{number}", f"o{number}")
            insert(
                parts.stores.analytics,
                observation(project.id, f"p{number}", f"o{number}", "12:00:00", experiment=told),
            )
            self.link(datasetItemId="i2", traceId=f"q{number}", createdAt="2026-01-01T12:00:00Z")
        whole = [each["traceId"] for each in linked(ITEMS).json()["data"]]
        assert len(whole) == 11
        assert sorted(whole) == sorted({*whole})
        for limit in (1, 2, 3, 5):
            found, cursor = [], ""
            for _ in range(12):
                page = linked(ITEMS, limit=limit, cursor=cursor).json()
                found += [each["traceId"] for each in page["data"]]
                cursor = page["meta"].get("cursor")
                if cursor is None:
                    break
                assert len(page["data"]) == limit
            assert found == whole

    def test_after_deletion_of_the_run(self, linked, client, project, parts) -> None:
        insert(
            parts.stores.analytics,
            observation(project.id, "t8", "o8", "12:00:00", experiment=about(self.run_id, "i2", "o8")),
        )
        assert client.delete("/api/public/datasets/a/runs/r1", headers=project.basic).status_code == 200
        assert linked().json()["data"] == []
        assert linked(ITEMS).json()["data"] == []
