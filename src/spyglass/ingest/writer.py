"""Rows into columns into the analytics store: one insert per table and batch."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.tables import NULLABLE, columns

_GETTERS: dict[str, list[tuple[str, Any]]] = {}


def write(analytics: Analytics, table: str, rows: Sequence[Any]) -> None:
    """Insert rows of one table (structs of `core/records.py`); nothing happens for none.

    A column in which every row has the default is left out: the engine fills it in for less than it costs
    to turn a thousand empty texts into bytes (half of the columns of an ordinary batch).
    """
    if not rows:
        return
    getters = _GETTERS.get(table)
    if getters is None:
        getters = _GETTERS[table] = [(name, attrgetter(name)) for name in columns(table)]
    names: list[str] = []
    data: list[list[Any]] = []
    for name, getter in getters:
        column = list(map(getter, rows))
        if any(value is not None for value in column) if name in NULLABLE else any(column):
            names.append(name)
            data.append(column)
    try:
        analytics.insert(table, names, data)
    finally:
        analytics.watermarks.rise({row.project_id for row in rows})
