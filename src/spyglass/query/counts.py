"""How many rows a question has, and how they lie in time: the count of a list and the strip above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from spyglass.core.clock import now_us
from spyglass.core.filter_tree import EVERYTHING
from spyglass.query.budgets import Settings, within_budget
from spyglass.query.metrics.buckets import cut
from spyglass.query.metrics.vocabulary import Granularity
from spyglass.query.tree_questions import Question
from spyglass.stores.analytics.sql import sql, value

_COUNT_S = 3.0
_MOST_BUCKETS = 120
_SECOND_US = 1_000_000
_DAY_US = 86_400 * _SECOND_US
# Below a minute, whole seconds of UTC.
_SECONDS = (1, 5, 10, 30)
_LENGTHS_US = {
    Granularity.MINUTE: 60 * _SECOND_US,
    Granularity.MINUTES_5: 300 * _SECOND_US,
    Granularity.MINUTES_15: 900 * _SECOND_US,
    Granularity.HOUR: 3600 * _SECOND_US,
    Granularity.HOURS_3: 3 * 3600 * _SECOND_US,
    Granularity.HOURS_6: 6 * 3600 * _SECOND_US,
    Granularity.DAY: _DAY_US,
    Granularity.WEEK: 7 * _DAY_US,
    Granularity.MONTH: 30 * _DAY_US,
}


def count_rows(question: Question) -> tuple[int, bool]:
    """(rows, whether that is exact). An estimate counts the newest part of the range and supposes the same share of
    the rows before it."""

    def count(asked: Question, settings: Settings) -> int:
        return int(asked.ask("count()", settings=settings)[0][0])

    found, bounds = within_budget(question, _COUNT_S, count)
    if found is None:
        return count(question.filtered(EVERYTHING), {}), False
    if bounds == question.bounds:
        return found, True
    everything = question.filtered(EVERYTHING)
    there = count(everything.within(bounds), {})
    return (round(found * count(everything, {}) / there) if there else 0), False


@dataclass(frozen=True, slots=True)
class Histogram:
    """`buckets`: (start, ok, warning, error) of each, also of the empty ones. `step_us`: how long they are; days, weeks
    and months may be longer or shorter."""

    step_us: int
    from_us: int
    buckets: list[tuple[int, int, int, int]]


def read_histogram(question: Question, zone: tzinfo) -> Histogram:
    """At most 120 buckets of the range; without a beginning it is that of the rows."""
    start_us, end_us = _range_of(question)
    step_us, starts = choose_buckets(start_us, end_us, zone)
    entity = question.entity
    bucket = sql(
        f"roundDown(toUnixTimestamp64Micro({entity.time}), {{}}) AS bucket",
        value("Array(Int64)", list(starts)),
    )
    what = bucket + (
        f", countIf({entity.error}) AS errors, countIf(NOT ({entity.error}) AND {entity.warning}) AS warnings, count()"
    )
    found = {
        int(at): (count - errors - warnings, warnings, errors)
        for at, errors, warnings, count in question.ask(what, tail="GROUP BY bucket")
    }
    return Histogram(step_us, start_us, [(at, *found.get(at, (0, 0, 0))) for at in starts])


def _range_of(question: Question) -> tuple[int, int]:
    bounds = question.bounds
    end_us = now_us() if bounds.to_us is None else bounds.to_us
    if bounds.from_us is not None:
        return bounds.from_us, max(end_us, bounds.from_us + 1)
    time = question.entity.time
    what = f"count(), toUnixTimestamp64Micro(min({time})), toUnixTimestamp64Micro(max({time}))"
    count, first, last = question.ask(what)[0]
    if not count:
        return end_us - _DAY_US, end_us
    return first, max(last + 1, min(end_us, last + _DAY_US))


def choose_buckets(start_us: int, end_us: int, zone: tzinfo) -> tuple[int, Sequence[int]]:
    """(nominal length, starts) of the shortest buckets of which the range has at most 120."""
    length = end_us - start_us
    for seconds in _SECONDS:
        step = seconds * _SECOND_US
        if length <= step * (_MOST_BUCKETS - 1):
            return step, range(start_us // step * step, end_us, step)
    for granularity, step in _LENGTHS_US.items():
        if length <= step * (_MOST_BUCKETS - 1) or granularity is Granularity.MONTH:
            return step, cut(granularity, zone, start_us, end_us).starts
    raise AssertionError("months are the last")
