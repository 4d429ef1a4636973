"""What other prices would have made of the past, and which names have none."""

from typing import Any

from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms
from spyglass.core.errors import Invalid
from spyglass.core.paging import offset_of, page_meta
from spyglass.features.costs.ranges import conditions, read_range
from spyglass.features.costs.schemas import MissingPricesParams, WhatIfParams
from spyglass.query.costs import Sum, compare, list_missing
from spyglass.query.price_sql import Priced
from spyglass.query.what_if import for_any_usage, without_price
from spyglass.stores.analytics.sql import Sql

_CALLS = Sql(("type IN ('GENERATION', 'EMBEDDING')",))
_ASSUMPTIONS = (
    "Generations and embeddings are priced; other observations repeat their tokens or have none",
    "The same counts of tokens: another model would cut the texts into others, and write other answers",
    "The same share of tokens read from and written to a cache; where the model has no price for them, as input",
    "Reasoning tokens are charged as output where the model has no price of their own for them",
    "The price list is chosen for each call by its own usage, parameters and metadata",
    "Costs that clients stated are priced anew like all others",
)


def ask_what_if(state: AppState, project_id: str, params: WhatIfParams) -> dict[str, Any]:
    """Raises `Invalid` when no price is known for the model."""
    model = state.lookups.match_model(project_id, params.model)
    if model is None:
        raise Invalid(
            f"No price is known for {params.model[:200]!r}: define the model, or name one that has a price"
        )
    from_us, to_us = read_range(params)
    wide = for_any_usage(model)
    where = [*conditions(project_id, from_us, to_us, params.filter), _CALLS]
    sums = compare(state.stores.analytics, project_id, where, [Priced(wide)], keep_provided=False)
    total = Sum()
    for each in sums.values():
        total.add(each)
    origin = state.catalogue.origin_of(model.id)
    by_model = sorted(sums.items(), key=lambda entry: (-max(entry[1].old, entry[1].new), entry[0]))
    return {
        "model": {
            "id": model.id,
            "modelName": model.name,
            "origin": origin.kind if origin is not None else "project",
        },
        "from": iso_ms(from_us),
        "to": iso_ms(to_us),
        **_render(total),
        "difference": float(total.new - total.old),
        "byModel": [{"model": name, **_render(each)} for name, each in by_model],
        "usageWithoutPrice": without_price(wide, total.usage),
        "assumptions": list(_ASSUMPTIONS),
    }


def _render(found: Sum) -> dict[str, Any]:
    return {
        "observations": found.observations,
        "clientProvided": found.provided,
        "estimated": found.estimated,
        "tokens": found.usage.get("total", 0),
        "totalNow": float(found.old),
        "totalThen": float(found.new),
        "withoutPriceNow": found.unpriced,
        "withoutPriceThen": found.unpriced_then,
    }


def list_missing_prices(state: AppState, project_id: str, params: MissingPricesParams) -> dict[str, Any]:
    from_us, to_us = read_range(params)
    found, total = list_missing(
        state.stores.analytics,
        project_id,
        from_us,
        to_us,
        offset=offset_of(params.page, params.limit),
        limit=params.limit,
    )
    models = state.lookups.models_of(project_id)
    data = []
    for each in found:
        model = models.match(each.name)
        why = "No model matches the name"
        if model is not None:
            prices = {key for tier in model.tiers for key in tier.prices}
            priced = bool(prices & each.usage.keys())
            why = "It has a price by now" if priced else "The model has no price for the kinds of usage"
            model = model if priced else None
        data.append(
            {
                "model": each.name,
                "observations": each.observations,
                "tokens": each.usage.get("total", 0),
                "usageDetails": each.usage,
                "firstSeen": iso_ms(each.first_us),
                "lastSeen": iso_ms(each.last_us),
                "why": why,
                "modelId": model.id if model is not None else None,
            }
        )
    return {"data": data, "meta": page_meta(params.page, params.limit, total)}
