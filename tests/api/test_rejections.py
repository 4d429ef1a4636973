"""`/api/public/spyglass/rejections`: what was refused at the door, without its content."""

import json
import time
from typing import Any

import pytest
from test_ingestion import PROTOBUF, event, otlp_json, otlp_request

from spyglass.core.clock import from_us
from spyglass.core.errors import Unavailable
from spyglass.core.records import Arrival, Rejection
from spyglass.ingest.rejections import RejectionRecorder
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Rejection as Row

PATH = "/api/public/spyglass/rejections"
BATCH = "/api/public/ingestion"
SCORES = "/api/public/scores"
TRACES = "/api/public/otel/v1/traces"
SDK = {"x-langfuse-sdk-name": "python", "x-langfuse-sdk-version": "5.0.4"}
SECRET = "a text that nobody else may read"


@pytest.fixture
def listed(client, parts, project):
    def get(caller: Any = project, **params: Any) -> list[dict[str, Any]]:
        assert parts.state.rejections.flush()
        answer = client.get(PATH, params=params, headers=caller.basic)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    return get


def shown(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["kind"], row["recordId"], row["status"], row["message"]


class TestWhatIsRecorded:
    def test_events_of_a_batch(self, client, project, listed) -> None:
        batch = [
            event(
                "score-create",
                {"id": "s1", "name": "q", "traceId": "t", "value": SECRET, "dataType": "BOOLEAN"},
            ),
            event("trace-create", {"id": "t1"}),
            event("trace-create", {"id": "t2", "tags": SECRET, "input": SECRET}, "e2"),
            event("span-create", {"id": "o1", "startTime": SECRET}, "e3"),
            event("no-such-type", {"id": "x"}, "e4"),
        ]
        headers = {**project.basic, **SDK}
        assert client.post(BATCH, json={"batch": batch}, headers=headers).status_code == 207
        rows = listed()
        assert [shown(row)[:3] for row in rows] == [
            ("score", "s1", 400),
            ("trace", "t2", 400),
            ("observation", "o1", 400),
            ("event", "x", 400),
        ]
        assert rows[0]["message"] == "Invalid request data: value: must be a number for BOOLEAN"
        assert {**rows[0], "id": "", "createdAt": "", "message": ""} == {
            "id": "",
            "projectId": project.id,
            "createdAt": "",
            "kind": "score",
            "recordId": "s1",
            "status": 400,
            "message": "",
            "count": 1,
            "publicKey": project.public_key,
            "sdkName": "python",
            "sdkVersion": "5.0.4",
        }
        assert SECRET not in json.dumps(rows)

    def test_what_a_public_key_may_not(self, client, project, listed) -> None:
        client.post(BATCH, json={"batch": [event("trace-create", {"id": "t"})]}, headers=project.bearer)
        assert [shown(row) for row in listed()] == [
            ("trace", "t", 401, "Authentication error: Access Scope Denied")
        ]

    def test_single_records(self, client, project, listed) -> None:
        client.post(SCORES, json={"id": "s1", "name": "q", "value": 1}, headers=project.basic)
        client.post(SCORES, json={"id": "s2", "name": "q", "value": 1, "traceId": "t", "configId": "c"},
                    headers=project.basic)  # fmt: skip
        client.patch("/api/public/spans", json={"name": "n"}, headers=project.basic)
        client.post("/api/public/traces", content=b"{", headers=project.basic)
        assert [shown(row) for row in reversed(listed())][:3] == [
            (
                "score",
                "s1",
                400,
                "Invalid request data; traceId, sessionId, datasetRunId: exactly one must be given",
            ),
            ("score", "s2", 400, "configId: the project has no score config with this id"),
            ("observation", None, 400, "Invalid request data; spanId: is required"),
        ]
        assert shown(listed()[0])[:3] == ("trace", None, 400)

    def test_an_array_of_scores(self, client, project, listed) -> None:
        items = [{"id": "a", "name": "", "value": 1, "traceId": "t"}, {"id": 5}, {"name": "q", "value": 1}]
        assert client.post(SCORES, json=items, headers=project.basic).status_code == 207
        assert [(row["kind"], row["recordId"]) for row in listed()] == [
            ("score", "a"),
            ("score", None),
            ("score", None),
        ]

    def test_spans(self, client, project, listed) -> None:
        body = otlp_json("d7ad6b7169203331", "d7ad6b7169203332")
        body["resourceSpans"][0]["scopeSpans"][0]["spans"][1]["attributes"] = "none"
        assert client.post(TRACES, json=body, headers=project.basic).status_code == 200
        (row,) = listed()
        assert (row["kind"], row["recordId"], row["status"], row["count"]) == (
            "observation",
            "d7ad6b7169203332",
            400,
            1,
        )
        body = otlp_request(b"").SerializeToString()
        assert client.post(TRACES, content=body, headers={**project.basic, **PROTOBUF}).status_code == 400
        assert [row["kind"] for row in listed()] == ["observation", "observation"]

    @pytest.mark.parametrize(
        ("path", "headers", "status", "message"),
        [
            (BATCH, {}, 400, ""),
            (TRACES, {"content-type": "text/plain"}, 400, "Invalid content type; must be"),
            (TRACES, PROTOBUF, 400, "Failed to parse OTel Protobuf Trace"),
            (BATCH, {"content-encoding": "br"}, 415, "Content-Encoding 'br' is not one of"),
            (BATCH, {"content-length": str(1 << 40)}, 413, "The request body is larger than"),
            (
                TRACES,
                {**PROTOBUF, "x-langfuse-ingestion-version": "9"},
                400,
                "Unsupported x-langfuse-ingestion-version",
            ),
        ],
    )
    def test_whole_requests(
        self, client, project, listed, path: str, headers: dict[str, str], status: int, message: str
    ) -> None:
        answer = client.post(path, content=SECRET.encode(), headers={**project.basic, **headers})
        assert answer.status_code == status
        (row,) = listed()
        assert (row["kind"], row["recordId"], row["status"], row["count"]) == ("request", None, status, 1)
        assert row["message"].startswith(message)
        assert SECRET not in row["message"]

    def test_what_was_accepted_is_not_there(self, client, project, listed) -> None:
        client.post(BATCH, json={"batch": [event("trace-create", {"id": "t"})]}, headers=project.basic)
        client.post(SCORES, json={"name": "q", "value": 1, "traceId": "t"}, headers=project.basic)
        assert listed() == []

    def test_an_overload_is_no_rejection(self, client, parts, project, listed, monkeypatch) -> None:
        async def refuse(_: object) -> int:
            raise Unavailable("Too many requests are waiting")

        monkeypatch.setattr(parts.pipeline, "submit", refuse)
        batch = [event("trace-create", {"id": "t"}), event("trace-create", {"id": 5}, "e2")]
        assert client.post(BATCH, json={"batch": batch}, headers=project.basic).status_code == 503
        assert listed() == []

    def test_a_few_of_many(self, client, project, listed) -> None:
        batch = [event("score-create", {"id": f"s{n}"}, f"e{n}") for n in range(25)]
        client.post(BATCH, json={"batch": batch}, headers=project.basic)
        rows = listed()
        assert [row["recordId"] for row in rows] == [*(f"s{n}" for n in range(10)), None]
        assert (rows[-1]["message"], rows[-1]["count"], rows[-1]["kind"]) == (
            "15 more of the same request",
            15,
            "score",
        )

    def test_texts_are_cut_and_clean(self, client, project, listed) -> None:
        batch = [event("score-create", {"id": "é" * 300}), event("score-create", {"id": "a\0b"}, "e2")]
        client.post(BATCH, json={"batch": batch}, headers=project.basic)
        assert [row["recordId"] for row in listed()] == ["é" * 200, "a\ufffdb"]

    def test_it_is_there_without_being_asked(self, client, project) -> None:
        client.post(SCORES, json={"id": "s1"}, headers=project.basic)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            data = client.get(PATH, headers=project.basic).json()["data"]
            if data:
                break
            time.sleep(0.05)
        assert [row["recordId"] for row in data] == ["s1"]


class TestList:
    @pytest.fixture
    def three(self, parts, project):
        with parts.stores.meta.begin() as session:
            for second, kind in enumerate(("score", "trace", "score")):
                session.add(
                    Row(
                        project_id=project.id,
                        kind=kind,
                        record_id=f"r{second}",
                        status=400,
                        message="m",
                        public_key="",
                        sdk_name="",
                        sdk_version="",
                        created_at=from_us(1767225600_000_000 + second * 1_000_000),
                    )
                )

    def test_anonymous(self, client) -> None:
        assert client.get(PATH).status_code == 401

    def test_public_key_alone(self, client, project) -> None:
        assert client.get(PATH, headers=project.bearer).status_code == 403

    def test_stranger(self, listed, three, stranger) -> None:
        assert listed(stranger) == []

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({}, ["r2", "r1", "r0"]),
            ({"kind": "score"}, ["r2", "r0"]),
            ({"kind": "request"}, []),
            ({"limit": 1, "page": 2}, ["r1"]),
            ({"fromTimestamp": "2026-01-01T00:00:01Z"}, ["r2", "r1"]),
            ({"toTimestamp": "2026-01-01T00:00:01Z"}, ["r0"]),
        ],
    )
    def test_parameters(self, listed, three, params: dict[str, Any], expected: list[str]) -> None:
        rows = listed(**params)
        assert [row["recordId"] for row in rows] == expected

    def test_meta(self, client, project, three) -> None:
        body = client.get(PATH, params={"limit": 2}, headers=project.basic).json()
        assert body["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}
        assert body["data"][0]["createdAt"] == "2026-01-01T00:00:02.000Z"
        assert body["data"][0]["publicKey"] is None

    @pytest.mark.parametrize(
        "params",
        [
            {"kind": "span"},
            {"limit": 101},
            {"fromTimestamp": "x"},
            {"fromTimestamp": "0001-01-01T00:00:00+14:00"},
            {"toTimestamp": "9999-12-31T23:59:59-14:00"},
        ],
    )
    def test_invalid(self, client, project, params: dict[str, Any]) -> None:
        assert client.get(PATH, params=params, headers=project.basic).status_code == 400


class TestRecorder:
    def refuse(self, recorder: RejectionRecorder, project_id: str, *ids: str, at_us: int = 1_000_000) -> None:
        for place, id_ in enumerate(ids):
            arrival = Arrival(project_id=project_id, received_us=at_us + place)
            recorder.record(arrival, [Rejection("e", 400, "no", kind="score", record_id=id_)])

    def ids(self, parts: Any, project_id: str) -> list[str]:
        with parts.stores.meta.read() as session:
            rows = session.scalars(scoped(Row, project_id).order_by(Row.created_at))
            return [row.record_id for row in rows]

    def test_the_newest_are_kept_of_each_project(self, parts, project, stranger) -> None:
        recorder = RejectionRecorder(parts.stores.meta, kept=3)
        self.refuse(recorder, stranger.id, "x")
        self.refuse(recorder, project.id, "a", "b")
        assert recorder.flush()
        self.refuse(recorder, project.id, "c", "d", "e", at_us=2_000_000)
        assert recorder.flush()
        assert (self.ids(parts, project.id), self.ids(parts, stranger.id)) == (["c", "d", "e"], ["x"])

    def test_a_project_that_is_gone_costs_the_others_nothing(self, parts, project) -> None:
        recorder = RejectionRecorder(parts.stores.meta)
        self.refuse(recorder, "0-no-such-project", "x")
        self.refuse(recorder, project.id, "a")
        assert recorder.flush()
        assert self.ids(parts, project.id) == ["a"]

    def test_they_wait_for_a_store_that_is_away(self, parts, project, stranger, monkeypatch) -> None:
        recorder = RejectionRecorder(parts.stores.meta)
        self.refuse(recorder, project.id, "a")
        self.refuse(recorder, stranger.id, "x")

        def away() -> Any:
            raise Unavailable("away")

        with monkeypatch.context() as patched:
            patched.setattr(parts.stores.meta, "begin", away)
            assert not recorder.flush()
        self.refuse(recorder, project.id, "b", at_us=2_000_000)
        assert recorder.flush()
        assert (self.ids(parts, project.id), self.ids(parts, stranger.id)) == (["a", "b"], ["x"])

    def test_stop_writes_what_waits(self, parts, project) -> None:
        recorder = RejectionRecorder(parts.stores.meta)
        recorder.start()
        self.refuse(recorder, project.id, "a")
        recorder.stop()
        assert self.ids(parts, project.id) == ["a"]

    def test_one_that_never_started_stops(self, parts) -> None:
        RejectionRecorder(parts.stores.meta).stop()
