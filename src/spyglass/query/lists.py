"""Reads of records: one, a page, what follows a cursor, how many. Rows come as the structs of
`core/records.py` with only the asked columns filled. A list first finds the keys of its rows, in ever older
stretches of time when it wants the newest, and then reads the columns of those rows alone: so it never touches
bodies that it does not show, nor the whole history for its first page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spyglass.core.clock import now_us
from spyglass.core.paging import Key, offset_of
from spyglass.query.views import View, build_select, instant, within
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, join, sql, value
from spyglass.stores.analytics.tables import select_list

# How far back each look for the newest rows goes; the last one has no end.
_HOUR_US = 3_600_000_000
_STRETCHES_US = (_HOUR_US, 24 * _HOUR_US, 30 * 24 * _HOUR_US)
# A list that counts does so by stretches of this length.
_COUNTED_US = 4 * _HOUR_US
# Beyond this many rows before the page, the engine skips them itself.
_MOST_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Slice:
    """Which page of a list, in which order (`ordered_by`; newest first unless given). `before_us` is the end
    of the time range that the conditions ask for, when they have one."""

    page: int
    limit: int
    before_us: int | None = None
    order: str = ""


def newest_first(view: View) -> str:
    return "ORDER BY " + ", ".join(f"{name} DESC" for name in view.key)


def ordered_by(view: View, column: str, direction: str) -> str:
    """`column` is a column of the view chosen by the program; equal values are ordered newest first."""
    ties = [name for name in view.key if name != column]
    word = {"asc": "ASC", "desc": "DESC"}[direction]
    return f"ORDER BY {column} {word}" + "".join(f", {name} DESC" for name in ties)


def count_rows(analytics: Analytics, view: View, project_id: str, where: Iterable[Sql]) -> int:
    return int(analytics.query(build_select(view, project_id, "count()", where))[0][0])


def read_rows(
    analytics: Analytics,
    view: View,
    project_id: str,
    names: Sequence[str],
    where: Iterable[Sql],
    tail: Sql | str = "",
) -> list[Any]:
    """Rows as structs of the view; columns that were not asked for have their defaults."""
    asked = list(dict.fromkeys([*view.key, *names]))
    rows = analytics.query(build_select(view, project_id, select_list(asked), where, tail))
    return [view.row(project_id=project_id, **dict(zip(asked, row, strict=True))) for row in rows]


def read_page(
    analytics: Analytics,
    view: View,
    project_id: str,
    names: Sequence[str],
    where: Sequence[Sql],
    part: Slice,
) -> list[Any]:
    offset = offset_of(part.page, part.limit)
    last = offset + part.limit
    order = part.order or newest_first(view)
    if order == newest_first(view) and last <= _MOST_KEYS:
        found = _find_newest(analytics, view, project_id, where, last, part.before_us)[offset:]
    else:
        tail = sql(order + " LIMIT {} OFFSET {}", value("UInt64", part.limit), value("UInt64", offset))
        found = read_rows(analytics, view, project_id, (), where, tail)
    return _fill(analytics, view, project_id, names, found)


def read_page_and_total(
    analytics: Analytics,
    view: View,
    project_id: str,
    names: Sequence[str],
    where: Sequence[Sql],
    part: Slice,
) -> tuple[list[Any], int]:
    """A page, and how many rows all pages have together. Counting goes through all rows that can match; where there
    are conditions it also tells when the rows of the page were, so that they need not be searched for again."""
    if not where or part.order not in ("", newest_first(view)):
        page = read_page(analytics, view, project_id, names, where, part)
        return page, count_rows(analytics, view, project_id, where)
    counts = _count_by_time(analytics, view, project_id, where)
    found = _find_counted(analytics, view, project_id, where, part, counts)
    return _fill(analytics, view, project_id, names, found), sum(count for _, count in counts)


def read_after(
    analytics: Analytics,
    view: View,
    project_id: str,
    names: Sequence[str],
    where: Sequence[Sql],
    *,
    after: Key | None,
    limit: int,
    before_us: int | None = None,
) -> tuple[list[Any], Key | None]:
    """Rows newest first, from behind the key `after`, and the key to go on from (None at the end)."""
    if limit == 0:
        return [], None
    conditions = list(where)
    if after is not None:
        conditions.append(_behind(view, after))
        before_us = int(after[0])
    found = _find_newest(analytics, view, project_id, conditions, limit + 1, before_us)
    following = key_of(view, found[limit - 1]) if len(found) > limit else None
    return _fill(analytics, view, project_id, names, found[:limit]), following


def key_of(view: View, row: Any) -> Key:
    return tuple(getattr(row, name) for name in view.key)


def _behind(view: View, after: Key) -> Sql:
    time, *ids = after
    places = join(", ", [instant(int(time)), *(sql("{}", value("String", id_)) for id_ in ids)])
    key = ", ".join(view.key)
    # The first condition says nothing new, but the sort key can use it.
    return sql(f"{view.time} <= {{}} AND ({key}) < ({{}})", instant(int(time)), places)


def _find_newest(
    analytics: Analytics,
    view: View,
    project_id: str,
    where: Sequence[Sql],
    wanted: int,
    before_us: int | None,
) -> list[Any]:
    """Up to `wanted` keys, newest first. No stretch of time is read twice, and what lies before the first
    stretches is read only when they hold too little."""
    end_us = now_us() if before_us is None else before_us
    found: list[Any] = []
    to_us = None  # the first stretch is open towards the future, where some clocks are
    for from_us in (*(end_us - stretch for stretch in _STRETCHES_US), None):
        tail = sql(newest_first(view) + " LIMIT {}", value("UInt64", wanted - len(found)))
        conditions = [*where, *within(view, from_us, to_us)]
        found += read_rows(analytics, view, project_id, (), conditions, tail)
        if len(found) >= wanted:
            break
        to_us = from_us
    return found


def _count_by_time(
    analytics: Analytics, view: View, project_id: str, where: Sequence[Sql]
) -> list[tuple[int, int]]:
    """(start of a stretch of time, its rows) where there are any, newest first."""
    place = f"intDiv(toUnixTimestamp64Micro({view.time}), {_COUNTED_US})"
    tail = "GROUP BY place ORDER BY place DESC"
    rows = analytics.query(build_select(view, project_id, f"{place} AS place, count()", where, tail))
    return [(place * _COUNTED_US, count) for place, count in rows]


def _find_counted(
    analytics: Analytics,
    view: View,
    project_id: str,
    where: Sequence[Sql],
    part: Slice,
    counts: Sequence[tuple[int, int]],
) -> list[Any]:
    """The keys of a page, looked for only where its rows are."""
    offset = offset_of(part.page, part.limit)
    last = offset + part.limit
    passed = 0  # rows before the stretches that the page touches
    reached = 0
    starts = []
    for start, count in counts:
        if reached >= last:
            break
        reached += count
        if reached > offset:
            starts.append(start)
        else:
            passed = reached
    if not starts:
        return []
    tail = sql(
        newest_first(view) + " LIMIT {} OFFSET {}",
        value("UInt64", part.limit),
        value("UInt64", offset - passed),
    )
    bounds = within(view, starts[-1], starts[0] + _COUNTED_US)
    return read_rows(analytics, view, project_id, (), [*where, *bounds], tail)


def _fill(
    analytics: Analytics, view: View, project_id: str, names: Sequence[str], found: Sequence[Any]
) -> list[Any]:
    """The asked columns of rows whose keys are known."""
    if not found or not names:
        return list(found)
    rows = read_rows(analytics, view, project_id, names, _exactly(view, found))
    whole = {key_of(view, row): row for row in rows}
    # A row that was replaced at another key between the two queries is left out rather than shown half.
    return [whole[key] for row in found if (key := key_of(view, row)) in whole]


def _exactly(view: View, rows: Sequence[Any]) -> list[Sql]:
    """Conditions for the keys of `rows`; a little more may match where times and ids cross."""
    times = [getattr(row, view.time) for row in rows]
    conditions = [
        sql(f"{view.time} >= {{}}", instant(min(times))),
        sql(f"{view.time} <= {{}}", instant(max(times))),
    ]
    for name in view.ids:
        ids = sorted({getattr(row, name) for row in rows})
        conditions.append(sql(f"{name} IN {{}}", value("Array(String)", ids)))
    return conditions
