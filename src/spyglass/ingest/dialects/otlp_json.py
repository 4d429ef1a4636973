"""OTLP/JSON -> spans. Everything may have any type here: what is not of the right shape refuses its own span,
never the others (contract 2.1, 2.3).
"""

import re
from collections.abc import Iterator
from math import inf, isfinite, isnan
from typing import Any

from spyglass.core.errors import Invalid
from spyglass.core.ids import id_problem
from spyglass.core.jsontext import to_text
from spyglass.core.records import Arrival
from spyglass.ingest.dialects.otlp_attributes import families_of
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

# `{"arrayValue":{"values":[...` is three levels of JSON per level of the value, and the request has its own.
MAX_DOCUMENT_DEPTH = 3 * MAX_VALUE_DEPTH + 20

_ERRORS = (2, "2", "STATUS_CODE_ERROR")
_INTEGER = re.compile(r"-?\d{1,20}", re.ASCII)


def read_document(document: Any, arrival: Arrival) -> Iterator[tuple[Source | None, Span | SpanRefused]]:
    """The spans of an export request, each with its source, or why it was refused."""
    if not isinstance(document, dict):
        raise Invalid("not an object")
    entries = document.get("resourceSpans")
    if entries is None and "resource_spans" in document:
        raise Invalid(
            "resource_spans is not a field of OTLP/JSON: its names are in camelCase, as in resourceSpans"
        )
    if entries is not None and not isinstance(entries, list):
        raise Invalid("resourceSpans is not an array")
    for entry in entries or ():
        yield from _read_resource_spans(entry, arrival)


def _read_resource_spans(entry: Any, arrival: Arrival) -> Iterator[tuple[Source | None, Span | SpanRefused]]:
    try:
        resource = read_resource(_read_attributes(_object(entry, "resourceSpans"), "resource"))
        groups = _list(entry, "scopeSpans")
    except SpanRefused as refusal:
        yield from _refuse_all(entry, refusal)
        return
    for group in groups:
        try:
            _object(group, "scopeSpans")
            spans = _list(group, "spans")
            scope = _object(group.get("scope") or {}, "scope")
            attributes = _read_attributes(group, "scope")
        except SpanRefused as refusal:
            yield from _refuse_all({"scopeSpans": [group]}, refusal)
            continue
        source = read_source(
            resource, to_text(scope.get("name")), to_text(scope.get("version")), attributes, arrival
        )
        for span in spans:
            yield source, _read_span(span)


def _refuse_all(entry: Any, refusal: SpanRefused) -> Iterator[tuple[None, SpanRefused]]:
    """What is wrong around spans refuses each of them, or stands for itself where none can be seen."""
    groups = entry.get("scopeSpans") if isinstance(entry, dict) else None
    found = False
    for group in groups if isinstance(groups, list) else ():
        spans = group.get("spans") if isinstance(group, dict) else None
        for span in spans if isinstance(spans, list) else ():
            found = True
            span_id = span.get("spanId") if isinstance(span, dict) else None
            yield None, SpanRefused(refusal.reason, span_id if isinstance(span_id, str) else "")
    if not found:
        yield None, refusal


def _read_span(span: Any) -> Span | SpanRefused:
    if not isinstance(span, dict):
        return SpanRefused("span:not_an_object")
    trace_id, trace_reason = _read_id(span.get("traceId"))
    span_id, span_reason = _read_id(span.get("spanId"))
    problem = explain_ids(trace_reason, span_reason)
    if problem:
        return SpanRefused(problem, "" if span_reason else span_id)
    parent_id, parent_reason = _read_id(span.get("parentSpanId"))
    if parent_reason not in ("", "absent"):
        return SpanRefused(f"parentSpanId:{parent_reason}", span_id)
    try:
        attributes = read_pairs(_list(span, "attributes"), 1)
        events = _read_events(span)
        status = _object(span.get("status") or {}, "status")
    except SpanRefused as refusal:
        refusal.span_id = span_id
        return refusal
    code = status.get("code")
    return Span(
        trace_id=trace_id,
        id=span_id,
        parent_id=parent_id,
        name=to_text(span.get("name")),
        start_ns=_read_time(span.get("startTimeUnixNano")),
        end_ns=_read_time(span.get("endTimeUnixNano")),
        attributes=attributes,
        families=families_of(attributes),
        is_error=isinstance(code, int | str) and code in _ERRORS and code is not True,
        status_message=to_text(status.get("message")),
        events=events,
    )


def _read_id(value: Any) -> tuple[str, str]:
    """An id as text, and why it is none: text is used unchanged, bytes become hexadecimal."""
    if value is None or value == "" or value is False or value == 0:
        return "", "absent"
    if isinstance(value, dict) and value.get("type") == "Buffer" and isinstance(value.get("data"), list):
        value = value["data"]
    if isinstance(value, list):
        if not value:
            return "", "absent"
        if not all(type(item) is int and 0 <= item <= 255 for item in value):
            return "", "not_an_id"
        value = bytes(value).hex()
    if not isinstance(value, str):
        return "", "not_an_id"
    problem = id_problem(value)
    return value, f"not_an_id ({problem})" if problem else ""


def _read_time(value: Any) -> int | None:
    """Nanoseconds; 0 is what protobuf writes for an absent time."""
    return _read_integer(value) or None


def _read_integer(value: Any) -> int | None:
    """An integer from a JSON number, decimal text, or the halves of a 64-bit integer."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        return int(value) if _INTEGER.fullmatch(value) else None
    if isinstance(value, dict):
        low, high = value.get("low"), value.get("high")
        if type(low) is int and type(high) is int:
            return (high << 32) + (low & 0xFFFFFFFF)
    return None


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SpanRefused(f"{where}:not_an_object")
    return value


def _list(holder: dict[str, Any], name: str, where: str = "") -> list[Any]:
    value = holder.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise SpanRefused(f"{where}{name}:not_an_array")
    return value


def _read_attributes(entry: dict[str, Any], holder: str) -> dict[str, Any]:
    """The attributes of a resource or scope, which may be absent altogether."""
    return read_pairs(_list(_object(entry.get(holder) or {}, holder), "attributes", f"{holder}."), 1)


def _read_events(span: dict[str, Any]) -> list[Event]:
    events: list[Event] = []
    for event in _list(span, "events"):
        name = _object(event, "events").get("name")
        if isinstance(name, str) and name in READ_EVENTS:
            events.append(Event(name, read_pairs(_list(event, "attributes", "events."), 1)))
    return events


def read_pairs(pairs: list[Any], depth: int) -> dict[str, Any]:
    """A later value of the same key wins."""
    attributes: dict[str, Any] = {}
    for pair in pairs:
        key = pair.get("key") if isinstance(pair, dict) else None
        if not isinstance(key, str):
            raise SpanRefused("attributes:not_a_key_with_a_value")
        value = pair.get("value")
        text = value.get("stringValue") if isinstance(value, dict) else None
        attributes[key] = text if text and isinstance(text, str) else read_value(value, depth)
    return attributes


def read_value(value: Any, depth: int) -> Any:
    """A decoded `AnyValue`; what is none, is kept as it is."""
    if not isinstance(value, dict):
        return value
    if "stringValue" in value:
        return to_text(value["stringValue"])
    if "intValue" in value:
        number = _read_integer(value["intValue"])
        return to_text(value["intValue"]) if number is None else number
    if "doubleValue" in value:
        return read_double(value["doubleValue"])
    if "boolValue" in value:
        return value["boolValue"]
    if "arrayValue" in value or "kvlistValue" in value:
        return _read_nested(value, depth)
    return value or None


def _read_nested(value: dict[str, Any], depth: int) -> Any:
    if depth >= MAX_VALUE_DEPTH:
        raise SpanRefused(f"attributes:nested deeper than {MAX_VALUE_DEPTH} levels")
    kind = "arrayValue" if "arrayValue" in value else "kvlistValue"
    values = _list(_object(value[kind] or {}, kind), "values", f"{kind}.")
    if kind == "kvlistValue":
        return read_pairs(values, depth + 1)
    return [read_value(item, depth + 1) for item in values]


def read_double(value: Any) -> Any:
    """A finite number, or text: NaN and the infinities are words."""
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return value
        return number if isfinite(number) else value
    if isinstance(value, float) and not isfinite(value):
        return name_non_finite(value)
    return value


def name_non_finite(number: float) -> str:
    return "NaN" if isnan(number) else "Infinity" if number == inf else "-Infinity"
