"""What the observations of a trace add up to: counts, times, usage, cost.

Recomputed from the stored rows, never added up step by step, so a repeated or replaced observation counts
once. A trace that is new in a batch has all its observations in it and needs no query. With the guard, tokens that
an observation repeats from those below it count once (`core/rollups.py`).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from spyglass.core.records import ESTIMATED, Observation, Trace
from spyglass.core.rollups import Node, add_up
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, Value, sql, value

# Traces whose times lie further apart than this are summed by separate queries, so that one old trace does
# not make the engine read everything in between.
_GAP_US = 3_600_000_000
_MOST_QUERIES = 16

_SUMS = """
SELECT trace_id, count(), toUnixTimestamp64Micro(min(start_time)),
    toUnixTimestamp64Micro(max(greatest(start_time, coalesce(end_time, start_time)))),
    countIf(level = 'ERROR'), countIf(level = 'WARNING'), countIf(level = 'DEFAULT'), countIf(level = 'DEBUG'),
    max(usage_source = {}), sumMap(usage), if(count(total_cost) = 0, NULL, sum(total_cost)),
    notEmpty(arrayIntersect(groupArrayIf(id, notEmpty(usage)), groupArray(parent_id)))
FROM observations FINAL
WHERE project_id = {} AND trace_id IN {}
    AND start_time >= fromUnixTimestamp64Micro({}, 'UTC') AND start_time <= fromUnixTimestamp64Micro({}, 'UTC')
GROUP BY trace_id
"""

# Only of traces in which an observation with tokens has others below it.
_TREES = """
SELECT trace_id, id, parent_id, usage, total_cost
FROM observations FINAL
WHERE project_id = {} AND trace_id IN {}
    AND start_time >= fromUnixTimestamp64Micro({}, 'UTC') AND start_time <= fromUnixTimestamp64Micro({}, 'UTC')
"""
# The tree of a larger trace is not looked at: all that its observations say is added up.
MOST_NODES = 50_000

_COUNTS = {
    "ERROR": "error_count",
    "WARNING": "warning_count",
    "DEFAULT": "default_count",
    "DEBUG": "debug_count",
}


_STARTS = """
SELECT trace_id, id, toUnixTimestamp64Micro(start_time), version_seq FROM observations FINAL
WHERE project_id = {} AND trace_id IN {} AND id IN {}
    AND start_time >= fromUnixTimestamp64Micro({}, 'UTC') AND start_time <= fromUnixTimestamp64Micro({}, 'UTC')
"""


def find_starts(
    analytics: Analytics, project_id: str, traces: list[Trace], ids: list[str]
) -> list[tuple[str, str, int, int]]:
    """(trace, id, start, version) of the stored observations among `ids` in these traces."""
    rows = analytics.lookup(
        sql(
            _STARTS,
            value("String", project_id),
            value("Array(String)", [trace.id for trace in traces]),
            value("Array(String)", ids),
            value("Int64", min(trace.first_start or 0 for trace in traces)),
            value("Int64", max(trace.last_end or 0 for trace in traces)),
        )
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def sum_rows(trace: Trace, observations: Sequence[Observation], *, guard: bool) -> None:
    """Fill the sums of a trace all of whose observations are at hand."""
    usage: dict[str, int] = {}
    cost: Decimal | None = None
    trace.observation_count = 0
    for row in observations:
        last = row.start_time if row.end_time is None else max(row.start_time, row.end_time)
        if trace.first_start is None or row.start_time < trace.first_start:
            trace.first_start = row.start_time
        if trace.last_end is None or last > trace.last_end:
            trace.last_end = last
        trace.observation_count += 1
        name = _COUNTS[row.level]
        setattr(trace, name, getattr(trace, name) + 1)
        trace.estimated = trace.estimated or row.usage_source == ESTIMATED
        for key, amount in row.usage.items():
            usage[key] = usage.get(key, 0) + amount
        if row.total_cost is not None:
            cost = row.total_cost if cost is None else cost + row.total_cost
    trace.usage = usage
    trace.total_cost = cost
    if guard and usage and _may_repeat(observations):
        nodes = (Node(row.id, row.parent_id, row.usage, row.total_cost) for row in observations)
        trace.usage, trace.total_cost, _ = add_up(nodes)


def _may_repeat(observations: Sequence[Observation]) -> bool:
    """Whether an observation with tokens has others below it."""
    counted = {row.id for row in observations if row.usage}
    return len(observations) <= MOST_NODES and any(row.parent_id in counted for row in observations)


def sum_stored(analytics: Analytics, traces: list[Trace], *, guard: bool) -> None:
    """Fill the sums from the stored observations; `first_start` and `last_end` of each trace must enclose
    all of them (they may be wider)."""
    for project_id, group in _groups(traces):
        rows = analytics.lookup(_over(_SUMS, project_id, group, value("String", ESTIMATED)))
        sums = {row[0]: row[1:-1] for row in rows}
        doubtful = {row[0] for row in rows if row[-1] and row[1] <= MOST_NODES} if guard else set()
        for trace in group:
            _set(trace, sums.get(trace.id))
        if doubtful:
            _sum_trees(analytics, project_id, [trace for trace in group if trace.id in doubtful])


def _sum_trees(analytics: Analytics, project_id: str, traces: list[Trace]) -> None:
    nodes: dict[str, list[Node]] = {}
    for trace_id, *node in analytics.lookup(_over(_TREES, project_id, traces)):
        nodes.setdefault(trace_id, []).append(Node(*node))
    for trace in traces:
        trace.usage, trace.total_cost, _ = add_up(nodes.get(trace.id, ()))


def _over(text: str, project_id: str, traces: list[Trace], *more: Value) -> Sql:
    return sql(
        text,
        *more,
        value("String", project_id),
        value("Array(String)", [trace.id for trace in traces]),
        value("Int64", min(trace.first_start or 0 for trace in traces)),
        value("Int64", max(trace.last_end or 0 for trace in traces)),
    )


def _set(trace: Trace, found: tuple[Any, ...] | None) -> None:
    if found is None:
        found = (0, None, None, 0, 0, 0, 0, False, {}, None)
    (
        trace.observation_count,
        trace.first_start,
        trace.last_end,
        trace.error_count,
        trace.warning_count,
        trace.default_count,
        trace.debug_count,
        estimated,
        usage,
        trace.total_cost,
    ) = found
    trace.estimated = bool(estimated)
    trace.usage = dict(usage)


def _groups(traces: list[Trace]) -> list[tuple[str, list[Trace]]]:
    groups: list[tuple[str, list[Trace]]] = []
    ordered = sorted(traces, key=lambda trace: (trace.project_id, trace.first_start or 0))
    for trace in ordered:
        if groups and groups[-1][0] == trace.project_id:
            near = (trace.first_start or 0) - (groups[-1][1][-1].first_start or 0) < _GAP_US
            if near or len(groups) >= _MOST_QUERIES:
                groups[-1][1].append(trace)
                continue
        groups.append((trace.project_id, [trace]))
    return groups
