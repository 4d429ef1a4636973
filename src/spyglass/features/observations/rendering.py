"""Rows -> the observations of v2, group by group of `fields`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from spyglass.api.records import (
    Bodies,
    Catalogue,
    find_prices,
    iso_or_none,
    render_cost,
    render_costs,
    seconds_between,
    usage_source,
)
from spyglass.core.clock import iso_ms
from spyglass.core.jsontext import read_text
from spyglass.core.records import Observation, Trace
from spyglass.core.references import head_of

METADATA_CHARACTERS = 200


@dataclass(frozen=True)
class Shown:
    """One observation with what its groups may need."""

    row: Observation
    trace: Trace
    bodies: Bodies
    catalogue: Catalogue
    expanded: frozenset[str]  # metadata keys that are not cut


def render_v2(shown: Shown, groups: frozenset[str]) -> dict[str, Any]:
    found = _core(shown)
    for group, render in _GROUPS.items():
        if group in groups:
            found |= render(shown)
    return found


def _core(shown: Shown) -> dict[str, Any]:
    row = shown.row
    return {
        "id": row.id,
        "traceId": row.trace_id or None,
        "startTime": iso_ms(row.start_time),
        "endTime": iso_or_none(row.end_time),
        "projectId": row.project_id,
        "parentObservationId": row.parent_id or None,
        "type": row.type,
        # Required by the clients whatever was asked for; the group `model` fills them.
        "modelId": None,
        "inputPrice": None,
        "outputPrice": None,
        "totalPrice": None,
    }


def _basic(shown: Shown) -> dict[str, Any]:
    row, trace = shown.row, shown.trace
    return {
        "name": row.name or None,
        "level": row.level,
        "statusMessage": row.status_message or None,
        "version": row.version or None,
        "environment": row.environment,
        "bookmarked": trace.bookmarked,
        "public": trace.public,
        "userId": trace.user_id or None,
        "sessionId": trace.session_id or None,
        "isRootObservation": not row.parent_id or row.is_app_root,
    }


def _time(shown: Shown) -> dict[str, Any]:
    row = shown.row
    return {
        "completionStartTime": iso_or_none(row.completion_start_time),
        "createdAt": iso_ms(row.created_at),
        "updatedAt": iso_ms(row.updated_at),
    }


def _io(shown: Shown) -> dict[str, Any]:
    return {"input": shown.bodies.text(shown.row.input), "output": shown.bodies.text(shown.row.output)}


def _metadata(shown: Shown) -> dict[str, Any]:
    return {"metadata": {key: _entry(shown, key, text) for key, text in shown.row.metadata.items()}}


def _entry(shown: Shown, key: str, stored: str) -> Any:
    """A metadata value: parsed when it is whole, the beginning of its text when it was cut."""
    if key in shown.expanded:
        return read_text(shown.bodies.text(stored) or "")
    text = head_of(stored)
    return read_text(text) if len(text) <= METADATA_CHARACTERS else text[:METADATA_CHARACTERS]


def _model(shown: Shown) -> dict[str, Any]:
    row = shown.row
    _, prices = find_prices(row, shown.catalogue)
    return {
        "providedModelName": row.model or None,
        "internalModelId": row.model_id or None,
        "modelParameters": read_text(row.model_parameters) or None,
        "modelId": row.model_id or None,
        "inputPrice": _price(prices, "input"),
        "outputPrice": _price(prices, "output"),
        "totalPrice": _price(prices, "total"),
    }


def _price(prices: Mapping[str, Decimal], key: str) -> str | None:
    price = prices.get(key)
    return None if price is None else format(price, "f")


def _usage(shown: Shown) -> dict[str, Any]:
    row = shown.row
    return {
        "usageDetails": row.usage,
        "usageSource": usage_source(row),
        "costDetails": render_costs(row.cost),
        "totalCost": render_cost(row.total_cost),
        "usagePricingTierName": row.pricing_tier or None,
    }


def _prompt(shown: Shown) -> dict[str, Any]:
    row = shown.row
    return {
        "promptId": row.prompt_id or None,
        "promptName": row.prompt_name or None,
        "promptVersion": row.prompt_version,
    }


def _metrics(shown: Shown) -> dict[str, Any]:
    row = shown.row
    return {
        "latency": seconds_between(row.start_time, row.end_time),
        "timeToFirstToken": seconds_between(row.start_time, row.completion_start_time),
    }


def _trace_context(shown: Shown) -> dict[str, Any]:
    trace = shown.trace
    return {"traceName": trace.name or None, "tags": trace.tags, "release": trace.release or None}


_GROUPS: dict[str, Callable[[Shown], dict[str, Any]]] = {
    "basic": _basic,
    "time": _time,
    "io": _io,
    "metadata": _metadata,
    "model": _model,
    "usage": _usage,
    "prompt": _prompt,
    "metrics": _metrics,
    "trace_context": _trace_context,
}
