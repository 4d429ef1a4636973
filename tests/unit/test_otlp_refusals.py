"""Requests and spans that break rules: what is refused, what is repaired, and what the answer says."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from spyglass.core.errors import Invalid, TooLarge
from spyglass.core.records import Arrival, Decoded
from spyglass.ingest.dialects import otlp
from spyglass.ingest.dialects.otlp import answer, decode

ARRIVAL = Arrival("p-1", received_us=1_000_000)
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


def request(*spans: Any, scope: Any = None, resource: Any = None) -> dict[str, Any]:
    group: dict[str, Any] = {"spans": list(spans)}
    if scope is not None:
        group["scope"] = scope
    entry: dict[str, Any] = {"scopeSpans": [group]}
    if resource is not None:
        entry["resource"] = resource
    return {"resourceSpans": [entry]}


def span(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"traceId": TRACE_ID, "spanId": f"{number:016x}", "name": "n"} | fields


def decode_json(document: Any) -> Decoded:
    return decode(json.dumps(document).encode(), is_json=True, arrival=ARRIVAL)


def decode_protobuf(message: ExportTraceServiceRequest) -> Decoded:
    return decode(message.SerializeToString(), is_json=False, arrival=ARRIVAL)


def new_message(spans: int = 1) -> tuple[ExportTraceServiceRequest, Any]:
    message = ExportTraceServiceRequest()
    group = message.resource_spans.add().scope_spans.add()
    for number in range(1, spans + 1):
        group.spans.add(
            trace_id=bytes.fromhex(TRACE_ID), span_id=number.to_bytes(8, "big"), name=f"s{number}"
        )
    return message, group.spans


# --- whole requests


@pytest.mark.parametrize("body", [b"", b"\x0a\x00", b"\x0a\x02\x12\x00"])
def test_empty_protobuf_is_nothing(body: bytes) -> None:
    assert decode(body, is_json=False, arrival=ARRIVAL) == Decoded()


@pytest.mark.parametrize(
    "document", [{}, {"resourceSpans": None}, {"resourceSpans": []}, {"resourceSpans": [{}]}, request()]
)
def test_empty_json_is_nothing(document: Any) -> None:
    assert decode_json(document) == Decoded()


@pytest.mark.parametrize(
    "body", [b"", b"nope", b"[]", b"7", b'{"resourceSpans":{}}', b'{"a":NaN}', b"\xff{}", b"[" * 100_000]
)
def test_undecodable_json(body: bytes) -> None:
    with pytest.raises(Invalid, match=r"^Failed to parse OTel JSON Trace$") as caught:
        decode(body, is_json=True, arrival=ARRIVAL)
    assert caught.value.details and caught.value.details[0]  # says why


@pytest.mark.parametrize("body", [b"nope", b"\x0a\xff", b"{}", b"\x0a\x05\x12\x7f\x00\x00\x00"])
def test_undecodable_protobuf(body: bytes) -> None:
    with pytest.raises(Invalid, match=r"^Failed to parse OTel Protobuf Trace$") as caught:
        decode(body, is_json=False, arrival=ARRIVAL)
    assert caught.value.details and caught.value.details[0]


# --- single spans


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"spanId": None}, "spanId:absent"),
        ({"spanId": ""}, "spanId:absent"),
        ({"traceId": 7}, "traceId:not_an_id"),
        ({"traceId": {"type": "Buffer", "data": "x"}}, "traceId:not_an_id"),
        ({"spanId": [1, 300]}, "spanId:not_an_id"),
        ({"spanId": "a\x00b"}, "spanId:not_an_id (must not contain control characters)"),
        ({"spanId": "a" * 801}, "spanId:not_an_id (must have at most 800 characters)"),
        ({"parentSpanId": {"a": 1}}, "parentSpanId:not_an_id"),
        ({"attributes": {"a": 1}}, "attributes:not_an_array"),
        ({"attributes": ["x"]}, "attributes:not_a_key_with_a_value"),
        ({"attributes": [{"key": 5, "value": {}}]}, "attributes:not_a_key_with_a_value"),
        ({"events": {}}, "events:not_an_array"),
        ({"events": [{"name": "exception", "attributes": "x"}]}, "events.attributes:not_an_array"),
        ({"status": "bad"}, "status:not_an_object"),
        ({"name": "a\x00b"}, "name:must not contain control characters"),
    ],
)
def test_one_bad_span_does_not_touch_the_others(bad: dict[str, Any], reason: str) -> None:
    decoded = decode_json(request(span(1), span(2, **bad), span(3)))
    assert [row.id for row in decoded.observations] == [f"{1:016x}", f"{3:016x}"]
    assert decoded.received == 3
    (rejection,) = decoded.rejections
    assert rejection.status == 400
    assert rejection.message == reason
    assert rejection.error == "span 2 was refused"


def test_span_that_is_no_object() -> None:
    assert [r.message for r in decode_json(request(5, None)).rejections] == ["span:not_an_object"] * 2


def test_log_record_is_named_as_such() -> None:
    (rejection,) = decode_json(request({"body": {"stringValue": "hi"}, "severityText": "INFO"})).rejections
    assert (rejection.id, rejection.status) == ("", 400)
    assert rejection.message == (
        "traceId:absent, spanId:absent, it looks like a log record, which does not belong here"
    )


def test_logs_as_protobuf_are_refused_one_by_one() -> None:
    logs_pb2 = pytest.importorskip("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
    logs = logs_pb2.ExportLogsServiceRequest()
    group = logs.resource_logs.add().scope_logs.add()
    for text in ("one", "two"):
        record = group.log_records.add(trace_id=b"\x01" * 16, span_id=b"\x02" * 8, severity_text="INFO")
        record.body.string_value = text
    decoded = decode(logs.SerializeToString(), is_json=False, arrival=ARRIVAL)
    assert decoded.observations == []
    assert decoded.received == 2
    assert all("looks like a log record" in rejection.message for rejection in decoded.rejections)


@pytest.mark.parametrize(
    ("document", "reasons"),
    [
        (request(span(), resource={"attributes": {}}), ["resource.attributes:not_an_array"]),
        (request(span(), scope={"attributes": "x"}), ["scope.attributes:not_an_array"]),
        (request(span(1), span(2), scope=[1]), ["scope:not_an_object"] * 2),
        ({"resourceSpans": [{"scopeSpans": {}}]}, ["scopeSpans:not_an_array"]),
        ({"resourceSpans": [{"scopeSpans": [{"spans": "x"}]}]}, ["spans:not_an_array"]),
        ({"resourceSpans": [5]}, ["resourceSpans:not_an_object"]),
        ({"resourceSpans": [{"scopeSpans": [5]}]}, ["scopeSpans:not_an_object"]),
    ],
)
def test_what_is_wrong_around_spans_refuses_these(document: Any, reasons: list[str]) -> None:
    document["resourceSpans"].append(request(span(9))["resourceSpans"][0])
    decoded = decode_json(document)
    assert [rejection.message for rejection in decoded.rejections] == reasons
    assert [row.id for row in decoded.observations] == [f"{9:016x}"]
    assert decoded.received == len(reasons) + 1


def test_ids_in_all_their_shapes() -> None:
    decoded = decode_json(
        request(
            span(traceId=[10, 255], spanId={"type": "Buffer", "data": [1, 2]}, parentSpanId=""),
            span(traceId="Any Text/äöü", spanId="x", parentSpanId="0000000000000000"),
        )
    )
    assert [(row.trace_id, row.id, row.parent_id) for row in decoded.observations] == [
        ("0aff", "0102", ""),
        ("Any Text/äöü", "x", "0000000000000000"),
    ]
    assert [patch.id for patch in decoded.patches] == ["0aff"]  # all zeros is a parent


# --- the answer


def test_answer_when_all_is_well() -> None:
    decoded = decode_json(request(span()))
    assert answer(decoded, is_json=True) == b"{}"
    assert answer(decoded, is_json=False) == b""


def test_answer_names_the_first_bad_spans() -> None:
    decoded = decode_json(request(span(1), *(span(n, attributes={}) for n in range(2, 31))))
    partial = json.loads(answer(decoded, is_json=True))["partialSuccess"]
    assert partial["rejectedSpans"] == "29"
    assert partial["errorMessage"].startswith(
        "29 of 30 spans were refused: 0000000000000002 (span 2 was refused: attributes:not_an_array); "
    )
    assert partial["errorMessage"].endswith("; and 9 more")
    response = ExportTraceServiceResponse.FromString(answer(decoded, is_json=False))
    assert response.partial_success.rejected_spans == 29
    assert response.partial_success.error_message == partial["errorMessage"]


# --- damaged protobuf


def test_invalid_utf8_becomes_replacement_characters() -> None:
    message, spans = new_message(2)
    pair = spans[0].attributes.add(key="langfuse.observation.input")
    pair.value.string_value = "a?b"
    spans[0].attributes.add(key="session.id").value.string_value = "s"
    number = spans[0].attributes.add(key="gen_ai.usage.input_tokens")
    number.value.int_value = 7
    spans[0].attributes.add(key="neg").value.int_value = -5
    spans[0].attributes.add(key="d").value.double_value = 0.5
    spans[0].attributes.add(key="t").value.bool_value = True
    spans[0].attributes.add(key="l").value.array_value.values.add().string_value = "x"
    spans[0].attributes.add(key="e").value.SetInParent()
    spans[0].start_time_unix_nano, spans[0].end_time_unix_nano = 5_000_000, 6_000_000
    spans[0].status.code = 2
    whole = decode_protobuf(message)
    damaged = message.SerializeToString().replace(b"a?b", b"a\xffb")
    decoded = decode(damaged, is_json=False, arrival=ARRIVAL)
    assert decoded.observations[0].input == "a\ufffdb"
    assert decoded.observations[0].provided_usage == {"input": 7}
    decoded.observations[0].input = whole.observations[0].input
    decoded.patches[0].implied["input"] = whole.patches[0].implied["input"]
    assert decoded == whole


def nest(value: Any, depth: int) -> None:
    for _ in range(depth - 1):
        value = value.array_value.values.add()
    value.string_value = "deep"


@pytest.mark.parametrize("depth", [1, 40, 99, 100])
def test_nested_protobuf_values_up_to_the_limit(depth: int) -> None:
    message, spans = new_message(2)
    nest(spans[0].attributes.add(key="langfuse.observation.input").value, depth)
    decoded = decode_protobuf(message)
    assert decoded.observations[0].input == (
        "deep" if depth == 1 else "[" * (depth - 1) + '"deep"' + "]" * (depth - 1)
    )
    assert len(decoded.observations) == 2


def deep_value(depth: int) -> bytes:
    """Too deep for the encoder of protobuf, so written by hand."""
    value = b"\x0a\x01x"
    for _ in range(depth - 1):
        inner = b"\x0a" + varint(len(value)) + value
        value = b"\x2a" + varint(len(inner)) + inner
    return value


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


@pytest.mark.parametrize("depth", [101, 102, 10_000])
def test_deeper_protobuf_values_refuse_their_span_only(depth: int) -> None:
    _, spans = new_message(2)
    value = deep_value(depth)
    pair = b"\x0a\x01a\x12" + varint(len(value)) + value
    first = spans[0].SerializeToString() + b"\x4a" + varint(len(pair)) + pair
    second = spans[1].SerializeToString()
    group = b"".join(b"\x12" + varint(len(part)) + part for part in (first, second))
    entry = b"\x12" + varint(len(group)) + group
    decoded = decode(b"\x0a" + varint(len(entry)) + entry, is_json=False, arrival=ARRIVAL)
    assert [row.name for row in decoded.observations] == ["s2"]
    (rejection,) = decoded.rejections
    assert rejection.id == f"{1:016x}"
    assert rejection.message == "attributes:nested deeper than 100 levels"


def nested_json(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"stringValue": "deep"}
    for _ in range(depth - 1):
        value = {"arrayValue": {"values": [value]}}
    return value


@pytest.mark.parametrize(("depth", "accepted"), [(99, True), (100, True), (101, False), (300, False)])
def test_nested_json_values(depth: int, accepted: bool) -> None:
    attribute = {"key": "langfuse.observation.input", "value": nested_json(depth)}
    decoded = decode_json(request(span(1, attributes=[attribute]), span(2)))
    assert len(decoded.observations) == (2 if accepted else 1)
    if accepted:
        assert decoded.observations[0].input == "[" * (depth - 1) + '"deep"' + "]" * (depth - 1)
    else:
        assert decoded.rejections[0].message == "attributes:nested deeper than 100 levels"


@pytest.mark.parametrize("depth", [150, 20_000])
def test_json_too_deep_to_parse_refuses_its_span_only(depth: int) -> None:
    value = b'{"arrayValue":{"values":[' * depth + b"]}}" * depth
    deep = json.dumps(span(1, attributes=[{"key": "k", "value": "HERE"}])).encode()
    body = b'{"resourceSpans":[{"scopeSpans":[{"spans":[%s,%s]}]}]}' % (
        deep.replace(b'"HERE"', value),
        json.dumps(span(2)).encode(),
    )
    decoded = decode(body, is_json=True, arrival=ARRIVAL)
    assert [row.id for row in decoded.observations] == [span(2)["spanId"]]
    assert decoded.rejections[0].message == "attributes:nested deeper than 100 levels"


def test_more_spans_than_memory_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp, "MAX_SPANS", 3)
    assert len(decode_json(request(*map(span, range(1, 4)))).observations) == 3
    with pytest.raises(TooLarge, match="more than 3 spans"):
        decode_json(request(*map(span, range(1, 5))))


# --- anything at all

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
values = anything | st.fixed_dictionaries(
    {},
    optional={
        name: anything
        for name in ("stringValue", "intValue", "doubleValue", "boolValue", "arrayValue", "kvlistValue")
    },
)
keys = st.sampled_from(
    [
        *("langfuse.observation.type", "langfuse.observation.input", "langfuse.observation.level"),
        *("langfuse.observation.usage_details", "langfuse.observation.cost_details", "langfuse.trace.tags"),
        *("langfuse.observation.metadata", "langfuse.observation.metadata.a", "langfuse.trace.public"),
        *("langfuse.observation.completion_start_time", "langfuse.observation.prompt.version"),
        *("gen_ai.prompt.0.role", "gen_ai.prompt.0", "gen_ai.prompt", "llm.input_messages.1.message.role"),
        *("gen_ai.usage.input_tokens", "gen_ai.operation.name", "gen_ai.tool.name", "ai.operationId"),
        *("ai.response.providerMetadata", "ai.response.msToFirstChunk", "genkit:input", "genkit:output"),
        *("events", "gen_ai.input.messages", "gen_ai.system_instructions", "operation.name", "user.id"),
        *("langfuse.experiment.item.version", "langfuse.experiment.metadata.k", "llm.cost.total"),
        *("langfuse.environment", "gcp.vertex.agent.llm_response", "openrouter.source", "gen_ai.completion"),
    ]
)
attributes = st.lists(st.fixed_dictionaries({"key": keys, "value": values}), max_size=6)
spans = st.fixed_dictionaries(
    {"traceId": st.just(TRACE_ID), "spanId": st.just("ab")},
    optional={
        **{name: anything for name in ("name", "parentSpanId", "startTimeUnixNano", "status", "events")},
        "attributes": attributes,
    },
)
scopes = st.sampled_from(
    ["langfuse-sdk", "ai", "genkit-tracer", "pydantic-ai", "gcp.vertex.agent", "@flue/opentelemetry", "x"]
)


@settings(deadline=None)
@given(anything | st.fixed_dictionaries({"resourceSpans": anything}))
def test_arbitrary_json_raises_nothing_but_invalid(document: Any) -> None:
    try:
        decoded = decode_json(document)
    except Invalid:
        return
    assert decoded.received == len(decoded.observations) + len(decoded.rejections)


@settings(deadline=None, max_examples=300)
@given(spans, scopes, st.dictionaries(keys, values, max_size=2))
def test_arbitrary_attributes_never_raise(one: Any, scope: str, resource: dict[str, Any]) -> None:
    pairs = [{"key": key, "value": value} for key, value in resource.items()]
    pairs.append({"key": "service.name", "value": {"stringValue": "openrouter"}})
    decoded = decode_json(request(one, scope={"name": scope}, resource={"attributes": pairs}))
    assert decoded.received == 1
    for row in decoded.observations:
        assert isinstance(row.name, str) and isinstance(row.input, str) and isinstance(row.output, str)
        assert all(isinstance(text, str) for text in row.metadata.values())
        assert all(type(count) is int and 0 <= count <= 2**53 for count in row.provided_usage.values())


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60) | st.binary(max_size=40).map(lambda data: b"\x0a" + bytes([len(data)]) + data))
def test_arbitrary_bytes_raise_nothing_but_invalid(body: bytes) -> None:
    try:
        decoded = decode(body, is_json=False, arrival=ARRIVAL)
    except Invalid:
        return
    assert decoded.received == len(decoded.observations) + len(decoded.rejections)
