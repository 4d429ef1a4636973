"""Metrics of LLM calls, by project and model (see `ingest/traffic.py` for what is counted and when)."""

from collections.abc import Iterator, Sequence

from prometheus_client.metrics_core import Metric

from spyglass.features.telemetry.server_families import counter, histogram
from spyglass.ingest.traffic import ModelTraffic, Traffic

_LABELS = ("project", "model")


def describe_traffic(traffic: Traffic, project_ids: Sequence[str]) -> Iterator[Metric]:
    found: list[tuple[tuple[str, str], ModelTraffic]] = [
        ((project_id, model), calls)
        for project_id in project_ids
        for model, calls in traffic.read(project_id)
    ]
    yield counter(
        "spyglass_llm_requests", "LLM calls (generations and embeddings)", _LABELS,
        [(texts, calls.requests) for texts, calls in found],
    )  # fmt: skip
    yield counter(
        "spyglass_llm_errors", "LLM calls that ended with an error", _LABELS,
        [(texts, calls.errors) for texts, calls in found],
    )  # fmt: skip
    yield counter(
        "spyglass_llm_unpriced_requests", "LLM calls with usage whose price is not known", _LABELS,
        [(texts, calls.unpriced) for texts, calls in found],
    )  # fmt: skip
    yield counter(
        "spyglass_llm_cost_usd", "Cost of LLM calls in US dollars, where it is known", _LABELS,
        [(texts, calls.cost_usd) for texts, calls in found],
    )  # fmt: skip
    yield counter(
        "spyglass_llm_tokens", "Units of usage by kind, without totals", (*_LABELS, "kind"),
        [((*texts, kind), n) for texts, calls in found for kind, n in sorted(calls.tokens.items())],
    )  # fmt: skip
    yield histogram(
        "spyglass_llm_request_duration_seconds", "Time from start to end of an LLM call", _LABELS,
        [(texts, calls.latency_s) for texts, calls in found],
    )  # fmt: skip
    yield histogram(
        "spyglass_llm_time_to_first_token_seconds", "Time from start to first token of an LLM call", _LABELS,
        [(texts, calls.first_token_s) for texts, calls in found],
    )  # fmt: skip
