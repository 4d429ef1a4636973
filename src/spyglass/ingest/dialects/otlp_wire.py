"""OTLP protobuf messages -> spans. The walk over the attributes is the hot loop of the product: text first,
one attribute access per step, nothing interpreted.
"""

from base64 import b64encode
from collections.abc import Iterator
from math import isfinite
from typing import Any

from spyglass.core.ids import id_problem
from spyglass.core.records import Arrival
from spyglass.ingest.dialects.otlp_attributes import families_of
from spyglass.ingest.dialects.otlp_json import name_non_finite
from spyglass.ingest.dialects.otlp_source import read_resource, read_source
from spyglass.ingest.dialects.otlp_span import (
    MAX_VALUE_DEPTH,
    READ_EVENTS,
    Event,
    Source,
    Span,
    SpanRefused,
    explain_ids,
)

_ERROR = 2
_NO_EVENTS: list[Event] = []


def read_message(message: Any, arrival: Arrival) -> Iterator[tuple[Source, Span | SpanRefused]]:
    """The spans of an `ExportTraceServiceRequest`, each with its source, or why it was refused."""
    for resource_spans in message.resource_spans:
        resource = read_resource(_read_attributes(resource_spans.resource.attributes))
        for scope_spans in resource_spans.scope_spans:
            scope = scope_spans.scope
            source = read_source(
                resource, scope.name, scope.version, _read_attributes(scope.attributes), arrival
            )
            for span in scope_spans.spans:
                yield source, _read_span(span)


def _read_span(span: Any) -> Span | SpanRefused:
    trace_id, span_id = span.trace_id.hex(), span.span_id.hex()
    if len(trace_id) != 32 or len(span_id) != 16:
        problem = explain_ids(_id_reason(trace_id), _id_reason(span_id))
        if problem:
            return SpanRefused(problem, span_id)
    try:
        attributes = _read_attributes(span.attributes)
        events = _read_events(span.events)
    except SpanRefused as refusal:
        refusal.span_id = span_id
        return refusal
    status = span.status
    return Span(
        trace_id,
        span_id,
        span.parent_span_id.hex(),
        span.name,
        span.start_time_unix_nano or None,
        span.end_time_unix_nano or None,
        attributes,
        families_of(attributes),
        status.code == _ERROR,
        status.message,
        events,
        {},
    )


def _id_reason(hexadecimal: str) -> str:
    if not hexadecimal:
        return "absent"
    problem = id_problem(hexadecimal)
    return f"not_an_id ({problem})" if problem else ""


def _read_attributes(pairs: Any) -> dict[str, Any]:
    """A later value of the same key wins."""
    attributes = {}
    for pair in pairs:
        value = pair.value
        attributes[pair.key] = value.string_value or _read_value(value, 1)
    return attributes


def _read_value(value: Any, depth: int) -> Any:
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return value.string_value
    if kind == "int_value":
        return value.int_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "double_value":
        number = value.double_value
        return number if isfinite(number) else name_non_finite(number)
    if kind == "bytes_value":
        return {"bytesValue": b64encode(value.bytes_value).decode()}
    if depth >= MAX_VALUE_DEPTH:
        raise SpanRefused(f"attributes:nested deeper than {MAX_VALUE_DEPTH} levels")
    if kind == "array_value":
        return [_read_value(item, depth + 1) for item in value.array_value.values]
    if kind == "kvlist_value":
        return {pair.key: _read_value(pair.value, depth + 1) for pair in value.kvlist_value.values}
    return None


def _read_events(events: Any) -> list[Event]:
    if not events:
        return _NO_EVENTS
    return [
        Event(event.name, _read_attributes(event.attributes)) for event in events if event.name in READ_EVENTS
    ]
