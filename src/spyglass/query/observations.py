"""Observations: lists, single reads, and the columns behind each group of fields."""

from collections.abc import Sequence

from spyglass.core.records import Observation, Trace
from spyglass.query.lists import read_rows
from spyglass.query.views import OBSERVATIONS, instant
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value

# The columns that each `fields` group of v2 needs. `core` is always there; the key columns are always read.
GROUPS: dict[str, tuple[str, ...]] = {
    "core": ("end_time", "parent_id", "type"),
    "basic": ("name", "level", "status_message", "version", "environment", "is_app_root"),
    "time": ("completion_start_time", "created_at", "updated_at"),
    "io": ("input", "output"),
    "metadata": ("metadata",),
    "model": ("model", "model_id", "model_parameters", "pricing_tier"),
    "usage": ("usage", "usage_source", "cost", "total_cost", "pricing_tier"),
    "prompt": ("prompt_id", "prompt_name", "prompt_version"),
    "metrics": ("completion_start_time",),
    "trace_context": (),
}
# What v1 shows: everything but tools and the trace's own fields.
V1 = tuple(dict.fromkeys(name for group in GROUPS.values() for name in group))

# What v2 takes from the trace of each row.
CONTEXT: dict[str, tuple[str, ...]] = {
    "basic": ("bookmarked", "public", "user_id", "session_id"),
    "trace_context": ("name", "tags", "release"),
}


def read_observation(analytics: Analytics, project_id: str, observation_id: str) -> Observation | None:
    """The latest written of the observations with this id (two traces may use the same one)."""
    rows: list[Observation] = read_rows(
        analytics,
        OBSERVATIONS,
        project_id,
        V1,
        [sql("id = {}", value("String", observation_id))],
        "ORDER BY version_seq DESC LIMIT 1",
    )
    return rows[0] if rows else None


def list_observations_of_trace(analytics: Analytics, trace: Trace, names: Sequence[str]) -> list[Observation]:
    """All observations of a trace that was read with its `METRICS`: its times tell where they lie."""
    if trace.first_start is None or trace.last_end is None:
        return []
    return read_rows(
        analytics, OBSERVATIONS, trace.project_id, names, within_trace(trace), "ORDER BY start_time, id"
    )


def within_trace(trace: Trace) -> list[Sql]:
    """Conditions for the observations of a trace that was read with its `METRICS`: its times tell where they lie.
    They match none where the trace has none."""
    return [
        sql("trace_id = {}", value("String", trace.id)),
        sql("start_time >= {}", instant(trace.first_start or 0)),
        sql("start_time <= {}", instant(trace.last_end or 0)),
    ]
