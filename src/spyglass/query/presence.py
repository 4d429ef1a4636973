"""Whether a project has a record at all."""

from collections.abc import Sequence

from spyglass.query.views import OBSERVATIONS, TRACES, View, build_select, build_select_across
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value


def has_trace(analytics: Analytics, project_id: str, trace_id: str) -> bool:
    return _has(analytics, TRACES, project_id, sql("id = {}", value("String", trace_id)))


def list_publishers(analytics: Analytics, project_ids: Sequence[str], trace_id: str) -> list[str]:
    """Those of the projects in which a trace of this id is published."""
    if not project_ids:
        return []
    where = [sql("id = {}", value("String", trace_id)), Sql(("public",))]
    found = analytics.query(build_select_across(TRACES, project_ids, "DISTINCT project_id", where))
    return [row[0] for row in found]


def has_observation(analytics: Analytics, project_id: str, observation_id: str) -> bool:
    return _has(analytics, OBSERVATIONS, project_id, sql("id = {}", value("String", observation_id)))


def has_session(analytics: Analytics, project_id: str, session_id: str) -> bool:
    """A session is there as soon as a trace names it; the empty text names none."""
    if not session_id:
        return False
    return _has(analytics, TRACES, project_id, sql("session_id = {}", value("String", session_id)))


def has_user(analytics: Analytics, project_id: str, user_id: str) -> bool:
    """Whether a trace names the user; the empty text names nobody."""
    if not user_id:
        return False
    return _has(analytics, TRACES, project_id, sql("user_id = {}", value("String", user_id)))


def _has(analytics: Analytics, view: View, project_id: str, condition: Sql) -> bool:
    return bool(analytics.query(build_select(view, project_id, "1", [condition], "LIMIT 1")))
