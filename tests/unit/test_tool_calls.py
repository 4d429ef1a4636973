"""Tool definitions and calls found in input, output and metadata: contract 1.12."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.jsontext import loads
from spyglass.ingest.tool_calls import ToolUse, extract_tools

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
SCHEMA_TEXT = '{"type":"object","properties":{"city":{"type":"string"}}}'
NESTED = {"type": "function", "function": {"name": "weather", "description": "Rain?", "parameters": SCHEMA}}
FLAT = {"name": "weather", "description": "Rain?", "parameters": SCHEMA}
DEFINED = {"weather": {"description": "Rain?", "parameters": SCHEMA_TEXT}}


def extract(value: Any = "", output: Any = "", metadata: dict[str, str] | None = None) -> ToolUse | None:
    texts = [each if isinstance(each, str) else json.dumps(each) for each in (value, output)]
    return extract_tools(texts[0], texts[1], metadata or {})


def definitions(found: ToolUse | None) -> dict[str, Any]:
    assert found is not None
    return {name: json.loads(text) for name, text in found.definitions.items()}


@pytest.mark.parametrize(
    "value",
    [
        {"tools": [NESTED], "messages": []},
        {"tools": [FLAT]},
        {"tools": json.dumps([NESTED])},
        {"tools": [json.dumps(FLAT)]},
        {"messages": [{"role": "user", "content": "hi", "tools": [NESTED]}]},
        [{"role": "user", "content": "hi", "tools": [FLAT]}],
        {"messages": [{"role": "tool", "content": NESTED}]},
        [{"role": "tool", "content": json.dumps(NESTED)}],
        {"tools": [{"name": "weather", "desc": "Rain?", "inputSchema": SCHEMA}]},
        {"tools": [{"name": "weather", "description": "Rain?", "parameters_json_schema": SCHEMA}]},
        {"tools": [{"name": "weather", "description": "Rain?", "input_schema": SCHEMA}]},
        {"tools": [{"name": "weather", "description": "Rain?", "parameters": SCHEMA_TEXT}]},
        {"tools": [FLAT, {"name": "weather", "description": "another"}]},  # the first of a name wins
        {"tools": [{"type": "web_search"}, FLAT, 3, None]},  # what has no name is none
        "  \n" + json.dumps({"tools": [FLAT]}),
    ],
)
def test_definitions_in_the_input(value: Any) -> None:
    found = extract(value)
    assert definitions(found) == DEFINED
    assert found is not None
    assert found.input == (value if isinstance(value, str) else json.dumps(value))
    assert (found.calls, found.call_names, found.metadata) == ([], [], {})


def test_a_definition_without_description_and_parameters() -> None:
    assert definitions(extract({"tools": [{"name": "now"}]})) == {
        "now": {"description": "", "parameters": ""}
    }


@pytest.mark.parametrize(
    "attributes",
    [
        {"ai.prompt.tools": [json.dumps(FLAT)]},
        {"ai.prompt.tools": json.dumps([FLAT])},
        {"gen_ai.tool.definitions": json.dumps([NESTED])},
        {"model_request_parameters.function_tools": [FLAT]},
        {"llm.tools.0.tool.json_schema": json.dumps(NESTED)},
    ],
)
def test_definitions_in_attributes_move_into_the_input(attributes: dict[str, Any]) -> None:
    metadata = {"attributes": json.dumps({"kept": 1, **attributes}), "other": "x"}
    found = extract([{"role": "user"}], "", metadata)
    assert definitions(found) == DEFINED
    assert found is not None
    assert found.metadata == {"attributes": '{"kept":1}', "other": "x"}
    moved = json.loads(found.input)
    assert moved["messages"] == [{"role": "user"}]
    assert moved["tools"] in ([FLAT], [NESTED])
    assert json.loads(metadata["attributes"]).keys() == {"kept", *attributes}  # the argument is not touched


def test_function_tools_inside_the_request_parameters() -> None:
    request = json.dumps({"function_tools": [FLAT], "output_mode": "text"})
    found = extract("", "", {"attributes": json.dumps({"model_request_parameters": request})})
    assert definitions(found) == DEFINED
    assert found is not None
    assert json.loads(found.metadata["attributes"]) == {"model_request_parameters": '{"output_mode":"text"}'}


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("", {"tools": [FLAT]}),
        ("hello", {"prompt": "hello", "tools": [FLAT]}),
        ("{not json", {"prompt": "{not json", "tools": [FLAT]}),
        ('{"a":1}', {"a": 1, "tools": [FLAT]}),
        ('[{"role":"user"}]', {"messages": [{"role": "user"}], "tools": [FLAT]}),
        ('{"tools":[{"name":"now"}]}', {"tools": [{"name": "now"}, FLAT]}),
        ('{"tools":[{"name":"weather"}]}', {"tools": [{"name": "weather"}]}),
    ],
)
def test_where_moved_definitions_go(text: str, moved: Any) -> None:
    found = extract(text, "", {"tools": json.dumps([FLAT, FLAT]), "other": "x"})
    assert found is not None
    assert json.loads(found.input) == moved
    assert found.metadata == {"other": "x"}


def test_moving_keeps_numbers_as_they_were_written() -> None:
    found = extract('{"a":1.50,"b":123456789012345678901234567890}', "", {"tools": json.dumps([FLAT])})
    assert found is not None
    assert found.input.startswith('{"a":1.50,"b":123456789012345678901234567890,"tools":[')
    found = extract("[1.50]", "", {"tools": json.dumps([FLAT])})
    assert found is not None
    assert found.input.startswith('{"messages":[1.50],"tools":[')


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"a":"\\ud800","n":null,"s":"x"}', {"a": "\ufffd", "n": None, "s": "x"}),
        ('{"a":1e999,"s":"x"}', {"s": "x"}),
        ('{"\\"":{"b":1},"s":"x"}', {'"': {"b": 1}, "s": "x"}),
    ],
)
def test_moving_into_text_that_had_to_be_mended(text: str, kept: dict[str, Any]) -> None:
    found = extract_tools(text, "", {"tools": '[{"name":"a","n":123456789012345678901234567890}]'})
    assert found is not None
    moved = loads(found.input)
    assert {key: moved[key] for key in kept} == kept
    assert moved["tools"][0]["name"] == "a"


def test_running_again_changes_nothing() -> None:
    first = extract("hello", "", {"tools": json.dumps([FLAT])})
    assert first is not None
    again = extract_tools(first.input, "", first.metadata)
    assert again == first


CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Rome"}'}}
CALLED = {"id": "c1", "arguments": '{"city":"Rome"}', "type": "function", "index": 0}


@pytest.mark.parametrize(
    ("output", "call"),
    [
        ({"role": "assistant", "tool_calls": [CALL]}, CALLED),
        ([{"role": "assistant", "tool_calls": [CALL]}], CALLED),
        ({"toolCalls": [CALL]}, CALLED),
        ({"tool_calls": json.dumps([CALL])}, CALLED),
        ({"choices": [{"message": {"tool_calls": [CALL]}}]}, CALLED),
        ({"additional_kwargs": {"tool_calls": [CALL]}}, CALLED),
        # the same call twice in one message
        ({"tool_calls": [CALL], "additional_kwargs": {"tool_calls": [CALL]}}, CALLED),
        (CALL, CALLED),
        ([CALL, CALL], CALLED),
        ({**CALL, "index": 2}, {**CALLED, "index": 2}),
        (
            {
                "content": [
                    {"type": "text"},
                    {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Rome"}},
                ]
            },
            {**CALLED, "type": "tool_use"},
        ),
        (
            [
                {
                    "role": "assistant",
                    "content": [
                        {
                            "type": "tool-call",
                            "toolCallId": "c1",
                            "toolName": "weather",
                            "args": {"city": "Rome"},
                        }
                    ],
                }
            ],
            {**CALLED, "type": "tool-call"},
        ),
        (
            {"parts": [{"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Rome"}}]},
            {**CALLED, "type": "tool_call"},
        ),
        (
            {
                "type": "function_call",
                "id": "fc",
                "call_id": "c1",
                "name": "weather",
                "arguments": '{"city":"Rome"}',
            },
            {**CALLED, "type": "function_call"},
        ),
        (
            {"tool_calls": [{"name": "weather", "args": {"city": "Rome"}, "id": "c1", "type": "tool_call"}]},
            {**CALLED, "type": "tool_call"},
        ),
        ({"tool_calls": [{"name": "weather"}]}, {"id": "", "arguments": "{}", "type": "", "index": 0}),
        (
            {"tool_calls": [{"name": "weather", "id": 7}]},
            {"id": "7", "arguments": "{}", "type": "", "index": 0},
        ),
    ],
)
def test_calls_in_the_output(output: Any, call: dict[str, Any]) -> None:
    found = extract("", output)
    assert found is not None
    assert [json.loads(text) for text in found.calls] == [call]
    assert found.call_names == ["weather"]
    assert found.definitions == {}


def test_calls_keep_their_order_and_equal_ones_without_id_are_one() -> None:
    one, two = {"name": "a", "arguments": "1"}, {"name": "b", "arguments": "1"}
    found = extract("", {"tool_calls": [two, one, two, {"name": "a", "arguments": "2"}, {"arguments": "3"}]})
    assert found is not None
    assert found.call_names == ["b", "a", "a"]


@pytest.mark.parametrize(
    ("value", "output", "metadata"),
    [
        ("", "", {}),
        ("tools", "tool_calls", {"attributes": '{"a":1}'}),
        ({"messages": [{"role": "user", "content": "the tools"}]}, {"content": "arguments"}, {}),
        ({"tools": []}, {"tool_calls": []}, {}),
        ({"tools": "hammer"}, {"tool_calls": None}, {"tools": "hammer, saw"}),
        ({"tools": ["hammer"]}, {"tool_calls": "{"}, {"tools": '["hammer","saw"]'}),
        ('{"tools":[{"name":"a"}', '{"tool_calls":[{"name":"a"}', {}),
        ('{"tools":' + "[" * 5000 + "]" * 5000 + "}", "", {}),
        ("", {"name": "Bob", "input": "x", "tool": 1}, {}),
        ("", [{"name": "Bob", "type": ["x"], "args": 1, "tool": 1}, "arguments", 3], {}),
        ("", {"content": [{"type": ["x"]}, {"type": {}}], "tool": 1}, {}),
        ("", [NESTED], {}),  # a definition is no call
        ("", "", {"attributes": '{"gen_ai.tool.name":"x","llm.tools.0.tool.json_schema":"nothing"}'}),
        ("", "", {"attributes": "gen_ai.tool.definitions"}),
    ],
)
def test_nothing_is_found_and_nothing_changes(value: Any, output: Any, metadata: dict[str, str]) -> None:
    assert extract(value, output, metadata) is None


_keys = st.sampled_from(
    [
        *("tools", "messages", "role", "content", "parts", "type", "function", "name", "tool", "id", "index"),
        *("tool_calls", "toolCalls", "choices", "message", "additional_kwargs", "arguments", "args", "input"),
        *("ai.prompt.tools", "gen_ai.tool.definitions", "model_request_parameters", "function_tools"),
        *("llm.tools.0.tool.json_schema", "parameters", "description", "attributes"),
    ]
)
_leaves = st.sampled_from(
    [None, True, 0, 1.5, "", "x", "tool", "function", "tool_use", "[]", '{"name":"a"}', 10**30]
)
_values = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4)
)


@given(_values, _values, st.dictionaries(_keys, _values, max_size=3))
def test_whatever_it_reads_it_never_fails(value: Any, output: Any, attributes: dict[str, Any]) -> None:
    metadata = {"attributes": json.dumps(attributes), "tools": json.dumps(value)}
    found = extract(value, output, metadata)
    if found is None:
        return
    assert len(found.calls) == len(found.call_names)
    assert all(isinstance(json.loads(text), dict) for text in (*found.calls, *found.definitions.values()))
    again = extract_tools(found.input, json.dumps(output), found.metadata)
    assert again is not None
    assert again == found
