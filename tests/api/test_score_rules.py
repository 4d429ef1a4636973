"""Scores that name a config, through every way in; what is refused is answered and never comes back."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from people import add_person, signed_in

from spyglass.core.errors import Unavailable
from spyglass.ingest.pipeline import Submission
from spyglass.server.wiring import decode_entry
from spyglass.stores.log import Entry
from spyglass.stores.meta.tables import Project

BATCH = "/api/public/ingestion"
SCORES = "/api/public/scores"
CONFIGS = "/api/public/score-configs"
RANGE = "value: must be at least 0 and at most 5, as the score config 'quality' says"


@pytest.fixture
def config(client, project):
    """A function that makes a config of the project and returns its id."""

    def make(caller: Any = project, **fields: Any) -> str:
        body = {"name": "quality", "dataType": "NUMERIC", "minValue": 0, "maxValue": 5, **fields}
        answer = client.post(CONFIGS, json=body, headers=caller.basic)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    return make


@pytest.fixture
def submitted(parts, monkeypatch):
    """What went to the pipeline."""
    kept: list[Submission] = []
    submit = parts.pipeline.submit

    async def keep(submission: Submission) -> int:
        kept.append(submission)
        return await submit(submission)

    monkeypatch.setattr(parts.pipeline, "submit", keep)
    return kept


def score(config_id: str | None, value: Any, id_: str = "s1", **fields: Any) -> dict[str, Any]:
    return {"id": id_, "name": "sent", "traceId": "t", "value": value, "configId": config_id, **fields}


def batch_of(*scores: dict[str, Any]) -> dict[str, Any]:
    return {
        "batch": [
            {
                "id": f"e-{each['id']}",
                "timestamp": "2026-01-01T00:00:00Z",
                "type": "score-create",
                "body": each,
            }
            for each in scores
        ]
    }


def stored(client: Any, parts: Any, project: Any) -> dict[str, dict[str, Any]]:
    parts.pipeline.wait_applied(parts.stores.log.last_seq())
    body = client.get("/api/public/v2/scores", headers=project.basic).json()
    return {each["id"]: each for each in body["data"]}


class TestOne:
    def test_accepted(self, client, parts, project, config) -> None:
        tone = config(
            name="tone",
            dataType="CATEGORICAL",
            minValue=None,
            maxValue=None,
            categories=[{"label": "good", "value": 7}],
        )
        answer = client.post(SCORES, json=score(tone, "good"), headers=project.bearer)
        assert (answer.status_code, answer.json()) == (200, {"id": "s1"})
        found = stored(client, parts, project)["s1"]
        assert (
            found["name"],
            found["dataType"],
            found["value"],
            found["stringValue"],
            found["configId"],
        ) == (
            "tone",
            "CATEGORICAL",
            7,
            "good",
            tone,
        )

    def test_the_type_of_the_config(self, client, parts, project, config) -> None:
        ok = config(name="ok", dataType="BOOLEAN", minValue=None, maxValue=None)
        assert client.post(SCORES, json=score(ok, 1), headers=project.basic).status_code == 200
        found = stored(client, parts, project)["s1"]
        assert (found["dataType"], found["value"], found["stringValue"]) == ("BOOLEAN", 1, "True")

    def test_refused(self, client, parts, project, config) -> None:
        answer = client.post(SCORES, json=score(config(), 6), headers=project.basic)
        assert (answer.status_code, answer.json()) == (
            400,
            {"message": RANGE, "error": "InvalidRequestError"},
        )
        assert stored(client, parts, project) == {}

    def test_a_change_of_the_config_counts_at_once(self, client, project, config) -> None:
        id_ = config()
        path = f"{CONFIGS}/{id_}"
        assert client.post(SCORES, json=score(id_, 5), headers=project.basic).status_code == 200
        client.patch(path, json={"maxValue": 4}, headers=project.basic)
        assert client.post(SCORES, json=score(id_, 5), headers=project.basic).status_code == 400
        assert client.post(SCORES, json=score(id_, 4), headers=project.basic).status_code == 200
        client.patch(path, json={"isArchived": True}, headers=project.basic)
        answer = client.post(SCORES, json=score(id_, 4), headers=project.basic)
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            "configId: the score config 'quality' is archived",
        )
        client.patch(path, json={"isArchived": False}, headers=project.basic)
        assert client.post(SCORES, json=score(id_, 4), headers=project.basic).status_code == 200

    def test_the_config_of_another_project_is_unknown(self, client, parts, project, stranger, config) -> None:
        foreign = client.post(SCORES, json=score(config(stranger), 1), headers=project.basic)
        unknown = client.post(SCORES, json=score("none", 1), headers=project.basic)
        assert (foreign.status_code, foreign.json()) == (400, unknown.json())
        assert foreign.json()["message"] == "configId: the project has no score config with this id"
        assert stored(client, parts, project) == stored(client, parts, stranger) == {}


class TestMany:
    def test_array(self, client, parts, project, config) -> None:
        id_ = config()
        items = [score(id_, 1.0, "a"), score(id_, 9.0, "b"), score(None, 9.0, "c")]
        answer = client.post(SCORES, json=items, headers=project.basic)
        assert (answer.status_code, answer.json()) == (
            207,
            {"accepted": 2, "rejected": 1, "errors": [{"message": f"scores[1]: {RANGE}"}]},
        )
        assert {id_: row["name"] for id_, row in stored(client, parts, project).items()} == {
            "a": "quality",
            "c": "sent",
        }

    def test_array_of_good_ones(self, client, project, config) -> None:
        id_ = config()
        items = [score(id_, 1.0, "a"), score(id_, 2.0, "b")]
        answer = client.post(SCORES, json=items, headers=project.basic)
        assert (answer.status_code, answer.json()) == (202, {"message": "Accepted"})

    @pytest.mark.parametrize("packed", [False, True])
    def test_batch(self, client, parts, project, config, packed: bool) -> None:
        id_ = config()
        body = json.dumps(
            batch_of(score(id_, 1, "a"), score(id_, 9, "b"), score("none", 1, "c"), score(None, 9, "d"))
        ).encode()
        headers = {**project.basic, "content-type": "application/json"}
        if packed:
            body, headers = gzip.compress(body), {**headers, "content-encoding": "gzip"}
        answer = client.post(BATCH, content=body, headers=headers)
        assert (answer.status_code, answer.json()) == (
            207,
            {
                "successes": [{"id": "e-a", "status": 201}, {"id": "e-d", "status": 201}],
                "errors": [
                    {"id": "e-b", "status": 400, "message": "Invalid request data", "error": RANGE},
                    {
                        "id": "e-c",
                        "status": 400,
                        "message": "Invalid request data",
                        "error": "configId: the project has no score config with this id",
                    },
                ],
            },
        )
        assert set(stored(client, parts, project)) == {"a", "d"}

    def test_a_large_batch(self, client, parts, project, config) -> None:
        """Beyond what is decoded on the loop's own thread."""
        id_ = config()
        scores = [score(id_, place % 10, f"s{place}", comment="x" * 400) for place in range(100)]
        answer = client.post(BATCH, json=batch_of(*scores), headers=project.basic).json()
        assert (len(answer["successes"]), len(answer["errors"])) == (60, 40)


class TestAgainFromTheLog:
    def test_the_log_keeps_the_outcome(self, client, parts, project, config, submitted) -> None:
        id_ = config()
        bodies = [batch_of(score(id_, 1, "a"), score(id_, 9, "b")), [score(id_, 2, "c"), score(id_, 8, "d")]]
        client.post(BATCH, json=bodies[0], headers=project.basic)
        client.post(SCORES, json=bodies[1], headers=project.basic)
        client.post(SCORES, json=score(id_, 3, "e"), headers=project.basic)
        change = {"isArchived": True, "name": "renamed", "maxValue": 10}
        client.patch(f"{CONFIGS}/{id_}", json=change, headers=project.basic)
        assert len(submitted) == 3
        ids = []
        for one in submitted:
            entry = Entry(project.id, one.dialect, one.arrival.received_us, one.headers, one.body, 1)
            again = decode_entry(entry)
            assert again.patches == one.decoded.patches
            ids += [patch.id for patch in again.patches]
            assert {patch.explicit["name"] for patch in again.patches} == {"quality"}
        assert ids == ["a", "c", "e"]


class TestStoreAway:
    @pytest.fixture
    def away(self, parts, monkeypatch):
        @contextmanager
        def read() -> Iterator[Any]:
            raise Unavailable("The metadata store is unavailable; try again")
            yield

        def take() -> None:
            monkeypatch.setattr(parts.stores.meta, "read", read)

        return take

    def test_nothing_known(self, client, parts, project, config, away) -> None:
        id_ = config()
        away()
        for path, body in ((SCORES, score(id_, 1)), (BATCH, batch_of(score(id_, 1)))):
            answer = client.post(path, json=body, headers=project.basic)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert client.post(SCORES, json=score(None, 1), headers=project.basic).status_code == 200

    def test_what_was_known_goes_on(self, client, parts, project, config, away) -> None:
        id_ = config()
        assert client.post(SCORES, json=score(id_, 1), headers=project.basic).status_code == 200
        away()
        assert client.post(SCORES, json=score(id_, 2), headers=project.basic).status_code == 200
        assert client.post(SCORES, json=score(id_, 9), headers=project.basic).status_code == 400


class TestPeople:
    def test_a_score_from_the_web_ui_names_its_author_also_after_a_replay(
        self, client, parts, project, config, submitted
    ) -> None:
        with parts.stores.meta.read() as session:
            organization = session.get(Project, project.id).organization_id
        user = add_person(parts, organization)
        browser = signed_in(parts, user, project=project.id)
        body = score(config(), 4, "by-ann", source="ANNOTATION")
        assert browser.post(SCORES, body).status_code == 200
        assert stored(client, parts, project)["by-ann"]["authorUserId"] == user.id
        one = submitted[-1]
        entry = Entry(project.id, one.dialect, one.arrival.received_us, one.headers, one.body, 1)
        again = decode_entry(entry)
        assert again.patches[0].implied["author_user_id"] == user.id
        client.post(SCORES, json=score(None, 4, "by-key"), headers=project.basic)
        assert stored(client, parts, project)["by-key"]["authorUserId"] is None
