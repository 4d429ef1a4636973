"""What an operator sets for the metadata store, and the connection URL that follows from it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from spyglass.core.errors import Misconfigured
from spyglass.core.options import option

# What libpq understands. A URL made for another driver may carry more (`connection_limit`, `pgbouncer`,
# `schema`); libpq would refuse to connect because of it.
_LIBPQ = {
    "application_name",
    "channel_binding",
    "connect_timeout",
    "gssencmode",
    "host",
    "hostaddr",
    "options",
    "port",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "target_session_attrs",
}


@dataclass(frozen=True)
class Config:
    """Where metadata lives: organizations, projects, users, keys, jobs."""

    url: str = option(
        "",
        "PostgreSQL connection string (`postgresql://user:password@host:5432/name`); "
        "empty: SQLite in the data directory",
        secret=True,
    )
    schema: str = option(
        "spyglass", "PostgreSQL schema of the tables, so that a database may be shared with other programs"
    )
    pool_size: int = option(10, "Open connections to PostgreSQL at most", low=2, high=200)
    timeout_s: int = option(
        2, "Seconds to wait for a connection before answering 503 (PostgreSQL)", low=1, high=60
    )
    statement_timeout_s: int = option(
        10, "Seconds after which a metadata statement is given up (PostgreSQL)", low=1, high=600
    )


def connection_url(config: Config, file: Path) -> URL:
    """The SQLAlchemy URL with our driver and without parameters that the driver would refuse."""
    if not config.url:
        return URL.create("sqlite", database=str(file))
    try:
        url = make_url(config.url)
    except ArgumentError:
        raise Misconfigured("The URL of the metadata store cannot be read as a URL") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise Misconfigured(
            f"The metadata store is SQLite or PostgreSQL; a URL of `{url.get_backend_name()}` is neither. "
            "Use postgresql://user:password@host:5432/name, or leave it out."
        )
    query = {name: value for name, value in url.query.items() if name in _LIBPQ}
    return url.set(drivername="postgresql+psycopg", query=query)
