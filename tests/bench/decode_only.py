"""The floor: an endpoint that receives, decodes and answers, and does nothing with what it got."""

import json
from typing import Any

import msgspec
from isal import igzip
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_decode_json = msgspec.json.Decoder().decode


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    body = await _read(receive) if scope["method"] == "POST" else b""
    status, content = 200, b""
    if scope["path"].endswith("/otel/v1/traces"):
        ExportTraceServiceRequest.FromString(igzip.decompress(body))
    elif scope["path"].endswith("/ingestion"):
        events = _decode_json(body)["batch"]
        status = 207
        content = json.dumps(
            {"successes": [{"id": one["id"], "status": 201} for one in events], "errors": []}
        ).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _read(receive: Any) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)
