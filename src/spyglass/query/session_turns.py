"""A session as its replay shows it: what its traces add up to, and its traces from the first on."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from spyglass.core.paging import Key
from spyglass.core.records import Trace
from spyglass.query.lists import key_of, read_rows
from spyglass.query.views import OBSERVATIONS, TRACES, build_select, instant
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value

_SUMS = """count(), toUnixTimestamp64Micro(min(timestamp)),
toUnixTimestamp64Micro(max(greatest(timestamp, ifNull(last_end, timestamp)))),
arraySort(groupUniqArrayIf(200)(user_id, user_id != '')), sumMap(usage), sum(total_cost), sum(error_count),
sum(observation_count), arraySort(groupUniqArray(50)(environment)),
arraySort(groupUniqArrayArray(200)(tags)), max(bookmarked)"""


class SessionSums(NamedTuple):
    traces: int
    first_us: int
    last_us: int
    users: list[str]
    usage: dict[str, int]
    cost: Decimal | None
    errors: int
    observations: int
    environments: list[str]
    tags: list[str]
    bookmarked: bool


class Steps(NamedTuple):
    """How many observations of a trace are calls of a model, calls of a tool, and anything else."""

    generations: int
    tools: int
    other: int


def read_session_sums(analytics: Analytics, project_id: str, session_id: str) -> SessionSums | None:
    """None when no trace names the session; the empty text names none."""
    if not session_id:
        return None
    rows = analytics.query(build_select(TRACES, project_id, _SUMS, [_of(session_id)]))
    return SessionSums(*rows[0]) if rows and rows[0][0] else None


def list_turns(
    analytics: Analytics,
    project_id: str,
    session_id: str,
    names: Sequence[str],
    *,
    after: Key | None,
    limit: int,
) -> tuple[list[Trace], Key | None]:
    """Traces of a session from the first on, from behind the key `after`, and the key to go on from."""
    where = [_of(session_id)]
    if after is not None:
        at_us, id_ = after
        place = sql("({}, {})", instant(int(at_us)), sql("{}", value("String", id_)))
        where += [sql("timestamp >= {}", instant(int(at_us))), sql("(timestamp, id) > {}", place)]
    tail = sql("ORDER BY timestamp, id LIMIT {}", value("UInt64", limit + 1))
    rows: list[Trace] = read_rows(analytics, TRACES, project_id, names, where, tail)
    return rows[:limit], key_of(TRACES, rows[limit - 1]) if len(rows) > limit else None


def count_steps(analytics: Analytics, project_id: str, traces: Sequence[Trace]) -> dict[str, Steps]:
    """Of traces that were read with their `METRICS`; those without observations are left out."""
    starts = [trace.first_start for trace in traces if trace.first_start is not None]
    ends = [trace.last_end for trace in traces if trace.last_end is not None]
    if not starts or not ends:
        return {}
    where = [
        sql("trace_id IN {}", value("Array(String)", [trace.id for trace in traces])),
        sql("start_time >= {}", instant(min(starts))),
        sql("start_time <= {}", instant(max(ends))),
    ]
    what = "trace_id, countIf(type = 'GENERATION'), countIf(type = 'TOOL'), countIf(type NOT IN ('GENERATION', 'TOOL'))"
    rows = analytics.query(build_select(OBSERVATIONS, project_id, what, where, "GROUP BY trace_id"))
    return {row[0]: Steps(*row[1:]) for row in rows}


def _of(session_id: str) -> Sql:
    return sql("session_id = {}", value("String", session_id))
