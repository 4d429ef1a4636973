"""Type and level of an observation (contract 2.5, 2.6): the mappers in their order, the first hit decides."""

from typing import Any

from spyglass.ingest.dialects.otlp_attributes import MODEL, TYPE
from spyglass.ingest.dialects.otlp_span import Source, Span

_DECLARED = {
    name: name.upper()
    for name in (
        "span",
        "generation",
        "event",
        "embedding",
        "agent",
        "tool",
        "chain",
        "retriever",
        "guardrail",
        "evaluator",
    )
}
_OPENINFERENCE = {
    **{name: name for name in ("CHAIN", "RETRIEVER", "EMBEDDING", "AGENT", "TOOL", "GUARDRAIL", "EVALUATOR")},
    "LLM": "GENERATION",
}
_GENAI_OPERATIONS = {
    "chat": "GENERATION",
    "completion": "GENERATION",
    "text_completion": "GENERATION",
    "generate_content": "GENERATION",
    "generate": "GENERATION",
    "embeddings": "EMBEDDING",
    "invoke_agent": "AGENT",
    "create_agent": "AGENT",
    "execute_tool": "TOOL",
}
_GENKIT = {
    "model": "GENERATION",
    "background-model": "GENERATION",
    "embedder": "EMBEDDING",
    "tool": "TOOL",
    "tool.v2": "TOOL",
    "retriever": "RETRIEVER",
    "evaluator": "EVALUATOR",
}
_BY_NAME = (
    ("openinference.span.kind", _OPENINFERENCE),
    ("gen_ai.operation.name", _GENAI_OPERATIONS),
    ("genkit:metadata:subtype", _GENKIT),
)
_VERCEL = {
    "ai.generateText.doGenerate": "GENERATION",
    "ai.streamText.doStream": "GENERATION",
    "ai.generateObject.doGenerate": "GENERATION",
    "ai.streamObject.doStream": "GENERATION",
    "ai.embedMany.doEmbed": "EMBEDDING",
    "ai.embed.doEmbed": "EMBEDDING",
}
_VERCEL_TOOL = "ai.toolCall"
_VERCEL_MODELS = (
    "langfuse.observation.model.name",
    "ai.model.id",
    "gen_ai.request.model",
    "gen_ai.response.model",
)
_BY_PRESENCE = (
    ("gen_ai.tool.name", "TOOL"),
    ("gen_ai.tool.call.id", "TOOL"),
    ("flue.tool.name", "TOOL"),
    ("flue.tool.call_id", "TOOL"),
    ("flue.task.id", "AGENT"),
    ("flue.task.agent", "AGENT"),
)
_LIVEKIT_SCOPE = "livekit-agents"
_LIVEKIT = {"agent_turn": "AGENT", "start_agent_activity": "AGENT", "function_tool": "TOOL"}
_MODEL_HINTS = (
    "langfuse.observation.model.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "llm.model_name",
    "model",
)
_OLD_GENERATION_KEYS = tuple(
    f"langfuse.observation.{name}"
    for name in (
        "model.name",
        "cost_details",
        "usage_details",
        "completion_start_time",
        "model.parameters",
        "prompt.name",
        "prompt.version",
    )
)

_LEVELS = {
    **dict.fromkeys(("DEBUG", "TRACE", "VERBOSE"), "DEBUG"),
    **dict.fromkeys(("DEFAULT", "INFO", "LOG", "NOTICE", "OK", "SUCCESS"), "DEFAULT"),
    **dict.fromkeys(("WARNING", "WARN"), "WARNING"),
    **dict.fromkeys(("ERROR", "FATAL", "CRITICAL"), "ERROR"),
}
_LIVEKIT_NOISE = frozenset(
    {
        "user_speaking",
        "eou_detection",
        "llm_request_run",
        "tts_node",
        "tts_request",
        "tts_request_run",
        "tts_stream_adapter",
        "agent_speaking",
        "drain_agent_activity",
        "on_exit",
        "on_enter",
        "llm_fallback_adapter",
        "tts_fallback_adapter",
        "start_agent_activity",
    }
)


def read_type(source: Source, span: Span) -> str:
    """An unknown value of one mapper falls through to the next."""
    attributes = span.attributes
    declared = attributes.get("langfuse.observation.type")
    if declared is not None:
        if (
            source.misnames_generations
            and declared == "span"
            and any(key in attributes for key in _OLD_GENERATION_KEYS)
        ):
            return "GENERATION"
        if isinstance(declared, str) and declared in _DECLARED:
            return _DECLARED[declared]
        span.keep("langfuse.observation.type", declared)
    found = _map_names(attributes) if span.families & TYPE else None
    if found is None and source.scope_name == _LIVEKIT_SCOPE:
        found = _LIVEKIT.get(span.name)
    if found is None and span.families & MODEL and any(attributes.get(key) for key in _MODEL_HINTS):
        found = "GENERATION"
    return found or "SPAN"


def _map_names(attributes: dict[str, Any]) -> str | None:
    """Mappers 2 to 8."""
    for key, types in _BY_NAME:
        value = attributes.get(key)
        if isinstance(value, str) and value in types:
            return types[value]
    found = _map_vercel(attributes)
    if found is not None:
        return found
    return next((type_ for key, type_ in _BY_PRESENCE if attributes.get(key)), None)


def _map_vercel(attributes: dict[str, Any]) -> str | None:
    operation, operation_id = attributes.get("operation.name"), attributes.get("ai.operationId")
    if not isinstance(operation, str):
        operation = ""
    if not operation and not isinstance(operation_id, str):
        return None
    for name, type_ in _VERCEL.items():
        if (operation.startswith(name) or operation_id == name) and any(
            attributes.get(key) for key in _VERCEL_MODELS
        ):
            return type_
    return "TOOL" if operation.startswith(_VERCEL_TOOL) or operation_id == _VERCEL_TOOL else None


def read_level(source: Source, span: Span) -> str:
    declared = span.attributes.get("langfuse.observation.level")
    if declared is not None:
        level = _LEVELS.get(declared.strip().upper()) if isinstance(declared, str) else None
        if level is not None:
            return level
        span.keep("langfuse.observation.level", declared)
    if span.is_error:
        return "ERROR"
    if source.scope_name == _LIVEKIT_SCOPE and span.name in _LIVEKIT_NOISE:
        return "DEBUG"
    return "DEFAULT"
