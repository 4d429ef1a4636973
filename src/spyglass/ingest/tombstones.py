"""Rows that remove a row from its key: nothing but the key, so that no body is written again."""

from spyglass.core.records import Observation, Score, Trace
from spyglass.ingest.entities import Row

SpanKey = tuple[str, str, str]  # project, trace, span


def tombstone(row: Row, version: int) -> Row:
    if isinstance(row, Observation):
        return tombstone_span((row.project_id, row.trace_id, row.id), row.start_time, version)
    if isinstance(row, Trace):
        return Trace(
            project_id=row.project_id, id=row.id, timestamp=row.timestamp, version_seq=version, is_deleted=1
        )
    return Score(
        project_id=row.project_id, id=row.id, timestamp=row.timestamp, version_seq=version, is_deleted=1
    )


def tombstone_span(key: SpanKey, start: int, version: int) -> Observation:
    project_id, trace_id, id_ = key
    return Observation(
        project_id=project_id, trace_id=trace_id, id=id_, start_time=start, version_seq=version, is_deleted=1
    )
