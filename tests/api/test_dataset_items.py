"""`/api/public/dataset-items`: items, their versions, their media."""

from typing import Any

import pytest
from sqlalchemy import select

from spyglass.core.clock import now
from spyglass.jobs.media_removal import remove_unlinked
from spyglass.stores.meta import delete_scoped, scoped
from spyglass.stores.meta.tables import AuditLog, Media, MediaLink

DATASETS = "/api/public/v2/datasets"
PATH = "/api/public/dataset-items"
RUN_ITEMS = "/api/public/dataset-run-items"


@pytest.fixture
def owner(client, project):
    for name in ("a", "b"):
        client.post(DATASETS, json={"name": name}, headers=project.basic)
    return project


@pytest.fixture
def post(client, owner):
    return lambda body, path=PATH: client.post(path, json=body, headers=owner.basic)


@pytest.fixture
def get(client, owner):
    return lambda path=PATH, **params: client.get(path, params=params, headers=owner.basic)


def ids(answer) -> list[str]:
    return [item["id"] for item in answer.json()["data"]]


class TestCreate:
    def test_anonymous(self, client) -> None:
        assert client.post(PATH, json={"datasetName": "a"}).status_code == 401

    def test_stranger(self, client, owner, stranger) -> None:
        answer = client.post(PATH, json={"datasetName": "a"}, headers=stranger.basic)
        assert (answer.status_code, answer.json()["message"]) == (404, "Dataset not found")

    def test_whole_body(self, post, get, owner) -> None:
        answer = post(
            {
                "datasetName": "a",
                "id": "x/1",
                "input": {"q": [1, None]},
                "expectedOutput": "text",
                "metadata": {"b": 1, "a": 2},
                "sourceTraceId": "t",
                "sourceObservationId": "o",
            }
        )
        assert answer.status_code == 200
        found = answer.json()
        assert get(f"{PATH}/x%2F1").json() == found
        dataset = get(f"{DATASETS}/a").json()
        created = found["createdAt"]
        assert found == {
            "id": "x/1",
            "projectId": owner.id,
            "status": "ACTIVE",
            "input": {"q": [1, None]},
            "expectedOutput": "text",
            "metadata": {"b": 1, "a": 2},
            "sourceTraceId": "t",
            "sourceObservationId": "o",
            "datasetId": dataset["id"],
            "datasetName": "a",
            "createdAt": created,
            "updatedAt": created,
            "mediaReferences": [],
        }

    def test_without_anything(self, post) -> None:
        found = post({"datasetName": "a"}).json()
        assert len(found["id"]) == 36
        assert (found["input"], found["expectedOutput"], found["metadata"]) == (None, None, None)

    def test_absent_keys_keep_and_null_clears(self, post) -> None:
        first = post({"datasetName": "a", "id": "i", "input": 1, "expectedOutput": 2, "metadata": 3}).json()
        second = post({"datasetName": "a", "id": "i", "expectedOutput": None, "status": "ARCHIVED"}).json()
        assert (second["input"], second["expectedOutput"], second["metadata"]) == (1, None, 3)
        assert (second["status"], second["createdAt"]) == ("ARCHIVED", first["createdAt"])
        assert second["updatedAt"] > first["updatedAt"]
        third = post({"datasetName": "a", "id": "i", "status": None}).json()
        assert third == second

    def test_the_id_of_another_dataset(self, post, get) -> None:
        post({"datasetName": "a", "id": "i", "input": 1})
        answer = post({"datasetName": "b", "id": "i", "input": 2})
        assert (answer.status_code, answer.json()["message"]) == (
            404,
            "The dataset item with id i was not found in the dataset b",
        )
        assert get(f"{PATH}/i").json()["input"] == 1

    def test_an_id_that_another_project_has_too(self, client, post, get, stranger) -> None:
        post({"datasetName": "a", "id": "i", "input": 1})
        client.post(DATASETS, json={"name": "a"}, headers=stranger.basic)
        theirs = client.post(PATH, json={"datasetName": "a", "id": "i", "input": 2}, headers=stranger.basic)
        assert theirs.json()["input"] == 2
        assert get(f"{PATH}/i").json()["input"] == 1

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({}, ["datasetName"]),
            ({"datasetName": "a", "id": ""}, ["id"]),
            ({"datasetName": "a", "id": "x" * 256}, ["id"]),
            ({"datasetName": "a", "id": "a\0"}, ["id"]),
            ({"datasetName": "a", "status": "GONE"}, ["status"]),
            ({"datasetName": "a", "sourceTraceId": 5}, ["sourceTraceId"]),
        ],
    )
    def test_invalid(self, post, body: Any, path: list[str]) -> None:
        answer = post(body)
        assert answer.status_code == 400
        assert answer.json()["error"][0]["path"] == path

    def test_the_largest_body(self, post) -> None:
        assert post({"datasetName": "a", "input": "x" * 4_400_000}).status_code == 200
        answer = post({"datasetName": "a", "input": "x" * 4_500_000})
        assert (answer.status_code, answer.json()["error"]) == (413, "PayloadTooLargeError")

    def test_nul_within_content(self, post, get) -> None:
        post({"datasetName": "a", "id": "i", "input": "a\0b"})
        assert get(f"{PATH}/i").json()["input"] == "a\0b"


class TestList:
    def test_stranger(self, client, post, stranger) -> None:
        post({"datasetName": "a"})
        assert client.get(PATH, headers=stranger.basic).json()["meta"]["totalItems"] == 0
        params = {"datasetName": "a"}
        assert client.get(PATH, params=params, headers=stranger.basic).status_code == 404

    def test_filters(self, post, get) -> None:
        post({"datasetName": "a", "id": "1", "sourceTraceId": "t", "sourceObservationId": "o"})
        post({"datasetName": "a", "id": "2", "sourceTraceId": "t"})
        post({"datasetName": "b", "id": "3"})
        post({"datasetName": "a", "id": "4", "status": "ARCHIVED"})
        assert sorted(ids(get())) == ["1", "2", "3"]
        assert sorted(ids(get(datasetName="a"))) == ["1", "2"]
        assert sorted(ids(get(sourceTraceId="t"))) == ["1", "2"]
        assert ids(get(sourceTraceId="t", sourceObservationId="o")) == ["1"]
        assert ids(get(datasetName="b", sourceTraceId="t")) == []

    def test_newest_first_in_pages(self, post, get) -> None:
        for number in range(5):
            post({"datasetName": "a", "id": str(number)})
        post({"datasetName": "a", "id": "1", "input": "changed"})
        pages = [ids(get(limit=2, page=page)) for page in (1, 2, 3, 4)]
        found = [id_ for page in pages for id_ in page]
        assert [len(page) for page in pages] == [2, 2, 1, 0]
        created = {item["id"]: item["createdAt"] for item in get().json()["data"]}
        assert sorted(found) == ["0", "1", "2", "3", "4"]
        assert sorted(found, key=lambda id_: created[id_], reverse=True)[0] == found[0]
        assert found == ids(get())

    def test_unknown_dataset(self, get) -> None:
        assert get(datasetName="none").status_code == 404

    def test_a_dataset_name_that_was_encoded_twice(self, client, owner, get) -> None:
        client.post(DATASETS, json={"name": "x/y"}, headers=owner.basic)
        client.post(PATH, json={"datasetName": "x/y", "id": "i"}, headers=owner.basic)
        assert ids(get(datasetName="x%2Fy")) == ["i"]

    @pytest.mark.parametrize(
        "params", [{"version": "2026-01-01T00:00:00Z"}, {"datasetName": "a", "version": "x"}]
    )
    def test_invalid(self, get, params: dict[str, str]) -> None:
        assert get(**params).status_code == 400


class TestVersions:
    def test_each_state_can_be_read(self, client, owner, post, get) -> None:
        first = post({"datasetName": "a", "id": "i", "input": 1}).json()
        second = post({"datasetName": "a", "id": "i", "input": 2}).json()
        post({"datasetName": "a", "id": "j", "input": 3})
        client.delete(f"{PATH}/i", headers=owner.basic)

        def at(version: str) -> dict[str, Any]:
            found = get(datasetName="a", version=version).json()["data"]
            return {item["id"]: item["input"] for item in found}

        assert at("2020-01-01T00:00:00Z") == {}
        assert at(first["updatedAt"]) == {"i": 1}
        assert at(second["updatedAt"])["i"] == 2  # the other item may be of the same millisecond
        assert at("2100-01-01T00:00:00Z") == {"j": 3}
        assert ids(get(datasetName="a")) == ["j"]

    def test_what_changes_nothing_is_no_version(self, post) -> None:
        first = post({"datasetName": "a", "id": "i", "input": {"a": 1}}).json()
        assert post({"datasetName": "a", "id": "i", "input": {"a": 1}}).json() == first
        assert post({"datasetName": "a", "id": "i", "input": {"a": 1.0}}).json() != first

    def test_many_changes_in_a_row(self, post, get) -> None:
        versions = [post({"datasetName": "a", "id": "i", "input": n}).json()["updatedAt"] for n in range(8)]
        assert sorted(set(versions)) == versions
        for number, version in enumerate(versions):
            [item] = get(datasetName="a", version=version).json()["data"]
            assert item["input"] == number

    def test_made_anew_after_a_deletion(self, client, owner, post, get) -> None:
        first = post({"datasetName": "a", "id": "i", "input": 1, "metadata": 1}).json()
        client.delete(f"{PATH}/i", headers=owner.basic)
        again = post({"datasetName": "b", "id": "i", "input": 2}).json()
        assert (again["datasetName"], again["metadata"]) == ("b", None)
        [item] = get(datasetName="a", version=first["updatedAt"]).json()["data"]
        assert item["input"] == 1


class TestGetAndDelete:
    def test_stranger(self, client, post, get, stranger) -> None:
        post({"datasetName": "a", "id": "i"})
        for method in (client.get, client.delete):
            answer = method(f"{PATH}/i", headers=stranger.basic)
            assert (answer.status_code, answer.json()["message"]) == (404, "Dataset item not found")
        assert get(f"{PATH}/i").status_code == 200

    def test_delete(self, client, owner, post, get) -> None:
        for id_ in ("i", "j"):
            post({"datasetName": "a", "id": id_})
            post({"runName": "r", "datasetItemId": id_, "traceId": "t"}, RUN_ITEMS)
        answer = client.delete(f"{PATH}/i", headers=owner.basic)
        assert (answer.status_code, answer.json()) == (200, {"message": "Dataset item successfully deleted"})
        assert get(f"{PATH}/i").status_code == 404
        assert client.delete(f"{PATH}/i", headers=owner.basic).status_code == 404
        run = get("/api/public/datasets/a/runs/r").json()
        assert [item["datasetItemId"] for item in run["datasetRunItems"]] == ["j"]

    def test_archived_items_can_be_read(self, post, get) -> None:
        post({"datasetName": "a", "id": "i", "status": "ARCHIVED"})
        assert get(f"{PATH}/i").json()["status"] == "ARCHIVED"


class TestMedia:
    def text(self, id_: str) -> str:
        return f"@@@langfuseMedia:type=image/png|id={id_}|source=bytes@@@"

    @pytest.fixture
    def medium(self, parts, owner):
        def make(id_: str, status: int | None) -> None:
            with parts.stores.meta.begin() as session:
                session.add(
                    Media(
                        project_id=owner.id,
                        id=id_,
                        sha256=id_,
                        content_type="image/png",
                        content_length=5,
                        blob_key="k",
                        uploaded_at=now(),
                        upload_status=status,
                    )
                )

        return make

    def test_references(self, post, get, medium) -> None:
        medium("there", 200)
        medium("also", 201)
        medium("failed", 500)
        medium("announced", None)
        body = {
            "datasetName": "a",
            "id": "i",
            "input": {"images": ["x", self.text("there")], "no": f"see {self.text('there')}"},
            "expectedOutput": self.text("also"),
            "metadata": {"a": self.text("failed"), "b": self.text("announced"), "c": self.text("unknown")},
        }
        found = post(body).json()["mediaReferences"]
        assert [(each["field"], each["jsonPath"], each["referenceString"]) for each in found] == [
            ("input", "$['images'][1]", self.text("there")),
            ("expectedOutput", "$", self.text("also")),
        ]
        media = found[0]["media"]
        assert (media["mediaId"], media["contentType"], media["contentLength"]) == ("there", "image/png", 5)
        assert media["url"].startswith("http")
        assert media["urlExpiry"].endswith("Z")
        assert len(get(f"{PATH}/i").json()["mediaReferences"]) == 2

    def test_media_outlive_the_trace_that_they_came_with(self, parts, client, owner, post, medium) -> None:
        for id_ in ("kept", "quoted", "other"):
            medium(id_, 200)
        with parts.stores.meta.begin() as session:
            for id_ in ("kept", "quoted", "other"):
                session.add(MediaLink(project_id=owner.id, media_id=id_, trace_id="t", field="input"))
        post({"datasetName": "a", "id": "i", "input": [self.text("kept"), f"see {self.text('quoted')}"]})
        post({"datasetName": "a", "id": "i", "input": 1})  # the former state can still be read
        remaining = self.left_after(parts, owner, "t")
        assert remaining == {("kept", "i"), ("quoted", "i")}
        client.delete(f"{PATH}/i", headers=owner.basic)
        assert self.left_after(parts, owner, "t") == set()

    def left_after(self, parts, owner, trace_id: str) -> set[tuple[str, str]]:
        """(medium, dataset item) of the links that a deletion of the trace leaves."""
        with parts.stores.meta.begin() as session:
            session.execute(delete_scoped(MediaLink, owner.id).where(MediaLink.trace_id == trace_id))
        removed = remove_unlinked(parts.stores, owner.id, ["kept", "quoted", "other"])
        with parts.stores.meta.read() as session:
            links = session.scalars(scoped(MediaLink, owner.id)).all()
            media = {each.id for each in session.scalars(scoped(Media, owner.id))}
        assert removed == 1 or not links
        assert media == {link.media_id for link in links}
        return {(link.media_id, link.dataset_item_id) for link in links}

    def test_media_of_another_project(self, client, post, medium, stranger) -> None:
        medium("there", 200)
        client.post(DATASETS, json={"name": "a"}, headers=stranger.basic)
        body = {"datasetName": "a", "input": self.text("there")}
        assert client.post(PATH, json=body, headers=stranger.basic).json()["mediaReferences"] == []


class TestAudit:
    def test_long_contents_are_cut(self, parts, client, owner, post) -> None:
        post({"datasetName": "a", "id": "i", "input": "x" * 5000, "metadata": {"k": 1}})
        post({"datasetName": "a", "id": "i", "input": "a\0b"})
        client.delete(f"{PATH}/i", headers=owner.basic)
        with parts.stores.meta.read() as session:
            statement = select(AuditLog).where(
                AuditLog.project_id == owner.id, AuditLog.resource_type == "datasetItem"
            )
            rows = session.scalars(statement.order_by(AuditLog.created_at)).all()
        assert [(row.action, row.resource_id) for row in rows] == [
            ("create", "i"),
            ("update", "i"),
            ("delete", "i"),
        ]
        assert len(rows[0].after["input"]) == 2000
        assert rows[0].after["metadata"] == {"k": 1}
        assert rows[1].after["input"] == '"a\\u0000b"'
        assert (rows[2].before["metadata"], rows[2].after) == ({"k": 1}, None)
