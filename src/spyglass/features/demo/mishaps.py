"""How the programs of the demo fail: (type, message) of the exceptions as libraries word them, and a model
call that sometimes does.
"""

from typing import Any

from spyglass.features.demo.language_models import LanguageModel
from spyglass.features.demo.spans import Span
from spyglass.features.demo.story import Message, Story

RATE_LIMIT = (
    "RateLimitError",
    "Error code: 429 - {'error': {'message': 'Rate limit reached for {model} on tokens per min (TPM): "
    "Limit "
    "200000, Used 198412, Requested 4120. Please try again in 759ms.', 'code': 'rate_limit_exceeded'}}",
)
TIMEOUT = ("APITimeoutError", "Request timed out after 60.0 seconds.")
CONTEXT_LENGTH = (
    "BadRequestError",
    "Error code: 400 - This model's maximum context length is 128000 tokens. However, your messages "
    "resulted "
    "in 131212 tokens. Please reduce the length of the messages.",
)
THROTTLED = (
    "ThrottlingException",
    "An error occurred (ThrottlingException) when calling the ConverseStream operation: Too many tokens, "
    "please wait before trying again.",
)
TOOL_CRASH = ("KeyError", "'departure_time'")
TOOL_UNREACHABLE = (
    "ConnectError",
    "[Errno -3] Temporary failure in name resolution: fares.internal:8443",
)
SQL_ERROR = (
    "ProgrammingError",
    "(psycopg.errors.UndefinedColumn) column o.shipped_on does not exist - LINE 3: WHERE o.shipped_on >= ...",
)
BAD_JSON = ("JSONDecodeError", "Expecting ',' delimiter: line 1 column 214 (char 213)")
NOT_RUNNING = ("ConnectError", "[Errno 111] Connection refused: http://localhost:11434/v1/chat/completions")
OUT_OF_MEMORY = ("ServerError", "500: NRT_EXEC failed: out of device memory (batch 8, sequence 4096)")

_TIMEOUT_MS = 60_000
_RETRY_AFTER_MS = 800


def try_generation(
    story: Story, name: str, model: LanguageModel, messages: list[Message], answer: Any, **fields: Any
) -> Span | None:
    """A model call as it happens: mostly it succeeds at once, sometimes on the second try, rarely not at all -
    then the failed span is the last one of the trace and None is returned."""
    luck = story.rng.random()
    if luck < 0.006:
        with story.span(name, "GENERATION", input=messages, model=model.name) as span:
            story.wait_exactly(_TIMEOUT_MS)
        _fail_call(span, model, TIMEOUT)
        return None
    if luck < 0.010:
        fail_call(story, name, model, messages, CONTEXT_LENGTH, 240)
        return None
    if luck < 0.045:
        fail_call(story, name, model, messages, _overload_of(model), 190)
        story.wait_exactly(_RETRY_AFTER_MS)
        fields["metadata"] = {**fields.get("metadata", {}), "attempt": 2}
    return story.generate(name, model, messages, answer, **fields)


def fail_call(
    story: Story,
    name: str,
    model: LanguageModel,
    messages: list[Message],
    error: tuple[str, str],
    took_ms: float,
) -> Span:
    """A model call that ends in `error`: no output, no usage."""
    span = story.step(name, "GENERATION", took_ms, input=messages, model=model.name)
    _fail_call(span, model, error)
    return span


def fail(span: Span, error: tuple[str, str]) -> None:
    """Mark a span as the place where `error` was raised."""
    span.level, span.exception, span.status_message = "ERROR", error, f"{error[0]}: {error[1]}"


def fail_like_last(story: Story, span: Span) -> None:
    """The error of the latest span was not caught: it ends `span` too."""
    error = story.trace.spans[-1].exception
    if error is not None:
        fail(span, error)


def _fail_call(span: Span, model: LanguageModel, error: tuple[str, str]) -> None:
    span.parameters = dict(model.parameters)
    fail(span, error)


def _overload_of(model: LanguageModel) -> tuple[str, str]:
    if "neuron" in model.name:
        return OUT_OF_MEMORY
    if "llama" in model.name:
        return NOT_RUNNING
    if "anthropic" in model.name or "gpt-oss" in model.name:
        return THROTTLED
    type_, message = RATE_LIMIT
    return type_, message.replace("{model}", model.name)
