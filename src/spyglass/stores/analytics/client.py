"""One client for the embedded engine (chDB) and for a ClickHouse server, through clickhouse-connect.

chDB runs one query at a time per connection, so reads take a connection from a small pool and the writer has
its own: a slow dashboard never holds up ingest. Every read carries the caps of its `ReadLimits` and
`readonly = 1`, which also takes `file()`, `url()` and the like out of reach (measured, docs/decisions/0003).
"""

import logging
import queue
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError, DataError
from clickhouse_connect.driver.external import ExternalData

from spyglass.core.errors import Invalid, QueryTooExpensive, SpyglassError, Unavailable
from spyglass.core.ids import new_id
from spyglass.core.options import option
from spyglass.stores.analytics.sql import Sql, name, sql, value
from spyglass.stores.analytics.watermarks import Watermarks

log = logging.getLogger(__name__)

# Codes that say that the data itself is at fault, so that trying again cannot help: 6 CANNOT_PARSE_TEXT,
# 27 CANNOT_PARSE_INPUT, 38 and 41 CANNOT_PARSE_DATE(TIME), 53 TYPE_MISMATCH, 69 ARGUMENT_OUT_OF_BOUND,
# 70 CANNOT_CONVERT_TYPE, 72 CANNOT_PARSE_NUMBER, 321 VALUE_IS_OUT_OF_RANGE, 349 CANNOT_INSERT_NULL,
# 407 DECIMAL_OVERFLOW, 117 INCORRECT_DATA. Every other failure is retried.
_BAD_DATA = {6, 27, 38, 41, 53, 69, 70, 72, 117, 321, 349, 407}
# 158 TOO_MANY_ROWS, 159 TIMEOUT_EXCEEDED, 160 TOO_SLOW, 241 MEMORY_LIMIT_EXCEEDED, 307 TOO_MANY_BYTES,
# 396 TOO_MANY_ROWS_OR_BYTES
_TOO_EXPENSIVE = {158, 159, 160, 241, 307, 396}
# Conditions on the columns of the sort key are tried before the other columns are read, under FINAL too; of
# those alone the answer cannot change (docs/decisions/0002-analytics-layout.md).
_FINAL = {"optimize_move_to_prewhere_if_final": 1, "do_not_merge_across_partitions_select_final": 1}
_TICKET = "ticket "
# A block is written as it is: merging its rows before would cost a third of the insert.
_INSERT = {"max_partitions_per_insert_block": 0, "optimize_on_insert": 0}


@dataclass(frozen=True)
class Config:
    """Where the analytics data lives and what one read may cost."""

    url: str = option(
        "", "`http(s)://host:8123` of a ClickHouse server; empty: the embedded engine in the data directory"
    )
    user: str = option("default", "User on the ClickHouse server")
    password: str = option("", "Password on the ClickHouse server", secret=True)
    database: str = option("spyglass", "Database on the ClickHouse server")
    cluster: str = option("", "Name of the ClickHouse cluster for replicated tables; empty: a single server")
    read_connections: int = option(4, "Reads that run at the same time", low=1, high=64)
    read_timeout_s: int = option(10, "Seconds after which a read is given up", low=1, high=3600)
    read_memory_bytes: int = option(1 << 30, "Memory that one read may take", low=1 << 24)
    threads: int = option(2, "Threads of one read", low=1, high=256)


class Ticket:
    """Held by whoever may want to end a read before it is done: see `Analytics.cancel`."""

    def __init__(self) -> None:
        self.id = new_id()
        self.cancelled = False


@dataclass(frozen=True)
class BrokenPart:
    table: str
    name: str
    reason: str


class Analytics:
    """Queries and inserts. Thread-safe; rows go in as columns and come out as tuples.

    Raises `QueryTooExpensive` when a read goes over its caps and `Unavailable` when the engine cannot be
    reached or refuses; both carry a message for the caller, never SQL text.
    """

    def __init__(self, config: Config, directory: Path | None) -> None:
        self.config = config
        self.watermarks = Watermarks()
        self._directory = directory
        if directory is None:
            self._create_database()
        self._writer = self._connect()
        self._readers: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(config.read_connections):
            self._readers.put(None)
        self._read_settings = {
            "readonly": 1,
            "max_execution_time": config.read_timeout_s,
            "max_memory_usage": config.read_memory_bytes,
            "max_threads": config.threads,
            # Else the text of a number is read with an error in its last digit.
            "precise_float_parsing": 1,
            **_FINAL,
        }

    @property
    def embedded(self) -> bool:
        return self._directory is not None

    @property
    def server_version(self) -> str:
        return str(self._writer.server_version)

    def _connect(self) -> Any:
        if self._directory is not None:
            return clickhouse_connect.get_client(interface="chdb", path=str(self._directory), query_limit=0)
        with _errors("connection"):
            return self._connect_server(self.config.database)

    def _connect_server(self, database: str) -> Any:
        parts = urlsplit(self.config.url)
        return clickhouse_connect.get_client(
            host=parts.hostname,
            port=parts.port or (8443 if parts.scheme == "https" else 8123),
            secure=parts.scheme == "https",
            username=self.config.user,
            password=self.config.password,
            database=database,
            query_limit=0,
            autogenerate_session_id=False,
            send_receive_timeout=60,
        )

    def _create_database(self) -> None:
        """A server has no database of ours at first; its `default` always exists."""
        on_cluster = f" ON CLUSTER '{self.config.cluster}'" if self.config.cluster else ""
        with _errors("connection"):
            client = self._connect_server("default")
            client.command(f"CREATE DATABASE IF NOT EXISTS {name(self.config.database).texts[0]}{on_cluster}")
            client.close()

    @contextmanager
    def _reader(self) -> Iterator[Any]:
        try:
            client = self._readers.get(timeout=self.config.read_timeout_s)
        except queue.Empty:
            raise Unavailable("All read connections are busy; try again") from None
        try:
            if client is None:
                client = self._connect()
            yield client
        except BaseException:
            _discard(client)
            client = None
            raise
        finally:
            self._readers.put(client)

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        try:
            yield self._writer
        except BaseException:
            if self.embedded:
                _discard(self._writer)
                self._writer = self._connect()
            raise

    def query(
        self, question: Sql, *, settings: dict[str, Any] | None = None, ticket: Ticket | None = None
    ) -> list[tuple[Any, ...]]:
        """Rows of a read. Instants come as microseconds when selected with `toUnixTimestamp64Micro`."""
        return list(self._read(question, "result_rows", settings, ticket))

    def query_columns(self, question: Sql, *, ticket: Ticket | None = None) -> list[list[Any]]:
        """The same, one list per column: of many rows no tuples are made. Nothing when there is no row."""
        return list(self._read(question, "result_columns", None, ticket))

    def _read(
        self, question: Sql, form: str, settings: dict[str, Any] | None, ticket: Ticket | None
    ) -> Iterable[Any]:
        """The driver reads rows when they are taken, so they are taken while the connection is ours."""
        text, parameters = question.render()
        if ticket is not None:
            text = f"/* {_TICKET}{ticket.id} */ {text}"
        with self._reader() as client, _errors("read"):
            if ticket is not None and ticket.cancelled:
                raise Unavailable("The read was cancelled")
            result = client.query(
                text, parameters=parameters, settings={**self._read_settings, **(settings or {})}
            )
            taken: Iterable[Any] = getattr(result, form)
            return taken

    def cancel(self, ticket: Ticket) -> None:
        """End the reads that run under a ticket, and let none begin. A server may refuse this; its reads end by
        their time cap then."""
        ticket.cancelled = True
        mark = value("String", f"/* {_TICKET}{ticket.id} */")
        try:
            self.maintain(sql("KILL QUERY WHERE startsWith(query, {}) ASYNC", mark))
        except SpyglassError as error:
            log.warning("a read could not be cancelled: %s", error.message)

    def insert(self, table: str, columns: Sequence[str], data: Sequence[Sequence[Any]]) -> None:
        """Insert a block given column by column; durable on return. A repeat is harmless where the rows have
        a key and a version, and only there."""
        with _errors("insert"), self._writing() as writer:
            writer.insert(
                table,
                data,
                column_names=list(columns),
                column_oriented=True,
                settings=_INSERT,
            )

    def lookup(self, question: Sql) -> list[tuple[Any, ...]]:
        """A read of the writer on its own connection, without the caps of interactive reads."""
        text, parameters = question.render()
        with _errors("read"), self._writing() as writer:
            return list(writer.query(text, parameters=parameters, settings=_FINAL).result_rows)

    def execute(self, statement: Sql) -> None:
        """A write that the engine computes itself (`INSERT ... SELECT`), on the writer's connection."""
        text, parameters = statement.render()
        with _errors("write"), self._writing() as writer:
            # What a statement reaches may lie in any number of months.
            writer.command(text, parameters=parameters, settings={"max_partitions_per_insert_block": 0})

    def maintain(self, statement: Sql) -> list[tuple[Any, ...]]:
        """A read or a mutation of a background job, on a connection of its own: it may take minutes and must
        not hold up the writer."""
        text, parameters = statement.render()
        client = self._connect()
        try:
            with _errors("maintenance"):
                return list(client.query(text, parameters=parameters).result_rows)
        finally:
            client.close()

    def to_parquet(self, columns: Sequence[tuple[str, str]], rows: Path) -> bytes:
        """A Parquet file of the rows in a file of JSON lines. `columns`: names and ClickHouse types, from the
        program. The engine writes it; nothing is read from or kept in tables."""
        structure = ", ".join(f"{name(column).texts[0]} {type_}" for column, type_ in columns)
        client = self._connect()
        try:
            with _errors("conversion"):
                if self.embedded:
                    text = "SELECT * FROM file({file:String}, JSONEachRow, {structure:String})"
                    parameters = {"file": str(rows.absolute()), "structure": structure}
                    return bytes(client.raw_query(text, parameters=parameters, fmt="Parquet"))
                sent = ExternalData(
                    file_name="rows",
                    data=rows.read_bytes(),
                    fmt="JSONEachRow",
                    structure=[f"{column} {type_}" for column, type_ in columns],
                )
                return bytes(client.raw_query("SELECT * FROM rows", external_data=sent, fmt="Parquet"))
        finally:
            client.close()

    def command(self, text: str) -> Any:
        """DDL and maintenance; `text` is a literal of the program."""
        with _errors("command"), self._writing() as writer:
            return writer.command(text)

    def broken_parts(self) -> list["BrokenPart"]:
        """Parts that the engine set aside when it opened the tables, because they are torn or corrupt."""
        rows = self.lookup(
            sql(
                "SELECT table, name, reason FROM system.detached_parts WHERE database = currentDatabase()"
                " AND (startsWith(reason, 'broken') OR reason IN ('unexpected', 'noquorum', 'clone'))"
                " ORDER BY table, name"
            )
        )
        return [BrokenPart(*row) for row in rows]

    def close(self) -> None:
        while not self._readers.empty():
            client = self._readers.get()
            if client is not None:
                client.close()
        self._writer.close()


def _discard(client: Any) -> None:
    """End a connection on which something failed. In the embedded engine, what a query had answered before it failed
    would be the beginning of the next answer on that connection, which may be another project's."""
    if client is None:
        return
    try:
        client.close()
    except ClickHouseError as error:
        log.warning("a connection could not be closed: %s", error)


@contextmanager
def _errors(what: str) -> Iterator[None]:
    """Driver exceptions become ours; the text of the engine goes to the log only."""
    try:
        yield
    except ClickHouseError as error:
        match = re.search(r"[Cc]ode:? (\d+)", str(error))
        code = int(match[1]) if match else 0
        log.warning("analytics %s failed, code %s: %s", what, code or "none", str(error)[:2000])
        if code in _TOO_EXPENSIVE:
            raise QueryTooExpensive(
                "The query took too long or too much memory. Narrow its time range, add a filter or ask "
                "for fewer fields."
            ) from error
        if code in _BAD_DATA or isinstance(error, DataError):
            raise Invalid(f"The analytics store cannot hold this data (code {code or 'unknown'})") from error
        raise Unavailable(f"The analytics store refused a {what} (code {code or 'unknown'})") from error
