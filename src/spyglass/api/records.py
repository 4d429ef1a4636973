"""Rows -> the dicts of the public API (`record_schemas.py` describes them). Shared by the features that show
traces, observations and scores; pure but for texts that lie in the blob store.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from spyglass.core.clock import iso_ms
from spyglass.core.cost import Model, Tier
from spyglass.core.jsontext import read_text
from spyglass.core.records import Observation, Score, Trace
from spyglass.core.usage import input_sum, output_sum
from spyglass.query.bodies import resolve_text
from spyglass.stores.blobs import Blobs


class Catalogue(Protocol):
    def by_id(self, model_id: str) -> Model | None: ...


class Bodies:
    """Texts of one project as answers show them."""

    def __init__(self, project_id: str, blobs: Blobs) -> None:
        self._project_id = project_id
        self._blobs = blobs

    def text(self, stored: str) -> str | None:
        return resolve_text(stored, self._project_id, self._blobs) if stored else None

    def value(self, stored: str) -> Any:
        """The parsed JSON, or the text when it is none; null when empty."""
        text = self.text(stored)
        return None if text is None else read_text(text)

    def metadata(self, stored: Mapping[str, str]) -> dict[str, Any]:
        return {key: read_text(self.text(text) or "") for key, text in stored.items()}


def iso_or_none(at_us: int | None) -> str | None:
    return None if at_us is None else iso_ms(at_us)


def seconds_between(start_us: int, end_us: int | None) -> float | None:
    """At the precision of the times that the answer shows; null when unknown or negative."""
    if end_us is None or end_us < start_us:
        return None
    return (end_us // 1000 - start_us // 1000) / 1000


def render_trace(row: Trace, bodies: Bodies | None) -> dict[str, Any]:
    """A `Trace`; without `bodies` its input, output and metadata are left empty."""
    return {
        "id": row.id,
        "projectId": row.project_id,
        "timestamp": iso_ms(row.timestamp),
        "name": row.name or None,
        "environment": row.environment,
        "userId": row.user_id or None,
        "sessionId": row.session_id or None,
        "release": row.release or None,
        "version": row.version or None,
        "public": row.public,
        "bookmarked": row.bookmarked,
        "tags": row.tags,
        "input": bodies.value(row.input) if bodies else None,
        "output": bodies.value(row.output) if bodies else None,
        "metadata": bodies.metadata(row.metadata) if bodies else {},
        "externalId": None,
        "createdAt": iso_ms(row.created_at),
        "updatedAt": iso_ms(row.updated_at),
    }


def render_trace_metrics(row: Trace, shown: bool) -> dict[str, Any]:
    path = {"htmlPath": f"/project/{row.project_id}/traces/{row.id}"}
    if not shown:
        return {**path, "latency": -1, "totalCost": -1}
    latency = None if row.first_start is None else seconds_between(row.first_start, row.last_end)
    return {**path, "latency": latency or 0, "totalCost": float(row.total_cost or 0)}


def find_prices(row: Observation, catalogue: Catalogue) -> tuple[Tier | None, Mapping[str, Decimal]]:
    """The tier that priced an observation and its prices; nothing when no model matched."""
    model = catalogue.by_id(row.model_id) if row.model_id else None
    if model is None or not model.tiers:
        return None, {}
    by_name = {tier.name: tier for tier in model.tiers}
    default = next((tier for tier in model.tiers if tier.is_default), model.tiers[0])
    tier = by_name.get(row.pricing_tier, default)
    return tier, tier.prices


def render_observation(row: Observation, bodies: Bodies, catalogue: Catalogue) -> dict[str, Any]:
    """An `ObservationsView` (v1)."""
    return {
        "id": row.id,
        "projectId": row.project_id,
        "traceId": row.trace_id or None,
        "parentObservationId": row.parent_id or None,
        "type": row.type,
        "name": row.name or None,
        "level": row.level,
        "statusMessage": row.status_message or None,
        "version": row.version or None,
        "environment": row.environment,
        "startTime": iso_ms(row.start_time),
        "endTime": iso_or_none(row.end_time),
        "completionStartTime": iso_or_none(row.completion_start_time),
        "createdAt": iso_ms(row.created_at),
        "updatedAt": iso_ms(row.updated_at),
        "latency": seconds_between(row.start_time, row.end_time),
        "timeToFirstToken": seconds_between(row.start_time, row.completion_start_time),
        "model": row.model or None,
        "modelId": row.model_id or None,
        "modelParameters": read_text(row.model_parameters) or None,
        "input": bodies.value(row.input),
        "output": bodies.value(row.output),
        "metadata": bodies.metadata(row.metadata),
        "promptId": row.prompt_id or None,
        "promptName": row.prompt_name or None,
        "promptVersion": row.prompt_version,
        **_render_usage(row),
        **_render_cost(row, catalogue),
    }


def usage_source(row: Observation) -> str | None:
    """Whether the sender stated the tokens or they were counted here; null when there are none."""
    return (row.usage_source or "provided") if row.usage else None


def _render_usage(row: Observation) -> dict[str, Any]:
    counts = {
        "input": int(input_sum(row.usage)),
        "output": int(output_sum(row.usage)),
        "total": row.usage.get("total", 0),
    }
    return {
        "usage": {**counts, "unit": "TOKENS"},
        "usageDetails": row.usage,
        "usageSource": usage_source(row),
        "unit": "TOKENS",
        "promptTokens": counts["input"],
        "completionTokens": counts["output"],
        "totalTokens": counts["total"],
    }


def _render_cost(row: Observation, catalogue: Catalogue) -> dict[str, Any]:
    tier, prices = find_prices(row, catalogue)
    has_input = any("input" in key.lower() for key in row.cost)
    has_output = any("output" in key.lower() for key in row.cost)
    return {
        "costDetails": render_costs(row.cost),
        "calculatedInputCost": float(input_sum(row.cost)) if has_input else None,
        "calculatedOutputCost": float(output_sum(row.cost)) if has_output else None,
        "calculatedTotalCost": render_cost(row.total_cost),
        "inputPrice": render_cost(prices.get("input")),
        "outputPrice": render_cost(prices.get("output")),
        "totalPrice": render_cost(prices.get("total")),
        "usagePricingTierName": row.pricing_tier or None,
        "usagePricingTierId": tier.id if tier is not None and tier.name == row.pricing_tier else None,
    }


def render_cost(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def render_costs(amounts: Mapping[str, Decimal]) -> dict[str, float]:
    return {key: float(amount) for key, amount in amounts.items()}


def render_score(row: Score, bodies: Bodies) -> dict[str, Any]:
    """A `ScoreV1`: `value` is a number, texts stand in `stringValue`."""
    found: dict[str, Any] = {
        "id": row.id,
        "projectId": row.project_id,
        "timestamp": iso_ms(row.timestamp),
        "createdAt": iso_ms(row.created_at),
        "updatedAt": iso_ms(row.updated_at),
        "name": row.name,
        "dataType": row.data_type,
        "source": row.source,
        "environment": row.environment,
        "traceId": row.trace_id or None,
        "observationId": row.observation_id or None,
        "authorUserId": row.author_user_id or None,
        "comment": row.comment or None,
        "metadata": bodies.metadata(row.metadata),
        "configId": row.config_id or None,
        "queueId": row.queue_id or None,
        "executionTraceId": row.execution_trace_id or None,
    }
    if row.data_type != "TEXT":
        found["value"] = row.value if row.value is not None else 0
    if row.data_type != "NUMERIC":
        found["stringValue"] = score_text(row)
    return found


def score_text(row: Score) -> str:
    return row.long_string_value if row.data_type == "CORRECTION" else row.string_value
