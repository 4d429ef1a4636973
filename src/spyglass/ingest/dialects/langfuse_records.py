"""From the body of a trace or observation event to a patch (ingestion contract 1.6, 1.10, 1.11).

Pure. What the sender named is explicit; what only follows (the envelope's time as start, the default
environment, a trace for a stray observation) is implied. A null that the contract ignores is left out here.
"""

from typing import Any

from msgspec import UNSET

from spyglass.core.ids import derived_id
from spyglass.core.records import Arrival, Kind, Patch, Rank
from spyglass.ingest.dialects.langfuse_bodies import (
    GenerationBody,
    LegacyObservationBody,
    ObservationBody,
    SpanBody,
    TraceBody,
)
from spyglass.ingest.dialects.langfuse_values import (
    check_id,
    check_text,
    read_content,
    read_environment,
    read_instant,
    read_metadata,
    read_model_parameters,
    read_prompt,
    read_usage,
)

SOURCE = "ingestion-api"
MAX_NAME_CHARACTERS = 1000

# column -> key of the body; null clears them
_TRACE_TEXTS = {
    "name": "name",
    "user_id": "userId",
    "session_id": "sessionId",
    "release": "release",
    "version": "version",
}


def build_trace(body: TraceBody, time_us: int, rank: Rank, arrival: Arrival) -> Patch | None:
    """None when the body names no trace: accepted, but there is nothing to store."""
    explicit: dict[str, Any] = {}
    implied: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    if body.id is not None:
        check_id("body.id", body.id)
    if body.timestamp is None:
        implied["timestamp"] = time_us
    else:
        explicit["timestamp"] = read_instant("timestamp", body.timestamp, arrival, notes)
    for field, key in _TRACE_TEXTS.items():
        text = getattr(body, field)
        if text is not UNSET:
            check_text(key, text)
            explicit[field] = text
    if isinstance(body.name, str) and len(body.name) > MAX_NAME_CHARACTERS:
        raise ValueError(f"name: must have at most {MAX_NAME_CHARACTERS} characters")
    if body.public is not None:
        explicit["public"] = body.public
    if body.tags:
        explicit["tags"] = body.tags
    read_environment(explicit, implied, body.environment)
    _put_content(explicit, body, notes)
    return Patch(Kind.TRACE, body.id, time_us, rank, explicit, implied) if body.id is not None else None


def build_observation(
    body: ObservationBody, type_: str, time_us: int, rank: Rank, arrival: Arrival
) -> Patch | None:
    """None when a legacy body names no observation."""
    explicit: dict[str, Any] = {"type": type_}
    notes: dict[str, Any] = {}
    if body.id is not None:
        check_id("body.id", body.id)
    elif not isinstance(body, LegacyObservationBody):
        raise ValueError("body.id: is required")
    implied = _imply(arrival)
    _put_place(explicit, implied, body, arrival)
    if body.start_time is None:
        implied["start_time"] = time_us
    else:
        explicit["start_time"] = read_instant("startTime", body.start_time, arrival, notes)
    if isinstance(body, SpanBody) and body.end_time is not None:
        explicit["end_time"] = read_instant("endTime", body.end_time, arrival, notes)
    if isinstance(body, GenerationBody | LegacyObservationBody):
        _put_generation(explicit, body, arrival, notes)
    _put_content(explicit, body, notes)
    return Patch(Kind.OBSERVATION, body.id, time_us, rank, explicit, implied) if body.id is not None else None


def _imply(arrival: Arrival) -> dict[str, Any]:
    implied: dict[str, Any] = {"source": SOURCE}
    if arrival.public_key:
        implied["public_key"] = arrival.public_key
    if arrival.sdk_name:
        implied["sdk_name"] = arrival.sdk_name
    if arrival.sdk_version:
        implied["sdk_version"] = arrival.sdk_version
    return implied


def _put_place(
    explicit: dict[str, Any], implied: dict[str, Any], body: ObservationBody, arrival: Arrival
) -> None:
    """Where it belongs and what it is called. A stray observation gets its own trace, always the same."""
    if body.trace_id is not None:
        check_id("traceId", body.trace_id)
        explicit["trace_id"] = body.trace_id
    elif body.id is not None:
        implied["trace_id"] = derived_id(arrival.project_id, body.id)
    legacy = isinstance(body, LegacyObservationBody)
    read_environment(explicit, implied, None if legacy else body.environment)
    check_text("parentObservationId", body.parent_observation_id)
    if body.parent_observation_id is not None:
        explicit["parent_id"] = body.parent_observation_id
    if body.name is not UNSET:
        check_text("name", body.name)
        explicit["name"] = body.name
    if body.level is not UNSET:
        explicit["level"] = body.level
    if body.status_message is not None:
        explicit["status_message"] = body.status_message
    if body.version is not None:
        explicit["version"] = body.version


def _put_generation(
    explicit: dict[str, Any],
    body: GenerationBody | LegacyObservationBody,
    arrival: Arrival,
    notes: dict[str, Any],
) -> None:
    if body.completion_start_time is not None:
        explicit["completion_start_time"] = read_instant(
            "completionStartTime", body.completion_start_time, arrival, notes
        )
    if body.model is not UNSET:
        check_text("model", body.model)
        explicit["model"] = body.model
    parameters = read_model_parameters(body.model_parameters, plain=isinstance(body, LegacyObservationBody))
    if parameters:
        explicit["model_parameters"] = parameters
    if (body.usage, body.usage_details, body.cost_details) != (UNSET, UNSET, UNSET):
        usage, cost = read_usage(body.usage, body.usage_details, body.cost_details)
        if usage:
            explicit["provided_usage"] = usage
        if cost:
            explicit["provided_cost"] = cost
    if isinstance(body, GenerationBody):
        prompt = read_prompt(body.prompt_name, body.prompt_version)
        if prompt is not None:
            explicit["prompt"] = prompt


def _put_content(explicit: dict[str, Any], body: TraceBody | ObservationBody, notes: dict[str, Any]) -> None:
    for field, raw in (("input", body.input), ("output", body.output)):
        text = read_content(field, raw)
        if text:
            explicit[field] = text
    metadata = read_metadata(body.metadata)
    if notes:
        metadata = {**metadata, **notes}
    if metadata:
        explicit["metadata"] = metadata
