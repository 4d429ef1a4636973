"""The states of traces, observations and scores that patches are folded into: recently used ones in memory,
the others read back from their rows, all that a batch misses in one query per table and project."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from spyglass.core.jsontext import read_text, to_text
from spyglass.core.records import Kind, Observation, Score, Trace
from spyglass.ingest.merge import State, restore, to_row
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import name, sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS, ROWS, SCORES, TRACES, columns, select_list

Row = Observation | Trace | Score
Key = tuple[str, str]  # project, id

TABLES = {Kind.TRACE: TRACES, Kind.OBSERVATION: OBSERVATIONS, Kind.SCORE: SCORES}


class Known:
    """One entity: its state, and the row that stands in the table (None while there is none)."""

    __slots__ = ("row", "size", "state")

    def __init__(self, state: State, row: Row | None) -> None:
        self.state = state
        self.row = row
        self.size = 0


class Entities:
    """Least recently used states, bounded by the bytes of their texts. Used by the applier's thread only."""

    def __init__(self, analytics: Analytics, limit_bytes: int) -> None:
        self._analytics = analytics
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._known: dict[Kind, OrderedDict[Key, Known]] = {kind: OrderedDict() for kind in Kind}

    def load(self, kind: Kind, keys: Iterable[Key]) -> dict[Key, Known]:
        """The states of `keys`; unknown ones are new and empty."""
        cache = self._known[kind]
        found: dict[Key, Known] = {}
        missing: dict[str, list[str]] = {}
        for key in keys:
            known = cache.get(key)
            if known is None:
                missing.setdefault(key[0], []).append(key[1])
            else:
                cache.move_to_end(key)
                found[key] = known
        for project_id, ids in missing.items():
            rows = self._read(kind, project_id, ids)
            for id_ in ids:
                row = rows.get(id_)
                state = restore(kind, row, read_text) if row is not None else State(kind)
                found[(project_id, id_)] = Known(state, row)
        return found

    def _read(self, kind: Kind, project_id: str, ids: list[str]) -> dict[str, Any]:
        table = TABLES[kind]
        names = columns(table)
        found = self._analytics.lookup(
            sql(
                "SELECT {} FROM {} FINAL WHERE project_id = {} AND id IN {}",
                select_list(names),
                name(table),
                value("String", project_id),
                value("Array(String)", ids),
            )
        )
        make = ROWS[table]
        rows: dict[str, Any] = {}
        for columns_of_row in found:
            row = make(**dict(zip(names, columns_of_row, strict=True)))
            held = rows.get(row.id)
            if held is None or held.version_seq < row.version_seq:
                rows[row.id] = row
        return rows

    def keep(self, kind: Kind, key: Key, known: Known) -> None:
        """Remember what was just written; the oldest go when the texts exceed the limit."""
        cache = self._known[kind]
        row = known.row
        size = 1500
        if row is not None:
            size += len(row.merge_state)
            if not isinstance(row, Score):
                size += len(row.input) + len(row.output)
        self._bytes += size - known.size
        known.size = size
        cache[key] = known
        cache.move_to_end(key)
        while self._bytes > self._limit_bytes and cache:
            _, dropped = cache.popitem(last=False)
            self._bytes -= dropped.size

    def forget(self, kind: Kind, key: Key) -> None:
        dropped = self._known[kind].pop(key, None)
        if dropped is not None:
            self._bytes -= dropped.size

    def forget_all(self) -> None:
        """After a failed batch: what was folded may not be what is stored."""
        for cache in self._known.values():
            cache.clear()
        self._bytes = 0


def row_of(state: State, key: Key) -> Row:
    return to_row(state, key[0], key[1], to_text)
