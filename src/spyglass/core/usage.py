"""Token counts and costs as clients report them, made into one map each (ingestion contract 1.8, 3.5, 3.7).

Pure. It never prices anything, never counts tokens itself, and never invents a part that was not reported.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

# Counts stay exact in every client that reads JSON numbers as doubles.
MAX_COUNT = 2**53
# Beyond it an integer does not fit a double; what is stored is clamped much lower (`core/cost.py`).
_COST_LIMIT = 1e300

UNITS = frozenset({"TOKENS", "CHARACTERS", "MILLISECONDS", "SECONDS", "IMAGES", "REQUESTS"})

Number = TypeVar("Number", int, float, Decimal)

_LEADING_INTEGER = re.compile(r"\s*([+-]?)0*([0-9]*)")
_MAX_DIGITS = len(str(MAX_COUNT))

# What OpenAI answers with: input, output, total, details of the input, details of the output.
_OPENAI_SHAPES = (
    (
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
    ),
    ("input_tokens", "output_tokens", "total_tokens", "input_tokens_details", "output_tokens_details"),
)

_SIDES = ("input", "output", "total")
_CAMEL = {"input": "promptTokens", "output": "completionTokens", "total": "totalTokens"}
# Spellings that people write into the legacy object; the reference loses them (contract 8.2, build note).
_SYNONYMS = {
    "input": ("input_tokens", "prompt_tokens", "inputTokens"),
    "output": ("output_tokens", "completion_tokens", "outputTokens"),
    "total": ("total_tokens",),
}
_COSTS = {"input": "inputCost", "output": "outputCost", "total": "totalCost"}


def normalise_usage_details(details: Mapping[str, Any]) -> dict[str, int]:
    """`usageDetails` as stored: the OpenAI shapes re-keyed, any other map with its keys unchanged.

    What is not a count from 0 to 2^53 is dropped, never refused.
    """
    if "total_tokens" in details:  # both shapes have it
        for shape in _OPENAI_SHAPES:
            counts = _read_openai(details, shape)
            if counts is not None:
                return counts
    return {key: count for key, value in details.items() if (count := _read_lenient(value)) is not None}


def provided_usage(usage: Mapping[str, Any] | None, details: Mapping[str, Any] | None) -> dict[str, int]:
    """The usage that a batch event states, from its `usage` and `usageDetails`.

    Raises ValueError where the contract answers 400: a legacy count that is no integer, an unknown unit, or
    something that is not an object.
    """
    _check_object("usage", usage)
    _check_object("usageDetails", details)
    detailed = normalise_usage_details(details) if details else {}
    if not usage:
        return detailed
    stated = _read_legacy_counts(usage)
    provided = {side: stated[side] for side in ("input", "output") if stated[side] is not None}
    if stated["total"]:
        provided["total"] = stated["total"]
    elif provided and not detailed:
        # The reference answers 0 for {input: 0, output: 5}; the sum is what it means.
        provided["total"] = sum(provided.values())
    counts = {key: value for key, value in provided.items() if 0 <= value <= MAX_COUNT}
    return counts | detailed


def provided_cost(
    usage: Mapping[str, Any] | None, cost_details: Mapping[str, Any] | None
) -> dict[str, float]:
    """The cost in USD that a batch event states, from its `usage` and `costDetails`; null entries are absent.

    Raises ValueError for a legacy cost that is no finite number, and for something that is not an object.
    """
    _check_object("usage", usage)
    _check_object("costDetails", cost_details)
    costs: dict[str, float] = {}
    if usage and not _is_camel(usage):
        for side, name in _COSTS.items():
            if usage.get(name) is not None:
                costs[side] = _read_legacy_cost(name, usage[name])
    return costs | normalise_cost_details(cost_details or {})


def normalise_cost_details(details: Mapping[str, Any]) -> dict[str, float]:
    """`costDetails` as stored: its finite numbers of at least 0; the rest is dropped, never refused."""
    return {
        key: float(value)
        for key, value in details.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _COST_LIMIT
    }


def with_total(usage: Mapping[str, int]) -> dict[str, int]:
    """`usage` with its `total`: a stated one is never corrected, a missing one is the sum of all values."""
    if not usage or "total" in usage:
        return dict(usage)
    return {**usage, "total": min(sum(usage.values()), MAX_COUNT)}


def input_sum(amounts: Mapping[str, Number]) -> Number | int:
    """What counts as input, of a usage or a cost map: every key that contains `input`."""
    return sum(value for key, value in amounts.items() if "input" in key.lower())


def output_sum(amounts: Mapping[str, Number]) -> Number | int:
    """What counts as output, of a usage or a cost map: every key that contains `output`."""
    return sum(value for key, value in amounts.items() if "output" in key.lower())


def cached_sum(amounts: Mapping[str, Number]) -> Number | int:
    """What was read from a cache of the provider; it counts as input too. Writing to one is another thing."""
    return sum(value for key, value in amounts.items() if _is_cache_read(key.lower()))


def _is_cache_read(key: str) -> bool:
    return "cache" in key and "creat" not in key and "write" not in key


def _read_openai(details: Mapping[str, Any], shape: tuple[str, str, str, str, str]) -> dict[str, int] | None:
    """The re-keyed map, or None when `details` is not exactly of this shape."""
    if not all(name in details for name in shape[:3]) or any(name not in shape for name in details):
        return None
    counts: dict[str, int] = {}
    for side, name in zip(_SIDES, shape[:3], strict=True):
        count = _read_count(details[name])
        if count is None:
            return None
        counts[side] = count
    for side, name in zip(("input", "output"), shape[3:], strict=True):
        parts = _read_parts(details.get(name))
        if parts is None:
            return None
        for key, count in parts.items():
            counts[side] = max(counts[side] - count, 0)
            counts[f"{side}_{key}"] = count
    return counts


def _read_parts(details: Any) -> dict[str, int] | None:
    """One object of details without its nulls, or None when it holds anything but counts."""
    if details is None:
        return {}
    if not isinstance(details, Mapping):
        return None
    parts: dict[str, int] = {}
    for key, value in details.items():
        if value is None:
            continue
        count = _read_count(value)
        if count is None:
            return None
        parts[key] = count
    return parts


def _read_legacy_counts(usage: Mapping[str, Any]) -> dict[str, Any]:
    """`input`, `output` and `total` of the legacy object: an integer (perhaps negative) or None each."""
    unit = usage.get("unit")
    if unit is not None and not (isinstance(unit, str) and unit in UNITS):
        raise ValueError(f"usage.unit: must be one of {', '.join(sorted(UNITS))}")
    camel = _is_camel(usage)
    counts: dict[str, Any] = {}
    for side in _SIDES:
        name = _CAMEL[side] if camel else side
        count = _read_legacy_count(name, usage.get(name))
        if count is None:
            synonyms = (_read_count(usage.get(synonym)) for synonym in _SYNONYMS[side])
            count = next((found for found in synonyms if found is not None), None)
        counts[side] = count
    return counts


def _is_camel(usage: Mapping[str, Any]) -> bool:
    return any(name in usage for name in _CAMEL.values())


def _read_legacy_count(name: str, value: Any) -> int | None:
    if value is None:
        return None
    integer = _read_integer(value)
    if integer is None:
        raise ValueError(f"usage.{name}: must be an integer")
    return integer


def _read_legacy_cost(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"usage.{name}: must be a number")
    if not abs(value) < _COST_LIMIT:  # also true for NaN
        raise ValueError(f"usage.{name}: must be a finite number")
    return float(value)


def _read_lenient(value: Any) -> int | None:
    """A count as the plain map allows it: text counts by its leading integer, as `parseInt` reads it."""
    if not isinstance(value, str):
        return _read_count(value)
    found = _LEADING_INTEGER.match(value)
    if found is None or not found[0].strip(" \t\r\n+-") or len(found[2]) > _MAX_DIGITS:
        return None
    return _read_count(int(found[1] + (found[2] or "0")))


def _read_count(value: Any) -> int | None:
    integer = _read_integer(value)
    return integer if integer is not None and 0 <= integer <= MAX_COUNT else None


def _read_integer(value: Any) -> int | None:
    """An integer, also one that JSON wrote as 5.0; a boolean is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None


def _check_object(name: str, value: Any) -> None:
    if value is not None and not isinstance(value, Mapping):
        raise ValueError(f"{name}: must be an object")
