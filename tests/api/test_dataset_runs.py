"""Runs over datasets, of links and of spans: `/dataset-run-items`, `/datasets/{name}/runs`."""

import hashlib
import json
from typing import Any
from urllib.parse import quote

import pytest
from rows import insert, observation
from sqlalchemy import select

from spyglass.core.clock import now_us
from spyglass.stores.meta.tables import AuditLog

DATASETS = "/api/public/v2/datasets"
ITEMS = "/api/public/dataset-items"
PATH = "/api/public/dataset-run-items"
RUNS = "/api/public/datasets/a/runs"
SECOND_US = 1_000_000


def run_id(project_id: str, dataset_id: str, name: str) -> str:
    text = json.dumps(
        ["langfuse-experiment-v1", project_id, dataset_id, name], separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.fixture
def owner(client, project):
    client.post(DATASETS, json={"name": "a"}, headers=project.basic)
    for id_ in ("i1", "i2"):
        client.post(ITEMS, json={"datasetName": "a", "id": id_}, headers=project.basic)
    return project


@pytest.fixture
def dataset_id(client, owner) -> str:
    return client.get(f"{DATASETS}/a", headers=owner.basic).json()["id"]


@pytest.fixture
def link(client, owner):
    def post(**body: Any):
        return client.post(PATH, json={"runName": "r", "datasetItemId": "i1", **body}, headers=owner.basic)

    return post


@pytest.fixture
def get(client, owner):
    return lambda path=RUNS, **params: client.get(path, params=params, headers=owner.basic)


@pytest.fixture
def root(parts, owner, dataset_id):
    """Write the root span of an item, as the experiment runners of SDKs send it."""

    def write(experiment: str, name: str, item: str, trace: str, *, after_s: float = 0, **more: str) -> None:
        at_us = now_us() + int(after_s * SECOND_US)
        about = {
            "id": experiment,
            "name": name,
            "dataset_id": dataset_id,
            "item_id": item,
            "item_root_observation_id": f"root-{trace}",
            **more,
        }
        times = {"start_time": at_us, "end_time": at_us + SECOND_US}
        insert(
            parts.stores.analytics,
            *(
                _at(observation(owner.id, trace, id_, experiment=about), times)
                for id_ in (f"root-{trace}", f"child-{trace}")
            ),
        )

    return write


def _at(row, times: dict[str, int]):
    for name, value in times.items():
        setattr(row, name, value)
    return row


class TestLink:
    def test_anonymous(self, client) -> None:
        assert client.post(PATH, json={}).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        body = {"runName": "r", "datasetItemId": "i1", "traceId": "t"}
        answer = client.post(PATH, json=body, headers=stranger.basic)
        assert (answer.status_code, answer.json()["message"]) == (404, "Dataset item not found")

    def test_whole_body(self, link, get, owner, dataset_id) -> None:
        answer = link(
            runName="n/ä 1",
            runDescription="d",
            metadata={"m": 1},
            traceId="t",
            observationId="o",
            datasetVersion="2100-01-01T00:00:00Z",
            createdAt="2026-01-31T12:00:00.123Z",
        )
        assert answer.status_code == 200
        found = answer.json()
        id_ = run_id(owner.id, dataset_id, "n/ä 1")
        assert len(found.pop("id")) == 32
        assert found.pop("updatedAt").endswith("Z")
        assert found == {
            "datasetRunId": id_,
            "datasetRunName": "n/ä 1",
            "datasetItemId": "i1",
            "traceId": "t",
            "observationId": "o",
            "createdAt": "2026-01-31T12:00:00.123Z",
        }
        run = get(f"{RUNS}/{quote('n/ä 1', safe='')}").json()
        assert (run["id"], run["description"], run["metadata"]) == (id_, "d", {"m": 1})

    def test_later_links_change_the_run_where_they_say_something(self, link, get) -> None:
        link(traceId="t", runDescription="d", metadata={"m": 1})
        link(traceId="t2", runDescription=None)
        link(traceId="t3", metadata={"m": 2})
        run = get(f"{RUNS}/r").json()
        assert (run["description"], run["metadata"]) == ("d", {"m": 2})
        assert [item["traceId"] for item in run["datasetRunItems"]] == ["t3", "t2", "t"]

    def test_the_same_link_again(self, link, get) -> None:
        assert link(traceId="t").json() == link(traceId="t").json()
        assert len(get(f"{RUNS}/r").json()["datasetRunItems"]) == 1
        link(traceId="t", observationId="o")
        assert len(get(f"{RUNS}/r").json()["datasetRunItems"]) == 2

    def test_only_an_observation(self, link, parts, owner, stranger) -> None:
        insert(
            parts.stores.analytics,
            observation(owner.id, "mine", "known"),
            observation(stranger.id, "theirs", "foreign"),
        )
        assert link(observationId="known").json()["traceId"] == "mine"
        for id_ in ("unknown", "foreign"):
            answer = link(observationId=id_)
            assert (answer.status_code, answer.json()["message"]) == (404, "Observation not found")

    def test_an_item_that_was_deleted(self, client, owner, link) -> None:
        version = client.get(f"{ITEMS}/i1", headers=owner.basic).json()["updatedAt"]
        client.delete(f"{ITEMS}/i1", headers=owner.basic)
        assert link(traceId="t").status_code == 404
        assert link(traceId="t", datasetVersion=version).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"traceId": "t", "unknown": 1},
            {"traceId": ""},
            {"traceId": "t", "runName": ""},
            {"traceId": "t", "runName": "a\0"},
            {"traceId": "t\0"},
            {"traceId": "t", "createdAt": "yesterday"},
            {"traceId": "t", "datasetVersion": "1900-01-01T00:00:00Z"},
        ],
    )
    def test_invalid(self, link, get, body: dict[str, Any]) -> None:
        answer = link(**body)
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request data")
        assert get().json()["data"] == []

    def test_audit(self, parts, owner, link) -> None:
        link(traceId="t", runDescription="d")
        link(traceId="t2", runDescription="d")
        link(traceId="t3", runDescription="e")
        with parts.stores.meta.read() as session:
            statement = select(AuditLog).where(
                AuditLog.project_id == owner.id, AuditLog.resource_type == "datasetRun"
            )
            rows = session.scalars(statement.order_by(AuditLog.created_at)).all()
        assert [(row.action, row.after["description"]) for row in rows] == [("create", "d"), ("update", "e")]


class TestRunsOfLinks:
    def test_strangers(self, client, link, stranger) -> None:
        link(traceId="t")
        for path in (RUNS, f"{RUNS}/r"):
            assert client.get(path, headers=stranger.basic).status_code == 404
        client.post(DATASETS, json={"name": "a"}, headers=stranger.basic)
        assert client.get(RUNS, headers=stranger.basic).json()["data"] == []
        assert client.get(f"{RUNS}/r", headers=stranger.basic).status_code == 404

    def test_list(self, link, get, dataset_id) -> None:
        for name in ("r1", "r2", "r3"):
            link(runName=name, traceId="t")
        found = get(limit=2).json()
        assert [run["name"] for run in found["data"]] == ["r3", "r2"]
        assert found["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}
        assert set(found["data"][0]) == {
            *("id", "name", "description", "metadata", "datasetId", "datasetName", "createdAt", "updatedAt")
        }
        assert (found["data"][0]["datasetId"], found["data"][0]["datasetName"]) == (dataset_id, "a")
        assert [run["name"] for run in get(limit=2, page=2).json()["data"]] == ["r1"]

    def test_unknown(self, get) -> None:
        answer = get(f"{RUNS}/none")
        assert (answer.status_code, answer.json()["message"]) == (404, "Dataset run not found")
        assert get("/api/public/datasets/none/runs").status_code == 404

    def test_names_with_slashes_on_both_sides(self, client, owner, link, get) -> None:
        client.post(DATASETS, json={"name": "x/runs/y"}, headers=owner.basic)
        client.post(ITEMS, json={"datasetName": "x/runs/y", "id": "j"}, headers=owner.basic)
        link(datasetItemId="j", runName="z/runs/1", traceId="t")
        folder = "/api/public/datasets/x%2Fruns%2Fy/runs"
        assert [run["name"] for run in get(folder).json()["data"]] == ["z/runs/1"]
        assert get(f"{folder}/z%2Fruns%2F1").json()["name"] == "z/runs/1"
        assert get(f"{folder}/z%252Fruns%252F1").json()["name"] == "z/runs/1"
        assert get("/api/public/datasets/x%2Fruns%2Fy").json()["runs"] == ["z/runs/1"]

    def test_items(self, link, get, dataset_id) -> None:
        for trace_id in ("t1", "t2", "t3"):
            link(traceId=trace_id)
        found = get(PATH, datasetId=dataset_id, runName="r", limit=2).json()
        assert [item["traceId"] for item in found["data"]] == ["t3", "t2"]
        assert found["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}
        assert get(PATH, datasetId=dataset_id, runName="none").status_code == 404
        assert get(PATH, datasetId="none", runName="r").status_code == 404
        assert get(PATH, runName="r").status_code == 400
        assert get(PATH, datasetId=dataset_id).status_code == 400

    def test_items_of_strangers(self, client, link, dataset_id, stranger) -> None:
        link(traceId="t")
        params = {"datasetId": dataset_id, "runName": "r"}
        assert client.get(PATH, params=params, headers=stranger.basic).status_code == 404


class TestRunsOfSpans:
    def test_one_that_only_spans_tell_of(self, root, get, dataset_id) -> None:
        root("e1", "local", "i1", "t1", description="d", metadata='{"m":1}')
        root("e1", "local", "i2", "t2", after_s=5)
        [run] = get().json()["data"]
        assert (run["id"], run["name"], run["description"], run["metadata"]) == ("e1", "local", "d", {"m": 1})
        found = get(f"{RUNS}/local").json()
        assert [
            (item["id"], item["datasetItemId"], item["traceId"], item["observationId"], item["datasetRunId"])
            for item in found["datasetRunItems"]
        ] == [("root-t2", "i2", "t2", "root-t2", "e1"), ("root-t1", "i1", "t1", "root-t1", "e1")]
        listed = get(PATH, datasetId=dataset_id, runName="local").json()
        assert listed["data"] == found["datasetRunItems"]
        assert get("/api/public/datasets/a").json()["runs"] == ["local"]

    def test_both_are_one(self, root, link, get, owner, dataset_id) -> None:
        id_ = link(traceId="t1", observationId="root-t1", runDescription="linked").json()["datasetRunId"]
        assert id_ == run_id(owner.id, dataset_id, "r")
        root(id_, "r", "i1", "t1", description="told")
        root(id_, "r", "i2", "t2", after_s=5)
        [run] = get().json()["data"]
        assert (run["id"], run["description"]) == (id_, "linked")
        items = get(f"{RUNS}/r").json()["datasetRunItems"]
        assert [(item["datasetItemId"], item["traceId"]) for item in items] == [("i2", "t2"), ("i1", "t1")]

    def test_order_over_both(self, root, link, get) -> None:
        root("e1", "before", "i1", "t1", after_s=-3600)
        link(traceId="t")
        root("e2", "behind", "i1", "t2", after_s=3600)
        assert [run["name"] for run in get().json()["data"]] == ["behind", "r", "before"]
        assert [run["name"] for run in get(limit=1, page=2).json()["data"]] == ["r"]

    def test_of_other_datasets_and_projects(self, root, get, client, stranger) -> None:
        root("e1", "n", "i1", "t1")
        root("e2", "n2", "i1", "t2", dataset_id="another")
        assert [run["id"] for run in get().json()["data"]] == ["e1"]
        client.post(DATASETS, json={"name": "a"}, headers=stranger.basic)
        assert client.get(RUNS, headers=stranger.basic).json()["data"] == []

    def test_deleted_items_are_not_shown(self, root, get, client, owner) -> None:
        root("e1", "n", "i1", "t1")
        root("e1", "n", "i2", "t2")
        client.delete(f"{ITEMS}/i1", headers=owner.basic)
        items = get(f"{RUNS}/n").json()["datasetRunItems"]
        assert [item["datasetItemId"] for item in items] == ["i2"]


class TestDelete:
    @pytest.fixture
    def delete(self, client, owner):
        return lambda name: client.delete(f"{RUNS}/{name}", headers=owner.basic)

    def test_anonymous_and_stranger(self, client, link, get, stranger) -> None:
        link(traceId="t")
        assert client.delete(f"{RUNS}/r").status_code == 401
        assert client.delete(f"{RUNS}/r", headers=stranger.basic).status_code == 404
        assert len(get().json()["data"]) == 1

    def test_of_links(self, link, get, delete, dataset_id) -> None:
        link(traceId="t", runDescription="d")
        link(runName="other", traceId="t")
        answer = delete("r")
        assert (answer.status_code, answer.json()) == (200, {"message": "Dataset run successfully deleted"})
        assert delete("r").status_code == 404
        assert [run["name"] for run in get().json()["data"]] == ["other"]
        assert get(PATH, datasetId=dataset_id, runName="r").status_code == 404
        link(traceId="t2")
        run = get(f"{RUNS}/r").json()
        assert run["description"] is None
        assert [item["traceId"] for item in run["datasetRunItems"]] == ["t2"]

    def test_of_spans(self, root, get, delete) -> None:
        root("e1", "n", "i1", "t1", after_s=-5)
        assert delete("n").status_code == 200
        assert get().json()["data"] == []
        assert get(f"{RUNS}/n").status_code == 404
        root("e1", "n", "i1", "t2", after_s=5)
        [item] = get(f"{RUNS}/n").json()["datasetRunItems"]
        assert item["traceId"] == "t2"

    def test_of_both(self, root, link, get, delete) -> None:
        id_ = link(traceId="t1").json()["datasetRunId"]
        root(id_, "r", "i2", "t2", after_s=-5)
        assert delete("r").status_code == 200
        assert get().json()["data"] == []
        link(traceId="t3")
        items = get(f"{RUNS}/r").json()["datasetRunItems"]
        assert [item["traceId"] for item in items] == ["t3"]

    def test_of_spans_that_took_the_name_of_a_run(self, root, link, get, delete) -> None:
        link(traceId="t1")
        root("e1", "r", "i2", "t2", after_s=-5)
        assert {run["id"] for run in get().json()["data"]} > {"e1"}
        assert delete("r").status_code == 200
        assert [run["id"] for run in get().json()["data"]] == ["e1"]
        assert delete("r").status_code == 200
        assert get().json()["data"] == []
