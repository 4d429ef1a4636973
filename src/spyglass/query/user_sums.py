"""One user of a project: what their traces add up to, and which models they cost most with."""

from decimal import Decimal
from typing import NamedTuple

from spyglass.query.views import OBSERVATIONS, TRACES, build_select, instant
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value

_SUMS = """count(), toUnixTimestamp64Micro(min(timestamp)),
toUnixTimestamp64Micro(max(greatest(timestamp, ifNull(last_end, timestamp)))),
uniqExactIf(session_id, session_id != ''), sum(observation_count), sum(error_count), sumMap(usage), sum(total_cost),
toUnixTimestamp64Micro(min(first_start)), toUnixTimestamp64Micro(max(last_end))"""


class UserSums(NamedTuple):
    """`start_us` and `end_us` enclose the observations; None where there are none."""

    traces: int
    first_us: int
    last_us: int
    sessions: int
    observations: int
    errors: int
    usage: dict[str, int]
    cost: Decimal | None
    start_us: int | None
    end_us: int | None


class ModelShare(NamedTuple):
    model: str
    cost: Decimal | None
    calls: int


def read_user_sums(analytics: Analytics, project_id: str, user_id: str) -> UserSums | None:
    """None when no trace names the user; the empty text names nobody."""
    if not user_id:
        return None
    rows = analytics.query(build_select(TRACES, project_id, _SUMS, [_of(user_id)]))
    return UserSums(*rows[0]) if rows and rows[0][0] else None


def list_models_of_user(
    analytics: Analytics, project_id: str, user_id: str, sums: UserSums, limit: int
) -> list[ModelShare]:
    """The models of the user's traces, the dearest first."""
    if sums.start_us is None or sums.end_us is None:
        return []
    theirs = build_select(TRACES, project_id, "id", [_of(user_id)])
    where = [
        sql("start_time >= {}", instant(sums.start_us)),
        sql("start_time <= {}", instant(sums.end_us)),
        sql("model != ''"),
        sql("trace_id IN ({})", theirs),
    ]
    tail = sql(
        "GROUP BY model ORDER BY spent DESC NULLS LAST, calls DESC, model LIMIT {}", value("UInt64", limit)
    )
    what = "model, sum(total_cost) AS spent, count() AS calls"
    return [
        ModelShare(*row) for row in analytics.query(build_select(OBSERVATIONS, project_id, what, where, tail))
    ]


def _of(user_id: str) -> Sql:
    return sql("user_id = {}", value("String", user_id))
