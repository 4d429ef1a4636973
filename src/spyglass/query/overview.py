"""A glance at several projects at once, for the page on which one is chosen: the last day by the hour."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from spyglass.query.views import TRACES, build_select_across, within
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql, value

HOURS = 24
_HOUR_US = 3_600_000_000


@dataclass
class Glance:
    """The last 24 hours; `last_us` is of the newest trace, whenever that was."""

    traces: int = 0
    errors: int = 0  # traces with an observation of level ERROR
    cost: Decimal | None = None
    last_us: int | None = None
    hours: list[int] = field(default_factory=lambda: [0] * HOURS)  # traces, oldest first


def read_glances(analytics: Analytics, project_ids: Sequence[str], now_us: int) -> dict[str, Glance]:
    """project -> what happened there; two questions whatever the number of projects."""
    found = {project_id: Glance() for project_id in project_ids}
    if not found:
        return found
    start_us = now_us - HOURS * _HOUR_US
    what = sql(
        "project_id, intDiv(toUnixTimestamp64Micro(timestamp) - {}, {}) AS hour, count(), "
        "countIf(error_count > 0), sum(total_cost), toUnixTimestamp64Micro(max(timestamp))",
        value("Int64", start_us),
        value("Int64", _HOUR_US),
    )
    during = within(TRACES, start_us, now_us)
    for project_id, hour, traces, errors, cost, last_us in analytics.query(
        build_select_across(TRACES, list(found), what, during, "GROUP BY project_id, hour")
    ):
        glance = found[project_id]
        glance.traces += traces
        glance.errors += errors
        glance.cost = glance.cost if cost is None else (glance.cost or Decimal()) + cost
        glance.last_us = max(glance.last_us or 0, last_us)
        glance.hours[min(int(hour), HOURS - 1)] += traces
    quiet = [project_id for project_id, glance in found.items() if glance.last_us is None]
    if quiet:
        last = "project_id, toUnixTimestamp64Micro(max(timestamp))"
        for project_id, last_us in analytics.query(
            build_select_across(TRACES, quiet, last, (), "GROUP BY project_id")
        ):
            found[project_id].last_us = last_us
    return found
