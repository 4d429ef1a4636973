"""The scores of v3: their shape, and rows -> scores, group by group of `fields`. Shared by scores and experiments."""

from typing import Any, Literal

from spyglass.api.record_schemas import ScoreDataType, ScoreSource
from spyglass.api.records import Bodies, score_text
from spyglass.api.schemas import DateTime, Out
from spyglass.core.clock import iso_ms
from spyglass.core.records import Score

GROUPS = frozenset({"details", "subject", "annotation"})


class ScoreSubjectOut(Out):
    kind: Literal["trace", "observation", "session", "experiment"]
    id: str
    trace_id: str | None = None


class ScoreV3Out(Out):
    id: str
    project_id: str
    name: str
    value: float | bool | str
    data_type: ScoreDataType
    source: ScoreSource
    timestamp: DateTime
    environment: str
    created_at: DateTime
    updated_at: DateTime
    comment: str | None = None
    config_id: str | None = None
    metadata: dict[str, Any] | None = None
    author_user_id: str | None = None
    queue_id: str | None = None
    subject: ScoreSubjectOut | None = None


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
