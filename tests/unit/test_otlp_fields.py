"""Single fields of the records that a span becomes: the tables of contract 2.3-2.14 and their limits."""

import json
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spyglass.core.records import Arrival, Decoded, Observation, Patch
from spyglass.ingest.dialects.otlp import decode
from spyglass.ingest.dialects.otlp_attributes import (
    FAMILIES,
    HIDDEN,
    MODEL,
    PROMPT_TREE,
    TRACE,
    families_of,
)

RECEIVED_US = 1_767_225_700_000_000
START_NS, END_NS = 1_767_225_600_000_000_000, 1_767_225_601_000_000_000
ARRIVAL = Arrival("p-1", received_us=RECEIVED_US)


def value(item: Any) -> dict[str, Any]:
    if isinstance(item, bool):
        return {"boolValue": item}
    if isinstance(item, int):
        return {"intValue": str(item)}
    if isinstance(item, float):
        return {"doubleValue": item}
    if isinstance(item, list):
        return {"arrayValue": {"values": [value(part) for part in item]}}
    return item if isinstance(item, dict) else {"stringValue": item}


def to_pairs(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value(item)} for key, item in attributes.items()]


def decode_span(
    attributes: dict[str, Any] | None = None,
    *,
    scope: str = "lib",
    version: str = "1.0",
    resource: dict[str, Any] | None = None,
    arrival: Arrival = ARRIVAL,
    pairs: list[dict[str, Any]] | None = None,
    **fields: Any,
) -> Decoded:
    span = {
        "traceId": "t",
        "spanId": "s",
        "name": "n",
        "attributes": to_pairs(attributes or {}) if pairs is None else pairs,
    } | fields
    span.setdefault("startTimeUnixNano", str(START_NS))
    group = {"scope": {"name": scope, "version": version}, "spans": [span]}
    document = {
        "resourceSpans": [{"resource": {"attributes": to_pairs(resource or {})}, "scopeSpans": [group]}]
    }
    return decode(json.dumps(document).encode(), is_json=True, arrival=arrival)


def row(attributes: dict[str, Any] | None = None, **fields: Any) -> Observation:
    (observation,) = decode_span(attributes, **fields).observations
    return observation


def patch(attributes: dict[str, Any] | None = None, **fields: Any) -> Patch:
    (found,) = decode_span(attributes, **fields).patches
    return found


def attributes_of(observation: Observation) -> dict[str, str]:
    found: dict[str, str] = json.loads(observation.metadata["attributes"])
    return found


# --- values (2.3)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ({"stringValue": "x"}, "x"),
        ({"stringValue": ""}, ""),
        ({"stringValue": 5}, "5"),
        ({"stringValue": "a\x00b"}, "a\x00b"),
        ({"boolValue": False}, "false"),
        ({"intValue": "9007199254740993"}, "9007199254740993"),
        ({"intValue": 7}, "7"),
        ({"intValue": {"low": 1, "high": 1}}, "4294967297"),
        ({"intValue": {"low": -1, "high": 0}}, "4294967295"),
        ({"intValue": "9" * 400}, "9" * 400),
        ({"intValue": "zz"}, "zz"),
        ({"doubleValue": 0.5}, "0.5"),
        ({"doubleValue": "0.5"}, "0.5"),
        ({"doubleValue": "NaN"}, "NaN"),
        ({"doubleValue": "-Infinity"}, "-Infinity"),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}, {}]}}, '["a",1,null]'),
        ({"arrayValue": {}}, "[]"),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"boolValue": True}}]}}, '{"a":true}'),
        ({"bytesValue": "AQI="}, '{"bytesValue":"AQI="}'),
        ({}, ""),
        (None, ""),
    ],
)
def test_attribute_values(raw: Any, stored: str) -> None:
    assert attributes_of(row(pairs=[{"key": "k", "value": raw}])) == {"k": stored}


def test_protobuf_values_that_json_cannot_write() -> None:
    message = ExportTraceServiceRequest()
    span = message.resource_spans.add().scope_spans.add().spans.add(trace_id=b"t" * 16, span_id=b"s" * 8)
    for key, number in (
        ("nan", float("nan")),
        ("inf", float("inf")),
        ("minus", float("-inf")),
        ("zero", -0.0),
    ):
        span.attributes.add(key=key).value.double_value = number
    span.attributes.add(key="bytes").value.bytes_value = b"\x01\x02"
    span.attributes.add(key="empty").value.array_value.SetInParent()
    span.attributes.add(key="unset")
    span.attributes.add(key="langfuse.observation.cost_details").value.double_value = float("nan")
    (found,) = decode(message.SerializeToString(), is_json=False, arrival=ARRIVAL).observations
    assert found.provided_cost == {}
    assert attributes_of(found) == {
        "nan": "NaN",
        "inf": "Infinity",
        "minus": "-Infinity",
        "zero": "-0.0",
        "bytes": '{"bytesValue":"AQI="}',
        "empty": "[]",
        "unset": "",
        "langfuse.observation.cost_details": "NaN",
    }


def test_last_of_equal_keys_wins() -> None:
    twice = [{"key": "k", "value": value("1")}, {"key": "k", "value": value("2")}]
    assert attributes_of(row(pairs=twice)) == {"k": "2"}


def test_nul_in_values_stays_and_in_keys_too() -> None:
    found = row({"a\x00": "x\x00y"})
    assert attributes_of(found) == {"a\x00": "x\x00y"}


@pytest.mark.parametrize(
    ("name", "accepted"),
    [("two\nlines\tand é", True), ("a\x00b", False), ("a\x1bb", False), ("a\x7f", False), ("", True)],
)
def test_control_characters_in_names(name: str, accepted: bool) -> None:
    assert len(decode_span(name=name).observations) == accepted


# --- times (2.3, F46)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (str(START_NS), str(END_NS), (START_NS // 1000, END_NS // 1000)),
        (START_NS, END_NS + 999, (START_NS // 1000, END_NS // 1000)),
        ({"low": 1_000_000, "high": 0}, None, (1000, 1000)),
        (None, str(END_NS), (END_NS // 1000, END_NS // 1000)),
        (str(START_NS), "soon", (START_NS // 1000, START_NS // 1000)),
        (None, None, (RECEIVED_US, RECEIVED_US)),
        (str(END_NS), str(START_NS), (END_NS // 1000, START_NS // 1000)),
    ],
)
def test_times(start: Any, end: Any, expected: tuple[int, int]) -> None:
    found = row(startTimeUnixNano=start, endTimeUnixNano=end)
    assert (found.start_time, found.end_time) == expected
    assert "startTimeUnixNano" not in found.metadata


@pytest.mark.parametrize("outside", ["-1000", "9214646400000000000", "18446744073709551615"])
def test_times_outside_of_the_tables_become_the_arrival(outside: str) -> None:
    found = row(startTimeUnixNano=outside, endTimeUnixNano=str(END_NS))
    assert (found.start_time, found.end_time) == (RECEIVED_US, END_NS // 1000)
    assert found.metadata["startTimeUnixNano"] == outside
    found = row(endTimeUnixNano=outside)
    assert (found.start_time, found.end_time) == (START_NS // 1000, RECEIVED_US)
    assert found.metadata["endTimeUnixNano"] == outside


# --- name, environment, version, release, model, status (2.4)


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"gen_ai.tool.name": "a", "genkit:name": "b"}, "a"),
        ({"gen_ai.tool.name": "", "logfire.msg": "c"}, "c"),
        ({"ai.toolCall.name": "d", "ai.operationId": "e"}, "d"),
        ({"ai.operationId": "e", "ai.telemetry.functionId": "f"}, "f:e"),
        ({"ai.operationId": "e"}, "e"),
        ({"gen_ai.tool.name": 5}, "5"),
        ({}, "n"),
    ],
)
def test_name(attributes: dict[str, Any], name: str) -> None:
    assert row(attributes).name == name


@pytest.mark.parametrize(
    ("span", "resource", "environment"),
    [
        ({"langfuse.environment": "Langfuse-Prod"}, {}, "prod"),
        ({"langfuse.environment": "a b"}, {}, "default"),
        ({"langfuse.environment": "a" * 41}, {}, "a" * 40),
        ({"deployment.environment": "x"}, {"langfuse.environment": "y"}, "y"),
        ({"deployment.environment": "x"}, {"deployment.environment": "y"}, "x"),
        ({}, {"deployment.environment.name": "z", "deployment.environment": "y"}, "z"),
        ({"langfuse.environment": ""}, {"deployment.environment": "y"}, "y"),
        ({}, {}, "default"),
    ],
)
def test_environment(span: dict[str, Any], resource: dict[str, Any], environment: str) -> None:
    assert row(span, resource=resource).environment == environment


@pytest.mark.parametrize(
    ("completion", "environment"),
    [
        (
            {"completion": None, "rawRequest": {"trace": {"environment": "langfuse-llm-as-a-judge"}}},
            "llm-as-a-judge",
        ),
        ({"completion": None, "rawRequest": {"trace": {"environment": "prod"}}}, "default"),
        (
            {"completion": "x", "rawRequest": {"trace": {"environment": "langfuse-llm-as-a-judge"}}},
            "default",
        ),
        ({"completion": None, "rawRequest": 5}, "default"),
    ],
)
def test_environment_of_openrouter(completion: Any, environment: str) -> None:
    attributes = {"openrouter.source": "openrouter", "gen_ai.completion": json.dumps(completion)}
    assert row(attributes, resource={"service.name": "openrouter"}).environment == environment


def test_version_and_release_fall_back_to_the_resource() -> None:
    resource = {"service.version": "3", "langfuse.release": "r", "service.name": "svc"}
    found = row(resource=resource)
    assert (found.version, found.release, found.service_name, found.service_version) == ("3", "r", "svc", "3")
    found = row({"langfuse.version": "4", "langfuse.release": "q"}, resource=resource)
    assert (found.version, found.release) == ("4", "q")


@pytest.mark.parametrize(
    ("attributes", "model"),
    [
        ({"gen_ai.request.model": "a", "gen_ai.response.model": "b"}, "b"),
        ({"langfuse.observation.model.name": "c", "gen_ai.response.model": "b"}, "c"),
        ({"llm.model_name": "d", "model": "e"}, "d"),
        ({"model": ["x", 1]}, '["x",1]'),
        ({"genkit:name": "g", "genkit:metadata:subtype": "tool"}, ""),
        ({"genkit:name": "g", "genkit:metadata:subtype": "model"}, "g"),
        ({"gen_ai.request.model": "a", "gen_ai.operation.name": "agent_step"}, ""),
    ],
)
def test_model(attributes: dict[str, Any], model: str) -> None:
    assert row(attributes).model == model


def test_status_message_sources() -> None:
    exception = {"name": "exception", "attributes": to_pairs({"exception.message": "m"})}
    status = {"code": "STATUS_CODE_ERROR", "message": "from status"}
    found = row({"langfuse.observation.status_message": "stated"}, status=status, events=[exception])
    assert (found.status_message, found.level) == ("stated", "ERROR")
    assert row(status=status, events=[exception]).status_message == "from status"
    assert row(events=[exception]).status_message == "m"
    assert row(events=[]).status_message == ""


# --- level and type (2.5, 2.6)


@pytest.mark.parametrize(
    ("stated", "code", "level"),
    [
        (" warn ", 0, "WARNING"),
        ("fatal", 0, "ERROR"),
        ("weird", 2, "ERROR"),
        ("weird", 1, "DEFAULT"),
        ("verbose", 2, "DEBUG"),
        ("OK", 2, "DEFAULT"),
        (5, 0, "DEFAULT"),
    ],
)
def test_level(stated: Any, code: int, level: str) -> None:
    assert row({"langfuse.observation.level": stated}, status={"code": code}).level == level


def test_unknown_values_are_kept_where_attributes_are_not() -> None:
    stated = {
        "langfuse.observation.level": "weird",
        "langfuse.observation.type": "llm",
        "langfuse.environment": "Prod!!",
    }
    found = row(stated, scope="langfuse-sdk")
    assert (found.level, found.type, found.environment) == ("DEFAULT", "SPAN", "default")
    assert {key: found.metadata[key] for key in stated} == stated
    assert "langfuse.observation.level" not in row(stated).metadata
    assert attributes_of(row(stated)) == stated


@pytest.mark.parametrize(
    ("attributes", "type_"),
    [
        ({"langfuse.observation.type": "guardrail", "gen_ai.operation.name": "chat"}, "GUARDRAIL"),
        ({"langfuse.observation.type": "Guardrail", "gen_ai.operation.name": "chat"}, "GENERATION"),
        ({"langfuse.observation.type": ["span"]}, "SPAN"),
        ({"openinference.span.kind": "llm", "llm.model_name": "m"}, "GENERATION"),
        ({"openinference.span.kind": "RERANKER"}, "SPAN"),
        ({"openinference.span.kind": "EVALUATOR"}, "EVALUATOR"),
        ({"gen_ai.operation.name": "embeddings"}, "EMBEDDING"),
        ({"gen_ai.operation.name": "create_agent"}, "AGENT"),
        ({"genkit:metadata:subtype": "tool.v2"}, "TOOL"),
        ({"operation.name": "ai.embed.doEmbed x", "ai.model.id": "m"}, "EMBEDDING"),
        ({"operation.name": "ai.embed.doEmbed x"}, "SPAN"),
        ({"ai.operationId": "ai.toolCall"}, "TOOL"),
        ({"gen_ai.tool.call.id": "c"}, "TOOL"),
        ({"flue.task.agent": "c"}, "AGENT"),
        ({"model": "m"}, "GENERATION"),
        ({"embedding.model_name": "m"}, "SPAN"),
        ({}, "SPAN"),
    ],
)
def test_type(attributes: dict[str, Any], type_: str) -> None:
    assert row(attributes).type == type_


@pytest.mark.parametrize(
    ("version", "language", "type_"),
    [
        ("3.3.9", "python", "GENERATION"),
        ("3.4.0", "python", "SPAN"),
        ("", "python", "GENERATION"),
        ("3.2.0", "nodejs", "SPAN"),
    ],
)
def test_old_python_sdk_called_generations_span(version: str, language: str, type_: str) -> None:
    stated = {"langfuse.observation.type": "span", "langfuse.observation.prompt.name": "p"}
    resource = {"telemetry.sdk.language": language}
    found = row(stated, scope="langfuse-sdk", version=version, resource=resource)
    assert found.type == type_
    assert found.prompt_name == ("p" if type_ == "GENERATION" else "")


# --- input and output (2.7)


@pytest.mark.parametrize(
    ("attributes", "sides"),
    [
        ({"langfuse.observation.output": "", "input.value": "x"}, ("", "")),
        ({"langfuse.observation.input": False}, ("false", "")),
        ({"output.value": "o", "input": "i"}, ("", "o")),
        ({"input": "i", "output": "o", "gen_ai.input.messages": "m"}, ("i", "o")),
        ({"tool_arguments": "a", "tool_response": "r"}, ("a", "r")),
        ({"pydantic_ai.all_messages": "[]", "final_result": "r"}, ("", "")),
        ({"gen_ai.prompt": "p", "gen_ai.completion": "c"}, ("p", "c")),
        ({"gen_ai.prompt.name": "p"}, ('{"name":"p"}', "{}")),
        ({"gen_ai.prompt.0": "p"}, ('{"0":"p"}', "{}")),
        (
            {"gen_ai.completion.1.content": "b", "gen_ai.completion.0.content": "a"},
            ("{}", '[{"content":"a"},{"content":"b"}]'),
        ),
        (
            {"gen_ai.input.messages": '[{"role":"system"}]', "gen_ai.system_instructions": "S"},
            ('[{"role":"system"}]', ""),
        ),
        (
            {"gen_ai.input.messages": '[{"role":"user"}]', "gen_ai.system_instructions": "S"},
            ('[{"role":"system","content":"S"},{"role":"user"}]', ""),
        ),
        ({"gen_ai.input.messages": "no list", "gen_ai.system_instructions": "S"}, ("no list", "")),
        ({}, ("", "")),
    ],
)
def test_input_and_output(attributes: dict[str, Any], sides: tuple[str, str]) -> None:
    found = row(attributes)
    assert (found.input, found.output) == sides


@pytest.mark.parametrize("reverse", [False, True])
def test_conflicting_paths_do_not_depend_on_their_order(reverse: bool) -> None:
    given = {
        "gen_ai.prompt.0.content": "whole",
        "gen_ai.prompt.0.content.part": "p",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.name": "swallowed",
    }
    found = row(dict(reversed(given.items())) if reverse else given)
    assert json.loads(found.input) == [{"content": "whole", "role": "user"}]
    assert attributes_of(found) == {"gen_ai.prompt.0.content.part": "p", "gen_ai.prompt.name": "swallowed"}


def test_indexes_beyond_the_limit_stay_flat() -> None:
    given = {
        "gen_ai.prompt.0.content": "a",
        "gen_ai.prompt.999.content": "b",
        "gen_ai.prompt.1000.content": "c",
        "gen_ai.prompt.999999999.content": "d",
    }
    found = row(given)
    assert found.input == '[{"content":"a"},{"content":"b"}]'
    assert set(attributes_of(found)) == {"gen_ai.prompt.1000.content", "gen_ai.prompt.999999999.content"}
    found = row(given, scope="langfuse-sdk")
    assert found.metadata["gen_ai.prompt.1000.content"] == "c"
    assert found.metadata["gen_ai.prompt.999999999.content"] == "d"


def test_more_than_ten_thousand_paths_stay_flat() -> None:
    given = {f"gen_ai.prompt.{n % 1000}.k{n // 1000}": "v" for n in range(10_005)}
    found = row(given)
    assert sum(len(message) for message in json.loads(found.input)) == 10_000
    assert len(attributes_of(found)) == 5


def test_deep_paths_stay_flat() -> None:
    name = "gen_ai.prompt.0." + ".".join("a" * 40)
    found = row({name: "v", "gen_ai.prompt.0.b": "w"})
    assert found.input == '[{"b":"w"}]'
    assert attributes_of(found) == {name: "v"}


# --- metadata (2.8)


@pytest.mark.parametrize(
    ("stated", "entries"),
    [
        ('{"a":1,"b":"x","c":{"d":null}}', {"a": "1", "b": "x", "c": '{"d":null}'}),
        ("plain", {"metadata": "plain"}),
        ("5", {"metadata": "5"}),
        ('"x"', {"metadata": "x"}),
        (7, {"metadata": "7"}),
        ('["p",{"q":1}]', {"0": "p", "1": '{"q":1}'}),
        ({"kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}}, {"k": "v"}),
    ],
)
def test_whole_metadata(stated: Any, entries: dict[str, str]) -> None:
    found = row({"langfuse.observation.metadata": stated}, scope="langfuse-sdk")
    assert {k: v for k, v in found.metadata.items() if k not in ("resourceAttributes", "scope")} == entries


def test_prefixed_metadata_is_not_nested_and_wins_over_the_whole() -> None:
    stated = {
        "langfuse.observation.metadata": '{"a.b":"old","z":1}',
        "langfuse.observation.metadata.a.b": '{"x":1}',
        "langfuse.metadata.c": True,
        "ai.telemetry.metadata.d": "e",
        "ai.telemetry.metadata.userId": "u",
    }
    found = row(stated)
    expected = {"a.b": '{"x":1}', "z": "1", "c": "true", "d": "e"}
    assert {key: found.metadata[key] for key in expected} == expected
    assert "userId" not in found.metadata
    assert found.user_id == "u"


@pytest.mark.parametrize(
    ("arrival", "version", "stored"),
    [
        (ARRIVAL, "5.0.0", "x"),
        (Arrival("p", 1, sdk_name="python", sdk_version="5.1.0"), "1.0", "x"),
        (Arrival("p", 1, sdk_name="python", sdk_version="4.18.0"), "5.0.0", '"x"'),
        (Arrival("p", 1, sdk_name="javascript", sdk_version="5.1.0"), "4.0", '"x"'),
    ],
)
def test_metadata_of_python_5_is_decoded_once(arrival: Arrival, version: str, stored: str) -> None:
    resource = {"telemetry.sdk.language": "python"}
    attributes = {"langfuse.observation.metadata.k": '"x"', "langfuse.observation.metadata.l": "not json"}
    found = row(attributes, scope="langfuse-sdk", version=version, resource=resource, arrival=arrival)
    assert (found.metadata["k"], found.metadata["l"]) == (stored, "not json")


def test_attributes_are_kept_unless_the_scope_is_ours() -> None:
    assert "attributes" in row({"a": 1}, scope="lang").metadata
    assert "attributes" not in row({"a": 1}, scope="langfuse-sdk-extra").metadata


def test_trace_and_resource_metadata() -> None:
    attributes = {"langfuse.trace.metadata.k": "trace", "langfuse.observation.metadata.k": "span"}
    resource = {"langfuse.trace.metadata.r": "res", "langfuse.metadata.k": "lowest"}
    root = row(attributes, resource=resource)
    assert (root.metadata["k"], root.metadata["r"]) == ("trace", "res")
    child = row(attributes, resource=resource, parentSpanId="p")
    assert child.metadata["k"] == "span"
    said = patch(attributes, resource=resource, parentSpanId="p")
    assert said.explicit == {"metadata": {"k": "trace"}}
    assert said.implied == {"environment": "default"}
    assert patch(attributes, resource=resource).implied["metadata"]["k"] == "span"


# --- parameters, usage, cost, prompt, first token (2.9-2.11)


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"langfuse.observation.model.parameters": '{"a":1}', "gen_ai.request.top_p": 1}, '{"a":1}'),
        ({"langfuse.observation.model.parameters": "no", "gen_ai.request.top_p": 1}, '{"top_p":1}'),
        ({"langfuse.observation.model.parameters": "{}"}, ""),
        ({"model_config": '{"b":null,"c":[1]}'}, '{"b":null,"c":"[1]"}'),
        ({"llm.invocation_parameters.k": 1, "llm.invocation_parameters.model": "m"}, '{"k":1}'),
        ({"gen_ai.request.model": "m"}, ""),
        ({"langfuse.observation.model_parameters": '{"a":1}'}, ""),
    ],
)
def test_parameters(attributes: dict[str, Any], text: str) -> None:
    assert row(attributes).model_parameters == text


@pytest.mark.parametrize(
    ("details", "usage"),
    [
        ('{"input_tokens":5,"output_tokens":6,"total_tokens":11}', {"input": 5, "output": 6, "total": 11}),
        (
            '{"input_tokens":5,"output_tokens":6,"total_tokens":11,"cache_read":1}',
            {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11, "cache_read": 1},
        ),
        ('{"input":5.0,"output":"7"}', {"input": 5, "output": 7}),
        ("[1]", {}),
        ("5", {}),
        ("broken", {"input": 3}),
    ],
)
def test_stated_usage(details: str, usage: dict[str, int]) -> None:
    attributes = {"langfuse.observation.usage_details": details, "gen_ai.usage.input_tokens": 3}
    found = row(attributes, scope="langfuse-sdk")
    assert found.provided_usage == usage
    assert "langfuse.observation.usage_details" not in found.metadata


@pytest.mark.parametrize("count", ["-5", "1.5", "1e308", "18446744073709551616"])
def test_impossible_counts_are_dropped_and_kept(count: str) -> None:
    details = f'{{"input":{count},"output":2}}'
    found = row({"langfuse.observation.usage_details": details}, scope="langfuse-sdk")
    assert found.provided_usage == {"output": 2}
    assert found.metadata["langfuse.observation.usage_details"] == details
    found = row({"gen_ai.usage.input_tokens": {"doubleValue": float(count)}}, scope="langfuse-sdk")
    assert found.provided_usage == {}
    assert float(found.metadata["gen_ai.usage.input_tokens"]) == float(count)


@pytest.mark.parametrize(
    ("counts", "usage"),
    [
        ({"prompt_tokens": 0, "input_tokens": 9}, {"input": 0}),
        ({"input_tokens": 9, "prompt_tokens": 0}, {"input": 0}),
        ({"input_tokens": 10, "cache_read.input_tokens": 4, "cache_write_tokens": 3}, 
         {"input": 3, "input_cached_tokens": 4, "input_cache_creation": 3}),
        ({"input_tokens": 1, "cache_read_tokens": 4}, {"input": 0, "input_cached_tokens": 4}),
        ({"output_tokens": 9, "reasoning.output_tokens": 2}, {"output": 7, "output_reasoning_tokens": 2}),
        ({"total": 5, "total_tokens": 6}, {"total": 6}),
        ({"details.x": 2, "other": 1.0}, {"x": 2, "other": 1}),
        ({"input_tokens": 2**53}, {"input": 2**53}),
        ({"input_tokens": 2**53 + 1, "cost": 4}, {}),
    ],
)  # fmt: skip
def test_generic_usage(counts: dict[str, Any], usage: dict[str, int]) -> None:
    assert row({f"gen_ai.usage.{key}": count for key, count in counts.items()}).provided_usage == usage


def test_vercel_anthropic_cache() -> None:
    provider = {
        "anthropic": {
            "usage": {
                "cache_creation_input_tokens": 50,
                "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10},
                "cache_read_input_tokens": 5,
            }
        }
    }
    found = row(
        {"ai.response.providerMetadata": json.dumps(provider), "gen_ai.usage.input_tokens": 100}, scope="ai"
    )
    assert found.provided_usage == {
        "input": 45,
        "input_cached_tokens": 5,
        "input_cache_creation": 20,
        "input_cache_creation_5m": 20,
        "input_cache_creation_1h": 10,
    }
    broken = {"ai.response.providerMetadata": "{", "gen_ai.usage.input_tokens": 100}
    assert row(broken, scope="ai").provided_usage == {"input": 100}


@pytest.mark.parametrize(
    ("attributes", "cost", "kept"),
    [
        (
            {"langfuse.observation.cost_details": '{"input":0.1,"total":1}'},
            {"input": 0.1, "total": 1.0},
            False,
        ),
        ({"langfuse.observation.cost_details": '{"input":-1,"output":"x"}'}, {}, True),
        ({"langfuse.observation.cost_details": "no", "gen_ai.usage.cost": 2.5}, {"total": 2.5}, False),
        ({"gen_ai.usage.cost": -1.0}, {}, True),
        ({"gen_ai.usage.cost": {"doubleValue": "NaN"}}, {}, True),
        ({"llm.cost.total": 1e9}, {"total": 1e9}, False),
        ({"gen_ai.usage.cost": "0.5"}, {"total": 0.5}, False),
        ({"gen_ai.usage.cost": "much"}, {}, True),
        ({"gen_ai.usage.cost": 0}, {"total": 0.0}, False),
    ],
)
def test_cost(attributes: dict[str, Any], cost: dict[str, float], kept: bool) -> None:
    found = row(attributes, scope="langfuse-sdk")
    assert found.provided_cost == cost
    assert (next(iter(attributes)) in found.metadata) is kept


@pytest.mark.parametrize(
    ("stated", "version"),
    [(3, 3), ("3", 3), (70_000, 70_000), ("x", None), (-1, None), (1.0, 1), (True, None)],
)
def test_prompt_version(stated: Any, version: int | None) -> None:
    attributes = {"langfuse.observation.prompt.name": "p", "langfuse.observation.prompt.version": stated}
    found = row({"langfuse.observation.type": "generation", **attributes}, scope="langfuse-sdk")
    assert (found.prompt_name, found.prompt_version) == ("p", version)
    assert ("langfuse.observation.prompt.version" in found.metadata) is (version is None)
    assert row({"langfuse.observation.type": "span", **attributes}).prompt_name == ""


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"langfuse.observation.completion_start_time": '"2026-01-01T00:00:00Z"'}, 1_767_225_600_000_000),
        ({"langfuse.observation.completion_start_time": "2026-01-01T00:00:00"}, 1_767_225_600_000_000),
        ({"langfuse.observation.completion_start_time": "9999-01-01T00:00:00Z"}, None),
        ({"langfuse.observation.completion_start_time": "soon"}, None),
        ({"ai.response.msToFirstChunk": 0, "ai.stream.msToFirstChunk": 1.2}, START_NS // 1000 + 2000),
        ({"ai.response.msToFirstChunk": 1e300}, None),
        ({"ai.response.msToFirstChunk": True}, None),
    ],
)
def test_completion_start(attributes: dict[str, Any], expected: int | None) -> None:
    assert row(attributes).completion_start_time == expected


# --- the trace (2.12, 2.13)


@pytest.mark.parametrize(
    ("stated", "tags"),
    [
        (["a", 1], ["a", "1"]),
        ('["a", "b"]', ["a", "b"]),
        ("[broken, x", ["[broken", "x"]),
        ("x, y", ["x", "y"]),
        ("one", ["one"]),
        (7, None),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"intValue": "1"}}]}}, None),
    ],
)
def test_tags(stated: Any, tags: list[str] | None) -> None:
    assert patch({"langfuse.trace.tags": stated}).explicit.get("tags") == tags


@pytest.mark.parametrize(
    ("attributes", "public"),
    [
        ({"langfuse.trace.public": True}, True),
        ({"langfuse.trace.public": "true", "langfuse.public": False}, True),
        ({"langfuse.public": "yes"}, False),
        ({"langfuse.trace.public": 1}, False),
        ({}, None),
    ],
)
def test_public(attributes: dict[str, Any], public: bool | None) -> None:
    assert patch(attributes).explicit.get("public") is public


@pytest.mark.parametrize(
    ("attributes", "user", "session"),
    [
        ({"user.id": "a", "langfuse.user.id": "b"}, "b", ""),
        ({"session.id": "", "gen_ai.conversation.id": "c"}, "", "c"),
        ({"langfuse.observation.metadata.langfuse_user_id": "d"}, "d", ""),
        ({"langfuse.trace.user_id": "e", "langfuse.trace.session_id": "f"}, "e", "f"),
        ({"langfuse.trace.user_id": "e", "user.id": "a"}, "a", ""),
        ({"user.id": 5, "session.id": ["x"]}, "5", '["x"]'),
    ],
)
def test_user_and_session(attributes: dict[str, Any], user: str, session: str) -> None:
    found = decode_span(attributes, parentSpanId="p")
    assert (found.observations[0].user_id, found.observations[0].session_id) == (user, session)
    explicit = found.patches[0].explicit
    assert (explicit.get("user_id", ""), explicit.get("session_id", "")) == (user, session)


def test_user_that_cannot_be_an_id_is_kept_as_metadata() -> None:
    found = decode_span({"user.id": "a\x00b"}, scope="langfuse-sdk")
    assert found.observations[0].user_id == ""
    assert found.observations[0].metadata["user.id"] == "a\x00b"
    assert "user_id" not in found.patches[0].explicit


def test_child_without_trace_fields_says_nothing() -> None:
    assert decode_span({"langfuse.version": "1", "input": "x"}, parentSpanId="p").patches == []


@pytest.mark.parametrize("flag", [True, "true"])
@pytest.mark.parametrize("key", ["langfuse.internal.as_root", "langfuse.internal.is_app_root"])
def test_stated_roots_imply_name_and_io(key: str, flag: Any) -> None:
    found = decode_span({key: flag, "input": "i", "output": "o"}, parentSpanId="p")
    implied = found.patches[0].implied
    assert (implied["name"], implied["input"], implied["output"]) == ("n", "i", "o")
    assert found.observations[0].is_app_root is key.endswith("app_root")
    assert found.observations[0].parent_id == "p"


def test_trace_input_counts_for_every_client_and_beats_nothing_with_nothing() -> None:
    found = patch({"langfuse.trace.input": "", "langfuse.trace.output": {"kvlistValue": {"values": []}}})
    assert found.explicit == {}
    found = patch({"langfuse.trace.input": "ti", "langfuse.trace.name": "tn", "input": "i"}, parentSpanId="p")
    assert found.explicit == {"input": "ti", "name": "tn"}
    assert found.implied == {"environment": "default"}


def test_version_and_release_on_the_trace() -> None:
    found = patch({"langfuse.version": "1"}, resource={"service.version": "9", "langfuse.release": "r"})
    assert (found.explicit, found.implied["version"]) == ({"version": "1", "release": "r"}, "1")
    found = patch(resource={"service.version": "9"})
    assert (found.explicit, found.implied["version"]) == ({}, "9")


def test_resource_attributes_name_no_user() -> None:
    found = decode_span(resource={"user.id": "u", "langfuse.trace.tags": "a"})
    assert found.observations[0].user_id == ""
    assert found.patches[0].explicit == {}


# --- experiments (2.14)


def test_experiment_version_must_be_a_time() -> None:
    attributes = {"langfuse.experiment.id": "e", "langfuse.experiment.item.version": "v1"}
    assert row(attributes).experiment == {"id": "e"}


def test_experiment_metadata_is_one_text() -> None:
    attributes = {"langfuse.experiment.metadata": '{"a":1}', "langfuse.experiment.metadata.b": "x"}
    assert row(attributes).experiment == {"metadata": '{"a":1,"b":"x"}'}


# --- several resources and scopes, and many names


def test_each_span_gets_its_own_resource_and_scope() -> None:
    def group(scope: str, span_id: str) -> dict[str, Any]:
        return {"scope": {"name": scope}, "spans": [{"traceId": "t", "spanId": span_id, "parentSpanId": "p"}]}

    entries = [
        {
            "resource": {"attributes": to_pairs({"langfuse.environment": name})},
            "scopeSpans": [group("langfuse-sdk", f"{name}1"), group("lib", f"{name}2")],
        }
        for name in ("one", "two")
    ]
    decoded = decode(json.dumps({"resourceSpans": entries}).encode(), is_json=True, arrival=ARRIVAL)
    assert [(found.id, found.environment, found.scope_name) for found in decoded.observations] == [
        ("one1", "one", "langfuse-sdk"),
        ("one2", "one", "lib"),
        ("two1", "two", "langfuse-sdk"),
        ("two2", "two", "lib"),
    ]
    assert ["attributes" in found.metadata for found in decoded.observations] == [False, True, False, True]


def test_a_flood_of_names_does_not_change_what_names_mean() -> None:
    before = families_of(["gen_ai.prompt.0.role", "session.id", "model"])
    assert families_of(f"name.{number}" for number in range(20_000)) == 0
    assert families_of(["x" * 10_000]) == 0
    assert (
        families_of(["gen_ai.prompt.0.role", "session.id", "model"])
        == before
        == PROMPT_TREE | TRACE | MODEL | HIDDEN
    )
    assert len(FAMILIES) < 20_000
