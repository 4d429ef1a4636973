"""Daily metrics (public-api.md 2.14): per UTC day its traces, by their timestamp, and its observations, by their
start, with usage and cost per model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from spyglass.core.clock import from_us
from spyglass.core.filters import Condition
from spyglass.query import expressions
from spyglass.query.columns import OBSERVATION_FILTERS, TRACE_FILTERS
from spyglass.query.filters import compile_filter
from spyglass.query.views import OBSERVATIONS, TRACES, View, build_select, within
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Selection:
    """`from_us` inclusive, `to_us` exclusive. `environments` (any of) and the conditions on traces hold for
    traces; an observation counts when its trace meets the latter and its own environment the former."""

    from_us: int | None = None
    to_us: int | None = None
    environments: Sequence[str] = ()
    trace_name: str | None = None
    user_id: str | None = None
    tags: Sequence[str] = ()


@dataclass
class _Day:
    traces: int = 0
    observations: int = 0
    cost: Any = 0
    usage: list[dict[str, Any]] = field(default_factory=list)


def read_days(
    analytics: Analytics, project_id: str, selection: Selection, *, offset: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of the days that have something, newest first, and how many there are."""
    counts = _count(analytics, TRACES, project_id, selection)
    days = sorted({*counts, *_count(analytics, OBSERVATIONS, project_id, selection)}, reverse=True)
    page = days[offset : offset + limit]
    found = {day: _Day(traces=counts.get(day, 0)) for day in page}
    if page:
        _add_usage(analytics, project_id, selection, found)
    return [_render(day, found[day]) for day in page], len(days)


def _day_of(view: View) -> str:
    return f"intDiv(toUnixTimestamp64Micro({view.time}), {_DAY_US})"


def _count(analytics: Analytics, view: View, project_id: str, selection: Selection) -> dict[int, int]:
    what = f"{_day_of(view)} AS day, count()"
    where = _conditions(view, project_id, selection)
    return dict(analytics.query(build_select(view, project_id, what, where, "GROUP BY day")))


def _add_usage(analytics: Analytics, project_id: str, selection: Selection, days: dict[int, _Day]) -> None:
    what = (
        f"{_day_of(OBSERVATIONS)} AS day, model, count(), uniqExact(trace_id), "
        f"sum({expressions.INPUT_TOKENS}), sum({expressions.OUTPUT_TOKENS}), "
        f"sum({expressions.TOTAL_TOKENS}), sum(total_cost)"
    )
    where = [
        *_conditions(OBSERVATIONS, project_id, selection),
        *within(OBSERVATIONS, min(days) * _DAY_US, (max(days) + 1) * _DAY_US),
        sql(f"{_day_of(OBSERVATIONS)} IN {{}}", value("Array(Int64)", sorted(days))),
    ]
    tail = "GROUP BY day, model ORDER BY day, model"
    for row in analytics.query(build_select(OBSERVATIONS, project_id, what, where, tail)):
        day = days[row[0]]
        day.observations += row[2]
        day.cost += row[7] or 0
        day.usage.append(_usage(row))


def _usage(row: tuple[Any, ...]) -> dict[str, Any]:
    _, model, count, traces, input_, output, total, cost = row
    return {
        "model": model or None,
        "inputUsage": input_ or 0,
        "outputUsage": output or 0,
        "totalUsage": total or 0,
        "totalCost": float(cost or 0),
        "countObservations": count,
        "countTraces": traces,
    }


def _render(day: int, found: _Day) -> dict[str, Any]:
    return {
        "date": from_us(day * _DAY_US).date().isoformat(),
        "countTraces": found.traces,
        "countObservations": found.observations,
        "totalCost": float(found.cost),
        "usage": found.usage,
    }


def _conditions(view: View, project_id: str, selection: Selection) -> list[Sql]:
    """The columns of traces have other names on the list of observations."""
    filters = TRACE_FILTERS if view is TRACES else OBSERVATION_FILTERS
    conditions = []
    if selection.environments:
        environments = tuple(selection.environments)
        conditions.append(Condition("environment", "stringOptions", "any of", environments))
    if selection.trace_name is not None:
        conditions.append(Condition("traceName", "string", "=", selection.trace_name))
    if selection.user_id is not None:
        conditions.append(Condition("userId", "string", "=", selection.user_id))
    if selection.tags:
        conditions.append(Condition("traceTags", "arrayOptions", "all of", tuple(selection.tags)))
    return [
        *within(view, selection.from_us, selection.to_us),
        *compile_filter(filters, project_id, conditions),
    ]
