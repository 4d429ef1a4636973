"""The states of traces, observations and scores that patches are folded into: recently used ones in memory,
the others read back from their rows, all that a batch misses in one query per table and project."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from spyglass.core.clock import from_us
from spyglass.core.jsontext import read_text, to_text
from spyglass.core.records import Kind, Observation, Score, Trace
from spyglass.ingest.merge import State
from spyglass.ingest.offload import bring_back
from spyglass.ingest.state_rows import restore, to_row
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import name, sql, value
from spyglass.stores.analytics.tables import KEYS, OBSERVATIONS, ROWS, SCORES, TRACES, columns, select_list
from spyglass.stores.blobs import Blobs

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

    def __init__(self, analytics: Analytics, blobs: Blobs, limit_bytes: int) -> None:
        self._analytics = analytics
        self._blobs = blobs
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
                found[(project_id, id_)] = Known(
                    State(kind) if row is None else self._restore(kind, row), row
                )
        return found

    def _restore(self, kind: Kind, row: Row) -> State:
        """Metadata merges key by key, so what of it was offloaded has to be whole again."""

        def read(text: str) -> Any:
            return read_text(bring_back(text, row.project_id, self._blobs))

        return restore(kind, row, read)

    def _read(self, kind: Kind, project_id: str, ids: list[str]) -> dict[str, Any]:
        """The stored rows of `ids`, in two steps: where they are, then they themselves.

        `FINAL` over all columns would read whole granules of bodies for ids that do not exist, which most
        do not (measured: a second for 300 ids at two million rows, against 12 ms).
        """
        table = TABLES[kind]
        places = self._find(table, project_id, ids)
        if not places:
            return {}
        names = columns(table)
        rows = self._analytics.lookup(
            sql(
                "SELECT {} FROM {} WHERE project_id = {} AND {} IN {} AND id IN {} AND version_seq IN {}",
                select_list(names),
                name(table),
                value("String", project_id),
                name(KEYS[table][1]),
                value("Array(DateTime64(6, 'UTC'))", [from_us(place[0]) for place in places.values()]),
                value("Array(String)", list(places)),
                value("Array(UInt64)", [place[1] for place in places.values()]),
            )
        )
        make = ROWS[table]
        found = (make(**dict(zip(names, row, strict=True))) for row in rows)
        return {row.id: row for row in found if places[row.id] == (_time_of(row), row.version_seq)}

    def _find(self, table: str, project_id: str, ids: list[str]) -> dict[str, tuple[int, int]]:
        """id -> (time, version) of its row: the latest version at each key, unless that is a tombstone, and
        of several keys the one written last."""
        keys = KEYS[table][1:]
        rows = self._analytics.lookup(
            sql(
                "SELECT {}, version_seq, is_deleted FROM {} WHERE project_id = {} AND id IN {}",
                select_list(keys),
                name(table),
                value("String", project_id),
                value("Array(String)", ids),
            )
        )
        latest: dict[tuple[Any, ...], tuple[int, int]] = {}
        for *place, version, is_deleted in rows:
            if version >= latest.get(tuple(place), (0, 0))[0]:
                latest[tuple(place)] = (version, is_deleted)
        places: dict[str, tuple[int, int]] = {}
        for key, (version, is_deleted) in latest.items():
            if not is_deleted and version > places.get(key[-1], (0, -1))[1]:
                places[key[-1]] = (key[0], version)
        return places

    def keep(self, kind: Kind, key: Key, known: Known) -> None:
        """Remember what was just written; the oldest go when the texts exceed the limit."""
        cache = self._known[kind]
        row = known.row
        size = 1500
        if row is not None:
            size += len(row.merge_state)
            if not isinstance(row, Score):
                size += len(row.input) + len(row.output) + sum(map(len, row.metadata.values()))
        self._bytes += size - known.size
        known.size = size
        cache[key] = known
        cache.move_to_end(key)
        while self._bytes > self._limit_bytes and cache:
            self._drop(cache.popitem(last=False)[1])

    def forget(self, kind: Kind, key: Key) -> None:
        dropped = self._known[kind].pop(key, None)
        if dropped is not None:
            self._drop(dropped)

    def _drop(self, known: Known) -> None:
        """Its size is gone with it: the batch at hand may hold it still, and keep it again."""
        self._bytes -= known.size
        known.size = 0

    def forget_all(self) -> None:
        """After a failed batch: what was folded may not be what is stored."""
        for cache in self._known.values():
            cache.clear()
        self._bytes = 0


def _time_of(row: Row) -> int:
    return row.start_time if isinstance(row, Observation) else row.timestamp


def row_of(state: State, key: Key) -> Row:
    return to_row(state, key[0], key[1], to_text)
