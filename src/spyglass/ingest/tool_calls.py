"""Tools that a call could use and those it did use, found in its input, output and metadata (contract 1.12).

Pure. It runs for every observation, so a few substring tests come first and JSON is parsed only after them.
Text that is not as expected is left alone: nothing here is ever refused.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from spyglass.core.errors import Invalid
from spyglass.core.jsontext import loads, to_text

# Each begins with literal text, which the engine searches for fast.
_hints_in_input = re.compile('"tools?"').search
_hints_in_output = re.compile('"(?:tool|arguments")').search
_hints_in_attributes = re.compile(r'tool(?:s[."\\]|\.definitions)').search
_OPENING = ("{", "[")
_PARAMETERS = ("parameters", "parameters_json_schema", "inputSchema", "input_schema")
_ARGUMENTS = ("arguments", "args", "input")
_CALL_IDS = ("call_id", "id", "toolCallId")
_CALL_TYPES = frozenset({"function", "function_call", "tool_call", "tool_use", "tool-call"})
_CALL_PARTS = frozenset({"tool_use", "tool-call", "tool_call"})

_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class ToolUse(NamedTuple):
    """Definitions as JSON text by name, calls as JSON texts with their names in the same order, and the
    input and metadata: changed where definitions moved from the metadata into the input."""

    definitions: dict[str, str]
    calls: list[str]
    call_names: list[str]
    input: str
    metadata: dict[str, str]


def extract_tools(input_text: str, output_text: str, metadata: dict[str, str]) -> ToolUse | None:
    """What the observation says about tools, or None when it says nothing."""
    in_input = bool(input_text) and _looks_like_json(input_text) and bool(_hints_in_input(input_text))
    in_output = bool(output_text) and _looks_like_json(output_text) and bool(_hints_in_output(output_text))
    in_metadata = bool(metadata) and _hints_at_tools(metadata)
    if not (in_input or in_output or in_metadata):
        return None
    defined = list(_find_definitions(_parse(input_text))) if in_input else []
    moved, rest = _take_from_metadata(metadata) if in_metadata else ([], metadata)
    definitions: dict[str, str] = {}
    for tool in (*defined, *moved):
        _add_definition(definitions, tool)
    if moved:
        input_text = _put_into_input(input_text, moved)
    calls, names = _read_calls(_parse(output_text)) if in_output else ([], [])
    if not (definitions or calls):
        return None
    return ToolUse(definitions, calls, names, input_text, rest)


def _hints_at_tools(metadata: dict[str, str]) -> bool:
    if "tools" in metadata:
        return True
    attributes = metadata.get("attributes")
    return attributes is not None and _hints_in_attributes(attributes) is not None


def _looks_like_json(text: str) -> bool:
    first = text[:1]
    return first in _OPENING or (first <= " " and text[:64].lstrip()[:1] in _OPENING)


def _parse(text: str) -> Any:
    """The value of a JSON text; None for anything else."""
    try:
        return loads(text)
    except Invalid:
        return None


def _parse_nested(value: Any) -> Any:
    """A value that may be wrapped in JSON text."""
    return _parse(value) if isinstance(value, str) and _looks_like_json(value) else value


def _as_list(value: Any) -> list[Any]:
    value = _parse_nested(value)
    return value if isinstance(value, list) else []


# --- definitions


def _find_definitions(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in an input that may define a tool; what has no name falls out later."""
    messages = value
    if isinstance(value, dict):
        yield from _read_tools(value.get("tools"))
        messages = _parse_nested(value.get("messages"))
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict):
            yield from _read_tools(message.get("tools"))
            content = _parse_nested(message.get("content")) if message.get("role") == "tool" else None
            if isinstance(content, dict) and content.get("type") == "function":  # LangGraph
                yield content


def _read_tools(value: Any) -> Iterator[dict[str, Any]]:
    for item in _as_list(value):
        tool = _parse_nested(item)
        if isinstance(tool, dict) and _name_of(tool):
            yield tool


def _body_of(tool: dict[str, Any]) -> dict[str, Any]:
    function = tool.get("function")
    return function if isinstance(function, dict) else tool


def _name_of(tool: dict[str, Any]) -> str:
    name = _body_of(tool).get("name")
    return name if isinstance(name, str) else ""


def _add_definition(definitions: dict[str, str], tool: dict[str, Any]) -> None:
    body, name = _body_of(tool), _name_of(tool)
    if not name or name in definitions:
        return
    description = body.get("description") or body.get("desc") or ""
    parameters = next((body[key] for key in _PARAMETERS if body.get(key) is not None), "")
    definitions[name] = to_text({"description": to_text(description), "parameters": to_text(parameters)})


def _take_from_metadata(metadata: dict[str, str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The definitions in the metadata, and the metadata without the keys that held them."""
    taken = list(_read_tools(metadata.get("tools")))
    rest = {key: text for key, text in metadata.items() if key != "tools"} if taken else dict(metadata)
    attributes = _parse(metadata.get("attributes", ""))
    if isinstance(attributes, dict):
        found = list(_take_from_attributes(attributes))
        if found:
            taken += found
            rest["attributes"] = to_text(attributes)
    return (taken, rest) if taken else ([], metadata)


def _take_from_attributes(attributes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The definitions in the attributes of a span, whose keys are removed on the way."""
    for key in ("ai.prompt.tools", "gen_ai.tool.definitions", "model_request_parameters.function_tools"):
        tools = list(_read_tools(attributes.get(key)))
        if tools:
            del attributes[key]
            yield from tools
    request = _parse_nested(attributes.get("model_request_parameters"))
    if isinstance(request, dict) and (tools := list(_read_tools(request.get("function_tools")))):
        del request["function_tools"]
        was_text = isinstance(attributes["model_request_parameters"], str)
        attributes["model_request_parameters"] = to_text(request) if was_text else request
        yield from tools
    for key in [
        key for key in attributes if key.startswith("llm.tools.") and key.endswith(".tool.json_schema")
    ]:
        tool = _parse_nested(attributes[key])
        if isinstance(tool, dict) and _name_of(tool):
            del attributes[key]
            yield tool


def _put_into_input(text: str, tools: list[dict[str, Any]]) -> str:
    """The input with these tools beside what it said, which stays as it was written, digit for digit."""
    distinct = list({_name_of(tool): tool for tool in reversed(tools)}.values())[::-1]
    if not text:
        return to_text({"tools": distinct})
    value = _parse(text) if _looks_like_json(text) else None
    if isinstance(value, list):
        return f'{{"messages":{text.strip()},"tools":{to_text(distinct)}}}'
    if not isinstance(value, dict):
        return to_text({"prompt": text, "tools": distinct})
    present = _as_list(value.get("tools"))
    known = {_name_of(tool) for tool in present if isinstance(tool, dict)}
    merged = present + [tool for tool in distinct if _name_of(tool) not in known]
    members = [*_write_members(text, value), f'"tools":{to_text(merged)}']
    return f"{{{','.join(members)}}}"


def _write_members(text: str, value: dict[str, Any]) -> Iterator[str]:
    """The members of an object but `tools`, each as it is written in `text`."""
    try:
        written = {key: bytes(raw).decode() for key, raw in _decode_members(text).items()}
    except (msgspec.DecodeError, UnicodeError):  # `loads` had to mend the text
        written = {key: _to_json(member) for key, member in value.items()}
    return (f"{_to_json(key)}:{member}" for key, member in written.items() if key != "tools")


def _to_json(value: Any) -> str:
    """JSON text also for what is text or null itself."""
    return to_text([value])[1:-1]


# --- calls


def _read_calls(value: Any) -> tuple[list[str], list[str]]:
    """Calls and their names; one that was already seen, by id or else by name and arguments, is left out."""
    calls: list[str] = []
    names: list[str] = []
    seen: set[Any] = set()
    for call in _find_calls(value):
        body = _body_of(call)
        name = body.get("name") or call.get("toolName")
        if not isinstance(name, str) or not name:
            continue
        found = next((call[key] for key in _CALL_IDS if call.get(key)), "")
        call_id = found if isinstance(found, str) else to_text(found)
        given = next(
            (part[key] for part in (body, call) for key in _ARGUMENTS if part.get(key) is not None), "{}"
        )
        arguments = to_text(given)
        same = call_id or (name, arguments)
        if same in seen:
            continue
        seen.add(same)
        kind, index = call.get("type"), call.get("index")
        calls.append(
            to_text(
                {
                    "id": call_id,
                    "arguments": arguments,
                    "type": kind if isinstance(kind, str) else "",
                    "index": index if isinstance(index, int) and not isinstance(index, bool) else 0,
                }
            )
        )
        names.append(name)
    return calls, names


def _find_calls(value: Any) -> Iterator[dict[str, Any]]:
    """Every call in an output: a message, a list of messages or of calls, a completion, or one call."""
    for item in value if isinstance(value, list) else (value,):
        if not isinstance(item, dict):
            continue
        if _is_call(item):
            yield item
            continue
        yield from _find_in_message(item)
        for choice in _dicts(item.get("choices")):
            message = choice.get("message")
            if isinstance(message, dict):
                yield from _find_in_message(message)


def _find_in_message(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in ("tool_calls", "toolCalls"):
        yield from _dicts(message.get(key))
    for key in ("content", "parts"):
        parts = message.get(key)
        if isinstance(parts, list):
            yield from (part for part in _dicts(parts) if str(part.get("type")) in _CALL_PARTS)
    extra = message.get("additional_kwargs")
    if isinstance(extra, dict):  # LangChain
        yield from _dicts(extra.get("tool_calls"))


def _dicts(value: Any) -> Iterable[dict[str, Any]]:
    return (item for item in _as_list(value) if isinstance(item, dict))


def _is_call(item: dict[str, Any]) -> bool:
    """Whether it is a call itself, and not just an object with a name."""
    kind = item.get("type")
    function = item.get("function")
    if isinstance(function, dict):
        return isinstance(function.get("name"), str) and "parameters" not in function
    if not isinstance(item.get("name") or item.get("toolName"), str):
        return False
    if "arguments" in item:
        return True
    return isinstance(kind, str) and kind in _CALL_TYPES and ("args" in item or "input" in item)
