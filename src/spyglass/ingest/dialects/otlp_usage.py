"""Token counts and costs that a span reports (contract 2.10, 2.11). Explicit `usage_details` are taken as
they are; counts of the instrumentations include cache and reasoning, which are taken out of `input` and
`output`. A count that is no integer from 0 to 2^53 is dropped and its original kept in the metadata.
"""

from typing import Any

from spyglass.core.errors import Invalid
from spyglass.core.jsontext import loads
from spyglass.core.usage import MAX_COUNT, normalise_cost_details, normalise_usage_details
from spyglass.ingest.dialects.otlp_attributes import COST, FAMILIES, USAGE
from spyglass.ingest.dialects.otlp_metadata import parse_if_json
from spyglass.ingest.dialects.otlp_span import Span
from spyglass.ingest.dialects.otlp_vercel import read_vercel_usage

_USAGE_DETAILS = "langfuse.observation.usage_details"
_COST_DETAILS = "langfuse.observation.cost_details"
_TOTAL_COSTS = ("gen_ai.usage.cost", "llm.cost.total")

_INPUT = ("prompt_tokens", "input_tokens", "prompt")
_OUTPUT = ("completion_tokens", "output_tokens", "completion")
_TOTAL = ("total_tokens", "total")
_CACHE_READ = (
    "cache_read.input_tokens",
    "cache_read_input_tokens",
    "cache_read_tokens",
    "details.cache_read_tokens",
    "details.cache_read_input_tokens",
    "prompt_details.cache_read",
    "input_cached_tokens",
)
_CACHE_CREATION = (
    "cache_creation.input_tokens",
    "cache_creation_input_tokens",
    "cache_write_tokens",
    "details.cache_write_tokens",
    "details.cache_creation_input_tokens",
    "prompt_details.cache_write",
    "input_cache_creation",
)
_REASONING = ("reasoning.output_tokens", "completion_details.reasoning")
_AUDIO = ("completion_details.audio",)
# alias -> what it counts, and its rank among the aliases: the first present one decides, even when it is 0
_QUANTITIES = {
    alias: (quantity, rank)
    for quantity, aliases in (
        ("input", _INPUT),
        ("output", _OUTPUT),
        ("total", _TOTAL),
        ("input_cached_tokens", _CACHE_READ),
        ("input_cache_creation", _CACHE_CREATION),
        ("output_reasoning_tokens", _REASONING),
        ("output_audio_tokens", _AUDIO),
    )
    for rank, alias in enumerate(aliases)
}
_NO_RANK = 99


def read_usage(scope_name: str, span: Span) -> dict[str, int]:
    attributes = span.attributes
    stated = attributes.get(_USAGE_DETAILS)
    if stated:
        details = read_object(stated)
        if details is not None:
            return _checked(span, details)
    if scope_name == "genkit-tracer":
        counts = _read_genkit(attributes)
        if counts is not None:
            return counts
    if scope_name == "ai":
        counts = read_vercel_usage(attributes)
        if counts is not None:
            return counts
    if not span.families & USAGE:
        return {}
    counts = _read_generic(span)
    if scope_name == "gcp.vertex.agent":
        _add_vertex_cache(counts, attributes.get("gcp.vertex.agent.llm_response"))
    return counts


def read_object(value: Any) -> dict[str, Any] | None:
    """The object in a JSON text; {} for other values, None when it is no JSON at all."""
    if not isinstance(value, str):
        return value if isinstance(value, dict) else {}
    try:
        parsed = loads(value)
    except Invalid:
        return None
    return parsed if isinstance(parsed, dict) else {}


def _checked(span: Span, details: dict[str, Any]) -> dict[str, int]:
    """Through the shapes of 1.8; what they lose is kept as it came."""
    counts = normalise_usage_details(details)
    if len(counts) < len(details) and any(
        value is not None and not isinstance(value, dict) and key not in counts and not _is_count(value)
        for key, value in details.items()
    ):
        span.keep(_USAGE_DETAILS, span.attributes[_USAGE_DETAILS])
    return counts


def _is_count(value: Any) -> bool:
    if type(value) is int:
        return 0 <= value <= MAX_COUNT
    return isinstance(value, float) and value.is_integer() and 0 <= value <= MAX_COUNT


def count_of(value: Any) -> int | None:
    """A token count, or None for anything else."""
    return int(value) if _is_count(value) else None


def _read_generic(span: Span) -> dict[str, int]:
    """Row 6: `gen_ai.usage.*` and `llm.token_count.*`."""
    counts: dict[str, int] = {}
    ranks: dict[str, int] = {}
    known = FAMILIES
    for key, value in span.attributes.items():
        if not known[key] & USAGE or key == "gen_ai.usage.cost":
            continue
        if not _is_count(value):
            span.keep(key, value)
            continue
        name = key[13:] if key[0] == "g" else key[16:]
        quantity, rank = _QUANTITIES.get(name, ("", 0))
        if not quantity:
            counts[name.removeprefix("details.")] = int(value)
        elif rank < ranks.get(quantity, _NO_RANK):
            ranks[quantity] = rank
            counts[quantity] = int(value)
    _subtract(counts, "input", "input_cached_tokens", "input_cache_creation")
    _subtract(counts, "output", "output_reasoning_tokens", "output_audio_tokens")
    return counts


def _subtract(counts: dict[str, int], side: str, *parts: str) -> None:
    whole = counts.get(side)
    if whole:
        for part in parts:
            whole -= counts.get(part, 0)
        counts[side] = max(whole, 0)


def _add_vertex_cache(counts: dict[str, int], response: Any) -> None:
    if "input_cached_tokens" in counts or not response:
        return
    usage = (read_object(response) or {}).get("usage_metadata")
    cached = count_of(usage.get("cached_content_token_count")) if isinstance(usage, dict) else None
    if cached:
        counts["input_cached_tokens"] = cached
        if "input" in counts:
            counts["input"] = max(counts["input"] - cached, 0)


def _read_genkit(attributes: dict[str, Any]) -> dict[str, int] | None:
    usage = (read_object(attributes.get("genkit:output") or {}) or {}).get("usage")
    if not isinstance(usage, dict):
        return None
    thoughts = count_of(usage.get("thoughtsTokens")) or 0
    counts = {
        "input": count_of(usage.get("inputTokens")) or 0,
        "output": max((count_of(usage.get("outputTokens")) or 0) - thoughts, 0),
        "total": count_of(usage.get("totalTokens")) or 0,
        "output_reasoning": thoughts,
    }
    return {name: count for name, count in counts.items() if count}


def read_cost(span: Span) -> dict[str, float]:
    """Costs in USD: finite numbers of at least 0."""
    if not span.families & COST:
        return {}
    attributes = span.attributes
    stated = attributes.get(_COST_DETAILS)
    if stated:
        details = read_object(stated)
        if details is not None:
            costs = normalise_cost_details(details)
            if len(costs) < len(details):
                span.keep(_COST_DETAILS, stated)
            return costs
    for key in _TOTAL_COSTS:
        value = attributes.get(key)
        if value is not None and value != "":
            costs = normalise_cost_details(
                {"total": parse_if_json(value) if isinstance(value, str) else value}
            )
            if not costs:
                span.keep(key, value)
            return costs
    return {}
