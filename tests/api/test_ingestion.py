"""The write routes over HTTP: who may, what is answered, what is then there."""

import base64
import gzip
import json
import time
import zlib
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from spyglass.core.errors import Unavailable

BATCH = "/api/public/ingestion"
TRACES = "/api/public/otel/v1/traces"
PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}

RECORDS = [
    ("POST", "/api/public/traces"),
    ("POST", "/api/public/spans"),
    ("PATCH", "/api/public/spans"),
    ("POST", "/api/public/generations"),
    ("PATCH", "/api/public/generations"),
    ("POST", "/api/public/events"),
    ("POST", "/api/public/scores"),
]
ROUTES = [
    ("POST", BATCH),
    ("POST", TRACES),
    ("POST", "/v1/traces"),
    ("POST", "/api/public/otel/v1/metrics"),
    *RECORDS,
]


def bearer(project: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {project.public_key}"}


def event(type_: str, body: dict[str, Any], id_: str = "e1", second: int = 0) -> dict[str, Any]:
    return {"id": id_, "timestamp": f"2026-01-01T00:00:{second:02}.000Z", "type": type_, "body": body}


def otlp_request(*span_ids: bytes, name: str = "work") -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for span_id in span_ids:
        span = scope.spans.add()
        span.trace_id = bytes(15) + b"\x01"
        span.span_id = span_id
        span.name = name
        span.start_time_unix_nano = 1_767_225_600_000_000_000
        span.end_time_unix_nano = 1_767_225_601_000_000_000
    return request


def otlp_json(*span_ids: str, trace_id: str = "0af7651916cd43dd8448eb211c80319c") -> dict[str, Any]:
    spans = [
        {
            "traceId": trace_id,
            "spanId": span_id,
            "name": "work",
            "startTimeUnixNano": "1767225600000000000",
            "endTimeUnixNano": "1767225601000000000",
        }
        for span_id in span_ids
    ]
    return {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "test"}, "spans": spans}]}]}


def read_back(client: Any, project: Any, path: str) -> dict[str, Any]:
    """What a reader gets once it is visible; that takes a moment, never ten seconds."""
    deadline = time.monotonic() + 10
    while True:
        answer = client.get(path, headers=project.basic)
        if answer.status_code == 200 or time.monotonic() > deadline:
            assert answer.status_code == 200, answer.text
            body: dict[str, Any] = answer.json()
            return body
        time.sleep(0.05)


@pytest.fixture
def unavailable(client, monkeypatch):
    async def refuse(submission: object) -> int:
        raise Unavailable("Too many requests are waiting")

    monkeypatch.setattr(client.app.state.spyglass.pipeline, "submit", refuse)


class TestWhoMay:
    @pytest.mark.parametrize(("method", "path"), ROUTES)
    def test_anonymous(self, client, method: str, path: str) -> None:
        answer = client.request(method, path, content=b"{}", headers=JSON)
        assert (answer.status_code, answer.json()["message"]) == (401, "No authorization header")

    @pytest.mark.parametrize(("method", "path"), ROUTES)
    def test_a_wrong_secret(self, client, project, method: str, path: str) -> None:
        pair = base64.b64encode(f"{project.public_key}:sk-lf-wrong".encode()).decode()
        answer = client.request(method, path, content=b"{}", headers={"authorization": f"Basic {pair}"})
        assert answer.status_code == 401
        assert answer.json()["message"].startswith("Invalid credentials")

    @pytest.mark.parametrize(
        ("method", "path"), [r for r in ROUTES if r[1] not in (BATCH, "/api/public/scores")]
    )
    def test_a_public_key_alone(self, client, project, method: str, path: str) -> None:
        answer = client.request(method, path, content=b"{}", headers=bearer(project) | JSON)
        assert (answer.status_code, answer.json()) == (
            403,
            {"message": "Access denied - insufficient permissions for this endpoint"},
        )

    def test_a_public_key_alone_writes_scores_in_a_batch(self, client, project) -> None:
        score = {"id": "bearer-1", "name": "q", "value": 1, "traceId": "t"}
        batch = [event("trace-create", {"id": "t"}, "e1"), event("score-create", score, "e2")]
        answer = client.post(BATCH, json={"batch": batch}, headers=bearer(project))
        assert (answer.status_code, answer.json()) == (
            207,
            {
                "successes": [{"id": "e2", "status": 201}],
                "errors": [
                    {
                        "id": "e1",
                        "status": 401,
                        "message": "Authentication error",
                        "error": "Access Scope Denied",
                    }
                ],
            },
        )

    def test_a_public_key_alone_writes_a_score(self, client, project) -> None:
        body = {"id": "bearer-2", "name": "q", "value": 1, "traceId": "t"}
        answer = client.post("/api/public/scores", json=body, headers=bearer(project))
        assert (answer.status_code, answer.json()) == (200, {"id": "bearer-2"})


class TestBatch:
    def post(self, client, project, content: Any, **headers: str) -> Any:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return client.post(BATCH, content=body, headers=project.basic | JSON | headers)

    def test_each_event_is_answered(self, client, project) -> None:
        batch = [
            event("trace-create", {"id": "batch-1", "name": "a"}, "good"),
            event("trace-create", {"id": 5}, "bad"),
            event("sdk-log", {"log": "x"}, "log"),
        ]
        answer = self.post(client, project, {"batch": batch, "metadata": {"sdk_name": "python"}})
        assert answer.status_code == 207
        assert answer.json()["successes"] == [{"id": "good", "status": 201}]
        (error,) = answer.json()["errors"]
        assert (error["id"], error["status"], error["message"]) == ("bad", 400, "Invalid request data")
        assert read_back(client, project, "/api/public/traces/batch-1")["name"] == "a"

    def test_a_whole_trace(self, client, project) -> None:
        batch = [
            event("trace-create", {"id": "batch-2", "name": "chat", "userId": "u", "tags": ["b", "a"]}),
            event("generation-create", {"id": "batch-2-g", "traceId": "batch-2", "model": "gpt-4o"}, "e2"),
            event(
                "generation-update",
                {"id": "batch-2-g", "usage": {"input": 10, "output": 5}, "output": {"text": "hi"}},
                "e3",
                second=2,
            ),
        ]
        assert len(self.post(client, project, {"batch": batch}).json()["successes"]) == 3
        trace = read_back(client, project, "/api/public/traces/batch-2")
        assert (trace["userId"], trace["tags"]) == ("u", ["a", "b"])
        observation = read_back(client, project, "/api/public/observations/batch-2-g")
        assert (observation["type"], observation["output"]) == ("GENERATION", {"text": "hi"})
        assert observation["usageDetails"] == {"input": 10, "output": 5, "total": 15}

    def test_gzip(self, client, project) -> None:
        body = gzip.compress(json.dumps({"batch": [event("trace-create", {"id": "zipped"})]}).encode())
        answer = self.post(client, project, body, **{"content-encoding": "gzip"})
        assert answer.json() == {"successes": [{"id": "e1", "status": 201}], "errors": []}
        assert read_back(client, project, "/api/public/traces/zipped")["id"] == "zipped"

    def test_a_large_body_is_the_same(self, client, project) -> None:
        text = "x" * 100_000
        batch = [event("trace-create", {"id": "large", "input": text})]
        assert self.post(client, project, {"batch": batch}).status_code == 207
        assert read_back(client, project, "/api/public/traces/large")["input"] == text

    def test_an_empty_batch(self, client, project) -> None:
        answer = self.post(client, project, {"batch": []})
        assert (answer.status_code, answer.json()) == (207, {"successes": [], "errors": []})

    def test_all_bad(self, client, project) -> None:
        answer = self.post(client, project, {"batch": [{}, 7]})
        assert answer.status_code == 207
        assert [(e["id"], e["status"]) for e in answer.json()["errors"]] == [("unknown", 400)] * 2

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b'{"batch":{}}', b'{"batch":[NaN]}', b'{"batch":["\xff"]}']
    )
    def test_no_batch(self, client, project, body: bytes) -> None:
        answer = self.post(client, project, body)
        assert answer.status_code == 400
        assert answer.json()["message"] == "Invalid request data"
        (text,) = answer.json()["errors"]
        assert isinstance(text, str)
        assert text

    def test_a_broken_gzip(self, client, project) -> None:
        answer = self.post(client, project, b"junk", **{"content-encoding": "gzip"})
        assert (answer.status_code, answer.json()["errors"]) == (400, ["Failed to decompress request body"])

    def test_an_unknown_encoding(self, client, project) -> None:
        assert self.post(client, project, b"{}", **{"content-encoding": "br"}).status_code == 415

    def test_too_large(self, client, project) -> None:
        limit_bytes = client.app.state.spyglass.accept.batch_body_bytes
        assert self.post(client, project, b"[" + b" " * limit_bytes).status_code == 413
        bomb = gzip.compress(b"[" + b" " * limit_bytes)
        assert self.post(client, project, bomb, **{"content-encoding": "gzip"}).status_code == 413

    def test_overload(self, client, project, unavailable) -> None:
        answer = self.post(client, project, {"batch": [event("trace-create", {"id": "t"})]})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_other_methods(self, client, project, method: str) -> None:
        assert client.request(method, BATCH, headers=project.basic).status_code == 405

    def test_what_is_refused_is_counted(self, client, project) -> None:
        pipeline = client.app.state.spyglass.pipeline
        before = pipeline.counters()
        self.post(client, project, {"batch": [{}, 7, event("trace-create", {"id": "counted"})]})
        self.post(client, project, {"batch": [{}]})
        self.post(client, project, b"{")
        after = pipeline.counters()
        assert after["received"] - before["received"] == 5
        assert after["refused"] - before["refused"] == 4


class TestOtlp:
    @pytest.mark.parametrize("path", [TRACES, "/v1/traces"])
    def test_protobuf(self, client, project, path: str) -> None:
        request = otlp_request(b"\x01" * 8)
        answer = client.post(path, content=request.SerializeToString(), headers=project.basic | PROTOBUF)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"] == "application/x-protobuf"
        assert read_back(client, project, "/api/public/observations/" + "01" * 8)["name"] == "work"

    @pytest.mark.parametrize("path", [TRACES, "/v1/traces"])
    def test_json(self, client, project, path: str) -> None:
        span_id = "b7ad6b716920333" + ("1" if path == TRACES else "2")
        answer = client.post(path, json=otlp_json(span_id), headers=project.basic)
        assert (answer.status_code, answer.json()) == (200, {})
        assert answer.headers["content-type"] == "application/json"
        assert read_back(client, project, f"/api/public/observations/{span_id}")["name"] == "work"

    @pytest.mark.parametrize(("encoding", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
    def test_compressed(self, client, project, encoding: str, encode) -> None:
        span_id = (b"g" if encoding == "gzip" else b"d") * 8
        content = encode(otlp_request(span_id, name="x" * 100_000).SerializeToString())
        headers = project.basic | PROTOBUF | {"content-encoding": encoding}
        assert client.post(TRACES, content=content, headers=headers).status_code == 200
        found = read_back(client, project, f"/api/public/observations/{span_id.hex()}")
        assert found["name"] == "x" * 100_000

    @pytest.mark.parametrize(
        "content_type", ["application/x-protobuf; charset=utf-8", "APPLICATION/X-PROTOBUF"]
    )
    def test_content_types_match_by_substring(self, client, project, content_type: str) -> None:
        headers = project.basic | {"content-type": content_type}
        assert client.post(TRACES, content=b"", headers=headers).status_code == 200

    @pytest.mark.parametrize("content_type", ["text/plain", "application/protobuf", ""])
    def test_other_content_types(self, client, project, content_type: str) -> None:
        headers = project.basic | {"content-type": content_type}
        answer = client.post(TRACES, content=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "Invalid content type")
        assert answer.json()["message"].startswith("must be application/x-protobuf or application/json; ")

    def test_one_bad_span_does_not_refuse_the_others(self, client, project) -> None:
        content = otlp_request(b"\x02" * 8, b"").SerializeToString()
        answer = client.post(TRACES, content=content, headers=project.basic | PROTOBUF)
        assert answer.status_code == 200
        partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
        assert partial.rejected_spans == 1
        assert "spanId" in partial.error_message
        assert read_back(client, project, "/api/public/observations/" + "02" * 8)["name"] == "work"

        body = otlp_json("a3ad6b7169203331")
        body["resourceSpans"][0]["scopeSpans"][0]["spans"].append({"name": "no ids"})
        answer = client.post(TRACES, json=body, headers=project.basic)
        assert answer.status_code == 200
        assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"

    def test_only_bad_spans(self, client, project) -> None:
        content = otlp_request(b"", b"").SerializeToString()
        answer = client.post(TRACES, content=content, headers=project.basic | PROTOBUF)
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("2 of 2 spans were refused")

    @pytest.mark.parametrize(
        ("headers", "content", "body"),
        [
            (
                PROTOBUF,
                b"\xff\xff\xff",
                {"error": "Failed to parse OTel Protobuf Trace", "message": "a number is cut off"},
            ),
            (
                JSON,
                b"{",
                {"error": "Failed to parse OTel JSON Trace", "message": "Input data was truncated"},
            ),
            (
                JSON,
                b"NaN",
                {
                    "error": "Failed to parse OTel JSON Trace",
                    "message": "JSON is malformed: invalid character (byte 0)",
                },
            ),
            (
                PROTOBUF | {"content-encoding": "gzip"},
                b"junk",
                {"error": "Failed to decompress request body"},
            ),
        ],
    )
    def test_unreadable(
        self, client, project, headers: dict[str, str], content: bytes, body: dict[str, str]
    ) -> None:
        answer = client.post(TRACES, content=content, headers=project.basic | headers)
        assert (answer.status_code, answer.json()) == (400, body)

    @pytest.mark.parametrize("body", [b"{}", b'{"resourceSpans":[]}'])
    def test_nothing(self, client, project, body: bytes) -> None:
        answer = client.post(TRACES, content=body, headers=project.basic | JSON)
        assert (answer.status_code, answer.json()) == (200, {})

    @pytest.mark.parametrize("name", ["x-langfuse-ingestion-version", "x_langfuse_ingestion_version"])
    def test_ingestion_version(self, client, project, name: str) -> None:
        headers = project.basic | JSON
        assert client.post(TRACES, content=b"{}", headers=headers | {name: "4"}).status_code == 200
        answer = client.post(TRACES, content=b"{}", headers=headers | {name: "5"})
        assert (answer.status_code, answer.json()) == (
            400,
            {"error": 'Unsupported x-langfuse-ingestion-version: "5". Maximum supported: "4".'},
        )

    def test_too_large(self, client, project) -> None:
        limit_bytes = client.app.state.spyglass.accept.otlp_body_bytes
        headers = project.basic | PROTOBUF | {"content-encoding": "gzip"}
        answer = client.post(TRACES, content=gzip.compress(b"\0" * (limit_bytes + 1)), headers=headers)
        assert answer.status_code == 413

    def test_overload(self, client, project, unavailable) -> None:
        answer = client.post(TRACES, json=otlp_json("c3ad6b7169203331"), headers=project.basic)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")

    def test_metrics_are_discarded(self, client, project) -> None:
        answer = client.post("/api/public/otel/v1/metrics", content=b"\x00whatever", headers=project.basic)
        assert (answer.status_code, answer.json()) == (200, {"message": "OK"})

    def test_there_are_no_logs(self, client, project) -> None:
        assert client.post("/api/public/otel/v1/logs", content=b"", headers=project.basic).status_code == 404


class TestRecords:
    def test_trace(self, client, project) -> None:
        answer = client.post("/api/public/traces", json={"name": "single"}, headers=project.basic)
        assert answer.status_code == 200
        assert list(answer.json()) == ["id"]
        assert read_back(client, project, f"/api/public/traces/{answer.json()['id']}")["name"] == "single"

    @pytest.mark.parametrize(
        ("path", "id_name", "type_"),
        [("spans", "spanId", "SPAN"), ("generations", "generationId", "GENERATION")],
    )
    def test_create_and_update(self, client, project, path: str, id_name: str, type_: str) -> None:
        body = {"traceId": "single-2", "name": "n", "startTime": "2026-01-01T00:00:00Z"}
        id_ = client.post(f"/api/public/{path}", json=body, headers=project.basic).json()["id"]
        update = {id_name: id_, "output": "done"}
        answer = client.patch(f"/api/public/{path}", json=update, headers=project.basic)
        assert (answer.status_code, answer.json()) == (200, {"id": id_})
        deadline = time.monotonic() + 10
        found = read_back(client, project, f"/api/public/observations/{id_}")
        while found["output"] is None and time.monotonic() < deadline:
            found = read_back(client, project, f"/api/public/observations/{id_}")
        assert (found["type"], found["name"], found["output"]) == (type_, "n", "done")

    def test_event(self, client, project) -> None:
        body = {"id": "single-event", "traceId": "single-3", "name": "n"}
        assert client.post("/api/public/events", json=body, headers=project.basic).json() == {
            "id": body["id"]
        }
        assert read_back(client, project, "/api/public/observations/single-event")["type"] == "EVENT"

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/api/public/traces", {"name": 5}),
            ("PATCH", "/api/public/spans", {}),
            ("POST", "/api/public/scores", {"name": "q", "value": True, "traceId": "t"}),
            ("POST", "/api/public/scores", {"name": "q", "value": 1, "dataType": None, "traceId": "t"}),
            ("POST", "/api/public/scores", {"name": "q", "value": 1, "sessionId": "s", "observationId": "o"}),
        ],
    )
    def test_refused(self, client, project, method: str, path: str, body: Any) -> None:
        answer = client.request(method, path, json=body, headers=project.basic)
        assert answer.status_code == 400
        assert answer.json()["message"] == "Invalid request data"
        (issue,) = answer.json()["error"]
        assert issue["message"]

    @pytest.mark.parametrize(("method", "path"), RECORDS)
    def test_malformed(self, client, project, method: str, path: str) -> None:
        assert client.request(method, path, content=b"{", headers=project.basic | JSON).status_code == 400

    def test_score(self, client, project) -> None:
        body = {"name": "quality", "value": 0.9, "traceId": "single-4", "comment": "fine"}
        id_ = client.post("/api/public/scores", json=body, headers=project.basic).json()["id"]
        found = read_back(client, project, f"/api/public/scores/{id_}")
        assert (found["name"], found["value"], found["comment"]) == ("quality", 0.9, "fine")

    def test_an_array_of_scores(self, client, project) -> None:
        score = {"id": "array-1", "name": "q", "value": 1.0, "traceId": "t"}
        answer = client.post("/api/public/scores", json=[score], headers=project.basic)
        assert (answer.status_code, answer.json()) == (202, {"message": "Accepted"})
        assert read_back(client, project, "/api/public/scores/array-1")["value"] == 1

    def test_an_array_with_a_bad_score_gzipped(self, client, project) -> None:
        scores = [{"id": "array-2", "name": "q", "value": 1.0, "traceId": "t"}, {"name": "q"}]
        headers = project.basic | JSON | {"content-encoding": "gzip"}
        content = gzip.compress(json.dumps(scores).encode())
        answer = client.post("/api/public/scores", content=content, headers=headers)
        assert answer.status_code == 207
        assert (answer.json()["accepted"], answer.json()["rejected"]) == (1, 1)
        assert answer.json()["errors"][0]["message"].startswith("scores[1]: ")

    @pytest.mark.parametrize(("method", "path"), RECORDS)
    def test_overload(self, client, project, unavailable, method: str, path: str) -> None:
        body = {"spanId": "x", "generationId": "x", "name": "q", "value": 1, "traceId": "t"}
        answer = client.request(method, path, json=body, headers=project.basic)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
