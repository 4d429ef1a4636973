"""Connections and transactions of the metadata store. Synchronous and thread-safe.

SQLite: WAL with `synchronous=FULL`, so a committed transaction survives a power cut; a writing transaction
takes the write lock at its start, so it never fails half-way because another one was quicker.
"""

import logging
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.orm import Session

from spyglass.core.clock import monotonic_s
from spyglass.core.errors import Conflict, Invalid, Misconfigured, Unavailable
from spyglass.stores.meta.config import Config, connection_url
from spyglass.stores.meta.tables.revisions import RAISED, Revision

log = logging.getLogger(__name__)

_BUSY_TIMEOUT_S = 5.0
_TOO_LONG = "54000"  # PostgreSQL's state of a row that an index cannot hold
_CHECK_S = 1.0
_CHECK_DOWN_S = 5.0  # after a check that failed, which may have taken as long as a connection


class Meta:
    """A pool of connections. Raises `Unavailable` when the database cannot be reached, is locked or is
    read-only, `Conflict` when a constraint refuses a row that the caller did not check, and `Invalid` for a
    value that PostgreSQL cannot keep.
    """

    def __init__(self, config: Config, file: Path) -> None:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", config.schema):
            raise Misconfigured(
                f"The PostgreSQL schema {config.schema!r} must be lower-case letters, digits and underscores"
            )
        self.config = config
        url = connection_url(config, file)
        self.sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.sqlite else _postgresql_engine(url, config)
        self._reader = self.engine.execution_options(read_only=True)
        self._changes = threading.Lock()
        self._raised_here: Counter[tuple[str, str]] = Counter()
        self._raised_elsewhere: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._check_at_s = 0.0
        self._listeners: list[Callable[[frozenset[str]], None]] = []

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One writing transaction."""
        with _errors(), Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
            self._note_changes(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One reading transaction: a consistent view, never waits for a writer, refuses to write."""
        with _errors(), Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """One writing transaction on a bare connection, for migrations."""
        with _errors(), self.engine.begin() as connection:
            yield connection

    def revision(self, name: str, project_id: str) -> tuple[int, int]:
        """Changes with each committed `raise_revision`: at once for one of this process, within a second for
        one of another (and then for every project). Never goes back to an earlier value."""
        now_s = monotonic_s()
        if now_s >= self._check_at_s:
            self._check_at_s = now_s + _CHECK_S  # other threads do not wait for this one
            self._look_for_changes()
        return self._raised_elsewhere[name], self._raised_here[name, project_id]

    def known_revision(self, name: str, project_id: str) -> tuple[int, int] | None:
        """As `revision`, for those who must not wait: None when it is time to look at the database."""
        if monotonic_s() >= self._check_at_s:
            return None
        return self._raised_elsewhere[name], self._raised_here[name, project_id]

    def listen(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Call it with the names of what a transaction of this process raised, once that is committed. It must
        neither wait nor fail."""
        self._listeners.append(listener)

    def look_now(self) -> None:
        """Another process says that it raised something: `revision` knows of it on return, if the database answers."""
        self._check_at_s = monotonic_s() + _CHECK_S
        self._look_for_changes()

    def _look_for_changes(self) -> None:
        try:
            with self.read() as session:
                rows = session.execute(select(Revision.name, Revision.number)).all()
        except Unavailable:
            self._check_at_s = monotonic_s() + _CHECK_DOWN_S
            return
        with self._changes:
            for name, number in rows:
                if number > self._seen[name]:
                    self._seen[name] = number
                    self._raised_elsewhere[name] += 1

    def _note_changes(self, session: Session) -> None:
        raised = session.info.get(RAISED, {})
        with self._changes:
            for (name, project_id), number in raised.items():
                self._raised_here[name, project_id] += 1
                if number > self._seen[name] + 1:
                    self._raised_elsewhere[name] += 1
                self._seen[name] = max(number, self._seen[name])
        if raised:
            names = frozenset(name for name, _ in raised)
            for listener in self._listeners:
                listener(names)

    def healthy(self) -> bool:
        """Whether the database answers now."""
        try:
            with self.read() as session:
                session.execute(text("SELECT 1"))
        except Unavailable:
            return False
        return True

    def server_version(self) -> str:
        """`SQLite 3.40.1` or `PostgreSQL 15.14 ...`, as the database says it."""
        with self.read() as session:
            if self.sqlite:
                return f"SQLite {session.execute(text('SELECT sqlite_version()')).scalar_one()}"
            return f"PostgreSQL {session.execute(text('SHOW server_version')).scalar_one()}"

    def wipe(self) -> None:
        """Leave nothing readable in the files of rows that were removed. SQLite overwrites them at once, and its
        log of changes is emptied here; with PostgreSQL it is the work of its vacuum."""
        if not self.sqlite:
            return
        with _errors(), self.engine.connect() as connection:
            driver = connection.connection.dbapi_connection
            assert driver is not None
            cursor = driver.cursor()
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.close()
        if busy:
            raise Unavailable("The metadata store is being read; try again")

    def close(self) -> None:
        self.engine.dispose()


def _sqlite_engine(url: Any) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # errors go to the log, and what users wrote does not
        pool_size=8,
        max_overflow=32,  # as many as there are request threads; a connection is a file handle
        pool_timeout=_BUSY_TIMEOUT_S,
        connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver's guess
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = bool(connection.get_execution_options().get("read_only"))
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: Any, config: Config) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # errors go to the log, and what users wrote does not
        pool_size=config.pool_size,
        max_overflow=0,
        pool_timeout=config.timeout_s,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": max(config.timeout_s, 2),  # libpq takes 2 s as the least
            "prepare_threshold": None,  # a pooler in front may give each transaction another server
            "keepalives_idle": 20,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
    )
    statement = (
        f"SET search_path TO {config.schema}; SET statement_timeout TO '{config.statement_timeout_s}s'; "
        "SET TIME ZONE 'UTC'"
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("read_only"):
            # As with SQLite, all statements of one reader see the same state.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return engine


@contextmanager
def _errors() -> Iterator[None]:
    """Driver exceptions become ours; their text, which may quote values, stays in the log."""
    try:
        yield
    except IntegrityError as error:
        log.info("metadata constraint refused a row: %s", type(error.orig).__name__)
        raise Conflict("A row with the same key exists, or one that this one needs does not") from error
    except TimeoutError as error:
        raise Unavailable("All connections to the metadata store are busy; try again") from error
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # a statement that is wrong, such as one on a missing table, is a bug and no outage
        if getattr(error.orig, "sqlstate", None) == _TOO_LONG:
            raise Invalid("A text is too long: what is looked up by takes 2,700 bytes at most") from error
        log.warning("metadata store unavailable: %s", str(error.orig).strip()[:500])
        raise Unavailable("The metadata store is unavailable; try again") from error
    except DataError as error:
        # Who takes texts refuses a NUL and says where it is; this is for the one that is forgotten.
        log.warning("metadata store refused a value (%s)", getattr(error.orig, "sqlstate", None))
        raise Invalid("The request has a value that cannot be stored, such as a text with NUL") from error
    except DBAPIError as error:
        if type(error) is DatabaseError:  # SQLite: "file is not a database", "disk image is malformed"
            log.error("metadata store damaged: %s", str(error.orig).strip()[:500])
            raise Unavailable("The metadata database is damaged; restore it from a backup") from error
        # PostgreSQL says "read-only" (25006) as an internal error during a failover.
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) == "25006":
            log.warning("metadata store unavailable: %s", str(error.orig).strip()[:500])
            raise Unavailable("The metadata store is unavailable; try again") from error
        raise
