"""From the body of a score to a patch (contract 4.1 - 4.3); the batch API and the REST route share it.

Pure, but that the score config that a body names is asked of the door (`Arrival.find_rule`).
"""

import math
from typing import Any

from msgspec import UNSET

from spyglass.core.records import Arrival, Kind, Patch, Rank, ScoreRule
from spyglass.ingest.dialects.langfuse_bodies import ScoreBody
from spyglass.ingest.dialects.langfuse_values import (
    check_id,
    check_text,
    read_environment,
    read_metadata,
)
from spyglass.ingest.score_rules import check_type, check_value, find_rule

MAX_TEXT_CHARACTERS = 500
CORRECTION_NAME = "output"

_REFERENCES = {
    "observation_id": "observationId",
    "session_id": "sessionId",
    "dataset_run_id": "datasetRunId",
    "config_id": "configId",
    "queue_id": "queueId",
    "execution_trace_id": "executionTraceId",
}


def build_score(body: ScoreBody, time_us: int, arrival: Arrival) -> Patch | None:
    """None when the body has no id: accepted, but not stored. Raises ValueError for what breaks a rule."""
    if body.id is not None:
        check_id("body.id", body.id)
    _check_name(body)
    _check_source(body)
    rule = find_rule(body.config_id, arrival.find_rule) if body.config_id and arrival.find_rule else None
    data_type = _choose_type(body, rule)
    _check_target(body, data_type)
    explicit = _read_value(body, data_type)
    implied: dict[str, Any] = {"timestamp": time_us}
    if body.data_type is UNSET and body.config_id and rule is None:
        implied["data_type"] = data_type  # the config decides
    else:
        explicit["data_type"] = data_type
    explicit["name"] = CORRECTION_NAME if data_type == "CORRECTION" else body.name
    if rule is not None:
        explicit["name"] = rule.name
        explicit["value"] = check_value(rule, body.value)
    explicit["source"] = body.source
    if body.trace_id:
        explicit["trace_id"] = body.trace_id
    for field in _REFERENCES:
        reference = getattr(body, field)
        if reference is not UNSET:
            explicit[field] = reference or None
    if body.comment is not UNSET:
        explicit["comment"] = body.comment
    read_environment(explicit, implied, body.environment)
    metadata = read_metadata(body.metadata)
    if metadata:
        explicit["metadata"] = metadata
    for field in ("public_key", "sdk_name", "sdk_version", "author_user_id"):
        if getattr(arrival, field):
            implied[field] = getattr(arrival, field)
    return (
        Patch(Kind.SCORE, body.id, time_us, Rank.CREATE, explicit, implied) if body.id is not None else None
    )


def _check_name(body: ScoreBody) -> None:
    if not body.name:
        raise ValueError("name: must not be empty")
    check_text("name", body.name)


def _choose_type(body: ScoreBody, rule: ScoreRule | None) -> str:
    """What the sender said, else what the config says, else what the value suggests."""
    if body.data_type is not UNSET:
        if rule is not None:
            check_type(rule, body.data_type)
        return body.data_type
    if rule is not None:
        return rule.data_type
    return "CATEGORICAL" if isinstance(body.value, str) else "NUMERIC"


def _check_target(body: ScoreBody, data_type: str) -> None:
    """Exactly one of trace (with or without observation), session, dataset run."""
    targets = [name for name in ("trace_id", "session_id", "dataset_run_id") if getattr(body, name)]
    for field in ("trace_id", *_REFERENCES):
        check_text(_REFERENCES.get(field, "traceId"), getattr(body, field))
    if body.observation_id and not body.trace_id:
        raise ValueError("observationId: needs traceId")
    if len(targets) != 1:
        raise ValueError("traceId, sessionId, datasetRunId: exactly one must be given")
    if data_type == "CORRECTION" and not body.trace_id:
        raise ValueError("traceId: a CORRECTION belongs to a trace or an observation")


def _check_source(body: ScoreBody) -> None:
    if body.data_type == "CORRECTION":
        if body.config_id:
            raise ValueError("configId: must be absent or null for CORRECTION")
    elif body.source == "ANNOTATION" and not body.config_id:
        raise ValueError("configId: is required when source is ANNOTATION")


def _read_value(body: ScoreBody, data_type: str) -> dict[str, Any]:
    """The three columns of a value, always together, so that a change of type leaves nothing behind."""
    value = body.value
    if data_type in ("NUMERIC", "BOOLEAN"):
        if isinstance(value, str) or not math.isfinite(value):
            raise ValueError(f"value: must be a number for {data_type}")
        text = None
        if data_type == "BOOLEAN":
            if value not in (0, 1):
                raise ValueError("value: must be 0 or 1 for BOOLEAN")
            text = "True" if value else "False"
        return {"value": float(value), "string_value": text, "long_string_value": None}
    if not isinstance(value, str):
        raise ValueError(f"value: must be a string for {data_type}")
    if data_type == "TEXT" and not 1 <= len(value) <= MAX_TEXT_CHARACTERS:
        raise ValueError(f"value: must have 1 to {MAX_TEXT_CHARACTERS} characters for TEXT")
    if data_type == "CORRECTION":
        return {"value": 0.0, "string_value": None, "long_string_value": value}
    return {"value": 0.0, "string_value": value, "long_string_value": None}
