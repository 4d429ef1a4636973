"""Rows -> the scores of v3, group by group of `fields`."""

from typing import Any

from spyglass.api.records import Bodies, score_text
from spyglass.core.clock import iso_ms
from spyglass.core.records import Score


def render_v3(row: Score, groups: frozenset[str], bodies: Bodies) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": row.id,
        "projectId": row.project_id,
        "name": row.name,
        "value": _value(row),
        "dataType": row.data_type,
        "source": row.source,
        "timestamp": iso_ms(row.timestamp),
        "environment": row.environment,
        "createdAt": iso_ms(row.created_at),
        "updatedAt": iso_ms(row.updated_at),
    }
    if "details" in groups:
        found["comment"] = row.comment or None
        found["configId"] = row.config_id or None
        found["metadata"] = bodies.metadata(row.metadata)
    if "subject" in groups:
        found["subject"] = _subject(row)
    if "annotation" in groups:
        found["authorUserId"] = row.author_user_id or None
        found["queueId"] = row.queue_id or None
    return found


def _value(row: Score) -> float | bool | str:
    match row.data_type:
        case "NUMERIC":
            return row.value if row.value is not None else 0
        case "BOOLEAN":
            return row.value == 1
        case _:
            return score_text(row)


def _subject(row: Score) -> dict[str, Any]:
    if row.dataset_run_id:
        return {"kind": "experiment", "id": row.dataset_run_id}
    if row.observation_id:
        return {"kind": "observation", "id": row.observation_id, "traceId": row.trace_id or None}
    if row.session_id:
        return {"kind": "session", "id": row.session_id}
    return {"kind": "trace", "id": row.trace_id}
