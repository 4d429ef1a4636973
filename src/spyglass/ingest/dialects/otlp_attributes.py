"""Which attribute name belongs to which family of the contract (2.4-2.14): names as data, and one cheap pass
that tells which families a span carries, so that the readers of all others are skipped. Never reads a value.
"""

from collections.abc import Iterable

# --- families: bits of one integer

HIDDEN = 1 << 0  # inputs, outputs and metadata, which `metadata.attributes` does not repeat
TRACE = 1 << 1
ROOT = 1 << 2
ENVIRONMENT = 1 << 3
MODEL = 1 << 4
PARAMETERS = 1 << 5
USAGE = 1 << 6
COST = 1 << 7
PROMPT = 1 << 8
EXPERIMENT = 1 << 9
NAME = 1 << 10
TYPE = 1 << 11
FIRST_TOKEN = 1 << 12

OBSERVATION_METADATA = 1 << 13
PLAIN_METADATA = 1 << 14
AI_METADATA = 1 << 15
TRACE_METADATA = 1 << 16
METADATA = OBSERVATION_METADATA | PLAIN_METADATA | AI_METADATA | TRACE_METADATA

# inputs and outputs, one family per row of table 2.7
ADK = 1 << 17
LOGFIRE = 1 << 18
LIVEKIT = 1 << 19
EVENT_LIST = 1 << 20
MLFLOW = 1 << 21
TRACELOOP = 1 << 22
VALUES = 1 << 23
PLAIN = 1 << 24
PYDANTIC = 1 << 25
TOOL = 1 << 26
PROMPT_TREE = 1 << 27
MESSAGE_TREE = 1 << 28
MESSAGES = 1 << 29
TOOL_CALL = 1 << 30
ANY_IO = (1 << 31) - ADK

# --- sources of single fields, first filled one wins

USER_KEYS = (
    "langfuse.user.id",
    "user.id",
    "langfuse.observation.metadata.langfuse_user_id",
    "langfuse.trace.metadata.langfuse_user_id",
    "ai.telemetry.metadata.userId",
    "langfuse.trace.user_id",
)
SESSION_KEYS = (
    "langfuse.session.id",
    "session.id",
    "gen_ai.conversation.id",
    "langfuse.observation.metadata.langfuse_session_id",
    "langfuse.trace.metadata.langfuse_session_id",
    "ai.telemetry.metadata.sessionId",
    "langfuse.trace.session_id",
)
TAG_KEYS = (
    "langfuse.trace.tags",
    "langfuse.tags",
    "langfuse.observation.metadata.langfuse_tags",
    "langfuse.trace.metadata.langfuse_tags",
    "ai.telemetry.metadata.tags",
    "tag.tags",
)
ENVIRONMENT_KEYS = ("langfuse.environment", "deployment.environment.name", "deployment.environment")
MODEL_KEYS = (
    "langfuse.observation.model.name",
    "gen_ai.response.model",
    "ai.model.id",
    "gen_ai.request.model",
    "llm.response.model",
    "llm.model_name",
    "model",
    "embedding.model_name",
)

# --- prefixes with a meaning of their own

OBSERVATION_METADATA_PREFIX = "langfuse.observation.metadata."
PLAIN_METADATA_PREFIX = "langfuse.metadata."
AI_METADATA_PREFIX = "ai.telemetry.metadata."
TRACE_METADATA_PREFIX = "langfuse.trace.metadata."
REQUEST_PREFIX = "gen_ai.request."
INVOCATION_PREFIX = "llm.invocation_parameters."

_PREFIXES = (
    (OBSERVATION_METADATA_PREFIX, HIDDEN | OBSERVATION_METADATA),
    (PLAIN_METADATA_PREFIX, PLAIN_METADATA),
    (AI_METADATA_PREFIX, HIDDEN | AI_METADATA),
    (TRACE_METADATA_PREFIX, HIDDEN | TRACE_METADATA),
    ("langfuse.experiment.", EXPERIMENT),
    ("gen_ai.usage.", USAGE),
    ("llm.token_count.", USAGE),
    (REQUEST_PREFIX, PARAMETERS),
    (INVOCATION_PREFIX, PARAMETERS),
    ("gen_ai.prompt.", HIDDEN | PROMPT_TREE),
    ("gen_ai.completion.", HIDDEN | PROMPT_TREE),
    ("llm.input_messages.", HIDDEN | MESSAGE_TREE),
    ("llm.output_messages.", HIDDEN | MESSAGE_TREE),
)

_NAMES: tuple[tuple[int, str], ...] = (
    (HIDDEN, "langfuse.observation.input langfuse.observation.output"),
    (HIDDEN | TRACE, "langfuse.trace.input langfuse.trace.output"),
    (HIDDEN | OBSERVATION_METADATA, "langfuse.observation.metadata"),
    (PLAIN_METADATA, "langfuse.metadata"),
    (HIDDEN | TRACE_METADATA, "langfuse.trace.metadata"),
    (HIDDEN, "ai.telemetry.metadata"),
    (TRACE, "langfuse.trace.name langfuse.trace.public langfuse.public"),
    (TRACE, " ".join((*USER_KEYS, *SESSION_KEYS, *TAG_KEYS))),
    (HIDDEN | PROMPT, "ai.telemetry.metadata.langfusePrompt"),
    (PROMPT, "langfuse.observation.prompt.name langfuse.observation.prompt.version"),
    (PROMPT, "langfuse.prompt.name langfuse.prompt.version"),
    (ROOT, "langfuse.internal.as_root langfuse.internal.is_app_root"),
    (ENVIRONMENT, " ".join(ENVIRONMENT_KEYS)),
    (MODEL, " ".join((*MODEL_KEYS, "genkit:name"))),
    (PARAMETERS, "langfuse.observation.model.parameters llm.invocation_parameters model_config"),
    (COST, "langfuse.observation.cost_details gen_ai.usage.cost llm.cost.total"),
    (NAME, "gen_ai.tool.name genkit:name logfire.msg ai.toolCall.name ai.operationId"),
    (TYPE, "openinference.span.kind gen_ai.operation.name genkit:metadata:subtype operation.name"),
    (TYPE, "ai.operationId gen_ai.tool.name gen_ai.tool.call.id"),
    (TYPE, "flue.tool.name flue.tool.call_id flue.task.id flue.task.agent"),
    (FIRST_TOKEN, "langfuse.observation.completion_start_time"),
    (FIRST_TOKEN, "ai.response.msToFirstChunk ai.stream.msToFirstChunk"),
    # inputs and outputs, by the row of table 2.7 that reads them
    (HIDDEN, "genkit:input genkit:output ai.prompt.messages ai.prompt ai.toolCall.args ai.toolCall.result"),
    (HIDDEN, "ai.response.text ai.response.object ai.response.toolCalls"),
    (HIDDEN, "ai.result.text ai.result.object ai.result.toolCalls"),
    (HIDDEN, "flue.turn.input flue.turn.output flue.tool.arguments flue.tool.result flue.task.prompt"),
    (HIDDEN, "flue.task.result flue.operation.result flue.workflow.payload flue.workflow.result"),
    (HIDDEN | ADK, "gcp.vertex.agent.llm_request gcp.vertex.agent.llm_response"),
    (HIDDEN | ADK, "gcp.vertex.agent.tool_call_args gcp.vertex.agent.tool_response"),
    (HIDDEN | LOGFIRE, "prompt all_messages_events"),
    (HIDDEN | LIVEKIT, "lk.input_text lk.user_transcript lk.chat_ctx lk.user_input"),
    (HIDDEN | LIVEKIT, "lk.function_tool.output lk.response.text"),
    (HIDDEN | EVENT_LIST, "events"),
    (HIDDEN | MLFLOW, "mlflow.spanInputs mlflow.spanOutputs"),
    (HIDDEN | TRACELOOP, "traceloop.entity.input traceloop.entity.output"),
    (HIDDEN | VALUES, "input.value output.value"),
    (HIDDEN | PLAIN, "input output"),
    (HIDDEN | PYDANTIC, "pydantic_ai.all_messages final_result"),
    (TOOL, "tool_arguments tool_response"),
    (HIDDEN | PROMPT_TREE, "gen_ai.prompt gen_ai.completion"),
    (HIDDEN | MESSAGE_TREE, "llm.input_messages llm.output_messages"),
    (HIDDEN | MESSAGES, "gen_ai.input.messages gen_ai.output.messages"),
    (HIDDEN, "gen_ai.system_instructions"),
    (HIDDEN | TOOL_CALL, "gen_ai.tool.call.arguments gen_ai.tool.call.result"),
)
_ANY_PREFIX = tuple(prefix for prefix, _ in _PREFIXES)

# Names under these prefixes that are values of their own, and no metadata.
_NOT_METADATA = frozenset(
    f"{AI_METADATA_PREFIX}{name}" for name in ("userId", "sessionId", "tags", "langfusePrompt")
)

# Clients repeat their few names: what a name means is found once. Bounded, because clients choose them.
_CACHE_NAMES = 8192
_CACHE_CHARACTERS = 128


def _by_name() -> dict[str, int]:
    found: dict[str, int] = {}
    for families, names in _NAMES:
        for name in names.split():
            found[name] = found.get(name, 0) | families
    for name in found:
        found[name] |= _by_prefix(name)
    return found


def _by_prefix(name: str) -> int:
    if not name.startswith(_ANY_PREFIX):
        return 0
    families = 0
    for prefix, of_prefix in _PREFIXES:
        if name.startswith(prefix):
            families |= of_prefix
    return HIDDEN if families and name in _NOT_METADATA else families


_WELL_KNOWN = _by_name()


class _Families(dict[str, int]):
    """Name -> families, 0 for most. Forgets all when full, so that odd names cannot crowd out common ones."""

    def __missing__(self, name: str) -> int:
        families = _WELL_KNOWN.get(name)
        if families is None:
            families = _by_prefix(name)
        if len(name) <= _CACHE_CHARACTERS:
            if len(self) >= _CACHE_NAMES:
                self.clear()
            self[name] = families
        return families


FAMILIES = _Families()


def families_of(names: Iterable[str]) -> int:
    """All families that a span with these attributes carries."""
    families, found = FAMILIES, 0
    for name in names:
        found |= families[name]
    return found
