"""Input and output of a span: table 2.7 of the contract, row by row. A row that hits ends the search for both
sides. Values are returned as received; the caller makes them text.
"""

from collections.abc import Callable
from typing import Any

from spyglass.core.jsontext import to_text
from spyglass.ingest.dialects import otlp_attributes as names
from spyglass.ingest.dialects.otlp_metadata import parse_if_json
from spyglass.ingest.dialects.otlp_paths import rebuild
from spyglass.ingest.dialects.otlp_span import DETAILS_EVENT, Event, Span

Attributes = dict[str, Any]
Sides = tuple[Any, Any]
Keys = tuple[str, ...]

_NOTHING: Sides = (None, None)

_VERCEL_INPUT: Keys = ("ai.prompt.messages", "ai.prompt", "ai.toolCall.args")
_VERCEL_OUTPUT: Keys = (
    "ai.response.text",
    "ai.result.text",
    "ai.toolCall.result",
    "ai.response.object",
    "ai.result.object",
    "ai.response.toolCalls",
    "ai.result.toolCalls",
)
_FLUE_INPUT: Keys = ("flue.turn.input", "flue.tool.arguments", "flue.task.prompt", "flue.workflow.payload")
_FLUE_OUTPUT: Keys = (
    "flue.turn.output",
    "flue.tool.result",
    "flue.task.result",
    "flue.operation.result",
    "flue.workflow.result",
)
_MESSAGE_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def read_io(scope_name: str, span: Span, overflow: set[str]) -> Sides:
    """Input and output, None where there is none. Names that a rebuilt list cannot hold go to `overflow`."""
    attributes = span.attributes
    given = attributes.get("langfuse.observation.input")
    produced = attributes.get("langfuse.observation.output")
    if given is not None or produced is not None:
        return given, produced
    read_scope = _BY_SCOPE.get(scope_name)
    if read_scope is not None:
        sides = read_scope(attributes)
        if sides is not None:
            return sides
    if span.events:
        sides = _read_events(scope_name, span.events, overflow)
        if sides is not None:
            return sides
    if span.families & names.ANY_IO:
        return _read_rows(scope_name, attributes, span.families, overflow)
    return _NOTHING


def _read_rows(scope_name: str, attributes: Attributes, families: int, overflow: set[str]) -> Sides:
    """Rows 7 to 20."""
    for family, read in _ROWS:
        if families & family:
            found = read(scope_name, attributes, overflow)
            if found is not None:
                return found
    return _NOTHING


def _first(attributes: Attributes, keys: Keys) -> Any:
    for key in keys:
        value = attributes.get(key)
        if value:
            return value
    return None


# --- rows 1 to 3: by scope


def _read_genkit(attributes: Attributes) -> Sides:
    given = _parsed(attributes.get("genkit:input"))
    produced = _parsed(attributes.get("genkit:output"))
    if isinstance(given, dict):
        given = given.get("messages") or given
    if isinstance(produced, dict):
        produced = produced.get("message") or produced
    return given, produced


def _read_vercel(attributes: Attributes) -> Sides:
    given = _first(attributes, _VERCEL_INPUT)
    text, calls = attributes.get("ai.response.text"), attributes.get("ai.response.toolCalls")
    produced = (
        {"role": "assistant", "content": text, "tool_calls": _parsed(calls)}
        if text and calls
        else _first(attributes, _VERCEL_OUTPUT)
    )
    if not given or not produced:
        other = _read_genai(attributes) or _NOTHING
        given, produced = given or other[0], produced or other[1]
    return given, produced


def _read_flue(attributes: Attributes) -> Sides | None:
    sides = _parsed(_first(attributes, _FLUE_INPUT)), _parsed(_first(attributes, _FLUE_OUTPUT))
    return sides if sides[0] or sides[1] else None


_BY_SCOPE: dict[str, Callable[[Attributes], Sides | None]] = {
    "genkit-tracer": _read_genkit,
    "ai": _read_vercel,
    "@flue/opentelemetry": _read_flue,
}


def _parsed(value: Any) -> Any:
    return parse_if_json(value) if isinstance(value, str) and value else value


# --- rows 4 to 6: span events


def _read_events(scope_name: str, events: list[Event], overflow: set[str]) -> Sides | None:
    for event in events:
        sides = _read_genai(event.attributes) if event.name == DETAILS_EVENT else None
        if sides is not None:
            return sides
    messages = [
        {"role": _MESSAGE_ROLES[event.name], **event.attributes}
        for event in events
        if event.name in _MESSAGE_ROLES
    ]
    choices = [event.attributes for event in events if event.name == "gen_ai.choice"]
    if messages or choices:
        return _unwrap(messages), _unwrap(choices)
    given = _read_content(scope_name, events, "gen_ai.content.prompt", 0, overflow)
    produced = _read_content(scope_name, events, "gen_ai.content.completion", 1, overflow)
    return (given, produced) if given or produced else None


def _unwrap(entries: list[Attributes]) -> Any:
    return (entries[0] if len(entries) == 1 else entries) if entries else None


def _read_content(scope_name: str, events: list[Event], name: str, side: int, overflow: set[str]) -> Any:
    """The table once more over the attributes of the event; else those themselves."""
    for event in events:
        if event.name == name and event.attributes:
            families = names.families_of(event.attributes)
            inner = _read_rows(scope_name, event.attributes, families, set())
            return inner[side] or event.attributes
    return None


# --- rows 7 to 20: by attributes


def _read_adk(scope_name: str, attributes: Attributes, overflow: set[str]) -> Sides | None:
    sides = tuple(
        next((found for key in keys if (found := attributes.get(key)) and found != "{}"), None)
        for keys in (
            ("gcp.vertex.agent.llm_request", "gcp.vertex.agent.tool_call_args"),
            ("gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_response"),
        )
    )
    return (sides[0], sides[1]) if sides[0] or sides[1] else None


def _read_event_list(scope_name: str, attributes: Attributes, overflow: set[str]) -> Sides | None:
    events = _parsed(attributes.get("events"))
    if not isinstance(events, list) or not events:
        return None
    entries = [_parsed(event) for event in events]
    is_choice = [isinstance(entry, dict) and entry.get("event.name") == "gen_ai.choice" for entry in entries]
    messages = [entry for entry, chosen in zip(entries, is_choice, strict=True) if not chosen]
    choice = next((entry for entry, chosen in zip(entries, is_choice, strict=True) if chosen), None)
    return messages or None, choice


def _read_pydantic(scope_name: str, attributes: Attributes, overflow: set[str]) -> Sides | None:
    if scope_name != "pydantic-ai":
        return None
    given = _with_system(attributes, attributes.get("pydantic_ai.all_messages"))
    produced = attributes.get("final_result")
    return (given, produced) if given or produced else None


def _read_prompt_tree(scope_name: str, attributes: Attributes, overflow: set[str]) -> Sides:
    return (
        attributes.get("gen_ai.prompt") or rebuild(attributes, "gen_ai.prompt.", overflow),
        attributes.get("gen_ai.completion") or rebuild(attributes, "gen_ai.completion.", overflow),
    )


def _read_message_tree(scope_name: str, attributes: Attributes, overflow: set[str]) -> Sides:
    return (
        attributes.get("llm.input_messages") or rebuild(attributes, "llm.input_messages.", overflow),
        attributes.get("llm.output_messages") or rebuild(attributes, "llm.output_messages.", overflow),
    )


def _read_messages(scope_name: str, attributes: Attributes, overflow: set[str]) -> Sides | None:
    return _read_genai(attributes)


def _read_genai(attributes: Attributes) -> Sides | None:
    """Rows 19 and 20: the current OpenTelemetry conventions."""
    given = _with_system(attributes, attributes.get("gen_ai.input.messages"))
    produced = attributes.get("gen_ai.output.messages")
    if given or produced:
        return given, produced
    given, produced = (
        attributes.get("gen_ai.tool.call.arguments"),
        attributes.get("gen_ai.tool.call.result"),
    )
    return (given, produced) if given or produced else None


def _with_system(attributes: Attributes, messages: Any) -> Any:
    """The messages with `gen_ai.system_instructions` in front, in the form they came in."""
    instructions = _parsed(attributes.get("gen_ai.system_instructions"))
    if not instructions or not messages:
        return messages
    entries = _parsed(messages)
    if not isinstance(entries, list) or any(_role(entry) == "system" for entry in entries):
        return messages
    result = [{"role": "system", "content": _instruction_text(instructions)}, *entries]
    return to_text(result) if isinstance(messages, str) else result


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def _instruction_text(instructions: Any) -> str:
    if isinstance(instructions, list):
        parts = [part.get("content") if isinstance(part, dict) else part for part in instructions]
        return "\n".join(to_text(part) for part in parts if part is not None)
    return to_text(instructions)


_Reader = Callable[[str, Attributes, set[str]], Sides | None]


def _pair(input_keys: Keys, output_keys: Keys) -> _Reader:
    def read(scope_name: str, attributes: Attributes, overflow: set[str]) -> Sides | None:
        sides = _first(attributes, input_keys), _first(attributes, output_keys)
        return sides if sides[0] or sides[1] else None

    return read


_ROWS: tuple[tuple[int, _Reader], ...] = (
    (names.ADK, _read_adk),
    (names.LOGFIRE, _pair(("prompt",), ("all_messages_events",))),
    (
        names.LIVEKIT,
        _pair(
            ("lk.input_text", "lk.user_transcript", "lk.chat_ctx"),
            ("lk.function_tool.output", "lk.response.text"),
        ),
    ),
    (names.EVENT_LIST, _read_event_list),
    (names.MLFLOW, _pair(("mlflow.spanInputs",), ("mlflow.spanOutputs",))),
    (names.TRACELOOP, _pair(("traceloop.entity.input",), ("traceloop.entity.output",))),
    (names.VALUES, _pair(("input.value",), ("output.value",))),
    (names.PLAIN, _pair(("input",), ("output",))),
    (names.PYDANTIC, _read_pydantic),
    (names.TOOL, _pair(("tool_arguments",), ("tool_response",))),
    (names.PROMPT_TREE, _read_prompt_tree),
    (names.MESSAGE_TREE, _read_message_tree),
    (names.MESSAGES | names.TOOL_CALL, _read_messages),
)
