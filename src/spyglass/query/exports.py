"""Rows for scheduled exports: what became visible in a window of the ingest log, in the order of the sort key,
in bounded memory and from any key on.

A window is a range of versions, the places in the log at which rows were written, and not of times: a row that
was received late, applied late or changed again lies in the window in which it came to be as it is, whatever
its own times say, so consecutive windows miss nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from spyglass.core.cost import Model
from spyglass.core.errors import QueryTooExpensive
from spyglass.core.paging import Key
from spyglass.query.export_columns import (
    SCORE_COLUMNS,
    TRACE_COLUMNS,
    TRACE_FIELDS,
    Column,
    Shown,
    observation_columns,
)
from spyglass.query.lists import key_of, read_rows
from spyglass.query.traces import read_traces
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, View, instant, within
from spyglass.stores import Stores
from spyglass.stores.analytics.sql import Sql, all_of, join, name, sql, value

_HOUR_US = 3_600_000_000
_KEYS = 5000  # looked for at a time
_FIRST_ROWS, _MOST_ROWS = 200, 2000  # read whole at a time: as many as make about so many characters
_CHARACTERS = 8 << 20

SOURCES: dict[str, tuple[str, ...]] = {
    "LEGACY_TRACES_OBSERVATIONS": ("traces", "observations", "scores"),
    "OBSERVATIONS_V2": ("observations_v2", "scores"),
    "LEGACY_TRACES_AND_ENRICHED_OBSERVATIONS": ("traces", "observations", "observations_v2", "scores"),
}


class Models(Protocol):
    """The models of a project, for their prices."""

    def by_id(self, model_id: str) -> Model | None: ...


@dataclass(frozen=True)
class Window:
    """Rows written after version `after` up to `last`, that lie at or after `since_us` by their own time."""

    project_id: str
    after: int
    last: int
    since_us: int | None = None


@dataclass(frozen=True)
class ExportTable:
    """One kind of file: the view that it reads and its columns."""

    name: str
    view: View
    columns: tuple[Column, ...]
    blank: str | None = None

    @property
    def reads(self) -> list[str]:
        """Stored columns; the project is known anyway."""
        found = dict.fromkeys(stored for column in self.columns for stored in column.reads)
        return [stored for stored in found if stored != "project_id"]


def export_table(table: str, groups: Sequence[str]) -> ExportTable:
    match table:
        case "traces":
            return ExportTable(table, TRACES, TRACE_COLUMNS)
        case "scores":
            return ExportTable(table, SCORES, SCORE_COLUMNS)
        case "observations":
            return ExportTable(table, OBSERVATIONS, observation_columns(groups, enriched=False))
        case "observations_v2":
            return ExportTable(table, OBSERVATIONS, observation_columns(groups, enriched=True), "")
    raise ValueError(f"no table {table!r} to export")


def read_window(
    stores: Stores, models: Models | None, table: ExportTable, window: Window, after: Key | None
) -> Iterator[tuple[Key, Shown]]:
    """The rows of a window behind the key `after`, with their keys, in the order of the sort key."""
    count = _FIRST_ROWS
    for hour in _hours(stores, table.view, window, after):
        for keys in _keys(stores, table.view, window, hour, after):
            while keys:
                rows = _read_whole(stores, table, window, keys[:count])
                keys = keys[count:]
                yield from _show(stores, models, table, window.project_id, rows)
                count = _next_count(rows, count)


def _next_count(rows: list[Any], count: int) -> int:
    """As the rows before were: large ones are read few at a time, small ones many."""
    if not rows:
        return count
    fitting = len(rows) * _CHARACTERS // sum(map(_characters, rows))
    return max(1, min(_MOST_ROWS, 2 * count, fitting))


def _characters(row: Any) -> int:
    metadata = getattr(row, "metadata", {})
    bodies = len(getattr(row, "input", "")) + len(getattr(row, "output", ""))
    return 1000 + bodies + sum(map(len, metadata.values()))


def _hours(stores: Stores, view: View, window: Window, after: Key | None) -> list[int]:
    """The hours of the sort key in which versions of the window lie: the rest of the history is not looked at.

    Without FINAL, as what has been replaced since only makes an hour too many.
    """
    hour = sql(f"intDiv(toUnixTimestamp64Micro({view.time}), {{}})", value("Int64", _HOUR_US))
    conditions = [sql("project_id = {}", value("String", window.project_id)), *_in_window(view, window)]
    if after is not None:
        conditions.append(sql(f"{view.time} >= {{}}", instant(int(after[0]))))
    question = sql(
        "SELECT DISTINCT {} AS hour FROM {} WHERE {} ORDER BY hour",
        hour,
        name(view.table),
        all_of(conditions),
    )
    return [row[0] for row in stores.analytics.maintain(question)]


def _keys(stores: Stores, view: View, window: Window, hour: int, after: Key | None) -> Iterator[list[Key]]:
    where = [*_in_window(view, window), *within(view, hour * _HOUR_US, (hour + 1) * _HOUR_US)]
    tail = sql(_order(view) + " LIMIT {}", value("UInt64", _KEYS))
    while True:
        behind = [_compare(view, ">", after)] if after is not None else []
        rows = read_rows(stores.analytics, view, window.project_id, (), [*where, *behind], tail)
        if rows:
            yield [key_of(view, row) for row in rows]
        if len(rows) < _KEYS:
            return
        after = key_of(view, rows[-1])


def _read_whole(stores: Stores, table: ExportTable, window: Window, keys: list[Key]) -> list[Any]:
    """The rows from the first to the last of `keys`; fewer when some changed meanwhile, never others."""
    view = table.view
    where = [*_in_window(view, window), _compare(view, ">=", keys[0]), _compare(view, "<=", keys[-1])]
    try:
        return read_rows(stores.analytics, view, window.project_id, table.reads, where, _order(view))
    except QueryTooExpensive:
        if len(keys) == 1:
            raise
    middle = len(keys) // 2
    return [
        *_read_whole(stores, table, window, keys[:middle]),
        *_read_whole(stores, table, window, keys[middle:]),
    ]


def _show(
    stores: Stores, models: Models | None, table: ExportTable, project_id: str, rows: list[Any]
) -> Iterator[tuple[Key, Shown]]:
    traces = {}
    if any(column.of_trace for column in table.columns):
        traces = read_traces(stores.analytics, project_id, [row.trace_id for row in rows], TRACE_FIELDS)
    for row in rows:
        model: Model | None = None
        if models is not None and table.view is OBSERVATIONS and row.model_id:
            model = models.by_id(row.model_id)
        trace = traces.get(row.trace_id) if traces else None
        yield key_of(table.view, row), Shown(row, stores.blobs, trace, model, table.blank)


def _in_window(view: View, window: Window) -> list[Sql]:
    return [
        sql("version_seq > {}", value("UInt64", window.after)),
        sql("version_seq <= {}", value("UInt64", window.last)),
        *within(view, window.since_us, None),
    ]


def _compare(view: View, operator: str, key: Key) -> Sql:
    """The first condition says nothing new, but the sort key can use it."""
    time, *ids = key
    places = join(", ", [instant(int(time)), *(sql("{}", value("String", id_)) for id_ in ids)])
    first = f"{view.time} {operator[0]}= {{}} AND ({', '.join(view.key)}) {operator} ({{}})"
    return sql(first, instant(int(time)), places)


def _order(view: View) -> str:
    return "ORDER BY " + ", ".join(view.key)
