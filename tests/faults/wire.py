"""Statements as request bodies: the Langfuse batch format (JSON) and OTLP (protobuf, gzip)."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from .history import Request, Statement

BATCH_PATH = "/api/public/ingestion"
OTLP_PATH = "/api/public/otel/v1/traces"
TIME_FIELDS = ("timestamp", "startTime", "endTime")


def to_batch_request(statements: list[Statement]) -> Request:
    batch = [
        {"id": s.id, "type": s.type, "timestamp": to_iso(s.time_ms), "body": _with_times(s.body)}
        for s in statements
    ]
    body = json.dumps({"batch": batch, "metadata": {"sdk_name": "faults"}}).encode()
    headers = {"Content-Type": "application/json"}
    return Request(statements, BATCH_PATH, headers, body, frozenset(s.id for s in statements))


def to_iso(time_ms: int) -> str:
    whole = datetime.fromtimestamp(time_ms / 1000, UTC)
    return whole.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_ms % 1000:03d}Z"


def _with_times(body: dict[str, Any]) -> dict[str, Any]:
    return {key: to_iso(value) if key in TIME_FIELDS else value for key, value in body.items()}


def to_otlp_request(statements: list[Statement]) -> Request:
    message = ExportTraceServiceRequest()
    resource = message.resource_spans.add()
    resource.resource.attributes.append(_attribute("service.name", "faults"))
    scope = resource.scope_spans.add()
    scope.scope.name = "langfuse-sdk"
    scope.spans.extend(_span(s.body) for s in statements)
    headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
    return Request(statements, OTLP_PATH, headers, gzip.compress(message.SerializeToString(), 1), frozenset())


def _span(body: dict[str, Any]) -> Span:
    failed = body.get("level") == "ERROR"
    return Span(
        trace_id=bytes.fromhex(body["traceId"]),
        span_id=bytes.fromhex(body["id"]),
        parent_span_id=bytes.fromhex(body["parentObservationId"]),
        name=body["name"],
        start_time_unix_nano=body["startTime"] * 1_000_000,
        end_time_unix_nano=body["endTime"] * 1_000_000,
        attributes=[_attribute(key, value) for key, value in _attributes(body).items()],
        status=Status(code=2, message=body["statusMessage"]) if failed else None,
    )


def _attributes(body: dict[str, Any]) -> dict[str, Any]:
    attributes = {
        "langfuse.observation.type": body["type"].lower(),
        "langfuse.observation.input": body["input"],
        "langfuse.observation.output": body["output"],
        "langfuse.observation.metadata.attempt": body["metadata"]["attempt"],
        "langfuse.environment": body["environment"],
        "langfuse.trace.name": body["traceName"],
        "langfuse.trace.tags": body["tags"],
        "user.id": body["userId"],
        "session.id": body["sessionId"],
    }
    if "model" in body:
        attributes["langfuse.observation.model.name"] = body["model"]
        attributes["langfuse.observation.usage_details"] = json.dumps(body["usageDetails"])
    if "costDetails" in body:
        attributes["langfuse.observation.cost_details"] = json.dumps(body["costDetails"])
    return attributes


def _attribute(key: str, value: str | list[str]) -> KeyValue:
    if isinstance(value, list):
        texts = ArrayValue(values=[AnyValue(string_value=text) for text in value])
        return KeyValue(key=key, value=AnyValue(array_value=texts))
    return KeyValue(key=key, value=AnyValue(string_value=value))
