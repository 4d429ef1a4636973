"""The ingest log in one SQLite file of its own: WAL, `synchronous = FULL`, one writer connection.

SQLite's behaviour in a crash is proven, so there is no log format of ours to prove. A commit costs one fsync
however many requests it holds (docs/decisions/0001-ingest-log.md has the figures).
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from spyglass.core.clock import now_us
from spyglass.core.errors import Unavailable
from spyglass.core.options import option
from spyglass.stores.log import Entry, erasing

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY, project_id TEXT NOT NULL, dialect TEXT NOT NULL, received_us INTEGER NOT NULL,
    headers TEXT NOT NULL, events INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS quarantine (
    seq INTEGER PRIMARY KEY, project_id TEXT NOT NULL, dialect TEXT NOT NULL, received_us INTEGER NOT NULL,
    headers TEXT NOT NULL, events INTEGER NOT NULL, body BLOB NOT NULL, reason TEXT NOT NULL, since_us INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS position (
    one INTEGER PRIMARY KEY CHECK (one = 1), applied INTEGER NOT NULL, begun INTEGER NOT NULL,
    strikes INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
# What the file and its WAL may keep for the next backlog.
_KEPT_BYTES = 8 << 20
_CHECKPOINT_BYTES = 4 << 20
_LONGEST_WAL_BYTES = 64 << 20
_PAGE_BYTES = 4096
_TIDY_PAGES = 5000
_EVER = (1 << 63) - 1
_COLUMNS = "project_id, dialect, received_us, headers, events, body"


@dataclass(frozen=True)
class Config:
    """How long applied requests are kept."""

    retention_hours: int = option(
        0, "Keep applied requests this long for `spyglass replay --applied`; 0 removes them at once", low=0
    )


class SqliteLog:
    """`stores.log.Log` on SQLite. Thread-safe: writes share one connection under a lock, reads have another."""

    def __init__(self, path: Path, config: Config) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._broken = ""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")  # before the first table
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = FAST")  # pages in use keep nothing; free ones: see `wipe`
        self._db.execute("PRAGMA wal_autocheckpoint = 0")  # see `_checkpoint`
        self._db.execute(f"PRAGMA journal_size_limit = {_KEPT_BYTES}")
        self._db.executescript(_SCHEMA)
        self._db.execute("INSERT OR IGNORE INTO position VALUES (1, 0, 0, 0)")
        self._reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._reader_lock = threading.Lock()
        self._keeper = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._unchecked_bytes = 0  # of the write-ahead log, about
        row = self._db.execute(
            "SELECT max(applied, (SELECT coalesce(max(seq), 0) FROM entries),"
            " (SELECT coalesce(max(seq), 0) FROM quarantine)) FROM position"
        ).fetchone()
        self._last: int = row[0]
        self._pending_bytes: int = self._db.execute(
            "SELECT coalesce(sum(length(body)), 0) FROM entries, position WHERE seq > applied"
        ).fetchone()[0]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One commit. After a failed one the log refuses everything: the kernel may have dropped the pages."""
        with self._lock:
            if self._broken:
                raise Unavailable(self._broken)
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
                    raise Unavailable("The disk is full: nothing was stored") from error
                self._broken = f"The ingest log failed ({error}); restart Spyglass"
                raise Unavailable(self._broken) from error

    @property
    def broken(self) -> str:
        """Why the log refuses everything, or an empty text."""
        return self._broken

    def append(self, entries: list[Entry]) -> int:
        first = self._last + 1
        rows = [
            (first + i, e.project_id, e.dialect, e.received_us, _text(e.headers), e.events, e.body)
            for i, e in enumerate(entries)
        ]
        with self._transaction() as db:
            db.executemany(f"INSERT INTO entries (seq, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608
            _add(db, "acknowledged", sum(e.events for e in entries))
        self._last += len(entries)
        size = sum(len(e.body) for e in entries)
        self._pending_bytes += size
        self._unchecked_bytes += size
        return first

    def read(self, after: int, limit_bytes: int) -> Iterator[Entry]:
        """Entries behind `after`, in order, until `limit_bytes` of bodies were given."""
        given = 0
        while given < limit_bytes:
            with self._reader_lock:
                rows = self._reader.execute(
                    f"SELECT seq, {_COLUMNS} FROM entries WHERE seq > ? ORDER BY seq LIMIT 64",  # noqa: S608
                    (after,),
                ).fetchall()
            if not rows:
                return
            for row in rows:
                yield _entry(row)
                after = row[0]
                given += len(row[6])
                if given >= limit_bytes:
                    return

    def position(self) -> tuple[int, int]:
        with self._reader_lock:
            applied, begun = self._reader.execute("SELECT applied, begun FROM position").fetchone()
        return applied, max(applied, begun)

    def strikes(self) -> int:
        """How often the begun batch was begun without being committed: a batch that kills the process."""
        with self._reader_lock:
            return int(self._reader.execute("SELECT strikes FROM position").fetchone()[0])

    def begin(self, last: int) -> None:
        with self._transaction() as db:
            db.execute(
                "UPDATE position SET strikes = CASE WHEN begun = ? THEN strikes + 1 ELSE 1 END, begun = ?",
                (last, last),
            )

    def commit(self, last: int) -> None:
        horizon_us = now_us() - self._config.retention_hours * 3_600_000_000
        with self._transaction() as db:
            events, size = db.execute(
                "SELECT coalesce(sum(events), 0), coalesce(sum(length(body)), 0) FROM entries, position"
                " WHERE seq > applied AND seq <= ?",
                (last,),
            ).fetchone()
            _add(db, "applied", events)
            db.execute("UPDATE position SET applied = ?, begun = ?, strikes = 0", (last, last))
            if self._config.retention_hours:
                db.execute("DELETE FROM entries WHERE seq <= ? AND received_us < ?", (last, horizon_us))
            else:
                db.execute("DELETE FROM entries WHERE seq <= ?", (last,))
        self._pending_bytes -= size
        if self._unchecked_bytes > _CHECKPOINT_BYTES:
            self._checkpoint()

    def _checkpoint(self) -> None:
        """Move the write-ahead log into the file, on a connection that does not hold up appends (SQLite would
        do it inside some append). Once a pass has moved everything the next append starts the log anew; only
        one that grows too long without such a moment is ended under the lock."""
        self._unchecked_bytes = 0
        try:
            for _ in range(3):
                _, pages, moved = self._keeper.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if moved == pages:
                    return
            if pages * _PAGE_BYTES > _LONGEST_WAL_BYTES:
                with self._lock:
                    self._db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        except sqlite3.Error as error:  # nothing is lost, the log only grows until the next time
            log.warning("the write-ahead log could not be moved: %s", error)

    def tidy(self) -> bool:
        with self._lock:
            if self._broken:
                return False
            try:
                free = self._db.execute("PRAGMA freelist_count").fetchone()[0]
                if free * _PAGE_BYTES > _KEPT_BYTES:
                    self._db.executescript(f"PRAGMA incremental_vacuum({_TIDY_PAGES})")  # steps to its end
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.Error as error:  # nothing depends on it; the next append says if the disk is bad
                log.warning("the ingest log could not be tidied: %s", error)
                return False
        return bool((free - _TIDY_PAGES) * _PAGE_BYTES > _KEPT_BYTES)

    def quarantine(self, seq: int, reason: str, entry: Entry) -> None:
        with self._transaction() as db:
            db.execute(
                f"INSERT OR REPLACE INTO quarantine (seq, {_COLUMNS}, reason, since_us)"  # noqa: S608
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (seq, entry.project_id, entry.dialect, entry.received_us, _text(entry.headers), entry.events,
                 entry.body, reason, now_us()),
            )  # fmt: skip
            removed = db.execute(
                "DELETE FROM entries WHERE seq = ? RETURNING length(body)", (seq,)
            ).fetchall()
        self._pending_bytes -= sum(row[0] for row in removed)

    def quarantined(self) -> list[tuple[int, str, Entry]]:
        with self._reader_lock:
            rows = self._reader.execute(
                f"SELECT seq, {_COLUMNS}, reason FROM quarantine ORDER BY seq"  # noqa: S608
            ).fetchall()
        return [(row[0], row[7], _entry(row)) for row in rows]

    def release(self, seq: int) -> None:
        with self._transaction() as db:
            released = db.execute("DELETE FROM quarantine WHERE seq = ? RETURNING events", (seq,)).fetchall()
            _add(db, "released", sum(row[0] for row in released))

    def is_quarantined(self, seq: int) -> bool:
        with self._reader_lock:
            return (
                self._reader.execute("SELECT 1 FROM quarantine WHERE seq = ?", (seq,)).fetchone() is not None
            )

    def erase(
        self, project_id: str, *, last: int | None = None, before_us: int | None = None
    ) -> dict[str, int]:
        entries, set_aside = self._find_kept(project_id, last, before_us)
        for chunk in _chunks(entries):
            with self._transaction() as db:
                erasing.remove_entries(db, chunk)
        for chunk in _chunks(set_aside):
            with self._transaction() as db:
                _add(db, "released", erasing.remove_set_aside(db, chunk))
        return {"requests": len(entries), "set_aside": len(set_aside)}

    def count_kept(self, project_id: str, *, last: int | None = None) -> int:
        return sum(map(len, self._find_kept(project_id, last, None)))

    def _find_kept(
        self, project_id: str, last: int | None, before_us: int | None
    ) -> tuple[list[int], list[int]]:
        place = (project_id, _EVER if last is None else last, _EVER if before_us is None else before_us)
        with self._reader_lock:
            return erasing.find_entries(self._reader, *place), erasing.find_set_aside(self._reader, *place)

    def wipe(self) -> None:
        """Cut free pages off the file and empty the write-ahead log, a piece at a time."""
        free = 1
        while free:
            with self._transaction_free() as db:
                db.executescript(f"PRAGMA incremental_vacuum({_TIDY_PAGES})")
                free = db.execute("PRAGMA freelist_count").fetchone()[0]
        with self._transaction_free() as db, self._reader_lock:
            busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Unavailable("The ingest log is being read; try again")

    @contextmanager
    def _transaction_free(self) -> Iterator[sqlite3.Connection]:
        """The writer's connection for statements that are no transaction; a failure here loses nothing."""
        with self._lock:
            if self._broken:
                raise Unavailable(self._broken)
            try:
                yield self._db
            except sqlite3.Error as error:
                raise Unavailable(f"The ingest log could not be tidied ({error})") from error

    def last_seq(self) -> int:
        return self._last

    def size_bytes(self) -> int:
        return self._pending_bytes

    def add(self, counts: dict[str, int]) -> None:
        """Durable counters beside the ones that the log keeps itself."""
        with self._transaction() as db:
            for name, amount in counts.items():
                _add(db, name, amount)

    def counters(self) -> dict[str, int]:
        """acknowledged = applied + pending + quarantined + released, and what `add` was given."""
        with self._lock:
            counts: dict[str, int] = dict(self._db.execute("SELECT name, value FROM counters"))
            counts["pending"] = self._db.execute(
                "SELECT coalesce(sum(events), 0) FROM entries, position WHERE seq > applied"
            ).fetchone()[0]
            counts["quarantined"] = self._db.execute(
                "SELECT coalesce(sum(events), 0) FROM quarantine"
            ).fetchone()[0]
        return counts

    def close(self) -> None:
        with self._lock, self._reader_lock:
            self._reader.close()
            self._keeper.close()
            self._db.close()


def _add(db: sqlite3.Connection, name: str, amount: int) -> None:
    db.execute(
        "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
        (name, amount),
    )


def _chunks(seqs: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(seqs), erasing.CHUNK):
        yield seqs[start : start + erasing.CHUNK]


def _text(headers: dict[str, str]) -> str:
    return msgspec.json.encode(headers).decode()


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry(
        seq=row[0],
        project_id=row[1],
        dialect=row[2],
        received_us=row[3],
        headers=msgspec.json.decode(row[4], type=dict[str, str]),
        events=row[5],
        body=row[6],
    )
