"""Traces -> requests of the public API: OTLP/JSON bodies of about a hundred spans, and arrays of scores.

Spans carry the attributes of a Langfuse SDK, or those of OpenTelemetry's GenAI conventions, as their service
is instrumented.
"""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from spyglass.core.clock import iso_ms
from spyglass.features.demo.spans import Span, Trace

OTLP_PATH = "/api/public/otel/v1/traces"
SCORES_PATH = "/api/public/scores"
SPANS_A_REQUEST = 100
SCORES_A_REQUEST = 200

_LANGFUSE_SCOPE = {"name": "langfuse-sdk", "version": "4.2.1"}
_GENAI_SCOPE = {"name": "opentelemetry.instrumentation.openai_v2", "version": "2.1b0"}
_GENAI_OPERATIONS = {"GENERATION": "chat", "TOOL": "execute_tool", "EMBEDDING": "embeddings"}
_GENAI_USAGE = {"input": "input_tokens", "output": "output_tokens"}
_INTERNAL, _CLIENT = 1, 3  # span kinds
_CALLS = frozenset({"GENERATION", "EMBEDDING"})
_ERROR = 2

Attributes = dict[str, Any]
Piece = tuple[Trace, list[Span]]


@dataclass(frozen=True)
class Request:
    """One POST, and how much it carries."""

    path: str
    body: bytes  # gzipped JSON
    traces: int = 0  # that begin in it
    observations: int = 0
    scores: int = 0


def build_requests(traces: list[Trace]) -> Iterator[Request]:
    """Everything that there is to send, in the order of the traces; scores follow the spans."""
    for pieces in _split(traces, SPANS_A_REQUEST):
        yield Request(
            OTLP_PATH,
            _pack(build_export(pieces)),
            traces=sum(spans[0] is trace.spans[0] for trace, spans in pieces),
            observations=sum(len(spans) for _, spans in pieces),
        )
    scores = [score.body for trace in traces for score in trace.scores]
    for first in range(0, len(scores), SCORES_A_REQUEST):
        part = scores[first : first + SCORES_A_REQUEST]
        yield Request(SCORES_PATH, _pack(part), scores=len(part))


def build_export(pieces: Iterable[Piece]) -> dict[str, Any]:
    """An `ExportTraceServiceRequest`; traces of one process share its resource."""
    by_resource: dict[str, dict[str, Any]] = {}
    for trace, spans in pieces:
        attributes = _resource_attributes(trace)
        group = by_resource.setdefault(
            msgspec.json.encode(attributes).decode(),
            {
                "resource": {"attributes": _encode(attributes)},
                "scopeSpans": [
                    {"scope": _GENAI_SCOPE if trace.service.is_genai else _LANGFUSE_SCOPE, "spans": []}
                ],
            },
        )
        group["scopeSpans"][0]["spans"] += [_encode_span(trace, span) for span in spans]
    return {"resourceSpans": list(by_resource.values())}


def _split(traces: list[Trace], size: int) -> Iterator[list[Piece]]:
    pieces: list[Piece] = []
    room = size
    for trace in traces:
        left = trace.spans
        while left:
            pieces.append((trace, left[:room]))
            taken = len(pieces[-1][1])
            left, room = left[taken:], room - taken
            if not room:
                yield pieces
                pieces, room = [], size
    if pieces:
        yield pieces


def _pack(document: Any) -> bytes:
    return gzip.compress(msgspec.json.encode(document), compresslevel=5, mtime=0)


def _resource_attributes(trace: Trace) -> Attributes:
    return {
        "service.name": trace.service.name,
        "service.version": trace.version,
        "telemetry.sdk.language": trace.service.language,
        "deployment.environment.name": trace.environment,
        "langfuse.release": trace.release,
    }


def _encode_span(trace: Trace, span: Span) -> dict[str, Any]:
    attributes = {
        "langfuse.trace.name": trace.name,
        "user.id": trace.user_id,
        "session.id": trace.session_id,
        "langfuse.trace.tags": trace.tags,
        "langfuse.version": trace.version,
        **{f"langfuse.trace.metadata.{name}": value for name, value in trace.metadata.items()},
        **(_genai_attributes(span) if trace.service.is_genai else _langfuse_attributes(span)),
    }
    encoded: dict[str, Any] = {
        "traceId": trace.id,
        "spanId": span.id,
        "name": span.name,
        "kind": _CLIENT if span.type in _CALLS else _INTERNAL,
        "startTimeUnixNano": str(span.start_us * 1000),
        "endTimeUnixNano": str(span.end_us * 1000),
        "attributes": _encode(attributes),
    }
    if span.parent_id:
        encoded["parentSpanId"] = span.parent_id
    if span.exception is not None:
        encoded["status"] = {"code": _ERROR, "message": span.status_message}
        encoded["events"] = [_encode_exception(span.end_us, span.exception)]
    return encoded


def _langfuse_attributes(span: Span) -> Attributes:
    prefix = "langfuse.observation."
    started = span.completion_start_us
    return {
        f"{prefix}type": span.type.lower(),
        f"{prefix}input": _text(span.input),
        f"{prefix}output": _text(span.output),
        f"{prefix}level": span.level,
        f"{prefix}status_message": span.status_message,
        f"{prefix}model.name": span.model,
        f"{prefix}model.parameters": _text(span.parameters or None),
        f"{prefix}usage_details": _text(span.usage or None),
        f"{prefix}completion_start_time": iso_ms(started) if started else "",
        f"{prefix}prompt.name": span.prompt[0] if span.prompt else "",
        f"{prefix}prompt.version": span.prompt[1] if span.prompt else "",
        **{f"{prefix}metadata.{name}": value for name, value in span.metadata.items()},
    }


def _genai_attributes(span: Span) -> Attributes:
    is_call = span.type in _CALLS
    return {
        "gen_ai.operation.name": _GENAI_OPERATIONS.get(span.type, ""),
        "gen_ai.provider.name": "openai" if is_call else "",
        "gen_ai.request.model": span.model,
        "gen_ai.response.model": span.model if span.usage else "",
        **{f"gen_ai.request.{name}": value for name, value in span.parameters.items()},
        **{
            f"gen_ai.usage.{_GENAI_USAGE[name]}": count
            for name, count in span.usage.items()
            if name in _GENAI_USAGE
        },
        "gen_ai.input.messages" if is_call else "input.value": _text(span.input),
        "gen_ai.output.messages" if is_call else "output.value": _text(
            [{"role": "assistant", "content": span.output}] if is_call and span.output else span.output
        ),
        **({} if is_call else {"langfuse.observation.type": span.type.lower()}),
        **{f"langfuse.observation.metadata.{name}": value for name, value in span.metadata.items()},
    }


def _encode_exception(at_us: int, exception: tuple[str, str]) -> dict[str, Any]:
    attributes = {"exception.type": exception[0], "exception.message": exception[1]}
    return {"name": "exception", "timeUnixNano": str(at_us * 1000), "attributes": _encode(attributes)}


def _text(value: Any) -> str:
    """What an SDK puts into an attribute: text as it is, other values as JSON, nothing for None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _encode(attributes: Attributes) -> list[dict[str, Any]]:
    """OTLP's key-value list; empty values are left out, as SDKs do."""
    return [
        {"key": key, "value": _encode_value(value)}
        for key, value in attributes.items()
        if value not in ("", None, [])
    ]


def _encode_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_encode_value(item) for item in value]}}
    return {"stringValue": _text(value)}
