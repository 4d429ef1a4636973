"""Rows into columns into the analytics store: one insert per table and batch, under a token that makes a
repeat of the same batch harmless."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.tables import columns

_GETTERS: dict[str, list[Any]] = {}


def write(analytics: Analytics, table: str, rows: Sequence[Any], token: str) -> None:
    """Insert rows of one table (structs of `core/records.py`); nothing happens for none."""
    if not rows:
        return
    getters = _GETTERS.get(table)
    if getters is None:
        getters = _GETTERS[table] = [attrgetter(name) for name in columns(table)]
    data = [list(map(getter, rows)) for getter in getters]
    analytics.insert(table, columns(table), data, token=f"{token}-{table}")
