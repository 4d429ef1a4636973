"""Reads of records: one, a page, what follows a cursor, how many. Rows come as the structs of
`core/records.py` with only the asked columns filled. A list first finds the keys of its rows and then reads
wide columns of those alone, so bodies that are not shown are never touched.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from spyglass.core.paging import Key, offset_of
from spyglass.query.views import View, build_select, instant, select_columns
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, join, sql, value

# Columns that may be large: worth a second query for the rows of the page only.
WIDE = frozenset({"input", "output", "metadata", "long_string_value", "comment", "model_parameters"})


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
    rows = analytics.query(build_select(view, project_id, select_columns(asked), where, tail))
    return [view.row(project_id=project_id, **dict(zip(asked, row, strict=True))) for row in rows]


def read_page(
    analytics: Analytics,
    view: View,
    project_id: str,
    names: Sequence[str],
    where: Sequence[Sql],
    *,
    order: str,
    page: int,
    limit: int,
) -> list[Any]:
    tail = sql(order + " LIMIT {} OFFSET {}", value("UInt64", limit), value("UInt64", offset_of(page, limit)))
    return _read_in_two(analytics, view, project_id, names, where, tail)


def read_after(
    analytics: Analytics,
    view: View,
    project_id: str,
    names: Sequence[str],
    where: Sequence[Sql],
    *,
    after: Key | None,
    limit: int,
) -> tuple[list[Any], Key | None]:
    """Rows newest first, from behind the key `after`, and the key to go on from (None at the end)."""
    conditions = list(where)
    if after is not None:
        conditions.append(_behind(view, after))
    tail = sql(newest_first(view) + " LIMIT {}", value("UInt64", limit + 1))
    rows = _read_in_two(analytics, view, project_id, names, conditions, tail)
    if len(rows) <= limit or limit == 0:
        return rows[:limit], None
    rows = rows[:limit]
    return rows, key_of(view, rows[-1])


def key_of(view: View, row: Any) -> Key:
    return tuple(getattr(row, name) for name in view.key)


def _behind(view: View, after: Key) -> Sql:
    time, *ids = after
    places = join(", ", [instant(int(time)), *(sql("{}", value("String", id_)) for id_ in ids)])
    key = ", ".join(view.key)
    # The first condition says nothing new, but the sort key can use it.
    return sql(f"{view.time} <= {{}} AND ({key}) < ({{}})", instant(int(time)), places)


def _read_in_two(
    analytics: Analytics,
    view: View,
    project_id: str,
    names: Sequence[str],
    where: Sequence[Sql],
    tail: Sql,
) -> list[Any]:
    """The keys of the rows first, then their columns, unless none of those is wide."""
    if WIDE.isdisjoint(names):
        return read_rows(analytics, view, project_id, names, where, tail)
    found = read_rows(analytics, view, project_id, (), where, tail)
    if not found:
        return []
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
