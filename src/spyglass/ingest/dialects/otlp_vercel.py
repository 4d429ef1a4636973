"""What only the Vercel AI SDK (scope `ai`) reports in its own way: usage (contract 2.10, row 3) and model
parameters (2.9, row 3).
"""

from typing import Any

from spyglass.core.jsontext import to_text
from spyglass.core.usage import MAX_COUNT
from spyglass.ingest.dialects.otlp_metadata import parse_if_json

_PROVIDER_METADATA = "ai.response.providerMetadata"

_Path = tuple[str, ...]
# result key -> where it stands: attributes, then paths in the provider metadata
_COUNTS: tuple[tuple[str, _Path, tuple[_Path, ...]], ...] = (
    ("input", ("gen_ai.usage.prompt_tokens", "gen_ai.usage.input_tokens"), ()),
    ("output", ("gen_ai.usage.completion_tokens", "gen_ai.usage.output_tokens"), ()),
    ("total", ("ai.usage.tokens",), ()),
    (
        "input_cached_tokens",
        ("ai.usage.cachedInputTokens",),
        (("openai", "cachedPromptTokens"), ("anthropic", "usage", "cache_read_input_tokens")),
    ),
    ("output_reasoning_tokens", ("ai.usage.reasoningTokens",), (("openai", "reasoningTokens"),)),
    ("accepted_prediction_tokens", (), (("openai", "acceptedPredictionTokens"),)),
    ("rejected_prediction_tokens", (), (("openai", "rejectedPredictionTokens"),)),
    (
        "input_cache_creation_5m",
        (),
        (("anthropic", "usage", "cache_creation", "ephemeral_5m_input_tokens"),),
    ),
    (
        "input_cache_creation_1h",
        (),
        (("anthropic", "usage", "cache_creation", "ephemeral_1h_input_tokens"),),
    ),
    ("input_cache_read", (), (("bedrock", "usage", "cacheReadInputTokens"),)),
    ("input_cache_write", (), (("bedrock", "usage", "cacheWriteInputTokens"),)),
)
_INSIDE_INPUT = (
    "input_cached_tokens",
    "input_cache_creation",
    "input_cache_creation_5m",
    "input_cache_creation_1h",
    "input_cache_read",
)

_PARAMETERS: tuple[tuple[str, _Path], ...] = (
    ("maxSteps", ("ai.settings.maxSteps",)),
    ("toolChoice", ("ai.prompt.toolChoice",)),
    ("maxTokens", ("gen_ai.request.max_tokens",)),
    ("finishReason", ("gen_ai.response.finish_reasons", "gen_ai.finishReason")),
    ("system", ("gen_ai.system", "ai.model.provider")),
    ("maxRetries", ("ai.settings.maxRetries",)),
    ("mode", ("ai.settings.mode",)),
    ("temperature", ("gen_ai.request.temperature",)),
)


def read_vercel_usage(attributes: dict[str, Any]) -> dict[str, int] | None:
    """None when the provider metadata cannot be read: the generic rule has to do then."""
    provider = _provider_metadata(attributes)
    if provider is None:
        return None
    counts: dict[str, int] = {}
    for name, keys, paths in _COUNTS:
        values = (*(attributes.get(key) for key in keys), *(_at(provider, path) for path in paths))
        count = next((found for value in values if (found := _count(value)) is not None), None)
        if count is not None:
            counts[name] = count
    _add_cache_creation(counts, provider)
    if "input" in counts:
        counts["input"] = max(counts["input"] - sum(counts.get(name, 0) for name in _INSIDE_INPUT), 0)
    if "output" in counts:
        counts["output"] = max(counts["output"] - counts.get("output_reasoning_tokens", 0), 0)
    return counts


def _add_cache_creation(counts: dict[str, int], provider: dict[str, Any]) -> None:
    created = _count(_at(provider, ("anthropic", "usage", "cache_creation_input_tokens")))
    if created is not None:
        timed = counts.get("input_cache_creation_5m", 0) + counts.get("input_cache_creation_1h", 0)
        counts["input_cache_creation"] = max(created - timed, 0)
        return
    written = _count(_at(provider, ("bedrock", "usage", "cacheCreationInputTokens")))
    if written is not None:
        counts["input_cache_creation"] = written


def read_vercel_parameters(attributes: dict[str, Any]) -> dict[str, Any]:
    """A fixed set of settings, each as text; missing ones are left out."""
    parameters = {
        name: to_text(value)
        for name, keys in _PARAMETERS
        if (value := next((attributes[key] for key in keys if attributes.get(key) is not None), None))
        is not None
    }
    tier = _at(_provider_metadata(attributes) or {}, ("openai", "serviceTier"))
    if tier is None:
        tier = attributes.get("gen_ai.request.service_tier")
    if tier is not None:
        parameters["service_tier"] = to_text(tier)
    return parameters


def _provider_metadata(attributes: dict[str, Any]) -> dict[str, Any] | None:
    value = attributes.get(_PROVIDER_METADATA)
    if not value:
        return {}
    parsed = parse_if_json(value) if isinstance(value, str) else value
    return parsed if isinstance(parsed, dict) else None


def _at(value: Any, path: _Path) -> Any:
    for part in path:
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def _count(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value <= MAX_COUNT else None
