"""Sessions: groups of traces with the same session id. Nothing of their own is stored."""

from collections.abc import Sequence

import msgspec

from spyglass.core.paging import offset_of
from spyglass.query.views import TRACES, build_select, instant
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, all_of, sql, value

_COLUMNS = (
    "session_id, toUnixTimestamp64Micro(min(timestamp)) AS created, "
    "argMin(environment, (timestamp, id)) AS first_environment"
)


class Session(msgspec.Struct, frozen=True):
    """`created_at` is the time of its first trace, `environment` is that trace's."""

    project_id: str
    id: str
    created_at: int
    environment: str


def list_sessions(
    analytics: Analytics,
    project_id: str,
    *,
    from_us: int | None,
    to_us: int | None,
    environments: Sequence[str],
    page: int,
    limit: int,
) -> tuple[list[Session], int]:
    """A page, newest first, and how many there are."""
    having = []
    if from_us is not None:
        having.append(sql("min(timestamp) >= {}", instant(from_us)))
    if to_us is not None:
        having.append(sql("min(timestamp) < {}", instant(to_us)))
    if environments:
        having.append(sql("first_environment IN {}", value("Array(String)", list(environments))))
    groups = sql("GROUP BY session_id HAVING {}", all_of(having))
    tail = groups + sql(
        " ORDER BY created DESC, session_id DESC LIMIT {} OFFSET {}",
        value("UInt64", limit),
        value("UInt64", offset_of(page, limit)),
    )
    where = [Sql(("session_id != ''",))]
    rows = analytics.query(build_select(TRACES, project_id, _COLUMNS, where, tail))
    count = sql("SELECT count() FROM ({})", build_select(TRACES, project_id, _COLUMNS, where, groups))
    return [Session(project_id, *row) for row in rows], int(analytics.query(count)[0][0])
