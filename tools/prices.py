"""Make `src/spyglass/ingest/prices/catalogue.json` from the package genai-prices and our own overrides.

    python tools/prices.py --as-of 2026-11-25

Prices are those in force at noon UTC of that day, in USD per million units. A price that neither source
gives is left out: an observation of that model then has no cost.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from genai_prices.data import providers as seed
from genai_prices.types import TieredPrices
from price_patterns import (
    PROVIDERS,
    Provider,
    bedrock_stem,
    build_bedrock_pattern,
    build_pattern,
    find_needles,
    list_spellings,
)

FOLDER = Path(__file__).parents[1] / "src/spyglass/ingest/prices"

# Our quantity -> (field of the seed, units that one step of it stands for, in millions).
QUANTITIES = {
    "input": ("input_mtok", 1),
    "output": ("output_mtok", 1),
    "reasoning": ("output_reasoning_mtok", 1),
    "cache_read": ("cache_read_mtok", 1),
    "cache_write": ("cache_write_mtok", 1),
    "cache_write_1h": ("cache_write_1h_mtok", 1),
    "input_audio": ("input_audio_mtok", 1),
    "output_audio": ("output_audio_mtok", 1),
    "cache_read_audio": ("cache_audio_read_mtok", 1),
    "input_image": ("input_image_mtok", 1),
    "output_image": ("output_image_mtok", 1),
    "web_search": ("web_searches_kcount", 1000),
}

_SEARCHES = ["web_search_queries", "webSearchQueries"]
_AUDIO = {
    "input_audio": ["input_audio_tokens", "input_audio"],
    "output_audio": ["output_audio_tokens", "output_audio"],
    "cache_read_audio": ["input_cached_audio_tokens"],
    "input_image": ["input_image_tokens", "input_image"],
    "output_image": ["output_image_tokens", "output_image"],
}
_REASONING = ["output_reasoning_tokens", "output_reasoning"]
_OPENAI = {
    "input": ["input"],
    "output": ["output"],
    "cache_read": ["input_cached_tokens", "input_cache_read"],
    "cache_write": ["input_cache_creation", "cache_write_tokens"],
    "web_search": _SEARCHES,
}
# Usage keys that a quantity is billed under, by the way its provider reports usage (contract 3.3).
SPELLINGS: dict[str, dict[str, list[str]]] = {
    "openai": _OPENAI | _AUDIO,
    "openai_reasoning": _OPENAI | _AUDIO | {"output": ["output", *_REASONING]},
    # Text is told apart from other media, and subtracted from `input` and `output` (contract 1.8).
    "openai_media": _OPENAI
    | _AUDIO
    | {
        "input": ["input", "input_text_tokens"],
        "output": ["output", "output_text_tokens"],
        "cache_read": ["input_cached_tokens", "input_cache_read", "input_cached_text_tokens"],
    },
    "embedding": {"input": ["input", "input_tokens", "total"]},
    "free": {"input": ["input", "input_tokens"], "output": ["output", "output_tokens"], "total": ["total"]},
    "anthropic": {
        "input": ["input", "input_tokens"],
        "output": ["output", "output_tokens", *_REASONING],
        "cache_read": ["input_cached_tokens", "input_cache_read", "cache_read_input_tokens"],
        "cache_write": ["input_cache_creation", "input_cache_creation_5m", "cache_creation_input_tokens"],
        "cache_write_1h": ["input_cache_creation_1h"],
        "web_search": _SEARCHES,
    },
    "gemini": {
        "input": ["input", "input_text", "input_modality_1", "prompt_token_count", "promptTokenCount"],
        "output": [
            *("output", "output_text", "output_modality_1", "candidates_token_count", "candidatesTokenCount"),
            *("thoughts_token_count", "thoughtsTokenCount", *_REASONING),
        ],
        "cache_read": ["input_cached_tokens", "input_cache_read", "cached_content_token_count"],
        "cache_write": ["input_cache_creation"],
        "web_search": ["grounding_queries", "groundingQueries", *_SEARCHES],
    }
    | _AUDIO,
    "generic": {
        "input": ["input", "input_tokens"],
        "output": ["output", "output_tokens", *_REASONING],
        "reasoning": _REASONING,
        "cache_read": ["input_cached_tokens", "input_cache_read", "cache_read_input_tokens"],
        "cache_write": [
            *("input_cache_creation", "input_cache_creation_5m"),
            *("cache_creation_input_tokens", "cache_write_tokens"),
        ],
        "cache_write_1h": ["input_cache_creation_1h"],
        "web_search": _SEARCHES,
    }
    | _AUDIO,
}


class Mode(NamedTuple):
    """A way to be served that has its own prices: the seed's context for it, and how we recognise it."""

    name: str
    context: tuple[str, str]
    condition: dict[str, Any]


def _when(key: str, *values: str) -> dict[str, Any]:
    return {"kind": "attribute", "source": "model_parameters", "key": key, "values": list(values)}


MODES = (
    Mode("Flex", ("service_tier", "flex"), _when("service_tier", "flex")),
    Mode("Fast mode", ("service_tier", "priority"), _when("service_tier", "fast", "priority")),
    Mode("Fast mode", ("speed", "fast"), _when("speed", "fast")),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    at = datetime.combine(parser.parse_args().as_of, time(12), UTC)
    overrides = json.loads((FOLDER / "overrides.json").read_text())["models"]
    ours = {model["id"] for model in overrides}
    models = [{key: model[key] for key in model if key != "source"} for model in overrides]
    for provider in PROVIDERS:
        models += [model for model in list_models(provider, at) if model["id"] not in ours]
    repeated = [name for name, count in Counter(model["id"] for model in models).items() if count > 1]
    if repeated:
        raise SystemExit(f"two models with one id: {', '.join(repeated)}")
    head = {
        "source": f"genai-prices {version('genai-prices')} (MIT) and overrides.json",
        "as_of": at.date().isoformat(),
        "spellings": SPELLINGS,
    }
    lines = ",\n".join(json.dumps(model, ensure_ascii=False) for model in models)
    text = json.dumps(head, indent=1)[:-2] + f',\n "models": [\n{lines}\n]}}\n'
    (FOLDER / "catalogue.json").write_text(text)
    print(f"{len(models)} models, {len(text):,} characters")


def list_models(provider: Provider, at: datetime) -> list[dict[str, Any]]:
    """The priced models of one provider, those that would take another one's id after it."""
    source = next(each for each in seed if each.id == provider.id)
    versioned = _find_shared_stems(model.id for model in source.models)
    found = []
    for model in source.models:
        tiers = build_tiers(provider, model, at)
        spellings = list_spellings(provider, model)
        if not tiers or not spellings:
            continue
        if provider.id == "aws":
            pattern = build_bedrock_pattern(model.id, versioned)
            needles = [re.sub(r"-20[0-9]{6}$", "", bedrock_stem(model.id))]
        else:
            pattern = build_pattern(provider, spellings)
            needles = find_needles([spelling.literal for spelling in spellings])
        entry = {
            "id": _slug(f"{provider.id}-{model.id}"),
            "name": _name(provider, model.id),
            "pattern": pattern,
            "needles": needles,
            "spelling": _spelling(provider, model, tiers[0]["prices"]),
            "tiers": tiers,
        }
        found.append((spellings, entry))
    taken = [_count_taken(mine, found) for mine in found]
    return [entry for _, (_, entry) in sorted(zip(taken, found, strict=True), key=lambda pair: pair[0])]


def build_tiers(provider: Provider, model: Any, at: datetime) -> list[dict[str, Any]]:
    """The default tier first, then the others in the order in which they are tried; none without a price."""
    standard = _quantities(model.get_prices(at))
    if not standard:
        return []
    special, wide = [], []
    for mode in MODES:
        key, value = mode.context
        if not any(
            variant.when == {key: value} and _active(variant, at) for variant in model.price_variants or ()
        ):
            continue
        prices = _quantities(model.get_prices(at, {key: value}))
        wide += _widen(provider, mode.name, prices, [mode.condition])
        special.append({"name": mode.name, "conditions": [mode.condition], "prices": _at_width(prices, 0)})
    tiers = [{"name": "Standard", "prices": _at_width(standard, 0)}]
    return tiers + wide + special + _widen(provider, "", standard, [])


def _widen(
    provider: Provider, mode: str, prices: dict[str, Any], conditions: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """A tier for each size of context from which on the prices are others, the largest first."""
    widths = {
        tier.start for price in prices.values() if isinstance(price, TieredPrices) for tier in price.tiers
    }
    tiers = []
    for width in sorted(widths, reverse=True):
        if provider.spelling == "gemini":
            name, keys = "Large Context", "(input|prompt|cached)"
        elif provider.spelling == "openai":
            keys = "(input|cache_write)" if "cache_write" in prices else "(input)"
            name = f"Large Context (>{width // 1000}K)"
        else:
            name, keys = f"Large Context (>{width // 1000}K)", "(input|prompt|cache)"
        over = {"kind": "usage", "pattern": keys, "operator": "gt", "value": width}
        full = f"{mode} · {name.replace('C', 'c', 1)}" if mode else name
        tiers.append({"name": full, "conditions": [*conditions, over], "prices": _at_width(prices, width)})
    return tiers


def _quantities(prices: Any) -> dict[str, Any]:
    """Price by quantity; a model without one for text or media tokens has none that we can apply."""
    found = {name: getattr(prices, field, None) for name, (field, _) in QUANTITIES.items()}
    priced = {name: price for name, price in found.items() if price is not None}
    return priced if priced.keys() - {"web_search"} else {}


def _at_width(prices: dict[str, Any], width: int) -> dict[str, str]:
    """USD per million units at that size of context."""
    usd = {}
    for name, price in prices.items():
        if isinstance(price, TieredPrices):
            reached = [tier.price for tier in price.tiers if tier.start <= width]
            price = reached[-1] if reached else price.base
        scaled = Decimal(price) * QUANTITIES[name][1]
        usd[name] = f"{scaled.normalize():f}"
    return usd


def _active(variant: Any, at: datetime) -> bool:
    return variant.constraint is None or bool(variant.constraint.active(at))


def _spelling(provider: Provider, model: Any, prices: dict[str, str]) -> str:
    tokens = prices.keys() - {"web_search"}
    if tokens == {"input"}:
        return "embedding"
    if provider.id == "aws" and "anthropic." in model.id:
        return "anthropic"
    if provider.spelling != "openai":
        return provider.spelling
    if any("audio" in name or "image" in name for name in tokens):
        return "openai_media"
    reasoning = re.match(
        r"(o[1-9]|gpt-([5-9]|[1-9][0-9])|codex|computer-use|gpt-rosalind|phi-4-reas)", model.id
    )
    return "openai_reasoning" if reasoning else "openai"


def _count_taken(mine: Any, others: list[Any]) -> int:
    """How many ids of other models the spellings of this one would take."""
    expression = re.compile("|".join(f"({each.expression})" for each in mine[0]), re.IGNORECASE)
    return sum(
        1 for other in others if other is not mine for each in other[0] if expression.fullmatch(each.literal)
    )


def _find_shared_stems(model_ids: Iterable[str]) -> frozenset[str]:
    """Stems of several Bedrock ids that are not about regions: their versions are different models."""
    plain = (model_id for model_id in model_ids if model_id.split(".")[0] not in ("global", "regional"))
    counts = Counter(bedrock_stem(model_id) for model_id in plain)
    return frozenset(stem for stem, count in counts.items() if count > 1)


def _name(provider: Provider, model_id: str) -> str:
    if provider.id == "aws":
        return model_id.removeprefix("regional.")
    if provider.bare is None or provider.id in ("mistral", "perplexity", "cloudflare", "databricks"):
        return model_id
    return f"{provider.id}/{model_id}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


if __name__ == "__main__":
    main()
