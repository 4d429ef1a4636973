"""Rows for tests of the read endpoints, written straight into the tables."""

from collections.abc import Sequence
from typing import Any

from spyglass.core.clock import parse_iso
from spyglass.core.records import Observation, Score, Trace
from spyglass.ingest.writer import write
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.tables import OBSERVATIONS, SCORES, TRACES

CREATED = "2026-01-02T00:00:00.000Z"


def us(text: str) -> int:
    """Microseconds of an ISO text; `12:30:01.5` means that time on 2026-01-01 UTC."""
    found = parse_iso(text if "T" in text else f"2026-01-01T{text}Z")
    assert found is not None
    return found


def _stamped(fields: dict[str, Any]) -> dict[str, Any]:
    return {"created_at": us(CREATED), "updated_at": us(CREATED), "version_seq": 1, **fields}


def trace(project_id: str, id_: str, at: str = "12:00:00", **fields: Any) -> Trace:
    return Trace(project_id=project_id, id=id_, timestamp=us(at), **_stamped(fields))


def observation(project_id: str, trace_id: str, id_: str, at: str = "12:00:00", **fields: Any) -> Observation:
    return Observation(
        project_id=project_id, trace_id=trace_id, id=id_, start_time=us(at), **_stamped(fields)
    )


def score(project_id: str, id_: str, at: str = "12:00:00", **fields: Any) -> Score:
    return Score(project_id=project_id, id=id_, timestamp=us(at), **_stamped({"name": "quality", **fields}))


def insert(analytics: Analytics, *rows: Trace | Observation | Score) -> None:
    kinds: Sequence[tuple[type, str]] = ((Trace, TRACES), (Observation, OBSERVATIONS), (Score, SCORES))
    for kind, table in kinds:
        write(analytics, table, [row for row in rows if isinstance(row, kind)])
