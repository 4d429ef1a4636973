"""Why an observation costs what it costs: the stored amounts, line by line, and where each number comes from."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from spyglass.api.records import usage_source
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.cost import (
    QUANTUM,
    Condition,
    Cost,
    Model,
    Tier,
    choose_tier,
    compute_cost,
    fit,
    holds,
    observe,
    price_usage,
)
from spyglass.core.errors import NotFound
from spyglass.core.records import Observation
from spyglass.core.rollups import Node, add_up
from spyglass.features.costs.words import condition_words, decimal_text
from spyglass.ingest.steps import read_parameters
from spyglass.ingest.tokenizer import scheme_of
from spyglass.query.costs import read_nodes
from spyglass.query.lists import read_rows
from spyglass.query.views import OBSERVATIONS
from spyglass.stores.analytics.sql import sql, value
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import ModelDefinition

_COLUMNS = (
    *("type", "name", "model", "model_parameters", "metadata", "provided_cost", "usage", "usage_source"),
    *("cost", "total_cost", "model_id", "pricing_tier"),
)
_MOST_LISTED = 100

Line = dict[str, Any]


def read_ledger(state: AppState, project_id: str, observation_id: str) -> dict[str, Any]:
    """Raises `NotFound` for an unknown observation, also for one of another project."""
    analytics = state.stores.analytics
    where = [sql("id = {}", value("String", observation_id))]
    rows: list[Observation] = read_rows(
        analytics, OBSERVATIONS, project_id, _COLUMNS, where, "ORDER BY version_seq DESC LIMIT 1"
    )
    if not rows:
        raise NotFound(f"Observation {observation_id} not found within authorized project")
    row = rows[0]
    models = state.lookups.models_of(project_id)
    model = models.by_id(row.model_id) if row.model_id else None
    now = models.match(row.model) if row.model else None
    source = "provided" if row.provided_cost else "computed" if row.cost else "unknown"
    return {
        "observationId": row.id,
        "traceId": row.trace_id or None,
        "type": row.type,
        "name": row.name or None,
        "startTime": iso_ms(row.start_time),
        "providedModelName": row.model or None,
        "source": source,
        "why": _why(row, source),
        "total": decimal_text(row.total_cost),
        "lines": list_lines(row, _tier_named(model, row.pricing_tier)),
        "usage": _explain_usage(row, model),
        "model": _explain_model(state, project_id, row, model) if row.model_id else None,
        "tier": _explain_tier(row, model),
        "now": _price_now(row, now),
        "otherTiers": _other_tiers(row, now),
        "rollup": _explain_rollup(state, project_id, row) if row.usage else None,
    }


def list_lines(row: Observation, tier: Tier | None) -> list[Line]:
    """The stored amounts; those that are counted add up to the stored total exactly."""
    parts = {key: amount for key, amount in row.cost.items() if key != "total"}
    rest = None if row.total_cost is None else row.total_cost - sum(parts.values(), Decimal(0))
    # What lies between rounded parts and a rounded sum is told apart from a total that is not their sum.
    is_sum = bool(parts) and rest is not None and abs(rest) <= QUANTUM * len(parts)
    lines = [_line(row, tier, key, amount, counted=is_sum) for key, amount in parts.items()]
    if is_sum and rest:
        lines.append({**_blank("rounding"), "amount": decimal_text(rest), "counted": True})
    if not is_sum and row.total_cost is not None:
        note = "The total is priced by itself" if not row.provided_cost else "The client stated the total"
        total = _line(row, tier, "total", row.total_cost, counted=True)
        lines.append({**total, "note": note})
    if not row.provided_cost:
        lines += [
            {**_blank(key), "units": units, "note": "This kind has no price"}
            for key, units in row.usage.items()
            if key not in row.cost and key != "total"
        ]
    return lines


def _line(row: Observation, tier: Tier | None, key: str, amount: Decimal, *, counted: bool) -> Line:
    units = row.usage.get(key)
    listed = tier.prices.get(key) if tier is not None else None
    charged = None
    if not row.provided_cost and units:
        charged = listed if listed is not None and fit(listed * units) == amount else amount / units
    return {
        "usageType": key,
        "units": units,
        "unitPrice": decimal_text(charged),
        "listedPrice": decimal_text(listed),
        "amount": decimal_text(amount),
        "counted": counted,
        "note": None,
    }


def _blank(key: str) -> Line:
    nothing = {"units": None, "unitPrice": None, "listedPrice": None, "amount": None}
    return {"usageType": key, **nothing, "counted": False, "note": None}


def _why(row: Observation, source: str) -> str:
    if source == "provided":
        return "The client stated the cost; it is never computed anew"
    if source == "computed":
        return "Units of each kind of usage x the price per unit of the model's price list"
    if not row.model:
        return "The observation names no model"
    if not row.model_id:
        return f"No model with a price matches the name {row.model!r}"
    if not row.usage:
        return "The observation has no usage"
    return "The model has no price for any kind of the usage"


def _explain_usage(row: Observation, model: Model | None) -> dict[str, Any]:
    source = usage_source(row)
    scheme = scheme_of(model) if model is not None and source == "estimated" else None
    note = None
    if source == "estimated":
        note = "No usage was reported: the tokens of the texts were counted"
        if scheme is not None and not scheme.own:
            note += "; the vocabulary of the model is not public, another one stood in for it"
    return {
        "source": source,
        "details": row.usage,
        "tokenizer": scheme.encoding if scheme is not None else None,
        "note": note,
    }


def _explain_model(state: AppState, project_id: str, row: Observation, model: Model | None) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        mine = scoped(ModelDefinition, project_id).where(ModelDefinition.id == row.model_id)
        own = session.scalar(mine)
    origin = state.catalogue.origin_of(row.model_id)
    kind: str | None
    version: str | None
    if own is not None:
        kind, version = "project", iso_ms(to_us(own.updated_at))
        why = "Models of the project come first; of those that match, the one with the latest start date"
    elif origin is not None:
        kind, version = origin.kind, origin.as_of or None
        why = "No model of the project matched the name"
    else:
        kind, version = None, None
        why = "The model was removed since; the cost is that of then"
    return {
        "id": row.model_id,
        "modelName": model.name if model is not None else None,
        "matchPattern": model.pattern if model is not None else None,
        "origin": kind,
        "startDate": model.start_date or None if model is not None else None,
        "priceList": version,
        "why": why,
    }


def _tier_named(model: Model | None, name: str) -> Tier | None:
    return next((tier for tier in model.tiers if tier.name == name), None) if model is not None else None


def _explain_tier(row: Observation, model: Model | None) -> dict[str, Any] | None:
    if not row.pricing_tier:
        return None
    tier = _tier_named(model, row.pricing_tier)
    if model is None or tier is None:
        why = "The price list was removed since"
        return {"name": row.pricing_tier, "isDefault": False, "conditions": [], "why": why}
    why = "The conditions of no other price list hold" if tier.is_default else "All its conditions hold"
    parameters = read_parameters(row, model)
    shown = [_explain_condition(each, row, parameters) for each in tier.conditions]
    return {"name": tier.name, "isDefault": tier.is_default, "conditions": shown, "why": why}


def _explain_condition(
    condition: Condition, row: Observation, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    found = observe(condition, row.usage, parameters, row.metadata)
    if isinstance(found, str):
        found = found[:200]
    return {
        "condition": condition_words(condition),
        "found": found,
        "holds": holds(condition, row.usage, parameters, row.metadata),
    }


def _price_now(row: Observation, model: Model | None) -> dict[str, Any]:
    cost = Cost({}, None)
    if model is not None:
        cost = compute_cost(model, row.usage, read_parameters(row, model), row.metadata)
    return {
        "modelId": model.id if model is not None else None,
        "modelName": model.name if model is not None else None,
        "tier": cost.tier_name or None,
        "total": decimal_text(cost.total),
        "differs": cost.total != row.total_cost,
    }


def _other_tiers(row: Observation, model: Model | None) -> list[dict[str, Any]]:
    if model is None or not row.usage:
        return []
    parameters = read_parameters(row, model)
    chosen = choose_tier(model, row.usage, parameters, row.metadata)
    return [
        {
            "name": tier.name,
            "conditions": [_explain_condition(each, row, parameters) for each in tier.conditions],
            "total": decimal_text(price_usage(tier, row.usage).total),
        }
        for tier in model.tiers
        if tier is not chosen
    ]


def _explain_rollup(state: AppState, project_id: str, row: Observation) -> dict[str, Any] | None:
    nodes = read_nodes(state.stores.analytics, project_id, row.trace_id)
    if row.id not in add_up(nodes).rollups:
        return None
    guarded = state.costs.double_counting_guard
    note = (
        "Its tokens are exactly those of what lies below it, so the trace counts them once"
        if guarded
        else "Its tokens are exactly those of what lies below it; the guard is off, so the trace counts them twice"
    )
    return {"repeats": _counted_below(row.id, nodes), "countedInTrace": not guarded, "note": note}


def _counted_below(id_: str, nodes: list[Node]) -> list[str]:
    """The nearest observations with tokens below one."""
    children: dict[str, list[Node]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)
    found: list[str] = []
    seen: set[str] = {id_}
    waiting = [id_]
    while waiting and len(found) < _MOST_LISTED:
        for node in children.get(waiting.pop(), ()):
            if node.id in seen:
                continue
            seen.add(node.id)
            if node.usage:
                found.append(node.id)
            else:
                waiting.append(node.id)
    return sorted(found)
