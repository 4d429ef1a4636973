"""Traces: lists, single reads, and what other lists need to know of their traces."""

from collections.abc import Iterable, Sequence

from spyglass.core.records import Trace
from spyglass.query.lists import Slice, ordered_by, read_page_and_total, read_rows
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, View, build_select, instant, within
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value

CORE = (
    "name",
    "environment",
    "user_id",
    "session_id",
    "release",
    "version",
    "tags",
    "public",
    "bookmarked",
    "created_at",
    "updated_at",
)
IO = ("input", "output", "metadata")
METRICS = ("first_start", "last_end", "total_cost")

# Most observations begin within an hour of their trace.
_NEAR_US = 3_600_000_000

# `orderBy` names of the public API.
SORTABLE = {
    "id": "id",
    "timestamp": "timestamp",
    "name": "name",
    "userId": "user_id",
    "release": "release",
    "version": "version",
    "public": "public",
    "bookmarked": "bookmarked",
    "sessionId": "session_id",
}


def list_traces(
    analytics: Analytics, project_id: str, names: Sequence[str], where: Sequence[Sql], part: Slice
) -> tuple[list[Trace], int]:
    """A page, and how many traces all pages have together."""
    return read_page_and_total(analytics, TRACES, project_id, names, where, part)


def order_of(column: str, direction: str) -> str:
    """The order of a list by a key of `SORTABLE`, `asc` or `desc`."""
    return ordered_by(TRACES, SORTABLE[column], direction)


def read_trace(analytics: Analytics, project_id: str, trace_id: str, names: Sequence[str]) -> Trace | None:
    rows: list[Trace] = read_rows(
        analytics,
        TRACES,
        project_id,
        names,
        [sql("id = {}", value("String", trace_id))],
        "ORDER BY version_seq DESC LIMIT 1",
    )
    return rows[0] if rows else None


def read_traces(
    analytics: Analytics,
    project_id: str,
    trace_ids: Iterable[str],
    names: Sequence[str],
    near_us: Sequence[int] = (),
) -> dict[str, Trace]:
    """The traces of a page of observations or scores. They are looked for around the instants `near_us` first:
    looking an id up in all of history takes its share of every index block."""
    missing = {id_ for id_ in trace_ids if id_}
    found: dict[str, Trace] = {}
    places = [within(TRACES, min(near_us) - _NEAR_US, max(near_us) + _NEAR_US)] if near_us else []
    for place in (*places, []):
        if missing:
            wanted = sql("id IN {}", value("Array(String)", sorted(missing)))
            rows: list[Trace] = read_rows(analytics, TRACES, project_id, names, [wanted, *place])
            found |= {row.id: row for row in rows}
            missing -= found.keys()
    return found


def list_traces_of_session(
    analytics: Analytics, project_id: str, session_id: str, names: Sequence[str]
) -> list[Trace]:
    where = [sql("session_id = {}", value("String", session_id))]
    return read_rows(analytics, TRACES, project_id, names, where, "ORDER BY timestamp, id")


def list_observation_ids(
    analytics: Analytics, project_id: str, traces: Sequence[Trace]
) -> dict[str, list[str]]:
    """Of traces that were read with their `METRICS`: their times tell where the observations lie."""
    found: dict[str, list[str]] = {trace.id: [] for trace in traces}
    starts = [trace.first_start for trace in traces if trace.first_start is not None]
    ends = [trace.last_end for trace in traces if trace.last_end is not None]
    if starts and ends:
        bounds = [
            sql("start_time >= {}", instant(min(starts))),
            sql("start_time <= {}", instant(max(ends))),
        ]
        _add_ids(analytics, OBSERVATIONS, project_id, found, bounds)
    return found


def list_score_ids(analytics: Analytics, project_id: str, trace_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {id_: [] for id_ in trace_ids}
    if found:
        _add_ids(analytics, SCORES, project_id, found, ())
    return found


def _add_ids(
    analytics: Analytics, view: View, project_id: str, found: dict[str, list[str]], where: Iterable[Sql]
) -> None:
    """Add the ids to each of the traces in `found`, in order of time."""
    mine = sql("trace_id IN {}", value("Array(String)", sorted(found)))
    order = f"ORDER BY {view.time}, id"
    for trace_id, id_ in analytics.query(
        build_select(view, project_id, "trace_id, id", [mine, *where], order)
    ):
        found[trace_id].append(id_)
