"""OTLP over gRPC: statuses, partial success, compression; the spans are then there."""

import asyncio
import base64
import time
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from spyglass.core.errors import Unavailable
from spyglass.features.ingestion.grpc import serve_grpc

METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


def request_of(*span_ids: bytes) -> bytes:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for span_id in span_ids:
        span = scope.spans.add()
        span.trace_id = bytes(15) + b"\x02"
        span.span_id = span_id
        span.name = "over grpc"
        span.start_time_unix_nano = 1_767_225_600_000_000_000
        span.end_time_unix_nano = 1_767_225_601_000_000_000
    return request.SerializeToString()


@pytest.fixture
def export(client) -> Callable[..., ExportTraceServiceResponse]:
    """Sends one request to a server on a free port."""

    async def send(body: bytes, metadata: dict[str, str], **options: Any) -> bytes:
        server = await serve_grpc(client.app.state.spyglass, "127.0.0.1", 0)
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{server.spyglass_port}") as channel:
                answer: bytes = await channel.unary_unary(METHOD)(
                    body, metadata=tuple(metadata.items()), timeout=20, **options
                )
                return answer
        finally:
            await server.stop(grace=1)

    def run(body: bytes, metadata: dict[str, str], **options: Any) -> ExportTraceServiceResponse:
        return ExportTraceServiceResponse.FromString(asyncio.run(send(body, metadata, **options)))

    return run


def failure_of(run: Callable[[], object]) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        run()
    return caught.value


def read_name(client: Any, project: Any, span_id: bytes) -> Any:
    deadline = time.monotonic() + 10
    while True:
        answer = client.get(f"/api/public/observations/{span_id.hex()}", headers=project.basic)
        if answer.status_code == 200 or time.monotonic() > deadline:
            return answer.json().get("name")
        time.sleep(0.05)


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_spans_are_stored(client, project, export, compression) -> None:
    span_id = b"grpc-%03d" % compression.value
    answer = export(request_of(span_id), project.basic, compression=compression)
    assert answer == ExportTraceServiceResponse()
    assert read_name(client, project, span_id) == "over grpc"


def test_a_large_request(client, project, export) -> None:
    span_ids = [b"lg%06d" % number for number in range(1000)]
    body = request_of(*span_ids)
    assert len(body) > 32 << 10
    assert export(body, project.basic) == ExportTraceServiceResponse()
    assert read_name(client, project, span_ids[-1]) == "over grpc"


def test_one_bad_span(client, project, export) -> None:
    answer = export(request_of(b"grpc-good"[:8], b""), project.basic)
    assert answer.partial_success.rejected_spans == 1
    assert "spanId" in answer.partial_success.error_message


@pytest.mark.parametrize(
    "body", [request_of(b"", b""), b"\xff\xff\xff"], ids=["only bad spans", "not protobuf"]
)
def test_invalid(project, export, body: bytes) -> None:
    assert failure_of(lambda: export(body, project.basic)).code() is grpc.StatusCode.INVALID_ARGUMENT


def test_anonymous(export) -> None:
    error = failure_of(lambda: export(b"", {}))
    assert (error.code(), error.details()) == (grpc.StatusCode.UNAUTHENTICATED, "No authorization header")


def test_a_wrong_secret(project, export) -> None:
    pair = base64.b64encode(f"{project.public_key}:sk-lf-wrong".encode()).decode()
    error = failure_of(lambda: export(b"", {"authorization": f"Basic {pair}"}))
    assert error.code() is grpc.StatusCode.UNAUTHENTICATED


def test_a_public_key_alone(project, export) -> None:
    error = failure_of(lambda: export(b"", {"authorization": f"Bearer {project.public_key}"}))
    assert error.code() is grpc.StatusCode.PERMISSION_DENIED


def test_overload_says_when_to_try_again(client, project, export, monkeypatch) -> None:
    async def refuse(submission: object) -> int:
        raise Unavailable("Too many requests are waiting")

    monkeypatch.setattr(client.app.state.spyglass.pipeline, "submit", refuse)
    error = failure_of(lambda: export(request_of(b"overload"), project.basic))
    assert (error.code(), error.details()) == (grpc.StatusCode.UNAVAILABLE, "Too many requests are waiting")
    details = dict(error.trailing_metadata() or ())["grpc-status-details-bin"]
    assert details == (
        b"\x08\x0e\x12\x1dToo many requests are waiting\x1a\x30"
        b"\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x04\x0a\x02\x08\x01"
    )
