"""Spans of the plain OpenTelemetry SDK, by `http`, `http-gzip`, `http-short` (/v1/traces) or `grpc`."""

import json
import os
import sys
import time

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.trace import SpanKind, StatusCode
from otlp_setup import ENDPOINT, build_headers, build_provider

TRANSPORT = sys.argv[1]
BASE_NS = time.time_ns() // 1_000_000 * 1_000_000
MESSAGES = [{"role": "user", "parts": [{"type": "text", "content": "Hallo 🙂"}]}]
REPLY = [{"role": "assistant", "parts": [{"type": "text", "content": "Grüezi"}], "finish_reason": "stop"}]


def build_exporter():
    """The exporter of the chosen transport."""
    if TRANSPORT == "grpc":
        headers = {key.lower(): value for key, value in build_headers().items()}
        return GrpcExporter(os.environ["COMPAT_GRPC_ENDPOINT"], insecure=True, headers=headers)
    if TRANSPORT == "http-gzip":
        return HttpExporter(ENDPOINT, headers=build_headers(), compression=Compression.Gzip)
    endpoint = ENDPOINT.replace("/api/public/otel", "") if TRANSPORT == "http-short" else ENDPOINT
    return HttpExporter(endpoint, headers=build_headers())


provider = build_provider("checkout", build_exporter())
tracer = provider.get_tracer("my-framework", "0.9")


def send(name, parent, offset_ms, length_ms, attributes, kind=SpanKind.INTERNAL, event=None):
    """One finished span at an exact place in time; returns the span so that children can point at it."""
    context = trace.set_span_in_context(parent) if parent else None
    start_ns = BASE_NS + offset_ms * 1_000_000
    span = tracer.start_span(name, context, kind=kind, attributes=attributes, start_time=start_ns)
    if event:
        event(span, start_ns)
    span.end(start_ns + length_ms * 1_000_000)
    return span


def fail(span, start_ns):
    """Record an exception as an instrumentation does."""
    span.record_exception(KeyError("sku-9"), timestamp=start_ns)
    span.set_status(StatusCode.ERROR, "sku-9 is unknown")


def speak(span, start_ns):
    """The message events of the older GenAI conventions."""
    span.add_event("gen_ai.system.message", {"content": "Be brief."}, start_ns)
    span.add_event("gen_ai.user.message", {"content": "Name a river."}, start_ns)
    span.add_event("gen_ai.choice", {"index": 0, "finish_reason": "stop", "content": "Aare"}, start_ns)


root = send(
    "POST /checkout",
    None,
    0,
    900,
    {
        "user.id": "user-otlp",
        "session.id": f"session-otlp-{TRANSPORT}",
        "langfuse.trace.tags": ["otlp", TRANSPORT],
        "langfuse.trace.metadata.tier": "gold",
        "langfuse.trace.public": True,
        "langfuse.release": "r-77",
        "input": '{"basket": ["sku-1", "sku-9"]}',
        "output": "done",
        "http.response.status_code": 200,
    },
    SpanKind.SERVER,
)
agent = send(
    "invoke_agent planner",
    root,
    10,
    800,
    {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "planner",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 5000,
        "gen_ai.usage.output_tokens": 900,
    },
)
send(
    "chat gpt-4o",
    agent,
    20,
    251,
    {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 64,
        "gen_ai.request.stop_sequences": ["END", "STOP"],
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.cache_read.input_tokens": 400,
        "gen_ai.usage.output_tokens": 50,
        "gen_ai.input.messages": json.dumps(MESSAGES),
        "gen_ai.output.messages": json.dumps(REPLY, ensure_ascii=False),
    },
    SpanKind.CLIENT,
)
send(
    "chat bedrock",
    agent,
    300,
    100,
    {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "aws.bedrock",
        "gen_ai.request.model": "openai.gpt-oss-20b-1:0",
        "gen_ai.usage.prompt_tokens": 63,
        "gen_ai.usage.completion_tokens": 1514,
    },
    SpanKind.CLIENT,
    speak,
)
send(
    "execute_tool look_up",
    agent,
    450,
    25,
    {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "look_up",
        "gen_ai.tool.call.arguments": '{"sku": "sku-9"}',
        "gen_ai.tool.call.result": '{"stock": 3}',
    },
)
send(
    "reserve",
    agent,
    500,
    75,
    {"langfuse.observation.level": "weird", "flag": True, "ratios": [0.5, 1.5]},
    event=fail,
)
assert provider.force_flush()
print(json.dumps({"trace": f"{root.get_span_context().trace_id:032x}", "base_ms": BASE_NS // 1_000_000}))
