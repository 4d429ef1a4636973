"""The scores of traces and sessions, and which observations have some."""

from collections.abc import Sequence

from spyglass.core.records import Score
from spyglass.query.lists import read_rows
from spyglass.query.scores import ALL
from spyglass.query.views import SCORES, build_select
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql, value

_IN_ORDER = "ORDER BY timestamp, id"


def list_scored(analytics: Analytics, project_id: str, trace_id: str) -> tuple[dict[str, int], int]:
    """The latest version of a score by the observation that it is of; and of all scores of the trace."""
    where = [sql("trace_id = {}", value("String", trace_id))]
    what = "observation_id, max(version_seq)"
    rows = analytics.query(build_select(SCORES, project_id, what, where, "GROUP BY observation_id"))
    versions = {row[0]: int(row[1]) for row in rows}
    latest = max(versions.values(), default=0)
    versions.pop("", None)
    return versions, latest


def list_scores_of_traces(analytics: Analytics, project_id: str, trace_ids: Sequence[str]) -> list[Score]:
    if not trace_ids:
        return []
    where = [sql("trace_id IN {}", value("Array(String)", list(trace_ids)))]
    return read_rows(analytics, SCORES, project_id, ALL, where, _IN_ORDER)


def list_scores_of_session(analytics: Analytics, project_id: str, session_id: str) -> list[Score]:
    """Of the session itself, not of its traces."""
    where = [sql("session_id = {}", value("String", session_id)), sql("trace_id = ''")]
    return read_rows(analytics, SCORES, project_id, ALL, where, _IN_ORDER)
