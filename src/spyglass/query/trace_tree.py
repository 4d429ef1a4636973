"""Who stands below whom in a trace, as far as a conversation needs it: which agent made a call."""

from collections.abc import Mapping, Sequence

from spyglass.core.records import Observation, Trace
from spyglass.query.lists import read_rows
from spyglass.query.observations import within_trace
from spyglass.query.skeleton import MOST
from spyglass.query.views import OBSERVATIONS, build_select, instant
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql, value

_GENERATION = "type = 'GENERATION'"


def read_agents(analytics: Analytics, trace: Trace) -> tuple[dict[str, str], frozenset[str]]:
    """The parent of each observation of a trace, and which of them are agents."""
    tail = f"ORDER BY start_time, id LIMIT {MOST}"
    what = "id, parent_id, type = 'AGENT'"
    question = build_select(OBSERVATIONS, trace.project_id, what, within_trace(trace), tail)
    ids, parents, agents = analytics.query_columns(question) or ([], [], [])
    above = dict(zip(ids, parents, strict=True))
    return above, frozenset(id_ for id_, is_agent in zip(ids, agents, strict=True) if is_agent)


def nearest(id_: str, above: Mapping[str, str], wanted: frozenset[str]) -> str | None:
    """The closest of `wanted` above an observation; None when there is none, or the parents go round in a circle."""
    seen = {id_}
    parent = above.get(id_, "")
    while parent and parent not in seen:
        if parent in wanted:
            return parent
        seen.add(parent)
        parent = above.get(parent, "")
    return None


def list_generations(
    analytics: Analytics, trace: Trace, names: Sequence[str], limit: int
) -> list[Observation]:
    """The first generations of a trace; without `names` only their keys."""
    rows: list[Observation] = read_rows(
        analytics,
        OBSERVATIONS,
        trace.project_id,
        names,
        [*within_trace(trace), sql(_GENERATION)],
        sql("ORDER BY start_time, end_time, id LIMIT {}", value("UInt64", limit)),
    )
    return rows


def read_some(
    analytics: Analytics, trace: Trace, names: Sequence[str], ids: Sequence[str], *, times: Sequence[int] = ()
) -> dict[str, Observation]:
    """Observations of a trace by their ids. `times`: their starts, where those are known; what lies between them is
    all that is read then."""
    where = within_trace(trace)
    if times:
        where += [sql("start_time >= {}", instant(min(times))), sql("start_time <= {}", instant(max(times)))]
    wanted = sql("id IN {}", value("Array(String)", list(ids)))
    rows: list[Observation] = read_rows(analytics, OBSERVATIONS, trace.project_id, names, [*where, wanted])
    return {row.id: row for row in rows}


def find_trace_of(analytics: Analytics, project_id: str, observation_id: str) -> str | None:
    """The trace of the observation with this id that was written last, or None."""
    wanted = sql("id = {}", value("String", observation_id))
    tail = "ORDER BY version_seq DESC LIMIT 1"
    rows = analytics.query(build_select(OBSERVATIONS, project_id, "trace_id", [wanted], tail))
    return rows[0][0] if rows else None
