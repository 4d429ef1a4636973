"""A model for the question what other calls would have cost on it. Providers have their own words for the same kind of
token, so its prices are put under all of them; a kind that it has no price for is charged as what it is part of:
cached and cache-written tokens as input, reasoning as output.
"""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from spyglass.core.cost import Model, Tier

# kind -> (its words, the kind that it is charged as when the model has no price of its own for it)
_KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "input": (
        ("input", "input_tokens", "prompt_tokens", "input_text", "input_text_tokens"),
        "",
    ),
    "cache read": (
        (
            *("input_cached_tokens", "input_cache_read", "cache_read_input_tokens"),
            *("input_cached_text_tokens", "cached_content_token_count"),
        ),
        "input",
    ),
    "cache write": (
        (
            *("input_cache_creation", "input_cache_creation_5m"),
            *("cache_creation_input_tokens", "cache_write_tokens", "input_cache_write"),
        ),
        "input",
    ),
    "cache write 1h": (("input_cache_creation_1h",), "cache write"),
    "output": (
        ("output", "output_tokens", "completion_tokens", "output_text", "output_text_tokens"),
        "",
    ),
    "reasoning": (("output_reasoning_tokens", "output_reasoning"), "output"),
}


def for_any_usage(model: Model) -> Model:
    """The same model with a price for every word of the kinds that it prices."""
    tiers = tuple(_widen(tier) for tier in model.tiers)
    return msgspec.structs.replace(model, tiers=tiers)


def _widen(tier: Tier) -> Tier:
    if "total" in tier.prices:
        return tier  # nothing else counts then
    found: dict[str, Decimal] = {}  # by kind; a kind stands behind the one that it is charged as
    prices = dict(tier.prices)
    for kind, (words, part_of) in _KINDS.items():
        own = next((tier.prices[word] for word in words if word in tier.prices), None)
        price = own if own is not None else found.get(part_of)
        if price is not None:
            found[kind] = price
            prices.update((word, price) for word in words if word not in prices)
    return msgspec.structs.replace(tier, prices=prices)


def without_price(model: Model, usage: Mapping[str, int]) -> dict[str, int]:
    """The units of the kinds that would cost nothing."""
    priced = {key for tier in model.tiers for key in tier.prices}
    if "total" in priced:
        return {}
    return {key: units for key, units in usage.items() if key not in priced and key != "total" and units}
