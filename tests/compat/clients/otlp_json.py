"""OTLP/JSON made by hand and sent with the standard library, plain or compressed (argument `gzip`).

With the argument `mixed` a second span has no id: the server must keep the first and name the other.
"""

import gzip
import json
import sys
import time
import urllib.request
import uuid

from otlp_setup import ENDPOINT, build_headers

START_NS = time.time_ns() // 1_000_000 * 1_000_000
trace_id, span_id = uuid.uuid4().hex, uuid.uuid4().hex[:16]


def text(key, value):
    return {"key": key, "value": {"stringValue": value}}


span = {
    "traceId": trace_id,
    "spanId": span_id,
    "parentSpanId": "",
    "name": "chat gpt-4o",
    "kind": 3,
    "startTimeUnixNano": str(START_NS),
    "endTimeUnixNano": str(START_NS + 1_500_999_999),
    "status": {"code": 2, "message": "boom"},
    "attributes": [
        text("gen_ai.operation.name", "chat"),
        text("gen_ai.request.model", "gpt-4o"),
        {"key": "gen_ai.request.temperature", "value": {"doubleValue": 0.2}},
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "100"}},
        {"key": "gen_ai.usage.cache_read.input_tokens", "value": {"intValue": "40"}},
        {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "10"}},
        text("gen_ai.input.messages", '[{"role":"user","parts":[]}]'),
        text("session.id", "session-otlp-json"),
        text("langfuse.trace.tags", "x, y"),
        {
            "key": "nested",
            "value": {"kvlistValue": {"values": [{"key": "deep", "value": {"boolValue": True}}]}},
        },
    ],
}
spans = [span]
if sys.argv[1] == "mixed":
    spans.append({key: value for key, value in span.items() if key != "spanId"})
resource = [text("service.name", "shop"), text("deployment.environment", "Compat-Tests")]
body = {
    "resourceSpans": [
        {
            "resource": {"attributes": resource},
            "scopeSpans": [{"scope": {"name": "opentelemetry.instrumentation.openai"}, "spans": spans}],
        }
    ]
}
data = json.dumps(body).encode()
headers = {**build_headers(), "Content-Type": "application/json; charset=utf-8"}
if sys.argv[1] == "gzip":
    data, headers["Content-Encoding"] = gzip.compress(data), "gzip"
with urllib.request.urlopen(urllib.request.Request(ENDPOINT, data, headers), timeout=30) as answer:
    answered = {
        "status": answer.status,
        "body": answer.read().decode(),
        "type": answer.headers["content-type"],
    }
report = {"trace": trace_id, "span": span_id, "start_ms": START_NS // 1_000_000, "answer": answered}
print(json.dumps({**report, "flushed_ms": time.time_ns() // 1_000_000}))
