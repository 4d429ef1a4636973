"""Which traces are a user's, and what in the analytics tables belongs to them. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.mutations import of_project
from spyglass.stores.analytics.sql import Sql, name, sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS, SCORES, TRACES

PIECE = 500  # traces
_CHUNK = 1000
_ANY = Sql(("1",))

_TRACE_COLUMNS = ((TRACES, "id"), (OBSERVATIONS, "trace_id"), (SCORES, "trace_id"))


def theirs(project_id: str, user_id: str, until_us: int) -> Sql:
    """Rows that say that they are of the user, among those that came up to an instant."""
    return sql(
        "{} AND user_id = {} AND created_at <= fromUnixTimestamp64Micro({}, 'UTC')",
        of_project(project_id),
        value("String", user_id),
        value("Int64", until_us),
    )


def find_piece(analytics: Analytics, project_id: str, user_id: str, until_us: int) -> dict[str, Any] | None:
    """Some of the user's traces, with their sessions and how many records they have; None when there are none."""
    mine = theirs(project_id, user_id, until_us)
    traces: dict[str, None] = {}
    for table, column in ((TRACES, "id"), (OBSERVATIONS, "trace_id")):
        question = sql(
            "SELECT DISTINCT {} FROM {} FINAL WHERE {} LIMIT {}",
            name(column),
            name(table),
            mine,
            value("UInt64", PIECE),
        )
        traces.update((row[0], None) for row in analytics.maintain(question))
    ids = list(traces)[:PIECE]
    if not ids:
        return None
    counts = {
        table: sum(row[0] for row in _select(analytics, project_id, table, "count()", column, ids))
        for table, column in _TRACE_COLUMNS
    }
    return {"traces": ids, "sessions": _sessions_of(analytics, project_id, ids), "counts": counts}


def find_observations(
    analytics: Analytics, project_id: str, traces: Sequence[str], among: Iterable[str]
) -> list[str]:
    """Which of the observations `among` are of these traces."""
    found = []
    for chunk in chunks(sorted(among)):
        chosen = sql("trace_id IN {}", value("Array(String)", list(traces)))
        rows = _select(analytics, project_id, OBSERVATIONS, "id", "id", chunk, chosen)
        found += [row[0] for row in rows]
    return found


def find_empty(analytics: Analytics, project_id: str, sessions: Sequence[str]) -> list[str]:
    """The sessions in which no trace is left."""
    rows = _select(analytics, project_id, TRACES, "DISTINCT session_id", "session_id", sessions)
    return sorted(set(sessions) - {row[0] for row in rows})


def find_session_scores(analytics: Analytics, project_id: str, sessions: Sequence[str]) -> list[str]:
    """Scores of the sessions themselves."""
    rows = _select(analytics, project_id, SCORES, "id", "session_id", sessions, sql("trace_id = ''"))
    return [row[0] for row in rows]


def of_sessions(project_id: str, sessions: Sequence[str], until_us: int) -> Sql:
    """Their rows, also hidden ones."""
    return sql(
        "{} AND session_id IN {} AND trace_id = '' AND created_at <= fromUnixTimestamp64Micro({}, 'UTC')",
        of_project(project_id),
        value("Array(String)", list(sessions)),
        value("Int64", until_us),
    )


def count_stored(
    analytics: Analytics, project_id: str, traces: Sequence[str], version: int
) -> dict[str, int]:
    """Rows of the traces from before a deletion, also those that are hidden."""
    counts = {}
    for table, column in _TRACE_COLUMNS:
        question = sql(
            "SELECT count() FROM {} WHERE {} AND {} IN {} AND version_seq < {}",
            name(table),
            of_project(project_id),
            name(column),
            value("Array(String)", list(traces)),
            value("UInt64", version),
        )
        counts[table] = int(analytics.maintain(question)[0][0])
    return counts


def _sessions_of(analytics: Analytics, project_id: str, traces: Sequence[str]) -> list[str]:
    found: set[str] = set()
    for table, column in _TRACE_COLUMNS:
        rows = _select(analytics, project_id, table, "DISTINCT session_id", column, traces)
        found |= {row[0] for row in rows if row[0]}
    return sorted(found)


def _select(
    analytics: Analytics,
    project_id: str,
    table: str,
    what: str,
    column: str,
    ids: Sequence[str],
    condition: Sql = _ANY,
) -> Iterator[tuple[Any, ...]]:
    """`what` is a literal of this module."""
    for chunk in chunks(ids):
        yield from analytics.maintain(
            sql(
                "SELECT {} FROM {} FINAL WHERE {} AND {} IN {} AND {}",
                Sql((what,)),
                name(table),
                of_project(project_id),
                name(column),
                value("Array(String)", list(chunk)),
                condition,
            )
        )


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
